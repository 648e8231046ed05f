//! Keys changed: these providers' keys differ from those with which this cycle began, and work. An exposed value counts
//! as unchanged until it is another one. A pair is judged by its identifier: a new secret cannot go with an old id.
use super::collector::Collector;
use super::keys;
use super::keys_valid;
use super::observation::Observation;
use crate::domain::cycle::{Cycle, Fingerprint};
use crate::rotation::probe::Probed;
use crate::rotation::providers::Provider;
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) async fn observe(
    collector: &Collector,
    ids: &[String],
    cycle: &Cycle,
    now: DateTime<Utc>,
) -> Result<Observation, Observation> {
    let values = collector.env().await?.values();
    let providers: Vec<&Provider> = ids.iter().filter_map(|id| collector.keys.providers.get(id)).collect();
    let probed = keys::probed_all(collector, &providers, &values, now).await;
    if probed.is_empty() {
        let wanted: Vec<String> = providers
            .iter()
            .flat_map(|provider| &provider.variables)
            .map(|variable| variable.name.clone())
            .collect();
        return Ok(Observation::missing("keys_missing").with("keys", wanted));
    }
    let fingerprints = keys::fingerprints(collector, &values);
    let unchanged: Vec<&Probed> = probed
        .iter()
        .filter(|probed| !changed(collector, probed, cycle, &fingerprints))
        .collect();
    let mut verdicts = keys::facts(collector, &probed);
    for (fact, probed) in verdicts.as_array_mut().into_iter().flatten().zip(&probed) {
        fact["changed"] = Value::from(changed(collector, probed, cycle, &fingerprints));
    }
    if !unchanged.is_empty() {
        let names = keys::names(unchanged);
        let exposed: Vec<&String> = names
            .iter()
            .filter(|name| cycle.exposed.get(*name) == fingerprints.get(*name))
            .collect();
        let exposed: Vec<Value> = exposed.into_iter().map(|name| Value::from(name.as_str())).collect();
        return Ok(Observation::missing("keys_unchanged")
            .with("keys", names)
            .with("exposed", exposed)
            .with("verdicts", verdicts));
    }
    let observation = keys_valid::fault(collector, &probed, &values, now).await;
    let observation =
        observation.unwrap_or_else(|| Observation::proven("keys_changed").with("keys", keys::names(&probed)));
    Ok(observation.with("verdicts", verdicts))
}

fn changed(collector: &Collector, probed: &Probed, cycle: &Cycle, now: &BTreeMap<String, Fingerprint>) -> bool {
    let Some(provider) = collector.keys.providers.get(&probed.provider) else {
        return false;
    };
    is_changed(provider, &probed.variables, cycle, now)
}

/// Whether a key under these names is another one than the cycle began with.
pub(super) fn is_changed(
    provider: &Provider,
    names: &[String],
    cycle: &Cycle,
    now: &BTreeMap<String, Fingerprint>,
) -> bool {
    let differs = |name: &String, then: &BTreeMap<String, Fingerprint>| {
        then.get(name).is_some_and(|then| now.get(name) != Some(then))
    };
    let is_identifier = |name: &String| provider.variable(name).is_some_and(|variable| variable.identifier);
    let is_pair = names.iter().any(is_identifier);
    let telling = |name: &&String| !is_pair || is_identifier(name);
    // A name that the cycle began without had no earlier value: not changed yet.
    let replaced = names
        .iter()
        .filter(telling)
        .all(|name| differs(name, &cycle.fingerprints));
    let exposed_still = names
        .iter()
        .any(|name| cycle.exposed.get(name).is_some_and(|then| now.get(name) == Some(then)));
    replaced && !exposed_still
}
