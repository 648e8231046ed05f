//! Polls the comments of a page and answers each new one once.
//!
//! ```text
//! NOTION_TOKEN=... cargo run --example poll_and_reply -- PAGE_ID_OR_URL [ADDRESS]
//! ```
//!
//! What stands there at the start counts as answered. An answer carries the id of the comment that it is for, so that
//! after an unknown ending the page itself tells whether it was posted. What was answered is kept in memory only: a bot
//! that is restarted should keep it in a file, or read it from its own comments as `find` does.
use notion_client_free::ids::{CommentId, PageId, PersonId};
use notion_client_free::{Client, Connection, Kind, Listing, RawComment, Target, TextRun, WriteError};
use std::collections::HashSet;
use std::time::Duration;
use tokio::time::sleep;

/// Between two looks at the page.
const PAUSE: Duration = Duration::from_secs(5);
/// Lists may lag behind writes by some seconds: absence that is read earlier proves nothing.
const READ_LAG: Duration = Duration::from_secs(10);
/// Without an answer Notion may go on with a request until its own deadline.
const DEADLINE: Duration = Duration::from_mins(1);

#[tokio::main(flavor = "current_thread")]

async fn main() -> std::process::ExitCode {
    match run().await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            std::process::ExitCode::FAILURE
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "an example has no settings but these")]
async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let page = arguments.next().ok_or("which page? give its id or its URL")?;
    let page = PageId::parse(&page).ok_or("there is no id in that")?;
    let mut connection = Connection::new(std::env::var("NOTION_TOKEN")?.into());
    "poll-and-reply/1.0".clone_into(&mut connection.user_agent);
    if let Some(url) = arguments.next() {
        connection.url = url;
    }
    let notion = Client::new(connection)?;
    let me = notion.me().await?.id;

    let there = notion.comments(page.as_str()).await?;
    if !there.complete {
        // What is missing in it would be taken for new.
        return Err("the comments could not be read to their end; try again".into());
    }
    let mut answered: HashSet<CommentId> = there.comments.into_iter().map(|comment| comment.id).collect();
    println!("watching page {page}, {} comments so far", answered.len());
    loop {
        sleep(PAUSE).await;
        let listing = match notion.comments(page.as_str()).await {
            Ok(listing) => listing,
            // A wrong token or a page that is not shared stays so until somebody mends it.
            Err(error) if error.is_lasting() => return Err(error.into()),
            Err(error) => {
                eprintln!("{error}");
                continue;
            }
        };
        for comment in &listing.comments {
            // Bots that answer bots never stop.
            let is_for_us = comment.author != me && !comment.is_by_connection();
            if is_for_us && !answered.contains(&comment.id) && answer(&notion, &me, &page, comment).await {
                answered.insert(comment.id.clone());
            }
        }
    }
}

/// Answers a comment in its thread. `false`: it is certainly not answered, and the next look may try again.
async fn answer(notion: &Client, me: &PersonId, page: &PageId, comment: &RawComment) -> bool {
    let words = format!("I read your {} characters. ", comment.text().expose().chars().count());
    let mark = format!("(for {})", comment.id);
    let runs = [TextRun::plain(&words), TextRun::plain(&mark)];
    let thread = Target::Discussion(comment.discussion.clone());
    match notion.create_comment(thread, &runs).await {
        Ok(reply) => {
            println!("{} is answered by {}", comment.id, reply.id);
            true
        }
        Err(WriteError::NotDone { error }) => {
            eprintln!("{error}");
            // A refusal for good is not met with the same request again.
            matches!(error.kind, Kind::Invalid | Kind::Gone)
        }
        Err(WriteError::Unknown { error, answered }) => {
            eprintln!("{error}");
            let settled = if answered { READ_LAG } else { DEADLINE + READ_LAG };
            settle(notion, me, page, &mark, settled).await
        }
    }
}

/// Whether an answer with this mark was posted after all. Asked after `settled`, and of lists that were read to their
/// end only: nothing else proves that it is not there.
async fn settle(notion: &Client, me: &PersonId, page: &PageId, mark: &str, settled: Duration) -> bool {
    sleep(settled).await;
    loop {
        match notion.comments(page.as_str()).await {
            Ok(listing) if find(&listing, me, mark) => return true,
            Ok(listing) if listing.complete => return false,
            Ok(_) => {}
            Err(error) => eprintln!("{error}"),
        }
        sleep(PAUSE).await;
    }
}

/// Whether one of our own comments ends with this mark; anybody else could copy it.
fn find(listing: &Listing, me: &PersonId, mark: &str) -> bool {
    let mut own = listing.comments.iter().filter(|comment| comment.author == *me);
    own.any(|comment| comment.rich_text.last_item() == Some(mark))
}
