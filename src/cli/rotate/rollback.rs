//! `rotate rollback`: bring the old value back, after a look whether it still works.
use super::super::table::print_json;
use super::{Exit, Keys};
use crate::domain::verdict::Life;
use crate::rotation::backup::{self, What};
use crate::rotation::course::{self, CourseError, Stage, values_of, variables_in};
use crate::rotation::proving;
use anyhow::bail;
use chrono::Utc;
use serde_json::json;

pub(super) async fn run(keys: &Keys, name: &str, to: Option<&str>) -> anyhow::Result<Exit> {
    let provider = keys.provider(name)?;
    let course = course::find(&keys.project, &provider.id)?;
    let id = match (to, &course) {
        (Some(id), _) => id.to_owned(),
        (None, Some(course)) => course.backup.clone(),
        (None, None) => bail!(
            "no rotation of {} was begun; name a backup with --to ID (keyminder backup list)",
            provider.id
        ),
    };
    let backup = backup::find(&keys.project, &id)?;
    backup::verify(&keys.project, &backup)?;
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
    let after = prober
        .probe(provider, &values_of(&keys.project.read_env()?, &names), Utc::now())
        .await;
    if let Some(mut course) = course {
        course.stage = Stage::RolledBack;
        course.note(
            Utc::now(),
            format!(
                "rolled back to {}; the provider says {}",
                backup.file,
                after.verdict.as_str()
            ),
        );
        course.save(&keys.project)?;
        proving::schedule(&keys.project, &keys.providers, provider, &course, Utc::now())?;
    }
    if keys.json {
        print_json(&json!({ "provider": provider.id, "restored": restored, "before": before, "after": after }))?;
    } else {
        println!("{}: {} is back from {}.", provider.id, names.join(", "), backup.file);
        if let Some(replaced) = &restored.replaced {
            println!("What it replaced is in {replaced}.");
        }
        println!("The provider says {} about it.", after.verdict.as_str());
    }
    Ok(if after.verdict.life() == Life::Alive {
        Exit::Done
    } else {
        Exit::Failed
    })
}
