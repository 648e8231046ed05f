//! `keyminder backup`: make, list, prove and bring back copies of `.env`.
use super::table::{print, print_json};
use super::{CommandResult, Exit, ProjectArgs, words};
use crate::config::Settings;
use crate::rotation::backup::{self, Backup, RestoreScope, Verified, VerifiedLevel};
use crate::rotation::{Project, git, rollback};
use anyhow::Context;
use chrono::Utc;
use clap::Subcommand;
use serde_json::json;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// The options of `backup`.
#[derive(clap::Args, Clone, Debug)]
pub struct BackupArgs {
    #[command(subcommand)]
    action: BackupCommand,
    /// Print one JSON object instead of text
    #[arg(long, global = true)]
    json: bool,
    /// An age identity that opens encrypted backups
    #[arg(long, global = true, value_name = "FILE")]
    identity: Option<PathBuf>,
}

#[derive(Subcommand, Clone, Debug)]
enum BackupCommand {
    /// Copy .env and prove the copy by restoring it in memory
    Create {
        /// Why, for the manifest
        #[arg(long, default_value = "by hand")]
        reason: String,
    },
    /// All backups, the newest first
    List,
    /// Prove a backup (or all): its bytes, then a restore in memory with every key compared
    Verify {
        /// A name, a unique piece of one, or `latest` [default: all]
        id: Option<String>,
    },
    /// Bring a backup back; the present .env is backed up first
    Restore {
        /// A name, a unique piece of one, or `latest`
        id: String,
        /// Only this variable (may be repeated); the rest of .env stays
        #[arg(long, value_name = "NAME")]
        key: Vec<String>,
        /// A rehearsal: write a new file into this folder and leave .env alone
        #[arg(long, value_name = "DIR")]
        into: Option<PathBuf>,
    },
}

/// Runs the command.
pub fn run(place: &ProjectArgs, args: &BackupArgs) -> CommandResult<Exit> {
    let project = Project::open_for_rotation(&Settings::load(place)?, args.identity.clone())?;
    match &args.action {
        BackupCommand::Create { reason } => create(&project, reason, args.json),
        BackupCommand::List => list(&project, args.json),
        BackupCommand::Verify { id } => verify(&project, id.as_deref(), args.json),
        BackupCommand::Restore { id, key, into } => {
            let what = if key.is_empty() {
                RestoreScope::Whole
            } else {
                RestoreScope::Keys(key.clone())
            };
            restore(&project, id, &what, into.clone(), args.json)
        }
    }
}

fn create(project: &Project, reason: &str, as_json: bool) -> CommandResult<Exit> {
    let backup = backup::create(project, Utc::now(), reason)?;
    if as_json {
        print_json(&backup)?;
        return Ok(Exit::Done);
    }
    println!(
        "{} made: {}, mode {:04o}",
        backup.file,
        count(backup.fingerprints.len()),
        backup.mode
    );
    if backup.fingerprints.is_empty() {
        let env = project.relative(&project.env);
        println!("There is no key in {env} yet. Next: put one in, as NAME=value, then: keyminder backup create");
    } else {
        println!("It was read back and restored in memory; every key in it is that of .env.");
    }
    let mode = project.env.metadata()?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        eprintln!("warning: others on this machine can read .env (mode {mode:04o}): chmod 600 .env");
    }
    if git::is_ignored(&project.dir.join(&backup.file)) == Some(false) {
        eprintln!(
            "warning: git does not ignore {}; `keyminder init` adds the lines to .gitignore",
            backup.file
        );
    }
    words::warn_of_lines(&project.read_env()?);
    Ok(Exit::Done)
}

fn list(project: &Project, as_json: bool) -> CommandResult<Exit> {
    let backups = backup::list(project);
    if as_json {
        print_json(&json!({ "backups": backups }))?;
    } else if backups.is_empty() {
        eprintln!("There is no backup yet. Make one: keyminder backup create");
    } else {
        let rows = backups.iter().map(|backup| row(project, backup)).collect();
        print(&["BACKUP", "MADE", "MODE", "BYTES", "KEYS", "WHY"], rows);
    }
    Ok(Exit::Done)
}

