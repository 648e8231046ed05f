//! The command line: one file for each subcommand, each with its `Args` and its `run`.
pub mod audit;
pub mod backup;
mod bot;
pub mod check;
pub mod classify;
mod daily;
pub mod demo;
mod dry_run;
pub mod explain;
mod greet;
pub mod init;
pub mod monitor;
pub mod probe;
pub mod redact;
pub mod rotate;
pub mod run;
pub mod sandbox;
pub mod schedule;
pub mod status;
mod supervise;
mod table;
mod token;
mod upkeep;
mod words;

use crate::config::Faults;
pub use crate::config::Place;
use crate::domain::redact::{KnownValues, Patterns, Redactor};
use crate::evidence::OpenError;
use crate::rotation::EnvFile;
use crate::rotation::ReplaceError;
use crate::rotation::backup::BackupError;
use crate::rotation::course::CourseError;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// How a command ended; `monitor --plugin` has codes of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: failed; the reason was printed.
    Failed,
    /// 2: wrong usage, or an unreadable or invalid configuration.
    Usage,
    /// 5: refused for safety.
    Refused,
    /// The monitor plugin's own code: 0 to 3.
    Plugin(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Refused => 5,
            Exit::Plugin(code) => code,
        })
    }
}

/// Walks people through an action item on a Notion page, by its comments. A comment is a claim; evidence ticks the box.
#[derive(Parser, Debug)]
#[command(name = "keyminder", version, about, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// The main job with no account: sandbox, bot, and a conversation played on the page
    Demo(demo::Args),
    /// The bot: reads comments, looks for evidence, replies
    Run(run::Args),
    /// A small Notion of our own, alone
    Sandbox(sandbox::Args),
    /// Set a project up
    Init(init::Args),
    /// Prove the configuration, the rules with their examples, and the prompts
    Check(check::Args),
    /// Redaction, reading, decision and reply for one comment; nothing is done
    Explain(explain::Args),
    /// Filter: JSON lines in, readings out
    Classify(classify::Args),
    /// Filter: JSON lines in, redacted text and spans out
    Redact(redact::Args),
    /// What was seen, decided, done, and why
    Audit(audit::Args),
    /// How the bot stands
    Status(status::Args),
    /// Backups of `.env`
    Backup(backup::Args),
    /// One harmless authenticated call for each key
    Probe(probe::Args),
    /// The rotation: plan, start, prove, roll back
    Rotate(rotate::Args),
    /// The next rotation
    Schedule(schedule::Args),
    /// Every key's verdict, age and days left
    Monitor(monitor::Args),
}

/// Parses the command line, runs the command, prints its error.
pub fn main() -> ExitCode {
    end_with_the_pipe();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
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
            eprintln!("keyminder: {}", without_keys(&cli.place, &format!("{error:#}")));
            exit_of(&error).into()
        }
    }
}

/// An error may quote what is wrong, and that may be a key in the wrong place. What can be known of keys is known here too,
/// even when the settings cannot be read.
fn without_keys(place: &Place, error: &str) -> String {
    let env = place.project.clone().unwrap_or_default().join(".env");
    let env = Some(env).filter(|env| env.is_file());
    let env = env.and_then(|env| std::fs::read(env).ok());
    let env = env.and_then(|bytes| EnvFile::parse(&bytes).ok());
    let entries = env.iter().flat_map(EnvFile::entries);
    let known = KnownValues::from_env(entries.map(|entry| (entry.name.clone(), entry.value.clone())));
    let redactor = Redactor::new(Patterns::builtin(), known);
    redactor.redact_str(error).into_owned()
}

/// `keyminder backup list | head -1` closes our output early: that is the end, not a fault.
fn end_with_the_pipe() {
    let told_before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let what = panic.payload_as_str().unwrap_or_default();
        if what.starts_with("failed printing to stdout") && what.contains("Broken pipe") {
            std::process::exit(0);
        }
        told_before(panic);
    }));
}

/// What a script should make of an error: mend the settings, do not insist, or try again.
fn exit_of(error: &anyhow::Error) -> Exit {
    let refused = error.downcast_ref().is_some_and(BackupError::is_refusal)
        || error.downcast_ref().is_some_and(ReplaceError::is_refusal)
        || error.downcast_ref().is_some_and(CourseError::is_refusal);
    let is_settings = error.is::<Faults>() || matches!(error.downcast_ref(), Some(OpenError::Providers(_)));
    if is_settings {
        Exit::Usage
    } else if refused {
        Exit::Refused
    } else {
        Exit::Failed
    }
}

fn dispatch(cli: &Cli) -> anyhow::Result<Exit> {
    let place = &cli.place;
    match &cli.command {
        Command::Demo(args) => demo::run(place, args),
        Command::Run(args) => run::run(place, args),
        Command::Sandbox(args) => sandbox::run(place, args),
        Command::Init(args) => init::run(place, args),
        Command::Check(args) => check::run(place, args),
        Command::Explain(args) => explain::run(place, args),
        Command::Classify(args) => classify::run(place, args),
        Command::Redact(args) => redact::run(place, args),
        Command::Audit(args) => audit::run(place, args),
        Command::Status(args) => status::run(place, args),
        Command::Backup(args) => backup::run(place, args),
        Command::Probe(args) => probe::run(place, args),
        Command::Rotate(args) => rotate::run(place, args),
        Command::Schedule(args) => schedule::run(place, args),
        Command::Monitor(args) => monitor::run(place, args),
    }
}

/// One thread is enough for a few requests a second, and cheaper than two.
fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}
