//! `keyminder leak`: by hand what a sentence on the page does. The keys count as exposed and due now, the clock on them starts,
//! and the order of steps is told.
use super::probe::usage;
use super::table::print_json;
use super::{CommandResult, Exit, ProjectArgs, words};
use crate::config::Settings;
use crate::domain::exposure::ExposedKey;
use crate::rotation::exposures;
use crate::rotation::providers::Provider;
use crate::rotation::rotations;
use crate::rotation::{self, Keyring, Marked, MeantKeys, Project, plan};
use anyhow::Context;
use chrono::{DateTime, Utc};
use serde_json::json;
use std::collections::BTreeSet;

/// The options of `leak`.
#[derive(clap::Args, Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each option is there or not")]
pub struct LeakArgs {
    /// Variables of `.env`, or providers [default: none; how exposed keys stand is told]
    #[arg(value_name = "KEY")]
    keys: Vec<String>,
    /// Every secret of `.env`, of known providers or not
    #[arg(long, conflicts_with = "keys")]
    all: bool,
    /// The values that stood in .env before the present ones
    #[arg(long, conflicts_with = "all")]
    old: bool,
    /// Take the mark back: the key did not leak; its date is again what it was
    #[arg(long)]
    false_alarm: bool,
    /// Print one JSON object instead of text
    #[arg(long)]
    json: bool,
}

/// What is to be done about exposed keys, in this order. What no provider is known for is not rotated by us.
fn steps(exposed: &[ExposedKey]) -> [&'static str; 5] {
    let is_rotated = |key: &ExposedKey| key.manage_url.is_some();
    let (make, put) = if exposed.is_empty() || exposed.iter().any(is_rotated) {
        (
            "begin its rotation, which keeps the old key safe, and make a new key",
            "put it into .env: rotate finish tries it and proves the old one dead",
        )
    } else {
        ("make a new one where it was made", "put it into .env")
    };
    let rest = [
        "restart what reads it",
        "delete the old key where it was made",
        "look there whether somebody used it",
    ];
    [make, put, rest[0], rest[1], rest[2]]
}

/// The next command for an exposed key: a rotation that runs goes on, and none is begun of a key that already took its place.
fn command(keys: &Keyring, key: &ExposedKey) -> String {
    let id = &key.id;
    let Some(url) = &key.manage_url else {
        return "no provider that keyminder knows; change it where it was made".to_owned();
    };
    if key.standing.is_in_use() {
        let verb = if key.is_rotating { "status" } else { "start" };
        return format!("keyminder rotate {verb} {id}   {url}");
    }
    let is_known = rotations::find(&keys.project, id).ok().flatten().is_some();
    let ask = if is_known {
        format!("rotate finish {id}")
    } else {
        "monitor".to_owned()
    };
    format!("delete {} at {url}, then: keyminder {ask}", key.called())
}

/// Runs the command.
pub fn run(place: &ProjectArgs, args: &LeakArgs) -> CommandResult<Exit> {
    let keys = Keyring::open(&Settings::load(place)?)?;
    let now = Utc::now();
    if args.keys.is_empty() && !args.all {
        if args.false_alarm {
            return Ok(usage("--false-alarm: name the key that did not leak, or --all"));
        }
        let exposed = exposures::running(&keys.project, &keys.providers)?;
        return told(&keys, args, &exposed, now);
    }
    let names = match variables(&keys, &args.keys)? {
        Ok(names) => names,
        Err(fault) => return Ok(usage(&fault)),
    };
    if args.false_alarm {
        return taken_back(&keys, args, names, now);
    }
    let marked = rotation::mark_exposed(&keys.project, &keys.providers, &args.meant(names.clone()), now)?;
    if args.old {
        return told_of_former(&keys, args, &marked, now);
    }
    if marked.variables.is_empty() {
        return Err(nothing_there(&keys, &names, &marked.placeholders));
    }
    if !args.json {
        not_marked(&keys, args, &marked);
    }
    let mut exposed = exposures::running(&keys.project, &keys.providers)?;
    exposed.retain(|key| key.variables.iter().any(|name| marked.variables.contains(name)));
    told(&keys, args, &exposed, now)
}

impl LeakArgs {
    fn meant(&self, names: Vec<String>) -> MeantKeys {
        let (names, former) = if self.old {
            (Vec::new(), names)
        } else {
            (names, Vec::new())
        };
        MeantKeys {
            names,
            all: self.all,
            former,
        }
    }
}

/// What was meant and could not be marked.
fn not_marked(keys: &Keyring, args: &LeakArgs, marked: &Marked) {
    if !marked.placeholders.is_empty() {
        println!("{}, so it was not marked.", held_in_place(&marked.placeholders));
    }
    if args.all && !marked.unread.is_empty() {
        let lines: Vec<String> = marked.unread.iter().map(ToString::to_string).collect();
        println!(
            "{} is not read in line {}: a secret there was not marked. keyminder check says why.",
            keys.project.relative(&keys.project.env),
            lines.join(", ")
        );
    }
}

/// What came of former values that leaked.
fn told_of_former(keys: &Keyring, args: &LeakArgs, marked: &Marked, now: DateTime<Utc>) -> CommandResult<Exit> {
    let mut exposed = exposures::running(&keys.project, &keys.providers)?;
    let is_meant = |key: &ExposedKey| key.variables.iter().any(|name| marked.former.contains(name));
    exposed.retain(|key| is_meant(key) && !key.standing.is_in_use());
    if !args.json {
        for name in &marked.dead {
            println!("{name}: the former key was proven dead before; nothing is to be done.");
        }
        if marked.former.is_empty() && marked.dead.is_empty() {
            let names = marked.unknown.join(", ");
            return Err(anyhow::anyhow!("no former value of {names} is known, so nothing was marked").into());
        }
        if exposed.is_empty() {
            return Ok(Exit::Done);
        }
    }
    told(keys, args, &exposed, now)
}

