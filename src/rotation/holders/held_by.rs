//! Who holds the keys of rotations, and what stands in the way of their new values.
use super::exported::exported_otherwise;
use super::file_order::{OtherSetting, set_elsewhere};
use super::holder::{Holder, HolderPlace};
use super::old_values::{changed_at, of_rotation, replaced};
use super::search::{HolderSearch, Holders};
use crate::rotation::dotenv::{KeyValues, only};
use crate::rotation::exposed_values::GoneKeys;
use crate::rotation::providers::Providers;
use crate::rotation::rotations::{Rotation, RotationStage};
use crate::rotation::{EnvFile, Project};
use secrecy::SecretString;
use serde::Serialize;

/// Who holds the old key of a rotation; before there is a new one: the key that is to be replaced.
#[derive(Clone, Debug, Default, Serialize)]
pub struct HeldBy {
    /// Everything that holds it.
    pub holders: Vec<Holder>,
    /// Other files that set the variables.
    pub set_elsewhere: Vec<OtherSetting>,
    /// Variables that are exported with another value.
    pub exported_otherwise: Vec<String>,
    /// Whether all was looked through: a setting may forbid it, and a sealed backup hides what to look for.
    pub looked: bool,
    /// Whether the project was too large to be looked through to its end.
    pub cut: bool,
    /// Whether among what was looked for is an exposed key that is not proven dead.
    pub exposed: bool,
}

/// The keys of one rotation whose holders are looked for.
#[derive(Default)]
struct SoughtKeys {
    values: Vec<(String, SecretString)>,
    /// An exposed key is among them.
    exposed: bool,
    /// Of one of them no backup can be read.
    unreadable: bool,
}

impl From<KeyValues> for SoughtKeys {
    fn from(values: KeyValues) -> Self {
        Self {
            values: values.into_iter().collect(),
            ..Self::default()
        }
    }
}

impl SoughtKeys {
    /// With the exposed keys that `.env` holds no more.
    fn with(mut self, gone: GoneKeys) -> Self {
        self.exposed = !gone.exposures.is_empty();
        self.unreadable = gone.unreadable;
        for key in gone.replaced {
            self.values.extend(replaced(key.old, &key.new));
        }
        self
    }
}

/// What cannot be read hides what to look for.
fn exposed(project: &Project, providers: &Providers, rotation: &Rotation) -> GoneKeys {
    GoneKeys::of(project, providers, &rotation.provider).unwrap_or_else(|_| GoneKeys {
        unreadable: true,
        ..GoneKeys::default()
    })
}

impl HeldBy {
    /// Whether nobody was found, where everybody was looked at.
    pub fn is_nobody(&self) -> bool {
        self.looked && !self.cut && self.holders.is_empty()
    }
}

/// One search for all of these rotations that `is_sought` lets pass; what it found for each of them.
pub fn held_by(
    search: &HolderSearch,
    project: &Project,
    providers: &Providers,
    rotations: &[Rotation],
    is_sought: impl Fn(&Rotation) -> bool,
) -> Vec<HeldBy> {
    let env = project.read_env().ok();
    let present = env.as_ref().map(EnvFile::values).unwrap_or_default();
    let old = |rotation: &Rotation| match rotation.stage {
        _ if !is_sought(rotation) => SoughtKeys::default(),
        RotationStage::BackedUp => SoughtKeys::from(of_rotation(project, rotation)),
        // What came back is no old value.
        RotationStage::RolledBack => SoughtKeys::default(),
        _ => SoughtKeys::from(replaced(of_rotation(project, rotation), &present))
            .with(exposed(project, providers, rotation)),
    };
    let old: Vec<SoughtKeys> = rotations.iter().map(old).collect();
    let all: Vec<(String, SecretString)> = old.iter().flat_map(|old| old.values.clone()).collect();
    let found = search.find(project, providers, &all);
    let of = |(rotation, old): (&Rotation, SoughtKeys)| {
        let names: Vec<String> = rotation.old.keys().cloned().collect();
        let mut of = HeldBy {
            holders: holders(project, rotation, &found, &old),
            looked: found.looked && !old.values.is_empty() && !old.unreadable,
            exposed: old.exposed,
            cut: found.cut,
            ..HeldBy::default()
        };
        if let Some(env) = &env {
            of.set_elsewhere = set_elsewhere(project, &only(&present, &names));
            of.exported_otherwise = exported_otherwise(search.environment(), env, providers);
            of.exported_otherwise
                .retain(|name| names.contains(name) && !of.holders.iter().any(|held| exports(held, name)));
        }
        of
    };
    rotations.iter().zip(old).map(of).collect()
}

fn holders(project: &Project, rotation: &Rotation, found: &Holders, old: &SoughtKeys) -> Vec<Holder> {
    let variables: Vec<String> = old.values.iter().map(|(name, _)| name.clone()).collect();
    let changed_at = changed_at(project, rotation.written_at).filter(|_| !rotation.stage.is_over());
    let mut holders = found.of(&variables, changed_at);
    if rotation.stage == RotationStage::BackedUp {
        let is_own = |holder: &Holder| match &holder.place {
            HolderPlace::EnvName { name, .. } => rotation.old.contains_key(name),
            _ => false,
        };
        holders.retain(|holder| !is_own(holder));
    }
    holders
}

fn exports(holder: &Holder, name: &String) -> bool {
    matches!(&holder.place, HolderPlace::Exported { names } if names.contains(name))
}
