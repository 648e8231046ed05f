//! `WriteSchedule`: writes the next rotation down in `config/rotation_schedule.json`, as the guide's scripts read it.
use super::outcomes::later;
use crate::domain::effect::{Done, Outcome};
use crate::domain::schedule::{DEFAULT_INTERVAL, KeySchedule, Schedule};
use crate::rotation::rotations::{self, Noticed, RotationStage};
use crate::rotation::{Keyring, Project, cycle, schedule_file};
use chrono::{DateTime, Utc};
use std::time::Duration;

/// A full disk may have room again soon.
const TRY_AGAIN: Duration = Duration::from_mins(1);

pub(super) async fn perform(keys: &Keyring, rotated_at: DateTime<Utc>) -> Outcome {
    let written = keys.blocking(move |project| {
        let before = schedule_file::read(project);
        let every = before
            .schedule()
            .and_then(|schedule| schedule.every)
            .unwrap_or(DEFAULT_INTERVAL);
        let mut schedule = Schedule::every(every, rotated_at, project.zone);
        if let Some(before) = before.schedule() {
            schedule.automated = before.automated;
            schedule.keys.clone_from(&before.keys);
        }
        follow(project, &mut schedule, rotated_at);
        schedule.follow_the_earliest();
        let next_at = schedule.next_at;
        schedule_file::write(project, &schedule).map_err(|error| error.to_string())?;
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

/// All that was due is rotated, as the page says, and is due again with the next rotation of all; but a key whose rotation was
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
    let all = schedule.next_at;
    for (_, key) in schedule.keys.iter_mut().filter(|(id, key)| is_due(key) && !is_left(id)) {
        key.next_at = Some(all);
        key.state = None;
        let is_new = |name: &String| {
            let was = at_beginning.get(name);
            was.is_some() && was != present.get(name)
        };
        if key.vars.iter().any(is_new) {
            key.last_rotated_at = Some(rotated_at);
        }
    }
}
