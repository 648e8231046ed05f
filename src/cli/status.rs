//! `keyminder status`: how the bot is, read beside it while it runs. What it says of itself (its sign of life) and
//! what its state holds are told together; which pages there are is in `status/pages.rs`, the words in `status/tell.rs`.
mod pages;
mod report;
mod tell;

use super::{CommandResult, Exit, ProjectArgs, table, tools};
use crate::config::Settings;
use crate::domain::exposure::ExposedKey;
use crate::monitor::MonitorRecord;
use crate::monitor::heartbeat::Heartbeat;
use crate::rotation::providers::Providers;
use crate::rotation::{Project, exposures};
use crate::store::Store;
use crate::store::sqlite::SqliteStore;
use chrono::{DateTime, Utc};
use pages::PageStatus;
use report::{EffectCounts, StatusReport, TokenStatus};
use secrecy::ExposeSecret;
use std::path::Path;

/// The options of `status`.
#[derive(clap::Args, Clone, Debug)]
pub struct StatusArgs {
    /// One object for programs
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
pub fn run(place: &ProjectArgs, args: &StatusArgs) -> CommandResult<Exit> {
    let settings = Settings::load(place)?;
    let now = Utc::now();
    let report = super::runtime()?.block_on(gather(&settings, now))?;
    if args.json {
        table::print_json(&report)?;
    } else {
        print!("{}", report.told(settings.zone, now));
    }
    Ok(Exit::Done)
}

fn exposed(settings: &Settings, project: &Project) -> CommandResult<Vec<ExposedKey>> {
    Ok(exposures::running(project, &*Providers::load(settings)?)?)
}

async fn gather(settings: &Settings, now: DateTime<Utc>) -> CommandResult<StatusReport> {
    let project = Project::open(settings)?;
    let sign = Heartbeat::read(&project);
    let path = Path::new(&settings.state);
    // A lock is let go of by the kernel itself, so it tells better than any sign whether a process is there.
    let is_held = SqliteStore::is_held(path);
    let is_alive = sign.as_ref().is_some_and(|sign| sign.is_alive(now, settings.poll.idle));
    let mut report = StatusReport {
        running: is_held && is_alive,
        silent: is_held && !is_alive,
        heartbeat_at: sign.as_ref().map(|sign| sign.at),
        next_monitor_at: sign.as_ref().and_then(|sign| sign.next_monitor_at),
        monitor_ran_at: MonitorRecord::read(&project).ran_at,
        token: token(settings, &project, sign.as_ref().filter(|_| is_held && is_alive)),
        requests: sign.as_ref().and_then(|sign| sign.requests.clone()),
        token_fault: sign.as_ref().and_then(|sign| sign.token_fault.clone()),
        restarts: sign.as_ref().map(|sign| sign.restarts.clone()).unwrap_or_default(),
        warnings: sign.as_ref().map(|sign| sign.warnings.clone()).unwrap_or_default(),
        exposed: exposed(settings, &project)?,
        rules_alone: tools::why_rules_alone(settings),
        state_fault: None,
        counts: EffectCounts::default(),
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
                report.counts = EffectCounts::of(&waiting);
                report.pages = pages::of(settings, &signs, &store).await?;
            }
            Err(fault) => report.state_fault = Some(fault.to_string()),
        },
        Err(fault) => report.state_fault = Some(fault),
    }
    if report.state_fault.is_some() {
        report.pages = signs.iter().map(PageStatus::without_state).collect();
    }
    Ok(report)
}

/// Which token the running bot uses, by its own sign: where this command finds one, or none, says nothing of that. Where none
/// runs, the one that it would be started with here.
fn token(settings: &Settings, project: &Project, running: Option<&Heartbeat>) -> TokenStatus {
    if let Some(running) = running {
        let sign = running.token.as_ref();
        return TokenStatus {
            from: sign.map(|sign| sign.from.clone()),
            fault: sign
                .is_none()
                .then(|| "the bot has just begun, and has not said yet which it uses".to_owned()),
            another_in_env: false,
            since: sign.map(|sign| sign.since),
            another: sign.and_then(|sign| sign.another.clone()),
        };
    }
    let in_env = project.read_env().ok().and_then(|env| env.get("NOTION_TOKEN").cloned());
    match super::token::token(settings, project) {
        Ok((token, from)) => TokenStatus {
            from: Some(from.to_owned()),
            fault: None,
            another_in_env: in_env.is_some_and(|other| {
                !other.expose_secret().is_empty() && other.expose_secret() != token.expose_secret()
            }),
            since: None,
            another: None,
        },
        Err(fault) => TokenStatus {
            from: None,
            fault: Some(format!("{fault:#}")),
            another_in_env: false,
            since: None,
            another: None,
        },
    }
}
