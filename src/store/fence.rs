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
    /// From when on a complete list without it proves that it was not sent; 0 when no send is in doubt.
    pub proof_from_ms: i64,
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
            proof_from_ms: 0,
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
                self.take_back();
                self.state = EffectState::Ready;
                self.due_ms = *not_before_ms;
            }
            Settlement::Unknown {
                not_before_ms,
                absence_proven_from_ms,
            } => {
                self.state = EffectState::Unknown;
                self.due_ms = *not_before_ms;
                self.proof_from_ms = absence_proven_from_ms.unwrap_or(self.proof_from_ms);
            }
            Settlement::Absent => {
                self.state = EffectState::Ready;
                self.doubt = 0;
                self.due_ms = at_ms;
            }
            Settlement::Failed => {
                self.take_back();
                self.state = EffectState::Failed;
            }
            Settlement::Moot => {
                self.take_back();
                self.state = EffectState::Moot;
            }
            Settlement::Parked { not_before_ms, sent } => {
                if !sent {
                    self.take_back();
                }
                self.state = EffectState::Parked;
                self.due_ms = *not_before_ms;
            }
        }
        if self.doubt == 0 {
            self.proof_from_ms = 0;
        }
    }

    /// The send that this claim announced certainly did not happen. A claim that only read back (CLAIMED) announced none.
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
            EffectState::Claimed | EffectState::Sending => {
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
