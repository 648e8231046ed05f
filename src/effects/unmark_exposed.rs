//! `UnmarkExposed`: takes marks of exposure back, for it was a false alarm. That there was one stays on record.
use super::outcomes::{changed, later};
use crate::domain::effect::Outcome;
use crate::rotation::{Keyring, MeantKeys, exposures};
use chrono::Utc;
use std::sync::Arc;
use std::time::Duration;

/// A full disk may have room again soon.
const TRY_AGAIN: Duration = Duration::from_mins(1);

pub(super) async fn perform(keys: &Keyring, which: MeantKeys, but: &[String]) -> Outcome {
    let (but, providers) = (but.to_vec(), Arc::clone(&keys.providers));
    let unmarked = keys.blocking(move |project| exposures::unmark(project, &providers, &which, &but, Utc::now()));
    match unmarked.await {
        Ok(_) => changed(),
        Err(error) => later(TRY_AGAIN, error.to_string()),
    }
}
