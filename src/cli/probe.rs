//! `keyminder probe`: one harmless authenticated call for each key.
use super::{Exit, Place, table, words};
use crate::config::Settings;
use crate::domain::verdict::{Life, Verdict};
use crate::evidence::Looker;
use crate::rotation::EnvFile;
use crate::rotation::acceptance::{hint_in_words, in_words};
use crate::rotation::probe::{Probed, consent};
use crate::rotation::providers::{Provider, Providers};
use anyhow::Context;
use chrono::Utc;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};

/// The options of `probe`.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {
    /// Variables of `.env`, or providers [default: every key that a provider knows]
    #[arg(value_name = "KEY")]
    keys: Vec<String>,
    /// One JSON object on stdout
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(place: &Place, args: &Args) -> anyhow::Result<Exit> {
    let settings = match Settings::load(place) {
        Ok(settings) => settings,
        Err(faults) => return Ok(usage(&faults.to_string())),
    };
    warn_of_stand_ins(&settings);
    let looker = Looker::open(&settings)?;
    let env = looker.project.read_env()?;
    let values = match chosen(&looker, &env, &args.keys) {
        Ok(values) => values,
        Err(fault) => return Ok(usage(&fault)),
    };
    if values.is_empty() {
        let env = looker.project.relative(&looker.project.env);
        println!("{}", words::no_known_key(&env, &looker.providers, "probe"));
        return Ok(Exit::Done);
    }
    let looker = ask_for_consent(looker, &settings, &values)?;
    let probed = probe(&looker, &values)?;
    if args.json {
        table::print_json(&as_json(&looker, &probed, &values))?;
    } else {
        table::print(
            &["KEY", "PROVIDER", "VERDICT", "EXPIRES", "WHAT IT MEANS"],
            rows(&looker, &probed),
        );
    }
    let dead = probed.iter().any(|probed| probed.verdict.life() == Life::Dead);
    Ok(if dead { Exit::Failed } else { Exit::Done })
}

pub(super) fn usage(fault: &str) -> Exit {
    eprintln!("keyminder: {fault}");
    Exit::Usage
}

/// Keys that go elsewhere than to their providers are worth a line.
pub(super) fn warn_of_stand_ins(settings: &Settings) {
    if let Some(url) = &settings.probe_url {
        eprintln!("keyminder: KEYMINDER_PROBE_URL is set: all probes go to {url}, not to the providers");
    }
}

/// The values to probe: all that providers know, or those asked for, each together with the rest of its key.
fn chosen(looker: &Looker, env: &EnvFile, keys: &[String]) -> Result<BTreeMap<String, SecretString>, String> {
    let mut wanted: Vec<&Provider> = Vec::new();
    for key in keys {
        let provider = looker.providers.get(key).or_else(|| looker.providers.of_variable(key));
        wanted.push(provider.ok_or_else(|| unknown(looker, key))?);
    }
    let is_wanted = |name: &str| match looker.providers.of_variable(name) {
        Some(provider) => keys.is_empty() || wanted.iter().any(|wanted| wanted.id == provider.id),
        None => false,
    };
    let entries = env.entries().filter(|entry| is_wanted(&entry.name));
    Ok(entries.map(|entry| (entry.name.clone(), entry.value.clone())).collect())
}

fn unknown(looker: &Looker, key: &str) -> String {
    let ids: Vec<&str> = looker
        .providers
        .all()
        .iter()
        .map(|provider| provider.id.as_str())
        .collect();
    format!(
        "no provider knows {key:?}. Name a variable such as BYBIT_API_KEY, or one of: {}. Others are added in config/providers.toml",
        ids.join(", ")
    )
}

/// Asks once whether a host of the project's own file may have a key; only at a terminal can anybody answer.
fn ask_for_consent(
    looker: Looker,
    settings: &Settings,
    values: &BTreeMap<String, SecretString>,
) -> anyhow::Result<Looker> {
    let mut agreed = false;
    for provider in looker
        .providers
        .all()
        .iter()
        .filter(|provider| !provider.instances(values).is_empty())
    {
        let Some(consent) = looker.prober.needs_consent(provider) else {
            continue;
        };
        let names: Vec<&str> = provider
            .variables
            .iter()
            .map(|variable| variable.name.as_str())
            .collect();
        let question = format!(
            "config/providers.toml sends {} to {}. Is that right?",
            names.join(" and "),
            provider.host()
        );
        if std::io::stdin().is_terminal() && inquire::Confirm::new(&question).with_default(false).prompt()? {
            consent::add(&looker.project, &consent).context("state/agreed_providers.json")?;
            agreed = true;
        }
    }
    Ok(if agreed { Looker::open(settings)? } else { looker })
}

fn probe(looker: &Looker, values: &BTreeMap<String, SecretString>) -> anyhow::Result<Vec<Probed>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut progress = Progress::new(&looker.providers, values);
    let probed = runtime.block_on(
        looker
            .prober
            .probe_each(&looker.providers, values, Utc::now(), |_| progress.step()),
    );
    Ok(probed)
}

/// A line on stderr that says how far it is; nothing where nobody watches.
pub(super) struct Progress {
    done: usize,
    of: usize,
    watched: bool,
}

impl Progress {
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
            eprint!("\rprobing: {} of {} keys", self.done, self.of);
        } else {
            eprint!("\r\u{1b}[K");
        }
        let _ = std::io::stderr().flush();
    }
}

fn rows(looker: &Looker, all: &[Probed]) -> Vec<Vec<String>> {
    let zone = looker.project.zone;
    let row = |probed: &Probed| {
        let title = looker
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

fn as_json(looker: &Looker, all: &[Probed], values: &BTreeMap<String, SecretString>) -> Value {
    let keys = all.iter().map(|probed| {
        let key = probed.variables.first();
        let fingerprint = key.and_then(|key| Some(looker.project.fingerprint(key, values.get(key)?)));
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
    json!({"keys": keys.collect::<Vec<_>>()})
}
