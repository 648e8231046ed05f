//! Reading a comment from end to end: segments, tokens, clauses, judgements, slots.
use super::clause_cues::ClauseCues;
use super::clauses::{self, ClauseSpan};
use super::combine::{JudgedClause, combine};
use super::context::ReadingContext;
use super::grammar::Grammar;
use super::judge::{Basis, Judgement, guards_of_comment, judge};
use super::keys::mark_keys;
use super::lexicon::hash;
use super::nay;
use super::normalise::{fold, folded};
use super::reading::{Certainty, Clause, Label, Reading, Role};
use super::rule_set::RuleSet;
use super::second_reader::{SecondReader, agree};
use super::segments::{Segments, split_segments};
use super::slots;
use super::step_set::listed;
use super::steps::join_steps;
use super::steps_beyond::beyond;
use super::steps_joined::leave_out;
use super::tagger::tag;
use super::time::{finish_times, join_times};
use super::token::{Token, TokenValue, steps_in};
use super::trace::Trace;

/// A guard over a sentence looks back over so many words at most: time must not grow with the square of a text.
const LOOK_BACK: usize = 64;
/// More clauses than this nobody writes; the rest is not read.
const MOST_CLAUSES: usize = 200;

/// The language of a text, as its words tell it.
pub(super) fn language(rule_set: &RuleSet, text: &str, context: &ReadingContext) -> Option<String> {
    let grammar = Grammar::new(rule_set, context.steps_total);
    let segments = split_segments(&fold(text, &rule_set.emoji));
    tokens_of(&grammar, context, &segments).language_name()
}

/// The first name in a text: a word with a capital that no lexicon knows.
pub(super) fn name(rule_set: &RuleSet, text: &str, context: &ReadingContext) -> Option<String> {
    let grammar = Grammar::new(rule_set, context.steps_total);
    let segments = split_segments(&fold(text, &rule_set.emoji));
    let tokens = tokens_of(&grammar, context, &segments).tokens;
    let is_unknown = |word: &str| {
        let word = folded(word);
        let mut same = tokens
            .iter()
            .filter(|token| segments.own.get(token.start..token.end) == Some(&word));
        same.any(|token| token.symbol == 0)
    };
    let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '-');
    words
        .find(|word| word.starts_with(char::is_uppercase) && word.chars().count() > 1 && is_unknown(word))
        .map(str::to_owned)
}

/// Whom a sentence gives a step, as the plainest one says it: "Bram does step 4". What a name is only its place and its capital
/// tell.
pub(super) fn assigned(rule_set: &RuleSet, text: &str, context: &ReadingContext) -> Option<String> {
    let is_part = |c: char| c.is_alphabetic() || matches!(c, '\'' | '-');
    let said = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let name: String = said.chars().take_while(|c| is_part(*c)).collect();
    if !name.starts_with(char::is_uppercase) {
        return None;
    }
    let grammar = Grammar::new(rule_set, context.steps_total);
    let segments = split_segments(&fold(said, &rule_set.emoji));
    let tokens = tokens_of(&grammar, context, &segments).tokens;
    rule_set.fills("assigned", &rule_set.text_of(&tokens)).then_some(name)
}

/// Reads a text, and tells what was seen on the way.
pub(super) fn read(
    rule_set: &RuleSet,
    second_reader: Option<&SecondReader>,
    text: &str,
    context: &ReadingContext,
) -> (Reading, Trace) {
    let grammar = Grammar::new(rule_set, context.steps_total);
    let segments = split_segments(&fold(text, &rule_set.emoji));
    let mut trace = tokens_of(&grammar, context, &segments);
    trace.called = called(text);
    trace.whole = rule_set.text_of(&trace.tokens);
    if rule_set.fills("bot", &trace.whole) {
        let reading = Reading {
            labels: vec![Label::Chatter],
            language: trace.language_name(),
            ..Reading::default()
        };
        return (reading, trace);
    }
    answer_the_quote(&grammar, &segments, &mut trace);
    judge_clauses(&grammar, &mut trace);
    judge_code(rule_set, &mut trace);
    judge_by_structure(rule_set, &mut trace);
    trace.is_free = trace.judged.iter().any(|clause| clause.plays(Role::NoBlockers));
    trace.judged = combine(std::mem::take(&mut trace.judged));
    if let Some(second_reader) = second_reader {
        agree(rule_set, second_reader, &mut trace);
    }
    doubt_unsure(rule_set, &mut trace);
    let clauses = clauses_of(&grammar, context, &trace);
    (slots::fill(&grammar, context, &trace, clauses), trace)
}

/// Where only rules that are not sure of it, and no step, speak for the label that decides, it is asked about.
fn doubt_unsure(rule_set: &RuleSet, trace: &mut Trace) {
    let labels = trace.judged.iter().filter_map(|clause| clause.judgement.as_ref());
    let Some(label) = labels.map(|judgement| judgement.label).min() else {
        return;
    };
    let unsure = |clause: &JudgedClause| {
        let rule = clause.judgement.as_ref().and_then(Judgement::rule);
        rule.and_then(|rule| rule_set.rules[rule].unsure)
            .filter(|_| clause.steps == 0)
    };
    let mut of_label = trace.judged.iter().filter(|clause| clause.is(label)).map(unsure);
    let other = of_label
        .next()
        .flatten()
        .filter(|_| of_label.all(|other| other.is_some()));
    if let (Some(other), None) = (other, trace.doubt) {
        (trace.unsure, trace.doubt) = (Some(label), Some([label, other]));
    }
}

