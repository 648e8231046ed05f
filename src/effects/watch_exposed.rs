//! `WatchExposed`: looks how exposed keys stand, and tells what it saw.
use super::outcomes::later;
use crate::domain::effect::{Done, Outcome};
use crate::evidence::Collector;
use crate::rotation::MeantKeys;
use chrono::Utc;
use std::time::Duration;

/// `.env`, or what is kept of exposures, may be readable again soon.
const TRY_AGAIN: Duration = Duration::from_mins(5);

pub(super) async fn perform(collector: &Collector, which: &MeantKeys) -> Outcome {
    match collector.exposed(which, Utc::now()).await {
        Ok(keys) => Outcome::Done {
            result: Done::Watched { keys },
        },
        Err(error) => later(TRY_AGAIN, error.to_string()),
    }
}
