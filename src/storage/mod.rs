//! The only place that knows diesel: connections, the one write door, facts, and finders per area.
//!
//! Reading order: `db` (connections), `door` (how anything is written), `facts` (what an event carries),
//! `rows` (tables), then the finders.
//! **Invariant:** nothing is written except through `Store::write`, which locks a scope first.

pub mod chain;
pub mod columns;
pub mod copy;
pub mod db;
pub mod door;
pub mod error;
pub mod facts;
pub mod find;
pub mod insert_only;
pub mod migrate;
pub mod rows;
pub mod schema;
pub mod state;
mod together;
pub mod total;

pub use chain::{Algorithm, Circumstances};
pub use db::{Db, Store};
pub use door::{Act, JobLease, Lease, Scope, Tx, UploadLease};
pub use error::StoreError;
