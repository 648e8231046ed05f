//! What `rotate` says of who holds a key: at the start, before the old key is deleted, and after.
use super::context::RotateContext;
use crate::cli::holders::{cut, exported, named};
use crate::rotation::EnvFile;
use crate::rotation::holders::{HeldBy, held_by};
use crate::rotation::rotations::{Rotation, RotationStage};
use chrono::Utc;
use std::collections::BTreeMap;

/// Who holds the keys of these rotations, as far as `is_sought` lets them pass.
pub(super) fn of(
    context: &RotateContext,
    rotations: &[Rotation],
    is_sought: impl Fn(&Rotation) -> bool,
) -> Vec<HeldBy> {
    let keys = &context.keys;
    held_by(&keys.holders, &keys.project, &keys.providers, rotations, is_sought)
}

/// Whether a new value took the place of the old one.
pub(super) fn is_replaced(rotation: &Rotation) -> bool {
    !matches!(rotation.stage, RotationStage::BackedUp | RotationStage::RolledBack)
}

/// The same by the providers' ids.
pub(super) fn by_provider<'a>(rotations: &'a [Rotation], held_by: &'a [HeldBy]) -> BTreeMap<&'a str, &'a HeldBy> {
    let providers = rotations.iter().map(|rotation| rotation.provider.as_str());
    providers.zip(held_by).collect()
}

/// What will have to follow the new value, told when the rotation begins.
pub(super) fn before_the_change(context: &RotateContext, rotation: &Rotation, held_by: &HeldBy) {
    let (now, zone) = (Utc::now(), context.keys.project.zone);
    let env = context.keys.project.read_env().ok();
    let line_of = |name: &str| {
        let mut entries = env.iter().flat_map(EnvFile::entries);
        entries.find(|entry| entry.name == name).map_or(0, |entry| entry.line)
    };
    let twin = |(twin, own): (&String, &String)| {
        let line = line_of(twin);
        format!(".env, line {line}: {twin} holds the same value as {own}: it is changed together with it")
    };
    let mut lines: Vec<String> = rotation.twins.iter().map(twin).collect();
    if rotation.stage == RotationStage::BackedUp {
        lines.extend(held_by.holders.iter().map(|holder| holder.before_the_change(now, zone)));
    }
    lines.extend(beside(held_by));
    for line in cut(&lines) {
        println!("  note: {line}");
    }
}

/// What is to be done about holders before the old key is deleted.
pub(super) fn before(context: &RotateContext, held_by: &HeldBy, delete: &str) -> String {
    if held_by.holders.is_empty() {
        return format!("restart what reads .env, {delete}");
    }
    let holders = named(&context.keys, &held_by.holders);
    format!("restart or change what still holds the old key ({holders}); only then {delete}")
}

/// Below the table of `rotate status`: each holder of an old key, or that nobody is left.
pub(super) fn status(context: &RotateContext, rotations: &[Rotation], held_by: &[HeldBy]) {
    let (now, zone) = (Utc::now(), context.keys.project.zone);
    for (rotation, held_by) in rotations.iter().zip(held_by) {
        let id = &rotation.provider;
        let mut lines = Vec::new();
        if is_replaced(rotation) {
            let is_dead = rotation.stage == RotationStage::Retired && !held_by.exposed;
            lines.extend(held_by.holders.iter().map(|holder| holder.in_words(is_dead, now, zone)));
            if held_by.is_nobody() {
                lines.push("no reader left: nothing that was looked at here holds the old key".to_owned());
            }
        }
        lines.extend(beside(held_by));
        for line in cut(&lines) {
            println!("{id}: {line}");
        }
    }
}

/// What stands in the new value's way.
fn beside(held_by: &HeldBy) -> impl Iterator<Item = String> {
    let set = held_by.set_elsewhere.iter().map(ToString::to_string);
    let cut = held_by
        .cut
        .then(|| "the project is large: not all of its files were looked through".to_owned());
    set.chain(held_by.exported_otherwise.iter().map(|name| exported(name)))
        .chain(cut)
}
