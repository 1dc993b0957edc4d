//! What a rulebook makes of a case: the one code path for trial calculations, pages, jobs and claims.
//!
//! Reading order: `case` (facts), `truth` (three-valued answers), `observe` (facts by name), `judge` (conditions),
//! `outcome` (the answer and its trace), `run`
//! (what is collected on the way), `loss`, `sharing`, `limits`, `evaluate`.
//! **Invariant:** `evaluate` reads nothing but its arguments, so the same case under the same rulebook always
//! gives the same outcome.

pub mod case;
pub mod evaluate;
mod judge;
mod limits;
mod loss;
mod observe;
pub mod outcome;
mod run;
mod sharing;
pub mod truth;
