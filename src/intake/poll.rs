//! One look at a page: the page itself now and then, its own thread each time, the threads on its blocks in turn. A part
//! that cannot be read holds up no other.
use super::context::IntakeContext;
use super::error::IntakeError;
use super::page_poll::PagePoll;
use super::watched::{PagePart, WatchedPage, is_over};
use super::{comments, page, threads};
use crate::domain::effect::Effect;
use crate::domain::event::Event;
use crate::domain::ids::PageId;
use crate::domain::page::Guide;
use crate::pipeline::PipelineInput;
use crate::store::Presence;
use chrono::{DateTime, Utc};
use serde::Deserialize as _;
use std::time::Duration;

/// How often the page's properties are read, in polls of an active page.
const PAGE_EVERY: u32 = 6;
/// How often what was seen is compared with what the store holds, and everything is looked at once more.
const REOPEN_EVERY: Duration = Duration::from_mins(15);

/// Looks at a page. An error: its own thread, or all of Notion, cannot be read now. What is wrong with other parts stands
/// in [`WatchedPage::faults`] until they are read.
pub(super) async fn poll(context: &IntakeContext, watched: &mut WatchedPage) -> Result<(), IntakeError> {
    open(context, watched).await?;
    let mut this_poll = PagePoll::default();
    if is_over(watched.page_read_at, context.poll.active * PAGE_EVERY) {
        let read = page::read(context, watched).await;
        if read.is_err() && !watched.has_guide {
            watched.page_read_at = None;
        }
        match read {
            Err(error) if error.is_gone() || !watched.has_guide => return Err(error),
            read => this_poll.take(watched, PagePart::Page, read)?,
        }
    }
    let own = comments::read(context, watched, None).await;
    if own.as_ref().is_err_and(|error| error.concerns_all() || error.is_gone()) {
        return own;
    }
    threads::read(context, watched, &mut this_poll).await?;
    own?;
    if watched.first && !watched.threads.search.is_on() {
        if context.absorbs() {
            let absorbed = PipelineInput::new(watched.page.clone(), Event::BacklogAbsorbed);
            context.pipeline.submit(vec![absorbed]).await?;
        }
        watched.first = false;
    }
    Ok(())
}

/// Takes in what the store knows of the page: at the first look, and now and then, so that what was seen is what is
/// committed, whatever happened in between.
async fn open(context: &IntakeContext, watched: &mut WatchedPage) -> Result<(), IntakeError> {
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
    watched.remember(rows, |author| context.people.share(author));
    watched.threads.anchors_read_at = None;
    Ok(())
}

/// The small fact of the store that says when a page was looked at for the first time, by Notion's clock.
pub fn first_look_fact(page: &PageId) -> String {
    format!("first_look/{page}")
}

/// When we first looked at this page, kept for ever: it says which comments are its backlog.
async fn first_look(context: &IntakeContext, watched: &WatchedPage) -> Result<Option<DateTime<Utc>>, IntakeError> {
    let name = first_look_fact(&watched.page);
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
