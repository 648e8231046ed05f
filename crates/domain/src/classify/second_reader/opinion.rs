//! What the second reader makes of a comment, from its weights alone.
use super::features::{Feature, FeatureReader, KindNames};
use super::labels::LABELS;
use super::verdict::RuleVerdict;
use super::weights::{CLAUSE, COLUMNS, HAS_BLOCKER, HAS_COMPLETION, WHOLE, Weights};
use crate::classify::ask::{ASKS, Ask, AskOpinion};
use crate::classify::reading::{Label, SUSPICIONS};
use crate::classify::rule_set::RuleSet;
use crate::classify::trace::Trace;
use std::cell::RefCell;
use std::sync::Arc;

/// How much the verdict of the rules counts beside the whole comment.
const RULES_COUNT: f32 = 0.5;

/// How much the clause that fits a label best counts beside the whole comment.
const CLAUSE_COUNTS: f32 = 1.0;

/// The second reader, ready to read.
#[derive(Clone, Debug)]
pub struct SecondReader {
    pub(super) weights: Arc<Weights>,
    pub(super) names: Arc<KindNames>,
}

/// What the second reader makes of a comment: logarithms of chances, and two chances.
#[derive(Clone, Debug)]
pub(super) struct Opinion {
    /// What it saw of the whole comment.
    pub(super) features: Vec<Feature>,
    pub(super) whole: [f32; LABELS.len()],
    pub(super) clauses: Vec<[f32; LABELS.len()]>,
    pub(super) completion: f32,
    pub(super) blocker: f32,
}

impl SecondReader {
    pub(in crate::classify) fn new(weights: Weights, rule_set: &RuleSet) -> Self {
        Self {
            weights: Arc::new(weights),
            names: Arc::new(KindNames::of(rule_set)),
        }
    }

    /// What it sees of a comment.
    pub(super) fn features(&self, trace: &Trace) -> Vec<Feature> {
        with_reader(|reader| reader.whole(&self.names, trace))
    }

    /// What it makes of a comment that the rules have read.
    pub(super) fn opinion(&self, trace: &Trace) -> Opinion {
        with_reader(|reader| self.opinion_by(reader, trace))
    }

    fn opinion_by(&self, reader: &mut FeatureReader, trace: &Trace) -> Opinion {
        let table = &self.weights.labels;
        let features = reader.whole(&self.names, trace);
        let whole = table.sums(&features);
        let clauses = match trace.clause_spans.len() {
            1 => vec![chances(&whole, CLAUSE)],
            count => (0..count)
                .map(|at| chances(&table.sums(&reader.clause(&self.names, trace, at)), CLAUSE))
                .collect(),
        };
        Opinion {
            features,
            clauses,
            whole: chances(&whole, WHOLE),
            completion: chance(whole[HAS_COMPLETION]),
            blocker: chance(whole[HAS_BLOCKER]),
        }
    }

    /// The chances that a text says what others read by rules of their own.
    pub(super) fn suspicions(&self, text: &str) -> [f32; SUSPICIONS.len()] {
        let words = with_reader(|reader| reader.words(text));
        self.weights.suspicions.sums(&words).map(chance)
    }

    /// What a sentence asks of us most likely.
    pub(in crate::classify) fn ask(&self, sentence: &str) -> AskOpinion {
        let words = with_reader(|reader| reader.words(sentence));
        let chances = log_chances(self.weights.asks.sums(&words));
        let of_asks = ASKS.into_iter().zip(chances);
        let best = of_asks.max_by(|one, other| one.1.total_cmp(&other.1));
        let (ask, chance) = best.map_or((Ask::Help, 0.0), |(ask, chance)| (ask, chance.exp()));
        AskOpinion {
            ask,
            chance,
            asks_something: 1.0 - chances[ASKS.len()].exp(),
        }
    }

    /// How well each label fits, given the verdict of the rules.
    pub(super) fn scores(&self, verdict: RuleVerdict, opinion: &Opinion) -> [f32; LABELS.len()] {
        let meant = &self.weights.meant[verdict.row()];
        #[expect(clippy::cast_precision_loss, reason = "some thousands of comments")]
        let share = |label: usize| (meant[label] as f32 + 1.0).ln();
        std::array::from_fn(|label| {
            let clauses = opinion.clauses.iter().map(|clause| clause[label]);
            let clause = clauses.reduce(f32::max).unwrap_or_default();
            RULES_COUNT * share(label) + opinion.whole[label] + CLAUSE_COUNTS * clause
        })
    }
}

impl Opinion {
    /// All labels with their chances for the whole comment in percent, the likeliest first.
    pub(super) fn likeliest(&self) -> Vec<(Label, u8)> {
        let mut all: Vec<(Label, f32)> = LABELS.into_iter().zip(self.whole).collect();
        all.sort_by(|one, other| other.1.total_cmp(&one.1));
        all.into_iter()
            .map(|(label, chance)| (label, percent(chance.exp())))
            .collect()
    }
}

/// Lends the reader of features that this thread keeps: it holds a table as long as those of the weights.
fn with_reader<T>(read: impl FnOnce(&mut FeatureReader) -> T) -> T {
    thread_local! {
        static READER: RefCell<FeatureReader> = RefCell::default();
    }
    READER.with_borrow_mut(read)
}

/// The logarithms of the chances of the labels of a head.
fn chances(sums: &[f32; COLUMNS], head: usize) -> [f32; LABELS.len()] {
    log_chances(std::array::from_fn(|label| sums[head + label]))
}

/// The logarithms of chances that follow from sums.
pub(super) fn log_chances<const N: usize>(sums: [f32; N]) -> [f32; N] {
    let most = sums.iter().copied().fold(f32::MIN, f32::max);
    let all = sums.iter().map(|sum| (sum - most).exp()).sum::<f32>().ln();
    sums.map(|sum| sum - most - all)
}

fn chance(sum: f32) -> f32 {
    1.0 / (1.0 + (-sum).exp())
}

/// A chance in percent.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
pub(super) fn percent(chance: f32) -> u8 {
    (chance * 100.0).round() as u8
}
