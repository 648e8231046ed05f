//! What looks and probes would see in the world of a scenario: the facts that the replies' sentences need, no more.
use super::world::{PROVIDERS, Values, World};
use chrono::{DateTime, Utc};
use keyminder::domain::cycle::Cycle;
use keyminder::domain::effect::KeyState;
use keyminder::domain::evidence::{Check, CheckStatus, Evidence};
use keyminder::domain::verdict::{Life, Verdict};
use keyminder::rotation::providers::{Provider, Providers};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A key of a provider, as it is now.
struct Present {
    provider: String,
    variables: Vec<String>,
    verdict: Verdict,
    changed: bool,
}

/// The backup that begins a turn.
pub fn backed_up(world: &World, cycle: Option<&Cycle>, now: DateTime<Utc>) -> Evidence {
    if !world.has_env {
        return saw(
            &Check::Backup,
            CheckStatus::Missing,
            "backup_failed",
            json!({ "why": "there is no .env" }),
            now,
        );
    }
    let begun = cycle.map(|cycle| Cycle {
        fingerprints: fingerprints(world),
        ..cycle.clone()
    });
    let facts = json!({ "file": FILE, "keys": 6, "cycle": begun });
    saw(&Check::Backup, CheckStatus::Proven, "backup_verified", facts, now)
}

const FILE: &str = "backups/api_keys/env_backup_20260105_100000";

/// A probe of these variables, or of all.
pub fn probed(world: &World, variables: &[String], cycle: Option<&Cycle>) -> Vec<KeyState> {
    let providers = Providers::builtin();
    let mut states = Vec::new();
    for provider in providers.all() {
        let named = variables.iter().any(|name| provider.variable(name).is_some());
        let all = variables.is_empty() && world.present().contains_key(&provider.id);
        if !named && !all {
            continue;
        }
        let present = keys(world, cycle).into_iter().find(|key| key.provider == provider.id);
        let variables = || {
            provider
                .variables
                .iter()
                .map(|variable| variable.name.clone())
                .collect()
        };
        states.push(KeyState {
            asked_as: None,
            provider: provider.id.clone(),
            title: provider.title.clone(),
            variables: present.as_ref().map_or_else(variables, |key| key.variables.clone()),
            verdict: present.as_ref().map_or(Verdict::Missing, |key| key.verdict),
            because: None,
            changed: present.as_ref().and_then(|key| cycle.map(|_| key.changed)),
            fingerprint: present.and_then(|key| fingerprints(world).get(key.variables.last()?).cloned()),
            expires_at: None,
            permissions: permissions(&provider.id),
        });
    }
    states
}

/// What the stand-in of Bybit tells of each of its keys.
fn permissions(provider: &str) -> Vec<String> {
    let told = [
        "ContractTrade.Order",
        "ContractTrade.Position",
        "Spot.SpotTrade",
        "Wallet.AccountTransfer",
    ];
    told.iter()
        .filter(|_| provider == "bybit")
        .map(|&one| one.to_owned())
        .collect()
}

