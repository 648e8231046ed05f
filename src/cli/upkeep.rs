//! What `run` does beside comments: takes new values of `.env` in, gives a sign of life, runs the daily monitor.
use super::bot::{Tools, redactor};
use crate::monitor::daily::Daily;
use crate::monitor::heartbeat::Heartbeat;
use crate::monitor::{self, Record};
use chrono::{DateTime, Utc};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// How often `.env` and the clock are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often a sign of life is given.
const SIGN_EVERY: Duration = Duration::from_secs(20);

/// Works until it is dropped.
pub(super) async fn work(tools: Arc<Tools>) {
    let daily = Daily::at(&tools.settings.rotation.monitor_at, tools.settings.zone);
    if daily.is_none() {
        let at = &tools.settings.rotation.monitor_at;
        tracing::warn!(
            at,
            "rotation.monitor_at is no time of day such as 09:00; the daily monitor is off"
        );
    }
    let mut env = stamp(&tools.keys.project.env);
    let mut sign_due = Instant::now();
    loop {
        if sign_due <= Instant::now() {
            sign_of_life(&tools, daily.as_ref());
            sign_due = Instant::now() + SIGN_EVERY;
        }
        let now = stamp(&tools.keys.project.env);
        if now != env {
            env = now;
            renew(&tools).await;
        }
        if let Some(daily) = &daily
            && daily.is_due(Record::read(&tools.keys.project).ran_at, Utc::now())
        {
            run_monitor(&tools, daily).await;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Takes new values into the redactor; the values before stay known as hashes.
async fn renew(tools: &Arc<Tools>) {
    let job = Arc::clone(tools);
    let read = tokio::task::spawn_blocking(move || redactor(&job.keys.project, &job.keys.providers)).await;
    if let Ok(redactor) = read {
        tools.redactor.replace(redactor);
        tracing::info!("`.env` changed; its new values are known from now on");
    }
}

fn sign_of_life(tools: &Tools, daily: Option<&Daily>) {
    let at = Utc::now();
    let next_monitor_at: Option<DateTime<Utc>> = daily.map(|daily| daily.next_run(at));
    let sign = Heartbeat {
        at,
        pid: std::process::id(),
        last_poll: Some(at),
        next_monitor_at,
    };
    if let Err(error) = sign.write(&tools.keys.project) {
        tracing::warn!("no sign of life could be given: {error}");
    }
}

/// One run of the monitor, kept whatever it saw; a fault of it is one line, never the end of the bot.
async fn run_monitor(tools: &Tools, daily: &Daily) {
    let report = monitor::gather(&tools.keys.looker, Utc::now(), |_| {}).await;
    let record = Record::read(&tools.keys.project).after(&report);
    match record.write(&tools.keys.project) {
        Ok(()) => tracing::info!(keys = report.keys.len(), "the monitor ran"),
        Err(error) => tracing::warn!("the monitor's record could not be kept: {error}"),
    }
    sign_of_life(tools, Some(daily));
}

fn stamp(file: &Path) -> Option<(SystemTime, u64)> {
    let meta = std::fs::metadata(file).ok()?;
    Some((meta.modified().ok()?, meta.len()))
}
