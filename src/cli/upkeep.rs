//! What `run` does beside comments: takes new values of `.env` in and sees old ones that come back, gives a sign of life,
//! runs the daily monitor.
use super::token::TokenFollower;
use super::tools::Tools;
use crate::clock;
use crate::domain::event::Alert;
use crate::health::Health;
use crate::monitor::MonitorRecord;
use crate::monitor::alerts::KeyAlert;
use crate::monitor::daily::DailyTime;
use crate::monitor::findings::Severity;
use crate::monitor::heartbeat::{Heartbeat, Requests, TokenSign};
use crate::notion::Client;
use crate::pipeline::PipelineHandle;
use crate::rotation::watch;
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
    pub(super) pipeline: PipelineHandle,
    pub(super) health: Health,
}

impl Upkeep {
    /// Works until it is dropped. An error: the store cannot be used any more.
    pub(super) async fn work(self, follower: &mut TokenFollower) -> Result<Infallible, StoreError> {
        let settings = &self.tools.settings;
        let daily = DailyTime::at(&settings.rotation.monitor_at, settings.zone);
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
                self.sign_of_life(daily.as_ref(), follower.sign()).await;
                sign_due = Instant::now() + SIGN_EVERY;
            }
            self.retry().await?;
            // Log lines hide new values too, even while no comment is read.
            self.tools.redactor.current().await;
            self.tools.follow_names().await;
            see_returns(&self.tools, &self.pipeline, &mut env_of).await;
            if let Some(daily) = &daily
                && daily.is_due(self.tools.keys.blocking(MonitorRecord::read).await.ran_at, Utc::now())
            {
                super::daily::run_monitor(&self.tools, &self.pipeline).await;
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

    async fn sign_of_life(&self, daily: Option<&DailyTime>, token: &TokenSign) {
        let at = Utc::now();
        let budget = self.notion.budget();
        let picture = self.health.snapshot();
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
        if let Err(error) = self.tools.keys.blocking(move |project| sign.write(project)).await {
            tracing::warn!("no sign of life could be given: {error}");
        }
    }
}

/// After each change of `.env`: whether an old value came back that was just replaced.
async fn see_returns(tools: &Tools, pipeline: &PipelineHandle, env_of: &mut Option<SystemTime>) {
    let changed = tools
        .keys
        .blocking(|project| project.env.metadata()?.modified())
        .await
        .ok();
    if changed.is_none() || changed == *env_of {
        return;
    }
    let returned = tools.keys.blocking(|project| watch::look(project, Utc::now())).await;
    let rotations = match returned {
        Ok(rotations) => rotations,
        Err(error) => return tracing::warn!("whether an old value came back could not be seen: {error}"),
    };
    let (mut alerts, mut elsewhere) = (Vec::new(), Vec::new());
    for rotation in &rotations {
        let text = watch::in_words(rotation);
        tracing::warn!(provider = rotation.provider, "{text}");
        let written = rotation.written_at.map_or(0, |at| at.timestamp());
        elsewhere.push(KeyAlert {
            about: format!("old_value_back/{}", rotation.provider),
            condition: "old_value_back".to_owned(),
            subject: watch::names(rotation),
            level: Severity::Critical,
            days_left: None,
            text,
        });
        alerts.push(Alert {
            subject: format!("old_value_back/{}/{written}", rotation.provider),
            prompt: "old_value_back".to_owned(),
            facts: BTreeMap::from([
                ("variables".to_owned(), json!(watch::names(rotation))),
                ("provider".to_owned(), json!(rotation.provider)),
            ]),
        });
    }
    // What was not taken in is looked at again.
    if super::daily::tell(tools, pipeline, &alerts).await {
        *env_of = changed;
    }
    super::daily::tell_channels(tools, &elsewhere).await;
}
