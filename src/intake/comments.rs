//! The comments under a page or a block: which are new, edited, or back.
use super::context::IntakeContext;
use super::error::IntakeError;
use super::ingest::Author;
use super::page_facts::PageFacts;
use super::room::{self, Room};
use super::submit::submit;
use super::watched::{SeenComment, UnreadList, WatchedPage};
use super::{gone, marks, own_replies};
use crate::domain::comment::{Anchor, Finding};
use crate::domain::effect::EffectId;
use crate::domain::event::{Authority, Event, Report};
use crate::domain::ids::{BlockId, CommentId, PageId};
use crate::domain::redact::Redacted;
use crate::notion::{Kind, Listing, RawComment, anchor, raw_text};
use crate::pipeline::PipelineInput;
use crate::store::{AnswerState, CommentRow, Presence};
use std::time::Duration;
use tokio::time::Instant;

/// A list that is not read to its end at once is read on after this time: one without end costs no more than that.
const REST: Duration = Duration::from_secs(10);

/// What stands in the place of a mark that was forgotten.
const FORGOTTEN: u64 = 0;

/// Threads on a page's blocks that are known at most.
const MOST_THREADS: usize = 20_000;

/// Comments that are submitted together at most, so that what is made of a long list does not all stand in memory at once.
const TOGETHER: usize = 1000;

/// Reads the comments under the page, or under one of its blocks, and submits what is new. Only what was committed is
/// marked as seen: whatever fails here or later, the next reading finds the rest again.
pub(super) async fn read(
    context: &IntakeContext,
    watched: &mut WatchedPage,
    block: Option<&BlockId>,
) -> Result<(), IntakeError> {
    let parent = block.map_or(watched.page.as_str(), BlockId::as_str).to_owned();
    // Where the last reading was cut this one goes on, so that no comment is beyond reach.
    let from = watched.threads.unread.get(&parent);
    if from.is_some_and(|unread| unread.due > Instant::now()) {
        return Ok(());
    }
    let cursor = from.and_then(|unread| unread.cursor.clone());
    let listing = match context.notion.comments_from(&parent, cursor.as_deref()).await {
        Ok(listing) => listing,
        // A block that was deleted takes its threads along; the next read of the page drops it.
        Err(error) if block.is_some() && error.kind == Kind::Gone => Listing {
            comments: Vec::new(),
            complete: true,
            cut: None,
            next: None,
        },
        Err(error) => return Err(error.into()),
    };
    match block {
        Some(block) => keep_hot(watched, block, &listing),
        None => context.health.read(&watched.page),
    }
    keep_place(context, watched, &parent, &listing);
    let replies = own_replies::of(context, &listing);
    own_replies::compare(context, watched, &parent, &listing, &replies);
    // Whom we have to ask for holds nobody else up.
    let (known, unknown): (Vec<_>, Vec<_>) = listing
        .comments
        .iter()
        .partition(|comment| context.people.knows(comment));
    let (mut fault, mut room) = (None, Room::of(watched));
    for comments in known.chunks(TOGETHER).chain(unknown.chunks(TOGETHER)) {
        let news = news(context, watched, comments, &mut room).await;
        submit(context, watched, news.found, news.seen).await?;
        fault = fault.or(news.fault);
    }
    for said in room.said() {
        context.health.note(&watched.page, &said);
    }
    if room.is_full() {
        // Nothing beyond could be kept.
        read_on(watched, &parent, None);
    }
    if listing.complete {
        let anchor = block.map_or(Anchor::Page, |block| Anchor::Block(block.clone()));
        gone::look(context, watched, &anchor, &listing).await?;
    }
    own_replies::heal(context, watched, &replies).await?;
    fault.map_or(Ok(()), Err)
}

/// Where the next reading goes on when this one was cut; said once, with what that means.
fn keep_place(context: &IntakeContext, watched: &mut WatchedPage, parent: &str, listing: &Listing) {
    watched.threads.unread.remove(parent);
    let Some(cut) = listing.cut else { return };
    let place = if parent == watched.page.as_str() {
        "its list of comments".to_owned()
    } else {
        format!("the list of comments on block {parent}")
    };
    let rest = if listing.next.is_some() {
        "what was read counts, and the next look goes on from there"
    } else {
        "what was read counts, and the rest cannot be had"
    };
    let what = format!("{place} is not read to its end at once, since {cut}; {rest}");
    context.health.note(&watched.page, &what);
    if listing.next.is_some() {
        read_on(watched, parent, listing.next.clone());
    }
}

