//! The conversation, as it goes: who, text as redacted, what was read, checked, done, replied.
use super::page_view::PageView;
use super::script::{DemoAction, DemoStep};
use super::setup::{Demo, DemoFigures};
use crate::cli::CommandResult;
use crate::cli::words;
use crate::domain::classify::Reading;
use crate::store::AuditRow;
use std::collections::BTreeSet;
use std::time::Duration;

const MARGIN: &str = "              ";
const WIDTH: usize = 96;

pub(super) fn opening(demo: &Demo) {
    println!(
        "A page, five providers and a `.env` of invented keys, all on this machine. The page: {}\n",
        demo.page_url
    );
}

pub(super) async fn step(
    demo: &mut Demo,
    step: &DemoStep,
    seen: &PageView,
    answered: Option<Duration>,
) -> CommandResult<()> {
    let rows = demo.audit().await?;
    match &step.action {
        DemoAction::Say { who, text } => said(who, &demo.redactor.current().await.redact_str(text)),
        DemoAction::Edit { who, text } => said(
            who,
            &format!("(edits the comment) {}", demo.redactor.current().await.redact_str(text)),
        ),
        DemoAction::Delete { who } => said(who, "(deletes the comment)"),
        DemoAction::ReplaceKeys => said("—", "new keys are made at all five providers and put into `.env`"),
        DemoAction::DeleteOldKeys(providers) => {
            said("—", &format!("old keys are deleted at: {}", providers.join(", ")));
        }
        DemoAction::Start(providers) => said("$", &format!("keyminder rotate start {}", providers.join(" "))),
        DemoAction::Spoil(provider) => said(
            "—",
            &format!("{provider}'s new key turns out to be a bad one: it may not do what is needed"),
        ),
        DemoAction::RollBack(provider) => said("$", &format!("keyminder rotate rollback {provider}")),
        DemoAction::StartProgram(provider) => {
            said(
                "—",
                &format!("a program is started that gets the key of {provider} in its environment"),
            );
        }
        DemoAction::RestartProgram => said("—", "that program is restarted"),
        DemoAction::Renew(provider) => said("—", &format!("{provider} gets another new key, and `.env` too")),
    }
    let how = if demo.output.refused { "refused" } else { "said" };
    for line in &demo.output.lines {
        under(how, line);
    }
    let mut printed = BTreeSet::new();
    for (what, line) in rows.iter().filter_map(noted) {
        if printed.insert((what, line.clone())) {
            under(what, &line);
        }
    }
    if let Some(reply) = demo.reply(seen).filter(|_| step.action.is_comment()) {
        let time = answered
            .filter(|_| step.action.is_said())
            .map(|took| format!("  ({:.1} s)", took.as_secs_f64()));
        said("keyminder", &format!("{reply}{}", time.unwrap_or_default()));
    }
    println!();
    Ok(())
}

/// A name at the margin, and what is said, wrapped.
fn said(who: &str, text: &str) {
    let mut name = who.split(' ').next().unwrap_or(who).to_owned();
    for line in text.lines().flat_map(|line| wrapped(line, WIDTH - MARGIN.len())) {
        println!("{name:<14}{line}");
        name.clear();
    }
}

fn under(what: &str, text: &str) {
    let mut what = what;
    for line in wrapped(text, WIDTH - MARGIN.len() - 9) {
        println!("{MARGIN}{what:<9}{line}");
        what = "";
    }
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last_mut().map(|line| line.chars().count()).unwrap_or_default();
        if last > 0 && last + 1 + word.chars().count() > width {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

/// A line of the audit, as far as a spectator wants it.
fn noted(row: &AuditRow) -> Option<(&'static str, String)> {
    match row.kind.as_str() {
        "seen" | "edited" => {
            let reading: Reading = serde_json::from_value(row.facts["reading"].clone()).ok()?;
            Some(("read", words::reading(&reading)))
        }
        "evidence" => Some(("checked", words::evidence(&row.facts))),
        "probed" => Some(("checked", words::probed(&row.facts))),
        "done" => words::did(&row.facts).map(|line| ("did", line)),
        _ => None,
    }
}

pub(super) fn page(seen: &PageView) {
    let progress = seen.progress.map(|progress| format!("{:.0} %", progress * 100.0));
    println!("The page now");
    println!("  Status         {}", seen.status);
    println!("  Progress       {}", progress.as_deref().unwrap_or("-"));
    println!("  Next rotation  {}", seen.next_rotation.as_deref().unwrap_or("-"));
    for (text, ticked) in &seen.boxes {
        println!("  [{}] {text}", if *ticked { 'x' } else { ' ' });
    }
}

pub(super) fn figures(figures: &DemoFigures, elapsed: Duration) {
    let mut took: Vec<f64> = figures.reply_times.iter().map(Duration::as_secs_f64).collect();
    took.sort_by(f64::total_cmp);
    let median = took.get(took.len() / 2).copied().unwrap_or_default();
    let longest = took.last().copied().unwrap_or_default();
    println!("\nFigures");
    println!(
        "  {} requests to Notion, {} probes, {} replies",
        figures.requests, figures.probes, figures.replies
    );
    println!(
        "  comment to reply: {median:.1} s in the middle, {longest:.1} s at most; {:.1} s in all",
        elapsed.as_secs_f64()
    );
}

pub(super) fn verdict(faults: &[String]) {
    if faults.is_empty() {
        println!("\nEverything expected happened.");
        return;
    }
    println!("\nNot everything expected happened:");
    for fault in faults {
        println!("  - {fault}");
    }
}

pub(super) fn address(demo: &Demo) {
    println!("\nThe page stays at {} until you press Ctrl-C.", demo.page_url);
}
