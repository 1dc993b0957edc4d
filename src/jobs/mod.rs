//! Scheduled work: declarations, due times, the runner, one handler a job; and the workers that import uploads.
//!
//! **Invariant:** an occurrence of a job has its effect once, whoever runs it and however often it is tried.

pub mod declaration;
pub mod handlers;
pub mod importer;
pub mod runner;
pub mod schedule;
pub mod ticker;
