//! `keyminder monitor`: every key's verdict, age and days left; backups, `.env`, schedule and the bot itself.
use super::probe::{Progress, usage, warn_of_stand_ins};
use super::{Exit, Place};
use crate::config::Settings;
use crate::domain::schedule::due_in_words;
use crate::evidence::Looker;
use crate::monitor::channels::{Channels, Context};
use crate::monitor::findings::{self, Finding};
use crate::monitor::report::KeyLine;
use crate::monitor::{Record, Report, alerts, gather, plugin, prometheus, seed_format};
use crate::rotation::whole::write_whole;
use anyhow::Context as _;
use chrono::{DateTime, Utc};
use comfy_table::{Table, presets};
use serde_json::json;
use std::path::PathBuf;

/// The options of `monitor`.
#[derive(clap::Args, Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Args {
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
pub fn run(place: &Place, args: &Args) -> anyhow::Result<Exit> {
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

fn monitored(settings: &Settings, args: &Args) -> anyhow::Result<Exit> {
    warn_of_stand_ins(settings);
    let looker = Looker::open(settings)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let now = Utc::now();
    let report = runtime.block_on(watched(&looker, settings, args, now));
    let findings = findings::of(&report);
    let answer = plugin::answer(&report, &findings);
    let mut record = Record::read(&looker.project).after(&report);
    if args.alert {
        runtime.block_on(alert(settings, &mut record, &findings, &answer, now));
    }
    record
        .write(&looker.project)
        .context("state/monitor.json cannot be written")?;
    print(&looker, args, &report, &findings, &answer)?;
    Ok(if args.plugin {
        Exit::Plugin(answer.code)
    } else {
        Exit::Done
    })
}

async fn watched(looker: &Looker, settings: &Settings, args: &Args, now: DateTime<Utc>) -> Report {
    if args.alert
        && let Some(channels) = Channels::new(&settings.alerts)
        && let Err(error) = channels.ping_start().await
    {
        eprintln!("keyminder: {error}");
    }
    // Without an .env there is nothing to count; the report says so.
    let values = looker.project.read_env().map(|env| {
        env.entries()
            .map(|entry| (entry.name.clone(), entry.value.clone()))
            .collect()
    });
    let mut progress = Progress::new(looker, &values.unwrap_or_default());
    gather(looker, now, |_| progress.step()).await
}

async fn alert(
    settings: &Settings,
    record: &mut Record,
    findings: &[Finding],
    answer: &plugin::Answer,
    now: DateTime<Utc>,
) {
    let Some(channels) = Channels::new(&settings.alerts) else {
        eprintln!("keyminder: no channel is set under [alerts]");
        return;
    };
    let (due, sent) = alerts::due(findings, &record.sent, now);
    let host = settings
        .project
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let context = Context {
        page_url: None,
        host,
        now,
    };
    let mut failed = false;
    for alert in &due {
        for error in channels.tell(alert, &context).await {
            eprintln!("keyminder: {error}");
            failed = true;
        }
    }
    if !failed {
        record.sent = sent;
    }
    let summary = answer.text.lines().next().unwrap_or_default();
    if let Err(error) = channels.ping_end(answer.code, summary).await {
        eprintln!("keyminder: {error}");
    }
}

fn print(
    looker: &Looker,
    args: &Args,
    report: &Report,
    findings: &[Finding],
    answer: &plugin::Answer,
) -> anyhow::Result<()> {
    if args.plugin {
        println!("{}", answer.text);
    } else if args.seed_format {
        println!("{:#}", seed_format::render(report, looker.project.zone));
    } else if args.json {
        let mut object = serde_json::to_value(report)?;
        object["findings"] = json!(findings);
        object["level"] = json!(findings::worst(findings));
        println!("{object}");
    } else if let Some(file) = &args.prometheus {
        let text = prometheus::render(report);
        if file.as_os_str() == "-" {
            print!("{text}");
        } else {
            write_whole(file, text.as_bytes(), 0o644)
                .with_context(|| format!("{} cannot be written", file.display()))?;
        }
    } else {
        people(looker, args, report, findings);
    }
    Ok(())
}

fn people(looker: &Looker, args: &Args, report: &Report, findings: &[Finding]) {
    if !args.quiet {
        if report.keys.is_empty() {
            println!("No provider knows a variable of {}.", report.env.file);
        } else {
            println!("{}\n", table(&report.keys));
        }
        println!("{}", files(looker, report));
    }
    for finding in findings {
        println!("{}: {}", finding.level, finding.text);
    }
    if findings.is_empty() && !args.quiet {
        println!("nothing to do");
    }
}

fn table(keys: &[KeyLine]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_header(["KEY", "PRIORITY", "VERDICT", "AGE", "DUE IN", "ENDS IN"]);
    let days = |days: Option<i64>| days.map_or_else(|| "?".to_owned(), |days| format!("{days} d"));
    for key in keys {
        table.add_row([
            key.keys.join(", "),
            key.priority.as_str().to_owned(),
            key.verdict.as_str().to_owned(),
            days(key.age_days),
            days(key.days_left),
            key.expires_in_days.map_or_else(String::new, |days| format!("{days} d")),
        ]);
    }
    table
}

fn files(looker: &Looker, report: &Report) -> String {
    let backup = match (&report.backup.file, report.backup.age_days) {
        (Some(file), Some(0)) => format!("{file}, made today"),
        (Some(file), Some(days)) => format!("{file}, {days} days old"),
        _ => "none".to_owned(),
    };
    let schedule = match report.schedule.next_at {
        Some(at) => due_in_words(at, report.checked_at, looker.project.zone),
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
