//! Teaching: labelled comments in, the table of the second reader out.
use super::ask::AskLesson;
use super::context::ReadingContext;
use super::read::read;
use super::reading::{BlockerKind, Label, Suspicion};
use super::rule_set::RuleSet;
use super::second_reader::{Example, FeatureReader, KindNames, RuleVerdict, Weights, train};
use super::slots::blocker_kind;
use super::trace::Trace;
use crate::comment::CleanText;

/// A comment from which the second reader learns.
#[derive(Clone, Debug)]
pub struct Lesson {
    /// The comment, as classification reads it.
    pub text: CleanText,
    /// Its labels, the primary one first; none, where only what else it says is known.
    pub labels: Vec<Label>,
    /// The kind of its blocker, if it has one.
    pub blocker_kind: Option<BlockerKind>,
    /// Whether the rules were written without it.
    pub is_strange: bool,
    /// Which of these it says, where that is known.
    pub says: Option<Vec<Suspicion>>,
    /// What it asks of us, where that is known.
    pub asks: AskLesson,
}

/// Of each known comment a second copy is learnt in which the lexicon does not know so many of a hundred words: it knows these
/// comments better than those of strangers.
const FORGOTTEN: u64 = 15;

/// Of so many comments one is learnt as one that asks nothing of us.
const IDLE_EVERY: usize = 4;

/// Learns from the lessons, in their order.
pub(super) fn teach(rule_set: &RuleSet, lessons: &[Lesson], context: &ReadingContext) -> Weights {
    let names = KindNames::of(rule_set);
    let mut reader = FeatureReader::default();
    let mut examples = Vec::with_capacity(2 * lessons.len());
    for (number, lesson) in lessons.iter().enumerate() {
        let (_, mut trace) = read(rule_set, None, lesson.text.as_str(), context);
        let verdict = RuleVerdict::of(&trace.judged);
        let by_rules = blocker_kind(rule_set, &trace);
        let mut example = |trace: &Trace, is_strange, asks| {
            let clauses = 0..trace.clause_spans.len();
            examples.push(Example {
                whole: reader.whole(&names, trace),
                words: reader.words(&trace.own).len(),
                clauses: clauses.map(|at| reader.clause(&names, trace, at)).collect(),
                labels: lesson.labels.clone(),
                verdict,
                kind: lesson.blocker_kind.map(|kind| [kind, by_rules]),
                is_strange,
                says: lesson.says.clone(),
                asks,
            });
        };
        // Comments that ask nothing are many: some of them tell enough.
        let is_spare = !lesson.labels.is_empty() && number % IDLE_EVERY != 0;
        let asks = if is_spare { AskLesson::Untold } else { lesson.asks };
        example(&trace, lesson.is_strange, asks);
        if !lesson.is_strange {
            let mut state = u64::try_from(number).unwrap_or(0);
            for token in &mut trace.tokens {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                if (state >> 33) % 100 < FORGOTTEN {
                    token.symbol = 0;
                }
            }
            // What it asks is learnt from words alone, which are the same in both copies.
            example(&trace, false, AskLesson::Untold);
        }
    }
    train(&examples)
}
