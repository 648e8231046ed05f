//! The cycle of the rotation that is under way, in `state/cycle.json`: when it began, what the keys were, what was exposed.
//! Whoever begins first, the bot or `rotate start`, writes it; the other one adopts what stands there.
use super::Project;
use super::backup::{self, Backup};
use super::replace;
use super::rotations;
use super::state_file::{StateError, load, store};
use crate::domain::cycle::{Cycle, Fingerprint};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const NAME: &str = "cycle.json";

/// The file: the cycle, and whether it is over.
#[derive(Serialize, Deserialize)]
struct Kept {
    #[serde(flatten)]
    cycle: Cycle,
    /// A page follows it: it goes on until that is finished.
    #[serde(default)]
    on_page: bool,
    /// When all of its page was proven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended_at: Option<DateTime<Utc>>,
}

/// A cycle that is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnderWay {
    /// When it began, and what the keys were then.
    pub cycle: Cycle,
    /// A proven backup of the present `.env`, made in this cycle; of a pipe there is none.
    pub backup: Option<Backup>,
    /// Somebody else began it.
    pub adopted: bool,
}

/// The last cycle that began, if one has.
pub fn current(project: &Project) -> Result<Option<Cycle>, StateError> {
    Ok(kept(project)?.map(|kept| kept.cycle))
}

/// Adopts the cycle that is under way, or begins the next one: a verified backup first, then the fingerprints of all keys.
/// `page`: the number that a page means at least, so that one that was opened again does not find its last cycle. A
/// repeat with the same `at` finds what the first time began.
pub fn begin(project: &Project, at: DateTime<Utc>, page: Option<u32>) -> Result<UnderWay, StateError> {
    let _lock = replace::lock(&project.state_dir)?;
    let (former, number) = (kept(project)?, page.unwrap_or(1));
    if let Some(former) = &former
        && former.cycle.number >= number
        && (former.cycle.began_at == at || goes_on(project, former)?)
    {
        let cycle = former.cycle.clone();
        let backup = backup_of(project, &cycle, at)?;
        if page.is_some() && !former.on_page {
            save(project, &cycle, true, None)?;
        }
        let adopted = cycle.began_at != at;
        return Ok(UnderWay { cycle, backup, adopted });
    }
    let next = former.as_ref().map_or(1, |former| former.cycle.number + 1).max(number);
    let backup = if project.env_is_pipe() {
        None
    } else {
        Some(backup::create(project, at, &format!("cycle {next} begins"))?)
    };
    let cycle = Cycle {
        number: next,
        began_at: at,
        key: project.key_id().to_owned(),
        fingerprints: match &backup {
            Some(backup) => backup.fingerprints.clone(),
            None => project.fingerprints()?,
        },
        exposed: former.map(|former| former.cycle.exposed).unwrap_or_default(),
    };
    save(project, &cycle, page.is_some(), None)?;
    Ok(UnderWay {
        cycle,
        backup,
        adopted: false,
    })
}

/// Whether something of it is yet to be done: its page is not finished, nor all the rotations that were begun in it.
fn goes_on(project: &Project, kept: &Kept) -> Result<bool, StateError> {
    let mut rotations = rotations::all(project)?;
    rotations.retain(|rotation| rotation.cycle == kept.cycle.number);
    let is_open = rotations.iter().any(|rotation| !rotation.stage.is_over());
    let waits = kept.ended_at.is_none() && (kept.on_page || rotations.is_empty());
    Ok(kept.cycle.number > 0 && (is_open || waits))
}

/// The cycle's backup of what stands in `.env` now, or a new one where a key has changed since. What stays in a vault is not
/// copied.
fn backup_of(project: &Project, cycle: &Cycle, at: DateTime<Utc>) -> Result<Option<Backup>, StateError> {
    if project.env_is_pipe() {
        return Ok(None);
    }
    let present = project.fingerprints()?;
    let mut backups = backup::list(project);
    backups.retain(|backup| backup.made_at >= cycle.began_at && backup.fingerprints == present);
    let proven = backups.into_iter().find(|found| backup::verify(project, found).is_ok());
    Ok(Some(match proven {
        Some(backup) => backup,
        None => backup::create(project, at, &format!("cycle {} goes on", cycle.number))?,
    }))
}

/// The page of this cycle is finished: what begins now is the next one.
pub fn end(project: &Project, at: DateTime<Utc>) -> Result<(), StateError> {
    let _lock = replace::lock(&project.state_dir)?;
    match kept(project)? {
        Some(kept) if kept.ended_at.is_none() => save(project, &kept.cycle, kept.on_page, Some(at)),
        Some(_) | None => Ok(()),
    }
}

/// Notes that these values were where others can read them, `state/` being locked.
pub fn expose(project: &Project, prints: &BTreeMap<String, Fingerprint>, at: DateTime<Utc>) -> Result<(), StateError> {
    if prints.is_empty() {
        return Ok(());
    }
    let mut kept = kept(project)?.unwrap_or_else(|| Kept {
        cycle: Cycle {
            number: 0,
            began_at: at,
            key: project.key_id().to_owned(),
            fingerprints: BTreeMap::new(),
            exposed: BTreeMap::new(),
        },
        on_page: false,
        ended_at: None,
    });
    kept.cycle.exposed.extend(prints.clone());
    save(project, &kept.cycle, kept.on_page, kept.ended_at)
}

/// Takes such notes back, for the variables that fit, `state/` being locked; those that were noted.
pub fn unexpose(project: &Project, fits: impl Fn(&String, &Fingerprint) -> bool) -> Result<Vec<String>, StateError> {
    let Some(mut kept) = kept(project)? else {
        return Ok(Vec::new());
    };
    let back = kept.cycle.exposed.extract_if(.., |name, print| fits(name, print));
    let back: Vec<String> = back.map(|(name, _)| name).collect();
    if !back.is_empty() {
        save(project, &kept.cycle, kept.on_page, kept.ended_at)?;
    }
    Ok(back)
}

fn kept(project: &Project) -> Result<Option<Kept>, StateError> {
    load(&project.state_dir.join(NAME))
}

fn save(project: &Project, cycle: &Cycle, on_page: bool, ended_at: Option<DateTime<Utc>>) -> Result<(), StateError> {
    let kept = Kept {
        cycle: cycle.clone(),
        on_page,
        ended_at,
    };
    store(&project.state_dir.join(NAME), &kept)
}
