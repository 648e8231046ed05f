//! One look at a page: the page itself now and then, its own thread each time, the threads on its blocks in turn. A part
//! that cannot be read holds up no other.
use super::watched::{Part, Watched};
use super::{Context, IntakeError, comments, page, threads};
use crate::domain::effect::Effect;
use crate::domain::event::Event;
use crate::domain::page::Guide;
use crate::pipeline::Happening;
use crate::store::Presence;
use chrono::{DateTime, Utc};
use serde::Deserialize as _;
use std::time::Duration;
use tokio::time::Instant;

/// How often the page's properties are read, in polls of an active page.
const PAGE_EVERY: u32 = 6;
/// How often what was seen is compared with what the store holds, and everything is looked at once more.
const REOPEN_EVERY: Duration = Duration::from_mins(15);
/// Parts of one look that may fail before the rest of it is left to the next one.
const FAULTS: usize = 3;

/// One look at a page, under way. A part that fails holds up no other part, unless it speaks for all of them.
#[derive(Default)]
pub(super) struct Look {
    failed: usize,
}

impl Look {
    /// Takes in how a part ended: what is wrong with it stands until it is read again.
    pub(super) fn take(
        &mut self,
        watched: &mut Watched,
        part: Part,
        ended: Result<(), IntakeError>,
    ) -> Result<(), IntakeError> {
        match ended {
            Ok(()) => {
                watched.faults.remove(&part);
                Ok(())
            }
            Err(error) if error.concerns_all() => Err(error),
            Err(error) => {
                self.failed += 1;
                watched.faults.insert(part, error.summary());
                Ok(())
            }
        }
    }

    /// Whether so much failed that the rest is left to the next look.
    pub(super) fn is_hopeless(&self) -> bool {
        self.failed >= FAULTS
    }
}

/// Looks at a page. An error: its own thread, or all of Notion, cannot be read now. Other parts that cannot be read are in
/// [`Watched::faults`].
pub(super) async fn poll(context: &Context, watched: &mut Watched) -> Result<(), IntakeError> {
    open(context, watched).await?;
    let mut look = Look::default();
    if is_over(watched.page_read_at, context.poll.active * PAGE_EVERY) {
        let read = page::read(context, watched).await;
        if read.is_err() && !watched.has_guide {
            watched.page_read_at = None;
        }
        match read {
            Err(error) if error.is_gone() || !watched.has_guide => return Err(error),
            read => look.take(watched, Part::Page, read)?,
        }
    }
    let own = comments::read(context, watched, None).await;
    if own.as_ref().is_err_and(|error| error.concerns_all() || error.is_gone()) {
        return own;
    }
    threads::read(context, watched, &mut look).await?;
    own?;
    if watched.first && !watched.threads.search.is_on() {
        if context.absorbs() {
            let absorbed = Happening::bare(watched.page.clone(), Event::BacklogAbsorbed);
            context.door.bring(vec![absorbed]).await?;
        }
        watched.first = false;
    }
    Ok(())
}

/// Takes in what the store knows of the page: at the first look, and now and then, so that what was seen is what is
/// committed, whatever happened in between.
async fn open(context: &Context, watched: &mut Watched) -> Result<(), IntakeError> {
    if !is_over(watched.opened_at, REOPEN_EVERY) {
        return Ok(());
    }
    let (store, page) = (&context.store, watched.page.clone());
    if watched.opened_at.is_none() {
        let known = store.page(&page).await?;
        watched.first = known.is_none();
        if let Some((_, state)) = known
            && let Ok(guide) = Guide::deserialize(&state["guide"])
            && guide != Guide::default()
        {
            watched.guide = guide;
            watched.has_guide = true;
        }
        watched.first_look = first_look(context, watched).await?;
        let mut doubtful = Vec::new();
        for reply in store.doubtful_replies(&page).await? {
            let effect = store.effect(&reply).await?.map(|row| row.effect);
            if let Some(Effect::PostReply { reference, .. }) = effect {
                doubtful.push(reference);
            }
        }
        let known = store.known_replies(&page).await?;
        context.replies.open(&page, &known, doubtful);
    }
    let rows = store.comments(&page).await?;
    for row in rows.iter().filter(|row| row.presence != Presence::Listed) {
        context.replies.set_away(&page, &row.comment.id, true);
    }
    watched.remember(rows);
    watched.threads.anchors_read_at = None;
    Ok(())
}

/// When we first looked at this page, kept for ever: it says which comments are its backlog.
async fn first_look(context: &Context, watched: &Watched) -> Result<Option<DateTime<Utc>>, IntakeError> {
    let name = format!("first_look/{}", watched.page);
    if let Some(known) = context.store.recall(&name).await? {
        return Ok(known.parse().ok());
    }
    if !watched.first {
        return Ok(None);
    }
    let now = context.notion.budget().server_now.unwrap_or_else(Utc::now);
    context.store.remember(&name, &now.to_rfc3339()).await?;
    Ok(Some(now))
}

/// Whether it is time again.
pub(super) fn is_over(at: Option<Instant>, every: Duration) -> bool {
    at.is_none_or(|at| at.elapsed() >= every)
}
