//! The split of a comment into clauses. A sentence always ends one; a comma, dash or "and" only between two states.
use super::grammar::Grammar;
use super::lexicon::KindSet;
use super::token::{Token, TokenValue};
use std::ops::Range;

/// A clause: its tokens, and the sentence in which it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ClauseSpan {
    /// Its tokens, as a range of the comment's tokens.
    pub(super) tokens: Range<usize>,
    /// The token at which its sentence starts.
    pub(super) sentence: usize,
}

/// How strongly a boundary parts the chunks beside it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Boundary {
    /// A clause ends here if both sides have a state.
    Soft,
    /// A clause ends here if the right side has a state.
    But,
    /// A clause ends here in any case.
    Hard,
}

/// Splits the tokens of a comment into clauses.
pub(super) fn split(grammar: &Grammar, tokens: &[Token]) -> Vec<ClauseSpan> {
    let mut clause_spans = Vec::new();
    let mut start = 0;
    for at in 0..=tokens.len() {
        let ends = tokens
            .get(at)
            .is_none_or(|token| grammar.is(token, grammar.bits.stop | grammar.bits.line | grammar.bits.ask));
        if ends {
            let asks = tokens.get(at).is_some_and(|token| grammar.is(token, grammar.bits.ask));
            split_sentence(grammar, tokens, start..at + usize::from(asks), &mut clause_spans);
            start = at + 1;
        }
    }
    clause_spans
}

fn split_sentence(grammar: &Grammar, tokens: &[Token], sentence: Range<usize>, clause_spans: &mut Vec<ClauseSpan>) {
    let first = clause_spans.len();
    let marks_lead = marks_lead(grammar, &tokens[sentence.clone()]);
    let mut open = sentence.start..sentence.start;
    let has_state = |range: &Range<usize>| {
        tokens[range.clone()]
            .iter()
            .any(|token| grammar.is(token, grammar.states))
    };
    let mut chunks: Vec<(Boundary, Range<usize>)> = Vec::new();
    let mut boundary = Boundary::Hard;
    let mut open_chunk = OpenChunk::default();
    for at in sentence.clone() {
        if let Some(next) = boundary_before(grammar, tokens, &open_chunk, at, marks_lead) {
            chunks.push((boundary, open.clone()));
            boundary = next;
            open = at..at;
            open_chunk = OpenChunk::default();
        }
        open.end = at + 1;
        open_chunk.take(grammar, &tokens[at]);
    }
    chunks.push((boundary, open));
    let mut last_has_state = false;
    for (boundary, range) in chunks.into_iter().filter(|(_, range)| !range.is_empty()) {
        let has_state = has_state(&range);
        let parts = match boundary {
            _ if clause_spans.len() == first => true,
            Boundary::Hard => true,
            Boundary::But => has_state,
            Boundary::Soft => last_has_state && has_state,
        };
        if parts {
            clause_spans.push(ClauseSpan {
                tokens: range,
                sentence: sentence.start,
            });
            last_has_state = has_state;
        } else if let Some(clause) = clause_spans.last_mut() {
            clause.tokens.end = range.end;
            last_has_state |= has_state;
        }
    }
}

/// What the chunk that is being read said so far, kept so that no token is looked at twice.
#[derive(Clone, Copy, Default)]
struct OpenChunk {
    tokens: usize,
    /// The kinds of all its words.
    kinds: KindSet,
    /// Whether one of its tokens names steps.
    steps: bool,
}

impl OpenChunk {
    fn take(&mut self, grammar: &Grammar, token: &Token) {
        self.tokens += 1;
        self.kinds = self.kinds | grammar.kinds_of(token);
        self.steps |= token.is_step();
    }
}

/// In "✅ step 1 ❌ step 2" marks lead; in "1 ✅ 2 ❌" they trail.
fn marks_lead(grammar: &Grammar, tokens: &[Token]) -> bool {
    let bits = grammar.bits;
    let mark = tokens
        .iter()
        .position(|token| grammar.is(token, bits.tick | bits.cross | bits.todo));
    let step = tokens
        .iter()
        .position(|token| matches!(token.value, TokenValue::Steps(_) | TokenValue::Keys(_)));
    mark < step || step.is_none()
}

