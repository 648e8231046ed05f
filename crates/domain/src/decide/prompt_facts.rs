//! The facts that prompts use: the page, its steps, evidence as sentences, keys.
use super::builder::DecisionBuilder;
use super::{heard, looks, on_word};
use crate::effect::Status;
use crate::evidence::{Check, CheckStatus, Evidence};
use crate::ids::{BlockId, PersonId};
use crate::page::{Aside, Blocker, Claim, Conversation, Guide, Proof};
use chrono::{DateTime, Datelike, Utc};
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;

/// A fact as prompts see it.
pub(super) fn shown<T: Serialize>(fact: T) -> Value {
    Value::from(Serde(fact))
}

/// What every prompt may use.
pub(super) fn facts(builder: &DecisionBuilder<'_>, conversation: &Conversation) -> Value {
    let guide = &builder.state.guide;
    let next = looks::current_step(builder)
        .and_then(|step| described(builder, &conversation.language, &[step]).into_iter().next());
    let due = builder
        .state
        .due
        .as_ref()
        .map(|due| day(builder, &conversation.language, due.at));
    let description = builder.description();
    context! {
        name => shown(&conversation.name),
        page => context! { title => shown(&guide.title), url => shown(&guide.url), steps => guide.steps.len(), numbers => numbers(guide), commands => guide.has_commands },
        progress => shown(builder.step_counts()),
        finished => builder.is_finished(),
        checked => builder.has_checks(),
        keys => !builder.checks_of_all().iter().all(|check| !check.is_of_keys()),
        lost => builder.lost_description(),
        status => statuses(builder),
        next,
        next_action => description.and_then(|page| page.next_action.clone()).or_else(|| guide.next_actions.first().cloned()),
        next_page => shown(&builder.state.next_page),
        due,
        spent => builder.state.minutes_spent(),
        planned_total => guide.planned_minutes(),
        blockers => blockers(builder, &conversation.language),
        aside => aside(builder),
        waits => builder.is_finished() && !builder.state.blockers.is_empty(),
        again => again(builder, conversation),
        readers => readers(builder),
        env => ".env",
    }
}

/// What still holds keys that are proven dead.
fn readers(builder: &DecisionBuilder<'_>) -> Value {
    let dead = builder.state.evidence_for(&Check::OldKeysDead);
    let dead = dead.filter(|evidence| evidence.standing == CheckStatus::Proven);
    shown(dead.and_then(|evidence| evidence.facts.get("readers")))
}

/// Who is stuck, where, why, and since when.
fn blockers(builder: &DecisionBuilder<'_>, language: &str) -> Vec<Value> {
    let fact = |blocker: &Blocker| {
        let step = blocker
            .step
            .and_then(|step| described(builder, language, &[step]).into_iter().next());
        context! {
            name => shown(&blocker.name),
            step => blocker.step,
            url => step.and_then(|step| step.url),
            kind => shown(blocker.kind),
            told => blocker.told,
            since => moment(builder, blocker.since),
        }
    };
    builder.state.blockers.iter().map(fact).collect()
}

/// What does not apply, and who says so; the keys of a provider once.
fn aside(builder: &DecisionBuilder<'_>) -> Vec<Value> {
    let mut told = Vec::new();
    let mut facts = Vec::new();
    for aside in &builder.state.set_aside {
        let (step, title) = match &aside.what {
            Aside::Step(step) => (Some(*step), None),
            Aside::Key(variable) => (None, titles(builder, std::slice::from_ref(variable)).pop()),
        };
        if !told.contains(&(step, title.clone())) {
            facts.push(context! { step, title => title.clone(), name => shown(&aside.name) });
            told.push((step, title));
        }
    }
    facts
}

/// The providers of these variables, once each; a variable that has none stands for itself.
pub(super) fn titles(builder: &DecisionBuilder<'_>, variables: &[String]) -> Vec<String> {
    let names = &builder.playbook.names.providers;
    let mut titles: Vec<String> = Vec::new();
    for variable in variables {
        let title = names.get(variable).unwrap_or(variable);
        if !titles.contains(title) {
            titles.push(title.clone());
        }
    }
    titles
}

