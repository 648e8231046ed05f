//! What is known of the page and of its state, as the answers to questions about it tell it: one place for all topics.
use super::builder::DecisionBuilder;
use super::prompt_facts::{StepFacts, day, described, line, missing, moment, said_boxes, shown};
use super::{heard, looks, page_asks};
use crate::classify::Ask;
use crate::evidence::{Check, CheckStatus, Evidence};
use crate::ids::BlockId;
use crate::page::{Aside, Blocker, Claim, Conversation, Proof};
use chrono::{DateTime, Duration, Utc};
use minijinja::context;
use minijinja::value::Value;

/// Rows that an answer lists at most.
const ROWS: usize = 5;
/// Boxes that an answer lists at most.
const BOXES: usize = 10;
/// Open steps that an answer names.
const OPEN: usize = 3;
/// What happened longer ago than this is no news.
const NEWS_DAYS: i64 = 7;

/// The prompt that answers a question about the page, and its facts.
pub(super) fn answer(
    builder: &DecisionBuilder<'_>,
    conversation: &Conversation,
    topic: &str,
    step: Option<u8>,
) -> (String, Value) {
    let language = conversation.language.as_str();
    let ask = Ask::by_id(topic);
    // Without a number these are asked of the step at hand.
    let of_current = matches!(ask, Some(Ask::About | Ask::How | Ask::Validate));
    let step = step.or_else(|| looks::current_step(builder).filter(|_| of_current));
    let facts = step.map(|step| step_facts(builder, conversation, step));
    let own = match ask {
        Some(Ask::First | Ask::Next | Ask::Prerequisites) => prerequisites(builder),
        Some(Ask::Missing | Ask::WhyOpen) => open(builder, conversation),
        Some(Ask::Overview) => overview(builder, language),
        Some(Ask::WhoDoes) => context! { does => doers(builder, step) },
        Some(Ask::Mine) => mine(builder, conversation),
        Some(Ask::Changed) => context! { news => news(builder, conversation) },
        Some(Ask::ByWhom) => context! { reports => reports(builder, step) },
        Some(Ask::Backup) => backup(builder, conversation),
        Some(_) => context! {},
        None => by_pattern(builder, topic, step),
    };
    (format!("question/{topic}"), context! { step => facts, ..own })
}

/// The facts of topics that are asked about by a pattern alone.
fn by_pattern(builder: &DecisionBuilder<'_>, topic: &str, step: Option<u8>) -> Value {
    match topic {
        "open_boxes" => {
            let boxes = open_boxes(builder, step);
            let more_boxes = boxes.len().saturating_sub(BOXES);
            context! { boxes => boxes.into_iter().take(BOXES).collect::<Vec<_>>(), more_boxes }
        }
        "left" => left(builder),
        "who_broke" | "sure" => context! { reports => reports(builder, step) },
        _ => context! {},
    }
}

/// How long the open steps take, as the page estimates them.
fn left(builder: &DecisionBuilder<'_>) -> Value {
    let all = builder.state.guide.steps.iter();
    let open: Vec<Option<u32>> = all
        .filter(|step| builder.step_standing(step.number) == Proof::Open)
        .map(|step| step.minutes)
        .collect();
    let told: Vec<u32> = open.iter().flatten().copied().collect();
    context! { minutes => told.iter().sum::<u32>(), steps => open.len(), untold => open.len() - told.len() }
}

/// A step with all that is told of it; to a guest, without what checks saw.
fn step_facts(builder: &DecisionBuilder<'_>, conversation: &Conversation, number: u8) -> Value {
    let language = conversation.language.as_str();
    let mut steps = described(builder, language, &[number]);
    if conversation.is_guest {
        steps.iter_mut().for_each(StepFacts::without_evidence);
    }
    let state = &builder.state;
    let set_aside = state.set_aside.iter().find(|aside| aside.what == Aside::Step(number));
    let stuck = state
        .blockers
        .iter()
        .filter(|blocker| blocker.step == Some(number))
        .map(|blocker| shown(&blocker.name));
    let claims = state.steps.get(&number).and_then(|step| step.claim.as_ref());
    context! {
        open_boxes => open_boxes(builder, Some(number)).into_iter().take(ROWS).collect::<Vec<_>>(),
        aside => set_aside.map(|aside| context! { name => shown(&aside.name) }),
        stops => stuck.collect::<Vec<_>>(),
        by => claims.map(|claim| told(builder, claim)),
        own => claims.is_some_and(|claim| Some(&claim.author) == conversation.author.as_ref()),
        ..steps.pop().map(Value::from).unwrap_or_default()
    }
}

