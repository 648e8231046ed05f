//! Slots: what a comment says beside its labels. Steps, spans, keys, the blocker's kind, the day, whether a reply is due.
use super::context::ReadingContext;
use super::grammar::Grammar;
use super::pattern::PatternText;
use super::reading::{BlockerKind, Clause, Label, Reading, SUSPICIONS, Suspicion};
use super::rule_set::RuleSet;
use super::step_set::{listed, range, set_of};
use super::token::{Token, TokenValue, steps_in};
use super::trace::Trace;

/// The chance from which on it is asked whether a comment says what is suspected. Of comments that nothing was learnt from, a few in
/// a thousand reach it that say no such thing.
const SUSPECTED: f32 = 0.1;

/// In fewer words than this nothing is suspected: "Mistral" is most likely an answer.
const SHORTEST: usize = 4;

/// Fills the slots of a reading, given its clauses.
pub(super) fn fill(grammar: &Grammar, context: &ReadingContext, trace: &Trace, clauses: Vec<Clause>) -> Reading {
    let labels = labels_of(&clauses);
    let (spent, planned) = spans(grammar, trace);
    let to_somebody = is_to_somebody(grammar.rule_set, trace);
    Reading {
        needs_reply: needs_reply(&labels, trace, to_somebody),
        to_somebody,
        asks: Vec::new(),
        blocker_kind: labels.contains(&Label::Blocker).then(|| {
            trace
                .blocker_kind
                .unwrap_or_else(|| blocker_kind(grammar.rule_set, trace))
        }),
        keys: context.keys.listed(keys_in(&trace.tokens)),
        when: when(grammar, trace),
        rules: rules_of(&clauses),
        steps: listed(steps_in(&trace.tokens) | set_of(clauses.iter().flat_map(|clause| &clause.steps))),
        all_done: all_done(grammar, trace, &clauses),
        doubt: trace.doubt,
        suspicions: suspected(trace),
        labels,
        clauses,
        duration_minutes: spent,
        expected_duration_minutes: planned,
        language: trace.language_name(),
    }
}

fn suspected(trace: &Trace) -> Vec<Suspicion> {
    if trace.tokens.len() < SHORTEST {
        return Vec::new();
    }
    let chances = SUSPICIONS.into_iter().zip(trace.suspicions);
    chances
        .filter(|(_, chance)| *chance >= SUSPECTED)
        .map(|(what, _)| what)
        .collect()
}

