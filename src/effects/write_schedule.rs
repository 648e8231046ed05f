//! `WriteSchedule`: writes the next rotation down in `config/rotation_schedule.json`, as the guide's scripts read it.
use super::outcomes::later;
use crate::domain::effect::{Done, Outcome};
use crate::domain::schedule::{DEFAULT_INTERVAL, KeySchedule, Schedule};
use crate::rotation::rotations::{self, Noticed, RotationStage};
use crate::rotation::schedule_file::{self, ScheduleError};
use crate::rotation::{Keyring, Project, cycle};
use chrono::{DateTime, Utc};
use std::time::Duration;

/// A full disk may have room again soon.
const TRY_AGAIN: Duration = Duration::from_mins(1);

pub(super) async fn perform(keys: &Keyring, rotated_at: DateTime<Utc>) -> Outcome {
    let written = keys.blocking(move |project| {
        let next_at = write(project, rotated_at).map_err(|error| error.to_string())?;
        // What is begun from now on, here or by a command, is the next cycle.
        cycle::end(project, rotated_at).map_err(|error| error.to_string())?;
        Ok::<_, String>(next_at)
    });
    match written.await {
        Ok(next_at) => Outcome::Done {
            result: Done::Scheduled { next_at },
        },
        Err(why) => later(TRY_AGAIN, why),
    }
}

/// Writes the dates that follow from a rotation of all; when the first of them is.
fn write(project: &Project, rotated_at: DateTime<Utc>) -> Result<DateTime<Utc>, ScheduleError> {
    let _lock = schedule_file::lock(project)?;
    let before = schedule_file::read(project);
    let every = before.schedule().and_then(|schedule| schedule.every);
    let mut schedule = Schedule::every(every.unwrap_or(DEFAULT_INTERVAL), rotated_at, project.zone);
    if let Some(before) = before.schedule() {
        schedule.automated = before.automated;
        schedule.keys.clone_from(&before.keys);
        schedule.ends.clone_from(&before.ends);
    }
    follow(project, &mut schedule, rotated_at);
    schedule.follow_the_earliest();
    schedule_file::write(project, &schedule)?;
    Ok(schedule.first_at())
}

/// All that was due is rotated, as the page says, and is due again after an interval of its own; but a key whose rotation was
/// begun and left, or rolled back, stays due until another value stands in its place.
fn follow(project: &Project, schedule: &mut Schedule, rotated_at: DateTime<Utc>) {
    let (Ok(env), Ok(cycle)) = (project.read_env(), cycle::current(project)) else {
        return;
    };
    let at_beginning = cycle
        .map(|cycle| cycle.under(project.key_id()).fingerprints)
        .unwrap_or_default();
    let present = project.fingerprints_of(&env);
    let is_left = |id: &str| {
        let rotation = rotations::find(project, id).ok().flatten();
        rotation.is_some_and(|rotation| match rotation.stage {
            RotationStage::Retired | RotationStage::Claimed => {
                rotation.new.iter().any(|(name, new)| present.get(name) == Some(new))
            }
            _ => rotation.notice(project, &env) != Noticed::Changed,
        })
    };
    let is_due = |key: &KeySchedule| key.next_at.is_some_and(|next_at| next_at <= rotated_at);
    let Schedule { keys, ends, .. } = schedule;
    for (id, key) in keys.iter_mut().filter(|(id, key)| is_due(key) && !is_left(id)) {
        key.next_at = Some(key.every.morning_after(rotated_at, project.zone));
        key.state = None;
        let is_new = |name: &String| {
            let was = at_beginning.get(name);
            was.is_some() && was != present.get(name)
        };
        if key.vars.iter().any(is_new) {
            key.last_rotated_at = Some(rotated_at);
            // When the old key would have ended says nothing of the new one.
            if ends.get(id).copied() == key.noted_end() {
                ends.remove(id);
            }
            key.provider_expires_at = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::ProjectArgs;
    use crate::config::Settings;
    use crate::domain::schedule::days_until;
    use std::collections::BTreeMap;

    #[test]
    fn each_key_is_due_again_after_its_own_interval() {
        let dir = tempfile::tempdir().unwrap();
        let place = ProjectArgs {
            project: Some(dir.path().to_owned()),
            config: None,
        };
        std::fs::write(dir.path().join(".env"), "API_Groq=made-up-1\nAPI_Mistral=made-up-2\n").unwrap();
        std::fs::create_dir_all(dir.path().join("config")).unwrap();
        let key = |every: &str| serde_json::json!({"vars": [], "every": every, "next_at": "2026-11-01T09:00:00"});
        let file = serde_json::json!({
            "next_rotation_date": "2026-11-01T09:00:00", "rotation_frequency": "4 weeks", "automated": false,
            "keys": {"groq": key("180 days"), "mistral": key("2 weeks")},
        });
        std::fs::write(dir.path().join(schedule_file::PATH), file.to_string()).unwrap();
        let project = Project::open(&Settings::read(&place, BTreeMap::new()).unwrap()).unwrap();
        let now = DateTime::from_timestamp(1_793_707_200, 0).unwrap();
        let first = write(&project, now).unwrap();
        let read = schedule_file::read(&project);
        let days = |id: &str| days_until(read.schedule().unwrap().due_at(id), now, project.zone);
        assert_eq!((days("groq"), days("mistral")), (180, 14));
        assert_eq!(
            days_until(first, now, project.zone),
            14,
            "the date of all is the earliest"
        );
    }
}
