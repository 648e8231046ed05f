//! `BackUpEnv`: begins the cycle with a proven backup of `.env`, or adopts the one that `rotate start` began. The row's
//! moment names the file, so a repeat finds its own.
use super::{Keys, beside};
use crate::domain::effect::{Done, Outcome};
use crate::domain::evidence::{Check, Evidence, Standing};
use crate::rotation::backup;
use crate::rotation::cycle::{self, StateError};
use chrono::{DateTime, Utc};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) async fn perform(keys: &Arc<Keys>, at: DateTime<Utc>, number: u32) -> Outcome {
    let keys = Arc::clone(keys);
    let made = beside(move || {
        let begun = cycle::begin(&keys.project, at, Some(number))?;
        backup::verify(&keys.project, &begun.backup)?;
        Ok::<_, StateError>(begun)
    });
    let (standing, reason, facts) = match made.await {
        Ok(Ok(begun)) => {
            let facts = BTreeMap::from([
                ("file".to_owned(), json!(begun.backup.file)),
                ("keys".to_owned(), json!(begun.backup.fingerprints.len())),
                ("adopted".to_owned(), json!(begun.adopted)),
                ("cycle".to_owned(), json!(begun.cycle)),
            ]);
            (Standing::Proven, "backup_verified", facts)
        }
        Ok(Err(error)) => (
            Standing::Missing,
            "backup_failed",
            BTreeMap::from([("why".to_owned(), json!(error.to_string()))]),
        ),
        Err(outcome) => return outcome,
    };
    let evidence = Evidence {
        check: Check::Backup,
        standing,
        reason: reason.to_owned(),
        facts,
        gathered_at: Utc::now(),
    };
    Outcome::Done {
        result: Done::Seen { evidence },
    }
}
