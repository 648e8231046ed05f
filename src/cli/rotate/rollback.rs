//! `rotate rollback`: bring the old value back, after a look whether it still works.
use super::super::table::print_json;
use super::{Exit, Keys};
use crate::domain::verdict::Life;
use crate::rotation::backup::{self, Backup, Restored, What};
use crate::rotation::course::{self, Course, CourseError, Stage, values_of, variables_in};
use crate::rotation::probe::Probed;
use crate::rotation::providers::Provider;
use crate::rotation::proving;
use anyhow::bail;
use chrono::Utc;
use serde_json::json;

pub(super) async fn run(keys: &Keys, name: &str, to: Option<&str>) -> anyhow::Result<Exit> {
    let provider = keys.provider(name)?;
    let course = course::find(&keys.project, &provider.id)?;
    let backup = wanted(keys, provider, course.as_ref(), to)?;
    let old = backup::values(&keys.project, &backup)?;
    let names = variables_in(provider, &old);
    if names.is_empty() {
        bail!("{} holds no key of {}", backup.file, provider.title);
    }
    let prober = keys.prober()?;
    let before = prober.probe(provider, &values_of(&old, &names), Utc::now()).await;
    if before.verdict.life() == Life::Dead {
        let what = format!(
            "{} says that the old key in {} is {}",
            provider.title,
            backup.file,
            before.verdict.as_str()
        );
        let manage_url = provider.manage_url.clone();
        return Err(CourseError::OldIsDead { what, manage_url }.into());
    }
    let restored = backup::restore(&keys.project, &backup, Utc::now(), &What::Keys(names.clone()), None)?;
    let present = values_of(&keys.project.read_env()?, &names);
    let after = prober.probe(provider, &present, Utc::now()).await;
    if let Some(course) = course {
        note(keys, provider, course, &backup, &after)?;
    }
    told(keys, &restored, &before, &after)?;
    Ok(if after.verdict.life() == Life::Alive {
        Exit::Done
    } else {
        Exit::Failed
    })
}

/// The backup that was named, or that of the rotation; proven before anything is done with it.
fn wanted(keys: &Keys, provider: &Provider, course: Option<&Course>, to: Option<&str>) -> anyhow::Result<Backup> {
    let Some(id) = to.or(course.map(|course| course.backup.as_str())) else {
        bail!(
            "no rotation of {} was begun; name a backup with --to ID (keyminder backup list)",
            provider.id
        );
    };
    let backup = backup::find(&keys.project, id)?;
    backup::verify(&keys.project, &backup)?;
    Ok(backup)
}

fn note(keys: &Keys, provider: &Provider, mut course: Course, backup: &Backup, after: &Probed) -> anyhow::Result<()> {
    let now = Utc::now();
    course.stage = Stage::RolledBack;
    course.note(
        now,
        format!(
            "rolled back to {}; the provider says {}",
            backup.file,
            after.verdict.as_str()
        ),
    );
    course.save(&keys.project)?;
    proving::schedule(&keys.project, &keys.providers, provider, &course, now)?;
    Ok(())
}

fn told(keys: &Keys, restored: &Restored, before: &Probed, after: &Probed) -> anyhow::Result<()> {
    if keys.json {
        return print_json(
            &json!({ "provider": after.provider, "restored": restored, "before": before, "after": after }),
        );
    }
    println!(
        "{}: {} is back from {}.",
        after.provider,
        after.variables.join(", "),
        restored.file
    );
    if let Some(replaced) = &restored.replaced {
        println!("What it replaced is in {replaced}.");
    }
    println!("The provider says {} about it.", after.verdict.as_str());
    Ok(())
}
