//! `keyminder explain`: redaction, reading, decision and reply for one comment. Nothing is done, nothing is written.
use super::begun_page::begun;
use super::preview::{Preview, effect_line};
use super::{CommandResult, Exit, ProjectArgs, table};
use crate::clock;
use crate::config::Settings;
use crate::domain::classify::Explained;
use crate::domain::comment::{Extent, Finding, RawText};
use crate::domain::decide::{Decision, Playbook, decide};
use crate::domain::effect::{Effect, NewEffect};
use crate::domain::event::{Authority, Event};
use crate::domain::ids::{BlockId, PageId};
use crate::domain::leaks::LeakedKeys;
use crate::domain::page::{Guide, PageState};
use crate::domain::reply;
use crate::intake::{Author, PageFacts};
use crate::notion::RawComment;
use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;
use std::io::Read;

/// The options of `explain`.
#[derive(clap::Args, Clone, Debug)]
pub struct ExplainArgs {
    /// The comment; `-` reads it from standard input, so that no key stands among the arguments
    #[arg(value_name = "TEXT", allow_hyphen_values = true)]
    pub text: String,
    /// The page: its description in config/pages, or the URL or id of one that the bot knows
    #[arg(long, value_name = "ID", default_value = "ACT_011_SEC")]
    pub page: String,
    /// The comment stands on the block of this step
    #[arg(long, value_name = "N")]
    pub on_step: Option<u8>,
    /// One object for programs
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
pub fn run(place: &ProjectArgs, args: &ExplainArgs) -> CommandResult<Exit> {
    let settings = Settings::load(place)?;
    super::runtime()?.block_on(explain(settings, args))
}

async fn explain(settings: Settings, args: &ExplainArgs) -> CommandResult<Exit> {
    let preview = Preview::open(settings).await?;
    let now = clock::now();
    let Some((page, state)) = page_named(&preview, &args.page, now).await? else {
        let known: Vec<&str> = preview.playbook.pages.keys().map(String::as_str).collect();
        eprintln!(
            "keyminder: --page {}: config/pages has no such description, and the bot knows no such page; there are: {}",
            args.page,
            known.join(", ")
        );
        return Ok(Exit::Usage);
    };
    let step = args.on_step.and_then(|number| state.guide.step(number));
    let block = step.and_then(|step| step.blocks.first()).cloned();
    if let (Some(number), None) = (args.on_step, &block) {
        eprintln!("keyminder: --on-step {number}: the page has no such step");
        return Ok(Exit::Usage);
    }
    let comment = comment(&text(&args.text)?, block.as_ref(), now)?;
    let explanation = Explanation::of(&preview, &page, state, &comment, now);
    if args.json {
        table::print_json(&explanation)?;
    } else {
        explanation.print();
    }
    Ok(Exit::Done)
}

/// The page that `--page` names, as the bot's state holds it; a description that no page of the state has begins anew.
async fn page_named(preview: &Preview, name: &str, now: DateTime<Utc>) -> CommandResult<Option<(PageId, PageState)>> {
    if let Some(description) = preview.playbook.pages.get(name) {
        let anew = || {
            let page = PageId::from_wire("00000000000000000000000000000001");
            let state = begun(&preview.playbook, description, &page, now);
            (page, state)
        };
        return Ok(Some(preview.described(name).await?.unwrap_or_else(anew)));
    }
    let Some(page) = PageId::parse(name) else {
        return Ok(None);
    };
    let stored = preview.page(&page).await?;
    Ok(stored.state.map(|state| (page, state)))
}

/// The comment as Notion would give it.
fn comment(text: &str, block: Option<&BlockId>, now: DateTime<Utc>) -> CommandResult<RawComment> {
    let parent = match block {
        Some(block) => json!({ "type": "block_id", "block_id": block }),
        None => json!({ "type": "page_id" }),
    };
    Ok(serde_json::from_value(json!({
        "id": "00000000000000000000000000000002",
        "discussion_id": "00000000000000000000000000000003",
        "parent": parent,
        "created_by": { "id": "00000000000000000000000000000004" },
        "created_time": now,
        "rich_text": [{ "type": "text", "text": { "content": text }, "plain_text": text }],
    }))?)
}

fn text(argument: &str) -> CommandResult<String> {
    if argument != "-" {
        return Ok(argument.to_owned());
    }
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .context("standard input cannot be read as text")?;
    Ok(text)
}

/// Everything that is said of a comment.
#[derive(Serialize)]
struct Explanation {
    page: ExplainedPage,
    redaction: Redaction,
    /// Which keys leaked, as it says; the reading is that of the rest.
    #[serde(skip_serializing_if = "Option::is_none")]
    leak: Option<String>,
    /// Which keys did not, as it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    no_leak: Option<String>,
    #[serde(flatten)]
    reading: Explained,
    /// What is asked about keys and dates: the reading is of the rest.
    asked: Vec<String>,
    effects: Vec<String>,
    reply: ExplainedReply,
}

/// The page as it was read; `page show` tells all of it.
#[derive(Serialize)]
struct ExplainedPage {
    title: String,
    steps: usize,
    boxes: usize,
    remarks: Vec<String>,
}

#[derive(Serialize)]
struct Redaction {
    text: String,
    findings: Vec<ExplainedFinding>,
}

/// A finding, without the place: it would tell nothing that `text` does not.
#[derive(Serialize)]
struct ExplainedFinding {
    label: String,
    chars: usize,
    extent: Extent,
    identifier: bool,
}

/// The reply, if there is one, and what has to be looked at before it is final.
#[derive(Default, Serialize)]
struct ExplainedReply {
    text: Option<String>,
    after: Vec<String>,
}

impl Explanation {
    fn of(preview: &Preview, page: &PageId, state: PageState, comment: &RawComment, now: DateTime<Utc>) -> Self {
        let guide = state.guide.clone();
        let facts = PageFacts {
            guide: &guide,
            first_look: None,
        };
        let author = Author {
            name: Some(RawText::new("@you")),
            authority: Authority::Full,
        };
        let (redacted, _) = preview.ingest.redact(comment);
        let (report, reading) = preview.ingest.explain(comment, author, redacted, facts);
        let redaction = Redaction {
            text: report.comment.text.as_str().to_owned(),
            findings: report.findings.iter().map(found).collect(),
        };
        let leak = report.leak.as_ref().map(|leak| leaked(&leak.keys, &leak.former));
        let no_leak = report
            .no_leak
            .as_ref()
            .and_then(|denial| Some(leaked(denial.keys.as_ref()?, &denial.former)));
        let questions = report.questions.iter().map(|question| {
            let keys = question
                .keys
                .iter()
                .chain(&question.unknown)
                .cloned()
                .collect::<Vec<_>>();
            format!(
                "{} of {}",
                question.topic,
                if keys.is_empty() {
                    "all keys".to_owned()
                } else {
                    keys.join(", ")
                }
            )
        });
        let wishes = report.wishes.iter().map(|wish| json!(wish).to_string());
        let asked = questions.chain(wishes).collect();
        let event = Event::CommentPosted(Box::new(report));
        let mut decision = decide(&preview.playbook, page, state, &event, now);
        // What else is under way on the page has nothing to do with this comment.
        decision
            .effects
            .retain(|wanted| reply_of(wanted).is_none() || is_caused_by(wanted, comment));
        Self {
            page: ExplainedPage::of(&guide),
            redaction,
            leak,
            no_leak,
            reading,
            asked,
            effects: decision
                .effects
                .iter()
                .filter(|wanted| reply_of(wanted).is_none())
                .map(effect_line)
                .collect(),
            reply: ExplainedReply::of(&preview.playbook, page, comment, decision, now),
        }
    }

