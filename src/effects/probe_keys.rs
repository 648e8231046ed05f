//! `ProbeKeys`: one harmless call for each key that is named, and whether its value really changed.
use super::context::EffectContext;
use crate::domain::cycle::Cycle;
use crate::domain::effect::{Done, KeyState, Outcome};
use crate::domain::ids::PageId;
use crate::domain::page::PageState;
use crate::domain::verdict::Verdict;
use crate::rotation::keyring::meant;
use crate::rotation::probe::Probed;
use crate::rotation::providers::Provider;
use crate::rotation::{EnvFile, Keyring, Project};
use chrono::Utc;
use std::sync::Arc;

pub(super) async fn perform(context: &EffectContext, keys: &Keyring, page: &PageId, variables: &[String]) -> Outcome {
    let cycle = cycle(context, page).await;
    let Ok(env) = keys.blocking(Project::read_env).await else {
        return Outcome::Done {
            result: Done::Probed {
                keys: missing(keys, variables),
            },
        };
    };
    let values = env.values();
    let env = Arc::new(env);
    let (providers, names, file) = (Arc::clone(&keys.providers), variables.to_vec(), Arc::clone(&env));
    let meant = keys
        .blocking(move |project| meant(project, &providers, Some(&file), &names))
        .await;
    let mut wanted: Vec<&Provider> = Vec::new();
    for provider in keys.providers.all() {
        if meant.contains_key(&provider.id) || variables.is_empty() && !provider.instances(&values).is_empty() {
            wanted.push(provider);
        }
    }
    let mut states = Vec::with_capacity(wanted.len());
    for provider in wanted {
        let probed = keys.prober.probe(provider, &values, Utc::now()).await;
        let mut state = state(keys, provider, &env, cycle.as_ref(), &probed);
        state.asked_as = meant.get(&provider.id).filter(|id| **id != provider.id).cloned();
        states.push(state);
    }
    Outcome::Done {
        result: Done::Probed { keys: states },
    }
}

/// The page's present cycle: only against its first fingerprints can a value be called changed.
async fn cycle(context: &EffectContext, page: &PageId) -> Option<Cycle> {
    let (_, state) = context.store.page(page).await.ok()??;
    serde_json::from_value::<PageState>(state).ok()?.cycle
}

fn state(keys: &Keyring, provider: &Provider, env: &EnvFile, cycle: Option<&Cycle>, probed: &Probed) -> KeyState {
    let variables = named(provider, probed);
    let print = |variable: &String| env.get(variable).map(|value| keys.project.fingerprint(variable, value));
    let secret = variables.iter().rev().find(|variable| env.get(variable).is_some());
    let changed = cycle.map(|cycle| cycle.under(keys.project.key_id())).and_then(|cycle| {
        let compared: Vec<bool> = variables
            .iter()
            .filter_map(|variable| {
                let before = cycle.exposed.get(variable).filter(|print| !print.is_empty());
                let before = before.or_else(|| cycle.fingerprints.get(variable))?;
                Some(print(variable)? != *before)
            })
            .collect();
        (!compared.is_empty()).then(|| compared.iter().all(|changed| *changed))
    });
    KeyState {
        asked_as: None,
        provider: provider.id.clone(),
        title: provider.title.clone(),
        verdict: probed.verdict,
        because: probed.because(),
        changed,
        fingerprint: secret.and_then(print),
        expires_at: probed.captures.expires_at,
        permissions: permissions(probed),
        variables,
    }
}

/// What the key may do, with what its provider tells beside it.
fn permissions(probed: &Probed) -> Vec<String> {
    let read_only = probed.captures.read_only == Some(true);
    let read_only = read_only.then(|| "read-only".to_owned());
    read_only
        .into_iter()
        .chain(probed.captures.permissions.iter().cloned())
        .collect()
}

fn named(provider: &Provider, probed: &Probed) -> Vec<String> {
    if probed.variables.is_empty() {
        return provider
            .variables
            .iter()
            .map(|variable| variable.name.clone())
            .collect();
    }
    probed.variables.clone()
}

fn missing(keys: &Keyring, variables: &[String]) -> Vec<KeyState> {
    let providers = keys
        .providers
        .all()
        .iter()
        .filter(|p| variables.iter().any(|name| p.variable(name).is_some()));
    let missing = |provider: &Provider| KeyState {
        asked_as: None,
        provider: provider.id.clone(),
        title: provider.title.clone(),
        variables: provider
            .variables
            .iter()
            .map(|variable| variable.name.clone())
            .collect(),
        verdict: Verdict::Missing,
        because: None,
        changed: None,
        fingerprint: None,
        expires_at: None,
        permissions: Vec::new(),
    };
    providers.map(missing).collect()
}
