//! Slots: what a comment says beside its labels. Steps, spans, keys, the blocker's kind, the day, whether a reply is due.
use super::About;
use super::combine::Part;
use super::engine::{Ground, Hits};
use super::read::Trace;
use super::reading::{BlockerKind, Clause, Label, Reading};
use super::rules::Book;
use super::steps::{StepSet, listed};
use super::token::{Token, Value};

/// Fills the slots.
pub(super) fn fill(
    ground: &Ground,
    book: &Book,
    about: &About,
    trace: &Trace,
    parts: &[Part],
    clauses: Vec<Clause>,
    language: Option<String>,
) -> Reading {
    let labels = labels_of(&clauses);
    let spans = spans(ground, book, trace, about);
    let steps = steps_of(trace, &clauses);
    let finished = clauses.iter().filter(|clause| clause.label == Label::Completion);
    let ticked: u64 = finished
        .clone()
        .flat_map(|clause| &clause.steps)
        .fold(0, |set, &step| set | 1 << step);
    let every: u64 = (1..=about.steps_total.min(63)).fold(0, |set, step| set | 1 << step);
    let totality = parts.iter().any(|part| {
        part.verdict
            .as_ref()
            .is_some_and(|verdict| verdict.label == Label::Completion)
            && trace.hits[part.at].slot(book, "all_done")
    });
    let said_done = labels.contains(&Label::Completion)
        && (totality || trace.whole.slot(book, "all_done_comment") && finished.count() > 0);
    let all_done = said_done && (ticked == 0 || ticked == every) || every != 0 && ticked & every == every;
    Reading {
        needs_reply: needs_reply(book, &labels, trace, parts),
        blocker_kind: labels
            .contains(&Label::Blocker)
            .then(|| blocker_kind(book, trace, parts)),
        keys: keys_of(about, trace),
        when: when(ground, trace),
        rules: rules_of(&clauses),
        labels,
        clauses,
        steps,
        all_done,
        duration_minutes: spans.0,
        expected_duration_minutes: spans.1,
        language,
    }
}

/// Distinct labels, the primary one first, the others in text order.
fn labels_of(clauses: &[Clause]) -> Vec<Label> {
    let mut labels: Vec<Label> = Vec::new();
    for clause in clauses {
        if !labels.contains(&clause.label) {
            labels.push(clause.label);
        }
    }
    let Some(first) = labels.iter().min().copied() else {
        return vec![Label::Chatter];
    };
    labels.retain(|&label| label != first);
    labels.insert(0, first);
    labels
}

fn steps_of(trace: &Trace, clauses: &[Clause]) -> Vec<u8> {
    let said = trace.tokens.iter().fold(0, |all: StepSet, token| {
        all | if let Value::Steps(set) = token.value { set } else { 0 }
    });
    let in_clauses = clauses
        .iter()
        .flat_map(|clause| &clause.steps)
        .fold(0, |set, &step| set | 1 << step);
    listed(said | in_clauses)
}

/// "All but step 3 finished": the rest is progress.
pub(super) fn left_out(trace: &Trace, clauses: &[Clause]) -> Option<Clause> {
    let finished = clauses.iter().find(|clause| clause.label == Label::Completion)?;
    (trace.left_out != 0).then(|| Clause {
        label: Label::Progress,
        steps: listed(trace.left_out),
        ..finished.clone()
    })
}

fn rules_of(clauses: &[Clause]) -> Vec<String> {
    let mut rules: Vec<String> = Vec::new();
    for rule in clauses.iter().flat_map(|clause| &clause.rules) {
        if !rules.contains(rule) {
            rules.push(rule.clone());
        }
    }
    rules
}

fn needs_reply(book: &Book, labels: &[Label], trace: &Trace, parts: &[Part]) -> bool {
    let reports = labels.iter().any(|label| {
        matches!(
            label,
            Label::Completion | Label::Blocker | Label::KeyReport | Label::Correction
        )
    });
    let to_us = |part: &Part| {
        part.verdict
            .as_ref()
            .is_some_and(|verdict| verdict.label == Label::Question)
            && !trace.whole.slot(book, "addressed")
    };
    reports || parts.iter().any(to_us)
}

/// The first cause that fits the blocker's clauses; else the code; else the whole comment.
fn blocker_kind(book: &Book, trace: &Trace, parts: &[Part]) -> BlockerKind {
    let blocked = |part: &&Part| {
        part.verdict
            .as_ref()
            .is_some_and(|verdict| verdict.label == Label::Blocker || verdict.also == Some(Label::Blocker))
    };
    let mut hits: Vec<Hits> = parts
        .iter()
        .filter(blocked)
        .map(|part| trace.hits[part.at].clone())
        .collect();
    let code = Hits::of(book, &trace.code);
    hits.push(code);
    let first = |hits: &[Hits]| {
        let causes = book.causes.iter().enumerate();
        causes
            .filter(|(at, _)| hits.iter().any(|hits| hits.cause(*at)))
            .map(|(_, cause)| cause.kind)
            .next()
    };
    first(&hits)
        .or_else(|| first(std::slice::from_ref(&trace.whole)))
        .unwrap_or(BlockerKind::Other)
}

fn keys_of(about: &About, trace: &Trace) -> Vec<String> {
    let set = trace.tokens.iter().fold(0, |all, token| {
        all | if let Value::Keys(set) = token.value { set } else { 0 }
    });
    about.keys.listed(set)
}

/// The phrase that names a day or an hour.
fn when(ground: &Ground, trace: &Trace) -> Option<String> {
    let bits = &ground.kinds.bits;
    let token = trace
        .tokens
        .iter()
        .find(|token| ground.is(token, bits.day | bits.clock))?;
    trace.own.get(token.start..token.end).map(str::to_owned)
}

/// Minutes spent and minutes planned.
fn spans(ground: &Ground, book: &Book, trace: &Trace, about: &About) -> (Option<u32>, Option<u32>) {
    let mut spent: Vec<u32> = Vec::new();
    let mut total = None;
    let mut planned = None;
    for (at, token) in trace.tokens.iter().enumerate() {
        let Value::Minutes(minutes) = token.value else { continue };
        let hits = Hits::of(book, &around(ground, trace, at));
        if hits.slot(book, "planned") {
            planned = Some(minutes);
        } else if hits.slot(book, "total") {
            total = Some(minutes);
        } else if !hits.slot(book, "not_spent") {
            spent.push(minutes);
        }
    }
    let sum = spent.iter().fold(0, |sum: u32, minutes| sum.saturating_add(*minutes));
    let spent = total
        .or((!spent.is_empty()).then_some(sum))
        .filter(|&minutes| minutes > 0);
    let _ = about.plan_minutes;
    (spent, planned)
}

/// The sentence around a span, in which other spans are numbers only.
fn around(ground: &Ground, trace: &Trace, at: usize) -> Vec<Token> {
    let cut = trace.cuts.iter().find(|cut| cut.tokens.contains(&at));
    let range = cut.map_or(0..trace.tokens.len(), |cut| cut.tokens.clone());
    let shown = |index: usize| {
        let token = trace.tokens[index];
        let other = index != at && matches!(token.value, Value::Minutes(_));
        Token {
            symbol: if other {
                ground.kinds.symbols.number
            } else {
                token.symbol
            },
            ..token
        }
    };
    (range.start.max(at.saturating_sub(24))..range.end.min(at + 24))
        .map(shown)
        .collect()
}
