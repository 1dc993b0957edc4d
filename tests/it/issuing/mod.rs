//! Rulebooks issued by two persons, governing their own loans only, and candidates tried without saving.

mod steps;
mod trial;
