//! Who may still write about an effect, and what a settlement makes of its row. Pure: every store decides alike.
use super::rows::{EffectState, Settle, Settlement};

/// What a settlement needs to know of an effect's row, and what it changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Held {
    /// The fence of the last claim.
    pub epoch: u32,
    /// Where it stands.
    pub state: EffectState,
    /// Sends in all.
    pub sends: u32,
    /// Of them, those that may have happened.
    pub doubt: u32,
    /// Not to be claimed before.
    pub due_ms: i64,
    /// The id of what was made.
    pub remote_id: Option<String>,
}

impl EffectState {
    /// Whether it waits or is in hand.
    pub fn is_open(self) -> bool {
        match self {
            Self::Ready | Self::Claimed | Self::Sending | Self::Unknown => true,
            Self::Done | Self::Failed | Self::Moot | Self::Parked => false,
        }
    }
}

impl Held {
    /// A row that was just written.
    pub(super) fn fresh(due_ms: i64) -> Self {
        Self {
            epoch: 0,
            state: EffectState::Ready,
            sends: 0,
            doubt: 0,
            due_ms,
            remote_id: None,
        }
    }

    /// Whether this settlement may be written: its fence holds and the row is open; or it is late, but brings the id
    /// of a reply that nobody has yet. Knowledge is never thrown away.
    pub(super) fn admits(&self, settle: &Settle) -> bool {
        let late_knowledge = matches!(&settle.how, Settlement::Done { remote_id: Some(_) }) && self.remote_id.is_none();
        (self.epoch == settle.epoch && self.state.is_open()) || late_knowledge
    }

    /// What the row is after it.
    pub(super) fn settle(&mut self, how: &Settlement, at_ms: i64) {
        match how {
            Settlement::Done { remote_id } => {
                self.state = EffectState::Done;
                self.remote_id = remote_id.clone().or_else(|| self.remote_id.take());
            }
            Settlement::Ready { not_before_ms } => {
                // A claim that only read back (CLAIMED) had sent nothing that could be taken back.
                if self.state == EffectState::Sending {
                    self.sends = self.sends.saturating_sub(1);
                    self.doubt = self.doubt.saturating_sub(1);
                }
                self.state = EffectState::Ready;
                self.due_ms = *not_before_ms;
            }
            Settlement::Unknown { not_before_ms } => {
                self.state = EffectState::Unknown;
                self.due_ms = *not_before_ms;
            }
            Settlement::Absent => {
                self.state = EffectState::Ready;
                self.doubt = 0;
                self.due_ms = at_ms;
            }
            Settlement::Failed => self.state = EffectState::Failed,
            Settlement::Moot => self.state = EffectState::Moot,
            Settlement::Parked => self.state = EffectState::Parked,
        }
    }
}
