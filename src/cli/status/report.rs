//! What `status` has to say, for people and for programs.
use super::pages::PageStatus;
use crate::domain::exposure::ExposedKey;
use crate::health::Fault;
use crate::monitor::heartbeat::Requests;
use crate::store::Waiting;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::BTreeMap;

/// What the bot is doing and what waits, for people and for programs.
#[derive(Serialize)]
pub(super) struct StatusReport {
    /// A process holds the state and gives signs of life.
    pub(super) running: bool,
    /// A process holds the state, but gave no sign of life for too long.
    pub(super) silent: bool,
    pub(super) heartbeat_at: Option<DateTime<Utc>>,
    pub(super) requests: Option<Requests>,
    pub(super) monitor_ran_at: Option<DateTime<Utc>>,
    pub(super) next_monitor_at: Option<DateTime<Utc>>,
    pub(super) token: TokenStatus,
    /// Notion does not take the token that the bot uses.
    pub(super) token_fault: Option<Fault>,
    pub(super) restarts: BTreeMap<String, u32>,
    pub(super) warnings: Vec<String>,
    /// The keys that others could read and that are not proven dead yet.
    pub(super) exposed: Vec<ExposedKey>,
    /// Why comments are read by the rules alone, where they are.
    pub(super) rules_alone: Option<&'static str>,
    /// Why there is nothing of the state: none yet, or one that cannot be read.
    pub(super) state_fault: Option<String>,
    #[serde(flatten)]
    pub(super) counts: EffectCounts,
    pub(super) pages: Vec<PageStatus>,
}

/// Which token is used. Never the token.
#[derive(Serialize)]
pub(super) struct TokenStatus {
    pub(super) from: Option<String>,
    pub(super) fault: Option<String>,
    /// `.env` holds another one: it is neither used nor rotated by the bot.
    pub(super) another_in_env: bool,
    /// Since when the running bot uses it.
    pub(super) since: Option<DateTime<Utc>>,
    /// Why the running bot does not use the one in `.env`.
    pub(super) another: Option<String>,
}

/// How many comments, replies and effects the bot's state holds.
#[derive(Default, Serialize)]
pub(super) struct EffectCounts {
    pub(super) comments: u64,
    pub(super) replies: u64,
    pub(super) open: u64,
    pub(super) unknown: u64,
    pub(super) parked: u64,
    pub(super) failed: u64,
    pub(super) stuck: u64,
    /// When the oldest effect that should be done by now was decided.
    pub(super) oldest_waiting_at: Option<DateTime<Utc>>,
}

impl EffectCounts {
    /// As the store counts them.
    pub(super) fn of(waiting: &Waiting) -> Self {
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
