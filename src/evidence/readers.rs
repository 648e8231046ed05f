//! Who still reads an old key: evidence of its own, beside the proofs that the key is dead and in place of none.
use super::collector::Collector;
use super::observation::Observation;
use crate::rotation::holders::{self, Holder, HolderPlace, Program, changed_at};
use crate::rotation::proofs::ProofSeries;
use crate::rotation::{Holders, KeyValues, Project, ReplacedKey};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::time::Duration;

/// A search that lasts longer is left out: the proofs do not wait for it.
const LONGEST: Duration = Duration::from_secs(7);
/// A reply names no more.
const MOST: usize = 3;

/// What a search for readers found.
pub(super) struct Readers(Holders);

/// Looks for whatever holds one of the old keys.
pub(super) async fn of(collector: &Collector, replaced: &[ReplacedKey]) -> Readers {
    let mut old = KeyValues::new();
    for key in replaced {
        old.extend(holders::replaced(key.old.clone(), &key.new));
    }
    let search = collector.keys.holders.clone();
    let found = collector.keys.blocking(move |project| search.find(project, &old));
    Readers(tokio::time::timeout(LONGEST, found).await.unwrap_or_default())
}

impl Readers {
    /// Puts what was found beside what is known about the old keys.
    pub(super) fn beside(
        &self,
        seen: Observation,
        known: &[ProofSeries],
        collector: &Collector,
        now: DateTime<Utc>,
    ) -> Observation {
        if !["old_keys_dead", "old_key_alive"].contains(&seen.reason) {
            return seen;
        }
        let project = &collector.keys.project;
        let mut holders: Vec<Holder> = Vec::new();
        for series in known {
            let since = series.alive_since.filter(|_| !series.is_settled());
            holders.extend(self.0.of(&series.keys, changed_at(project, since)));
        }
        holders.sort();
        holders.dedup();
        if holders.is_empty() {
            return if self.0.looked && !self.0.cut {
                seen.with("no_reader", true)
            } else {
                seen
            };
        }
        let readers: Vec<Value> = holders
            .iter()
            .take(MOST)
            .map(|holder| reader(holder, project, now))
            .collect();
        let more = holders.len() - readers.len();
        let seen = seen.with("readers", readers);
        if more == 0 { seen } else { seen.with("more", more) }
    }
}

/// In words of no language, as far as there are any.
fn reader(holder: &Holder, project: &Project, now: DateTime<Utc>) -> Value {
    match &holder.place {
        HolderPlace::Program { program, .. } => running(program, project, now),
        HolderPlace::MayHold { program } => {
            let mut reader = running(program, project, now);
            reader["perhaps"] = true.into();
            reader
        }
        HolderPlace::Exported { names } => json!({ "name": format!("${}", names.join(", $")) }),
        HolderPlace::EnvName { line, .. } | HolderPlace::EnvComment { line } => {
            json!({ "name": format!("{}:{line}", project.relative(&project.env)) })
        }
        HolderPlace::Profile { file, line } | HolderPlace::File { file, line } => {
            json!({ "name": format!("{file}:{line}") })
        }
    }
}

fn running(program: &Program, project: &Project, now: DateTime<Utc>) -> Value {
    let (name, pid) = (&program.name, program.pid);
    let Some(since) = program.since.map(|since| since.with_timezone(&project.zone)) else {
        return json!({ "name": name, "pid": pid });
    };
    let is_today = since.date_naive() == now.with_timezone(&project.zone).date_naive();
    let since = since.format(if is_today { "%H:%M" } else { "%Y-%m-%d" }).to_string();
    json!({ "name": name, "pid": pid, "since": since })
}
