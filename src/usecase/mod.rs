//! Business actions: load, let the domain decide, save. One module an action.
//!
//! **Invariant:** an action writes through one transaction whose scope names what it may touch.

pub mod as_known;
pub mod attachments;
pub mod audit;
pub mod books;
pub mod breaker_facts;
pub mod checks;
pub mod claim_case;
pub mod claims;
pub mod close_day;
pub mod compensate;
pub mod coverage;
pub mod difference;
mod enrol;
pub mod error;
pub mod evidence_pack;
pub mod exports;
pub mod findings;
pub mod first_loans;
pub mod forms;
pub mod fund;
pub mod import;
pub mod intake;
pub mod issuing;
pub mod lives;
pub mod machines;
pub mod mappings;
pub mod measures;
pub mod partners;
pub mod payout_sheet;
pub mod period_facts;
pub mod portfolio;
pub mod postings;
pub mod queue;
pub mod rebuild;
pub mod registrations;
pub mod reserve;
pub mod scorecards;
pub mod servicing;
pub mod sign_in;
pub mod standing;
pub mod succession;
pub mod summarise;
pub mod trial;
pub mod undo;
pub mod uploads;
pub mod verify;
mod verify_acts;
pub mod verify_books;
mod verify_replay;
pub mod verify_rulebooks;
pub mod verify_undos;
pub mod watch;

pub use error::UseCaseError;