/// A list is read from here on, after a while.
fn read_on(watched: &mut WatchedPage, parent: &str, cursor: Option<String>) {
    let due = Instant::now() + REST;
    let unread = UnreadList { cursor, due };
    watched.threads.unread.insert(parent.to_owned(), unread);
}

fn keep_hot(watched: &mut WatchedPage, block: &BlockId, listing: &Listing) {
    // What was listed there and is not any more is looked at once more before it counts as gone.
    let is_missed = |seen: &SeenComment| {
        seen.presence == Presence::Listed && matches!(&seen.anchor, Anchor::Block(anchor) if anchor == block)
    };
    if listing.comments.is_empty() && !watched.seen.values().any(is_missed) {
        watched.threads.hot.remove(block);
        return;
    }
    watched.threads.hot.insert(block.clone(), Some(Instant::now()));
    // No page has as many; a list without end brings new ones for ever.
    let room = MOST_THREADS.saturating_sub(watched.threads.known.len());
    let discussions = listing.comments.iter().map(|comment| comment.discussion.clone());
    watched.threads.known.extend(discussions.take(room));
}

/// What a list holds that was not seen before.
#[derive(Default)]
struct News {
    found: Vec<PipelineInput>,
    /// How each comment counts once what was found is committed.
    seen: Vec<(CommentId, SeenComment)>,
    /// Why one of them could not be looked at; the others are not held up by it.
    fault: Option<IntakeError>,
}

async fn news(context: &IntakeContext, watched: &mut WatchedPage, comments: &[&RawComment], room: &mut Room) -> News {
    // Values that came into `.env` meanwhile are known before the first of them is read.
    context.redactor.current().await;
    let mut news = News::default();
    for comment in comments {
        if let Err(error) = one(context, watched, comment, &mut news, room).await {
            news.fault.get_or_insert(error);
        }
    }
    news
}

async fn one(
    context: &IntakeContext,
    watched: &mut WatchedPage,
    comment: &RawComment,
    news: &mut News,
    room: &mut Room,
) -> Result<(), IntakeError> {
    if context.people.own().contains(&comment.author) {
        return Ok(());
    }
    let raw = raw_text(&comment.text());
    let sameness = Some(raw.keyed_hash());
    let known = watched.seen.get_mut(&comment.id);
    let returned = known.as_ref().is_some_and(|known| known.presence != Presence::Listed);
    if let Some(known) = known
        && known.sameness == sameness
        && !returned
    {
        known.missing_since = None;
        return Ok(());
    }
    // What finds no room is read once there is some.
    let held = watched.seen.get(&comment.id).and_then(room::open_bytes);
    let share = context.people.share(&comment.author);
    if !room.is_there(share, held, raw.bytes()) {
        return Ok(());
    }
    let author = context.people.author(&context.notion, comment).await;
    let (redacted, hash) = context.ingest.now().redact(comment);
    let seen = SeenComment {
        hash,
        sameness,
        presence: Presence::Listed,
        anchor: anchor(comment),
        bytes: redacted.text.as_str().len(),
        share,
        missing_since: None,
    };
    room.take(share, held, seen.bytes);
    let Some(author) = author else {
        by_bot(context, watched, comment, redacted, seen, news);
        return Ok(());
    };
    let before = former_hash(watched, comment, &redacted, hash);
    if before == Some(hash) && !returned {
        watched.seen.insert(comment.id.clone(), seen);
        return Ok(());
    }
    let page = PageFacts {
        guide: &watched.guide,
        first_look: watched.first_look,
    };
    let report = context.ingest.now().report(comment, author, redacted, page);
    if returned {
        news.found.push(came_back(context, watched, &report).await?);
    }
    match before {
        None => news.found.push(posted(watched, report, hash)),
        Some(FORGOTTEN) => news.found.extend(known_anew(context, watched, report, hash).await?),
        Some(before) if before != hash => news.found.push(edited(context, watched, report, hash).await?),
        Some(_) => {}
    }
    news.seen.push((comment.id.clone(), seen));
    Ok(())
}

