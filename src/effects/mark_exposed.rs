//! `MarkExposed`: writes down, with their fingerprints, which keys others could read; `rotate plan` puts them first.
use super::outcomes::{changed, later};
use crate::domain::effect::Outcome;
use crate::rotation::{self, Keyring, MeantKeys};
use chrono::Utc;
use std::sync::Arc;
use std::time::Duration;

/// A full disk may have room again soon.
const TRY_AGAIN: Duration = Duration::from_mins(1);

pub(super) async fn perform(keys: &Keyring, which: MeantKeys) -> Outcome {
    let providers = Arc::clone(&keys.providers);
    let marked = keys.blocking(move |project| rotation::mark_exposed(project, &providers, &which, Utc::now()));
    match marked.await {
        Ok(_) => changed(),
        Err(error) => later(TRY_AGAIN, error.to_string()),
    }
}
