//! `keyminder probe`: one harmless authenticated call for each key.
use super::{CommandResult, Exit, ProjectArgs, holders, table, words};
use crate::config::Settings;
use crate::domain::verdict::{Life, Verdict};
use crate::rotation::acceptance::{hint_in_words, in_words};
use crate::rotation::plan;
use crate::rotation::probe::{Hint, Probed, consent};
use crate::rotation::providers::{Provider, Providers};
use crate::rotation::{EnvFile, Keyring};
use crate::terminal;
use anyhow::Context;
use chrono::Utc;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::IsTerminal;

/// The options of `probe`.
#[derive(clap::Args, Clone, Debug)]
pub struct ProbeArgs {
    /// Variables of `.env`, or providers [default: every key that a provider knows]
    #[arg(value_name = "KEY")]
    keys: Vec<String>,
    /// One JSON object on stdout
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(place: &ProjectArgs, args: &ProbeArgs) -> CommandResult<Exit> {
    let settings = match Settings::load(place) {
        Ok(settings) => settings,
        Err(faults) => return Ok(usage(&faults.to_string())),
    };
    warn_of_stand_ins(&settings);
    let keys = Keyring::open(&settings)?;
    ask_for_notion(&keys, &settings)?;
    let env = keys.project.read_env()?;
    words::warn_of_lines(&env);
    holders::warn_of_exported(&keys, &env);
    let values = match chosen(&keys, &env, &args.keys) {
        Ok(values) => values,
        Err(fault) => return Ok(usage(&fault)),
    };
    let unknown = plan::unknown(&keys.providers, &env);
    if values.is_empty() {
        let env = keys.project.relative(&keys.project.env);
        println!("{}", words::no_known_key(&env, &keys.providers, "probe"));
        words::tell_unknown(&unknown);
        // Green with nothing watched would be a lie.
        return Ok(Exit::Failed);
    }
    ask_for_consent(&keys, &values)?;
    let probed = probe(&keys, &values)?;
    if args.json {
        table::print_json(&as_json(&keys, &probed, &values, &unknown))?;
    } else {
        table::print(
            &["KEY", "PROVIDER", "VERDICT", "EXPIRES", "WHAT IT MEANS"],
            rows(&keys, &probed),
        );
        if args.keys.is_empty() {
            words::tell_unknown(&unknown);
        }
    }
    let dead = probed.iter().any(|probed| probed.verdict.life() == Life::Dead);
    let is_watched = |probed: &Probed| !matches!(probed.hint, Some(Hint::Placeholder(_)));
    if args.keys.is_empty() && !probed.iter().any(is_watched) {
        eprintln!("warning: no key is watched: what stands there are texts in place of keys");
    }
    Ok(if dead { Exit::Failed } else { Exit::Done })
}

pub(super) fn usage(fault: &str) -> Exit {
    eprintln!("keyminder: {fault}");
    Exit::Usage
}

/// Keys that go elsewhere than to their providers are worth a line.
pub(super) fn warn_of_stand_ins(settings: &Settings) {
    if let Some(url) = &settings.probe_url {
        eprintln!("keyminder: KEYMINDER_PROBE_URL is set: all probes but Notion's go to {url}, not to the providers");
    }
}

/// The values to probe: all that providers know, or those asked for, each together with the rest of its key.
fn chosen(keys: &Keyring, env: &EnvFile, names: &[String]) -> Result<BTreeMap<String, SecretString>, String> {
    let mut wanted: Vec<&Provider> = Vec::new();
    for name in names {
        wanted.push(keys.provider(name).map_err(|unknown| unknown.to_string())?);
    }
    let is_wanted = |name: &str| match keys.providers.of_variable(name) {
        Some(provider) => {
            names.is_empty()
                || wanted
                    .iter()
                    .any(|wanted| wanted.id == provider.id || wanted.id == provider.maker)
        }
        None => false,
    };
    let entries = env.entries().filter(|entry| is_wanted(&entry.name));
    Ok(entries.map(|entry| (entry.name.clone(), entry.value.clone())).collect())
}

/// Asks once whether the host of `notion.url` may have the bot's token, wherever that stands.
fn ask_for_notion(keys: &Keyring, settings: &Settings) -> CommandResult<()> {
    match consent::lacking_for_notion(&settings.notion.url, &keys.project.state_dir) {
        Some(consent) => ask(keys, &consent, "notion.url"),
        None => Ok(()),
    }
}

/// Asks once whether a host of the project's own file may have a key.
fn ask_for_consent(keys: &Keyring, values: &BTreeMap<String, SecretString>) -> CommandResult<()> {
    let present = |provider: &&Provider| !provider.is_notion() && !provider.instances(values).is_empty();
    for provider in keys.providers.all().iter().filter(present) {
        if let Some(consent) = keys.prober.needs_consent(provider) {
            ask(keys, &consent, "config/providers.toml")?;
        }
    }
    Ok(())
}

/// Asks for an agreement; only at a terminal can anybody answer.
fn ask(keys: &Keyring, consent: &str, file: &str) -> CommandResult<()> {
    let (names, hosts) = consent.split_once('@').unwrap_or((consent, ""));
    let (names, hosts) = (names.replace('+', ", "), hosts.replace('+', " and "));
    let question = format!("{file} sends {names} to {hosts}. Is that right?");
    if !std::io::stdin().is_terminal() {
        eprintln!(
            "keyminder: {file} sends {names} to {hosts}; run `keyminder probe` at a terminal to agree to {consent}"
        );
    } else if inquire::Confirm::new(&terminal::one_line(&question))
        .with_default(false)
        .prompt()?
    {
        consent::add(&keys.project, consent).context("state/agreed_providers.json")?;
    }
    Ok(())
}

fn probe(keys: &Keyring, values: &BTreeMap<String, SecretString>) -> CommandResult<Vec<Probed>> {
    let mut progress = ProbeProgress::new(&keys.providers, values);
    let probing = keys
        .prober
        .probe_each(&keys.providers, values, Utc::now(), |_| progress.step());
    Ok(super::runtime()?.block_on(probing))
}

/// A line on stderr that says how far it is; nothing where nobody watches.
pub(super) struct ProbeProgress {
    done: usize,
    of: usize,
    watched: bool,
}

impl ProbeProgress {
    pub(super) fn new(providers: &Providers, values: &BTreeMap<String, SecretString>) -> Self {
        let of = providers
            .all()
            .iter()
            .map(|provider| provider.instances(values).len())
            .sum();
        let progress = Self {
            done: 0,
            of,
            watched: std::io::stderr().is_terminal(),
        };
        progress.show();
        progress
    }

