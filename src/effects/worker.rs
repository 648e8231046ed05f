//! The worker: leases what is due, does it, submits the outcome as the next event.
use super::context::EffectContext;
use super::perform::perform;
use super::post_reply;
use crate::clock;
use crate::domain::effect::{Done, Effect, Outcome};
use crate::domain::event::Event;
use crate::domain::ids::PageId;
use crate::health::{Health, STORE};
use crate::pipeline::{PipelineHandle, PipelineInput};
use crate::store::{AuditRow, EffectRow, GivenUp, LeaseRequest, Leases, Settle, StoreError};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Instant;

/// Effects in hand at once while no request budget holds us back.
const UNLIMITED: usize = 64;
/// Effects that end within this time of each other are followed by one lease.
const SOON: Duration = Duration::from_millis(2);
/// Effects leased at once at most: of a page that has many only one is taken, and the others are looked at in vain.
const LEASED_AT_ONCE: usize = 16;
/// The part of the bot that stops when Notion takes no comments.
const REPLIES: &str = "replies";
/// The table is looked at this often even when nobody rings: effects come due by themselves.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// The longest pause between two tries of one effect.
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(5);
/// What is left of a lease when the last call may begin: the call, and this much, or a quarter of a short lease.
const MARGIN: Duration = Duration::from_secs(5);
/// How long what is in hand may take to end once the bot is told to stop. What is cut off then is read back at the next start.
const TO_END: Duration = Duration::from_secs(4);
/// How often given-up replies are looked at whose next try is due.
const WAKE_EVERY: Duration = Duration::from_secs(5);
/// When a given-up reply is tried again; each further time doubles it.
const PARKED_FOR: TimeDelta = TimeDelta::minutes(1);
const PARKED_AT_MOST: TimeDelta = TimeDelta::minutes(30);

/// Takes effects that are due out of the store, does them, and submits their outcomes.
#[derive(Clone)]
pub struct Worker {
    /// What the effects work with.
    pub context: Arc<EffectContext>,
    /// Takes the outcomes, as inputs like any other.
    pub pipeline: PipelineHandle,
    /// Rung when new effects are committed.
    pub bell: Arc<Notify>,
    /// The name under which this worker leases effects.
    pub owner: String,
    /// The project whose files and keys are at hand.
    pub project: String,
    /// Requests a minute; 0: no limit.
    pub requests_per_minute: u32,
    /// What works and what does not.
    pub health: Health,
}

/// Which page each effect in hand writes to, by its task.
type Busy = HashMap<Id, Option<PageId>>;

