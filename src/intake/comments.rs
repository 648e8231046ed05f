//! The comments under a page or a block: which are new, edited, or back.
use super::people::Author;
use super::watched::{Seen, Watched};
use super::{Context, IntakeError, flood, gone, own_replies};
use crate::domain::comment::{Anchor, CleanText, Comment};
use crate::domain::effect::EffectId;
use crate::domain::event::{Authority, Event, Report};
use crate::domain::ids::{BlockId, CommentId};
use crate::domain::redact::Redactor;
use crate::notion::{Kind, Listing, WireComment};
use crate::pipeline::{self, Arrived, Happening};
use crate::store::{CommentRow, Presence, Standing};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use tokio::time::Instant;

/// Comments that were younger than this at the first look at their page are answered.
const YOUNG: TimeDelta = TimeDelta::hours(24);
/// Steps that a page has until it was read; the taxonomy's own number.
const STEPS_UNREAD: u8 = 5;

/// Reads the comments under the page, or under one of its blocks, and brings in what is new. Only what was brought in is
/// marked as seen: whatever fails here or later, the next reading finds the rest again.
pub(super) async fn read(context: &Context, watched: &mut Watched, block: Option<&BlockId>) -> Result<(), IntakeError> {
    let parent = block.map_or(watched.page.as_str(), BlockId::as_str).to_owned();
    let listing = match context.notion.comments(&parent).await {
        Ok(listing) => listing,
        // A block that was deleted takes its threads along; the next read of the page drops it.
        Err(error) if block.is_some() && error.kind == Kind::Gone => Listing {
            comments: Vec::new(),
            complete: true,
        },
        Err(error) => return Err(error.into()),
    };
    match block {
        Some(block) => keep_hot(watched, block, &listing),
        None => context.health.read(&watched.page),
    }
    let replies = own_replies::of(context, &listing);
    own_replies::compare(context, watched, &parent, &listing, &replies);
    // Whom we have to ask for holds nobody else up.
    let (known, unknown): (Vec<_>, Vec<_>) = listing
        .comments
        .iter()
        .partition(|comment| context.people.knows(comment));
    let mut fault = None;
    for comments in [known, unknown] {
        let news = news(context, watched, &comments).await;
        bring(context, watched, news.found, news.seen).await?;
        fault = fault.or(news.fault);
    }
    if listing.complete {
        let anchor = block.map_or(Anchor::Page, |block| Anchor::Block(block.clone()));
        gone::look(context, watched, &anchor, &listing).await?;
    }
    own_replies::heal(context, watched, &replies).await?;
    fault.map_or(Ok(()), Err)
}

/// Brings in what was found; then, and only then, it counts as seen.
pub(super) async fn bring(
    context: &Context,
    watched: &mut Watched,
    found: Vec<Happening>,
    seen: Vec<(CommentId, Seen)>,
) -> Result<(), IntakeError> {
    if !found.is_empty() {
        context.door.bring(flood::gathered(found)).await?;
        watched.active_at = Instant::now();
    }
    for (comment, seen) in seen {
        let away = seen.presence != Presence::Listed;
        context.replies.set_away(&watched.page, &comment, away);
        watched.seen.insert(comment, seen);
    }
    Ok(())
}

fn keep_hot(watched: &mut Watched, block: &BlockId, listing: &Listing) {
    // What was listed there and is not any more is looked at once more before it counts as gone.
    let is_missed = |seen: &Seen| {
        seen.presence == Presence::Listed && matches!(&seen.anchor, Anchor::Block(anchor) if anchor == block)
    };
    if listing.comments.is_empty() && !watched.seen.values().any(is_missed) {
        watched.threads.hot.remove(block);
        return;
    }
    watched.threads.hot.insert(block.clone(), Some(Instant::now()));
    let discussions = listing.comments.iter().map(|comment| comment.discussion.clone());
    watched.threads.known.extend(discussions);
}

/// What a list holds that was not seen before.
#[derive(Default)]
struct News {
    found: Vec<Happening>,
    /// How each comment counts once what was found is committed.
    seen: Vec<(CommentId, Seen)>,
    /// Why one of them could not be looked at; the others are not held up by it.
    fault: Option<IntakeError>,
}

async fn news(context: &Context, watched: &mut Watched, comments: &[&WireComment]) -> News {
    let redactor = context.redactor.current();
    let mut news = News::default();
    for comment in comments {
        if let Err(error) = one(context, watched, &redactor, comment, &mut news).await {
            news.fault.get_or_insert(error);
        }
    }
    news
}

