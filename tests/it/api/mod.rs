//! The interface for banks' core systems.

mod hostile;
mod isolation;
mod openapi;
mod rules;
mod schemathesis;
mod tokens;
pub mod world;