/// What a check sees.
pub fn look(
    world: &World,
    check: &Check,
    cycle: &Cycle,
    schedule: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Evidence {
    let (standing, reason, facts) = match check {
        Check::ScheduleAhead => match schedule {
            Some(at) => (
                CheckStatus::Proven,
                "schedule_ahead",
                json!({ "date": at.date_naive() }),
            ),
            None => (CheckStatus::Missing, "schedule_missing", json!({})),
        },
        Check::MonitorRan => (CheckStatus::Proven, "monitor_ran", json!({})),
        Check::File { path, .. } => {
            let (standing, reason) = if world.dir().join(path).exists() {
                (CheckStatus::Proven, "file_ok")
            } else {
                (CheckStatus::Missing, "file_missing")
            };
            (standing, reason, json!({ "path": path }))
        }
        _ if !world.has_env => (CheckStatus::Missing, "env_missing", json!({ "file": ".env" })),
        Check::Backup => (
            CheckStatus::Proven,
            "backup_verified",
            json!({ "file": FILE, "keys": 6 }),
        ),
        Check::Rotator { .. } => {
            let facts = json!({ "path": "keyminder rotate plan", "keys": names(&keys(world, Some(cycle))) });
            (CheckStatus::Proven, "rotator_ready", facts)
        }
        Check::KeysChanged { providers } => {
            let mut all = keys(world, Some(cycle));
            all.retain(|key| providers.contains(&key.provider));
            let (changed, unchanged): (Vec<_>, Vec<_>) = all.into_iter().partition(|key| key.changed);
            if unchanged.is_empty() {
                alive(&changed, "keys_changed")
            } else {
                let facts = json!({ "keys": names(&unchanged) });
                (CheckStatus::Missing, "keys_unchanged", facts)
            }
        }
        Check::KeysValid => alive(&keys(world, Some(cycle)), "keys_valid"),
        Check::OldKeysDead => old_keys(world, &keys(world, Some(cycle))),
        Check::Http { .. } | Check::Date { .. } | Check::Git { .. } | Check::Command { .. } => {
            unreachable!("no page of the scenarios has such a check")
        }
    };
    saw(check, standing, reason, facts, now)
}

fn alive(keys: &[Present], well: &'static str) -> (CheckStatus, &'static str, Value) {
    let of = |wanted: fn(Life) -> bool| names(keys.iter().filter(|key| wanted(key.verdict.life())));
    let dead = of(|life| life == Life::Dead);
    let silent = of(|life| life != Life::Alive && life != Life::Dead);
    match (dead.is_empty(), silent.is_empty()) {
        (true, true) => (CheckStatus::Proven, well, json!({ "keys": names(keys) })),
        (false, _) => (CheckStatus::Missing, "keys_not_valid", json!({ "keys": dead })),
        (true, false) => (CheckStatus::Unknown, "keys_unknown", json!({ "keys": silent })),
    }
}

fn old_keys(world: &World, keys: &[Present]) -> (CheckStatus, &'static str, Value) {
    let (changed, unchanged): (Vec<_>, Vec<_>) = keys.iter().partition(|key| key.changed);
    if changed.is_empty() {
        return (CheckStatus::Missing, "not_rotated", json!({ "keys": names(unchanged) }));
    }
    let dead = |key: &Present| verdict(world, &key.provider, true).life() == Life::Dead;
    let living = changed.iter().copied().filter(|key| !dead(key));
    let providers: Vec<Value> = living
        .map(|key| provider(&key.provider))
        .map(|provider| json!({ "title": provider.title, "manage_url": provider.manage_url }))
        .collect();
    if !providers.is_empty() {
        return (CheckStatus::Missing, "old_key_alive", json!({ "alive": providers }));
    }
    (CheckStatus::Proven, "old_keys_dead", json!({ "keys": names(changed) }))
}

fn keys(world: &World, cycle: Option<&Cycle>) -> Vec<Present> {
    let prints = fingerprints(world);
    let present = world.present();
    let mut keys = Vec::new();
    for id in PROVIDERS {
        let Some(values) = present.get(id) else { continue };
        let variables = provider(id).variables.into_iter().map(|variable| variable.name);
        let variables: Vec<String> = variables.filter(|name| values.contains_key(name)).collect();
        let differs = |name: &String| {
            cycle.is_some_and(|cycle| {
                let then = cycle.fingerprints.get(name);
                let exposed = cycle.exposed.get(name) == prints.get(name);
                then.is_some() && then != prints.get(name) && !exposed
            })
        };
        let changed = variables.iter().all(differs);
        let verdict = verdict(world, id, !world.replaced.iter().any(|replaced| replaced == id));
        keys.push(Present {
            provider: id.to_owned(),
            variables,
            verdict,
            changed,
        });
    }
    keys
}

pub(super) fn verdict(world: &World, provider: &str, old: bool) -> Verdict {
    match world.states.get(&(provider.to_owned(), old)).map(String::as_str) {
        None | Some("live") => Verdict::Valid,
        Some("limited") => Verdict::ValidLimited,
        Some("rate_limited") => Verdict::RateLimited,
        Some("down") => Verdict::ProviderDown,
        Some(_) => Verdict::Invalid,
    }
}

pub(super) fn fingerprints(world: &World) -> BTreeMap<String, String> {
    let of = |(provider, values): (&String, &Values)| {
        let which = if world.replaced.contains(provider) {
            "new"
        } else {
            "old"
        };
        let print = |name: &String| (name.clone(), format!("{which} {name}"));
        values.keys().map(print).collect::<Vec<_>>()
    };
    world.present().iter().flat_map(of).collect()
}

fn provider(id: &str) -> Provider {
    Providers::builtin().get(id).expect("a built-in provider").clone()
}

fn names<'k>(keys: impl IntoIterator<Item = &'k Present>) -> Vec<String> {
    keys.into_iter().flat_map(|key| key.variables.clone()).collect()
}

fn saw(check: &Check, standing: CheckStatus, reason: &str, facts: Value, now: DateTime<Utc>) -> Evidence {
    Evidence {
        check: check.clone(),
        standing,
        reason: reason.to_owned(),
        facts: serde_json::from_value(facts).expect("facts are an object"),
        gathered_at: now,
    }
}