/// A comment whose mark was forgotten is known by what it says now, and its answer stands: whether it was edited meanwhile
/// nobody can tell.
async fn known_anew(
    context: &IntakeContext,
    watched: &WatchedPage,
    report: Report,
    hash: u64,
) -> Result<Option<PipelineInput>, IntakeError> {
    let former = context.store.comment(&report.comment.id).await?;
    Ok(former.map(|former| PipelineInput {
        rows: vec![CommentRow {
            hash,
            comment: report.comment,
            reading: report.reading,
            presence: Presence::Listed,
            ..former
        }],
        ..PipelineInput::new(watched.page.clone(), Event::ClockTicked)
    }))
}

/// The hash by which a comment was known before.
fn former_hash(watched: &WatchedPage, comment: &RawComment, redacted: &Redacted, hash: u64) -> Option<u64> {
    let before = watched.seen.get(&comment.id)?.hash;
    Some(marks::as_now(before, &redacted.for_reading, hash))
}

/// Of what other bots write a whole key alone is told: a claim of theirs is none, and two bots that answer each other never
/// end.
fn by_bot(
    context: &IntakeContext,
    watched: &WatchedPage,
    comment: &RawComment,
    redacted: Redacted,
    seen: SeenComment,
    news: &mut News,
) {
    let hash = seen.hash;
    let before = former_hash(watched, comment, &redacted, hash);
    let is_news = before.is_none_or(|before| ![hash, FORGOTTEN].contains(&before));
    if is_news && redacted.findings.iter().any(Finding::is_whole_key) {
        let bot = Author {
            name: None,
            authority: Authority::Guidance,
        };
        let page = PageFacts {
            guide: &watched.guide,
            first_look: watched.first_look,
        };
        let report = context.ingest.now().report(comment, bot, redacted, page);
        // Its row keeps a later start from taking it for a new one.
        let row = row(&watched.page, &report, hash);
        let event = Event::KeyPostedByBot(Box::new(report));
        news.found.push(PipelineInput {
            rows: vec![row],
            ..PipelineInput::new(watched.page.clone(), event)
        });
    }
    news.seen.push((comment.id.clone(), seen));
}

/// A row for a comment that was seen.
fn row(page: &PageId, report: &Report, hash: u64) -> CommentRow {
    let answer = if report.absorbed {
        AnswerState::Absorbed
    } else {
        AnswerState::Open
    };
    CommentRow {
        page: page.clone(),
        comment: report.comment.clone(),
        hash,
        reading: report.reading.clone(),
        answer,
        presence: Presence::Listed,
        answered_in: None,
    }
}

fn posted(watched: &WatchedPage, report: Report, hash: u64) -> PipelineInput {
    let row = row(&watched.page, &report, hash);
    let event = Event::CommentPosted(Box::new(report));
    PipelineInput {
        rows: vec![row],
        ..PipelineInput::new(watched.page.clone(), event)
    }
}

async fn edited(
    context: &IntakeContext,
    watched: &WatchedPage,
    report: Report,
    hash: u64,
) -> Result<PipelineInput, IntakeError> {
    let former = context.store.comment(&report.comment.id).await?;
    let mut row = row(&watched.page, &report, hash);
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
        row.answer = AnswerState::Answered;
    }
    let former = former.map(|row| row.reading).unwrap_or_default();
    let event = Event::CommentEdited {
        now: Box::new(report),
        former: Box::new(former),
        answered,
    };
    Ok(PipelineInput {
        rows: vec![row],
        ..PipelineInput::new(watched.page.clone(), event)
    })
}

/// A comment that counted as resolved or deleted is listed again: what its absence did is undone.
async fn came_back(
    context: &IntakeContext,
    watched: &WatchedPage,
    report: &Report,
) -> Result<PipelineInput, IntakeError> {
    // From now on somebody waits for its answer.
    context.replies.set_away(&watched.page, &report.comment.id, false);
    let former = context.store.comment(&report.comment.id).await?;
    let answered_in = former.as_ref().and_then(|row| row.answered_in.clone());
    // Of one that was deleted the text was not kept.
    let row = former.map(|row| CommentRow {
        comment: report.comment.clone(),
        presence: Presence::Listed,
        ..row
    });
    let event = Event::CommentReturned(Box::new(report.clone()));
    let speaks = answered_in.iter();
    Ok(PipelineInput {
        rows: row.into_iter().collect(),
        revived: speaks
            .map(|comment| EffectId::reply(&watched.page, comment.as_str()))
            .collect(),
        ..PipelineInput::new(watched.page.clone(), event)
    })
}
