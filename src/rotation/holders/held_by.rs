//! Who holds the keys of rotations, and what stands in the way of their new values.
use super::exported::exported_otherwise;
use super::file_order::{OtherSetting, set_elsewhere};
use super::holder::{Holder, HolderPlace};
use super::old_values::{changed_at, of_rotation};
use super::search::HolderSearch;
use crate::rotation::Project;
use crate::rotation::dotenv::{KeyValues, only};
use crate::rotation::providers::Providers;
use crate::rotation::rotations::{Rotation, RotationStage};
use serde::Serialize;

/// Who holds the old key of a rotation; before there is a new one: the key that is to be replaced.
#[derive(Clone, Debug, Default, Serialize)]
pub struct HeldBy {
    /// The holders.
    pub holders: Vec<Holder>,
    /// Other files that set the variables.
    pub set_elsewhere: Vec<OtherSetting>,
    /// Variables that are exported with another value.
    pub exported_otherwise: Vec<String>,
    /// Whether all was looked through: a setting may forbid it, and a sealed backup hides what to look for.
    pub looked: bool,
    /// Whether the project was too large to be looked through to its end.
    pub cut: bool,
}

impl HeldBy {
    /// Whether nobody was found, where everybody was looked at.
    pub fn is_nobody(&self) -> bool {
        self.looked && !self.cut && self.holders.is_empty()
    }
}

/// One search for all of these rotations; what it found for each of them.
pub fn held_by(search: &HolderSearch, project: &Project, providers: &Providers, rotations: &[Rotation]) -> Vec<HeldBy> {
    let is_sought = |rotation: &Rotation| rotation.stage != RotationStage::RolledBack;
    let old: Vec<KeyValues> = rotations
        .iter()
        .map(|rotation| {
            is_sought(rotation)
                .then(|| of_rotation(project, rotation))
                .unwrap_or_default()
        })
        .collect();
    let all: KeyValues = old
        .iter()
        .flatten()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let found = search.find(project, &all);
    let env = project.read_env().ok();
    let exported = env
        .as_ref()
        .map(|env| exported_otherwise(search.environment(), env, providers))
        .unwrap_or_default();
    let of = |(rotation, old): (&Rotation, KeyValues)| {
        let names: Vec<String> = rotation.old.keys().cloned().collect();
        let may_hold_since = changed_at(project, rotation.written_at).filter(|_| !rotation.stage.is_over());
        let mut holders = found.of(&names, may_hold_since);
        if rotation.stage == RotationStage::BackedUp {
            holders
                .retain(|holder| !matches!(&holder.place, HolderPlace::EnvName { name, .. } if names.contains(name)));
        }
        let is_told = |name: &String| {
            let mut places = holders.iter().map(|holder| &holder.place);
            places.any(|place| matches!(place, HolderPlace::Exported { names } if names.contains(name)))
        };
        let exported = exported.iter().filter(|name| names.contains(name) && !is_told(name));
        HeldBy {
            exported_otherwise: exported.cloned().collect(),
            set_elsewhere: env
                .as_ref()
                .map(|env| set_elsewhere(project, &only(&env.values(), &names)))
                .unwrap_or_default(),
            looked: found.looked && !old.is_empty(),
            cut: found.cut,
            holders,
        }
    };
    rotations.iter().zip(old).map(of).collect()
}
