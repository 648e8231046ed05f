//! Our own replies in a list: those that our store does not know, and twins, of which the younger goes.
use super::context::IntakeContext;
use super::error::IntakeError;
use super::watched::WatchedPage;
use crate::domain::effect::EffectId;
use crate::domain::event::Event;
use crate::domain::ids::{CommentId, PersonId};
use crate::domain::reply::Reference;
use crate::notion::{Kind, Listing, own_reference};
use crate::pipeline::PipelineInput;
use crate::replies::UnknownReplies;
use chrono::TimeDelta;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Notion cuts the time of a comment to its minute.
const MINUTE: TimeDelta = TimeDelta::minutes(1);

/// A reply of ours: its reference, and the comment that it is.
type ListedReply<'a> = (Reference, &'a CommentId);

/// Compares the replies that stand under `parent` with what the store knows of them.
pub(super) fn compare(
    context: &IntakeContext,
    watched: &WatchedPage,
    parent: &str,
    listing: &Listing,
    replies: &[ListedReply<'_>],
) {
    let began = context.replies.since();
    let is_old = |id: &CommentId| {
        let comment = listing.comments.iter().find(|comment| comment.id == *id);
        comment.is_some_and(|comment| comment.created_time + MINUTE <= began)
    };
    let page = &watched.page;
    match context.replies.listed(page, parent, listing.complete, replies, is_old) {
        UnknownReplies::None => {}
        UnknownReplies::Earlier(count) => {
            let replies = if count == 1 {
                "1 reply"
            } else {
                &format!("{count} replies")
            };
            let what =
                format!("the state is new or older than the page: {replies} under our name taken over; nothing to do");
            context.health.note(page, &what);
        }
        UnknownReplies::Since(_) => another(context, watched),
    }
    if other_bots_reply(listing, &context.people.own()) {
        another(context, watched);
    }
}

/// Our own replies in a list.
pub(super) fn of<'a>(context: &IntakeContext, listing: &'a Listing) -> Vec<ListedReply<'a>> {
    let own = context.people.own();
    let comments = listing.comments.iter();
    comments
        .filter_map(|comment| Some((own_reference(comment, &own)?, &comment.id)))
        .collect()
}

fn another(context: &IntakeContext, watched: &WatchedPage) {
    let what = "ANOTHER keyminder answers here as well. One bot for each page: stop one of the two, or name the page in one \
                of them only";
    context.health.note(&watched.page, what);
}

/// Whether another connection's comment carries the reference of a comment that is listed: only a keyminder draws those.
fn other_bots_reply(listing: &Listing, own: &[PersonId]) -> bool {
    let bots = listing
        .comments
        .iter()
        .filter(|comment| comment.is_by_connection() && !own.contains(&comment.author));
    let mut marks = bots.filter_map(|comment| own_reference(comment, std::slice::from_ref(&comment.author)));
    marks.any(|mark| {
        listing
            .comments
            .iter()
            .any(|comment| Reference::of(&comment.id) == mark)
    })
}

/// Two live replies with one reference: the younger is deleted, and the elder is the reply from then on. Twins are two
/// different ids: a list may name one comment twice.
pub(super) async fn heal(
    context: &IntakeContext,
    watched: &WatchedPage,
    replies: &[ListedReply<'_>],
) -> Result<(), IntakeError> {
    let mut first: BTreeMap<&Reference, &CommentId> = BTreeMap::new();
    for (reference, comment) in replies {
        let elder = match first.entry(reference) {
            Entry::Vacant(place) => {
                place.insert(comment);
                continue;
            }
            Entry::Occupied(elder) => *elder.get(),
        };
        // While one of them may still be on its way, nobody knows which of them will be taken for the reply.
        if elder == *comment || context.replies.is_doubtful(&watched.page, reference) {
            continue;
        }
        match context.notion.delete_comment(comment).await {
            Ok(()) => {}
            Err(error) if error.error().kind == Kind::Gone => {}
            // The next look tries again; nobody waits for it.
            Err(error) => {
                let what = format!(
                    "a reply stands there twice, and the younger one cannot be deleted: {}",
                    error.error().summary()
                );
                context.health.note(&watched.page, &what);
                return Ok(());
            }
        }
        tracing::warn!(%comment, %reference, "a reply stood there twice; the younger one was deleted");
        if let Some((page, answered)) = context.store.by_reference(reference.as_str()).await? {
            let found = vec![(EffectId::reply(&page, answered.as_str()), elder.clone())];
            let healed = PipelineInput {
                found,
                ..PipelineInput::new(page, Event::ClockTicked)
            };
            context.pipeline.submit(vec![healed]).await?;
        }
    }
    Ok(())
}
