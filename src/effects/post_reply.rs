//! `PostReply`: says something once. The only effect that cannot be repeated at will, so before a second send the
//! thread is read to its end: what we find there with our reference is our reply.
use super::context::EffectContext;
use super::outcomes::{PAUSE, TRY_AGAIN, certain, in_, later, page_is_away};
use crate::clock;
use crate::domain::comment::Anchor;
use crate::domain::effect::{Done, Effect, Outcome, Place};
use crate::domain::ids::{CommentId, PageId};
use crate::domain::reply::{Reference, Run};
use crate::notion::{Error, Kind, Listing, Target, WriteError, own_reference, text_runs};
use crate::replies::ReplyInThread;
use crate::store::EffectRow;
use chrono::{DateTime, Utc};
use std::time::Duration;
use tokio::time::Instant;

/// What is said when Notion refuses the text of a reply.
const SHORT: &str = "I read this. My longer reply was refused by Notion; the audit has it.";
/// How soon a thread is read for a reply whose end is not known: it may stand there already.
const FIRST_LOOK: Duration = Duration::from_secs(1);
/// How long lists lag behind a write that Notion has ended. Not measured on the real service; the design takes 2 to 5 s and
/// a second look.
const READ_LAG: Duration = Duration::from_secs(5);
/// How soon, and how often, it is asked whether a thread was read.
const UNREAD: Duration = Duration::from_secs(1);
const UNREAD_TRIES: u32 = 120;
/// How long a comment must be unknown to Notion before nobody waits for its answer.
const GONE_FOR: Duration = Duration::from_secs(2);

/// A reply to be posted: whom it answers, where it goes, what it says, and until when its call may begin.
pub(super) struct ReplyDraft<'a> {
    pub(super) comment: Option<&'a CommentId>,
    pub(super) also: &'a [CommentId],
    pub(super) place: &'a Place,
    pub(super) runs: &'a [Run],
    pub(super) reference: &'a Reference,
    pub(super) until: Instant,
}

impl ReplyDraft<'_> {
    /// The comments that it answers; none for alerts and summaries.
    fn answered(&self) -> impl Iterator<Item = &CommentId> {
        self.comment.into_iter().chain(self.also)
    }
}

/// The page or the block under which a thread is listed.
pub(super) fn parent<'a>(place: &'a Place, page: &'a PageId) -> &'a str {
    match place {
        Place::Discussion {
            under: Anchor::Block(block),
            ..
        } => block.as_str(),
        Place::Discussion {
            under: Anchor::Page, ..
        }
        | Place::Page => page.as_str(),
    }
}

/// What becomes of a reply whose thread was not read since the start: it waits for that, and that is no failed try. A thread
/// that cannot be listed for long holds it no longer: it is sent without that knowledge.
pub(super) fn unread(context: &EffectContext, leased: &EffectRow) -> Option<Outcome> {
    let Effect::PostReply { place, reference, .. } = &leased.effect else {
        return None;
    };
    let before = context
        .replies
        .before(&leased.page, parent(place, &leased.page), reference);
    let waits = leased.earlier_sends == 0 && before == ReplyInThread::Unread && leased.tries < UNREAD_TRIES;
    waits.then(|| later(UNREAD, "its thread is read first".to_owned()))
}

pub(super) async fn perform(context: &EffectContext, leased: &EffectRow, reply: &ReplyDraft<'_>) -> Outcome {
    let mut answered = reply.answered().peekable();
    let outcome = if answered.peek().is_some() && answered.all(|comment| context.replies.is_away(&leased.page, comment))
    {
        // Should one of them come back, it is wanted again.
        Outcome::Moot {
            why: "the comment was deleted or resolved meanwhile".to_owned(),
        }
    } else if leased.earlier_sends > 0 {
        read_back(context, leased, reply).await
    } else {
        let before = context
            .replies
            .before(&leased.page, parent(reply.place, &leased.page), reply.reference);
        match before {
            ReplyInThread::There(comment) => Outcome::Done {
                result: Done::Replied { comment },
            },
            ReplyInThread::Absent | ReplyInThread::Unread => {
                context.replies.sending(&leased.page, reply.reference);
                say(context, leased, reply).await
            }
        }
    };
    match &outcome {
        Outcome::Unknown { .. } => context.replies.unsure(&leased.page, reply.reference),
        Outcome::Done {
            result: Done::Replied { comment },
        } => context.replies.settled(&leased.page, reply.reference, Some(comment)),
        Outcome::Done { .. }
        | Outcome::Later { .. }
        | Outcome::Absent { .. }
        | Outcome::Refused { .. }
        | Outcome::Moot { .. } => context.replies.settled(&leased.page, reply.reference, None),
    }
    outcome
}

/// Says it where it belongs; and if Notion refuses that for good, in plainer words or on the page.
async fn say(context: &EffectContext, leased: &EffectRow, reply: &ReplyDraft<'_>) -> Outcome {
    let thread = match reply.place {
        Place::Discussion { id, .. } => Target::Discussion(id.clone()),
        Place::Page => Target::Page(leased.page.clone()),
    };
    let refused = match send(context, &thread, reply, reply.runs).await {
        Ok(outcome) => return outcome,
        Err(error) => error,
    };
    if !matches!(refused.kind, Kind::Gone | Kind::Invalid) {
        return certain(&refused);
    }
    // A mention of somebody who left is refused like a thread that is gone (404), a link like a text that is too long.
    let plain: Vec<Run> = reply.runs.iter().map(Run::plain).collect();
    let refused = if plain == reply.runs {
        refused
    } else {
        match send(context, &thread, reply, &plain).await {
            Ok(outcome) => return outcome,
            Err(error) => error,
        }
    };
    match refused.kind {
        Kind::Gone => {
            if let Some(outcome) = nobody_waits(context, leased, reply).await {
                return outcome;
            }
        }
        Kind::Invalid => {}
        _ => return certain(&refused),
    }
    let page = Target::Page(leased.page.clone());
    let short = [Run {
        text: SHORT.to_owned(),
        ..Run::default()
    }];
    for runs in [plain.as_slice(), &short] {
        match send(context, &page, reply, runs).await {
            Ok(outcome) => return outcome,
            Err(error) if error.kind == Kind::Invalid => {}
            Err(error) => return certain(&error),
        }
    }
    Outcome::Refused {
        why: refused.to_string(),
    }
}

