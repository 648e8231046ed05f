//! Work on files from async code: on a thread that may wait for a disk.

/// Does work that may wait for a disk beside the runtime, where it holds nobody else up. A panic of it goes on here.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(gone) => std::panic::resume_unwind(gone.into_panic()),
    }
}
