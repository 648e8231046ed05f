//! Comments that are listed no longer. One list that lacks a comment proves nothing: it counts as gone when lists with time
//! between them lack it and it was asked for by its id; and the page itself must be there.
use super::context::IntakeContext;
use super::error::IntakeError;
use super::submit::submit;
use super::watched::{SeenComment, WatchedPage};
use crate::domain::comment::{Anchor, CleanText};
use crate::domain::event::{Event, Gone};
use crate::domain::ids::CommentId;
use crate::notion::{Kind, Listing};
use crate::pipeline::PipelineInput;
use crate::store::{CommentRow, Presence};
use std::collections::HashSet;
use tokio::time::Instant;

/// How long lists must lack a comment, in polls of an active page: longer than a list lags behind.
const MISSING_FOR: u32 = 3;

/// Missing comments that one look asks for.
const AT_ONCE: usize = 10;

/// Looks at the comments that were listed under `anchor` before and are not now.
pub(super) async fn look(
    context: &IntakeContext,
    watched: &mut WatchedPage,
    anchor: &Anchor,
    listing: &Listing,
) -> Result<(), IntakeError> {
    let listed: HashSet<&CommentId> = listing.comments.iter().map(|comment| &comment.id).collect();
    let mut due = Vec::new();
    for (id, seen) in &mut watched.seen {
        if seen.presence != Presence::Listed || seen.anchor != *anchor || listed.contains(id) {
            continue;
        }
        let since = *seen.missing_since.get_or_insert_with(Instant::now);
        if since.elapsed() >= context.poll.active * MISSING_FOR {
            due.push(id.clone());
        }
    }
    if due.is_empty() {
        return Ok(());
    }
    // Nobody is held up by a thread of hundreds that was resolved: the others are looked at the next time.
    due.truncate(AT_ONCE);
    let mut fault = None;
    for id in due {
        let how = match how(context, watched, &id).await {
            Ok(how) => how,
            Err(error) if error.concerns_all() => return Err(error),
            Err(error) => {
                fault.get_or_insert(error);
                continue;
            }
        };
        let presence = match how {
            Gone::Deleted => Presence::Deleted,
            Gone::Resolved => Presence::Resolved,
        };
        let row = context.store.comment(&id).await?;
        let event = Event::CommentGone {
            comment: id.clone(),
            how,
        };
        let input = PipelineInput {
            rows: row.map(|row| gone(row, presence)).into_iter().collect(),
            ..PipelineInput::new(watched.page.clone(), event)
        };
        let seen = watched.seen.get(&id).map(|seen| SeenComment {
            presence,
            ..seen.clone()
        });
        let seen = seen.map(|seen| (id, seen));
        submit(context, watched, vec![input], seen.into_iter().collect()).await?;
    }
    fault.map_or(Ok(()), Err)
}

/// When a look can tell that what this page lacks now is gone; `None`: it lacks nothing.
pub(super) fn can_tell_at(context: &IntakeContext, watched: &WatchedPage) -> Option<Instant> {
    let listed = watched.seen.values().filter(|seen| seen.presence == Presence::Listed);
    let missing = listed.filter_map(|seen| seen.missing_since).max();
    missing.map(|since| since + context.poll.active * MISSING_FOR)
}

/// What is kept of a comment that is gone: of one that was deleted its id, its mark and what was made of it, and no text.
fn gone(mut row: CommentRow, presence: Presence) -> CommentRow {
    if presence == Presence::Deleted {
        row.comment.text = CleanText::default();
    }
    CommentRow { presence, ..row }
}

/// Deleted if Notion does not know it while the page is there, else resolved.
async fn how(context: &IntakeContext, watched: &WatchedPage, id: &CommentId) -> Result<Gone, IntakeError> {
    match context.notion.comment(id).await {
        Ok(_) => Ok(Gone::Resolved),
        Err(error) if error.kind == Kind::Gone => {
            // Of a page that was taken from us, every comment answers so.
            let page = context.notion.page(&watched.page).await?;
            if page.in_trash {
                Err(error.into())
            } else {
                Ok(Gone::Deleted)
            }
        }
        Err(error) => Err(error.into()),
    }
}
