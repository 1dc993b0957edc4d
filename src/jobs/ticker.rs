//! The clock tick of the server: tokio-cron-scheduler wakes the runner each second.
//!
//! The scheduler crate keeps no record and may overlap itself, so it only says "now"; what is due and who runs
//! it stands in `job_runs`.
//! **Invariant:** at most one tick of this process is at work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

use crate::app::App;

/// Every second.
const EACH_SECOND: &str = "* * * * * *";

/// Starts ticking; the scheduler returned stops it.
///
/// # Errors
/// What the scheduler says.
pub async fn start(app: Arc<App>) -> Result<JobScheduler, JobSchedulerError> {
    let scheduler = JobScheduler::new().await?;
    let busy = Arc::new(AtomicBool::new(false));
    let tick = Job::new_async(EACH_SECOND, move |_id, _scheduler| {
        let app = Arc::clone(&app);
        let busy = Arc::clone(&busy);
        Box::pin(async move {
            if busy.swap(true, Ordering::SeqCst) {
                return;
            }
            let worked = tokio::task::spawn_blocking(move || app.tick(app.store.clock().now())).await;
            busy.store(false, Ordering::SeqCst);
            match worked {
                Ok(Ok(_ran)) => {}
                Ok(Err(error)) => tracing::error!(error = %error, "the runner could not go on: {error}"),
                Err(error) => tracing::error!(error = %error, "a job panicked: {error}"),
            }
        })
    })?;
    scheduler.add(tick).await?;
    scheduler.start().await?;
    Ok(scheduler)
}
