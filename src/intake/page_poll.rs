//! What one look at a page comes to, part by part.
use super::error::IntakeError;
use super::watched::{PagePart, WatchedPage};

/// Parts of one look that may fail before the rest of it is left to the next one.
const FAULTS: usize = 3;

/// One look at a page, under way. A part that fails holds up no other part, unless it speaks for all of them.
#[derive(Default)]
pub(super) struct PagePoll {
    failed: usize,
}

impl PagePoll {
    /// Takes in how a part ended: what is wrong with it stands until it is read again.
    pub(super) fn take(
        &mut self,
        watched: &mut WatchedPage,
        part: PagePart,
        ended: Result<(), IntakeError>,
    ) -> Result<(), IntakeError> {
        match ended {
            Ok(()) => {
                watched.faults.remove(&part);
                Ok(())
            }
            Err(error) if error.concerns_all() => Err(error),
            Err(error) => {
                self.failed += 1;
                watched.faults.insert(part, error.summary());
                Ok(())
            }
        }
    }

    /// Whether so much failed that the rest is left to the next look.
    pub(super) fn is_hopeless(&self) -> bool {
        self.failed >= FAULTS
    }
}