async fn one(
    context: &Context,
    watched: &mut Watched,
    redactor: &Arc<Redactor>,
    comment: &WireComment,
    news: &mut News,
) -> Result<(), IntakeError> {
    let raw = comment.raw_text();
    let sameness = Some(raw.sameness());
    let known = watched.seen.get_mut(&comment.id);
    let returned = known.as_ref().is_some_and(|known| known.presence != Presence::Listed);
    if let Some(known) = known
        && known.sameness == sameness
        && !returned
    {
        known.missing_since = None;
        return Ok(());
    }
    let Author::Person(authority) = context.people.author(&context.notion, comment).await else {
        return Ok(());
    };
    let (redacted, hash) = pipeline::redact(redactor, &raw);
    let seen = Seen {
        hash,
        sameness,
        presence: Presence::Listed,
        anchor: comment.anchor.clone(),
        missing_since: None,
    };
    let before = watched.seen.get(&comment.id).map(|known| known.hash);
    if before == Some(hash) && !returned {
        watched.seen.insert(comment.id.clone(), seen);
        return Ok(());
    }
    let arrived = arrived(context, watched, redactor, comment, authority);
    let steps = match watched.guide.steps_total() {
        0 => STEPS_UNREAD,
        steps => steps,
    };
    let report = pipeline::read(&context.classifier, &context.keys, steps, arrived, redacted);
    if returned {
        news.found.push(came_back(context, watched, &report).await?);
    }
    match before {
        None => news.found.push(posted(watched, report, hash)),
        Some(before) if before != hash => news.found.push(edited(context, watched, report, hash).await?),
        Some(_) => {}
    }
    news.seen.push((comment.id.clone(), seen));
    Ok(())
}

fn arrived(
    context: &Context,
    watched: &Watched,
    redactor: &Redactor,
    comment: &WireComment,
    authority: Authority,
) -> Arrived {
    let on_step = match &comment.anchor {
        Anchor::Block(block) => watched.guide.step_of(block),
        Anchor::Page => None,
    };
    Arrived {
        comment: Comment {
            id: comment.id.clone(),
            discussion: comment.discussion.clone(),
            anchor: comment.anchor.clone(),
            author: comment.author.clone(),
            author_name: context
                .people
                .name(comment)
                .map(|name| redactor.redact_str(&name).into_owned()),
            posted_at: comment.created_time,
            text: CleanText::default(),
        },
        on_step,
        authority,
        absorbed: context.absorbs() && is_backlog(comment.created_time, watched.first_look),
    }
}

/// Whether a comment is from long before we first looked at its page, whenever we come to see it.
fn is_backlog(posted_at: DateTime<Utc>, first_look: Option<DateTime<Utc>>) -> bool {
    first_look.is_some_and(|first_look| first_look - posted_at > YOUNG)
}

fn posted(watched: &Watched, report: Report, hash: u64) -> Happening {
    let row = pipeline::row(&watched.page, &report, hash);
    let event = Event::CommentPosted(Box::new(report));
    Happening {
        rows: vec![row],
        ..Happening::bare(watched.page.clone(), event)
    }
}

async fn edited(context: &Context, watched: &Watched, report: Report, hash: u64) -> Result<Happening, IntakeError> {
    let former = former(context, watched, &report.comment.id).await?;
    let mut row = pipeline::row(&watched.page, &report, hash);
    row.answered_in = former.as_ref().and_then(|former| former.answered_in.clone());
    let mut answered = None;
    for comment in [Some(&report.comment.id), row.answered_in.as_ref()]
        .into_iter()
        .flatten()
    {
        let reply = EffectId::reply(&watched.page, comment.as_str());
        if answered.is_none() && context.store.effect(&reply).await?.is_some() {
            answered = Some(comment.clone());
        }
    }
    if answered.is_some() {
        row.standing = Standing::Answered;
    }
    let former = former.map(|row| row.reading).unwrap_or_default();
    let event = Event::CommentEdited {
        now: Box::new(report),
        former: Box::new(former),
        answered,
    };
    Ok(Happening {
        rows: vec![row],
        ..Happening::bare(watched.page.clone(), event)
    })
}

/// A comment that counted as resolved or deleted is listed again: what its absence did is undone.
async fn came_back(context: &Context, watched: &Watched, report: &Report) -> Result<Happening, IntakeError> {
    // From now on somebody waits for its answer.
    context.replies.set_away(&watched.page, &report.comment.id, false);
    let former = former(context, watched, &report.comment.id).await?;
    let answered_in = former.as_ref().and_then(|row| row.answered_in.clone());
    let row = former.map(|row| CommentRow {
        presence: Presence::Listed,
        ..row
    });
    let event = Event::CommentReturned(Box::new(report.clone()));
    let speaks = answered_in.iter();
    Ok(Happening {
        rows: row.into_iter().collect(),
        revived: speaks
            .map(|comment| EffectId::reply(&watched.page, comment.as_str()))
            .collect(),
        ..Happening::bare(watched.page.clone(), event)
    })
}

async fn former(context: &Context, watched: &Watched, comment: &CommentId) -> Result<Option<CommentRow>, IntakeError> {
    let rows = context.store.comments(&watched.page).await?;
    Ok(rows.into_iter().find(|row| row.comment.id == *comment))
}
