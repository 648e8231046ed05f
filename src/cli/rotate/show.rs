//! What is said about a rotation: plan, instructions, status, record.
use super::context::RotateContext;
use super::holders;
use crate::cli::table::{print, print_json};
use crate::cli::words;
use crate::cli::{CommandResult, Exit};
use crate::domain::exposure::ExposedKey;
use crate::domain::schedule::due_in_words;
use crate::rotation::NextStep;
use crate::rotation::cycle;
use crate::rotation::exposures;
use crate::rotation::holders::HeldBy;
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

/// Said where there is no rotation to tell of.
const NONE_BEGUN: &str = "No rotation was begun. Next: keyminder rotate plan";

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
    words::tell_unknown(&plan.unknown);
    tell_exposed(&plan.exposures, now);
    let is_open = |key: &&Planned| key.due_at <= now && key.stage.is_none_or(RotationStage::is_over);
    if let Some(first) = plan.keys.iter().find(is_open) {
        println!("Next: keyminder rotate start {}", first.provider);
    }
    words::warn_of_lines(&context.keys.project.read_env()?);
    Ok(Exit::Done)
}

/// The clocks on exposed keys.
pub(super) fn tell_exposed(keys: &[ExposedKey], now: DateTime<Utc>) {
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
    let held_by = holders::of(context, rotations, |_| true);
    if context.json {
        print_json(&json!({ "rotations": rotations, "held_by": holders::by_provider(rotations, &held_by) }))?;
        return Ok(Exit::Done);
    }
    for (rotation, held_by) in rotations.iter().zip(&held_by) {
        let kept = kept_elsewhere(context, rotation)?;
        let is_all_kept = kept.len() + rotation.twins.len() == rotation.old.len();
        if is_all_kept {
            println!(
                "{}: another tool keeps the value, so none of it is copied or written here",
                rotation.provider
            );
        } else {
            println!("{}", safe(rotation));
        }
        holders::before_the_change(context, rotation, held_by);
        let provider = context.keys.provider(&rotation.provider)?;
        if is_all_kept {
            println!("  1. Create a new key: {}", provider.manage_url);
            println!("  2. Give it to the tool that keeps it, as told below; .env stays as it is");
            println!("  3. Restart what reads it, then delete the old key where it was made");
        } else {
            steps(provider, "en");
        }
        for line in kept {
            println!("{line}");
        }
        println!("Then: keyminder rotate finish {}\n", rotation.provider);
    }
    Ok(Exit::Done)
}

/// Where the values of a rotation live that are not changed in `.env`.
fn kept_elsewhere(context: &RotateContext, rotation: &Rotation) -> CommandResult<Vec<String>> {
    let env = context.keys.project.read_env()?;
    let kept = rotation
        .old
        .keys()
        .filter_map(|name| Some((name, env.kept_elsewhere(name)?)));
    let lines = kept.map(|(name, kept)| {
        // That a value changed is seen only where the former one was.
        let is_known = env.written_reference(name).is_some();
        let first = if is_known { "finish" } else { "start" };
        let command = format!("keyminder rotate {first} {}", rotation.provider);
        let through = kept.through.as_ref().map_or(String::new(), |through| {
            if is_known {
                format!(", and call me as: {through} {command}")
            } else {
                format!(". Before that, so that I see it change: {through} {command}")
            }
        });
        format!(
            "  {name} is a reference: {} keeps its value. Leave it as it is; {}{through}",
            kept.owner, kept.instead
        )
    });
    Ok(lines.collect())
}

