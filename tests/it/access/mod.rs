//! Who may do what: the matrix, and what the sources may not do.

mod matrix;
mod roles;
mod separation;
mod sources;
