//! The life of a claim (补偿申请): what may happen to it, by whom, and how it then stands.
//!
//! Owns the acts (`act`), how a claim stands (`state`), the fold of acts (`fold`, with `gate` at its door and `pursue` after the payment), what else must hold before an act is
//! taken (`checks`), the papers and facts it still lacks (`completeness`), slips in its figures (`contradictions`), the
//! days each desk has and took (`clocks`), and the process as a measure sets it (`handling`).
//! **Invariant:** a claim stands where its acts put it and nowhere else; nobody who had a hand in asking for money has
//! one in granting it, and nobody who granted it has one in paying it.

pub mod act;
pub mod checks;
pub mod clocks;
pub mod completeness;
pub mod contradictions;
mod fold;
mod gate;
pub mod handling;
mod pursue;
pub mod pursuit;
pub mod refusal;
pub mod state;
mod vocabulary;

pub use act::ClaimAct;
pub use refusal::ClaimRefusal;
pub use state::{Claim, Stage};