    /// The reading, which is of the rest where something else is told.
    fn read(&self) -> String {
        let reading = self.reading.to_string();
        let told = match (&self.leak, &self.no_leak) {
            (Some(_), _) => "a leak",
            (None, Some(_)) => "that there was no leak",
            (None, None) => return reading,
        };
        match self.reading.reading.clauses.as_slice() {
            [] => reading.replacen("chatter", told, 1),
            _ => reading.replacen("reads as   ", &format!("reads as   {told}, "), 1),
        }
    }

    fn print(&self) {
        let ExplainedPage {
            title, steps, boxes, ..
        } = &self.page;
        table::tell("page       ", &format!("{title}: steps {steps}, boxes {boxes}"));
        for remark in &self.page.remarks {
            print!("{}", table::line("", remark));
        }
        table::tell("redacted   ", &self.redaction.text);
        for found in &self.redaction.findings {
            let extent = match found.extent {
                Extent::Piece => "a piece",
                Extent::Half => "half of it or more",
                Extent::Whole => "all of it",
            };
            let half = if found.identifier {
                ", the public half of a pair"
            } else {
                ""
            };
            println!("  found    {}: {} characters, {extent}{half}", found.label, found.chars);
        }
        if let Some(keys) = &self.leak {
            println!("leak       {keys}");
        }
        table::tell_lines(&self.read());
        for asked in &self.asked {
            table::tell("asks       ", asked);
        }
        for effect in &self.effects {
            table::tell("would      ", effect);
        }
        let said = self.reply.text.as_deref().unwrap_or("nothing");
        table::tell_lines(&format!("says       {}", said.replace('\n', "\n           ")));
        if !self.reply.after.is_empty() {
            let after = self.reply.after.join(", ");
            let told = format!("(first; the final reply tells what these come to: {after})");
            table::tell("           ", &told);
        }
    }
}

impl ExplainedPage {
    fn of(guide: &Guide) -> Self {
        Self {
            title: guide.title.clone(),
            steps: guide.steps.len(),
            boxes: guide.criteria.len(),
            remarks: guide.remarks.iter().map(ToString::to_string).collect(),
        }
    }
}

fn leaked(keys: &LeakedKeys, former: &[String]) -> String {
    let mut leaked = match keys {
        LeakedKeys::Named(variables) => variables.clone(),
        LeakedKeys::All => vec!["every key of .env".to_owned()],
        LeakedKeys::Unnamed => vec!["it is not said of which key".to_owned()],
    };
    leaked.extend(former.iter().map(|name| format!("the former {name}")));
    leaked.join(", ")
}

fn found(finding: &Finding) -> ExplainedFinding {
    ExplainedFinding {
        label: finding.label.clone(),
        chars: finding.chars,
        extent: finding.extent,
        identifier: finding.identifier,
    }
}

impl ExplainedReply {
    /// The reply of this decision; where looks come first, the interim one, which goes out when they take long.
    fn of(playbook: &Playbook, page: &PageId, comment: &RawComment, decision: Decision, now: DateTime<Utc>) -> Self {
        if let Some(text) = decision.effects.iter().find_map(reply_of) {
            return Self {
                text: Some(text),
                after: Vec::new(),
            };
        }
        let looks: BTreeSet<String> = decision
            .effects
            .iter()
            .filter(|wanted| is_look(&wanted.effect))
            .map(effect_line)
            .collect();
        let later = now + TimeDelta::milliseconds(playbook.patience_ms);
        let interim = decide(playbook, page, decision.state, &Event::ClockTicked, later);
        let mut replies = interim.effects.iter().filter(|wanted| is_caused_by(wanted, comment));
        let text = replies.find_map(reply_of);
        Self {
            after: if text.is_some() {
                looks.into_iter().collect()
            } else {
                Vec::new()
            },
            text,
        }
    }
}

fn reply_of(wanted: &NewEffect) -> Option<String> {
    match &wanted.effect {
        Effect::PostReply { runs, .. } | Effect::UpdateReply { runs, .. } => Some(reply::plain(runs)),
        _ => None,
    }
}

fn is_caused_by(wanted: &NewEffect, comment: &RawComment) -> bool {
    wanted.comment.as_ref() == Some(&comment.id)
}

fn is_look(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::GatherEvidence { .. }
            | Effect::ProbeKeys { .. }
            | Effect::WatchExposed { .. }
            | Effect::LookUpKeys { .. }
    )
}
