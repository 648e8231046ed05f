//! What was found on a page goes into the pipeline here; what is not committed is not seen.
use super::context::IntakeContext;
use super::error::IntakeError;
use super::flood;
use super::watched::{SeenComment, WatchedPage};
use crate::domain::ids::CommentId;
use crate::pipeline::PipelineInput;
use crate::store::Presence;
use tokio::time::Instant;

/// Submits what was found; then, and only then, it counts as seen.
pub(super) async fn submit(
    context: &IntakeContext,
    watched: &mut WatchedPage,
    found: Vec<PipelineInput>,
    seen: Vec<(CommentId, SeenComment)>,
) -> Result<(), IntakeError> {
    if !found.is_empty() {
        context.pipeline.submit(flood::gathered(found)).await?;
        watched.active_at = Instant::now();
    }
    for (comment, seen) in seen {
        let away = seen.presence != Presence::Listed;
        context.replies.set_away(&watched.page, &comment, away);
        watched.seen.insert(comment, seen);
    }
    Ok(())
}
