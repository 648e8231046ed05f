//! What is said about a rotation: plan, instructions, status, record.
use super::super::table::{print, print_json};
use super::super::words;
use super::{Exit, Keys};
use crate::domain::schedule::due_in_words;
use crate::rotation::course::{self, Course, Noticed, Stage};
use crate::rotation::cycle;
use crate::rotation::plan::{self, Planned};
use crate::rotation::providers::Provider;
use crate::rotation::record::{self, Record};
use crate::rotation::retirement::Retirement;
use crate::rotation::schedule_file;
use crate::rotation::watch;
use anyhow::Context;
use chrono::{DateTime, Utc};
use serde_json::json;
use std::path::Path;
use std::time::Duration;

pub(super) fn plan(keys: &Keys, now: DateTime<Utc>) -> anyhow::Result<Exit> {
    let plan = plan::make(&keys.project, &keys.providers, now)?;
    if keys.json {
        print_json(&plan)?;
        return Ok(Exit::Done);
    }
    if plan.keys.is_empty() {
        let env = keys.project.relative(&keys.project.env);
        println!("{}", words::no_known_key(&env, &keys.providers, "rotate plan"));
    } else {
        print(
            &["PRIORITY", "PROVIDER", "VARIABLES", "DUE", "STANDS"],
            plan.keys.iter().map(row).collect(),
        );
    }
    if !plan.unknown.is_empty() {
        println!(
            "Also secrets, of providers that keyminder does not know: {}",
            plan.unknown.join(", ")
        );
    }
    if let Some(first) = plan.keys.iter().find(|key| key.due_at <= now) {
        println!("Next: keyminder rotate start {}", first.provider);
    }
    for warning in keys.project.read_env()?.warnings() {
        eprintln!("warning: .env {warning}");
    }
    Ok(Exit::Done)
}

fn row(key: &Planned) -> Vec<String> {
    vec![
        key.priority.as_str().to_owned(),
        key.provider.clone(),
        key.variables.join(", "),
        key.due.clone(),
        key.stage.map_or("", Stage::as_str).to_owned(),
    ]
}

pub(super) fn started(keys: &Keys, courses: &[Course]) -> anyhow::Result<Exit> {
    if keys.json {
        print_json(&json!({ "rotations": courses }))?;
        return Ok(Exit::Done);
    }
    for course in courses {
        println!("{}", safe(course));
        steps(keys.provider(&course.provider)?, "en");
        println!("Then: keyminder rotate finish {}\n", course.provider);
    }
    Ok(Exit::Done)
}

/// What was done at the beginning of a rotation.
pub(in crate::cli) fn safe(course: &Course) -> String {
    format!("{}: the old value is safe in {}", course.provider, course.backup)
}

pub(super) fn instructions(keys: &Keys, name: &str, language: &str) -> anyhow::Result<Exit> {
    let provider = keys.provider(name)?;
    if keys.json {
        print_json(&json!({
            "provider": provider.id,
            "manage_url": provider.manage_url,
            "variables": provider.variables.iter().map(|variable| &variable.name).collect::<Vec<_>>(),
            "steps": provider.steps(language),
        }))?;
    } else {
        println!("{} ({})", provider.title, provider.manage_url);
        steps(provider, language);
        println!("Then: keyminder rotate finish {}", provider.id);
    }
    Ok(Exit::Done)
}

fn steps(provider: &Provider, language: &str) {
    for (at, step) in provider.steps(language).iter().enumerate() {
        println!("  {}. {step}", at + 1);
    }
}

pub(super) fn status(keys: &Keys, now: DateTime<Utc>) -> anyhow::Result<Exit> {
    let courses = course::all(&keys.project)?;
    if keys.json {
        print_json(&json!({ "rotations": courses }))?;
    } else if courses.is_empty() {
        println!("No rotation was begun. Next: keyminder rotate plan");
    } else {
        let rows = courses.iter().map(|course| {
            vec![
                course.provider.clone(),
                course.stage.as_str().to_owned(),
                next_step(keys, course, now),
            ]
        });
        print(&["PROVIDER", "STANDS", "NEXT"], rows.collect());
    }
    Ok(Exit::Done)
}

