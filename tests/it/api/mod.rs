//! The interface for banks' core systems.

mod groups;
mod hostile;
mod isolation;
mod openapi;
pub mod role_door;
mod rules;
mod schemathesis;
mod sending;
mod tokens;
mod undos;
pub mod world;
