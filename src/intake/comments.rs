//! The comments under a page or a block: which are new, edited, back, or gone; and twins of our own replies.
use super::flood;
use super::people::Author;
use super::watched::{Seen, Watched};
use super::{Context, IntakeError};
use crate::domain::comment::{Anchor, CleanText, Comment};
use crate::domain::effect::EffectId;
use crate::domain::event::{Authority, Event, Gone, Report};
use crate::domain::ids::{BlockId, CommentId};
use crate::domain::redact::Redactor;
use crate::domain::reply::Reference;
use crate::notion::{Kind, Listing, WireComment};
use crate::pipeline::{self, Arrived, Happening};
use crate::store::{CommentRow, Presence, Standing};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashSet;
use std::collections::btree_map::{BTreeMap, Entry};
use std::sync::Arc;
use tokio::time::Instant;

/// Comments younger than this are answered even at the first start.
const YOUNG: TimeDelta = TimeDelta::hours(24);
/// Steps that a page has until it was read; the taxonomy's own number.
const STEPS_UNREAD: u8 = 5;

/// Reads the comments under the page, or under one of its blocks.
pub(super) async fn read(
    context: &Context,
    watched: &mut Watched,
    block: Option<&BlockId>,
) -> Result<Vec<Happening>, IntakeError> {
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
    if let Some(block) = block {
        keep_hot(watched, block, &listing);
    }
    heal_twins(context, &listing).await;
    let mut found = Vec::new();
    let redactor = context.redactor.current();
    for comment in &listing.comments {
        found.extend(one(context, watched, &redactor, comment).await?);
    }
    let mut found = flood::gathered(found);
    if listing.complete {
        let anchor = block.map_or(Anchor::Page, |block| Anchor::Block(block.clone()));
        found.extend(missing(context, watched, &anchor, &listing).await?);
    }
    Ok(found)
}

fn keep_hot(watched: &mut Watched, block: &BlockId, listing: &Listing) {
    if listing.comments.is_empty() {
        watched.threads.hot.remove(block);
        return;
    }
    watched.threads.hot.insert(block.clone(), Instant::now());
    watched
        .threads
        .known
        .extend(listing.comments.iter().map(|comment| comment.discussion.clone()));
}

/// Two live replies with one reference: the younger is deleted. It costs nothing, since the thread is read anyway.
async fn heal_twins(context: &Context, listing: &Listing) {
    let mut first: BTreeMap<Reference, &CommentId> = BTreeMap::new();
    let own = context.people.own();
    for comment in &listing.comments {
        let Some(mark) = comment.own_reference(&own).and_then(|text| Reference::parse(&text)) else {
            continue;
        };
        match first.entry(mark) {
            Entry::Vacant(place) => {
                place.insert(&comment.id);
            }
            Entry::Occupied(twin) => {
                let healed = context.notion.delete_comment(&comment.id).await.is_ok();
                let reference = twin.key();
                tracing::warn!(comment = %comment.id, %reference, healed, "a reply stood there twice; the younger one goes");
            }
        }
    }
}

async fn one(
    context: &Context,
    watched: &mut Watched,
    redactor: &Arc<Redactor>,
    comment: &WireComment,
) -> Result<Option<Happening>, IntakeError> {
    let raw = comment.raw_text();
    let sameness = Some(raw.sameness());
    let known = watched.seen.get_or_insert_default().get_mut(&comment.id);
    if let Some(known) = known
        && known.sameness == sameness
    {
        // A thread that was reopened brings its comments back; they are no news.
        known.presence = Presence::Listed;
        return Ok(None);
    }
    let Author::Person(authority) = context.people.author(&context.notion, comment).await else {
        return Ok(None);
    };
    let (redacted, hash) = pipeline::redact(redactor, &raw);
    let (presence, anchor) = (Presence::Listed, comment.anchor.clone());
    let seen = Seen {
        hash,
        sameness,
        presence,
        anchor,
    };
    let known = watched.seen.get_or_insert_default().insert(comment.id.clone(), seen);
    if known.as_ref().is_some_and(|known| known.hash == hash) {
        return Ok(None);
    }
    let arrived = arrived(context, watched, redactor, comment, authority);
    let steps = match watched.guide.steps_total() {
        0 => STEPS_UNREAD,
        steps => steps,
    };
    let report = pipeline::read(&context.classifier, &context.keys, steps, arrived, redacted);
    let happening = match known {
        None => posted(watched, report, hash),
        Some(_) => edited(context, watched, report, hash).await?,
    };
    Ok(Some(happening))
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
    let server_now = context.notion.budget().server_now.unwrap_or_else(Utc::now);
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
        absorbed: watched.first && context.absorbs() && is_old(comment.created_time, server_now),
    }
}

fn is_old(posted_at: DateTime<Utc>, server_now: DateTime<Utc>) -> bool {
    server_now - posted_at > YOUNG
}

fn posted(watched: &Watched, report: Report, hash: u64) -> Happening {
    let row = pipeline::row(&watched.page, &report, hash);
    Happening {
        page: watched.page.clone(),
        event: Event::CommentPosted(Box::new(report)),
        rows: vec![row],
        settle: None,
        audit: None,
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
        page: watched.page.clone(),
        event,
        rows: vec![row],
        settle: None,
        audit: None,
    })
}

async fn former(context: &Context, watched: &Watched, comment: &CommentId) -> Result<Option<CommentRow>, IntakeError> {
    let rows = context.store.comments(&watched.page).await?;
    Ok(rows.into_iter().find(|row| row.comment.id == *comment))
}

/// Comments that were listed here before and are no longer: deleted if `GET` says 404, else resolved.
async fn missing(
    context: &Context,
    watched: &mut Watched,
    anchor: &Anchor,
    listing: &Listing,
) -> Result<Vec<Happening>, IntakeError> {
    let listed: HashSet<&CommentId> = listing.comments.iter().map(|comment| &comment.id).collect();
    let seen = watched.seen.as_ref();
    let gone: Vec<CommentId> = seen
        .into_iter()
        .flatten()
        .filter(|(id, seen)| seen.presence == Presence::Listed && seen.anchor == *anchor && !listed.contains(id))
        .map(|(id, _)| id.clone())
        .collect();
    let mut found = Vec::new();
    for id in gone {
        let how = match context.notion.comment(&id).await {
            Ok(_) => Gone::Resolved,
            Err(error) if error.kind == Kind::Gone => Gone::Deleted,
            Err(error) => return Err(error.into()),
        };
        let presence = if how == Gone::Deleted {
            Presence::Deleted
        } else {
            Presence::Resolved
        };
        if let Some(seen) = watched.seen.as_mut().and_then(|seen| seen.get_mut(&id)) {
            seen.presence = presence;
        }
        let row = former(context, watched, &id).await?.map(|row| pipeline::gone(row, how));
        let event = Event::CommentGone { comment: id, how };
        found.push(Happening {
            page: watched.page.clone(),
            event,
            rows: row.into_iter().collect(),
            settle: None,
            audit: None,
        });
    }
    Ok(found)
}
