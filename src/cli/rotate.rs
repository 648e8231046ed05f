//! `keyminder rotate`: plan, start, prove, roll back, one provider after the other.
mod context;
mod finish;
mod holders;
mod new_value;
mod rollback;
mod show;

#[cfg(feature = "sandbox")]
pub(super) use {rollback::told, show::safe};

use super::{CommandResult, Exit, ProjectArgs, runtime, words};
use crate::rotation;
use crate::rotation::plan;
use crate::rotation::providers::Provider;
use chrono::{DateTime, Utc};
use clap::Subcommand;
use context::RotateContext;
use std::path::PathBuf;

/// The options of `rotate`.
#[derive(clap::Args, Clone, Debug)]
pub struct RotateArgs {
    #[command(subcommand)]
    action: RotateCommand,
    /// Print one JSON object instead of text
    #[arg(long, global = true)]
    json: bool,
    /// An age identity that opens encrypted backups
    #[arg(long, global = true, value_name = "FILE")]
    identity: Option<PathBuf>,
}

#[derive(Subcommand, Clone, Debug)]
enum RotateCommand {
    /// What is to be rotated, the most urgent first; asks no provider
    Plan,
    /// Back .env up and begin; prints what to do
    Start {
        /// Providers or variables, e.g. bybit [default: all that is due]
        providers: Vec<String>,
        /// All that is due, as without a name
        #[arg(long, conflicts_with = "providers")]
        all_due: bool,
    },
    /// Every rotation that was begun, the last one first
    List,
    /// How each rotation stands
    Status {
        /// Providers or variables [default: all]
        providers: Vec<String>,
    },
    /// What to do at the provider, step by step
    Instructions {
        /// A provider or a variable
        provider: String,
        /// en or nl
        #[arg(long, default_value = "en")]
        language: String,
    },
    /// Test the new value, put it into .env, prove the old key dead; may be called again and again
    Finish(finish::FinishArgs),
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

/// Runs the command.
pub fn run(place: &ProjectArgs, args: &RotateArgs) -> CommandResult<Exit> {
    let context = RotateContext::open(place, args.identity.clone(), args.json)?;
    match &args.action {
        RotateCommand::Plan => show::plan(&context, Utc::now()),
        RotateCommand::List => show::list(&context, Utc::now()),
        RotateCommand::Start { providers, .. } => start(&context, providers, Utc::now()),
        RotateCommand::Status { providers } => show::status(&context, providers, Utc::now()),
        RotateCommand::Instructions { provider, language } => show::instructions(&context, provider, language),
        RotateCommand::Finish(finish) => runtime()?.block_on(finish::run(&context, finish)),
        RotateCommand::Rollback { provider, to } => {
            runtime()?.block_on(rollback::run(&context, provider, to.as_deref()))
        }
        RotateCommand::Report { into, estimate } => show::report(&context, into.as_deref(), estimate.as_deref()),
    }
}

fn start(context: &RotateContext, names: &[String], now: DateTime<Utc>) -> CommandResult<Exit> {
    let providers = if names.is_empty() {
        due(context, now)?
    } else {
        context.providers(names)?
    };
    if providers.is_empty() {
        println!("Nothing is due. `keyminder rotate plan` shows the dates; name a provider to rotate it now.");
        return Ok(Exit::Done);
    }
    words::warn_of_lines(&context.keys.project.read_env()?);
    let by = std::env::var_os("USER").and_then(|user| user.into_string().ok());
    let rotations = rotation::start(&context.keys.project, &providers, by.as_deref(), now)?;
    show::started(context, &rotations)
}

fn due(context: &RotateContext, now: DateTime<Utc>) -> CommandResult<Vec<&Provider>> {
    let plan = plan::make(&context.keys.project, &context.keys.providers, now)?;
    let due = plan.keys.iter().filter(|key| key.due_at <= now);
    Ok(due
        .map(|key| context.keys.provider(&key.provider))
        .collect::<Result<_, _>>()?)
}
