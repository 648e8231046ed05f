//! `keyminder status`: how the bot stands, read beside it while it runs.
use super::{Exit, Place, bot, table, words};
use crate::config::{PageSource, Settings};
use crate::domain::decide::{Playbook, figures};
use crate::domain::ids::PageId;
use crate::domain::page::PageState;
use crate::monitor::Record;
use crate::monitor::heartbeat::{Heartbeat, Requests};
use crate::rotation::Project;
use crate::store::sqlite::SqliteStore;
use crate::store::{EffectRow, EffectState, Store, Waiting};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use secrecy::ExposeSecret;
use serde::Serialize;
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
    let stands = super::runtime()?.block_on(gather(&settings))?;
    if args.json {
        table::print_json(&stands)?;
    } else {
        stands.print(settings.zone);
    }
    Ok(Exit::Done)
}

/// How the bot stands.
#[derive(Serialize)]
struct Stands {
    running: bool,
    heartbeat_at: Option<DateTime<Utc>>,
    requests: Option<Requests>,
    monitor_ran_at: Option<DateTime<Utc>>,
    next_monitor_at: Option<DateTime<Utc>>,
    token: Token,
    /// Why there is nothing of pages: no state yet, or one that cannot be read.
    state_fault: Option<String>,
    comments: u64,
    replies: u64,
    open: u64,
    unknown: u64,
    parked: u64,
    failed: u64,
    stuck: u64,
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

#[derive(Serialize)]
struct Page {
    #[serde(rename = "page")]
    id: PageId,
    title: String,
    url: String,
    status: Option<String>,
    proven: u8,
    claimed: u8,
    steps: u8,
    next_rotation: Option<DateTime<Utc>>,
    conversations: usize,
    blockers: Vec<Obstacle>,
    /// Comments that hold a key and still stand there.
    posted: usize,
    /// Blocks of the page itself that hold a key.
    held: usize,
    effects: Vec<Undone>,
}

#[derive(Serialize)]
struct Obstacle {
    name: Option<String>,
    step: Option<u8>,
    kind: String,
    since: DateTime<Utc>,
}

/// An effect that is not done.
#[derive(Serialize)]
struct Undone {
    effect: &'static str,
    state: &'static str,
    comment: Option<String>,
    not_before: Option<DateTime<Utc>>,
    why: Option<String>,
}

async fn gather(settings: &Settings) -> anyhow::Result<Stands> {
    let project = Project::open(settings)?;
    let heartbeat = Heartbeat::read(&project);
    let now = Utc::now();
    let mut stands = Stands {
        running: heartbeat
            .as_ref()
            .is_some_and(|sign| sign.is_alive(now, settings.poll.idle)),
        heartbeat_at: heartbeat.as_ref().map(|sign| sign.at),
        next_monitor_at: heartbeat.as_ref().and_then(|sign| sign.next_monitor_at),
        monitor_ran_at: Record::read(&project).ran_at,
        token: token(settings, &project, heartbeat.as_ref()),
        requests: heartbeat.and_then(|sign| sign.requests),
        state_fault: None,
        comments: 0,
        replies: 0,
        open: 0,
        unknown: 0,
        parked: 0,
        failed: 0,
        stuck: 0,
        pages: Vec::new(),
    };
    if !Path::new(&settings.state).exists() {
        stands.state_fault = Some("none yet: `keyminder run` makes it".to_owned());
        return Ok(stands);
    }
    match SqliteStore::open_beside(Path::new(&settings.state)).await {
        Ok(store) => {
            stands.count(&store.waiting(now.timestamp_millis()).await?);
            stands.pages = pages(settings, &store).await?;
        }
        Err(fault) => stands.state_fault = Some(fault.to_string()),
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

/// The pages with a state, then those that are named and were never read.
async fn pages(settings: &Settings, store: &SqliteStore) -> anyhow::Result<Vec<Page>> {
    let playbook = crate::config::playbook(settings, bot::names(&*bot::providers(settings)?))?;
    let mut ids = store.pages().await?;
    for source in &settings.pages {
        match source {
            PageSource::Page(page) if !ids.contains(page) => ids.push(page.clone()),
            PageSource::Page(_) | PageSource::DataSource { .. } => {}
        }
    }
    let mut pages = Vec::with_capacity(ids.len());
    for id in ids {
        let state = match store.page(&id).await? {
            Some((_, json)) => serde_json::from_value(json).unwrap_or_default(),
            None => PageState::default(),
        };
        let mut effects = store.open_effects(&id).await?;
        effects.extend(store.parked_effects(&id).await?);
        pages.push(Page::of(&playbook, id, &state, &effects));
    }
    Ok(pages)
}

impl Page {
    fn of(playbook: &Playbook, id: PageId, state: &PageState, effects: &[EffectRow]) -> Self {
        let description = state.guide.id.as_deref().and_then(|id| playbook.pages.get(id));
        let figures = figures(state, description);
        let blockers = state.blockers.iter().map(|blocker| Obstacle {
            name: blocker.name.clone(),
            step: blocker.step,
            kind: words::name(&blocker.kind),
            since: blocker.since,
        });
        Self {
            id,
            title: state.guide.title.clone(),
            url: state.guide.url.clone(),
            status: state.status.known.as_ref().map(words::name),
            proven: figures.proven,
            claimed: figures.claimed,
            steps: figures.total,
            next_rotation: state.due.as_ref().map(|due| due.at),
            conversations: state.conversations.len(),
            blockers: blockers.collect(),
            posted: state.posted.len(),
            held: state.held.iter().map(|held| held.blocks.len()).sum(),
            effects: effects.iter().map(Undone::of).collect(),
        }
    }
}

impl Undone {
    fn of(row: &EffectRow) -> Self {
        let why = row
            .outcome
            .as_ref()
            .and_then(|outcome| serde_json::to_value(outcome).ok());
        Self {
            effect: row.effect.kind(),
            state: words::state(row.state),
            comment: row.comment.as_ref().map(ToString::to_string),
            not_before: DateTime::from_timestamp_millis(row.not_before_ms).filter(|_| row.state != EffectState::Parked),
            why: why.and_then(|outcome| outcome["why"].as_str().map(str::to_owned)),
        }
    }
}

impl Stands {
    fn count(&mut self, waiting: &Waiting) {
        self.comments = waiting.comments;
        self.replies = waiting.replies;
        self.open = waiting.open;
        self.unknown = waiting.unknown;
        self.parked = waiting.parked;
        self.failed = waiting.failed;
        self.stuck = waiting.stuck;
    }

    fn print(&self, zone: Tz) {
        let time = |at: Option<DateTime<Utc>>| {
            at.map_or_else(
                || "never".to_owned(),
                |at| at.with_timezone(&zone).format("%a %-d %b %H:%M:%S").to_string(),
            )
        };
        let running = if self.running {
            "running"
        } else {
            "not running: start `keyminder run`"
        };
        println!("bot        {running} (last sign of life: {})", time(self.heartbeat_at));
        if let Some(requests) = &self.requests {
            println!("requests   {}", told(requests));
        }
        println!(
            "monitor    last {}, next {}",
            time(self.monitor_ran_at),
            time(self.next_monitor_at)
        );
        match (&self.token.from, &self.token.fault) {
            (Some(from), _) if self.running && self.token.since.is_some() => {
                println!("token      {from}, since {}", time(self.token.since));
            }
            (Some(from), _) => println!("token      {from}"),
            (None, fault) => println!("token      {}", fault.as_deref().unwrap_or("none")),
        }
        match &self.token.another {
            Some(why) if self.running => println!("           .env holds a different NOTION_TOKEN, not used: {why}"),
            Some(_) | None if self.token.another_in_env => {
                println!("           .env holds a different NOTION_TOKEN; the bot does not use it");
            }
            Some(_) | None => {}
        }
        if let Some(fault) = &self.state_fault {
            println!("state      {fault}");
            return;
        }
        println!("comments   {} seen, {} replies", self.comments, self.replies);
        println!("effects    {}", self.effects());
        self.pages.iter().for_each(|page| page.print(&time));
    }

    fn effects(&self) -> String {
        let mut line = format!("{} waiting", self.open);
        let more = [
            (self.unknown, "may have happened and are read back"),
            (self.parked, "given up"),
            (self.failed, "refused for good"),
            (self.stuck, "wait for over an hour for the worker of their project"),
        ];
        for (n, what) in more.iter().filter(|(n, _)| *n > 0) {
            line = format!("{line}, {n} {what}");
        }
        line
    }
}

fn told(requests: &Requests) -> String {
    let mut line = match requests.limit {
        0 => "no limit".to_owned(),
        limit => format!("{} of {limit} within the last minute", requests.used),
    };
    if let Some(seconds) = requests.blocked_for {
        let reason = requests.reason.as_deref().unwrap_or("no reason given");
        line = format!("{line}; Notion wants silence for {seconds} s more ({reason})");
    }
    line
}

impl Page {
    fn print(&self, time: &impl Fn(Option<DateTime<Utc>>) -> String) {
        let title = if self.title.is_empty() {
            "not read yet"
        } else {
            &self.title
        };
        println!(
            "\npage       {title}\n           {}",
            if self.url.is_empty() {
                self.id.as_str()
            } else {
                &self.url
            }
        );
        let status = self.status.as_deref().unwrap_or("none");
        println!(
            "           Status {status}; {} of {} steps proven, {} claimed",
            self.proven, self.steps, self.claimed
        );
        if self.next_rotation.is_some() {
            println!("           next rotation {}", time(self.next_rotation));
        }
        if self.conversations + self.posted + self.held > 0 {
            println!(
                "           {} open conversations, {} comments that hold a key, {} blocks of the page that do",
                self.conversations, self.posted, self.held
            );
        }
        for blocker in &self.blockers {
            let step = blocker.step.map(|step| format!(" on step {step}")).unwrap_or_default();
            let name = blocker.name.as_deref().unwrap_or("somebody");
            println!(
                "  blocked  {name}{step}: {} since {}",
                blocker.kind,
                time(Some(blocker.since))
            );
        }
        for effect in &self.effects {
            let comment = effect
                .comment
                .as_deref()
                .map(|id| format!(" for comment {id}"))
                .unwrap_or_default();
            let why = effect.why.as_deref().map(|why| format!(" ({why})")).unwrap_or_default();
            println!("  {:<9}{}{comment}{why}", effect.state, effect.effect.replace('_', " "));
        }
    }
}
