//! Composing a reply: each part its prompt, then the one next step; facts in, runs out.
use super::desk::Desk;
use super::{form, looks, standing};
use crate::domain::classify::BlockerKind;
use crate::domain::effect::Status;
use crate::domain::evidence::{Check, Evidence, Standing};
use crate::domain::page::{Conversation, Held, HeldKeys, Part, Posted, Proof};
use crate::domain::reply::{self, Run};
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;

/// Whether a part claims that something is finished.
pub(super) fn is_claim(part: &Part) -> bool {
    matches!(part, Part::Claim { .. })
}

/// The reply to a conversation.
pub(super) fn reply(desk: &Desk<'_>, conversation: &Conversation) -> Vec<Run> {
    let facts = facts(desk, conversation);
    let said = |name: &str, own: Value| {
        let all = context! { ..own, ..facts.clone() };
        desk.playbook.prompts.say(&conversation.language, name, &all)
    };
    let mut paragraphs: Vec<String> = Vec::new();
    for part in &conversation.parts {
        let (name, own) = prompt(desk, conversation, part);
        paragraphs.push(said(&name, own));
    }
    if wants_next_step(desk, conversation) {
        paragraphs.push(said("next", context! {}));
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    let mut runs = form::addressed(conversation);
    runs.extend(form::shortened(reply::runs(&form::said_once(&paragraphs.join("\n")))));
    runs
}

/// The thanks when a comment with a key is gone.
pub(super) fn thanks(desk: &Desk<'_>, posted: &Posted) -> Vec<Run> {
    let facts =
        context! { name => shown(&posted.name), labels => shown(&posted.labels), exposed => shown(&posted.exposed) };
    reply::runs(&desk.playbook.prompts.say(&posted.language, "posted_gone", &facts))
}

/// That keys are gone from the page.
pub(super) fn held_gone(desk: &Desk<'_>, held: &Held) -> Vec<Run> {
    let facts = context! { labels => shown(&held.labels), exposed => shown(&held.exposed) };
    reply::runs(&desk.playbook.prompts.say(&held.language, "held_gone", &facts))
}

/// One next step: after a blocker it is to post what is asked for, after a question or one line there is none.
fn wants_next_step(desk: &Desk<'_>, conversation: &Conversation) -> bool {
    let mut wants = false;
    for part in &conversation.parts {
        match part {
            Part::Blocker { .. }
            | Part::Posted { .. }
            | Part::Held { .. }
            | Part::ByHand { .. }
            | Part::Limited
            | Part::Guidance
            | Part::Alert { .. }
            | Part::Due => {
                return false;
            }
            Part::Claim { whole: true, .. } => return false,
            Part::Claim { steps, .. } => wants = !missing_in(desk, steps) || finished_by_steps(desk),
            Part::Correction { .. } | Part::Keys { .. } | Part::Summary { .. } => wants = true,
            Part::Progress { .. } | Part::Question { .. } | Part::Clean { .. } | Part::Together { .. } => {}
        }
    }
    wants
}

fn finished_by_steps(desk: &Desk<'_>) -> bool {
    standing::is_finished(&desk.state, desk.description())
}

fn missing_in(desk: &Desk<'_>, steps: &[u8]) -> bool {
    steps.iter().any(|step| {
        lines_of(desk, "en", *step)
            .iter()
            .any(|line| line.standing != Standing::Proven)
    })
}

/// A part's prompt, and the facts that it alone needs.
fn prompt(desk: &Desk<'_>, conversation: &Conversation, part: &Part) -> (String, Value) {
    let language = conversation.language.as_str();
    // The state of the keys is told once.
    let reported = conversation.parts.iter().any(|part| matches!(part, Part::Keys { .. }));
    match part {
        Part::Claim {
            whole: true,
            minutes,
            planned,
            ..
        } => {
            let missing = missing(desk, language);
            let planned = planned.or(desk.state.guide.planned_minutes());
            ("claim_whole".to_owned(), context! { missing, minutes, planned })
        }
        Part::Claim { steps, .. } => {
            let named = !steps.is_empty();
            let steps = if named {
                steps.clone()
            } else {
                looks::current_step(desk).into_iter().collect()
            };
            (
                "claim".to_owned(),
                context! { steps => described(desk, language, &steps), named },
            )
        }
        Part::Progress {
            steps,
            hedged,
            looked,
            cleared,
        } => (
            "progress".to_owned(),
            context! { steps => described(desk, language, steps), hedged, looked, cleared },
        ),
        Part::Blocker { kind, step } => {
            let step = step.and_then(|step| described(desk, language, &[step]).into_iter().next());
            (blocker(desk, language, *kind), context! { step })
        }
        Part::Keys { .. } => ("keys".to_owned(), context! { keys => keys(conversation) }),
        Part::Posted { keys: posted } => (
            "posted".to_owned(),
            context! { posted => shown(posted), keys => if reported { Vec::new() } else { keys(conversation) } },
        ),
        Part::Correction {
            steps,
            unticked,
            reopened,
            cleared,
        } => {
            let steps = described(desk, language, steps);
            (
                "correction".to_owned(),
                context! { steps, unticked => unticked.len(), reopened, cleared },
            )
        }
        Part::Question { topic, step } => {
            let step = step.and_then(|step| described(desk, language, &[step]).into_iter().next());
            (format!("question/{topic}"), context! { step })
        }
        Part::Held { places, masks } => ("held".to_owned(), held(places, *masks)),
        Part::Clean { labels, exposed } => (
            "posted_gone".to_owned(),
            context! { labels => shown(labels), exposed => shown(exposed) },
        ),
        Part::ByHand { number, text, check } => {
            let line = desk
                .state
                .evidence_for(check)
                .map(|evidence| line(desk, language, evidence));
            ("by_hand".to_owned(), context! { number, text, line })
        }
        Part::Limited => ("limited".to_owned(), context! {}),
        Part::Guidance => ("guidance".to_owned(), context! {}),
        Part::Together { comments } => ("together".to_owned(), context! { comments }),
        Part::Summary { comments } => {
            let missing = missing(desk, language);
            ("summary".to_owned(), context! { comments, missing })
        }
        Part::Alert { prompt, facts } => (format!("alert/{prompt}"), shown(facts)),
        Part::Due => ("due".to_owned(), context! {}),
    }
}

/// At most so many blocks with a key are named one by one.
const PLACES: usize = 4;

fn held(places: &[(String, HeldKeys)], masks: bool) -> Value {
    let place = |(url, keys): &(String, HeldKeys)| context! { url, keys => shown(keys) };
    let named: Vec<Value> = places.iter().take(PLACES).map(place).collect();
    context! { more => places.len() - named.len(), places => named, masks }
}

/// A fact as prompts see it.
fn shown<T: Serialize>(fact: T) -> Value {
    Value::from(Serde(fact))
}

/// Help for a kind of blocker: the page's own, else the general one.
fn blocker(desk: &Desk<'_>, language: &str, kind: BlockerKind) -> String {
    let kind = serde_json::to_value(kind)
        .ok()
        .and_then(|kind| kind.as_str().map(str::to_owned))
        .unwrap_or_default();
    let state = &desk.state;
    let page = desk.description().map(|page| &page.id).or(state.guide.id.as_ref());
    let own = format!("blocker/{}/{kind}", page.map_or("-", String::as_str));
    let has_own = desk.playbook.prompts.has(language, &own) || desk.playbook.prompts.has("en", &own);
    if has_own { own } else { format!("blocker/{kind}") }
}

/// What every prompt may use.
fn facts(desk: &Desk<'_>, conversation: &Conversation) -> Value {
    let guide = &desk.state.guide;
    let next =
        looks::current_step(desk).and_then(|step| described(desk, &conversation.language, &[step]).into_iter().next());
    let due = desk.state.due.as_ref().map(|due| day(desk, due.at));
    let description = desk.description();
    context! {
        name => shown(&conversation.name),
        page => context! { title => shown(&guide.title), url => shown(&guide.url), steps => guide.steps.len() },
        progress => shown(standing::figures(&desk.state, description)),
        finished => standing::is_finished(&desk.state, description),
        checked => description.is_some(),
        lost => desk.lost_description(),
        status => statuses(desk),
        next,
        next_action => description.and_then(|page| page.next_action.clone()).or_else(|| guide.next_actions.first().cloned()),
        next_page => shown(&desk.state.next_page),
        due,
        spent => desk.state.minutes_spent,
        planned_total => guide.planned_minutes(),
        blockers => desk.state.blockers.iter().map(|blocker| context! { name => shown(&blocker.name), step => blocker.step }).collect::<Vec<_>>(),
        again => again(desk, conversation),
        env => ".env",
    }
}

/// What the page's Status says for each of ours, as the page calls it; nothing where it cannot, or Notion refused it.
fn statuses(desk: &Desk<'_>) -> Value {
    let (state, cell) = (&desk.state, &desk.state.status);
    let name = |status: Status| {
        if cell.known == Some(status) {
            return state.shown.as_ref().or_else(|| state.statuses.get(&status));
        }
        let refused = cell.refused.as_ref().is_some_and(|refused| refused.value == status);
        state.statuses.get(&status).filter(|_| !refused)
    };
    context! {
        not_started => name(Status::NotStarted),
        in_progress => name(Status::InProgress),
        blocked => name(Status::Blocked),
        done => name(Status::Done),
    }
}

/// When an unknown check is looked at again, as a time of day.
fn again(desk: &Desk<'_>, conversation: &Conversation) -> Option<String> {
    let looks = desk
        .state
        .looks
        .iter()
        .filter(|look| conversation.awaiting.contains(&look.check));
    let at = looks.filter_map(|look| look.at).min()?;
    let format = if at - desk.now < chrono::Duration::minutes(2) {
        "%H:%M:%S"
    } else {
        "%H:%M"
    };
    Some(at.with_timezone(&desk.playbook.zone).format(format).to_string())
}

fn day(desk: &Desk<'_>, at: chrono::DateTime<chrono::Utc>) -> String {
    at.with_timezone(&desk.playbook.zone).format("%a %-d %b %Y").to_string()
}

impl From<StepFacts> for Value {
    fn from(step: StepFacts) -> Self {
        Self::from(Serde(step))
    }
}

impl From<Line> for Value {
    fn from(line: Line) -> Self {
        Self::from(Serde(line))
    }
}

/// A step as prompts see it.
#[derive(Clone, Debug, Serialize)]
struct StepFacts {
    number: u8,
    title: String,
    minutes: Option<u32>,
    url: Option<String>,
    validation: Option<String>,
    proof: Proof,
    claimed: bool,
    lines: Vec<Line>,
}

/// A piece of evidence as a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Line {
    text: Value,
    standing: Standing,
}

