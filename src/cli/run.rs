//! `keyminder run`: the bot.
use super::bot::Bot;
use super::command::page_option;
use super::greet;
use super::tools::Tools;
use super::{CommandResult, Exit, ProjectArgs};
use crate::clock;
use crate::config::Settings;
use crate::domain::ids::PageId;
use crate::rotation::Project;
use crate::store::Waiting;
use crate::telemetry::{self, Format};
use std::io::IsTerminal;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::signal::unix::{SignalKind, signal};

/// How often a single sweep looks whether something still waits.
const SWEEP_EVERY: Duration = Duration::from_millis(50);
/// A single sweep waits this long for effects that are due later (a proof, a read-back); then they stay for the next.
const SWEEP_PATIENCE_MS: i64 = 15_000;
/// A single sweep waits this long for a Notion that cannot be reached.
const ONCE_PATIENCE: Duration = Duration::from_mins(1);
/// A single sweep ends after this long, done or not.
const SWEEP_AT_MOST: Duration = Duration::from_mins(10);
/// What work on files may take when everything else has ended.
const LAST_MOMENT: Duration = Duration::from_millis(500);

/// The options of `run`.
#[derive(clap::Args, Clone, Debug)]
pub struct RunArgs {
    /// One sweep over all pages until nothing waits, then end
    #[arg(long)]
    pub once: bool,
    /// Watch this page only: its URL or id
    #[arg(long, value_name = "PAGE", value_parser = page_option)]
    pub page: Option<PageId>,
    /// Read, print what would be done, write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// What to log: error, warn, info, debug, or a filter such as `keyminder=debug`
    #[arg(long, default_value = "info", env = "KEYMINDER_LOG", value_name = "LEVEL")]
    pub log: String,
}

/// Runs the command.
pub fn run(place: &ProjectArgs, args: &RunArgs) -> CommandResult<Exit> {
    let settings = Settings::load(place)?;
    let runtime = super::runtime()?;
    let ended = runtime.block_on(start(settings, args));
    // A disk that does not answer holds up no end.
    runtime.shutdown_timeout(LAST_MOMENT);
    ended
}

async fn start(settings: Settings, args: &RunArgs) -> CommandResult<Exit> {
    let only = args.page.clone();
    if args.dry_run {
        return super::dry_run::run(settings, only).await;
    }
    let project = Arc::new(Project::open(&settings)?);
    project.sweep(SystemTime::now());
    let patience = if args.once { ONCE_PATIENCE } else { Duration::MAX };
    let greeting = greet::greet(&settings, &project, patience)?;
    // Rules and prompts are compiled on another thread, so that the first request leaves meanwhile.
    let tools = tokio::task::spawn_blocking(move || Tools::load(settings, project)).await??;
    let format = if std::io::stderr().is_terminal() {
        Format::Human
    } else {
        Format::Json
    };
    telemetry::init(tools.redactor.shared(), format, &args.log)?;
    tools.keys.project.tell_notes();
    if let Some(url) = &tools.settings.probe_url {
        tracing::warn!(
            url,
            "probes go to a stand-in, not to the providers (KEYMINDER_PROBE_URL)"
        );
    }
    if !tools.settings.env.exists() {
        let env = tools.settings.env.display().to_string();
        tracing::warn!(env, "there is no `.env`; I answer, but checks of keys find nothing");
    }
    let bot = Bot::start(tools, greeting, only).await?;
    if args.once { once(bot).await } else { forever(bot).await }
}

async fn forever(bot: Bot) -> CommandResult<Exit> {
    let stop = bot.stop.clone();
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        tracing::info!("stopping: the effects in hand are finished first");
        let _ = stop.send(true);
    });
    bot.work().await?;
    Ok(Exit::Done)
}

/// One sweep: what was found at the first look is done; ends when nothing is due any more.
async fn once(bot: Bot) -> CommandResult<Exit> {
    // Notion may stay away: what was found is kept, and the next sweep goes on.
    let swept = tokio::time::timeout(SWEEP_AT_MOST, sweep(&bot)).await;
    let swept = swept.unwrap_or_else(|_| {
        Err(anyhow::anyhow!("the sweep did not end in time; `keyminder status` says what waits").into())
    });
    let left = bot.leave().await;
    let waiting = left.and(swept)?;
    if waiting.parked > 0 {
        eprintln!(
            "keyminder: {} effects were given up; `keyminder status` names them",
            waiting.parked
        );
        return Ok(Exit::Failed);
    }
    Ok(Exit::Done)
}

async fn sweep(bot: &Bot) -> CommandResult<Waiting> {
    bot.look_once().await?;
    let started = clock::now().timestamp_millis();
    let waiting = loop {
        let now = clock::now().timestamp_millis();
        let waiting = bot.store.waiting(now).await?;
        let due_soon = waiting
            .next_at_ms
            .is_some_and(|at| at <= now.max(started + SWEEP_PATIENCE_MS));
        if waiting.open == 0 || !due_soon {
            break waiting;
        }
        tokio::time::sleep(SWEEP_EVERY).await;
    };
    bot.look_once().await?;
    Ok(waiting)
}