fn row(project: &Project, backup: &Backup) -> Vec<String> {
    vec![
        backup.file.clone(),
        backup
            .made_at
            .with_timezone(&project.zone)
            .format("%Y-%m-%d %H:%M:%S")
            .to_string(),
        format!("{:04o}", backup.mode),
        backup.bytes.to_string(),
        backup.fingerprints.len().to_string(),
        backup.reason.clone().unwrap_or_else(|| "not by keyminder".to_owned()),
    ]
}

fn verify(project: &Project, id: Option<&str>, as_json: bool) -> CommandResult<Exit> {
    let backups = match id {
        Some(id) => vec![backup::find(project, id)?],
        None => backup::list(project),
    };
    if backups.is_empty() {
        return Err(anyhow::anyhow!("there is no backup to verify; make one: keyminder backup create").into());
    }
    let results: Vec<_> = backups
        .iter()
        .map(|backup| (backup, backup::verify(project, backup)))
        .collect();
    let all_whole = results.iter().all(|(_, result)| result.is_ok());
    if as_json {
        let rows: Vec<_> = results
            .iter()
            .map(|(backup, result)| match result {
                Ok(verified) => {
                    json!({ "file": backup.file, "mode": format!("{:04o}", backup.mode), "verified": verified })
                }
                Err(error) => {
                    json!({ "file": backup.file, "mode": format!("{:04o}", backup.mode), "error": error.to_string() })
                }
            })
            .collect();
        print_json(&json!({ "backups": rows }))?;
    } else {
        for (backup, result) in &results {
            match result {
                Ok(verified) => println!("{}: {}", backup.file, in_words(verified)),
                Err(error) => println!("{}: NOT USABLE. {error}", backup.file),
            }
            if backup.mode & 0o077 != 0 {
                println!(
                    "  others can read it (mode {:04o}): chmod 600 {}",
                    backup.mode, backup.file
                );
            }
        }
    }
    Ok(if all_whole { Exit::Done } else { Exit::Failed })
}

fn in_words(verified: &Verified) -> String {
    let proof = match (verified.level, verified.recorded) {
        (VerifiedLevel::Restored, true) => "restored in memory, every key as it was backed up",
        (VerifiedLevel::Restored, false) => {
            "restored in memory; made by hand, so there is no record to compare it with"
        }
        (VerifiedLevel::Stored, _) => "bytes as stored; encrypted, so a restore needs --identity FILE",
    };
    let now = if verified.same_as_env {
        "; equal to .env now"
    } else {
        ""
    };
    format!("whole, {} ({proof}{now})", count(verified.keys.len()))
}

fn restore(
    project: &Project,
    id: &str,
    what: &RestoreScope,
    into: Option<PathBuf>,
    as_json: bool,
) -> CommandResult<Exit> {
    let backup = backup::find(project, id)?;
    let into = into
        .map(|dir| std::path::absolute(&dir).context("naming the folder"))
        .transpose()?;
    let restored = match &into {
        Some(dir) => backup::restore(project, &backup, Utc::now(), what, Some(dir))?,
        None => rollback::by_hand(project, &backup, what, Utc::now())?,
    };
    if as_json {
        print_json(&restored)?;
        return Ok(Exit::Done);
    }
    if into.is_some() {
        println!(
            "{} was written to {}; .env is what it was.",
            restored.file,
            restored.into.display()
        );
        return Ok(Exit::Done);
    }
    println!("{} is back in {}", restored.file, project.relative(&restored.into));
    if let Some(replaced) = &restored.replaced {
        println!("Before that, .env was backed up as {replaced}");
    }
    if restored.changed.is_empty() {
        println!("No key has another value than before.");
    } else {
        println!("Keys with another value now: {}", restored.changed.join(", "));
        if !restored.exposed.is_empty() {
            println!(
                "Others could read the value that is in use again: {}. It counts as exposed; what to do: keyminder leak",
                restored.exposed.join(", ")
            );
        }
        println!("Next: keyminder probe {}", restored.changed.join(" "));
    }
    Ok(Exit::Done)
}

fn count(keys: usize) -> String {
    if keys == 1 {
        "1 key".to_owned()
    } else {
        format!("{keys} keys")
    }
}
