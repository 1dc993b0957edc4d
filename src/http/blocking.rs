//! Work that may block, on a thread for it, and what a request has asked of the database.
//!
//! **Invariant:** every statement sent for a request is counted with that request, whichever thread sent it.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::task::JoinError;

use crate::statements;

tokio::task_local! {
    static SENT: Arc<AtomicU64>;
}

/// How many statements a request has sent; stands beside the answer, and is not sent with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statements(pub u64);

/// Answers a request and counts the statements sent for it.
pub(super) async fn counted<T>(answering: impl Future<Output = T>) -> (T, Statements) {
    let count = Arc::new(AtomicU64::new(0));
    let answer = SENT.scope(Arc::clone(&count), answering).await;
    (answer, Statements(count.load(Ordering::Relaxed)))
}

/// Runs work that may block; what it logs belongs to the request.
///
/// # Errors
/// The thread ended before the work did.
pub(super) async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, JoinError> {
    let span = tracing::Span::current();
    let count = SENT.try_with(Arc::clone).ok();
    let within = move || {
        let (done, sent) = statements::during(|| span.in_scope(work));
        if let Some(count) = count {
            count.fetch_add(sent, Ordering::Relaxed);
        }
        done
    };
    tokio::task::spawn_blocking(within).await
}
