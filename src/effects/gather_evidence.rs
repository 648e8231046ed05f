//! `GatherEvidence`: looks, and tells what it saw.
use super::Keys;
use crate::domain::cycle::Cycle;
use crate::domain::effect::{Done, Outcome};
use crate::domain::evidence::Check;
use crate::evidence;
use chrono::Utc;

pub(super) async fn perform(keys: &Keys, check: &Check, cycle: &Cycle) -> Outcome {
    let evidence = evidence::look(&keys.looker, check, cycle, Utc::now()).await;
    Outcome::Done {
        result: Done::Seen { evidence },
    }
}
