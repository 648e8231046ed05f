//! `BackUpEnv`: begins the cycle with a proven backup of `.env`, or adopts the one that `rotate start` began. The row's
//! moment names the file, so a repeat finds its own.
use crate::domain::effect::{Done, Outcome};
use crate::domain::evidence::{Check, CheckStatus, Evidence};
use crate::rotation::backup::BackupError;
use crate::rotation::cycle;
use crate::rotation::state_file::StateError;
use crate::rotation::{EnvError, Keyring, backup};
use chrono::{DateTime, Utc};
use serde_json::json;
use std::collections::BTreeMap;

/// Makes the backup; with a reason where somebody asks for one of its own.
pub(super) async fn perform(keys: &Keyring, at: DateTime<Utc>, asked: Option<&str>, number: u32) -> Outcome {
    if let Some(reason) = asked {
        return one_more(keys, at, reason.to_owned()).await;
    }
    let made = keys.blocking(move |project| {
        let begun = cycle::begin(project, at, Some(number))?;
        let pipe = || StateError::Env(EnvError::Pipe(project.env.clone()));
        let backup = begun.backup.clone().ok_or_else(pipe)?;
        backup::verify(project, &backup)?;
        Ok::<_, StateError>((begun, backup))
    });
    let (standing, reason, facts) = match made.await {
        Ok((begun, backup)) => {
            let facts = BTreeMap::from([
                ("file".to_owned(), json!(backup.file)),
                ("keys".to_owned(), json!(backup.fingerprints.len())),
                ("adopted".to_owned(), json!(begun.adopted)),
                ("cycle".to_owned(), json!(begun.cycle)),
            ]);
            (CheckStatus::Proven, "backup_verified", facts)
        }
        Err(error) => failed(&error),
    };
    seen(standing, reason, facts)
}

/// A backup beside the one of the cycle.
async fn one_more(keys: &Keyring, at: DateTime<Utc>, reason: String) -> Outcome {
    let made = keys.blocking(move |project| {
        let backup = backup::create(project, at, &reason)?;
        backup::verify(project, &backup)?;
        Ok::<_, BackupError>(backup)
    });
    let (standing, reason, facts) = match made.await {
        Ok(backup) => {
            let facts = BTreeMap::from([
                ("file".to_owned(), json!(backup.file)),
                ("keys".to_owned(), json!(backup.fingerprints.len())),
            ]);
            (CheckStatus::Proven, "backup_verified", facts)
        }
        Err(error) => failed(&error),
    };
    seen(standing, reason, facts)
}

type BackupLook = (CheckStatus, &'static str, BTreeMap<String, serde_json::Value>);

fn failed(error: &impl ToString) -> BackupLook {
    let facts = BTreeMap::from([("why".to_owned(), json!(error.to_string()))]);
    (CheckStatus::Missing, "backup_failed", facts)
}

fn seen(standing: CheckStatus, reason: &str, facts: BTreeMap<String, serde_json::Value>) -> Outcome {
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