fn described(desk: &Desk<'_>, language: &str, steps: &[u8]) -> Vec<StepFacts> {
    let facts = |number: &u8| {
        let on_page = desk.state.guide.step(*number);
        StepFacts {
            number: *number,
            title: on_page.map(|step| step.title.clone()).unwrap_or_default(),
            minutes: on_page.and_then(|step| step.minutes),
            url: desk.state.guide.step_url(*number),
            validation: on_page.and_then(|step| step.validation.clone()),
            proof: standing::step_proof(&desk.state, desk.description(), *number),
            claimed: desk.state.steps.get(number).is_some_and(|step| step.claim.is_some()),
            lines: lines_of(desk, language, *number),
        }
    };
    steps.iter().map(facts).collect()
}

fn lines_of(desk: &Desk<'_>, language: &str, step: u8) -> Vec<Line> {
    let checks = desk.checks_of_step(step);
    let mut lines: Vec<Line> = Vec::new();
    for evidence in checks.iter().filter_map(|check| desk.state.evidence_for(check)) {
        let line = line(desk, language, evidence);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

/// What is not proven. The date of the next rotation is ours to write, once all else holds: it is asked of nobody.
fn missing(desk: &Desk<'_>, language: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for check in desk
        .checks_of_all()
        .iter()
        .filter(|check| **check != Check::ScheduleAhead)
    {
        let Some(evidence) = desk.state.evidence_for(check) else {
            continue;
        };
        let line = line(desk, language, evidence);
        if evidence.standing != Standing::Proven && !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

/// A piece of evidence in words; already markup, so it is not escaped again.
fn line(desk: &Desk<'_>, language: &str, evidence: &Evidence) -> Line {
    let file = evidence.facts.get("file").and_then(|file| file.as_str());
    let made = file.is_some_and(|file| desk.state.made_backups.iter().any(|ours| ours == file));
    let own = shown(&evidence.facts);
    let facts = context! { made, ..own };
    let text = desk
        .playbook
        .prompts
        .say(language, &format!("evidence/{}", evidence.reason), &facts);
    Line {
        text: Value::from_safe_string(text),
        standing: evidence.standing,
    }
}

/// A probed key as prompts see it.
fn keys(conversation: &Conversation) -> Vec<Value> {
    let fact = |key: &crate::domain::effect::KeyState| {
        context! {
            title => shown(&key.title),
            variables => shown(&key.variables),
            verdict => key.verdict.as_str(),
            life => shown(key.verdict.life()),
            changed => key.changed,
        }
    };
    conversation.keys.iter().map(fact).collect()
}
