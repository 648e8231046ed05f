//! A watch over new values: an editor that was open all the time may save the old one back.
use super::course::{self, Course, CourseError, Noticed, Stage};
use super::cycle::StateError;
use super::{EnvFile, Project};
use chrono::{DateTime, TimeDelta, Utc};

/// So long after a new value was written the watch looks by itself; `rotate finish` looks whenever it is called.
pub const WATCHED_FOR: TimeDelta = TimeDelta::minutes(10);

/// The rotations whose new value was written lately and whose old one stands in `.env` again, with no rollback of ours.
/// They wait for the new value from now on, so each return is told once.
pub fn look(project: &Project, now: DateTime<Utc>) -> Result<Vec<Course>, CourseError> {
    let mut courses = course::all(project)?;
    courses.retain(|course| course.written_at.is_some_and(|at| now - at < WATCHED_FOR));
    if courses.is_empty() {
        return Ok(courses);
    }
    let env = project.read_env().map_err(StateError::Env)?;
    let mut returned = Vec::new();
    for mut course in courses {
        if went_back(project, &env, &mut course, now)? {
            returned.push(course);
        }
    }
    Ok(returned)
}

/// Sends the course back to where the new value is awaited, if the old one stands in `.env` again.
pub fn went_back(
    project: &Project,
    env: &EnvFile,
    course: &mut Course,
    now: DateTime<Utc>,
) -> Result<bool, CourseError> {
    let is_in_use = !course.stage.is_over() && course.stage != Stage::BackedUp;
    let noticed = course.notice(project, env);
    if !is_in_use || !matches!(noticed, Noticed::Unchanged | Noticed::Partly { .. }) {
        return Ok(false);
    }
    course.stage = Stage::BackedUp;
    course.note(now, "the old value was found in .env again");
    course.save(project)?;
    Ok(true)
}

/// What happened, and the one thing to do about it.
pub fn in_words(course: &Course) -> String {
    format!(
        "the old value of {} is back in .env: did an editor save it? Close the file there, put the new value into .env \
         again, then: keyminder rotate finish {}",
        names(course),
        course.provider
    )
}

/// Its variables.
pub fn names(course: &Course) -> String {
    course.old.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::backup::{self, What};
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
    fn renewed() -> (TempDir, Project, Course) {
        let (dir, project) = project(OLD);
        let providers = Providers::builtin();
        let groq = providers.get("groq").unwrap();
        let mut course = course::start(&project, &[groq], None, now()).unwrap().remove(0);
        write_file(&project.env, NEW);
        course.written(&project, &project.read_env().unwrap(), None, now());
        course.save(&project).unwrap();
        (dir, project, course)
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
            let stage = course::get(&project, "groq").unwrap().stage;
            assert_eq!(stage, if seen == 1 { Stage::BackedUp } else { Stage::Written });
            assert!(look(&project, at).unwrap().is_empty(), "it is told once");
        }
    }

    #[test]
    fn a_restore_by_hand_is_no_return() {
        let (_dir, project, course) = renewed();
        let backup = backup::find(&project, &course.backup).unwrap();
        let rehearsed = What::Keys(vec!["API_Mistral".to_owned()]);
        rollback::by_hand(&project, &backup, &rehearsed, now()).unwrap_err();
        assert_eq!(
            course::get(&project, "groq").unwrap().stage,
            Stage::Written,
            "nothing came back"
        );
        rollback::by_hand(&project, &backup, &What::Whole, now()).unwrap();
        assert!(look(&project, now()).unwrap().is_empty());
        assert_eq!(course::get(&project, "groq").unwrap().stage, Stage::RolledBack);
    }

    #[test]
    fn a_rollback_is_no_return() {
        let (_dir, project) = project(OLD);
        let providers = Providers::builtin();
        let groq = providers.get("groq").unwrap();
        let mut course = course::start(&project, &[groq], None, now()).unwrap().remove(0);
        course.written(&project, &project.read_env().unwrap(), None, now());
        course.stage = Stage::RolledBack;
        course.save(&project).unwrap();
        assert!(look(&project, now()).unwrap().is_empty());
        assert_eq!(backup::list(&project).len(), 1);
    }
}
