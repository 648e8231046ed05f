//! `keyminder rotate`: plan, start, prove, roll back, one provider after the other.
mod finish;
mod new_value;
mod rollback;
mod show;

pub(super) use rollback::told;
pub(super) use show::safe;

use super::probe::warn_of_stand_ins;
use super::{Exit, Place};
use crate::config::Settings;
use crate::evidence::{OpenError, providers};
use crate::rotation::Project;
use crate::rotation::course;
use crate::rotation::plan;
use crate::rotation::probe::{ProbeSettings, Prober};
use crate::rotation::providers::{Provider, Providers};
use chrono::{DateTime, Utc};
use clap::Subcommand;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The options of `rotate`.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
    /// An age identity that opens encrypted backups
    #[arg(long, global = true, value_name = "FILE")]
    identity: Option<PathBuf>,
}

#[derive(Subcommand, Clone, Debug)]
enum Action {
    /// What is to be rotated, the most urgent first; asks no provider
    Plan,
    /// Back .env up and begin; prints what to do
    Start {
        /// Providers or variables, e.g. bybit [default: all that is due]
        providers: Vec<String>,
    },
    /// How each rotation stands
    Status,
    /// What to do at the provider, step by step
    Instructions {
        /// A provider or a variable
        provider: String,
        /// en or nl
        #[arg(long, default_value = "en")]
        language: String,
    },
    /// Test the new value, put it into .env, prove the old key dead; may be called again and again
    Finish(finish::Args),
    /// Bring the old value back, if it still works
    Rollback {
        /// A provider or a variable
        provider: String,
        /// Which backup [default: the one of `rotate start`]
        #[arg(long, value_name = "ID")]
        to: Option<String>,
    },
    /// The record of this rotation in Markdown
    Report {
        /// Write it to a file
        #[arg(long, value_name = "FILE")]
        into: Option<PathBuf>,
        /// What the guide says that it takes, e.g. 2h
        #[arg(long, value_name = "TIME")]
        estimate: Option<String>,
    },
}

/// What every action works with.
struct Keys {
    project: Project,
    providers: Arc<Providers>,
    probes: ProbeSettings,
    proof_at: Vec<Duration>,
    json: bool,
}

/// Runs the command.
pub fn run(place: &Place, args: &Args) -> anyhow::Result<Exit> {
    let keys = Keys::open(place, args)?;
    match &args.action {
        Action::Plan => show::plan(&keys, Utc::now()),
        Action::Start { providers } => start(&keys, providers, Utc::now()),
        Action::Status => show::status(&keys, Utc::now()),
        Action::Instructions { provider, language } => show::instructions(&keys, provider, language),
        Action::Finish(finish) => block_on(finish::run(&keys, finish))?,
        Action::Rollback { provider, to } => block_on(rollback::run(&keys, provider, to.as_deref()))?,
        Action::Report { into, estimate } => show::report(&keys, into.as_deref(), estimate.as_deref()),
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(future))
}

impl Keys {
    fn open(place: &Place, args: &Args) -> anyhow::Result<Self> {
        let settings = Settings::load(place)?;
        warn_of_stand_ins(&settings);
        let mut project = Project::open(&settings)?;
        project.identity.clone_from(&args.identity);
        project.sweep(Utc::now().into());
        Ok(Self {
            providers: providers(&settings).map_err(OpenError::Providers)?,
            probes: ProbeSettings::from(&settings),
            proof_at: settings.rotation.proof_at.clone(),
            json: args.json,
            project,
        })
    }

    fn prober(&self) -> anyhow::Result<Prober> {
        Ok(Prober::new(self.probes.clone())?)
    }

    /// By its id, or by one of its variables.
    fn provider(&self, name: &str) -> anyhow::Result<&Provider> {
        let found = self.providers.get(name).or_else(|| self.providers.of_variable(name));
        found.ok_or_else(|| {
            let known: Vec<&str> = self
                .providers
                .all()
                .iter()
                .map(|provider| provider.id.as_str())
                .collect();
            anyhow::anyhow!(
                "no provider and no variable is called {name:?}; the providers are: {}",
                known.join(", ")
            )
        })
    }
}

fn start(keys: &Keys, names: &[String], now: DateTime<Utc>) -> anyhow::Result<Exit> {
    let providers = if names.is_empty() {
        due(keys, now)?
    } else {
        names
            .iter()
            .map(|name| keys.provider(name))
            .collect::<anyhow::Result<_>>()?
    };
    if providers.is_empty() {
        println!("Nothing is due. `keyminder rotate plan` shows the dates; name a provider to rotate it now.");
        return Ok(Exit::Done);
    }
    let by = std::env::var_os("USER").and_then(|user| user.into_string().ok());
    let courses = course::start(&keys.project, &providers, by.as_deref(), now)?;
    show::started(keys, &courses)
}

fn due(keys: &Keys, now: DateTime<Utc>) -> anyhow::Result<Vec<&Provider>> {
    let plan = plan::make(&keys.project, &keys.providers, now)?;
    let due = plan.keys.iter().filter(|key| key.due_at <= now);
    due.map(|key| keys.provider(&key.provider)).collect()
}