/// Whether the whole item is said to be finished: in words, or step by step.
fn all_done(grammar: &Grammar, trace: &Trace, clauses: &[Clause]) -> bool {
    let finished = || clauses.iter().filter(|clause| clause.label == Label::Completion);
    let steps = set_of(finished().flat_map(|clause| &clause.steps));
    let every = range(1, grammar.steps_total);
    let fills = |slot, text| grammar.rule_set.fills(slot, text);
    let totality = trace
        .judged
        .iter()
        .any(|clause| clause.is(Label::Completion) && fills("all_done", &trace.clause_texts[clause.at]));
    let in_words = finished().count() > 0 && (totality || fills("all_done_comment", &trace.whole));
    in_words && (steps == 0 || steps == every) || every != 0 && steps & every == every
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

fn rules_of(clauses: &[Clause]) -> Vec<String> {
    let mut rules: Vec<String> = Vec::new();
    for rule in clauses.iter().flat_map(|clause| &clause.rules) {
        if !rules.contains(rule) {
            rules.push(rule.clone());
        }
    }
    rules
}

/// A report is answered, and so is a question that is not put to somebody else.
fn needs_reply(labels: &[Label], trace: &Trace, to_somebody: bool) -> bool {
    const REPORTS: [Label; 4] = [Label::Completion, Label::Blocker, Label::KeyReport, Label::Correction];
    let asks = trace.judged.iter().any(|clause| clause.is(Label::Question));
    REPORTS.iter().any(|label| labels.contains(label)) || asks && !to_somebody
}

/// Whether a comment is said to somebody: it mentions a person, or calls them by a name, which is a word that no lexicon knows or that
/// is listed as a name. Before a name only a greeting stands: "Hi Ana, ..."; or it ends the comment.
fn is_to_somebody(rule_set: &RuleSet, trace: &Trace) -> bool {
    let bits = &rule_set.kinds.bits;
    let is = |token: &Token, kinds| rule_set.lexicon.symbols.set(token.symbol).meets(kinds);
    let is_name = |token: &Token| token.symbol == 0 || is(token, bits.forename);
    let is_called = |called: &String| {
        let is_word = |token: &Token| trace.own.get(token.start..token.end) == Some(called);
        let opens = trace.tokens.iter().find(|token| !is(token, bits.polite | bits.opener));
        let mut tokens = trace.tokens.iter().rev();
        let ends = tokens.find(|token| !is(token, bits.ask | bits.stop | bits.line));
        [opens, ends]
            .into_iter()
            .flatten()
            .any(|token| is_word(token) && is_name(token))
    };
    trace.called.iter().any(is_called) || rule_set.fills("addressed", &trace.whole)
}

/// The kind by the rules: the first cause that fits the blocker's clauses, or the code; else the whole comment.
pub(super) fn blocker_kind(rule_set: &RuleSet, trace: &Trace) -> BlockerKind {
    let blocked = trace.judged.iter().filter(|clause| clause.has(Label::Blocker));
    let spans = blocked.map(|clause| &trace.tokens[trace.clause_spans[clause.at].tokens.clone()]);
    let near: Vec<_> = spans
        .map(|tokens| with_cause_words(rule_set, trace, tokens))
        .chain([rule_set.text_of(&trace.code)])
        .collect();
    let first = |texts: &[PatternText]| {
        let mut causes = rule_set.causes.iter();
        let cause = causes.find(|cause| texts.iter().any(|text| cause.pattern.fit(text)));
        cause.map(|cause| cause.kind)
    };
    first(&near)
        .or_else(|| first(&[with_cause_words(rule_set, trace, &trace.tokens)]))
        .unwrap_or(BlockerKind::Other)
}

/// A run of the author's words as the patterns of causes read it: with the kinds that only they go by.
fn with_cause_words(rule_set: &RuleSet, trace: &Trace, tokens: &[Token]) -> PatternText {
    let of_causes = rule_set.cause_words.kinds(&trace.own, tokens, trace.language);
    let of_lexicon = tokens.iter().map(|token| rule_set.lexicon.symbols.set(token.symbol));
    PatternText::of_kinds(of_lexicon.zip(of_causes).map(|(one, other)| one | other))
}

fn keys_in(tokens: &[Token]) -> u64 {
    tokens.iter().fold(0, |all, token| match token.value {
        TokenValue::Keys(keys) => all | keys,
        _ => all,
    })
}

/// The phrase that names a day or an hour.
fn when(grammar: &Grammar, trace: &Trace) -> Option<String> {
    let bits = grammar.bits;
    let token = trace
        .tokens
        .iter()
        .find(|token| grammar.is(token, bits.day | bits.clock))?;
    trace.own.get(token.start..token.end).map(str::to_owned)
}

/// Minutes spent and minutes planned.
fn spans(grammar: &Grammar, trace: &Trace) -> (Option<u32>, Option<u32>) {
    let rule_set = grammar.rule_set;
    let mut spent: Vec<u32> = Vec::new();
    let mut total = None;
    let mut planned = None;
    for (at, token) in trace.tokens.iter().enumerate() {
        let TokenValue::Minutes(minutes) = token.value else {
            continue;
        };
        let text = around(grammar, trace, at);
        if rule_set.fills("planned", &text) {
            planned = Some(minutes);
        } else if rule_set.fills("total", &text) {
            total = Some(minutes);
        } else if !rule_set.fills("not_spent", &text) {
            spent.push(minutes);
        }
    }
    let sum = spent.iter().fold(0, |sum: u32, minutes| sum.saturating_add(*minutes));
    let spent = total
        .or((!spent.is_empty()).then_some(sum))
        .filter(|&minutes| minutes > 0);
    (spent, planned)
}

/// The sentence around a span, in which other spans are numbers only.
fn around(grammar: &Grammar, trace: &Trace, at: usize) -> PatternText {
    let clause_span = trace
        .clause_spans
        .iter()
        .find(|clause_span| clause_span.tokens.contains(&at));
    let range = clause_span.map_or(0..trace.tokens.len(), |clause_span| clause_span.tokens.clone());
    let shown = |index: usize| {
        let token = &trace.tokens[index];
        let other = index != at && matches!(token.value, TokenValue::Minutes(_));
        if other {
            grammar.bits.number
        } else {
            grammar.kinds_of(token)
        }
    };
    PatternText::of_kinds((range.start.max(at.saturating_sub(24))..range.end.min(at + 24)).map(shown))
}
