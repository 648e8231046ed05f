//! Who may still write about an effect, and what a settlement makes of its row. Pure: every store decides alike.
use super::rows::{EffectState, GivenUp, Settle};
use crate::domain::effect::Outcome;

/// What a settlement needs to know of an effect's row, and what it changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct EffectProgress {
    /// The fence of the last lease.
    pub epoch: u32,
    /// Where it stands.
    pub state: EffectState,
    /// Sends in all.
    pub sends: u32,
    /// Of them, those that may have happened.
    pub doubt: u32,
    /// Not to be leased before.
    pub due_ms: i64,
    /// From when on a complete list without it proves that it was not sent; 0 when no send is in doubt.
    pub proof_from_ms: i64,
    /// The id of what was made.
    pub remote_id: Option<String>,
}

impl EffectState {
    /// Whether it waits or is in hand.
    pub fn is_open(self) -> bool {
        match self {
            Self::Ready | Self::Leased | Self::Sending | Self::Unknown => true,
            Self::Done | Self::Failed | Self::Moot | Self::Parked => false,
        }
    }
}

impl EffectProgress {
    /// Whether this settlement may be written: its fence holds and the row is open; or it is late, but brings the id
    /// of a reply that nobody has yet. Knowledge is never thrown away.
    pub(super) fn admits(&self, settle: &Settle) -> bool {
        let late_knowledge = settle.outcome.reply_id().is_some() && self.remote_id.is_none();
        (self.epoch == settle.epoch && self.state.is_open()) || late_knowledge
    }

    /// What the row is after it.
    pub(super) fn settle(&mut self, settle: &Settle, at_ms: i64) {
        let outcome = &settle.outcome;
        match (settle.given_up, outcome) {
            (Some(GivenUp::Parked { not_before_ms }), _) => {
                if !matches!(outcome, Outcome::Unknown { .. }) {
                    self.take_back();
                }
                self.state = EffectState::Parked;
                self.due_ms = not_before_ms;
            }
            (Some(GivenUp::Replaced), _) | (None, Outcome::Moot { .. }) => {
                self.take_back();
                self.state = EffectState::Moot;
            }
            (None, Outcome::Done { .. }) => {
                self.state = EffectState::Done;
                let id = outcome.reply_id().map(|id| id.as_str().to_owned());
                self.remote_id = id.or_else(|| self.remote_id.take());
            }
            (None, Outcome::Later { at, .. }) => {
                self.take_back();
                self.state = EffectState::Ready;
                self.due_ms = at.timestamp_millis();
            }
            (None, Outcome::Unknown { at, proven_from, .. }) => {
                self.state = EffectState::Unknown;
                self.due_ms = at.timestamp_millis();
                self.proof_from_ms = proven_from.map_or(self.proof_from_ms, |from| from.timestamp_millis());
            }
            (None, Outcome::Absent { .. }) => {
                self.state = EffectState::Ready;
                self.doubt = 0;
                self.due_ms = at_ms;
            }
            (None, Outcome::Refused { .. }) => {
                self.take_back();
                self.state = EffectState::Failed;
            }
        }
        if self.doubt == 0 {
            self.proof_from_ms = 0;
        }
    }

    /// The send that this lease announced certainly did not happen. A lease that only read back (LEASED) announced none.
    fn take_back(&mut self) {
        if self.state == EffectState::Sending {
            self.sends = self.sends.saturating_sub(1);
            self.doubt = self.doubt.saturating_sub(1);
        }
    }

    /// Opens it again where it was called off, refused or given up. Says whether it did.
    pub(super) fn revive(&mut self, at_ms: i64) -> bool {
        let ended = match self.state {
            EffectState::Failed | EffectState::Moot | EffectState::Parked => self.remote_id.is_none(),
            // In hand it may be called off this very moment: that end is not to count any more. Should it be said all
            // the same, its id is taken in, late as it is.
            EffectState::Leased | EffectState::Sending => {
                self.epoch += 1;
                self.remote_id.is_none()
            }
            EffectState::Ready | EffectState::Unknown | EffectState::Done => false,
        };
        if ended {
            self.state = if self.doubt > 0 {
                EffectState::Unknown
            } else {
                EffectState::Ready
            };
            self.due_ms = at_ms;
        }
        ended
    }

    /// It stands under this id. Who holds the row is not asked: what stands there was seen.
    pub(super) fn find(&mut self, remote_id: String) {
        self.state = EffectState::Done;
        self.doubt = 0;
        self.proof_from_ms = 0;
        self.remote_id = Some(remote_id);
    }
}