/// Sends it. An error means that it was certainly not sent.
async fn send(
    context: &EffectContext,
    target: &Target,
    reply: &ReplyDraft<'_>,
    runs: &[Run],
) -> Result<Outcome, Error> {
    let late = || later(Duration::ZERO, "no time was left before the lease ended".to_owned());
    // A time limit lets what is ready pass, also when it is over.
    if Instant::now() >= reply.until {
        return Ok(late());
    }
    let Ok(turn) = tokio::time::timeout_at(reply.until, context.notion.write_turn()).await else {
        return Ok(late());
    };
    let mut all = runs.to_vec();
    all.extend(reply.reference.runs(reply.also));
    match context.notion.post_comment(turn?, target, &text_runs(&all)).await {
        Ok(comment) => Ok(Outcome::Done {
            result: Done::Replied { comment: comment.id },
        }),
        Err(WriteError::NotDone { error }) => Err(error),
        Err(WriteError::Unknown { error, answered }) => {
            let quiet = context.times.quiet;
            // Where Notion itself ended the request, only lists may lag behind; else it may still be at work on it.
            let over = if answered {
                READ_LAG.min(quiet)
            } else {
                context.times.call_timeout + quiet
            };
            Ok(Outcome::Unknown {
                at: in_(FIRST_LOOK.min(quiet)),
                proven_from: Some(in_(over)),
                why: error.to_string(),
            })
        }
    }
}

/// Looks for a reply that may have been sent: it stands there, it certainly does not, or nobody can tell yet.
async fn read_back(context: &EffectContext, leased: &EffectRow, reply: &ReplyDraft<'_>) -> Outcome {
    let proven_from = DateTime::from_timestamp_millis(leased.absence_proven_from_ms).unwrap_or_default();
    let begun = clock::now();
    let unsure = |at: DateTime<Utc>, why: String| {
        let proven_from = None;
        Outcome::Unknown { at, proven_from, why }
    };
    let thread = parent(reply.place, &leased.page);
    // What its thread refuses goes onto the page.
    let parents = [Some(thread), Some(leased.page.as_str()).filter(|page| *page != thread)];
    let mut is_awaited = reply.comment.is_none();
    for parent in parents.into_iter().flatten() {
        let listing = match context.notion.comments(parent).await {
            Ok(listing) => listing,
            Err(error) if error.kind == Kind::Gone && parent != leased.page.as_str() => continue,
            // The page was taken from us: it waits, and its replies with it.
            Err(error) if error.kind == Kind::Gone => return unsure(in_(PAUSE), error.to_string()),
            Err(error) => return unsure(in_(TRY_AGAIN), error.to_string()),
        };
        if let Some(comment) = ours(context, &listing, reply.reference) {
            return Outcome::Done {
                result: Done::Replied { comment },
            };
        }
        is_awaited |= reply
            .answered()
            .any(|answered| listing.comments.iter().any(|listed| listed.id == *answered));
        // Only a list that was read to its end may say "absent".
        if !listing.complete {
            return unsure(in_(TRY_AGAIN), "the thread could not be read to its end".to_owned());
        }
    }
    if begun < proven_from {
        let next = begun + (proven_from - begun) / 4;
        let next = next.max(in_(TRY_AGAIN)).min(proven_from);
        return unsure(next, "it is not in the thread yet".to_owned());
    }
    if is_awaited {
        let why = "it is not in the thread".to_owned();
        return Outcome::Absent { why };
    }
    match nobody_waits(context, leased, reply).await {
        Some(moot @ Outcome::Moot { .. }) => moot,
        Some(Outcome::Later { at, why }) => unsure(at, why),
        // It exists and is not listed: its thread is resolved, and so might our reply be.
        Some(_) | None => unsure(
            in_(PAUSE),
            "its thread is resolved, or listed again in a moment".to_owned(),
        ),
    }
}

/// Our own comment with this reference, by author and mark together.
pub(super) fn ours(context: &EffectContext, listing: &Listing, reference: &Reference) -> Option<CommentId> {
    let own = context.own.all();
    let found = listing.comments.iter().find(|listed| {
        let mark = own_reference(listed, &own);
        mark.as_ref() == Some(reference)
    });
    found.map(|listed| listed.id.clone())
}

/// Whether the comments that it answers are gone for good: every one of them is asked for by its id, twice with time
/// between, and the page must be there. `None`: somebody waits.
async fn nobody_waits(context: &EffectContext, leased: &EffectRow, reply: &ReplyDraft<'_>) -> Option<Outcome> {
    let answered: Vec<&CommentId> = reply.answered().collect();
    for look in 0..2 {
        if look > 0 {
            tokio::time::sleep(GONE_FOR).await;
        }
        for comment in &answered {
            match context.notion.comment(comment).await {
                Ok(_) => return None,
                Err(error) if error.kind == Kind::Gone => {}
                Err(error) => return Some(certain(&error)),
            }
        }
        if let Some(waits) = page_is_away(context, &leased.page).await {
            return Some(waits);
        }
        if answered.is_empty() {
            return None;
        }
    }
    Some(Outcome::Moot {
        why: "the comment was deleted".to_owned(),
    })
}
