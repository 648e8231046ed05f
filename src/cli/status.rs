//! `keyminder status`: how the bot stands, read beside it while it runs. What it says of itself (its sign of life) and
//! what its state holds are told together; which pages there are is in `status/pages.rs`, the words in `status/tell.rs`.
mod pages;
mod tell;

use super::{Exit, Place, table};
use crate::config::Settings;
use crate::health::Fault;
use crate::monitor::Record;
use crate::monitor::heartbeat::{Heartbeat, Requests};
use crate::rotation::Project;
use crate::store::sqlite::SqliteStore;
use crate::store::{Store, Waiting};
use chrono::{DateTime, Utc};
use pages::Page;
use secrecy::ExposeSecret;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// The options of `status`.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {
    /// One object for programs
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
pub fn run(place: &Place, args: &Args) -> anyhow::Result<Exit> {
    let settings = Settings::load(place)?;
    let now = Utc::now();
    let stands = super::runtime()?.block_on(gather(&settings, now))?;
    if args.json {
        table::print_json(&stands)?;
    } else {
        print!("{}", stands.told(settings.zone, now));
    }
    Ok(Exit::Done)
}

/// How the bot stands.
#[derive(Serialize)]
struct Stands {
    /// A process holds the state and gives signs of life.
    running: bool,
    /// A process holds the state, but gave no sign of life for too long.
    silent: bool,
    heartbeat_at: Option<DateTime<Utc>>,
    requests: Option<Requests>,
    monitor_ran_at: Option<DateTime<Utc>>,
    next_monitor_at: Option<DateTime<Utc>>,
    token: Token,
    /// Notion does not take the token that the bot uses.
    token_fault: Option<Fault>,
    restarts: BTreeMap<String, u32>,
    warnings: Vec<String>,
    /// Why there is nothing of the state: none yet, or one that cannot be read.
    state_fault: Option<String>,
    #[serde(flatten)]
    counts: Counts,
    pages: Vec<Page>,
}

/// Which token is used. Never the token.
#[derive(Serialize)]
struct Token {
    from: Option<&'static str>,
    fault: Option<String>,
    /// `.env` holds another one: it is neither used nor rotated by the bot.
    another_in_env: bool,
    /// Since when the running bot uses it.
    since: Option<DateTime<Utc>>,
    /// Why the running bot does not use the one in `.env`.
    another: Option<String>,
}

/// What the state counts.
#[derive(Default, Serialize)]
struct Counts {
    comments: u64,
    replies: u64,
    open: u64,
    unknown: u64,
    parked: u64,
    failed: u64,
    stuck: u64,
    /// When the oldest effect that should be done by now was decided.
    oldest_waiting_at: Option<DateTime<Utc>>,
}

async fn gather(settings: &Settings, now: DateTime<Utc>) -> anyhow::Result<Stands> {
    let project = Project::open(settings)?;
    let sign = Heartbeat::read(&project);
    let path = Path::new(&settings.state);
    // A lock is let go of by the kernel itself, so it tells better than any sign whether a process is there.
    let is_held = SqliteStore::is_held(path);
    let is_alive = sign.as_ref().is_some_and(|sign| sign.is_alive(now, settings.poll.idle));
    let mut stands = Stands {
        running: is_held && is_alive,
        silent: is_held && !is_alive,
        heartbeat_at: sign.as_ref().map(|sign| sign.at),
        next_monitor_at: sign.as_ref().and_then(|sign| sign.next_monitor_at),
        monitor_ran_at: Record::read(&project).ran_at,
        token: token(settings, &project, sign.as_ref()),
        requests: sign.as_ref().and_then(|sign| sign.requests.clone()),
        token_fault: sign.as_ref().and_then(|sign| sign.token_fault.clone()),
        restarts: sign.as_ref().map(|sign| sign.restarts.clone()).unwrap_or_default(),
        warnings: sign.as_ref().map(|sign| sign.warnings.clone()).unwrap_or_default(),
        state_fault: None,
        counts: Counts::default(),
        pages: Vec::new(),
    };
    let signs = sign.map(|sign| sign.pages).unwrap_or_default();
    let store = if path.exists() {
        SqliteStore::open_beside(path).await.map_err(|fault| fault.to_string())
    } else {
        Err("none yet: `keyminder run` makes it".to_owned())
    };
    match store {
        Ok(store) => match store.waiting(now.timestamp_millis()).await {
            Ok(waiting) => {
                stands.counts = Counts::of(&waiting);
                stands.pages = pages::of(settings, &signs, &store).await?;
            }
            Err(fault) => stands.state_fault = Some(fault.to_string()),
        },
        Err(fault) => stands.state_fault = Some(fault),
    }
    if stands.state_fault.is_some() {
        stands.pages = signs.iter().map(Page::without_state).collect();
    }
    Ok(stands)
}

fn token(settings: &Settings, project: &Project, heartbeat: Option<&Heartbeat>) -> Token {
    let sign = heartbeat.and_then(|sign| sign.token.as_ref());
    let (since, another) = (sign.map(|sign| sign.since), sign.and_then(|sign| sign.another.clone()));
    let in_env = project.read_env().ok().and_then(|env| env.get("NOTION_TOKEN").cloned());
    match super::token::token(settings, project) {
        Ok((token, from)) => Token {
            from: Some(from),
            fault: None,
            another_in_env: in_env.is_some_and(|other| {
                !other.expose_secret().is_empty() && other.expose_secret() != token.expose_secret()
            }),
            since,
            another,
        },
        Err(fault) => Token {
            from: None,
            fault: Some(format!("{fault:#}")),
            another_in_env: false,
            since,
            another,
        },
    }
}

impl Counts {
    fn of(waiting: &Waiting) -> Self {
        Self {
            comments: waiting.comments,
            replies: waiting.replies,
            open: waiting.open,
            unknown: waiting.unknown,
            parked: waiting.parked,
            failed: waiting.failed,
            stuck: waiting.stuck,
            oldest_waiting_at: waiting.oldest_ms.and_then(DateTime::from_timestamp_millis),
        }
    }
}
