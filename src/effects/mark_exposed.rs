//! `MarkExposed`: writes down, with their fingerprints, which keys were posted; `rotate plan` puts them first.
use super::outcomes::{changed, later};
use crate::domain::effect::Outcome;
use crate::rotation::{Keyring, cycle};
use chrono::Utc;
use std::time::Duration;

/// A full disk may have room again soon.
const TRY_AGAIN: Duration = Duration::from_mins(1);

pub(super) async fn perform(keys: &Keyring, variables: &[String]) -> Outcome {
    let variables = variables.to_vec();
    let marked = keys.blocking(move |project| {
        variables
            .iter()
            .try_for_each(|variable| cycle::expose(project, variable, Utc::now()))
    });
    match marked.await {
        Ok(()) => changed(),
        Err(error) => later(TRY_AGAIN, error.to_string()),
    }
}
