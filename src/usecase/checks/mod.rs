//! What is worth a look though it can be taken: new loans and reports beside the register.
//!
//! Reading order: `registrations` (what is gathered for a file), then one module a question. **Invariant:** a check
//! changes nothing that is stored and refuses nothing; it never tells a bank about another bank's customer more
//! than that there is one.

mod dates;
mod firms;
mod pledges;
pub mod registrations;
pub mod servicing;
pub mod sizes;
mod suggestions;
mod units;

pub use registrations::RegistrationChecks;
