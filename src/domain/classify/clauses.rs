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
    for at in sentence.clone() {
        if let Some(next) = seam_before(ground, states, tokens, &open, at, marks_lead) {
            segments.push((seam, open.clone()));
            seam = next;
            open = at..at;
        }
        open.end = at + 1;
    }
    segments.push((seam, open));
    for (seam, range) in segments.into_iter().filter(|(_, range)| !range.is_empty()) {
        let last = cuts[first..].last().map(|cut| cut.tokens.clone());
        let parts = match (seam, last) {
            (_, None) | (Seam::Hard, Some(_)) => true,
            (Seam::But, Some(_)) => has_state(&range),
            (Seam::Soft, Some(last)) => has_state(&last) && has_state(&range),
        };
        if parts {
            cuts.push(Cut {
                tokens: range,
                sentence: sentence.start,
            });
        } else if let Some(cut) = cuts.last_mut() {
            cut.tokens.end = range.end;
        }
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

/// Whether a clause may end before this token.
fn seam_before(
    ground: &Ground,
    states: KindSet,
    tokens: &[Token],
    open: &Range<usize>,
    at: usize,
    marks_lead: bool,
) -> Option<Seam> {
    let bits = &ground.kinds.bits;
    let token = &tokens[at];
    let marks = bits.tick | bits.cross | bits.todo;
    let said = &tokens[open.clone()];
    if said.is_empty() {
        return None;
    }
    let is_step = matches!(token.value, Value::Steps(_));
    if marks_lead && ground.is(token, marks) {
        return Some(Seam::Hard);
    }
    let marked = said.iter().any(|before| ground.is(before, marks | bits.busy));
    if !marks_lead && is_step && marked {
        return Some(Seam::Hard);
    }
    if ground.is(token, bits.but) {
        let excepts = said.len() == 1 && ground.is(&said[0], bits.all) && ground.is(token, bits.except);
        return (!excepts).then_some(Seam::But);
    }
    if ground.is(&tokens[at - 1], bits.colon) && said.iter().any(|before| ground.is(before, bits.corr)) {
        return Some(Seam::Hard);
    }
    if ground.is(token, bits.comma | bits.dash | bits.and | bits.so) {
        return Some(Seam::Soft);
    }
    let speaks = said.iter().any(|before| ground.is(before, states))
        && said.iter().any(|before| matches!(before.value, Value::Steps(_)));
    (is_step && speaks && ground.is(&tokens[at - 1], states) && !ground.is(&tokens[at - 1], bits.prep | bits.aux))
        .then_some(Seam::Soft)
}
