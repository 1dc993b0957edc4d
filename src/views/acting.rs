//! What can be done next with a thing, and the form of an act.
//!
//! **Invariant:** fields stand in the order in which the act declares them.

use serde::Serialize;

/// An act that somebody may take now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Offer {
    /// Word of the act.
    pub act: String,
    /// Its name.
    pub label: String,
    /// Address of its form.
    pub href: String,
    /// It carries the thing on its usual way; the others lead off it.
    pub is_main: bool,
    /// Why who asks may not take it, in words; empty where it may be taken.
    pub blocked: String,
}
