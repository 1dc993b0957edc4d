//! Telling other systems of events, signed, until they have taken it.
//!
//! The audit chain is the outbox: `project` looks it through and makes deliveries in one transaction with the place it
//! came to, so that an event is told exactly if it was committed. Delivering happens at least once; the number of a
//! delivery stays the same in every try, so that a receiver can drop what it has.
//! **Invariant:** an endpoint of a bank is told of that bank only, and of no personal data: a telling names things and
//! leaves it to the receiver to ask for them.

pub mod deliver;
pub mod endpoints;
pub mod post;
pub mod project;
pub mod sign;
pub mod target;

use super::UseCaseError;
use super::error::Refusal;

fn refused(code: &'static str, named: Vec<String>) -> UseCaseError {
    UseCaseError::Webhook(Refusal::new(code, named))
}