    pub(super) fn step(&mut self) {
        self.done += 1;
        self.show();
    }

    fn show(&self) {
        if !self.watched {
            return;
        }
        if self.done < self.of {
            terminal::progress(&format!("probing: {} of {} keys", self.done, self.of));
        } else {
            terminal::progress("");
        }
    }
}

fn rows(keys: &Keyring, all: &[Probed]) -> Vec<Vec<String>> {
    let zone = keys.project.zone;
    let row = |probed: &Probed| {
        let title = keys
            .providers
            .get(&probed.provider)
            .map_or(&probed.provider, |provider| &provider.title);
        let expires = probed
            .captures
            .expires_at
            .map(|at| at.with_timezone(&zone).format("%Y-%m-%d").to_string());
        vec![
            probed.variables.join(", "),
            title.clone(),
            probed.verdict.as_str().to_owned(),
            expires.unwrap_or_default(),
            meaning(probed),
        ]
    };
    all.iter().map(row).collect()
}

/// What a verdict means to a person, and what to do where that is known.
fn meaning(probed: &Probed) -> String {
    match (&probed.hint, &probed.environment) {
        (Some(hint), _) => hint_in_words(hint),
        (None, Some(environment)) if probed.verdict == Verdict::WrongEnvironment => {
            format!("it belongs to {environment}; set `environment` in config/providers.toml")
        }
        (None, _) => in_words(probed.verdict).to_owned(),
    }
}

fn as_json(keys: &Keyring, all: &[Probed], values: &BTreeMap<String, SecretString>, unknown: &[String]) -> Value {
    let keys = all.iter().map(|probed| {
        let key = probed.variables.first();
        let fingerprint = key.and_then(|key| Some(keys.project.fingerprint(key, values.get(key)?)));
        json!({
            "key": key,
            "keys": probed.variables,
            "provider": probed.provider,
            "verdict": probed.verdict.as_str(),
            "alive": probed.verdict.life() == Life::Alive,
            "environment": probed.environment,
            "expires_at": probed.captures.expires_at,
            "permissions": probed.captures.permissions,
            "ips": probed.captures.ips,
            "clock_offset_ms": probed.clock_offset_ms,
            "status_code": probed.status_code,
            "fingerprint": fingerprint,
            "checked_at": probed.checked_at,
            "duration_ms": u64::try_from(probed.duration.as_millis()).unwrap_or(u64::MAX),
            "hint": probed.hint,
        })
    });
    json!({ "keys": keys.collect::<Vec<_>>(), "unknown": unknown })
}
