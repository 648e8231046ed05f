//! Keys that were replaced: a key that a backup holds and `.env` holds no more, with the one that took its place.
use super::Project;
use super::dotenv::{KeyValues, only};
use super::proofs::identity;
use super::providers::{Instance, Provider};
use crate::domain::cycle::Fingerprint;

/// A former key and its successor. The values live in memory, for as long as somebody asks about them.
#[derive(Clone)]
pub struct ReplacedKey {
    /// The provider that issued both.
    pub provider: Provider,
    /// The variables in which the former key stood.
    pub names: Vec<String>,
    /// The former key, by variable.
    pub old: KeyValues,
    /// Its successor, by variable; empty where none took its place.
    pub new: KeyValues,
    /// What tells the former key from others.
    pub old_print: Vec<Fingerprint>,
    /// What tells its successor from others.
    pub new_print: Vec<Fingerprint>,
}

impl ReplacedKey {
    /// The first among `former` for which `counts` holds, where no other key took its place. `None`: it is none that is whole.
    pub fn without_successor(
        project: &Project,
        provider: &Provider,
        former: &KeyValues,
        counts: impl Fn(&Instance) -> bool,
    ) -> Option<Self> {
        let old = provider.instances(former).into_iter().find(counts)?;
        Some(Self {
            old_print: identity(project, provider, &old)?,
            provider: provider.clone(),
            old: only(former, &old.names),
            new: KeyValues::new(),
            names: old.names,
            new_print: Vec::new(),
        })
    }
}

/// The keys of one provider that stand in `.env` now.
pub struct PresentKeys<'a> {
    project: &'a Project,
    provider: &'a Provider,
    prints: Vec<Vec<Fingerprint>>,
    new: KeyValues,
    new_print: Vec<Fingerprint>,
}

impl<'a> PresentKeys<'a> {
    /// `new`: which of them takes the place of former ones. `None` when that one is incomplete.
    pub fn of(project: &'a Project, provider: &'a Provider, present: &KeyValues, new: &Instance) -> Option<Self> {
        let today = provider.instances(present);
        Some(Self {
            prints: today
                .iter()
                .filter_map(|key| identity(project, provider, key))
                .collect(),
            new: only(present, &new.names),
            new_print: identity(project, provider, new)?,
            project,
            provider,
        })
    }

    /// Those among `former` that are not in `.env` any more and for which `counts` holds.
    pub fn replaced(&self, former: &KeyValues, counts: impl Fn(&Instance) -> bool) -> Vec<ReplacedKey> {
        let replaced = |old: Instance| {
            let old_print = identity(self.project, self.provider, &old)?;
            (counts(&old) && !self.prints.contains(&old_print)).then(|| ReplacedKey {
                provider: self.provider.clone(),
                old: only(former, &old.names),
                new: self.new.clone(),
                names: old.names,
                old_print,
                new_print: self.new_print.clone(),
            })
        };
        self.provider
            .instances(former)
            .into_iter()
            .filter_map(replaced)
            .collect()
    }
}
