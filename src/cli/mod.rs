//! The command line: one file for each subcommand, each with its `Args` and its `run`.
pub mod audit;
pub mod backup;
mod begun_page;
mod bot;
pub mod check;
pub mod classify;
mod command;
mod daily;
#[cfg(feature = "sandbox")]
pub mod demo;
mod dry_run;
pub mod explain;
mod greet;
mod held;
mod holders;
pub mod init;
pub mod leak;
pub mod monitor;
mod own_secrets;
pub mod page;
mod patterns;
mod preview;
pub mod probe;
pub mod redact;
pub mod rotate;
pub mod run;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod schedule;
pub mod status;
mod supervise;
mod table;
mod token;
mod tools;
mod train;
mod upkeep;
mod words;

pub use crate::config::ProjectArgs;
use command::runtime;
pub use command::{CommandError, CommandResult, EndsCommand, Exit};

use crate::{telemetry, terminal};
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Walks people through an action item on a Notion page, by its comments. A comment is a claim; evidence ticks the box.
#[derive(Parser, Debug)]
#[command(name = "keyminder", version, about, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    place: ProjectArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// The main job with no account: sandbox, bot, and a conversation played on the page
    #[cfg(feature = "sandbox")]
    Demo(demo::DemoArgs),
    /// The bot: reads comments, looks for evidence, replies
    Run(run::RunArgs),
    /// A small Notion of our own, alone
    #[cfg(feature = "sandbox")]
    Sandbox(sandbox::SandboxArgs),
    /// Set a project up
    Init(init::InitArgs),
    /// Prove the configuration, the rules with their examples, and the prompts
    Check(check::CheckArgs),
    /// Redaction, reading, decision and reply for one comment; nothing is done
    Explain(explain::ExplainArgs),
    /// A page as it is read: its steps, boxes and criteria
    Page(page::PageArgs),
    /// Filter: JSON lines in, readings out
    Classify(classify::ClassifyArgs),
    /// Filter: JSON lines in, redacted text and spans out; a line with an `env` of its own is masked by that, any other by
    /// the project's `.env`
    Redact(redact::RedactArgs),
    /// What was seen, decided, done, and why
    Audit(audit::AuditArgs),
    /// How the bot stands
    Status(status::StatusArgs),
    /// Backups of `.env`
    Backup(backup::BackupArgs),
    /// One harmless authenticated call for each key
    Probe(probe::ProbeArgs),
    /// The rotation: plan, start, prove, roll back
    Rotate(rotate::RotateArgs),
    /// Keys leaked: they are exposed and due now; the order of steps
    Leak(leak::LeakArgs),
    /// The next rotation
    Schedule(schedule::ScheduleArgs),
    /// Every key's verdict, age and days left
    Monitor(monitor::MonitorArgs),
    /// The table of the second reader, from labelled comments
    Train(train::TrainArgs),
}

/// All commands with their arguments, as they are parsed.
pub fn commands() -> clap::Command {
    <Cli as clap::CommandFactory>::command()
}

/// Parses the command line, runs the command, prints its error.
pub fn main() -> ExitCode {
    guard_the_terminal();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let told = error.render().to_string();
            if error.use_stderr() {
                terminal::err(&told);
            } else {
                terminal::out(&told);
            }
            return if error.use_stderr() {
                Exit::Usage.into()
            } else {
                Exit::Done.into()
            };
        }
    };
    match dispatch(&cli) {
        Ok(exit) => exit.into(),
        Err(error) => {
            eprintln!("keyminder: {error}");
            error.exit().into()
        }
    }
}

/// An error, and a panic, may quote what is wrong, and that may be a key in the wrong place. What can be known of keys is
/// known from the start, also when neither the command line nor the settings can be read.
fn guard_the_terminal() {
    let mut arguments: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    let place = held::ProjectPlace::of(&arguments);
    let ours = std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("KEYMINDER_"));
    arguments.extend(ours.map(|(_, value)| value.to_string_lossy().into_owned()));
    terminal::guard(arguments, move || place.held());
    telemetry::hook_panics(terminal::told);
}

fn dispatch(cli: &Cli) -> CommandResult<Exit> {
    let place = &cli.place;
    match &cli.command {
        #[cfg(feature = "sandbox")]
        Command::Demo(args) => demo::run(place, args),
        Command::Run(args) => run::run(place, args),
        #[cfg(feature = "sandbox")]
        Command::Sandbox(args) => sandbox::run(place, args),
        Command::Init(args) => init::run(place, args),
        Command::Check(args) => check::run(place, args),
        Command::Explain(args) => explain::run(place, args),
        Command::Page(args) => page::run(place, args),
        Command::Classify(args) => classify::run(place, args),
        Command::Redact(args) => redact::run(place, args),
        Command::Audit(args) => audit::run(place, args),
        Command::Status(args) => status::run(place, args),
        Command::Backup(args) => backup::run(place, args),
        Command::Probe(args) => probe::run(place, args),
        Command::Rotate(args) => rotate::run(place, args),
        Command::Leak(args) => leak::run(place, args),
        Command::Schedule(args) => schedule::run(place, args),
        Command::Monitor(args) => monitor::run(place, args),
        Command::Train(args) => train::run(args),
    }
}
