//! Clauses: where a comment parts. Sentences end hard; commas, dashes and "and" part only what has a state on both sides.
use super::engine::Ground;
use super::lexicon::KindSet;
use super::token::{Token, Value};
use std::ops::Range;

/// A clause: its tokens, and the sentence in which it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    /// Which tokens.
    pub(super) tokens: Range<usize>,
    /// Where its sentence starts.
    pub(super) sentence: usize,
}

/// How strongly two segments part.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seam {
    /// Only if both sides have a state.
    Soft,
    /// Always, if the right side has a state.
    But,
    /// Always.
    Hard,
}

/// Cuts tokens into clauses.
pub(super) fn cut(ground: &Ground, states: KindSet, tokens: &[Token]) -> Vec<Cut> {
    let mut cuts = Vec::new();
    let mut start = 0;
    for at in 0..=tokens.len() {
        let ends = tokens.get(at).is_none_or(|token| {
            ground.is(
                token,
                ground.kinds.bits.stop | ground.kinds.bits.line | ground.kinds.bits.ask,
            )
        });
        if ends {
            let asks = tokens
                .get(at)
                .is_some_and(|token| ground.is(token, ground.kinds.bits.ask));
            cut_sentence(ground, states, tokens, start..at + usize::from(asks), &mut cuts);
            start = at + 1;
        }
    }
    cuts
}

fn cut_sentence(ground: &Ground, states: KindSet, tokens: &[Token], sentence: Range<usize>, cuts: &mut Vec<Cut>) {
    let first = cuts.len();
    let marks_lead = marks_lead(ground, &tokens[sentence.clone()]);
    let mut open = sentence.start..sentence.start;
    let has_state = |range: &Range<usize>| tokens[range.clone()].iter().any(|token| ground.is(token, states));
    let mut segments: Vec<(Seam, Range<usize>)> = Vec::new();
    let mut seam = Seam::Hard;
    let mut said = Said::default();
    for at in sentence.clone() {
        if let Some(next) = seam_before(ground, states, tokens, &said, at, marks_lead) {
            segments.push((seam, open.clone()));
            seam = next;
            open = at..at;
            said = Said::default();
        }
        open.end = at + 1;
        said.take(ground, &tokens[at]);
    }
    segments.push((seam, open));
    let mut last_has_state = false;
    for (seam, range) in segments.into_iter().filter(|(_, range)| !range.is_empty()) {
        let has_state = has_state(&range);
        let parts = match seam {
            _ if cuts.len() == first => true,
            Seam::Hard => true,
            Seam::But => has_state,
            Seam::Soft => last_has_state && has_state,
        };
        if parts {
            cuts.push(Cut {
                tokens: range,
                sentence: sentence.start,
            });
            last_has_state = has_state;
        } else if let Some(cut) = cuts.last_mut() {
            cut.tokens.end = range.end;
            last_has_state |= has_state;
        }
    }
}

/// What the open segment said so far, kept so that no token is looked at twice.
#[derive(Clone, Copy, Default)]
struct Said {
    tokens: usize,
    /// The kinds of all its words.
    kinds: KindSet,
    /// Whether it names steps.
    steps: bool,
}

impl Said {
    fn take(&mut self, ground: &Ground, token: &Token) {
        self.tokens += 1;
        self.kinds = self.kinds | ground.kinds_of(token);
        self.steps |= matches!(token.value, Value::Steps(_));
    }
}

/// In "✅ step 1 ❌ step 2" marks lead; in "1 ✅ 2 ❌" they trail.
fn marks_lead(ground: &Ground, tokens: &[Token]) -> bool {
    let bits = &ground.kinds.bits;
    let mark = tokens
        .iter()
        .position(|token| ground.is(token, bits.tick | bits.cross | bits.todo));
    let step = tokens
        .iter()
        .position(|token| matches!(token.value, Value::Steps(_) | Value::Keys(_)));
    mark < step || step.is_none()
}

/// "..., I think?": no clause of its own, it doubts what stands before it.
fn only_doubts(ground: &Ground, rest: &[Token]) -> bool {
    let bits = &ground.kinds.bits;
    matches!(rest, [me, hedge, ask, ..]
        if ground.is(me, bits.me) && ground.is(hedge, bits.hedge) && ground.is(ask, bits.ask))
}

/// Whether a clause may end before this token.
fn seam_before(
    ground: &Ground,
    states: KindSet,
    tokens: &[Token],
    said: &Said,
    at: usize,
    marks_lead: bool,
) -> Option<Seam> {
    let bits = &ground.kinds.bits;
    let token = &tokens[at];
    if said.tokens == 0 {
        return None;
    }
    let is_step = matches!(token.value, Value::Steps(_));
    let marks = bits.tick | bits.cross | bits.todo;
    if marks_lead && ground.is(token, marks) {
        return Some(Seam::Hard);
    }
    if !marks_lead && is_step && said.kinds.meets(marks | bits.busy) {
        return Some(Seam::Hard);
    }
    if ground.is(token, bits.but) {
        // "Everything but the cron job is finished": what is left out belongs to it.
        let excepts = said.kinds.meets(bits.all)
            && !said.kinds.meets(states)
            && !ground.is(&tokens[at - 1], bits.comma)
            && ground.is(token, bits.except);
        return (!excepts).then_some(Seam::But);
    }
    if ground.is(&tokens[at - 1], bits.colon) && said.kinds.meets(bits.corr) {
        return Some(Seam::Hard);
    }
    if ground.is(token, bits.comma | bits.dash | bits.and | bits.so) {
        return (!only_doubts(ground, &tokens[at + 1..])).then_some(Seam::Soft);
    }
    let speaks = said.kinds.meets(states) && said.steps;
    (is_step && speaks && ground.is(&tokens[at - 1], states) && !ground.is(&tokens[at - 1], bits.prep | bits.aux))
        .then_some(Seam::Soft)
}
