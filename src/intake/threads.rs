//! The threads on a page's blocks.
use super::comments;
use super::context::IntakeContext;
use super::error::IntakeError;
use super::page_poll::PagePoll;
use super::watched::{PagePart, WatchedPage, is_over};
use crate::domain::ids::BlockId;
use crate::notion::Kind;
use tokio::time::Instant;

/// How often the page's markdown is asked for new threads on blocks, in polls of an active page.
const ANCHORS_EVERY: u32 = 3;
/// How often the threads of a block are read that has some, in polls of an active page.
const HOT_EVERY: u32 = 3;
/// How often the next block is looked at for threads that the markdown did not show, in polls of an active page.
const SWEEP_EVERY: u32 = 4;

/// The threads on blocks: those that are known in turn; new ones where the markdown shows an anchor; and one block
/// after the other, slowly, for whatever the markdown does not show.
pub(super) async fn read(
    context: &IntakeContext,
    watched: &mut WatchedPage,
    poll: &mut PagePoll,
) -> Result<(), IntakeError> {
    let every = context.poll.active * HOT_EVERY;
    let due = watched.threads.hot.iter().filter(|(_, at)| is_over(**at, every));
    for block in due.map(|(block, _)| block.clone()).collect::<Vec<_>>() {
        if poll.is_hopeless() {
            return Ok(());
        }
        // Whether it can be read or not, the others come before it the next time.
        watched.threads.hot.insert(block.clone(), Some(Instant::now()));
        read_block(context, watched, poll, block).await?;
    }
    if watched.blocks.is_empty() {
        return Ok(());
    }
    if is_over(watched.threads.anchors_read_at, context.poll.active * ANCHORS_EVERY) {
        watched.threads.anchors_read_at = Some(Instant::now());
        let found = find_anchors(context, watched).await;
        poll.take(watched, PagePart::Anchors, found)?;
    }
    search(context, watched, poll).await?;
    if is_over(watched.threads.swept_at, context.poll.active * SWEEP_EVERY) {
        watched.threads.swept_at = Some(Instant::now());
        watched.threads.next_block %= watched.blocks.len();
        let block = watched.blocks[watched.threads.next_block].clone();
        watched.threads.next_block += 1;
        read_block(context, watched, poll, block).await?;
    }
    Ok(())
}

/// Reads the threads on one block; whether that worked.
async fn read_block(
    context: &IntakeContext,
    watched: &mut WatchedPage,
    poll: &mut PagePoll,
    block: BlockId,
) -> Result<bool, IntakeError> {
    let read = comments::read(context, watched, Some(&block)).await;
    let worked = read.is_ok();
    if !worked {
        // Looked at again soon, whether it has threads or not: until then its fault is told.
        watched.threads.hot.insert(block.clone(), Some(Instant::now()));
    }
    poll.take(watched, PagePart::Block(block), read)?;
    Ok(worked)
}

/// Asks which threads hang on the page's text; those whose block is not known are looked for.
async fn find_anchors(context: &IntakeContext, watched: &mut WatchedPage) -> Result<(), IntakeError> {
    match context.notion.markdown(&watched.page).await {
        Ok(markdown) => {
            let threads = &mut watched.threads;
            threads
                .search
                .begin(&markdown.discussions, &threads.known, &watched.blocks);
            Ok(())
        }
        Err(error) if matches!(error.kind, Kind::Forbidden { .. } | Kind::Gone | Kind::Invalid) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Goes on with the search, for about as long as the page's own thread may wait.
async fn search(context: &IntakeContext, watched: &mut WatchedPage, poll: &mut PagePoll) -> Result<(), IntakeError> {
    let begun = Instant::now();
    while watched.threads.search.is_on() && !poll.is_hopeless() && begun.elapsed() < context.poll.active {
        let Some(block) = watched.threads.search.next(&watched.threads.known) else {
            let given_up = watched.threads.search.end();
            if given_up > 0 {
                let what = format!(
                    "{given_up} of its threads cannot be found: they hang on blocks that lie too deep or may not be listed; \
                     comment on the page itself, or on a block higher up"
                );
                context.health.note(&watched.page, &what);
            }
            break;
        };
        if !read_block(context, watched, poll, block).await? {
            watched.threads.search.failed();
        }
    }
    Ok(())
}