/// "..., I think?", "..., right?": no clause of its own, it doubts or asks what stands before it.
fn only_doubts(grammar: &Grammar, rest: &[Token]) -> bool {
    let bits = grammar.bits;
    matches!(rest, [tag, ask, ..] if grammar.is(tag, bits.isitso | bits.yes | bits.not) && grammar.is(ask, bits.ask))
        || matches!(rest, [me, hedge, ask, ..]
        if grammar.is(me, bits.me) && grammar.is(hedge, bits.hedge) && grammar.is(ask, bits.ask))
}

/// Words of a turn at most: time must not grow with the square of a text.
const TURNS_WITHIN: usize = 8;

/// "..., nu wel", "..., now it does": what was said before is now otherwise.
fn turns(grammar: &Grammar, rest: &[Token]) -> bool {
    let bits = grammar.bits;
    let rest = &rest[..rest.len().min(TURNS_WITHIN)];
    let opens = rest
        .iter()
        .position(|token| !grammar.is(token, bits.and | bits.but | bits.comma));
    let rest = &rest[opens.unwrap_or_default()..];
    let ends = |token: &Token| grammar.is(token, bits.stop | bits.line | bits.comma | bits.emoji);
    let end = rest.iter().position(ends).unwrap_or(rest.len());
    let may_stand = bits.affirms | bits.again | bits.me | bits.pointer;
    let Some((now, said)) = rest[..end].split_first() else {
        return false;
    };
    let has = |kinds| said.iter().any(|token| grammar.is(token, kinds));
    let is_said = has(bits.affirms) || has(bits.func) && has(bits.pointer);
    // One more word may stand there: "nu gelukkig wel".
    let others = said.iter().filter(|token| !grammar.is(token, may_stand | bits.func));
    let denies = has(bits.not | bits.cant | bits.fail | bits.stuck | bits.wait);
    grammar.is(now, bits.thennow) && is_said && !denies && others.count() <= 1
}

/// "But not step 3": what was said before is not said of it.
fn denies_a_step(grammar: &Grammar, rest: &[Token]) -> bool {
    let bits = grammar.bits;
    match rest {
        [not, article, step, ..] if grammar.is(article, bits.article) => grammar.is(not, bits.not) && step.is_step(),
        [not, step, ..] => grammar.is(not, bits.not) && step.is_step(),
        _ => false,
    }
}

/// "Step 3 yes, 4 no", "did 1 and 2, 3 hangs": what follows says of another step what is no state by itself, or behind such a word.
fn speaks_of_another(grammar: &Grammar, open_chunk: &OpenChunk, rest: &[Token]) -> bool {
    let bits = grammar.bits;
    let rest = match rest {
        [article, rest @ ..] if grammar.is(article, bits.article) => rest,
        _ => rest,
    };
    let rest = match rest {
        [step, aux, said, ..] if grammar.is(aux, bits.aux) && grammar.is(said, bits.stuck) => &[*step, *said],
        _ => rest,
    };
    let [step, said, rest @ ..] = rest else { return false };
    let ends = rest
        .first()
        .is_none_or(|token| grammar.is(token, bits.stop | bits.line | bits.comma));
    let denies = open_chunk.kinds.meets(bits.yes) && ends && grammar.is(said, bits.not | bits.dont);
    let fails = open_chunk.kinds.meets(bits.did) && grammar.is(said, bits.fail | bits.stuck | bits.cant | bits.cross);
    step.is_step() && (denies || fails)
}

