//! `keyminder explain`: redaction, reading, decision and reply for one comment. Nothing is done, nothing is written.
use super::{Exit, Place, bot, dry_run, redact, table};
use crate::config::{self, Settings};
use crate::domain::classify::{About, Classifier, Explained, KeyNames};
use crate::domain::comment::{Anchor, Comment, Extent, Finding, RawText};
use crate::domain::cycle::Cycle;
use crate::domain::decide::{Decision, Playbook, decide};
use crate::domain::effect::{Effect, Property, Status};
use crate::domain::event::{Authority, Event, Report};
use crate::domain::ids::{BlockId, CommentId, DiscussionId, PageId, PersonId};
use crate::domain::page::{Criterion, Guide, Observed, PageDescription, PageState, Step};
use crate::domain::redact::{KnownValues, Redacted, Redactor};
use crate::domain::reply;
use crate::rotation::EnvFile;
use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

/// A step of a page that was not read; its title stands on the page.
const UNREAD: &str = "…";

/// The options of `explain`.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {
    /// The comment; `-` reads it from standard input, so that no key stands among the arguments
    #[arg(value_name = "TEXT", allow_hyphen_values = true)]
    pub text: String,
    /// The page's description in config/pages
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
pub fn run(place: &Place, args: &Args) -> anyhow::Result<Exit> {
    let settings = Settings::load(place)?;
    let providers = bot::providers(&settings)?;
    let names = bot::names(&providers);
    let redactor = redactor(&settings, &names.identifiers)?;
    let playbook = config::playbook(&settings, names)?;
    let Some(description) = playbook.pages.get(&args.page) else {
        let known: Vec<&str> = playbook.pages.keys().map(String::as_str).collect();
        eprintln!(
            "keyminder: --page {}: config/pages has no such description; there are: {}",
            args.page,
            known.join(", ")
        );
        return Ok(Exit::Usage);
    };
    let redacted = redactor.redact(&RawText::new(text(&args.text)?));
    let reading = read(&*bot::classifier(&settings)?, &redacted, description, args.on_step);
    let said = Said::of(&playbook, description, redacted, reading, args.on_step);
    if args.json {
        table::print_json(&said)?;
    } else {
        said.print();
    }
    Ok(Exit::Done)
}

fn text(argument: &str) -> anyhow::Result<String> {
    if argument != "-" {
        return Ok(argument.to_owned());
    }
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .context("standard input cannot be read as text")?;
    Ok(text)
}

/// Knows what `.env` holds, if there is one; unlike the bot's it keeps nothing.
fn redactor(settings: &Settings, identifiers: &[String]) -> anyhow::Result<Redactor> {
    let patterns = redact::patterns(&settings.project)?;
    let Ok(bytes) = std::fs::read(&settings.env) else {
        return Ok(Redactor::new(patterns, KnownValues::none()));
    };
    let env = EnvFile::parse(&bytes).with_context(|| settings.env.display().to_string())?;
    let mut known = KnownValues::from_env(env.entries().map(|entry| (entry.name.clone(), entry.value.clone())));
    known.set_identifiers(identifiers);
    Ok(Redactor::new(patterns, known))
}

fn read(classifier: &Classifier, redacted: &Redacted, page: &PageDescription, on_step: Option<u8>) -> Explained {
    let about = About {
        steps_total: u8::try_from(page.steps.len()).unwrap_or(u8::MAX),
        default_step: on_step,
        keys: &KeyNames::default(),
        plan_minutes: None,
    };
    classifier.explain(&redacted.for_reading, &about)
}

/// Everything that is said of a comment.
#[derive(Serialize)]
struct Said {
    redaction: Redaction,
    #[serde(flatten)]
    reading: Explained,
    effects: Vec<String>,
    reply: Reply,
}

#[derive(Serialize)]
struct Redaction {
    text: String,
    findings: Vec<Found>,
}

/// A finding, without the place: it would tell nothing that `text` does not.
#[derive(Serialize)]
struct Found {
    label: String,
    chars: usize,
    extent: Extent,
    identifier: bool,
}

/// The reply, if there is one, and what has to be looked at before it is final.
#[derive(Default, Serialize)]
struct Reply {
    text: Option<String>,
    after: Vec<String>,
}

impl Said {
    fn of(
        playbook: &Playbook,
        page: &PageDescription,
        redacted: Redacted,
        reading: Explained,
        on_step: Option<u8>,
    ) -> Self {
        let now = Utc::now();
        let id = PageId::from_wire("00000000000000000000000000000001");
        let redaction = Redaction {
            text: redacted.text.as_str().to_owned(),
            findings: redacted.findings.iter().map(found).collect(),
        };
        let state = begun(playbook, page, &id, now);
        let event = Event::CommentPosted(Box::new(report(redacted, &reading, on_step, now)));
        let decision = decide(playbook, &id, state, &event, now);
        Self {
            redaction,
            reading,
            effects: decision
                .effects
                .iter()
                .filter(|wanted| reply_of(&wanted.effect).is_none())
                .map(dry_run::wish)
                .collect(),
            reply: Reply::of(playbook, &id, decision, now),
        }
    }

