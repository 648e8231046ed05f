//! The request budget: requests wait here in place, in the order of asking, writes before reads, until
//! [`crate::pace`] lets them go. It follows tokio's clock (paused in tests).
use crate::pace::{Pace, Urgency, Verdict};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// Longer waits are given back to the caller instead of being waited out in place.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);
/// When to come back with a place that a silence made void, if no better time is known.
const SOON: Duration = Duration::from_secs(1);

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

pub(crate) struct Limiter {
    state: Mutex<State>,
    reads: tokio::sync::Mutex<()>,
    writes: tokio::sync::Mutex<()>,
    changed: Notify,
}

struct State {
    pace: Pace,
    reason: Option<String>,
}

/// A place for one request. Dropped without an answer it tells, if it was the trial after a silence, that the next one
/// shall try.
pub(crate) struct Place {
    limiter: Arc<Limiter>,
    trial: bool,
}

impl Limiter {
    /// So many requests in a minute (0: no limit of our own); a call is over after `call_timeout`.
    pub(crate) fn new(limit: u32, call_timeout: Duration) -> Arc<Self> {
        let state = State {
            pace: Pace::new(limit, call_timeout, Instant::now()),
            reason: None,
        };
        Arc::new(Self {
            state: Mutex::new(state),
            reads: tokio::sync::Mutex::default(),
            writes: tokio::sync::Mutex::default(),
            changed: Notify::new(),
        })
    }

    /// Waits for a place in the budget and takes it; `Err` is the time still to wait when that is over [`PATIENCE`].
    pub(crate) async fn admit(self: &Arc<Self>, urgency: Urgency) -> Result<Place, Duration> {
        let _waiting = Waiting::begin(self, urgency);
        // Callers of one kind queue here, so that only the first of them watches the budget.
        let queue = match urgency {
            Urgency::Read => &self.reads,
            Urgency::Write => &self.writes,
        };
        let _turn = queue.lock().await;
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            // From here on no change is missed, also one between the look and the wait.
            changed.as_mut().enable();
            let now = Instant::now();
            let verdict = self.state().pace.take(urgency, now);
            match verdict {
                Verdict::Go { trial } => return Ok(self.place(trial)),
                Verdict::Wait(at) if at - now > PATIENCE => return Err(at - now),
                Verdict::Wait(at) => tokio::select! {
                    () = sleep_until(at) => {}
                    () = changed => {}
                },
            }
        }
    }

    /// A place that is not waited for, for what a write must know before it can end.
    pub(crate) fn at_once(self: &Arc<Self>) -> Place {
        self.state().pace.spend(Instant::now());
        self.place(false)
    }

    fn place(self: &Arc<Self>, trial: bool) -> Place {
        Place {
            limiter: Arc::clone(self),
            trial,
        }
    }

    /// Holds everybody back for `after`, as Notion asked.
    pub(crate) fn hold(&self, after: Duration, reason: Option<String>) {
        let mut state = self.state();
        state.pace.hold(after, Instant::now());
        state.reason = reason;
    }

    /// The state for people.
    pub(crate) fn budget(&self) -> Budget {
        let now = Instant::now();
        let mut state = self.state();
        Budget {
            used: state.pace.used(now),
            limit: state.pace.limit(),
            blocked_for: state.pace.silence(now),
            reason: state.reason.clone(),
            server_now: None,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere cannot leave the counters half written.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// How long this place is void: Notion asked for silence after it was taken.
    pub(crate) fn void_for(&self) -> Option<Duration> {
        let state = self.limiter.state();
        let void = !self.trial && !state.pace.is_open();
        void.then(|| state.pace.silence(Instant::now()).unwrap_or(SOON))
    }

    /// The request was answered, whatever it was answered: only a refusal of the pace is told by [`Limiter::hold`].
    pub(crate) fn answered(mut self) {
        let trial = std::mem::take(&mut self.trial);
        self.limiter.state().pace.answered(trial, Instant::now());
        self.limiter.changed.notify_waiters();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.trial {
            self.limiter.state().pace.trial_without_outcome(Instant::now());
            self.limiter.changed.notify_waiters();
        }
    }
}

/// Somebody who waits, until dropped: also a caller that gives up must not be waited for.
struct Waiting<'a> {
    limiter: &'a Limiter,
    urgency: Urgency,
}

