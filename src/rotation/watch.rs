//! A watch over new values: an editor that was open all the time may save the old one back.
use super::rotations::{self, Noticed, Rotation, RotationError, RotationStage};
use super::state_file::StateError;
use super::{EnvFile, Project};
use chrono::{DateTime, TimeDelta, Utc};

/// So long after a new value was written the watch looks by itself; `rotate finish` looks whenever it is called.
pub const WATCHED_FOR: TimeDelta = TimeDelta::minutes(10);

/// The rotations whose new value was written lately and whose old one stands in `.env` again, with no rollback of ours.
/// They wait for the new value from now on, so each return is told once.
pub fn look(project: &Project, now: DateTime<Utc>) -> Result<Vec<Rotation>, RotationError> {
    let mut rotations = rotations::all(project)?;
    rotations.retain(|rotation| rotation.written_at.is_some_and(|at| now - at < WATCHED_FOR));
    if rotations.is_empty() {
        return Ok(rotations);
    }
    let env = project.read_env().map_err(StateError::Env)?;
    let mut returned = Vec::new();
    for mut rotation in rotations {
        if went_back(project, &env, &mut rotation, now)? {
            returned.push(rotation);
        }
    }
    Ok(returned)
}

/// Sends the rotation back to where the new value is awaited, if the old one stands in `.env` again.
pub fn went_back(
    project: &Project,
    env: &EnvFile,
    rotation: &mut Rotation,
    now: DateTime<Utc>,
) -> Result<bool, RotationError> {
    let is_in_use = !rotation.stage.is_over() && rotation.stage != RotationStage::BackedUp;
    let noticed = rotation.notice(project, env);
    if !is_in_use || !matches!(noticed, Noticed::Unchanged | Noticed::Partly { .. }) {
        return Ok(false);
    }
    rotation.stage = RotationStage::BackedUp;
    rotation.note(now, "the old value was found in .env again");
    rotation.save(project)?;
    Ok(true)
}

/// What happened, and the one thing to do about it.
pub fn in_words(rotation: &Rotation) -> String {
    format!(
        "the old value of {} is back in .env: did an editor save it? Close the file there, put the new value into .env \
         again, then: keyminder rotate finish {}",
        names(rotation),
        rotation.provider
    )
}

/// The names of the rotation's variables, for a sentence.
pub fn names(rotation: &Rotation) -> String {
    rotation.old.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::backup::{self, RestoreScope};
    use super::super::project::testing::{project, write_file};
    use super::super::providers::Providers;
    use super::super::rollback;
    use super::*;
    use tempfile::TempDir;

    const OLD: &str = "API_Groq=gsk_made-up-old\n";
    const NEW: &str = "API_Groq=gsk_made-up-new\n";

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).unwrap()
    }

    /// A project whose key has a new value, written now.
    fn renewed() -> (TempDir, Project, Rotation) {
        let (dir, project) = project(OLD);
        let providers = Providers::builtin();
        let groq = providers.get("groq").unwrap();
        let mut rotation = crate::rotation::start(&project, &[groq], None, now())
            .unwrap()
            .remove(0);
        write_file(&project.env, NEW);
        rotation.written(&project, &project.read_env().unwrap(), None, "works", now());
        rotation.save(&project).unwrap();
        (dir, project, rotation)
    }

    #[test]
    fn an_old_value_that_comes_back_within_ten_minutes_is_seen_once() {
        for (minutes, seen) in [(9, 1), (10, 0)] {
            let (_dir, project, _) = renewed();
            assert!(look(&project, now()).unwrap().is_empty(), "the new value stands there");
            write_file(&project.env, OLD);
            let at = now() + TimeDelta::minutes(minutes);
            let returned = look(&project, at).unwrap();
            assert_eq!(returned.len(), seen, "after {minutes} minutes");
            let stage = rotations::get(&project, "groq").unwrap().stage;
            assert_eq!(
                stage,
                if seen == 1 {
                    RotationStage::BackedUp
                } else {
                    RotationStage::Written
                }
            );
            assert!(look(&project, at).unwrap().is_empty(), "it is told once");
        }
    }

    #[test]
    fn a_restore_by_hand_is_no_return() {
        let (_dir, project, rotation) = renewed();
        let backup = backup::find(&project, &rotation.backup).unwrap();
        let rehearsed = RestoreScope::Keys(vec!["API_Mistral".to_owned()]);
        rollback::by_hand(&project, &backup, &rehearsed, now()).unwrap_err();
        assert_eq!(
            rotations::get(&project, "groq").unwrap().stage,
            RotationStage::Written,
            "nothing came back"
        );
        rollback::by_hand(&project, &backup, &RestoreScope::Whole, now()).unwrap();
        assert!(look(&project, now()).unwrap().is_empty());
        assert_eq!(
            rotations::get(&project, "groq").unwrap().stage,
            RotationStage::RolledBack
        );
    }

    #[test]
    fn a_rollback_is_no_return() {
        let (_dir, project) = project(OLD);
        let providers = Providers::builtin();
        let groq = providers.get("groq").unwrap();
        let mut rotation = crate::rotation::start(&project, &[groq], None, now())
            .unwrap()
            .remove(0);
        rotation.written(&project, &project.read_env().unwrap(), None, "works", now());
        rotation.stage = RotationStage::RolledBack;
        rotation.save(&project).unwrap();
        assert!(look(&project, now()).unwrap().is_empty());
        assert_eq!(backup::list(&project).len(), 1);
    }
}