/// The words with a capital, folded, with which a text begins or ends as one calls people by name: "Ana, ...", "Hi Ana, ...",
/// "..., Ana?".
fn called(text: &str) -> Vec<String> {
    let is_word = |word: &str| {
        let mut letters = word.chars();
        letters.next().is_some_and(char::is_uppercase) && letters.next().is_some() && letters.all(char::is_alphabetic)
    };
    let first = text
        .split_once(',')
        .and_then(|(first, _)| first.split_whitespace().last());
    let last = text.rsplit_once(',');
    let last = last.map(|(_, last)| last.trim().trim_end_matches(['.', '!', '?']).trim_end());
    let words = first.into_iter().chain(last).filter(|word| is_word(word));
    words.map(folded).collect()
}

fn tokens_of(grammar: &Grammar, context: &ReadingContext, segments: &Segments) -> Trace {
    let tagged = tag(&segments.own, grammar, None);
    let mut tokens = join_times(grammar, &tagged.tokens);
    finish_times(grammar, &mut tokens);
    mark_keys(grammar, context.keys, &segments.own, &mut tokens);
    let mut tokens = join_steps(grammar, &tokens);
    nay::answer(grammar, &mut tokens);
    Trace {
        left_out: leave_out(grammar, &mut tokens),
        own: segments.own.clone(),
        tokens,
        code: tag(&segments.code, grammar, Some(0)).tokens,
        language: tagged.language,
        ..Trace::default()
    }
}

/// A bare "yes", "done" or "not yet" under a quote speaks of the quote's steps.
fn answer_the_quote(grammar: &Grammar, segments: &Segments, trace: &mut Trace) {
    if segments.quoted.is_empty() || !grammar.rule_set.fills("answer", &trace.whole) {
        return;
    }
    let quoted = join_steps(grammar, &tag(&segments.quoted, grammar, trace.language).tokens);
    let steps = steps_in(&quoted);
    if steps != 0 && steps_in(&trace.tokens) == 0 {
        let mut tokens = trace.tokens.iter();
        let first = tokens.position(|token| !grammar.is(token, grammar.bits.line));
        let answered = Token {
            start: 0,
            end: 0,
            symbol: grammar.symbols.step,
            value: TokenValue::Steps(steps),
        };
        trace.tokens.insert(first.unwrap_or(0), answered);
        trace.whole = grammar.rule_set.text_of(&trace.tokens);
    }
}

fn judge_clauses(grammar: &Grammar, trace: &mut Trace) {
    let rule_set = grammar.rule_set;
    trace.clause_spans = clauses::split(grammar, &trace.tokens);
    trace.clause_spans.truncate(MOST_CLAUSES);
    let of_comment = guards_of_comment(rule_set, &trace.whole);
    for (at, ClauseSpan { tokens, sentence }) in trace.clause_spans.iter().enumerate() {
        let text = rule_set.text_of(&trace.tokens[tokens.clone()]);
        let structure = rule_set
            .structures
            .structure(&rule_set.lexicon.symbols, &trace.tokens[tokens.clone()]);
        trace.structures.push(structure);
        let sentence_so_far = || {
            let reach = if tokens.start == *sentence {
                tokens.len()
            } else {
                LOOK_BACK
            };
            rule_set.text_of(&trace.tokens[(*sentence).max(tokens.end.saturating_sub(reach))..tokens.end])
        };
        let steps = steps_in(&trace.tokens[tokens.clone()]);
        trace.judged.push(JudgedClause {
            at,
            sentence: *sentence,
            steps,
            own_steps: steps != 0,
            cues: ClauseCues::of(grammar, &trace.tokens[tokens.clone()], structure),
            is_cured: false,
            judgement: judge(rule_set, &text, sentence_so_far, &of_comment),
        });
        trace.clause_texts.push(text);
    }
}

/// Where no rule reads more than chatter in any clause, it is what follows from their structure.
fn judge_by_structure(rule_set: &RuleSet, trace: &mut Trace) {
    let is_said = |clause: &JudgedClause| clause.judgement.is_some() && !clause.is(Label::Chatter);
    if trace.judged.iter().any(is_said) {
        return;
    }
    for (clause, structure) in trace.judged.iter_mut().zip(&trace.structures) {
        if clause.judgement.is_none() {
            clause.judgement = Judgement::by_structure(rule_set, *structure);
        }
    }
}