impl<'a> Waiting<'a> {
    fn begin(limiter: &'a Limiter, urgency: Urgency) -> Self {
        limiter.state().pace.comes(urgency);
        Self { limiter, urgency }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.limiter.state().pace.goes(self.urgency);
        self.limiter.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Urgency::{Read, Write};

    const CALL: Duration = Duration::from_secs(10);

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// Takes a place, uses it, and gives the time that this took.
    async fn wait(limiter: &Arc<Limiter>, urgency: Urgency) -> Duration {
        let start = Instant::now();
        limiter.admit(urgency).await.ok().unwrap().answered();
        start.elapsed()
    }

    /// When each of so many requests left, all wanting to go at once.
    async fn departures(limiter: &Arc<Limiter>, urgency: Urgency, requests: usize) -> Vec<Duration> {
        let start = Instant::now();
        let mut sent = Vec::new();
        for _ in 0..requests {
            wait(limiter, urgency).await;
            sent.push(start.elapsed());
        }
        sent
    }

    #[tokio::test(start_paused = true)]
    async fn three_a_second_leave_smoothly() {
        let limiter = Limiter::new(180, CALL);
        let sent = departures(&limiter, Write, 62).await;
        assert_eq!(sent[1].as_millis(), 0, "two at once after a rest");
        for (nth, at) in sent.iter().enumerate().skip(2) {
            let due = (nth - 1) * 1000 / 3;
            assert!(
                (due..due + 3).contains(&(at.as_millis() as usize)),
                "{nth} left after {at:?}"
            );
        }
        assert_eq!(limiter.budget().used, 62);
    }

    #[tokio::test(start_paused = true)]
    async fn never_more_than_the_limit_in_any_minute() {
        for seed in 0..40 {
            let mut dice = fastrand::Rng::with_seed(seed);
            let limit = [1, 2, 3, 30, 180, 600][dice.usize(..6)];
            let limiter = Limiter::new(limit, CALL);
            let start = Instant::now();
            let mut sent: Vec<Duration> = Vec::new();
            for _ in 0..limit * 3 {
                let urgency = if dice.bool() { Read } else { Write };
                limiter.admit(urgency).await.ok().unwrap().answered();
                sent.push(start.elapsed());
                if dice.u8(..10) == 0 {
                    tokio::time::sleep(Duration::from_millis(dice.u64(..20_000))).await;
                }
            }
            let limit = limit as usize;
            for minute in sent.windows(limit + 1) {
                assert!(minute[limit] >= minute[0] + seconds(60), "seed {seed}: {minute:?}");
            }
        }
    }

    /// Writers and readers that always want more, for a while; the order of what left.
    async fn order(limiter: &Arc<Limiter>, writers: usize, readers: usize) -> String {
        let order = Arc::new(Mutex::new(String::new()));
        let mut tasks = tokio::task::JoinSet::new();
        for (urgency, sign, many) in [(Write, 'w', writers), (Read, 'r', readers)] {
            for _ in 0..many {
                let (limiter, order) = (limiter.clone(), order.clone());
                tasks.spawn(async move {
                    loop {
                        wait(&limiter, urgency).await;
                        order.lock().unwrap().push(sign);
                    }
                });
            }
        }
        tokio::time::sleep(seconds(100)).await;
        drop(tasks);
        let order = order.lock().unwrap();
        order.clone()
    }

    #[tokio::test(start_paused = true)]
    async fn writes_go_first_and_reads_are_never_forgotten() {
        for (writers, readers) in [(1, 1), (4, 1), (1, 4), (16, 16)] {
            let order = order(&Limiter::new(180, CALL), writers, readers).await;
            let gaps: Vec<usize> = order.split('r').skip(1).map(str::len).collect();
            assert!(gaps.len() > 8, "{writers} writers, {readers} readers: {order}");
            assert!(gaps.iter().all(|gap| *gap <= 23), "{order}");
            // A single task comes back for its next place only after the others have looked.
            let reads = order.matches('r').count();
            assert!(
                writers == 1 || reads * 18 < order.len(),
                "{reads} reads among {}",
                order.len()
            );
        }
        assert_eq!(
            order(&Limiter::new(180, CALL), 0, 2).await.len(),
            300,
            "reads alone use all"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_waiting_is_not_waited_for() {
        let limiter = Limiter::new(60, CALL);
        departures(&limiter, Write, 2).await;
        let patience = Duration::from_millis(10);
        for urgency in [Write, Read] {
            assert!(tokio::time::timeout(patience, limiter.admit(urgency)).await.is_err());
        }
        let sent = departures(&limiter, Read, 3).await;
        assert_eq!(sent.last().unwrap().as_secs(), 2, "one a second: {sent:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_silence_holds_everybody_and_one_goes_first() {
        let limiter = Limiter::new(0, CALL);
        let reason = "public_api_space_request_rate_limit";
        limiter.hold(seconds(75), Some(reason.to_owned()));
        limiter.hold(seconds(2), None);
        assert_eq!(limiter.budget().blocked_for, Some(seconds(75)));
        let start = Instant::now();
        let trial = limiter.admit(Write).await.ok().unwrap();
        assert_eq!(start.elapsed(), seconds(75));
        let others = async {
            let (read, write) = tokio::join!(limiter.admit(Read), limiter.admit(Write));
            (read.is_ok() && write.is_ok(), start.elapsed())
        };
        let outcome = async {
            tokio::time::sleep(seconds(4)).await;
            trial.answered();
        };
        let ((admitted, after), ()) = tokio::join!(others, outcome);
        assert!(admitted);
        assert_eq!(after, seconds(79), "the others wait for the outcome of the trial");
        assert_eq!(wait(&limiter, Read).await, Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_trial_shuts_again_and_a_lost_one_lets_the_next_try() {
        let limiter = Limiter::new(0, CALL);
        limiter.hold(seconds(1), None);
        let trial = limiter.admit(Read).await.ok().unwrap();
        limiter.hold(seconds(30), None);
        trial.answered();
        let start = Instant::now();
        let lost = limiter.admit(Read).await.ok().unwrap();
        assert_eq!(start.elapsed(), seconds(30));
        // The trial is away for longer than a call may take; then another one is dropped without an answer.
        let next = limiter.admit(Write).await.ok().unwrap();
        assert_eq!(start.elapsed(), seconds(40));
        drop(next);
        assert_eq!(wait(&limiter, Write).await, Duration::ZERO);
        assert_eq!(wait(&limiter, Write).await, Duration::ZERO, "that trial had an outcome");
        lost.answered();
    }

    #[tokio::test(start_paused = true)]
    async fn a_place_that_was_taken_before_the_silence_is_void() {
        let limiter = Limiter::new(0, CALL);
        let early = limiter.admit(Write).await.ok().unwrap();
        assert_eq!(early.void_for(), None);
        limiter.hold(seconds(9), None);
        assert_eq!(early.void_for(), Some(seconds(9)));
        let trial = limiter.admit(Write).await.ok().unwrap();
        assert_eq!(trial.void_for(), None);
        assert_eq!(early.void_for(), Some(SOON), "the outcome of the trial is not known");
        trial.answered();
        assert_eq!(early.void_for(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_very_long_wait_is_told_to_the_caller() {
        let limiter = Limiter::new(180, CALL);
        limiter.hold(seconds(600), None);
        assert_eq!(limiter.admit(Write).await.err(), Some(seconds(600)));
        assert_eq!(limiter.budget().blocked_for, Some(seconds(600)));
    }

    #[tokio::test(start_paused = true)]
    async fn refusals_slow_down_and_answers_bring_the_pace_back() {
        let limiter = Limiter::new(600, CALL);
        let per_second = async |requests: u32| {
            let sent = departures(&limiter, Write, requests as usize).await;
            f64::from(requests) / sent.last().unwrap().as_secs_f64()
        };
        limiter.hold(Duration::ZERO, None);
        let once = per_second(20).await;
        assert!((6.5..8.0).contains(&once), "{once}");
        for _ in 0..9 {
            limiter.hold(Duration::ZERO, None);
        }
        let often = per_second(20).await;
        assert!((2.3..3.3).contains(&often), "not below a quarter: {often}");
        per_second(300).await;
        let again = per_second(100).await;
        assert!((9.0..10.5).contains(&again), "{again}");
        limiter.hold(seconds(5), None);
        limiter.hold(seconds(5), None);
        limiter.hold(seconds(5), None);
        tokio::time::sleep(seconds(5)).await;
        let volley = per_second(20).await;
        assert!(
            (6.5..8.5).contains(&volley),
            "refusals of one volley count once: {volley}"
        );
    }
}
