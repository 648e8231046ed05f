//! The worker: claims what is due, does it, brings the outcome in as the next event.
use super::{Hands, perform};
use crate::domain::effect::{Done, Effect, Outcome};
use crate::domain::event::Event;
use crate::pipeline::{self, Door, Happening};
use crate::store::{AuditRow, Claim, Leased, Settle, Settlement, StoreError};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Effects in hand at once while no request budget holds us back.
const UNLIMITED: usize = 64;
/// The table is looked at this often even when nobody rings: effects come due by themselves.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// The longest pause between two tries of one effect.
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(5);
/// What is left of a lease when the last call may begin: the call, and this much.
const MARGIN: Duration = Duration::from_secs(5);

/// Does effects.
pub struct Worker {
    /// What they are done with.
    pub hands: Arc<Hands>,
    /// Where outcomes are brought.
    pub door: Door,
    /// Rung when new effects are committed.
    pub bell: Arc<Notify>,
    /// This worker's name.
    pub owner: String,
    /// The project whose files and keys are at hand.
    pub project: String,
    /// Requests a minute; 0: no limit.
    pub requests_per_minute: u32,
}

impl Worker {
    /// Works until told to stop; then finishes what is in hand.
    pub async fn work(self, mut stop: watch::Receiver<bool>) -> Result<(), StoreError> {
        let slots = if self.requests_per_minute == 0 {
            UNLIMITED
        } else {
            self.hands.times.workers
        };
        let mut running = JoinSet::new();
        while !*stop.borrow() {
            let rung = self.bell.notified();
            let free = slots - running.len().min(slots);
            if free > 0 {
                for leased in self.claim(free).await? {
                    running.spawn(do_one(Arc::clone(&self.hands), self.door.clone(), leased));
                }
            }
            tokio::select! {
                biased;
                _ = stop.changed() => {}
                Some(_) = running.join_next(), if !running.is_empty() => {
                    // Others may have ended with it; one claim then fills all the free places.
                    while running.try_join_next().is_some() {}
                }
                () = rung, if running.len() < slots => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
        while running.join_next().await.is_some() {}
        Ok(())
    }

    async fn claim(&self, limit: usize) -> Result<Vec<Leased>, StoreError> {
        let now = Utc::now().timestamp_millis();
        let lease_until_ms = now + millis(self.hands.times.lease);
        // With a budget a reply may wait for its place, so its call may last until the lease ends.
        let call = if self.requests_per_minute == 0 {
            self.hands.times.call_timeout
        } else {
            self.hands.times.lease
        };
        let claim = Claim {
            owner: self.owner.clone(),
            project: Some(self.project.clone()),
            limit,
            now_ms: now,
            lease_until_ms,
            call_until_ms: now + millis(call),
            quiet_ms: millis(self.hands.times.quiet),
        };
        match self.hands.store.claim(claim).await {
            Ok(leased) => Ok(leased),
            Err(StoreError::Later(why)) => {
                tracing::warn!(why, "the store cannot write now; effects wait");
                tokio::time::sleep(LOOK_EVERY).await;
                Ok(Vec::new())
            }
            Err(error) => Err(error),
        }
    }
}

async fn do_one(hands: Arc<Hands>, door: Door, leased: Leased) {
    let until = Instant::now() + hands.times.lease.saturating_sub(hands.times.call_timeout + MARGIN);
    let outcome = perform(&hands, &leased, until).await;
    let outcome = patient(outcome, &leased);
    tell(&leased, &outcome);
    let settle = settle(&leased, &outcome, hands.times.max_sends);
    let audit = Some(audited(&leased, &outcome));
    let event = Event::EffectFinished {
        effect: leased.id.clone(),
        outcome: Box::new(outcome),
    };
    let happening = Happening {
        page: leased.page,
        event,
        rows: Vec::new(),
        settle: Some(settle),
        audit,
    };
    door.bring(vec![happening]).await;
}

/// Each failed try doubles the pause, with jitter, so that a service in trouble is not stormed.
fn patient(outcome: Outcome, leased: &Leased) -> Outcome {
    let Outcome::Later { at, why } = outcome else {
        return outcome;
    };
    let seconds = 1_i64 << leased.tries.min(9);
    let pause = TimeDelta::milliseconds(seconds * 500 + fastrand::i64(0..=seconds * 500)).min(LONGEST_PAUSE);
    Outcome::Later {
        at: at.max(Utc::now() + pause),
        why,
    }
}

fn settle(leased: &Leased, outcome: &Outcome, max_sends: u32) -> Settle {
    let remote_id = match outcome {
        Outcome::Done {
            result: Done::Replied { comment },
        } => Some(comment.as_str().to_owned()),
        _ => None,
    };
    let is_reply = matches!(leased.effect, Effect::PostReply { .. });
    let how = match pipeline::settlement(outcome, remote_id) {
        Settlement::Ready { .. } if is_reply && leased.earlier_sends > 0 => Settlement::Absent,
        Settlement::Unknown { .. } if leased.earlier_sends == 0 && leased.sends >= max_sends => Settlement::Parked,
        Settlement::Failed if is_reply => Settlement::Parked,
        how => how,
    };
    Settle {
        id: leased.id.clone(),
        epoch: leased.epoch,
        how,
        outcome: outcome.clone(),
    }
}

fn audited(leased: &Leased, outcome: &Outcome) -> AuditRow {
    let kind = match outcome {
        Outcome::Done { .. } => "done",
        Outcome::Later { .. } | Outcome::Unknown { .. } => "waits",
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
        | Effect::WriteSchedule { .. } => json!(effect),
    };
    match outcome {
        Outcome::Done {
            result: Done::Replied { comment },
        } => json!({ "effect": effect, "reply_id": comment }),
        Outcome::Done { .. } => json!({ "effect": effect }),
        Outcome::Later { .. } | Outcome::Unknown { .. } | Outcome::Refused { .. } | Outcome::Moot { .. } => {
            json!({ "effect": effect, "outcome": outcome, "attempt": attempt })
        }
    }
}

fn tell(leased: &Leased, outcome: &Outcome) {
    let (page, effect, kind, attempt) = (&leased.page, &leased.id, leased.effect.kind(), leased.tries + 1);
    match outcome {
        Outcome::Done { .. } => tracing::debug!(%page, %effect, kind, attempt, "effect done"),
        Outcome::Later { at, why } => {
            let at = clock(*at);
            tracing::info!(%page, %effect, kind, attempt, at, why, "effect waits and is tried again");
        }
        Outcome::Unknown { at, why } => {
            let at = clock(*at);
            tracing::warn!(%page, %effect, kind, attempt, at, why, "effect may have happened; I read before I repeat it");
        }
        Outcome::Refused { why } => tracing::warn!(%page, %effect, kind, attempt, why, "effect refused for good"),
        Outcome::Moot { why } => tracing::info!(%page, %effect, kind, attempt, why, "effect no longer wanted"),
    }
}

fn clock(at: DateTime<Utc>) -> String {
    at.format("%H:%M:%SZ").to_string()
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
