//! `WriteSchedule`: writes the next rotation down in `config/rotation_schedule.json`, as the guide's scripts read it.
use super::{Keys, beside, later};
use crate::domain::effect::{Done, Outcome};
use crate::domain::schedule::{DEFAULT_INTERVAL, Schedule};
use crate::rotation::{cycle, schedule_file};
use chrono::{DateTime, Utc};
use std::sync::Arc;
use std::time::Duration;

/// A full disk may have room again soon.
const TRY_AGAIN: Duration = Duration::from_mins(1);

pub(super) async fn perform(keys: &Arc<Keys>, rotated_at: DateTime<Utc>) -> Outcome {
    let keys = Arc::clone(keys);
    let written = beside(move || {
        let before = schedule_file::read(&keys.project);
        let every = before
            .schedule()
            .and_then(|schedule| schedule.every)
            .unwrap_or(DEFAULT_INTERVAL);
        let mut schedule = Schedule::every(every, rotated_at, keys.project.zone);
        if let Some(before) = before.schedule() {
            schedule.automated = before.automated;
            schedule.keys.clone_from(&before.keys);
        }
        let next_at = schedule.next_at;
        schedule_file::write(&keys.project, &schedule).map_err(|error| error.to_string())?;
        // What is begun from now on, here or by a command, is the next cycle.
        cycle::end(&keys.project, rotated_at).map_err(|error| error.to_string())?;
        Ok::<_, String>(next_at)
    });
    match written.await {
        Ok(Ok(next_at)) => Outcome::Done {
            result: Done::Scheduled { next_at },
        },
        Ok(Err(why)) => later(TRY_AGAIN, why),
        Err(outcome) => outcome,
    }
}
