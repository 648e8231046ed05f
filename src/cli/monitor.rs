//! `keyminder monitor`: every key's verdict, age and days left; backups, `.env`, schedule and the bot itself.
use super::probe::{ProbeProgress, usage, warn_of_stand_ins};
use super::{CommandResult, Exit, ProjectArgs, table, words};
use crate::config::Settings;
use crate::domain::schedule::due_in_words;
use crate::monitor::channels::{AlertContext, Channels};
use crate::monitor::findings::{self, MonitorFinding, Severity};
use crate::monitor::report::KeyLine;
use crate::monitor::run::{AlertDelivery, MonitorRun};
use crate::monitor::{self, MonitorReport, Watcher, prometheus, seed_format};
use crate::rotation::Keyring;
use crate::rotation::atomic_write::write_atomic;
use anyhow::Context;
use chrono::Utc;
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;

/// The options of `monitor`.
#[derive(clap::Args, Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct MonitorArgs {
    /// One JSON object on stdout
    #[arg(long)]
    json: bool,
    /// With --json: as the guide's own monitor script reports
    #[arg(long, requires = "json")]
    seed_format: bool,
    /// As a monitoring plugin: one line, figures, exit code 0 ok, 1 warning, 2 critical, 3 unknown
    #[arg(long, conflicts_with = "json")]
    plugin: bool,
    /// Prometheus text on stdout, or whole into FILE (the node exporter's textfile collector)
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-", conflicts_with_all = ["json", "plugin"])]
    prometheus: Option<PathBuf>,
    /// Tell the configured channels (not the page) what is new, and ping the dead man's switch
    #[arg(long)]
    alert: bool,
    /// Print only what somebody should know
    #[arg(long)]
    quiet: bool,
}

/// Runs the command.
pub fn run(place: &ProjectArgs, args: &MonitorArgs) -> CommandResult<Exit> {
    let done = Settings::load(place)
        .map_err(|faults| usage(&faults.to_string()))
        .map(|settings| monitored(&settings, args));
    match done {
        Ok(Err(error)) if args.plugin => {
            println!("ROTATION UNKNOWN - {error:#}");
            Ok(Exit::Plugin(3))
        }
        Ok(done) => done,
        Err(_) if args.plugin => Ok(Exit::Plugin(3)),
        Err(exit) => Ok(exit),
    }
}

fn monitored(settings: &Settings, args: &MonitorArgs) -> CommandResult<Exit> {
    warn_of_stand_ins(settings);
    let watcher = Watcher::new(Arc::new(Keyring::open(settings)?), settings);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ran = runtime.block_on(watched(&watcher, settings, args));
    print(&watcher, args, &ran)?;
    let code = ran.answer.code;
    let told = if args.alert {
        runtime.block_on(alert(settings, &ran))
    } else {
        AlertDelivery::Incomplete
    };
    runtime
        .block_on(ran.keep(&watcher, told))
        .context("state/monitor.json cannot be written")?;
    Ok(if args.plugin { Exit::Plugin(code) } else { Exit::Done })
}

async fn watched(watcher: &Watcher, settings: &Settings, args: &MonitorArgs) -> MonitorRun {
    if let (true, Some(channels)) = (args.alert, Channels::new(&settings.alerts))
        && let Err(error) = channels.ping_start().await
    {
        eprintln!("keyminder: {error}");
    }
    // Without an .env there is nothing to count; the report says so.
    let values = watcher.keys.project.read_env().map(|env| env.values());
    let mut progress = ProbeProgress::new(&watcher.keys.providers, &values.unwrap_or_default());
    monitor::run::once(watcher, Utc::now(), |_| progress.step()).await
}

async fn alert(settings: &Settings, ran: &MonitorRun) -> AlertDelivery {
    let Some(channels) = Channels::new(&settings.alerts) else {
        eprintln!("keyminder: no channel is set under [alerts]");
        return AlertDelivery::Incomplete;
    };
    let host = settings
        .project
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let context = AlertContext {
        page_url: None,
        host: host.unwrap_or_default(),
        now: ran.report.checked_at,
    };
    let failed = ran.tell(&channels, &context).await;
    for error in &failed {
        eprintln!("keyminder: {error}");
    }
    if failed.is_empty() {
        AlertDelivery::Complete
    } else {
        AlertDelivery::Incomplete
    }
}

fn print(watcher: &Watcher, args: &MonitorArgs, ran: &MonitorRun) -> CommandResult<()> {
    let MonitorRun {
        report,
        findings,
        answer,
        ..
    } = ran;
    if args.plugin {
        println!("{}", answer.text);
    } else if args.seed_format {
        table::print_json(&seed_format::render(report, watcher.keys.project.zone))?;
    } else if args.json {
        let mut object = serde_json::to_value(report)?;
        object["findings"] = json!(findings);
        object["level"] = json!(findings::worst(findings));
        table::print_json(&object)?;
    } else if let Some(file) = &args.prometheus {
        let text = prometheus::render(report);
        if file.as_os_str() == "-" {
            print!("{text}");
        } else {
            write_atomic(file, text.as_bytes(), 0o644)
                .with_context(|| format!("{} cannot be written", file.display()))?;
        }
    } else {
        people(watcher, args, report, findings);
    }
    Ok(())
}

fn people(watcher: &Watcher, args: &MonitorArgs, report: &MonitorReport, findings: &[MonitorFinding]) {
    if !args.quiet {
        if report.keys.is_empty() {
            println!(
                "{}",
                words::no_known_key(&report.env.file, &watcher.keys.providers, "monitor")
            );
        } else {
            table::print(
                &["KEY", "PRIORITY", "VERDICT", "AGE", "DUE IN", "ENDS IN"],
                rows(&report.keys),
            );
            println!();
        }
        println!("{}", files(watcher, report));
        for warning in &report.env.warnings {
            println!("warning: {} {warning}", report.env.file);
        }
        words::tell_unknown(&report.others);
    }
    for finding in findings
        .iter()
        .filter(|finding| !args.quiet || finding.level > Severity::Note)
    {
        println!("{}: {}", finding.level, finding.text);
    }
    if findings.is_empty() && !args.quiet {
        println!("nothing to do");
    }
}

fn rows(keys: &[KeyLine]) -> Vec<Vec<String>> {
    let days = |days: Option<i64>| days.map(|days| format!("{days} d"));
    let row = |key: &KeyLine| {
        vec![
            key.keys.join(", "),
            key.priority.as_str().to_owned(),
            key.verdict.as_str().to_owned(),
            days(key.age_days).unwrap_or_else(|| "?".to_owned()),
            days(key.days_left).unwrap_or_else(|| "?".to_owned()),
            days(key.expires_in_days).unwrap_or_default(),
        ]
    };
    keys.iter().map(row).collect()
}

fn files(watcher: &Watcher, report: &MonitorReport) -> String {
    let backup = match (&report.backup.file, report.backup.age_days) {
        (Some(file), Some(0)) => format!("{file}, made today"),
        (Some(file), Some(days)) => format!("{file}, {days} days old"),
        _ => "none".to_owned(),
    };
    let schedule = match report.schedule.next_at {
        Some(at) => due_in_words(at, report.checked_at, watcher.keys.project.zone),
        None => "none".to_owned(),
    };
    let bot = match &report.heartbeat {
        Some(beat) if beat.alive => "alive",
        Some(_) => "silent",
        None => "never ran here",
    };
    let env = report.env.mode.as_deref().unwrap_or("missing");
    format!(
        "{}: {env}   backup: {backup}   next rotation: {schedule}   bot: {bot}",
        report.env.file
    )
}