/// Boxes with all that is told of them; to a guest, without what checks saw.
pub(super) fn boxes_asked(builder: &DecisionBuilder<'_>, conversation: &Conversation, boxes: &[BlockId]) -> Vec<Value> {
    let state = &builder.state;
    let by = |block: &BlockId| {
        let claim = state.boxes_said.get(block)?.claim.as_ref()?;
        Some(told(builder, claim))
    };
    let is_ticked = |block: &BlockId| {
        let on_page = state.guide.box_at(block);
        let on_page = on_page.and_then(|on_page| state.boxes.get(&on_page.number));
        on_page.is_some_and(|on_page| on_page.tick.wanted.or(on_page.tick.known) == Some(true))
    };
    let facts = boxes.iter().flat_map(|block| {
        let said = said_boxes(builder, &conversation.language, std::slice::from_ref(block));
        said.into_iter().map(|mut said| {
            if conversation.is_guest {
                said.without_evidence();
            }
            context! { by => by(block), ticked => is_ticked(block), ..Value::from(said) }
        })
    });
    facts.collect()
}

/// What the page asks for before the first step, and what of it is open.
fn prerequisites(builder: &DecisionBuilder<'_>) -> Value {
    let all = &builder.state.guide.prerequisites;
    let row = |text: &String, ticked: Option<bool>| context! { text, ticked };
    let rows: Vec<Value> = all.iter().take(ROWS).map(|one| row(&one.text, one.ticked)).collect();
    let open = all.iter().filter(|one| one.ticked != Some(true));
    let open: Vec<String> = open.map(|one| one.text.clone()).take(ROWS).collect();
    context! { prerequisites => rows, open, more => all.len().saturating_sub(ROWS) }
}

/// The steps and boxes that are not done, and what checks miss.
fn open(builder: &DecisionBuilder<'_>, conversation: &Conversation) -> Value {
    let steps = builder.state.guide.steps.iter().map(|step| step.number);
    let is_open = |step: &u8| builder.step_standing(*step) == Proof::Open;
    let numbers: Vec<u8> = steps.filter(is_open).collect();
    let steps = described(builder, &conversation.language, &numbers[..numbers.len().min(OPEN)]);
    let lines = if conversation.is_guest {
        Vec::new()
    } else {
        missing(builder, &conversation.language)
    };
    let lines: Vec<_> = lines.into_iter().take(ROWS).collect();
    let boxes = open_boxes(builder, None);
    let more_boxes = boxes.len().saturating_sub(ROWS);
    context! {
        open => steps,
        more => numbers.len().saturating_sub(OPEN),
        missing => lines,
        boxes => boxes.into_iter().take(ROWS).collect::<Vec<_>>(),
        more_boxes,
    }
}

/// The texts of the boxes that are not ticked: those of a step, or all criteria.
fn open_boxes(builder: &DecisionBuilder<'_>, step: Option<u8>) -> Vec<String> {
    let described = step.and_then(|step| builder.description()?.step(step));
    let leads_to = described.map(|step| {
        let on_page = step.criteria.iter().map(|criterion| builder.page_box(*criterion));
        on_page.collect::<Vec<u8>>()
    });
    let boxes = builder.state.guide.criteria.iter().filter(|criterion| {
        let ticked = builder.state.boxes.get(&criterion.number);
        let is_open = ticked.is_none_or(|on_page| {
            // What is just being ticked is open no more.
            let wanted = on_page.tick.wanted.filter(|_| on_page.tick.refused.is_none());
            wanted.or(on_page.tick.known) != Some(true)
        });
        let is_of_step = match &leads_to {
            Some(numbers) => numbers.contains(&criterion.number),
            None => step.is_none() || criterion.step == step,
        };
        is_open && is_of_step
    });
    boxes.map(|criterion| criterion.text.clone()).collect()
}

/// The steps in their order, and how many boxes there are.
fn overview(builder: &DecisionBuilder<'_>, language: &str) -> Value {
    const STEPS: usize = 8;
    let guide = &builder.state.guide;
    let numbers: Vec<u8> = guide.steps.iter().map(|step| step.number).take(STEPS).collect();
    let ticked = builder
        .state
        .boxes
        .values()
        .filter(|on_page| on_page.tick.known == Some(true))
        .count();
    context! {
        steps => described(builder, language, &numbers),
        more => guide.steps.len().saturating_sub(STEPS),
        boxes => guide.criteria.len(),
        ticked,
    }
}

/// Who does a step, or each.
fn doers(builder: &DecisionBuilder<'_>, step: Option<u8>) -> Vec<Value> {
    let doers = builder.state.doers.iter();
    let meant = doers.filter(|doer| step.is_none_or(|step| step == doer.step));
    meant
        .take(ROWS)
        .map(|doer| context! { step => doer.step, name => shown(&doer.name) })
        .collect()
}