/// What was done at the beginning of a rotation.
pub(in crate::cli) fn safe(rotation: &Rotation) -> String {
    let id = &rotation.provider;
    match &rotation.backup {
        Some(file) => format!("{id}: the old value is safe in {file}"),
        None => format!("{id}: .env is a pipe, so nothing is copied or written: change the value in the vault"),
    }
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

pub(super) fn status(context: &RotateContext, names: &[String], now: DateTime<Utc>) -> CommandResult<Exit> {
    let mut rotations = rotations::all(&context.keys.project)?;
    let asked = context.providers(names)?;
    rotations.retain(|rotation| asked.is_empty() || asked.iter().any(|provider| provider.id == rotation.provider));
    let held_by = holders::of(context, &rotations, holders::is_replaced);
    let exposed = exposures::running(&context.keys.project, &context.keys.providers)?;
    if context.json {
        let held_by = holders::by_provider(&rotations, &held_by);
        print_json(&json!({ "rotations": rotations, "held_by": held_by, "exposures": exposed }))?;
        return Ok(Exit::Done);
    }
    if rotations.is_empty() {
        println!("{NONE_BEGUN}");
    } else {
        let rows = rotations.iter().zip(&held_by).map(|(rotation, held_by)| {
            let next = NextStep::of(&context.keys.project, &context.keys.providers, rotation, now);
            vec![
                rotation.provider.clone(),
                rotation.stage.as_str().to_owned(),
                in_words(context, rotation, &next, held_by),
            ]
        });
        print(&["PROVIDER", "STANDS", "NEXT"], rows.collect());
        holders::status(context, &rotations, &held_by);
    }
    tell_exposed(&exposed, now);
    Ok(Exit::Done)
}

pub(super) fn list(context: &RotateContext, now: DateTime<Utc>) -> CommandResult<Exit> {
    let rotations = rotations::ever(&context.keys.project)?;
    if context.json {
        print_json(&json!({ "rotations": rotations }))?;
        return Ok(Exit::Done);
    }
    if rotations.is_empty() {
        println!("{NONE_BEGUN}");
        return Ok(Exit::Done);
    }
    let zone = context.keys.project.zone;
    let day = |at: Option<DateTime<Utc>>| at.map(|at| at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string());
    let rows = rotations.iter().map(|rotation| {
        vec![
            rotation.provider.clone(),
            rotation.stage.as_str().to_owned(),
            day(Some(rotation.began_at)).unwrap_or_default(),
            day(rotation.written_at).unwrap_or_default(),
            day(rotation.retired_at).unwrap_or_default(),
            rotation.by.clone().unwrap_or_default(),
        ]
    });
    print(
        &["PROVIDER", "STANDS", "BEGAN", "NEW KEY SINCE", "ENDED", "BY"],
        rows.collect(),
    );
    tell_exposed(
        &exposures::running(&context.keys.project, &context.keys.providers)?,
        now,
    );
    Ok(Exit::Done)
}

/// The next step as a sentence with the command that goes on.
pub(super) fn in_words(context: &RotateContext, rotation: &Rotation, next: &NextStep, held_by: &HeldBy) -> String {
    let id = &rotation.provider;
    match next {
        NextStep::Finish => format!("the new value is in .env: keyminder rotate finish {id}"),
        NextStep::PutNewValueBack => watch::in_words(rotation),
        NextStep::ChangeRest(unchanged) => format!("{} still holds the old value", unchanged.join(", ")),
        NextStep::PutNewValue(names) => format!("put the new value into .env under {}", names.join(", ")),
        NextStep::CreateKey => match kept_by(context, rotation) {
            Some(owner) => format!("create the new key, give it to {owner}, then: keyminder rotate finish {id}"),
            None => format!("create the new key, put it into .env: keyminder rotate instructions {id}"),
        },
        NextStep::WaitForProvider => {
            format!("the provider answers now so, now so: in a minute, keyminder rotate finish {id} --wait")
        }
        NextStep::DeleteOldKey { manage_url } => {
            let delete = format!("delete the old key at {manage_url}");
            format!(
                "{}, then: keyminder rotate finish {id}",
                holders::before(context, held_by, &delete)
            )
        }
        NextStep::DeleteExposedKey { manage_url } => {
            let delete = format!("delete at {manage_url} the key that was exposed and is not proven dead");
            format!(
                "{}, then: keyminder rotate finish {id}",
                holders::before(context, held_by, &delete)
            )
        }
        NextStep::ReplaceExposedKey => {
            format!("the key in .env was exposed; begin again: keyminder rotate start {id}")
        }
        NextStep::ProveOldKeyDead => {
            let delete = "delete the old key at the provider";
            format!(
                "{}, then: keyminder rotate finish {id}",
                holders::before(context, held_by, delete)
            )
        }
        NextStep::WaitForProof { number, at } => format!(
            "proof {number} at {}: keyminder rotate finish {id} --wait",
            local(context, *at)
        ),
        NextStep::RotateAgain(due) if rotation.stage == RotationStage::Claimed => format!(
            "delete the old key at the provider, if that was not done yet: its value cannot be asked about, so that it is \
             dead stays your word. The next rotation is {}",
            due.map_or_else(
                || "not scheduled".to_owned(),
                |due| due_in_words(due, Utc::now(), context.keys.project.zone)
            )
        ),
        NextStep::RotateAgain(due) => {
            let due = due.map(|due| due_in_words(due, Utc::now(), context.keys.project.zone));
            format!(
                "done; the next one is {}",
                due.unwrap_or_else(|| "not scheduled".to_owned())
            )
        }
        NextStep::StartAgain if rotation.new.is_empty() => {
            format!("the value of before is back; begin again: keyminder rotate start {id}")
        }
        NextStep::StartAgain => format!(
            "the key that was in use before is back; delete the newer key, made for this rotation and now out of use, and \
             begin again: keyminder rotate start {id}"
        ),
    }
}

/// Who keeps the values of a rotation, where `.env` does not.
fn kept_by(context: &RotateContext, rotation: &Rotation) -> Option<String> {
    let project = &context.keys.project;
    rotation.kept_by(project, &project.read_env().ok()?)
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
            "no rotation was begun, so there is nothing to report; what is due: keyminder rotate plan"
        )
        .into());
    }
    let cycle = cycle::current(&context.keys.project)?;
    let estimate = estimate
        .map(|text| minutes(text).with_context(|| format!("--estimate {text:?}: write 2h or 150m")))
        .transpose()?;
    let read = schedule_file::read(&context.keys.project);
    let text = record::write(&RotationRecord {
        cycle: cycle.as_ref(),
        rotations: &rotations,
        estimate,
        schedule: read.schedule(),
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