impl Worker {
    /// Works until told to stop; then what is in hand has a moment to end.
    pub async fn work(self, mut stop: watch::Receiver<bool>) -> Result<(), StoreError> {
        let slots = if self.requests_per_minute == 0 {
            UNLIMITED
        } else {
            self.context.times.workers
        };
        let mut running = JoinSet::new();
        let mut busy = Busy::new();
        let mut wake_at = Instant::now();
        while !*stop.borrow() {
            let rung = self.bell.notified();
            if wake_at <= Instant::now() {
                wake_at = Instant::now() + WAKE_EVERY;
                self.wake().await?;
            }
            let free = slots - running.len().min(slots);
            if free > 0 {
                let limit = free.min(LEASED_AT_ONCE);
                let leases = self.lease(limit, busy.values().flatten().cloned().collect()).await?;
                let more = leases.leased.len() == limit || leases.passed_over;
                for leased in leases.leased {
                    let page = Some(leased.page.clone()).filter(|_| leased.effect.writes_to_page());
                    let task = running.spawn(do_one(self.clone(), leased));
                    busy.insert(task.id(), page);
                }
                if more {
                    continue;
                }
            }
            tokio::select! {
                biased;
                _ = stop.changed() => {}
                Some(ended) = running.join_next_with_id(), if !running.is_empty() => {
                    self.ended(&ended, &mut busy);
                    // Others may have ended with it; one lease then fills all the free places.
                    while let Some(ended) = running.try_join_next_with_id() {
                        self.ended(&ended, &mut busy);
                    }
                    // One lease for several of them costs a fraction of one for each.
                    while slots - running.len() < slots / 4
                        && let Ok(Some(ended)) = tokio::time::timeout(SOON, running.join_next_with_id()).await
                    {
                        self.ended(&ended, &mut busy);
                    }
                }
                () = rung, if running.len() < slots => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
        let end = async { while running.join_next().await.is_some() {} };
        if tokio::time::timeout(TO_END, end).await.is_err() {
            tracing::warn!(
                cut_off = running.len(),
                "not everything in hand has ended; it is read back at the next start"
            );
        }
        Ok(())
    }

    /// Whether Notion takes replies: told when it stops, and when it does again.
    fn tell_replies(&self, leased: &EffectRow, outcome: &Outcome) {
        if !matches!(leased.effect, Effect::PostReply { .. }) || leased.earlier_sends > 0 {
            return;
        }
        match outcome {
            Outcome::Done { .. } => self.health.part(REPLIES, None),
            Outcome::Unknown { .. } => {
                let what = "Notion fails to take some now; they wait, are looked for and tried again, none is lost";
                self.health.part(REPLIES, Some(what.to_owned()));
            }
            Outcome::Later { .. } | Outcome::Absent { .. } | Outcome::Refused { .. } | Outcome::Moot { .. } => {}
        }
    }

    /// Frees the page. An effect that panicked is looked at again when its lease runs out; the log has the place.
    fn ended(&self, ended: &Result<(Id, ()), JoinError>, busy: &mut Busy) {
        match ended {
            Ok((task, ())) => busy.remove(task),
            Err(panic) => {
                self.health.restarted("an effect");
                busy.remove(&panic.id())
            }
        };
    }

    /// Given-up replies whose time has come are read back and sent again; all of them once Notion takes writes again.
    async fn wake(&self) -> Result<(), StoreError> {
        let all = self.context.writes_again.swap(false, Ordering::Relaxed);
        let now = clock::now().timestamp_millis();
        let due_by = if all { i64::MAX } else { now };
        match self.context.store.wake_parked(due_by, now).await {
            Ok(0) => Ok(()),
            Err(StoreError::Later(_)) => {
                self.context.writes_again.fetch_or(all, Ordering::Relaxed);
                Ok(())
            }
            Ok(woken) => {
                tracing::info!(woken, "replies that had been given up are tried again");
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    async fn lease(&self, limit: usize, busy: Vec<PageId>) -> Result<Leases, StoreError> {
        let now = clock::now().timestamp_millis();
        let lease_until_ms = now + millis(self.context.times.lease);
        // With a budget a reply may wait for its place, so its call may last until the lease ends.
        let call = if self.requests_per_minute == 0 {
            self.context.times.call_timeout
        } else {
            self.context.times.lease
        };
        let lease = LeaseRequest {
            owner: self.owner.clone(),
            project: Some(self.project.clone()),
            limit,
            // Notion refuses writes to one page that meet (409), and a page has its own order.
            per_page: 1,
            busy,
            now_ms: now,
            lease_until_ms,
            call_until_ms: now + millis(call),
            quiet_ms: millis(self.context.times.quiet),
        };
        match self.context.store.lease(lease).await {
            Ok(leases) => {
                for row in &leases.unreadable {
                    let (page, id, why) = (&row.page, &row.id, &row.why);
                    self.health
                        .note(page, &format!("effect {id} cannot be read and waits: {why}"));
                }
                Ok(leases)
            }
            Err(StoreError::Later(why)) => {
                self.health.part(
                    STORE,
                    Some(format!("it cannot be written now, so everything waits: {why}")),
                );
                tokio::time::sleep(LOOK_EVERY).await;
                Ok(Leases::default())
            }
            Err(error) => Err(error),
        }
    }
}

async fn do_one(worker: Worker, leased: EffectRow) {
    let context = &worker.context;
    let lease = context.times.lease;
    let until = Instant::now() + lease.saturating_sub(context.times.call_timeout + MARGIN.min(lease / 4));
    let outcome = match post_reply::unread(context, &leased) {
        Some(waits) => waits,
        None => patient(perform(context, &leased, until).await, &leased),
    };
    if outcome.reply_id().is_some() && leased.earlier_sends == 0 && context.parked.swap(false, Ordering::Relaxed) {
        context.writes_again.store(true, Ordering::Relaxed);
    }
    tell(&leased, &outcome);
    worker.tell_replies(&leased, &outcome);
    let settle = settle(&leased, &outcome, context.times.max_sends);
    if matches!(settle.given_up, Some(GivenUp::Parked { .. })) {
        context.parked.store(true, Ordering::Relaxed);
        tracing::warn!(page = %leased.page, "a reply is parked and tried again later; `keyminder status` names it");
    }
    let audit = Some(audited(&leased, &outcome));
    let event = Event::EffectFinished {
        effect: leased.id.clone(),
        outcome: Box::new(outcome),
    };
    let input = PipelineInput {
        settle: Some(settle),
        audit,
        ..PipelineInput::new(leased.page, event)
    };
    // What is not taken is found again when its lease runs out.
    if let Err(why) = worker.pipeline.submit(vec![input]).await {
        tracing::warn!(effect = %leased.id, "the end of an effect was not taken in; it is looked at again: {why}");
    }
}

/// Each failed try doubles the pause, with jitter, so that a service in trouble is not stormed.
fn patient(outcome: Outcome, leased: &EffectRow) -> Outcome {
    let Outcome::Later { at, why } = outcome else {
        return outcome;
    };
    let seconds = 1_i64 << leased.tries.min(9);
    let pause = TimeDelta::milliseconds(seconds * 500 + fastrand::i64(0..=seconds * 500)).min(LONGEST_PAUSE);
    Outcome::Later {
        at: at.max(clock::now() + pause),
        why,
    }
}

fn settle(leased: &EffectRow, outcome: &Outcome, max_sends: u32) -> Settle {
    let again = leased.sends.saturating_sub(max_sends).min(8);
    let parked = GivenUp::Parked {
        not_before_ms: (clock::now() + (PARKED_FOR * (1 << again)).min(PARKED_AT_MOST)).timestamp_millis(),
    };
    let given_up = match outcome {
        Outcome::Unknown { .. } if leased.earlier_sends == 0 && leased.sends >= max_sends => Some(parked),
        Outcome::Refused { .. } if matches!(leased.effect, Effect::PostReply { .. }) => Some(parked),
        // What the page should show stays wanted, and becomes another effect when it can be written.
        Outcome::Refused { .. } if is_property(&leased.effect) => Some(GivenUp::Replaced),
        _ => None,
    };
    Settle {
        id: leased.id.clone(),
        epoch: leased.epoch,
        outcome: outcome.clone(),
        given_up,
    }
}

fn is_property(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::CheckBox { .. } | Effect::SetStatus { .. } | Effect::SetProperty { .. }
    )
}

fn audited(leased: &EffectRow, outcome: &Outcome) -> AuditRow {
    let kind = match outcome {
        Outcome::Done { .. } => "done",
        Outcome::Later { .. } | Outcome::Unknown { .. } | Outcome::Absent { .. } => "waits",
        Outcome::Refused { .. } | Outcome::Moot { .. } => "dropped",
    };
    AuditRow {
        n: 0,
        at_ms: Utc::now().timestamp_millis(),
        page: leased.page.clone(),
        comment: leased.comment.clone(),
        kind: kind.to_owned(),
        facts: facts(&leased.effect, outcome, leased.tries + 1),
    }
}

/// What was done, how it ended. A reply's words and a look's evidence stand in their own rows.
fn facts(effect: &Effect, outcome: &Outcome, attempt: u32) -> serde_json::Value {
    use serde_json::json;
    let effect = match effect {
        Effect::PostReply { reference, .. } | Effect::UpdateReply { reference, .. } => {
            json!({ "effect": effect.kind(), "reference": reference })
        }
        Effect::GatherEvidence { check, .. } => json!({ "effect": effect.kind(), "check": check }),
        Effect::CheckBox { .. }
        | Effect::SetStatus { .. }
        | Effect::MaskBlock { .. }
        | Effect::SetProperty { .. }
        | Effect::BackUpEnv { .. }
        | Effect::ProbeKeys { .. }
        | Effect::MarkExposed { .. }
        | Effect::UnmarkExposed { .. }
        | Effect::WatchExposed { .. }
        | Effect::LookUpKeys { .. }
        | Effect::MoveRotation { .. }
        | Effect::WriteSchedule { .. } => json!(effect),
    };
    match outcome {
        Outcome::Done {
            result: Done::Replied { comment },
        } => json!({ "effect": effect, "reply_id": comment }),
        Outcome::Done { .. } => json!({ "effect": effect }),
        Outcome::Later { .. }
        | Outcome::Unknown { .. }
        | Outcome::Absent { .. }
        | Outcome::Refused { .. }
        | Outcome::Moot { .. } => {
            json!({ "effect": effect, "outcome": outcome, "attempt": attempt })
        }
    }
}

fn tell(leased: &EffectRow, outcome: &Outcome) {
    let (page, effect, kind, attempt) = (&leased.page, &leased.id, leased.effect.kind(), leased.tries + 1);
    match outcome {
        Outcome::Done { .. } => tracing::debug!(%page, %effect, kind, attempt, "effect done"),
        Outcome::Later { at, why } => {
            let at = clock(*at);
            tracing::debug!(%page, %effect, kind, attempt, at, why, "effect waits and is tried again");
        }
        Outcome::Unknown { at, why, .. } => {
            let at = clock(*at);
            tracing::debug!(%page, %effect, kind, attempt, at, why, "effect may have happened; I read before I repeat it");
        }
        Outcome::Absent { why } => tracing::debug!(%page, %effect, kind, attempt, why, "effect is sent again"),
        Outcome::Refused { why } => tracing::warn!(%page, %effect, kind, attempt, why, "effect refused"),
        Outcome::Moot { why } => tracing::info!(%page, %effect, kind, attempt, why, "effect no longer wanted"),
    }
}

fn clock(at: DateTime<Utc>) -> String {
    at.format("%H:%M:%SZ").to_string()
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
