//! Who still reads an old key: evidence of its own, beside the proofs that the key is dead and in place of none.
use super::collector::Collector;
use super::observation::Observation;
use crate::domain::key_dates::{KeyHolders, NamedHolder};
use crate::rotation::holders::{self, HeldBy, Holder, HolderPlace, Program, changed_at};
use crate::rotation::proofs::ProofSeries;
use crate::rotation::{Holders, Project, ReplacedKey};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// A search that lasts longer is left out: the proofs do not wait for it.
const LONGEST: Duration = Duration::from_secs(7);
/// A reply names no more.
const MOST: usize = 3;

/// What a search for readers found.
pub(super) struct Readers(Holders);

/// Looks for whatever holds one of the old keys.
pub(super) async fn of(collector: &Collector, replaced: &[ReplacedKey]) -> Readers {
    // One variable may have had several values.
    let values = |key: &ReplacedKey| holders::replaced(key.old.clone(), &key.new);
    let old: Vec<_> = replaced.iter().flat_map(values).collect();
    let (search, providers) = (collector.keys.holders.clone(), Arc::clone(&collector.keys.providers));
    let found = collector
        .keys
        .blocking(move |project| search.find(project, &providers, &old));
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
            .map(|holder| json!(reader(holder, project, now)))
            .collect();
        let more = holders.len() - readers.len();
        let seen = seen.with("readers", readers);
        if more == 0 { seen } else { seen.with("more", more) }
    }
}

/// Who holds an old key of these, for people: the first few, and how many more.
pub fn named(held_by: &HeldBy, project: &Project, now: DateTime<Utc>) -> KeyHolders {
    let holders = &held_by.holders;
    KeyHolders {
        named: holders
            .iter()
            .take(MOST)
            .map(|holder| reader(holder, project, now))
            .collect(),
        more: holders.len().saturating_sub(MOST),
        looked: held_by.looked && !held_by.cut,
    }
}

/// In words of no language, as far as there are any.
fn reader(holder: &Holder, project: &Project, now: DateTime<Utc>) -> NamedHolder {
    let place = |name: String| NamedHolder {
        name,
        ..NamedHolder::default()
    };
    match &holder.place {
        HolderPlace::Program { program, .. } => running(program, project, now),
        HolderPlace::MayHold { program } => NamedHolder {
            perhaps: Some(true),
            ..running(program, project, now)
        },
        HolderPlace::Exported { names } => place(format!("${}", names.join(", $"))),
        HolderPlace::EnvName { line, .. } | HolderPlace::EnvComment { line } => {
            place(format!("{}:{line}", project.relative(&project.env)))
        }
        HolderPlace::Profile { file, line } | HolderPlace::File { file, line } => place(format!("{file}:{line}")),
    }
}

fn running(program: &Program, project: &Project, now: DateTime<Utc>) -> NamedHolder {
    let zone = project.zone;
    let since = program.since.map(|since| {
        let since = since.with_timezone(&zone);
        let is_today = since.date_naive() == now.with_timezone(&zone).date_naive();
        since.format(if is_today { "%H:%M" } else { "%Y-%m-%d" }).to_string()
    });
    NamedHolder {
        name: program.name.clone(),
        pid: Some(program.pid),
        since,
        perhaps: None,
    }
}
