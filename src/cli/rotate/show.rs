//! What is said about a rotation: plan, instructions, status, record.
use super::context::RotateContext;
use crate::cli::table::{print, print_json};
use crate::cli::words;
use crate::cli::{CommandResult, Exit};
use crate::domain::exposure::ExposedKey;
use crate::domain::schedule::due_in_words;
use crate::rotation::NextStep;
use crate::rotation::cycle;
use crate::rotation::exposures;
use crate::rotation::plan::{self, Planned};
use crate::rotation::providers::Provider;
use crate::rotation::record::{self, RotationRecord};
use crate::rotation::rotations::{self, Rotation, RotationStage};
use crate::rotation::schedule_file;
use crate::rotation::watch;
use anyhow::Context;
use chrono::{DateTime, Utc};
use serde_json::json;
use std::path::Path;
use std::time::Duration;

pub(super) fn plan(context: &RotateContext, now: DateTime<Utc>) -> CommandResult<Exit> {
    let plan = plan::make(&context.keys.project, &context.keys.providers, now)?;
    if context.json {
        print_json(&plan)?;
        return Ok(Exit::Done);
    }
    if plan.keys.is_empty() {
        let env = context.keys.project.relative(&context.keys.project.env);
        println!("{}", words::no_known_key(&env, &context.keys.providers, "rotate plan"));
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
    tell_exposed(&plan.exposures, now);
    if let Some(first) = plan.keys.iter().find(|key| key.due_at <= now) {
        println!("Next: keyminder rotate start {}", first.provider);
    }
    for warning in context.keys.project.read_env()?.warnings() {
        eprintln!("warning: .env {warning}");
    }
    Ok(Exit::Done)
}

/// The clocks on exposed keys.
fn tell_exposed(keys: &[ExposedKey], now: DateTime<Utc>) {
    for line in words::exposed(keys, now) {
        println!("{line}");
    }
}

fn row(key: &Planned) -> Vec<String> {
    vec![
        key.priority.as_str().to_owned(),
        key.provider.clone(),
        key.variables.join(", "),
        key.due.clone(),
        key.stage.map_or("", RotationStage::as_str).to_owned(),
    ]
}

pub(super) fn started(context: &RotateContext, rotations: &[Rotation]) -> CommandResult<Exit> {
    if context.json {
        print_json(&json!({ "rotations": rotations }))?;
        return Ok(Exit::Done);
    }
    for rotation in rotations {
        println!("{}", safe(rotation));
        steps(context.keys.provider(&rotation.provider)?, "en");
        println!("Then: keyminder rotate finish {}\n", rotation.provider);
    }
    Ok(Exit::Done)
}

/// What was done at the beginning of a rotation.
pub(in crate::cli) fn safe(rotation: &Rotation) -> String {
    format!("{}: the old value is safe in {}", rotation.provider, rotation.backup)
}

pub(super) fn instructions(context: &RotateContext, name: &str, language: &str) -> CommandResult<Exit> {
    let provider = context.keys.provider(name)?;
    if context.json {
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

pub(super) fn status(context: &RotateContext, now: DateTime<Utc>) -> CommandResult<Exit> {
    let rotations = rotations::all(&context.keys.project)?;
    let exposed = exposures::running(&context.keys.project, &context.keys.providers)?;
    if context.json {
        print_json(&json!({ "rotations": rotations, "exposures": exposed }))?;
        return Ok(Exit::Done);
    }
    if rotations.is_empty() {
        println!("No rotation was begun. Next: keyminder rotate plan");
    } else {
        let rows = rotations.iter().map(|rotation| {
            vec![
                rotation.provider.clone(),
                rotation.stage.as_str().to_owned(),
                in_words(
                    context,
                    rotation,
                    &NextStep::of(&context.keys.project, &context.keys.providers, rotation, now),
                ),
            ]
        });
        print(&["PROVIDER", "STANDS", "NEXT"], rows.collect());
    }
    tell_exposed(&exposed, now);
    Ok(Exit::Done)
}

/// The next step as a sentence with the command that goes on.
pub(super) fn in_words(context: &RotateContext, rotation: &Rotation, next: &NextStep) -> String {
    let id = &rotation.provider;
    match next {
        NextStep::Finish => format!("the new value is in .env: keyminder rotate finish {id}"),
        NextStep::PutNewValueBack => watch::in_words(rotation),
        NextStep::ChangeRest(unchanged) => format!("{} still holds the old value", unchanged.join(", ")),
        NextStep::PutNewValue(names) => format!("put the new value into .env under {}", names.join(", ")),
        NextStep::CreateKey => {
            format!("create the new key, put it into .env: keyminder rotate instructions {id}")
        }
        NextStep::WaitForProvider => {
            format!("the provider answers now so, now so: in a minute, keyminder rotate finish {id} --wait")
        }
        NextStep::DeleteOldKey { manage_url } => {
            format!("delete the old key at {manage_url}, then: keyminder rotate finish {id}")
        }
        NextStep::ProveOldKeyDead => {
            format!("delete the old key at the provider, then: keyminder rotate finish {id}")
        }
        NextStep::WaitForProof { number, at } => format!(
            "proof {number} at {}: keyminder rotate finish {id} --wait",
            local(context, *at)
        ),
        NextStep::RotateAgain(due) => {
            let due = due.map(|due| due_in_words(due, Utc::now(), context.keys.project.zone));
            format!(
                "done; the next one is {}",
                due.unwrap_or_else(|| "not scheduled".to_owned())
            )
        }
        NextStep::StartAgain => format!("the old value is back; begin again: keyminder rotate start {id}"),
    }
}

/// A time as the project's clocks show it.
pub(super) fn local(context: &RotateContext, at: DateTime<Utc>) -> String {
    at.with_timezone(&context.keys.project.zone)
        .format("%H:%M:%S")
        .to_string()
}

pub(super) fn report(context: &RotateContext, into: Option<&Path>, estimate: Option<&str>) -> CommandResult<Exit> {
    let rotations = rotations::all(&context.keys.project)?;
    if rotations.is_empty() {
        return Err(anyhow::anyhow!(
            "no rotation was begun, so there is nothing to report; begin one: keyminder rotate start"
        )
        .into());
    }
    let cycle = cycle::current(&context.keys.project)?;
    let estimate = estimate
        .map(|text| minutes(text).with_context(|| format!("--estimate {text:?}: write 2h or 150m")))
        .transpose()?;
    let text = record::write(&RotationRecord {
        cycle: cycle.as_ref(),
        rotations: &rotations,
        estimate,
        next_at: schedule_file::read(&context.keys.project)
            .schedule()
            .map(|schedule| schedule.next_at),
        zone: context.keys.project.zone,
    });
    match into {
        Some(path) => {
            std::fs::write(path, &text).with_context(|| format!("writing {}", path.display()))?;
            println!("{} is written; it holds no value of any key.", path.display());
        }
        None if context.json => print_json(&json!({ "record": text, "rotations": rotations }))?,
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
