//! `BackUpEnv`: copies `.env` into a backup and proves it. The row's moment names the file, so a repeat finds its own.
use super::{Keys, beside};
use crate::domain::effect::{Done, Outcome};
use crate::domain::evidence::{Check, Evidence, Standing};
use crate::rotation::backup;
use chrono::{DateTime, Utc};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) async fn perform(keys: &Arc<Keys>, at: DateTime<Utc>, reason: &str) -> Outcome {
    let (keys, reason) = (Arc::clone(keys), reason.to_owned());
    let made = beside(move || {
        let backup = backup::create(&keys.project, at, &reason)?;
        backup::verify(&keys.project, &backup)?;
        Ok::<_, backup::BackupError>(backup)
    });
    let (standing, reason, facts) = match made.await {
        Ok(Ok(backup)) => {
            let facts = BTreeMap::from([
                ("file".to_owned(), json!(backup.file)),
                ("fingerprints".to_owned(), json!(backup.fingerprints)),
                ("keys".to_owned(), json!(backup.fingerprints.len())),
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
