//! The exposed keys of a scenario, as a project's files would keep them.
use super::looks::{fingerprints, verdict};
use super::transcript::Given;
use super::world::World;
use chrono::{DateTime, Utc};
use keyminder::domain::effect::{Done, Effect, NewEffect};
use keyminder::domain::exposure::{ExposedKey, ExposureStanding};
use keyminder::domain::verdict::Life;
use keyminder::rotation::providers::Providers;

/// A value of a variable that others could read, by its fingerprint.
struct Exposure {
    variable: String,
    print: String,
    since: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

/// The exposed values, the newest last; whether looks at them take their time.
#[derive(Default)]
pub struct Exposures(Vec<Exposure>, bool);

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
    pub fn given(&mut self, given: &Given) {
        match given {
            Given::SlowLooks(slow) => self.1 = *slow,
            Given::TakenBack(id) => {
                let providers = Providers::builtin();
                let is_its = |name: &str| providers.of_variable(name).is_some_and(|of| of.id == *id);
                self.0.retain(|known| !is_its(&known.variable));
            }
            _ => {}
        }
    }

    /// Whether a look is under way still.
    pub fn is_held(&self, wanted: &NewEffect) -> bool {
        self.1 && matches!(wanted.effect, Effect::WatchExposed { .. })
    }

    pub fn perform(&mut self, world: &World, effect: &Effect, now: DateTime<Utc>) -> Done {
        match effect {
            Effect::MarkExposed { variables, all, former } => self.mark(world, variables, (*all, former), now),
            Effect::UnmarkExposed {
                variables,
                all,
                but,
                former,
            } => self.unmark(world, &[variables.as_slice(), former].concat(), *all, but),
            Effect::WatchExposed { variables, all, former } => self.look(world, variables, (*all, former), now),
            _ => Done::Changed,
        }
    }

    /// Notes which keys are exposed.
    fn mark(
        &mut self,
        world: &World,
        variables: &[String],
        (all, former): (bool, &[String]),
        now: DateTime<Utc>,
    ) -> Done {
        let (variables, former) = (in_env(variables), in_env(former));
        for (variable, mut print) in fingerprints(world) {
            if former.contains(&variable) {
                print = print.replace("new ", "old ");
                if fingerprints(world)[&variable] == print {
                    continue;
                }
            }
            let is_known = |known: &Exposure| known.variable == variable && known.print == print;
            let opens = variable != "BYBIT_API_KEY";
            if opens
                && (all || variables.contains(&variable) || former.contains(&variable))
                && !self.0.iter().any(is_known)
            {
                self.0.push(Exposure {
                    variable,
                    print,
                    since: now,
                    ended_at: None,
                });
            }
        }
        Done::Changed
    }

    /// Notes that keys are exposed no longer: of each its value in `.env`, else its newest one.
    fn unmark(&mut self, world: &World, variables: &[String], all: bool, but: &[String]) -> Done {
        let (variables, but, prints) = (in_env(variables), in_env(but), fingerprints(world));
        let is_meant =
            |known: &Exposure| (all || variables.contains(&known.variable)) && !but.contains(&known.variable);
        let is_present = |known: &Exposure| prints.get(&known.variable) == Some(&known.print);
        let (mut left, mut gone) = (Vec::<Exposure>::new(), Vec::<String>::new());
        let mut all_known = std::mem::take(&mut self.0);
        all_known.sort_by_key(|known| (is_present(known), known.since));
        for known in all_known.into_iter().rev() {
            if is_meant(&known) && !gone.contains(&known.variable) {
                gone.push(known.variable);
            } else {
                left.insert(0, known);
            }
        }
        self.0 = left;
        Done::Changed
    }

    /// How exposed keys stand.
    fn look(
        &mut self,
        world: &World,
        variables: &[String],
        (all, former): (bool, &[String]),
        now: DateTime<Utc>,
    ) -> Done {
        let former = in_env(former);
        let prints = fingerprints(world);
        let running = self.0.iter().filter(|known| known.ended_at.is_none());
        let running: Vec<String> = running.map(|known| known.variable.clone()).collect();
        let mut names: Vec<String> = if all { running.clone() } else { in_env(variables) };
        names.extend(former.iter().cloned());
        names.sort();
        names.dedup();
        let mut keys = Vec::<ExposedKey>::new();
        for name in names {
            let runs = running.contains(&name);
            let own = self.0.iter_mut().filter(|known| known.variable == name);
            let mut own: Vec<&mut Exposure> = own.filter(|known| !runs || known.ended_at.is_none()).collect();
            if former.contains(&name) {
                own.retain(|known| prints.get(&name) != Some(&known.print));
                if own.is_empty() {
                    keys.push(key(&name, ExposureStanding::NoFormer, None));
                }
            }
            // One that stands in `.env` and was taken back is not spoken of.
            if own.is_empty() && !prints.contains_key(&name) {
                let absent = key(&name, ExposureStanding::Absent, None);
                // Of a pair the half that is exposed tells.
                if !keys.iter().any(|known| known.id == absent.id) {
                    keys.push(absent);
                }
            }
            for known in &mut own {
                let standing = standing(world, known, prints.get(&name) == Some(&known.print));
                known.ended_at = known.ended_at.or_else(|| standing.is_over().then_some(now));
                let key = key(&name, standing, Some(known));
                keys.retain(|other| other.standing != ExposureStanding::Absent || other.id != key.id);
                keys.push(key);
            }
        }
        Done::Watched { keys }
    }
}

fn standing(world: &World, known: &Exposure, in_use: bool) -> ExposureStanding {
    use ExposureStanding::{Dead, InUseAlive, InUseRefused, InUseUnknown, OldAlive, OldUnknown};
    let providers = Providers::builtin();
    let provider = providers.of_variable(&known.variable);
    let was_old = known.print.starts_with("old");
    let life = provider.map_or(Life::Unknown, |provider| verdict(world, &provider.id, was_old).life());
    match (in_use, life) {
        (true, Life::Alive) => InUseAlive,
        (true, Life::Dead) => InUseRefused,
        (true, _) => InUseUnknown,
        (false, Life::Alive) => OldAlive,
        (false, Life::Dead) => Dead,
        (false, _) => OldUnknown,
    }
}

fn key(name: &str, standing: ExposureStanding, known: Option<&Exposure>) -> ExposedKey {
    let providers = Providers::builtin();
    let provider = providers.of_variable(name);
    let prints = known.map(|known| (name.to_owned(), known.print.clone()));
    ExposedKey {
        is_rotating: false,
        is_newer: false,
        id: provider.map_or_else(|| name.to_owned(), |provider| provider.id.clone()),
        title: provider.map_or_else(|| name.to_owned(), |provider| provider.title.clone()),
        manage_url: provider.map(|provider| provider.manage_url.clone()),
        fingerprints: prints.into_iter().collect(),
        variables: vec![name.to_owned()],
        since: known.map(|known| known.since),
        standing,
        ended_at: known.and_then(|known| known.ended_at),
        next_proof_at: None,
    }
}
