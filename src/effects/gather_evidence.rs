//! `GatherEvidence`: looks, and tells what it saw.
use crate::domain::cycle::Cycle;
use crate::domain::effect::{Done, Outcome};
use crate::domain::evidence::Check;
use crate::evidence::{self, Collector};
use chrono::Utc;

pub(super) async fn perform(collector: &Collector, check: &Check, cycle: &Cycle) -> Outcome {
    let evidence = evidence::collect(collector, check, cycle, Utc::now()).await;
    Outcome::Done {
        result: Done::Seen { evidence },
    }
}