/// What the page's Status says for each of ours, as the page calls it; nothing where it cannot, or Notion refused it.
fn statuses(builder: &DecisionBuilder<'_>) -> Value {
    let (state, cell) = (&builder.state, &builder.state.status);
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
fn again(builder: &DecisionBuilder<'_>, conversation: &Conversation) -> Option<String> {
    let looks = builder
        .state
        .looks
        .iter()
        .filter(|look| conversation.awaiting.contains(&look.check));
    let at = looks.filter_map(|look| look.at).min()?;
    let format = if at - builder.now < chrono::Duration::minutes(2) {
        "%H:%M:%S"
    } else {
        "%H:%M"
    };
    Some(at.with_timezone(&builder.playbook.zone).format(format).to_string())
}

/// A moment in the zone, with its day unless that is today.
pub(super) fn moment(builder: &DecisionBuilder<'_>, at: DateTime<Utc>) -> String {
    let zone = builder.playbook.zone;
    let (at, now) = (at.with_timezone(&zone), builder.now.with_timezone(&zone));
    let format = if at.date_naive() == now.date_naive() {
        "%H:%M"
    } else {
        "%-d %b %H:%M"
    };
    at.format(format).to_string()
}

/// A day in words, in the zone and in a language.
pub(super) fn day(builder: &DecisionBuilder<'_>, language: &str, at: DateTime<Utc>) -> String {
    let at = at.with_timezone(&builder.playbook.zone);
    if language != "nl" {
        return at.format("%a %-d %b %Y").to_string();
    }
    let days = ["ma", "di", "wo", "do", "vr", "za", "zo"];
    let months = [
        "jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec",
    ];
    let named = |names: &[&'static str], at: u32| names.get(usize::try_from(at).unwrap_or_default()).copied();
    format!(
        "{} {} {} {}",
        named(&days, at.weekday().num_days_from_monday()).unwrap_or_default(),
        at.day(),
        named(&months, at.month0()).unwrap_or_default(),
        at.year()
    )
}

impl From<StepFacts> for Value {
    fn from(step: StepFacts) -> Self {
        Self::from(Serde(step))
    }
}

impl From<EvidenceLine> for Value {
    fn from(line: EvidenceLine) -> Self {
        Self::from(Serde(line))
    }
}

/// A step as prompts see it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct StepFacts {
    number: u8,
    title: String,
    minutes: Option<u32>,
    url: Option<String>,
    validation: Option<String>,
    text: Option<String>,
    commands: Vec<String>,
    proof: Proof,
    claimed: bool,
    doer: Option<String>,
    /// What its boxes say that are ticked on a word.
    boxes: Vec<String>,
    lines: Vec<EvidenceLine>,
}

impl StepFacts {
    /// Without what checks saw.
    pub(super) fn without_evidence(&mut self) {
        self.lines.clear();
    }
}

/// A piece of evidence as a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct EvidenceLine {
    text: Value,
    standing: CheckStatus,
}

pub(super) fn described(builder: &DecisionBuilder<'_>, language: &str, steps: &[u8]) -> Vec<StepFacts> {
    let facts = |number: &u8| {
        let on_page = builder.state.guide.step(*number);
        StepFacts {
            number: *number,
            title: on_page.map(|step| step.title.clone()).unwrap_or_default(),
            minutes: on_page.and_then(|step| step.minutes),
            url: builder.state.guide.step_url(*number),
            validation: on_page.and_then(|step| step.validation.clone()),
            text: on_page.and_then(|step| step.text.clone()),
            commands: on_page.map(|step| step.commands.clone()).unwrap_or_default(),
            doer: builder
                .state
                .doers
                .iter()
                .find(|doer| doer.step == *number)
                .and_then(|doer| doer.name.clone()),
            proof: builder.step_standing(*number),
            claimed: builder.state.steps.get(number).is_some_and(|step| step.claim.is_some()),
            boxes: on_word::boxes(builder, *number),
            lines: lines_of(builder, language, *number),
        }
    };
    steps.iter().map(facts).collect()
}

/// A box that is named by its words, as prompts see it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct BoxFacts {
    text: String,
    url: String,
    proof: Proof,
    /// Whether it is ticked on a word.
    on_word: bool,
    line: Option<EvidenceLine>,
}

impl BoxFacts {
    /// Without what checks saw.
    pub(super) fn without_evidence(&mut self) {
        self.line = None;
    }
}

impl From<BoxFacts> for Value {
    fn from(on_page: BoxFacts) -> Self {
        Self::from(Serde(on_page))
    }
}

