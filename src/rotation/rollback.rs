//! A rollback: the old value comes back from its backup, after a look whether it still works.
use super::backup::{self, Backup, Restored, What};
use super::course::{self, Course, CourseError, Stage, values_of, variables_in};
use super::cycle::StateError;
use super::probe::{Probed, Prober};
use super::providers::{Provider, Providers};
use super::proving;
use super::{EnvFile, Project};
use crate::domain::verdict::Life;
use chrono::{DateTime, Utc};

/// What a rollback did, and what the provider said before and after.
#[derive(Clone, Debug)]
pub struct RolledBack {
    /// The backup that was brought back, and the one of what it replaced.
    pub restored: Restored,
    /// The old key, asked while the new one still stood in `.env`.
    pub before: Probed,
    /// What stands in `.env` now, asked again.
    pub after: Probed,
}

/// Brings a provider's old value back. The backup (`to`, else that of the course) is proven first, and a key that the
/// provider calls dead is refused before anything is written.
pub async fn roll_back(
    project: &Project,
    providers: &Providers,
    prober: &Prober,
    provider: &Provider,
    to: Option<&str>,
) -> Result<RolledBack, CourseError> {
    let course = course::find(project, &provider.id)?;
    let backup = wanted(project, provider, course.as_ref(), to)?;
    let old = backup::values(project, &backup)?;
    let names = variables_in(provider, &old);
    if names.is_empty() {
        return Err(CourseError::NotInBackup {
            file: backup.file,
            title: provider.title.clone(),
        });
    }
    let before = prober.probe(provider, &values_of(&old, &names), Utc::now()).await;
    if before.verdict.life() == Life::Dead {
        return Err(CourseError::OldIsDead {
            what: format!(
                "{} says that the old key in {} is {}",
                provider.title,
                backup.file,
                before.verdict.as_str()
            ),
            manage_url: provider.manage_url.clone(),
        });
    }
    let what = What::Keys(names.clone());
    let restored = restore(project, course.as_slice(), &backup, &what, Utc::now())?;
    let present = values_of(&project.read_env().map_err(StateError::Env)?, &names);
    let after = prober.probe(provider, &present, Utc::now()).await;
    if let Some(course) = course {
        note(project, providers, provider, course, &backup, &after)?;
    }
    Ok(RolledBack {
        restored,
        before,
        after,
    })
}

/// A restore that a person asks for by name. A rotation whose old value it brings back is over by that.
pub fn by_hand(project: &Project, backup: &Backup, what: &What, at: DateTime<Utc>) -> Result<Restored, CourseError> {
    let values = backup::values(project, backup)?;
    let mut courses = course::all(project)?;
    courses.retain(|course| {
        course.written_at.is_some() && !course.stage.is_over() && brings_back(project, course, what, &values)
    });
    let restored = restore(project, &courses, backup, what, at)?;
    for mut course in courses {
        course.stage = Stage::RolledBack;
        course.note(at, format!("the old value was restored by hand from {}", backup.file));
        course.save(project)?;
    }
    Ok(restored)
}

fn brings_back(project: &Project, course: &Course, what: &What, values: &EnvFile) -> bool {
    course.old.iter().any(|(name, old)| {
        what.holds(name)
            && values
                .get(name)
                .is_some_and(|value| project.fingerprint(name, value) == *old)
    })
}

/// The courses say first that this is a rollback: whoever watches `.env` takes it for no editor's doing.
fn restore(
    project: &Project,
    courses: &[Course],
    backup: &Backup,
    what: &What,
    at: DateTime<Utc>,
) -> Result<Restored, CourseError> {
    for course in courses {
        let rolled_back = Course {
            stage: Stage::RolledBack,
            ..course.clone()
        };
        rolled_back.save(project)?;
    }
    match backup::restore(project, backup, at, what, None) {
        Ok(restored) => Ok(restored),
        Err(error) => {
            for course in courses {
                course.save(project)?;
            }
            Err(error.into())
        }
    }
}

/// The backup that was named, or that of the rotation; proven before anything is done with it.
fn wanted(
    project: &Project,
    provider: &Provider,
    course: Option<&Course>,
    to: Option<&str>,
) -> Result<Backup, CourseError> {
    let id = to.or(course.map(|course| course.backup.as_str()));
    let id = id.ok_or_else(|| CourseError::NoBackup(provider.id.clone()))?;
    let backup = backup::find(project, id)?;
    backup::verify(project, &backup)?;
    Ok(backup)
}

fn note(
    project: &Project,
    providers: &Providers,
    provider: &Provider,
    mut course: Course,
    backup: &Backup,
    after: &Probed,
) -> Result<(), CourseError> {
    let now = Utc::now();
    course.stage = Stage::RolledBack;
    let says = after.verdict.as_str();
    course.note(now, format!("rolled back to {}; the provider says {says}", backup.file));
    course.save(project)?;
    proving::schedule(project, providers, provider, &course, now)?;
    Ok(())
}
