//! A thing on the page that we write: what it should be, what it is, and when a refused write is tried again.
use crate::effect::EffectId;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// The pause after the first refusal; each further one doubles it. A page that lies in the trash or is unshared for a
/// moment is back soon, one that stays away costs a request an hour.
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(30);
/// The longest pause between two tries.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(1);

/// A thing on the page that we write: what it should be, what it is, and whether a write is under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell<T> {
    /// What it should be; `None` while we have no opinion.
    pub wanted: Option<T>,
    /// What it was when it was last read or written.
    pub known: Option<T>,
    /// The write under way.
    pub writing: Option<(EffectId, T)>,
    /// When our last write was done: a page that was read before does not show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written_at: Option<DateTime<Utc>>,
    /// What became of the last write, if it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refused<T>>,
}

/// A write that was refused, once or more, and not done since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused<T> {
    /// What should have been written: another value is tried at once.
    pub value: T,
    /// How often, one after the other.
    pub times: u32,
    /// When it is tried again.
    pub again_at: DateTime<Utc>,
}

impl<T> Default for Cell<T> {
    fn default() -> Self {
        Self {
            wanted: None,
            known: None,
            writing: None,
            written_at: None,
            refused: None,
        }
    }
}

impl<T: PartialEq> Cell<T> {
    /// Whether `value` is to be written now.
    pub fn is_due(&self, value: &T, now: DateTime<Utc>) -> bool {
        let refused = self.refused.as_ref().filter(|refused| refused.value == *value);
        self.lacks(value) && refused.is_none_or(|refused| refused.again_at <= now)
    }

    /// Takes back moments that lie in the future of the clock.
    pub(super) fn clamp_to(&mut self, now: DateTime<Utc>) {
        self.written_at = self.written_at.filter(|at| *at <= now);
        if let Some(refused) = &mut self.refused {
            refused.again_at = refused.again_at.min(now + LONGEST_PAUSE);
        }
    }

    /// When `value` is tried again that was refused.
    pub fn again_at(&self, value: &T) -> Option<DateTime<Utc>> {
        let refused = self.refused.as_ref().filter(|refused| refused.value == *value);
        Some(refused.filter(|_| self.lacks(value))?.again_at)
    }

    fn lacks(&self, value: &T) -> bool {
        self.writing.is_none() && self.known.as_ref() != Some(value)
    }

    /// The write of `value` was refused: it is wanted still, and tried again after a pause.
    pub fn refuse(&mut self, value: T, now: DateTime<Utc>) {
        let refused = self.refused.as_ref().filter(|refused| refused.value == value);
        let times = refused.map_or(0, |refused| refused.times);
        let pause = FIRST_PAUSE * 2_i32.pow(times.min(7));
        self.refused = Some(Refused {
            value,
            times: times + 1,
            again_at: now + pause.min(LONGEST_PAUSE),
        });
    }

    /// The page has no place for `value`: it is tried again when its properties or options are others, else now and then,
    /// since they may have been others for a moment that no reading saw.
    pub fn skip(&mut self, value: T, now: DateTime<Utc>) {
        self.refused = Some(Refused {
            value,
            times: 1,
            again_at: now + LONGEST_PAUSE,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_write_is_tried_again_after_a_pause_that_doubles_to_an_hour() {
        let mut cell = Cell::default();
        let mut now = DateTime::UNIX_EPOCH;
        let mut pauses = Vec::new();
        for _ in 0..9 {
            assert!(cell.is_due(&true, now));
            cell.refuse(true, now);
            assert!(!cell.is_due(&true, now) && cell.is_due(&false, now));
            let again_at = cell.again_at(&true).unwrap();
            pauses.push((again_at - now).num_seconds());
            now = again_at;
        }
        assert_eq!(pauses, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
        cell.skip(true, now);
        assert_eq!(cell.again_at(&true), Some(now + TimeDelta::hours(1)));
    }
}