/// These boxes, as far as the page still has them.
pub(super) fn said_boxes(builder: &DecisionBuilder<'_>, language: &str, boxes: &[BlockId]) -> Vec<BoxFacts> {
    let state = &builder.state;
    let named = state
        .guide
        .criteria
        .iter()
        .filter(|on_page| boxes.contains(&on_page.block));
    let facts = named.map(|on_page| {
        let check = builder.check_of_box(&on_page.block);
        let evidence = check.as_ref().and_then(|check| state.evidence_for(check));
        let is_proven = evidence.is_some_and(|evidence| evidence.standing == CheckStatus::Proven);
        let is_said = check.is_none() && state.claim_of_box(on_page.number).is_some();
        BoxFacts {
            text: on_page.text.clone(),
            url: state.guide.block_url(&on_page.block),
            proof: match (is_proven, is_said) {
                (true, _) => Proof::Proven,
                (false, true) => Proof::Claimed,
                (false, false) => Proof::Open,
            },
            on_word: state.boxes.get(&on_page.number).is_some_and(|on_page| on_page.on_word),
            line: evidence.map(|evidence| line(builder, language, evidence)),
        }
    });
    facts.collect()
}

fn lines_of(builder: &DecisionBuilder<'_>, language: &str, step: u8) -> Vec<EvidenceLine> {
    let checks = builder.checks_of_step(step);
    let mut lines: Vec<EvidenceLine> = Vec::new();
    for evidence in checks.iter().filter_map(|check| builder.state.evidence_for(check)) {
        let line = line(builder, language, evidence);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

/// What is not proven. The date of the next rotation is ours to write, once all else holds: it is asked of nobody.
pub(super) fn missing(builder: &DecisionBuilder<'_>, language: &str) -> Vec<EvidenceLine> {
    let mut lines: Vec<EvidenceLine> = Vec::new();
    for check in builder
        .checks_of_all()
        .iter()
        .filter(|check| **check != Check::ScheduleAhead)
    {
        let Some(evidence) = builder.state.evidence_for(check) else {
            continue;
        };
        let line = line(builder, language, evidence);
        if evidence.standing != CheckStatus::Proven && !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

/// A piece of evidence in words; already markup, so it is not escaped again.
pub(super) fn line(builder: &DecisionBuilder<'_>, language: &str, evidence: &Evidence) -> EvidenceLine {
    let file = evidence.facts.get("file").and_then(|file| file.as_str());
    let made = file.is_some_and(|file| builder.state.made_backups.iter().any(|ours| ours == file));
    let own = shown(&evidence.facts);
    let facts = context! { made, ..own };
    let text = builder
        .playbook
        .prompts
        .say(language, &format!("evidence/{}", evidence.reason), &facts);
    EvidenceLine {
        text: Value::from_safe_string(text),
        standing: evidence.standing,
    }
}

/// On whose word the whole item rests: whether anything does, how many boxes are ticked for it, and who beside the one who is
/// answered said so.
pub(super) fn on_whose_word(builder: &DecisionBuilder<'_>, conversation: &Conversation) -> Value {
    let others = others(builder, conversation.author.as_ref());
    context! { word => builder.rests_on_a_word(), ticked => on_word::count(builder), others }
}

/// The names of those on whose word the page stands, beside this one.
fn others(builder: &DecisionBuilder<'_>, but: Option<&PersonId>) -> Vec<String> {
    let state = &builder.state;
    let steps = state.steps.values().filter_map(|step| step.claim.as_ref());
    let others = steps
        .chain(&state.finished)
        .filter(|claim: &&Claim| Some(&claim.author) != but);
    let mut names: Vec<String> = Vec::new();
    for name in others.filter_map(|claim| heard::name(builder, &claim.comment)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// A probed key as prompts see it.
pub(super) fn keys(conversation: &Conversation) -> Vec<Value> {
    let fact = |key: &crate::effect::KeyState| {
        context! {
            title => shown(&key.title),
            variables => shown(&key.variables),
            verdict => key.verdict.as_str(),
            because => key.because.map(shown),
            life => shown(key.verdict.life()),
            changed => key.changed,
        }
    };
    conversation.keys.iter().map(fact).collect()
}

/// The numbers of the steps, where the page leaves some out; else the last one alone.
fn numbers(guide: &Guide) -> Vec<u8> {
    let mut numbers: Vec<u8> = guide.steps.iter().map(|step| step.number).collect();
    if usize::from(guide.last_step()) == numbers.len() {
        numbers.drain(..numbers.len().saturating_sub(1));
    }
    numbers
}
