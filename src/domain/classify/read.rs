//! Reading a comment from end to end.
use super::About;
use super::apart::{Parts, take_apart};
use super::clauses::{self, Cut};
use super::combine::{self, Part};
use super::engine::{Ground, Hits};
use super::judge::judge;
use super::keys::mark_keys;
use super::lexicon::{LANGUAGES, hash};
use super::normalise::fold;
use super::reading::{Clause, Label, Reading};
use super::rules::{Book, Owner};
use super::slots;
use super::steps::{StepSet, join_steps, listed};
use super::steps_joined::leave_out;
use super::time::{finish_times, join_times};
use super::token::{Token, Value, lex};

/// A guard over a sentence looks back over so many words at most: time must not grow with the square of a text.
const LOOK_BACK: usize = 64;
/// More clauses than this nobody writes; the rest is one.
const MOST_CLAUSES: usize = 200;

/// What was seen on the way: for `explain`, and for the slots.
#[derive(Debug, Default)]
pub(super) struct Trace {
    pub(super) own: String,
    pub(super) tokens: Vec<Token>,
    pub(super) cuts: Vec<Cut>,
    pub(super) hits: Vec<Hits>,
    pub(super) parts: Vec<Part>,
    pub(super) whole: Hits,
    pub(super) code: Vec<Token>,
    pub(super) language: Option<usize>,
    /// Steps named as exceptions: "all but step 3".
    pub(super) left_out: StepSet,
}

/// Reads a text.
pub(super) fn read(book: &Book, text: &str, about: &About) -> (Reading, Trace) {
    let ground = Ground::new(book, about.steps_total);
    let parts = take_apart(&fold(text, &book.emoji));
    let mut trace = tokens_of(&ground, about, &parts);
    trace.whole = whole(book, &trace.tokens);
    if trace.whole.slot(book, "bot") {
        return (
            Reading {
                labels: vec![Label::Chatter],
                language: language(&trace),
                ..Reading::default()
            },
            trace,
        );
    }
    answer_the_quote(&ground, book, &parts, &mut trace);
    judge_clauses(&ground, book, &mut trace);
    judge_code(book, &mut trace);
    let parts = combine::combine(std::mem::take(&mut trace.parts));
    let reading = fill(&ground, book, about, &trace, &parts);
    trace.parts = parts;
    (reading, trace)
}

fn language(trace: &Trace) -> Option<String> {
    trace.language.map(|at| LANGUAGES[at].to_owned())
}

fn tokens_of(ground: &Ground, about: &About, parts: &Parts) -> Trace {
    let lexed = lex(&parts.own, ground.lexicon, ground.kinds, None);
    let code = if parts.code.is_empty() {
        Vec::new()
    } else {
        lex(&parts.code, ground.lexicon, ground.kinds, Some(0)).tokens
    };
    let mut tokens = join_times(ground, &lexed.tokens);
    finish_times(ground, &mut tokens);
    mark_keys(ground, about.keys, &parts.own, &mut tokens);
    let mut tokens = join_steps(ground, &tokens);
    let left_out = leave_out(ground, &mut tokens);
    Trace {
        left_out,
        own: parts.own.clone(),
        tokens,
        code,
        language: lexed.language,
        ..Trace::default()
    }
}

/// The whole comment: rules are for clauses only.
fn whole(book: &Book, tokens: &[Token]) -> Hits {
    Hits::of_some(book, tokens, |owner| !matches!(owner, Owner::Rule(_)))
}

/// A bare "yes", "done" or "not yet" under a quote speaks of the quote's steps.
fn answer_the_quote(ground: &Ground, book: &Book, parts: &Parts, trace: &mut Trace) {
    if parts.quoted.is_empty() || !trace.whole.slot(book, "answer") {
        return;
    }
    let quoted = join_steps(
        ground,
        &lex(&parts.quoted, ground.lexicon, ground.kinds, trace.language).tokens,
    );
    let steps = quoted.iter().fold(0, |all, token| all | steps_in(token));
    if steps != 0 && trace.tokens.iter().all(|token| steps_in(token) == 0) {
        let symbol = ground.kinds.symbols.step;
        let first = trace
            .tokens
            .iter()
            .position(|token| !ground.is(token, ground.kinds.bits.line))
            .unwrap_or(0);
        trace.tokens.insert(
            first,
            Token {
                start: 0,
                end: 0,
                symbol,
                value: Value::Steps(steps),
            },
        );
        trace.whole = whole(book, &trace.tokens);
    }
}

