//! When the next request may leave, as a value that is told the time: the pace, whose turn it is, and the silence that
//! Notion asks for. It neither waits nor locks; [`crate::rate`] does.
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

/// Requests that may leave at once after a rest. One less than the three that Notion has always let through in a
/// second, so that a request that was slow on its way never makes one too many.
const BURST: f64 = 2.0;
/// No more than the limit within this time: Notion counts in windows of 60 s, at its own clock; the half second covers
/// the way there.
const WINDOW: Duration = Duration::from_millis(60_500);
/// While writes wait, one request in so many is a read (at three a second one in eight seconds): replies go first, and
/// reading goes on all the same.
const READ_EVERY: u32 = 24;
/// What a refusal leaves of the pace, how slow it may become, and what an answer gives back: after a single refusal
/// the whole pace is there again within about a hundred requests.
const SLOWER: f64 = 0.7;
const SLOWEST: f64 = 0.25;
const FASTER: f64 = 0.003;
/// Parts of a token that are lost to rounding.
const ROUNDING: f64 = 1e-6;

/// What a request may spend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Urgency {
    /// Lets writes go first.
    Read,
    /// Goes before reads.
    Write,
}

/// Whether a request may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Now. A trial is the first request after a silence: the others wait for its outcome.
    Go { trial: bool },
    /// Not before this time, if nothing changes until then.
    Wait(Instant),
}

/// Whether Notion lets us in.
#[derive(Clone, Copy)]
enum Gate {
    Open,
    /// Notion asked for silence.
    Shut {
        until: Instant,
    },
    /// One request is on its way to see whether the silence is over. Without an outcome by then the next one tries.
    Trial {
        until: Instant,
    },
}

pub(crate) struct Pace {
    limit: u32,
    call_timeout: Duration,
    tokens: f64,
    filled_at: Instant,
    /// How much of the limit is used: less after a refusal, more with each answer.
    share: f64,
    sent: VecDeque<Instant>,
    gate: Gate,
    reads_waiting: u32,
    writes_waiting: u32,
    writes_since_read: u32,
}

impl Pace {
    /// So many requests in a minute (0: no limit of our own); a call is over after `call_timeout`.
    pub(crate) fn new(limit: u32, call_timeout: Duration, now: Instant) -> Self {
        Self {
            limit,
            call_timeout,
            tokens: BURST,
            filled_at: now,
            share: 1.0,
            sent: VecDeque::new(),
            gate: Gate::Open,
            reads_waiting: 0,
            writes_waiting: 0,
            writes_since_read: 0,
        }
    }

    pub(crate) fn limit(&self) -> u32 {
        self.limit
    }

    /// One more waits for a place.
    pub(crate) fn comes(&mut self, urgency: Urgency) {
        *self.waiting(urgency) += 1;
    }

    /// It waits no longer: it got its place, or went away.
    pub(crate) fn goes(&mut self, urgency: Urgency) {
        *self.waiting(urgency) -= 1;
    }

    fn waiting(&mut self, urgency: Urgency) -> &mut u32 {
        match urgency {
            Urgency::Read => &mut self.reads_waiting,
            Urgency::Write => &mut self.writes_waiting,
        }
    }

    /// Takes a place for one of those that wait, or says when to ask again.
    pub(crate) fn take(&mut self, urgency: Urgency, now: Instant) -> Verdict {
        let trial = match self.gate {
            Gate::Open => false,
            Gate::Shut { until } | Gate::Trial { until } if now < until => return Verdict::Wait(until),
            Gate::Shut { .. } | Gate::Trial { .. } => true,
        };
        if let Some(free_at) = self.free_at(urgency, now) {
            return Verdict::Wait(free_at);
        }
        self.spend(now);
        self.writes_since_read = match urgency {
            Urgency::Read => 0,
            Urgency::Write => self.writes_since_read.saturating_add(1),
        };
        if trial {
            let until = now + self.call_timeout;
            self.gate = Gate::Trial { until };
        }
        Verdict::Go { trial }
    }

    /// Counts a request that leaves now.
    pub(crate) fn spend(&mut self, now: Instant) {
        if self.limit > 0 {
            self.fill(now);
            self.tokens -= 1.0;
            self.sent.push_back(now);
        }
    }

    /// When there is a place, if not now.
    fn free_at(&mut self, urgency: Urgency, now: Instant) -> Option<Instant> {
        if self.limit == 0 {
            return None;
        }
        self.fill(now);
        self.forget_before(now);
        let others_first = match urgency {
            Urgency::Read => self.writes_waiting > 0 && self.writes_since_read < READ_EVERY - 1,
            Urgency::Write => self.reads_waiting > 0 && self.writes_since_read >= READ_EVERY - 1,
        };
        // Who lets others go first goes all the same before a place is lost because nobody takes it.
        let wanted = if others_first { BURST } else { 1.0 };
        let missing = (wanted - self.tokens).max(0.0);
        let by_pace = (missing > ROUNDING).then(|| now + Duration::from_secs_f64(missing / self.per_second()));
        let over = self.sent.len().checked_sub(self.limit as usize);
        let by_window = over.and_then(|oldest| Some(*self.sent.get(oldest)? + WINDOW));
        by_pace.max(by_window)
    }

    fn per_second(&self) -> f64 {
        f64::from(self.limit) / 60.0 * self.share
    }

    fn fill(&mut self, now: Instant) {
        let rest = now.saturating_duration_since(self.filled_at).as_secs_f64();
        self.tokens = (self.tokens + rest * self.per_second()).min(BURST);
        self.filled_at = now;
    }

    fn forget_before(&mut self, now: Instant) {
        while self.sent.front().is_some_and(|sent| *sent + WINDOW <= now) {
            self.sent.pop_front();
        }
    }

    /// Notion asks everybody to wait for `after`. Refusals of one volley slow us down once.
    pub(crate) fn hold(&mut self, after: Duration, now: Instant) {
        self.fill(now);
        self.tokens = self.tokens.min(0.0);
        let mut until = now + after;
        match self.gate {
            Gate::Shut { until: earlier } if earlier > now => until = until.max(earlier),
            Gate::Open | Gate::Shut { .. } | Gate::Trial { .. } => self.share = (self.share * SLOWER).max(SLOWEST),
        }
        self.gate = Gate::Shut { until };
    }

    /// A request was answered, and not with a refusal of its pace.
    pub(crate) fn answered(&mut self, trial: bool, now: Instant) {
        self.fill(now);
        self.share = (self.share + FASTER).min(1.0);
        if trial && matches!(self.gate, Gate::Trial { .. }) {
            self.gate = Gate::Open;
        }
    }

    /// The trial ended without an answer: the next one tries.
    pub(crate) fn trial_without_outcome(&mut self, now: Instant) {
        if matches!(self.gate, Gate::Trial { .. }) {
            self.gate = Gate::Shut { until: now };
        }
    }

    /// How long Notion still wants us to be silent.
    pub(crate) fn silence(&self, now: Instant) -> Option<Duration> {
        let Gate::Shut { until } = self.gate else { return None };
        Some(until.saturating_duration_since(now)).filter(|left| !left.is_zero())
    }

    /// Whether requests may leave that have their place already.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.gate, Gate::Open)
    }

    /// Requests of the last minute.
    pub(crate) fn used(&mut self, now: Instant) -> u32 {
        self.forget_before(now);
        u32::try_from(self.sent.len()).unwrap_or(u32::MAX)
    }
}
