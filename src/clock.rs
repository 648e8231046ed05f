//! The time that waiting goes by: the system's clock, but never backwards while this process lives.
//!
//! What waits has a moment in the store. A clock that is set back by an hour would hold all of it for that hour.
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Instant;

/// Follows the system's clock forwards (after a suspend, say) and goes on at its own pace when that one is set back.
struct Steady {
    begun: Instant,
    /// The moment at which our count was 0: the latest that the system's clock ever said.
    origin: Mutex<Option<DateTime<Utc>>>,
}

impl Steady {
    fn new() -> Self {
        Self {
            begun: Instant::now(),
            origin: Mutex::new(None),
        }
    }

    fn now(&self, system: DateTime<Utc>, ran: TimeDelta) -> DateTime<Utc> {
        let mut origin = self.origin.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = system - ran;
        let latest = origin.map_or(seen, |known| known.max(seen));
        *origin = Some(latest);
        latest + ran
    }
}

/// Now, for everything that is due at some moment.
pub fn now() -> DateTime<Utc> {
    static STEADY: LazyLock<Steady> = LazyLock::new(Steady::new);
    let ran = TimeDelta::from_std(STEADY.begun.elapsed()).unwrap_or(TimeDelta::MAX);
    STEADY.now(Utc::now(), ran)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_follows_the_system_forwards_and_never_back() {
        let steady = Steady::new();
        let noon = DateTime::from_timestamp(1_790_000_000, 0).expect("a moment");
        let s = TimeDelta::seconds;
        // System clock and seconds run so far, and what comes of it.
        let readings = [
            (s(0), s(0), s(0)),
            (s(10), s(10), s(10)),
            // Set back by an hour: it goes on by itself.
            (s(-3585), s(15), s(15)),
            (s(-3580), s(20), s(20)),
            // Woken after a day of sleep, which the count does not see.
            (s(86_400), s(21), s(86_400)),
            (s(86_405), s(26), s(86_405)),
        ];
        for (system, ran, expected) in readings {
            assert_eq!(steady.now(noon + system, ran), noon + expected, "after {ran}");
        }
    }
}
