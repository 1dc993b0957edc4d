//! The pages, the forms on them, and the server that shows them.
//!
//! Owns addresses, headers, languages and what a form may send; figures come from the `load` function and changes go
//! through the `act` function the caller supplies.
//! **Invariant:** only a form of this server's own pages changes anything, and a page answers only whom its line in the
//! registry admits.

pub mod acts;
pub mod answer;
pub mod api;
mod areas;
pub mod blocking;
pub mod client;
pub mod door;
pub mod error;
pub mod forms;
pub mod guard;
pub mod headers;
mod menu;
pub mod pages;
pub mod registry;
pub mod request_id;
pub mod router;
pub mod serve;
pub mod sign_in;
pub mod tls;
pub mod transport;
pub mod visit;
