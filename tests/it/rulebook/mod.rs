//! Rulebooks: the file, its faults, the split, and what the default rulebook makes of cases.

mod broken;
mod broken_full;
mod cases;
mod catalogue;
mod evaluation;
mod examples;
mod file;
mod properties;
mod quote;
mod recovery;
mod shuozhou;
mod shuozhou_2;
mod split;
