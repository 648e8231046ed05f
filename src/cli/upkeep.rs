//! What `run` does beside comments: takes new values of `.env` in and sees old ones that come back, gives a sign of life,
//! runs the daily monitor.
use super::bot::Tools;
use super::token::Follower;
use crate::clock;
use crate::domain::event::Alert;
use crate::health::Health;
use crate::monitor::Record;
use crate::monitor::alerts::Alert as Found;
use crate::monitor::daily::Daily;
use crate::monitor::findings::Level;
use crate::monitor::heartbeat::{Heartbeat, Requests, TokenSign};
use crate::notion::Client;
use crate::pipeline::Door;
use crate::rotation::{on_disk, watch};
use crate::store::{Store, StoreError};
use chrono::Utc;
use serde_json::json;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// How often `.env` and the clock are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often a sign of life is given.
const SIGN_EVERY: Duration = Duration::from_secs(20);

/// What the upkeep works with.
pub(super) struct Upkeep {
    pub(super) tools: Arc<Tools>,
    pub(super) notion: Client,
    pub(super) store: Arc<dyn Store>,
    pub(super) door: Door,
    pub(super) health: Health,
}

impl Upkeep {
    /// Works until it is dropped. An error: the store cannot be used any more.
    pub(super) async fn work(self, follower: &mut Follower) -> Result<Infallible, StoreError> {
        let settings = &self.tools.settings;
        let daily = Daily::at(&settings.rotation.monitor_at, settings.zone);
        if daily.is_none() {
            let at = &settings.rotation.monitor_at;
            tracing::warn!(
                at,
                "rotation.monitor_at is no time of day such as 09:00; the daily monitor is off"
            );
        }
        let mut sign_due = Instant::now();
        let mut told = self.health.version();
        let mut env_of = None;
        loop {
            if follower.look().await || self.health.version() != told {
                sign_due = Instant::now();
            }
            if sign_due <= Instant::now() {
                told = self.health.version();
                self.sign_of_life(daily.as_ref(), follower.sign());
                sign_due = Instant::now() + SIGN_EVERY;
            }
            self.retry().await?;
            // Log lines hide new values too, even while no comment is read.
            self.tools.redactor.current();
            see_returns(&self.tools, &self.door, &mut env_of).await;
            if let Some(daily) = &daily
                && daily.is_due(Record::read(&self.tools.keys.project).ran_at, Utc::now())
            {
                super::daily::run_monitor(&self.tools, &self.door).await;
                sign_due = Instant::now();
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Takes up what `keyminder audit --retry` asked for.
    async fn retry(&self) -> Result<(), StoreError> {
        match self.store.take_retries(clock::now().timestamp_millis()).await {
            Ok(taken) if taken.is_empty() => Ok(()),
            Ok(taken) => {
                tracing::info!(replies = taken.len(), "tried again, as `keyminder audit --retry` asked");
                Ok(())
            }
            Err(StoreError::Later(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn sign_of_life(&self, daily: Option<&Daily>, token: &TokenSign) {
        let at = Utc::now();
        let budget = self.notion.budget();
        let picture = self.health.picture();
        let sign = Heartbeat {
            last_poll: picture.pages.values().filter_map(|page| page.read_at).max(),
            next_monitor_at: daily.map(|daily| daily.next_run(at)),
            token: Some(token.clone()),
            requests: Some(Requests {
                used: budget.used,
                limit: budget.limit,
                blocked_for: budget.blocked_for.map(|left| left.as_secs()),
                reason: budget.reason,
            }),
            ..Heartbeat::of(picture, at)
        };
        if let Err(error) = sign.write(&self.tools.keys.project) {
            tracing::warn!("no sign of life could be given: {error}");
        }
    }
}

/// After each change of `.env`: whether an old value came back that was just replaced.
async fn see_returns(tools: &Tools, door: &Door, env_of: &mut Option<SystemTime>) {
    let changed = std::fs::metadata(&tools.keys.project.env).and_then(|env| env.modified());
    let changed = changed.ok();
    if changed.is_none() || changed == *env_of {
        return;
    }
    let returned = on_disk(&tools.keys.project, |project| watch::look(project, Utc::now())).await;
    let courses = match returned {
        Ok(courses) => courses,
        Err(error) => return tracing::warn!("whether an old value came back could not be seen: {error}"),
    };
    let (mut alerts, mut elsewhere) = (Vec::new(), Vec::new());
    for course in &courses {
        let text = watch::in_words(course);
        tracing::warn!(provider = course.provider, "{text}");
        let written = course.written_at.map_or(0, |at| at.timestamp());
        elsewhere.push(Found {
            about: format!("old_value_back/{}", course.provider),
            condition: "old_value_back".to_owned(),
            subject: watch::names(course),
            level: Level::Critical,
            days_left: None,
            text,
        });
        alerts.push(Alert {
            subject: format!("old_value_back/{}/{written}", course.provider),
            prompt: "old_value_back".to_owned(),
            facts: BTreeMap::from([
                ("variables".to_owned(), json!(watch::names(course))),
                ("provider".to_owned(), json!(course.provider)),
            ]),
        });
    }
    // What was not taken in is looked at again.
    if super::daily::tell(tools, door, &alerts).await {
        *env_of = changed;
    }
    super::daily::tell_channels(tools, &elsewhere).await;
}