/// "Leave step 4 for Bram, step 3 is done": what is so with the step behind the comma is not said of the one before.
fn states_another(grammar: &Grammar, open_chunk: &OpenChunk, rest: &[Token]) -> bool {
    let bits = grammar.bits;
    let rest = match rest {
        [article, rest @ ..] if grammar.is(article, bits.article) => rest,
        _ => rest,
    };
    let [step, verb, said @ ..] = rest else { return false };
    let kinds = grammar.states | bits.gerund | bits.func;
    let stated = said.iter().take(STATED_WITHIN).any(|token| grammar.is(token, kinds));
    open_chunk.tokens > 1
        && !open_chunk.kinds.meets(bits.except | bits.both | bits.all)
        && step.is_step()
        && grammar.is(verb, bits.single)
        && stated
}

/// Words between "is" and what is so.
const STATED_WITHIN: usize = 3;

/// "Sla stap 4 maar over": the word before the end of a verb parts nothing.
fn is_particle(grammar: &Grammar, tokens: &[Token], open_chunk: &OpenChunk, at: usize) -> bool {
    let bits = grammar.bits;
    open_chunk.kinds.meets(bits.cutout)
        && grammar.is_at(tokens, at + 1, bits.remaining)
        && !grammar.is(&tokens[at - 1], bits.comma)
}

/// "Everything but the cron job is finished": what is left out belongs to it.
fn excepts(grammar: &Grammar, tokens: &[Token], open_chunk: &OpenChunk, at: usize) -> bool {
    let bits = grammar.bits;
    open_chunk.kinds.meets(bits.all)
        && !open_chunk.kinds.meets(grammar.states)
        && !grammar.is(&tokens[at - 1], bits.comma)
        && grammar.is(&tokens[at], bits.except)
}

/// Whether a clause may end before this token.
fn boundary_before(
    grammar: &Grammar,
    tokens: &[Token],
    open_chunk: &OpenChunk,
    at: usize,
    marks_lead: bool,
) -> Option<Boundary> {
    let bits = grammar.bits;
    let token = &tokens[at];
    if open_chunk.tokens == 0 {
        return None;
    }
    let is_step = token.is_step();
    let marks = bits.tick | bits.cross | bits.todo;
    if marks_lead && grammar.is(token, marks) {
        return Some(Boundary::Hard);
    }
    if !marks_lead && is_step && open_chunk.kinds.meets(marks | bits.busy) {
        return Some(Boundary::Hard);
    }
    if grammar.is(token, bits.but | bits.comma | bits.dash | bits.and) && turns(grammar, &tokens[at + 1..]) {
        return Some(Boundary::Hard);
    }
    if grammar.is(token, bits.but) {
        if is_particle(grammar, tokens, open_chunk, at) {
            return None;
        }
        if denies_a_step(grammar, &tokens[at + 1..]) {
            return Some(Boundary::Hard);
        }
        return (!excepts(grammar, tokens, open_chunk, at)).then_some(Boundary::But);
    }
    // "Correction: step 4" says all in one.
    let ends = || grammar.is_at(tokens, at + 1, bits.stop | bits.line) || at + 1 == tokens.len();
    let names_only = is_step && ends();
    if grammar.is(&tokens[at - 1], bits.colon) && open_chunk.kinds.meets(bits.corr) && !names_only {
        return Some(Boundary::Hard);
    }
    if grammar.is(token, bits.comma | bits.dash | bits.and)
        && open_chunk.steps
        && (speaks_of_another(grammar, open_chunk, &tokens[at + 1..])
            || states_another(grammar, open_chunk, &tokens[at + 1..]))
    {
        return Some(Boundary::Hard);
    }
    if grammar.is(token, bits.comma | bits.dash | bits.and | bits.so) {
        return (!only_doubts(grammar, &tokens[at + 1..])).then_some(Boundary::Soft);
    }
    let speaks = open_chunk.kinds.meets(grammar.states) && open_chunk.steps;
    (is_step
        && speaks
        && grammar.is(&tokens[at - 1], grammar.states)
        && !grammar.is(&tokens[at - 1], bits.prep | bits.aux))
    .then_some(Boundary::Soft)
}