/// An error inside code is a blocker, unless the author's words around it say more.
fn judge_code(rule_set: &RuleSet, trace: &mut Trace) {
    let text = rule_set.text_of(&trace.code);
    let says_more = |clause: &JudgedClause| {
        let label = clause.judgement.as_ref().map(|judgement| judgement.label);
        !matches!(label, None | Some(Label::Chatter | Label::Question | Label::Progress))
    };
    if trace.code.is_empty() || !rule_set.fills("code_error", &text) || trace.judged.iter().any(says_more) {
        return;
    }
    let Some(rule) = rule_set.rules.iter().position(|rule| rule.id == "code-error") else {
        return;
    };
    trace.judged.push(JudgedClause {
        at: trace.clause_spans.len(),
        sentence: usize::MAX,
        steps: trace.judged.iter().fold(0, |all, clause| all | clause.steps),
        own_steps: false,
        cues: ClauseCues::default(),
        is_cured: false,
        judgement: Some(Judgement {
            label: Label::Blocker,
            also: None,
            role: Role::Report,
            basis: Some(Basis::Rule(rule)),
            guards: Vec::new(),
            second_reader: false,
        }),
    });
    trace.clause_spans.push(ClauseSpan {
        tokens: 0..0,
        sentence: 0,
    });
    trace.clause_texts.push(text);
}

/// The clauses of the reading: those with a judgement, and of chatter only what stands alone.
fn clauses_of(grammar: &Grammar, context: &ReadingContext, trace: &Trace) -> Vec<Clause> {
    let names_none = steps_in(&trace.tokens) == 0;
    let mut clauses: Vec<Clause> = Vec::new();
    for clause in &trace.judged {
        let Some(judgement) = &clause.judgement else { continue };
        let rules = judgement.rule_ids(grammar.rule_set);
        let steps = match context.default_step {
            Some(step) if clause.steps == 0 && names_none => vec![step],
            _ => listed(clause.steps),
        };
        let hash = clause_hash(trace, &trace.clause_spans[clause.at]);
        let of_clause = trace.tokens.get(trace.clause_spans[clause.at].tokens.clone());
        let no_such_step = of_clause
            .filter(|_| context.steps_total > 0)
            .and_then(|tokens| beyond(grammar, tokens));
        let labels = std::iter::once(judgement.label).chain(judgement.also);
        clauses.extend(labels.map(|label| Clause {
            label,
            steps: steps.clone(),
            boxes: Vec::new(),
            role: judgement.role,
            certainty: certainty(trace, judgement, label),
            keys: context.keys.listed(keys_of(trace, clause.at, judgement.role)),
            rules: rules.clone(),
            no_such_step,
            guessed: judgement.basis.is_none(),
            hash,
        }));
    }
    doubt_finishes_beside(&mut clauses);
    clauses.extend(left_out(trace, &clauses));
    if clauses.iter().any(|clause| clause.label != Label::Chatter) {
        clauses.retain(|clause| clause.label != Label::Chatter);
    }
    clauses
}

/// The keys that a clause names; of a service that is set aside, all keys.
fn keys_of(trace: &Trace, clause: usize, role: Role) -> u64 {
    let tokens = trace.clause_spans.get(clause).map(|span| span.tokens.clone());
    let tokens = tokens.and_then(|tokens| trace.tokens.get(tokens)).unwrap_or_default();
    tokens.iter().fold(0, |all, token| match token.value {
        TokenValue::Keys(keys) => all | keys,
        TokenValue::Service(keys) if role == Role::SetAside => all | keys,
        _ => all,
    })
}

fn certainty(trace: &Trace, judgement: &Judgement, label: Label) -> Certainty {
    match judgement.role {
        _ if trace.unsure == Some(label) => Certainty::Unsure,
        Role::Doubt => Certainty::Hedged,
        _ => Certainty::Sure,
    }
}

/// A finish is as doubtful as the obstacle that may be one of the same steps: "finished step 3, but the sync script crashed".
fn doubt_finishes_beside(clauses: &mut [Clause]) {
    let obstacles = clauses
        .iter()
        .filter(|clause| clause.label == Label::Blocker && clause.certainty == Certainty::Unsure);
    let doubted: Vec<Vec<u8>> = obstacles.map(|clause| clause.steps.clone()).collect();
    for clause in clauses.iter_mut().filter(|clause| clause.label == Label::Completion) {
        let shares = |steps: &Vec<u8>| steps.is_empty() || steps.iter().any(|step| clause.steps.contains(step));
        if doubted.iter().any(|steps| clause.steps.is_empty() || shares(steps)) {
            clause.certainty = Certainty::Unsure;
        }
    }
}

/// "All but step 3 finished": the rest is progress.
fn left_out(trace: &Trace, clauses: &[Clause]) -> Option<Clause> {
    let finished = clauses.iter().find(|clause| clause.label == Label::Completion)?;
    (trace.left_out != 0).then(|| Clause {
        label: Label::Progress,
        steps: listed(trace.left_out),
        ..finished.clone()
    })
}

/// The hash of the clause's normalised words, without the space between them.
fn clause_hash(trace: &Trace, span: &ClauseSpan) -> u64 {
    let tokens = trace.tokens[span.tokens.clone()].iter();
    let words = tokens.map(|token| trace.own.get(token.start..token.end).unwrap_or_default());
    hash(words.flat_map(|word| word.bytes().chain([b' '])))
}
