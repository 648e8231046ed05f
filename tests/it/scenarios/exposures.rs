//! The exposed keys of a scenario, as a project's files would keep them.
use super::looks::{fingerprints, verdict};
use super::world::World;
use chrono::{DateTime, Utc};
use keyminder::domain::effect::Done;
use keyminder::domain::exposure::{ExposedKey, ExposureStanding};
use keyminder::domain::verdict::Life;
use keyminder::rotation::providers::Providers;
use std::collections::BTreeMap;

/// The fingerprint that a variable had, since when it is exposed, and when its clock stopped.
type Exposed = (String, DateTime<Utc>, Option<DateTime<Utc>>);

/// The exposed keys by variable.
#[derive(Default)]
pub struct Exposures(BTreeMap<String, Exposed>);

/// The names that the keys of a scenario have in `.env`: an alias means the same key.
fn in_env(names: &[String]) -> Vec<String> {
    let providers = Providers::builtin();
    let name = |name: &String| {
        let provider = providers.of_variable(name);
        let variable = provider.and_then(|provider| provider.variable(name));
        variable.map_or_else(|| name.clone(), |variable| variable.name.clone())
    };
    names.iter().map(name).collect()
}

impl Exposures {
    /// Notes which keys are exposed.
    pub fn mark(&mut self, world: &World, variables: &[String], all: bool, now: DateTime<Utc>) -> Done {
        let variables = in_env(variables);
        for (name, print) in fingerprints(world) {
            let opens = name != "BYBIT_API_KEY";
            if opens && (all || variables.contains(&name)) && self.0.get(&name).is_none_or(|known| known.0 != print) {
                self.0.insert(name, (print, now, None));
            }
        }
        Done::Changed
    }

    /// Notes that keys are exposed no longer.
    pub fn unmark(&mut self, variables: &[String], all: bool, but: &[String]) -> Done {
        let (variables, but) = (in_env(variables), in_env(but));
        self.0
            .retain(|name, _| but.contains(name) || !all && !variables.contains(name));
        Done::Changed
    }

    /// How exposed keys stand.
    pub fn look(&mut self, world: &World, variables: &[String], all: bool, now: DateTime<Utc>) -> Done {
        use ExposureStanding::{Absent, Dead, InUseAlive, InUseRefused, InUseUnknown, OldAlive, OldUnknown};
        let providers = Providers::builtin();
        let (prints, mut keys) = (fingerprints(world), Vec::<ExposedKey>::new());
        let running = self
            .0
            .iter()
            .filter(|(_, known)| known.2.is_none())
            .map(|(name, _)| name.clone());
        let mut names: Vec<String> = if all { running.collect() } else { in_env(variables) };
        names.sort();
        for name in names {
            let provider = providers.of_variable(&name);
            let known = self.0.get_mut(&name);
            let in_use = known.as_ref().is_some_and(|known| prints.get(&name) == Some(&known.0));
            let was_old = known.as_ref().is_none_or(|known| known.0.starts_with("old"));
            let life = provider.map_or(Life::Unknown, |provider| verdict(world, &provider.id, was_old).life());
            let standing = match (known.is_some(), in_use, life) {
                (false, ..) => Absent,
                (_, true, Life::Alive) => InUseAlive,
                (_, true, Life::Dead) => InUseRefused,
                (_, true, _) => InUseUnknown,
                (_, false, Life::Alive) => OldAlive,
                (_, false, Life::Dead) => Dead,
                (_, false, _) => OldUnknown,
            };
            let (mut since, mut ended_at, mut print) = (None, None, None);
            if let Some(known) = known {
                known.2 = known.2.or_else(|| standing.is_over().then_some(now));
                (since, ended_at, print) = (Some(known.1), known.2, Some(known.0.clone()));
            }
            let key = ExposedKey {
                is_rotating: false,
                id: provider.map_or_else(|| name.clone(), |provider| provider.id.clone()),
                title: provider.map_or_else(|| name.clone(), |provider| provider.title.clone()),
                manage_url: provider.map(|provider| provider.manage_url.clone()),
                fingerprints: print.into_iter().map(|print| (name.clone(), print)).collect(),
                variables: vec![name],
                since,
                standing,
                ended_at,
                next_proof_at: None,
            };
            // Of a pair the half that is exposed tells.
            if standing == Absent && keys.iter().any(|known| known.id == key.id) {
                continue;
            }
            keys.retain(|known| known.standing != Absent || known.id != key.id);
            keys.push(key);
        }
        Done::Watched { keys }
    }
}