/// What is left for the one who asks.
fn mine(builder: &DecisionBuilder<'_>, conversation: &Conversation) -> Value {
    let state = &builder.state;
    let author = conversation.author.as_ref();
    let own = state.doers.iter().filter(|doer| {
        let is_named = conversation.name.is_some() && named(conversation.name.as_deref(), doer.name.as_deref());
        doer.person.as_ref().is_some_and(|person| Some(person) == author) || is_named
    });
    let open = own.map(|doer| doer.step).filter(|step| {
        let standing = builder.step_standing(*step);
        standing == Proof::Open
    });
    let steps: Vec<u8> = open.take(ROWS).collect();
    let stuck = state.blockers.iter().filter(|blocker| Some(&blocker.author) == author);
    let stuck: Vec<Option<u8>> = stuck.map(|blocker| blocker.step).collect();
    let asked = state.questions.iter().any(|open| Some(&open.author) == author);
    context! { steps => described(builder, &conversation.language, &steps), stuck, asked }
}

/// Whether a person is called by this name: all of it, or the first.
fn named(person: Option<&str>, called: Option<&str>) -> bool {
    let (Some(person), Some(called)) = (person, called) else {
        return false;
    };
    person == called || person.split_whitespace().next() == Some(called)
}

/// A report of a step: by whom, and when.
fn told(builder: &DecisionBuilder<'_>, claim: &Claim) -> Value {
    context! { name => heard::name(builder, &claim.comment), at => moment(builder, claim.at) }
}

/// Who reported a step, or each, and when; the newest first.
fn reports(builder: &DecisionBuilder<'_>, step: Option<u8>) -> Vec<Value> {
    let steps = builder.state.steps.iter();
    let meant = steps.filter(|(number, _)| step.is_none_or(|step| step == **number));
    let mut claims: Vec<(u8, &Claim)> = meant
        .filter_map(|(number, step)| Some((*number, step.claim.as_ref()?)))
        .collect();
    claims.sort_by_key(|(_, claim)| std::cmp::Reverse(claim.at));
    let row = |(step, claim): &(u8, &Claim)| {
        let is_proven = builder.step_proof(*step) == Proof::Proven;
        context! { step, is_proven, ..told(builder, claim) }
    };
    claims.iter().take(ROWS).map(row).collect()
}

/// What happened lately, the newest first.
fn news(builder: &DecisionBuilder<'_>, conversation: &Conversation) -> Vec<Value> {
    let since = builder.now - Duration::days(NEWS_DAYS);
    let mut news: Vec<(DateTime<Utc>, Value)> = Vec::new();
    for (step, state) in &builder.state.steps {
        let claims = state.claim.iter();
        news.extend(claims.map(|claim| {
            let told = told(builder, claim);
            (claim.at, context! { what => "report", step, ..told })
        }));
    }
    let stuck = |blocker: &Blocker| {
        let at = moment(builder, blocker.since);
        let what = context! { what => "stuck", step => blocker.step, name => shown(&blocker.name), at };
        (blocker.since, what)
    };
    news.extend(builder.state.blockers.iter().map(stuck));
    if !conversation.is_guest {
        let seen = |evidence: &Evidence| {
            let line = line(builder, &conversation.language, evidence);
            let at = moment(builder, evidence.gathered_at);
            (evidence.gathered_at, context! { what => "seen", line, at })
        };
        let proofs = builder.state.evidence.iter();
        news.extend(proofs.filter(|one| one.standing == CheckStatus::Proven).map(seen));
    }
    news.retain(|(at, _)| *at >= since);
    news.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    news.into_iter().take(ROWS).map(|(_, what)| what).collect()
}

/// What came of a backup that was asked for.
fn backup(builder: &DecisionBuilder<'_>, conversation: &Conversation) -> Value {
    let waits = !conversation.effects.is_empty() || !conversation.awaiting.is_empty();
    let seen = builder.state.evidence_for(&Check::Backup);
    let seen = seen.map(|evidence| line(builder, &conversation.language, evidence));
    context! { makes => page_asks::makes_backups(builder), waits, line => seen }
}

/// The facts of a reminder: the day and hour of one that is kept.
pub(super) fn reminder(builder: &DecisionBuilder<'_>, language: &str, at: Option<DateTime<Utc>>) -> Value {
    let day = at.map(|at| day(builder, language, at));
    let hour = at.map(|at| at.with_timezone(&builder.playbook.zone).format("%H:%M").to_string());
    context! { day, hour }
}