    fn print(&self) {
        println!("redacted   {}", self.redaction.text);
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
        print!("{}", self.reading);
        for effect in &self.effects {
            println!("would      {effect}");
        }
        match &self.reply.text {
            None => println!("says       nothing"),
            Some(text) => println!("says       {}", text.replace('\n', "\n           ")),
        }
        if !self.reply.after.is_empty() {
            println!(
                "           (first; the final reply tells what these come to: {})",
                self.reply.after.join(", ")
            );
        }
    }
}

fn found(finding: &Finding) -> Found {
    Found {
        label: finding.label.clone(),
        chars: finding.chars,
        extent: finding.extent,
        identifier: finding.identifier,
    }
}

impl Reply {
    /// The reply of this decision; where looks come first, the interim one, which goes out when they take long.
    fn of(playbook: &Playbook, page: &PageId, decision: Decision, now: DateTime<Utc>) -> Self {
        if let Some(text) = decision.effects.iter().find_map(|wanted| reply_of(&wanted.effect)) {
            return Self {
                text: Some(text),
                after: Vec::new(),
            };
        }
        let looks: BTreeSet<String> = decision
            .effects
            .iter()
            .filter(|wanted| is_look(&wanted.effect))
            .map(dry_run::wish)
            .collect();
        let later = now + TimeDelta::milliseconds(playbook.patience_ms);
        let interim = decide(playbook, page, decision.state, &Event::ClockTicked, later);
        let text = interim.effects.iter().find_map(|wanted| reply_of(&wanted.effect));
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

fn reply_of(effect: &Effect) -> Option<String> {
    match effect {
        Effect::PostReply { runs, .. } | Effect::UpdateReply { runs, .. } => Some(reply::plain(runs)),
        _ => None,
    }
}

fn is_look(effect: &Effect) -> bool {
    matches!(effect, Effect::GatherEvidence { .. } | Effect::ProbeKeys { .. })
}

fn report(redacted: Redacted, reading: &Explained, on_step: Option<u8>, now: DateTime<Utc>) -> Report {
    let comment = Comment {
        id: CommentId::from_wire("00000000000000000000000000000002"),
        discussion: DiscussionId::from_wire("00000000000000000000000000000003"),
        anchor: Anchor::Page,
        author: PersonId::from_wire("00000000000000000000000000000004"),
        author_name: Some("@you".to_owned()),
        posted_at: now,
        text: redacted.text,
    };
    Report {
        comment,
        on_step,
        reading: reading.reading.clone(),
        findings: redacted.findings,
        authority: Authority::Full,
        absorbed: false,
    }
}

/// A page of this description on which work has begun and nothing is known yet.
fn begun(playbook: &Playbook, page: &PageDescription, id: &PageId, now: DateTime<Utc>) -> PageState {
    let guide = guide(page);
    let observed = Observed {
        boxes: guide
            .criteria
            .iter()
            .map(|criterion| (criterion.block.clone(), false))
            .collect(),
        guide,
        status: Some(Status::NotStarted),
        properties: [Property::Progress, Property::NextRotation, Property::LastCheck].into(),
        statuses: [Status::NotStarted, Status::InProgress, Status::Blocked, Status::Done]
            .map(|status| (status, format!("{status:?}")))
            .into(),
        ..Observed::default()
    };
    let cycle = Cycle {
        number: 1,
        began_at: now,
        fingerprints: BTreeMap::new(),
        exposed: BTreeMap::new(),
    };
    let state = PageState {
        cycle: Some(cycle),
        ..PageState::default()
    };
    decide(playbook, id, state, &Event::PageRead(Box::new(observed)), now).state
}

/// The guide as far as the description tells it.
fn guide(page: &PageDescription) -> Guide {
    let block = |kind: u8, number: u8| BlockId::from_wire(&format!("{kind:016x}{number:016x}"));
    let step = |number: u8| Step {
        number,
        title: UNREAD.to_owned(),
        minutes: None,
        validation: None,
        blocks: vec![block(1, number)],
    };
    let criterion = |number: u8, words: Option<&str>| Criterion {
        number,
        text: words.unwrap_or(UNREAD).to_owned(),
        block: block(2, number),
    };
    Guide {
        id: Some(page.id.clone()),
        title: page.id.clone(),
        steps: page.steps.iter().map(|described| step(described.number)).collect(),
        criteria: page
            .criteria
            .iter()
            .map(|described| criterion(described.number, described.words.as_deref()))
            .collect(),
        stated_minutes: page.estimate_minutes,
        ..Guide::default()
    }
}
