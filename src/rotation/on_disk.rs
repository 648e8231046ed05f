//! Work on a project's files from async code: on a thread that may wait for a disk.
use super::Project;
use std::sync::Arc;

/// Does something with the project's files where a waiting disk holds nobody else up.
pub async fn on_disk<T: Send + 'static>(project: &Arc<Project>, job: impl FnOnce(&Project) -> T + Send + 'static) -> T {
    let project = project.clone();
    match tokio::task::spawn_blocking(move || job(&project)).await {
        Ok(done) => done,
        Err(gone) => std::panic::resume_unwind(gone.into_panic()),
    }
}