fn steps_in(token: &Token) -> StepSet {
    if let Value::Steps(set) = token.value { set } else { 0 }
}

fn judge_clauses(ground: &Ground, book: &Book, trace: &mut Trace) {
    let states = book.groups.get("states").copied().unwrap_or_default();
    trace.cuts = clauses::cut(ground, states, &trace.tokens);
    trace.cuts.truncate(MOST_CLAUSES);
    for (at, cut) in trace.cuts.iter().enumerate() {
        let tokens = &trace.tokens[cut.tokens.clone()];
        let hits = Hits::of(book, tokens);
        let opens_sentence = cut.tokens.start == cut.sentence;
        let sentence = if opens_sentence {
            hits.clone()
        } else {
            Hits::of_some(
                book,
                &trace.tokens[cut.sentence.max(cut.tokens.end.saturating_sub(LOOK_BACK))..cut.tokens.end],
                |owner| matches!(owner, Owner::Guard(_)),
            )
        };
        let steps = tokens.iter().fold(0, |all, token| all | steps_in(token));
        let verdict = judge(book, &hits, &sentence, &trace.whole);
        trace.hits.push(hits);
        trace.parts.push(Part {
            at,
            sentence: cut.sentence,
            steps,
            own_steps: steps != 0,
            verdict,
        });
    }
}

/// An error inside code is a blocker, unless the author's words around it say more.
fn judge_code(book: &Book, trace: &mut Trace) {
    let hits = Hits::of(book, &trace.code);
    if trace.code.is_empty()
        || !hits.slot(book, "code_error")
        || trace.parts.iter().any(|part| {
            part.verdict.as_ref().is_some_and(|verdict| {
                verdict.label != Label::Chatter && verdict.label != Label::Question && verdict.label != Label::Progress
            })
        })
    {
        return;
    }
    let Some((rule, _)) = book.rules.iter().enumerate().find(|(_, rule)| rule.id == "code-error") else {
        return;
    };
    let steps = trace.parts.iter().fold(0, |all, part| all | part.steps);
    let verdict = super::judge::Verdict {
        label: Label::Blocker,
        also: None,
        role: super::rules::Role::Report,
        rule,
        guards: Vec::new(),
    };
    let at = trace.cuts.len();
    trace.cuts.push(Cut {
        tokens: 0..0,
        sentence: 0,
    });
    trace.hits.push(hits);
    trace.parts.push(Part {
        at,
        sentence: usize::MAX,
        steps,
        own_steps: false,
        verdict: Some(verdict),
    });
}

/// Makes the reading of the combined clauses.
fn fill(ground: &Ground, book: &Book, about: &About, trace: &Trace, parts: &[Part]) -> Reading {
    let mut clauses: Vec<Clause> = Vec::new();
    for part in parts {
        let Some(verdict) = &part.verdict else { continue };
        let rules: Vec<String> = std::iter::once(book.rules[verdict.rule].id.clone())
            .chain(verdict.guards.iter().map(|&guard| book.guards[guard].id.clone()))
            .collect();
        let steps = match about.default_step {
            Some(step) if part.steps == 0 && !listed_anywhere(trace) => vec![step],
            _ => listed(part.steps),
        };
        let hash = clause_hash(trace, part.at);
        for label in std::iter::once(verdict.label).chain(verdict.also) {
            clauses.push(Clause {
                label,
                steps: steps.clone(),
                rules: rules.clone(),
                hash,
            });
        }
    }
    clauses.extend(slots::left_out(trace, &clauses));
    if clauses.iter().any(|clause| clause.label != Label::Chatter) {
        clauses.retain(|clause| clause.label != Label::Chatter);
    }
    slots::fill(ground, book, about, trace, parts, clauses, language(trace))
}

fn listed_anywhere(trace: &Trace) -> bool {
    trace.tokens.iter().any(|token| steps_in(token) != 0)
}

/// Of the clause's normalised words, without the space between them.
fn clause_hash(trace: &Trace, at: usize) -> u64 {
    let range = trace.cuts.get(at).map_or(0..0, |cut| cut.tokens.clone());
    let words = trace.tokens[range]
        .iter()
        .map(|token| trace.own.get(token.start..token.end).unwrap_or_default());
    hash(words.flat_map(|word| word.bytes().chain([b' '])))
}
