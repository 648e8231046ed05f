//! Keys changed: these providers' keys differ from those with which this turn began, and work. An exposed value counts
//! as unchanged until it is another one. A pair is judged by its identifier: a new secret cannot go with an old id.
use super::keys;
use super::{Looker, Sight, keys_valid};
use crate::domain::cycle::{Cycle, Fingerprint};
use crate::rotation::probe::Probed;
use crate::rotation::providers::Provider;
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) async fn see(looker: &Looker, ids: &[String], cycle: &Cycle, now: DateTime<Utc>) -> Result<Sight, Sight> {
    let values = keys::values(&looker.env().await?);
    let providers: Vec<&Provider> = ids.iter().filter_map(|id| looker.providers.get(id)).collect();
    let probed = keys::probed_all(looker, &providers, &values, now).await;
    if probed.is_empty() {
        let wanted: Vec<String> = providers
            .iter()
            .flat_map(|provider| &provider.variables)
            .map(|variable| variable.name.clone())
            .collect();
        return Ok(Sight::missing("keys_missing").with("keys", wanted));
    }
    let fingerprints = keys::fingerprints(looker, &values);
    let unchanged: Vec<&Probed> = probed
        .iter()
        .filter(|probed| !changed(looker, probed, cycle, &fingerprints))
        .collect();
    let mut verdicts = keys::facts(looker, &probed);
    for (fact, probed) in verdicts.as_array_mut().into_iter().flatten().zip(&probed) {
        fact["changed"] = Value::from(changed(looker, probed, cycle, &fingerprints));
    }
    if !unchanged.is_empty() {
        let names = keys::names(unchanged);
        let exposed: Vec<&String> = names
            .iter()
            .filter(|name| cycle.exposed.get(*name) == fingerprints.get(*name))
            .collect();
        let exposed: Vec<Value> = exposed.into_iter().map(|name| Value::from(name.as_str())).collect();
        return Ok(Sight::missing("keys_unchanged")
            .with("keys", names)
            .with("exposed", exposed)
            .with("verdicts", verdicts));
    }
    let sight = keys_valid::fault(looker, &probed, &values, now).await;
    let sight = sight.unwrap_or_else(|| Sight::proven("keys_changed").with("keys", keys::names(&probed)));
    Ok(sight.with("verdicts", verdicts))
}

fn changed(looker: &Looker, probed: &Probed, cycle: &Cycle, now: &BTreeMap<String, Fingerprint>) -> bool {
    let Some(provider) = looker.providers.get(&probed.provider) else {
        return false;
    };
    is_changed(provider, &probed.variables, cycle, now)
}

/// Whether a key under these names is another one than the turn began with.
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
    // A name that the turn began without had no earlier value: not changed yet.
    let replaced = names
        .iter()
        .filter(telling)
        .all(|name| differs(name, &cycle.fingerprints));
    let exposed_still = names
        .iter()
        .any(|name| cycle.exposed.get(name).is_some_and(|then| now.get(name) == Some(then)));
    replaced && !exposed_still
}