/// Takes marks back, and tells what the keys' dates are now.
fn taken_back(keys: &Keyring, args: &LeakArgs, names: Vec<String>, now: DateTime<Utc>) -> CommandResult<Exit> {
    let which = args.meant(names);
    let back = exposures::unmark(&keys.project, &keys.providers, &which, &[], now)?;
    let planned = plan::make(&keys.project, &keys.providers, now).map(|plan| plan.keys);
    let planned = planned.unwrap_or_default();
    if args.json {
        print_json(&json!({ "taken_back": back }))?;
        return Ok(Exit::Done);
    }
    if back.is_empty() {
        println!("No such key counted as exposed; nothing was changed.");
    }
    for name in &back {
        let key = planned.iter().find(|key| key.variables.contains(name));
        let due = key.map(|key| format!(", {}", key.due)).unwrap_or_default();
        println!("{name}: counts as exposed no longer{due}");
    }
    let left = exposures::running(&keys.project, &keys.providers)?.into_iter();
    for key in left.filter(|key| key.variables.iter().any(|name| back.contains(name))) {
        println!("An older value still counts: {}", words::exposed(&[key], now).join(""));
    }
    if !back.is_empty() {
        println!("A rotation that was begun goes on: keyminder rotate status");
    }
    Ok(Exit::Done)
}

/// The variables that names mean: those of a provider, or one of `.env`. A name that means none is a fault of usage.
fn variables(keys: &Keyring, names: &[String]) -> CommandResult<Result<Vec<String>, String>> {
    let present = secrets(&keys.project)?;
    let mut variables = Vec::new();
    for name in names {
        let of = keys
            .providers
            .all()
            .iter()
            .find(|provider| provider.id.eq_ignore_ascii_case(name) || provider.title.eq_ignore_ascii_case(name));
        if let Some(provider) = of {
            let several = several_of(keys, &present, provider);
            if several.len() > 1 {
                let several = several.join(" ");
                return Ok(Err(format!(
                    "{name:?} may mean each of these keys: name those that are meant: keyminder leak {several}"
                )));
            }
            variables.extend(provider.variables.iter().map(|variable| variable.name.clone()));
        } else if present.iter().any(|known| known.eq_ignore_ascii_case(name)) || keys.provider(name).is_ok() {
            variables.push(name.clone());
        } else {
            let known = keys.providers.all().iter().map(|provider| provider.id.clone());
            let known: Vec<String> = present.into_iter().chain(known).collect();
            return Ok(Err(format!(
                "no key is called {name:?}. Name a variable of {}, or a provider: {}; or --all",
                keys.project.relative(&keys.project.env),
                known.join(", ")
            )));
        }
    }
    Ok(Ok(variables))
}

/// The secrets in `.env` that go by the name of a provider where each of its keys may be meant; none, where it has a name of its own.
fn several_of(keys: &Keyring, present: &BTreeSet<String>, provider: &Provider) -> Vec<String> {
    let is_plain = provider.id == provider.maker;
    let of_maker = keys
        .providers
        .all()
        .iter()
        .filter(|other| is_plain && other.maker == provider.maker);
    let secret = |other: &Provider| {
        let mut secrets = other.variables.iter().filter(|variable| !variable.identifier);
        let held = secrets.find_map(|variable| present.iter().find(|known| variable.answers_to(known)));
        held.cloned()
    };
    of_maker.filter_map(secret).collect()
}

/// The names of the secrets in `.env`.
fn secrets(project: &Project) -> CommandResult<BTreeSet<String>> {
    let prints = project.fingerprints().context("which keys there are cannot be told")?;
    Ok(prints.into_keys().collect())
}

fn nothing_there(keys: &Keyring, names: &[String], placeholders: &[String]) -> super::CommandError {
    let env = keys.project.relative(&keys.project.env);
    let error = if !placeholders.is_empty() {
        anyhow::anyhow!("{}, so nothing was marked", held_in_place(placeholders))
    } else if names.is_empty() {
        anyhow::anyhow!("{env} holds no secret, so nothing was marked")
    } else {
        anyhow::anyhow!("{} is not in {env}, so nothing was marked", names.join(", "))
    };
    error.into()
}

fn held_in_place(placeholders: &[String]) -> String {
    let verb = if placeholders.len() == 1 { "holds" } else { "hold" };
    format!("{} {verb} a placeholder, no key", placeholders.join(", "))
}

fn told(keys: &Keyring, args: &LeakArgs, exposed: &[ExposedKey], now: DateTime<Utc>) -> CommandResult<Exit> {
    if args.json {
        print_json(&json!({ "exposed": exposed, "steps": steps(exposed) }))?;
        return Ok(Exit::Done);
    }
    if exposed.is_empty() {
        println!("No key counts as exposed. One that leaked: keyminder leak KEY");
        return Ok(Exit::Done);
    }
    for line in words::exposed(exposed, now) {
        println!("{line}");
    }
    println!("Due now, in this order:");
    for (at, step) in steps(exposed).iter().enumerate() {
        println!("  {}. {step}", at + 1);
    }
    for key in exposed {
        println!("{}: {}", key.title, command(keys, key));
    }
    if exposed.iter().any(|key| key.manage_url.is_some()) {
        println!("The clock runs until the old keys are proven dead: keyminder rotate status");
    }
    Ok(Exit::Done)
}
