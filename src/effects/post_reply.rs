//! `PostReply`: says something once. The only effect that cannot be repeated at will, so before a second send the
//! thread is read to its end: what we find there with our reference is our reply.
use super::{Hands, TRY_AGAIN, certain, in_, later};
use crate::domain::comment::Anchor;
use crate::domain::effect::{Done, Outcome, Place};
use crate::domain::ids::CommentId;
use crate::domain::reply::{Reference, Run};
use crate::notion::{Error, Kind, Listing, Target, WriteError};
use crate::store::Leased;
use std::time::Duration;
use tokio::time::Instant;

/// What is said when Notion refuses the text of a reply.
const SHORT: &str = "I read this. My longer reply was refused by Notion; the audit has it.";

/// A reply that is due.
pub(super) struct Reply<'a> {
    pub(super) comment: Option<&'a CommentId>,
    pub(super) also: &'a [CommentId],
    pub(super) place: &'a Place,
    pub(super) runs: &'a [Run],
    pub(super) reference: &'a Reference,
    pub(super) until: Instant,
}

pub(super) async fn perform(hands: &Hands, leased: &Leased, reply: &Reply<'_>) -> Outcome {
    if leased.earlier_sends > 0 {
        // Found to be absent it waits for the next claim, which is written down as an intent before a byte leaves.
        let absent = || {
            later(
                Duration::ZERO,
                "it is not in the thread, so it is sent again".to_owned(),
            )
        };
        return read_back(hands, leased, reply).await.unwrap_or_else(absent);
    }
    match send(hands, leased, reply, reply.runs).await {
        Ok(outcome) => outcome,
        Err(error) if error.kind == Kind::Gone => thread_is_gone(hands, leased, reply).await,
        Err(error) if error.kind == Kind::Invalid => {
            let short = [Run {
                text: SHORT.to_owned(),
                ..Run::default()
            }];
            let said = send(hands, leased, reply, &short).await;
            said.unwrap_or_else(|_| Outcome::Refused { why: error.to_string() })
        }
        Err(error) => certain(&error),
    }
}

/// Sends it. An error means that it was certainly not sent.
async fn send(hands: &Hands, leased: &Leased, reply: &Reply<'_>, runs: &[Run]) -> Result<Outcome, Error> {
    let target = match reply.place {
        Place::Discussion { id, .. } => Target::Discussion(id.clone()),
        Place::Page => Target::Page(leased.page.clone()),
    };
    send_to(hands, target, reply, runs).await
}

async fn send_to(hands: &Hands, target: Target, reply: &Reply<'_>, runs: &[Run]) -> Result<Outcome, Error> {
    let Ok(turn) = tokio::time::timeout_at(reply.until, hands.notion.write_turn()).await else {
        return Ok(later(
            Duration::ZERO,
            "no place in the request budget before the lease ended".to_owned(),
        ));
    };
    let mut all = runs.to_vec();
    all.extend(reply.reference.runs(reply.also));
    match hands.notion.post_comment(turn?, &target, &all).await {
        Ok(comment) => Ok(Outcome::Done {
            result: Done::Replied { comment: comment.id },
        }),
        Err(WriteError::NotDone { error }) => Err(error),
        Err(WriteError::Unknown { error }) => Ok(Outcome::Unknown {
            at: in_(hands.times.call_timeout + hands.times.quiet),
            why: error.to_string(),
        }),
    }
}

/// Looks for a reply that may have been sent. `None`: it is certainly not there and still wanted.
async fn read_back(hands: &Hands, leased: &Leased, reply: &Reply<'_>) -> Option<Outcome> {
    let parent = match reply.place {
        Place::Discussion {
            under: Anchor::Block(block),
            ..
        } => block.as_str(),
        Place::Discussion {
            under: Anchor::Page, ..
        }
        | Place::Page => leased.page.as_str(),
    };
    let listing = match hands.notion.comments(parent).await {
        Ok(listing) if listing.complete => listing,
        // Only a list that was read to its end may say "absent".
        Ok(_) => {
            return Some(Outcome::Unknown {
                at: in_(TRY_AGAIN),
                why: "the thread could not be read to its end".to_owned(),
            });
        }
        Err(error) if error.kind == Kind::Gone => {
            return Some(Outcome::Moot {
                why: "the thread is gone".to_owned(),
            });
        }
        Err(error) => {
            return Some(Outcome::Unknown {
                at: in_(TRY_AGAIN),
                why: error.to_string(),
            });
        }
    };
    if let Some(comment) = ours(hands, &listing, reply.reference) {
        return Some(Outcome::Done {
            result: Done::Replied { comment },
        });
    }
    let is_listed = |comment: &CommentId| listing.comments.iter().any(|listed| listed.id == *comment);
    let mut answered = reply.comment.into_iter().chain(reply.also);
    let nobody_waits = reply.comment.is_some() && !answered.any(is_listed);
    nobody_waits.then(|| Outcome::Moot {
        why: "the comment was deleted or resolved meanwhile".to_owned(),
    })
}

/// Our own comment with this reference, by author and mark together.
fn ours(hands: &Hands, listing: &Listing, reference: &Reference) -> Option<CommentId> {
    let own = hands.own.all();
    let found = listing.comments.iter().find(|listed| {
        let mark = listed.own_reference(&own).and_then(|text| Reference::parse(&text));
        mark.as_ref() == Some(reference)
    });
    found.map(|listed| listed.id.clone())
}

/// The thread answers 404: if the comment is still there, the reply goes onto the page; else nobody waits for it.
async fn thread_is_gone(hands: &Hands, leased: &Leased, reply: &Reply<'_>) -> Outcome {
    let Some(comment) = reply.comment else {
        return later(super::PAUSE, "the page is not shared with the connection".to_owned());
    };
    match hands.notion.comment(comment).await {
        Ok(_) => {
            let sent = send_to(hands, Target::Page(leased.page.clone()), reply, reply.runs).await;
            sent.unwrap_or_else(|error| certain(&error))
        }
        Err(error) if error.kind == Kind::Gone => Outcome::Moot {
            why: "the comment is gone".to_owned(),
        },
        Err(error) => certain(&error),
    }
}
