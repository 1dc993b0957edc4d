//! Rulebooks: the file, its faults, the split, and what the default rulebook makes of cases.

mod broken;
mod cases;
mod catalogue;
mod evaluation;
mod file;
mod properties;
mod quote;
mod shuozhou;
mod split;
