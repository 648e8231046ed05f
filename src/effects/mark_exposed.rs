//! `MarkExposed`: writes down, with their fingerprints, which keys were posted; `rotate plan` puts them first.
use super::{Keys, beside, changed, later};
use crate::domain::effect::Outcome;
use crate::rotation::cycle;
use chrono::Utc;
use std::sync::Arc;
use std::time::Duration;

/// A full disk may have room again soon.
const TRY_AGAIN: Duration = Duration::from_mins(1);

pub(super) async fn perform(keys: &Arc<Keys>, variables: &[String]) -> Outcome {
    let (keys, variables) = (Arc::clone(keys), variables.to_vec());
    let marked = beside(move || {
        variables
            .iter()
            .try_for_each(|variable| cycle::expose(&keys.project, variable, Utc::now()))
    });
    match marked.await {
        Ok(Ok(())) => changed(),
        Ok(Err(error)) => later(TRY_AGAIN, error.to_string()),
        Err(outcome) => outcome,
    }
}
