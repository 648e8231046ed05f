//! The request budget: a sliding window with a reserve for writes, and the waits that Notion asks for. It waits in
//! place, in the order of asking, and follows tokio's clock (paused in tests).
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Notion counts requests in windows of 60 s, at its own clock; the half second covers the way there.
const WINDOW: Duration = Duration::from_millis(60_500);
/// One request in six is kept for writes, so that reading never delays a reply.
const RESERVE: u32 = 6;
/// Longer waits are given back to the caller instead of being waited out in place.
pub(super) const PATIENCE: Duration = Duration::from_mins(2);

/// What a request may spend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Urgency {
    /// Leaves the reserve alone.
    Read,
    /// May use the whole budget.
    Write,
}

/// The budget as shown to people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// Requests sent within the last minute; 0 when the limit is off.
    pub used: u32,
    /// Requests allowed in a minute; 0: off.
    pub limit: u32,
    /// How long Notion still wants us to be silent.
    pub blocked_for: Option<Duration>,
    /// Notion's reason for the last such wait, such as `public_api_space_request_rate_limit`.
    pub reason: Option<String>,
    /// Notion's clock now, from its last `Date` header.
    pub server_now: Option<chrono::DateTime<chrono::Utc>>,
}

pub(super) struct Limiter {
    limit: u32,
    state: Mutex<State>,
    reads: tokio::sync::Mutex<()>,
    writes: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    sent: VecDeque<Instant>,
    blocked_until: Option<Instant>,
    reason: Option<String>,
}

impl Limiter {
    pub(super) fn new(limit: u32) -> Self {
        Self {
            limit,
            state: Mutex::default(),
            reads: tokio::sync::Mutex::default(),
            writes: tokio::sync::Mutex::default(),
        }
    }

    /// Waits for a place in the budget and takes it; `Err` is the time still to wait when that is over [`PATIENCE`].
    pub(super) async fn admit(&self, urgency: Urgency) -> Result<(), Duration> {
        // Callers of one kind queue here, so that only the first of them watches the budget.
        let queue = match urgency {
            Urgency::Read => &self.reads,
            Urgency::Write => &self.writes,
        };
        let _turn = queue.lock().await;
        while let Some(free_at) = self.take(urgency) {
            let wait = free_at.saturating_duration_since(Instant::now());
            if wait > PATIENCE {
                return Err(wait);
            }
            sleep_until(free_at).await;
        }
        Ok(())
    }

    /// Takes a place, or says when to ask again.
    fn take(&self, urgency: Urgency) -> Option<Instant> {
        let now = Instant::now();
        let mut state = self.lock();
        if let Some(until) = state.blocked_until.filter(|until| *until > now) {
            return Some(until);
        }
        if self.limit == 0 {
            return None;
        }
        state.forget_before(now);
        let allowed = match urgency {
            Urgency::Read => self.limit - self.limit / RESERVE,
            Urgency::Write => self.limit,
        } as usize;
        if let Some(oldest) = state.sent.len().checked_sub(allowed) {
            return Some(state.sent[oldest] + WINDOW);
        }
        state.sent.push_back(now);
        None
    }

    /// Holds everybody back for `after`, as Notion asked.
    pub(super) fn hold(&self, after: Duration, reason: Option<String>) {
        let until = Instant::now() + after;
        let mut state = self.lock();
        state.blocked_until = state.blocked_until.max(Some(until));
        state.reason = reason;
    }

    /// How long Notion still wants us to be silent.
    pub(super) fn held_for(&self) -> Option<Duration> {
        let until = self.lock().blocked_until?;
        Some(until.saturating_duration_since(Instant::now())).filter(|left| !left.is_zero())
    }

    /// The state for people.
    pub(super) fn budget(&self) -> Budget {
        let blocked_for = self.held_for();
        let mut state = self.lock();
        state.forget_before(Instant::now());
        Budget {
            used: u32::try_from(state.sent.len()).unwrap_or(u32::MAX),
            limit: self.limit,
            blocked_for,
            reason: state.reason.clone(),
            server_now: None,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere cannot leave the counters half written.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn forget_before(&mut self, now: Instant) {
        while self.sent.front().is_some_and(|sent| *sent + WINDOW <= now) {
            self.sent.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn seconds(limiter: &Limiter, urgency: Urgency) -> u64 {
        let start = Instant::now();
        limiter.admit(urgency).await.unwrap();
        start.elapsed().as_secs()
    }

    #[tokio::test(start_paused = true)]
    async fn reads_leave_a_reserve_that_writes_may_spend() {
        let limiter = Limiter::new(12);
        for _ in 0..10 {
            assert_eq!(seconds(&limiter, Urgency::Read).await, 0);
        }
        assert_eq!(seconds(&limiter, Urgency::Write).await, 0);
        assert_eq!(seconds(&limiter, Urgency::Write).await, 0);
        assert_eq!(seconds(&limiter, Urgency::Write).await, 60, "the window is spent");
        assert_eq!(limiter.budget().used, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_notion_asks_for_holds_everybody_and_is_waited_in_full() {
        let limiter = Limiter::new(0);
        limiter.hold(
            Duration::from_secs(75),
            Some("public_api_space_request_rate_limit".to_owned()),
        );
        limiter.hold(Duration::from_secs(2), None);
        let (read, write) = tokio::join!(seconds(&limiter, Urgency::Read), seconds(&limiter, Urgency::Write));
        assert_eq!((read, write), (75, 75));
        assert_eq!(seconds(&limiter, Urgency::Read).await, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_very_long_wait_is_told_to_the_caller() {
        let limiter = Limiter::new(180);
        limiter.hold(Duration::from_hours(1), None);
        assert_eq!(limiter.admit(Urgency::Write).await, Err(Duration::from_hours(1)));
        assert_eq!(limiter.budget().blocked_for, Some(Duration::from_hours(1)));
    }

    #[tokio::test(start_paused = true)]
    async fn never_more_than_the_limit_in_any_minute() {
        let limiter = Limiter::new(30);
        let start = Instant::now();
        let mut sent = Vec::new();
        for _ in 0..200 {
            limiter.admit(Urgency::Write).await.unwrap();
            sent.push(start.elapsed());
        }
        for pair in sent.windows(31) {
            assert!(pair[30].saturating_sub(pair[0]) >= Duration::from_mins(1));
        }
    }
}
