//! `WriteSchedule`: writes the next rotation down in `config/rotation_schedule.json`, as the guide's scripts read it.
use super::outcomes::later;
use crate::domain::effect::{Done, Outcome};
use crate::domain::schedule::{DEFAULT_INTERVAL, Schedule};
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

/// All that was due is rotated, as the page says; but a key that was rolled back is due at once, until a new one has taken its
/// place.
fn follow(project: &Project, schedule: &mut Schedule, rotated_at: DateTime<Utc>) {
    let Ok(env) = project.read_env() else { return };
    // A key that no rotation of ours knows was changed by hand.
    let is_renewed = |id: &str| {
        let rotation = rotations::find(project, id).ok().flatten();
        rotation.is_none_or(|rotation| {
            rotation.stage == RotationStage::RolledBack && rotation.notice(project, &env) == Noticed::Changed
        })
    };
    for (_, key) in schedule.keys.iter_mut().filter(|(id, _)| is_renewed(id)) {
        if key.next_at.is_some_and(|next_at| next_at <= rotated_at) {
            key.next_at = Some(schedule.next_at);
            key.last_rotated_at = Some(rotated_at);
            key.state = None;
        }
    }
}