/// The one thing to do now.
pub(super) fn next_step(keys: &Keys, course: &Course, now: DateTime<Utc>) -> String {
    let id = &course.provider;
    match course.stage {
        Stage::BackedUp => {
            let noticed = keys.project.read_env().map(|env| course.notice(&keys.project, &env));
            match noticed {
                Ok(Noticed::Changed) => format!("the new value is in .env: keyminder rotate finish {id}"),
                Ok(Noticed::Partly { .. } | Noticed::Unchanged) if course.written_at.is_some() => {
                    watch::in_words(course)
                }
                Ok(Noticed::Partly { unchanged }) => format!("{} still holds the old value", unchanged.join(", ")),
                Ok(Noticed::Gone) => format!("put the new value into .env under {}", names(course)),
                Ok(Noticed::Unchanged) | Err(_) => {
                    format!("create the new key, put it into .env: keyminder rotate instructions {id}")
                }
            }
        }
        Stage::OldStillAlive if course.retirement == Some(Retirement::Propagating) => {
            format!("the provider answers now so, now so: in a minute, keyminder rotate finish {id} --wait")
        }
        Stage::OldStillAlive => {
            let url = keys
                .providers
                .get(id)
                .map_or("", |provider| provider.manage_url.as_str());
            format!("delete the old key at {url}, then: keyminder rotate finish {id}")
        }
        Stage::Written | Stage::Inconclusive => match course.next_proof_at {
            Some(at) if at > now => format!(
                "proof {} at {}: keyminder rotate finish {id} --wait",
                course.proofs + 1,
                local(keys, at)
            ),
            Some(_) | None => format!("delete the old key at the provider, then: keyminder rotate finish {id}"),
        },
        Stage::Retired => due_words(keys, id, now),
        Stage::RolledBack => format!("the old value is back; begin again: keyminder rotate start {id}"),
    }
}

fn names(course: &Course) -> String {
    course.old.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
}

fn due_words(keys: &Keys, id: &str, now: DateTime<Utc>) -> String {
    let read = schedule_file::read(&keys.project);
    let due = read
        .schedule()
        .map(|schedule| due_in_words(schedule.due_at(id), now, keys.project.zone));
    format!(
        "done; the next one is {}",
        due.unwrap_or_else(|| "not scheduled".to_owned())
    )
}

/// A time as the project's clocks show it.
pub(super) fn local(keys: &Keys, at: DateTime<Utc>) -> String {
    at.with_timezone(&keys.project.zone).format("%H:%M:%S").to_string()
}

pub(super) fn report(keys: &Keys, into: Option<&Path>, estimate: Option<&str>) -> anyhow::Result<Exit> {
    let courses = course::all(&keys.project)?;
    if courses.is_empty() {
        anyhow::bail!("no rotation was begun, so there is nothing to report; begin one: keyminder rotate start");
    }
    let cycle = cycle::current(&keys.project)?;
    let estimate = estimate
        .map(|text| minutes(text).with_context(|| format!("--estimate {text:?}: write 2h or 150m")))
        .transpose()?;
    let text = record::write(&Record {
        cycle: cycle.as_ref(),
        courses: &courses,
        estimate,
        next_at: schedule_file::read(&keys.project)
            .schedule()
            .map(|schedule| schedule.next_at),
        zone: keys.project.zone,
    });
    match into {
        Some(path) => {
            std::fs::write(path, &text).with_context(|| format!("writing {}", path.display()))?;
            println!("{} is written; it holds no value of any key.", path.display());
        }
        None if keys.json => print_json(&json!({ "record": text, "rotations": courses }))?,
        None => print!("{text}"),
    }
    Ok(Exit::Done)
}

fn minutes(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let number: u64 = text[..digits].parse().ok()?;
    match &text[digits..] {
        "m" => number.checked_mul(60).map(Duration::from_secs),
        "h" => number.checked_mul(3600).map(Duration::from_secs),
        _ => None,
    }
}
