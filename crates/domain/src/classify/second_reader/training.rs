//! Training: the weights of the second reader from labelled comments, each kind of knowledge by a table of its own.
use super::features::Feature;
use super::labels::{KINDS, LABELS, column, kind_column};
use super::learning_table::{LearningTable, TrainingStep};
use super::row_counts::ROWS;
use super::verdict::RuleVerdict;
use super::weights::{
    ASK_COLUMNS, CLAUSE, COLUMNS, HAS_BLOCKER, HAS_COMPLETION, KIND_ROWS, WHOLE, WeightTable, Weights,
};
use crate::classify::ask::{ASKS, AskLesson};
use crate::classify::reading::{BlockerKind, Label, SUSPICIONS, Suspicion};

/// How often the clauses get their labels anew from what was learnt of them.
const CLAUSE_PASSES: usize = 2;

/// A comment as the second reader sees it, with what it is.
#[derive(Clone)]
pub(in crate::classify) struct Example {
    pub(in crate::classify) whole: Vec<Feature>,
    /// How many of these are its words and letters, which come first.
    pub(in crate::classify) words: usize,
    pub(in crate::classify) clauses: Vec<Vec<Feature>>,
    /// Its labels, the primary one first; none, where only what else it says is known.
    pub(in crate::classify) labels: Vec<Label>,
    /// What the rules say of it.
    pub(in crate::classify) verdict: RuleVerdict,
    /// The kind of its blocker, and the one that the rules give it.
    pub(in crate::classify) kind: Option<[BlockerKind; 2]>,
    /// Whether the rules were written without it: only then does it tell how far they can be trusted.
    pub(in crate::classify) is_strange: bool,
    /// Which of these it says, where that is known.
    pub(in crate::classify) says: Option<Vec<Suspicion>>,
    /// What it asks of us, where that is known.
    pub(in crate::classify) asks: AskLesson,
}

/// Trains on examples, in their order.
pub(in crate::classify) fn train(examples: &[Example]) -> Weights {
    let suspicions = learn_suspicions(examples);
    let asks = learn_asks(examples);
    let labelled: Vec<&Example> = examples.iter().filter(|example| !example.labels.is_empty()).collect();
    let examples = labelled.as_slice();
    let mut table = LearningTable::new(ROWS);
    learn_whole(&mut table, examples);
    learn_presence(&mut table, examples, Label::Completion, HAS_COMPLETION);
    learn_presence(&mut table, examples, Label::Blocker, HAS_BLOCKER);
    let mut head = WHOLE;
    for _ in 0..=CLAUSE_PASSES {
        let labels: Vec<Vec<usize>> = examples
            .iter()
            .map(|example| clause_labels(&table, head, example))
            .collect();
        table.forget(CLAUSE..CLAUSE + LABELS.len());
        learn_clauses(&mut table, examples, &labels);
        head = CLAUSE;
    }
    let mut meant = [[0; LABELS.len()]; RuleVerdict::COUNT];
    for example in examples.iter().filter(|example| example.is_strange) {
        meant[example.verdict.row()][primary(example)] += 1;
    }
    let (kinds, kinds_meant) = learn_kinds(examples);
    Weights {
        labels: table.quantised(),
        meant,
        kinds,
        kinds_meant,
        suspicions,
        asks,
    }
}

/// How much of a weight is lost with each example that has its feature: the commoner what is looked for, the less.
const SUSPICIONS_SHRINK: f32 = 1e-5;
const ASKS_SHRINK: f32 = 1e-6;

/// How much a comment that was not written about keys counts, of which it is known that it says none of these: there are many.
const ORDINARY_COUNTS: f32 = 0.3;

/// The table of what others read by rules of their own.
fn learn_suspicions<'e>(examples: &'e [Example]) -> WeightTable<{ SUSPICIONS.len() }> {
    let mut table = LearningTable::new(ROWS);
    for (at, suspicion) in SUSPICIONS.iter().enumerate() {
        let sample = |example: &'e Example| {
            let counts = if example.labels.is_empty() {
                1.0
            } else {
                ORDINARY_COUNTS
            };
            let says = example.says.as_ref()?.contains(suspicion);
            Some((&example.whole[..example.words], says, counts))
        };
        let samples: Vec<(&[Feature], bool, f32)> = examples.iter().filter_map(sample).collect();
        table.descend(at, SUSPICIONS_SHRINK, &samples);
    }
    table.quantised()
}

/// How much a comment of which only its labels are known counts as one that asks nothing of us.
const IDLE_COUNTS: f32 = 0.1;

/// The table of what people ask of us, by plain descent over softmax.
fn learn_asks(examples: &[Example]) -> WeightTable<ASK_COLUMNS> {
    let column = |asks: AskLesson| match asks {
        AskLesson::Asks(ask) => ASKS.iter().position(|one| *one == ask),
        AskLesson::Nothing => Some(ASKS.len()),
        AskLesson::Untold => None,
    };
    let sample = |example: &'_ Example| {
        let right = column(example.asks)?;
        let weight = if example.labels.is_empty() { 1.0 } else { IDLE_COUNTS };
        Some((right, weight))
    };
    let samples = examples.iter().filter_map(|example| {
        let (right, weight) = sample(example)?;
        Some(TrainingStep {
            features: &example.whole[..example.words],
            right,
            weight,
        })
    });
    let samples: Vec<TrainingStep> = samples.collect();
    let mut table = LearningTable::new(KIND_ROWS);
    table.descend_among(ASKS_SHRINK, &samples);
    table.quantised()
}

/// The table of kinds, and how often each kind of the rules meant each kind.
fn learn_kinds(examples: &[&Example]) -> (WeightTable<{ KINDS.len() }>, [[u32; KINDS.len()]; KINDS.len()]) {
    let mut meant = [[0; KINDS.len()]; KINDS.len()];
    let mut samples = Vec::new();
    for example in examples {
        let Some(kinds) = example.kind else { continue };
        let [right, by_rules] = kinds.map(kind_column);
        samples.push(TrainingStep {
            features: &example.whole,
            right,
            weight: 1.0,
        });
        if example.is_strange {
            meant[by_rules][right] += 1;
        }
    }
    let weights = balanced::<{ KINDS.len() }>(samples.iter().map(|sample| sample.right), f32::sqrt);
    for sample in &mut samples {
        sample.weight = weights[sample.right];
    }
    let mut table = LearningTable::new(KIND_ROWS);
    table.learn::<{ KINDS.len() }>(0, &samples);
    (table.quantised(), meant)
}

fn primary(example: &Example) -> usize {
    column(example.labels.first().copied().unwrap_or(Label::Chatter))
}

fn learn_whole(table: &mut LearningTable<COLUMNS>, examples: &[&Example]) {
    let weights = balanced::<{ LABELS.len() }>(examples.iter().copied().map(primary), |share| share);
    let samples: Vec<TrainingStep> = examples
        .iter()
        .map(|example| TrainingStep {
            features: &example.whole,
            right: primary(example),
            weight: weights[primary(example)],
        })
        .collect();
    table.learn::<{ LABELS.len() }>(WHOLE, &samples);
}

fn learn_clauses(table: &mut LearningTable<COLUMNS>, examples: &[&Example], labels: &[Vec<usize>]) {
    let weights = balanced::<{ LABELS.len() }>(labels.iter().flatten().copied(), f32::sqrt);
    let clauses = examples
        .iter()
        .zip(labels)
        .flat_map(|(example, labels)| example.clauses.iter().zip(labels));
    let samples: Vec<TrainingStep> = clauses
        .map(|(features, right)| TrainingStep {
            features,
            right: *right,
            weight: weights[*right],
        })
        .collect();
    table.learn::<{ LABELS.len() }>(CLAUSE, &samples);
}

/// Each clause is what fits it best of what its comment is, or chatter; and each label of the comment is some clause.
fn clause_labels(table: &LearningTable<COLUMNS>, head: usize, example: &Example) -> Vec<usize> {
    let sums: Vec<[f32; COLUMNS]> = example.clauses.iter().map(|clause| table.sums(clause)).collect();
    let gold: Vec<usize> = example.labels.iter().map(|label| column(*label)).collect();
    let chatter = column(Label::Chatter);
    let may_be = || gold.iter().copied().chain([chatter]);
    let best = |sums: &[f32; COLUMNS]| {
        may_be()
            .max_by(|one, other| sums[head + one].total_cmp(&sums[head + other]))
            .unwrap_or(chatter)
    };
    let mut labels: Vec<usize> = sums.iter().map(best).collect();
    let mut taken = vec![false; labels.len()];
    for label in gold {
        let free = (0..labels.len()).filter(|at| !taken[*at]);
        let fits = free.max_by(|one, other| sums[*one][head + label].total_cmp(&sums[*other][head + label]));
        if let Some(at) = fits {
            taken[at] = true;
            labels[at] = label;
        }
    }
    labels
}

fn learn_presence(table: &mut LearningTable<COLUMNS>, examples: &[&Example], label: Label, at: usize) {
    let samples: Vec<(&[Feature], bool)> = examples
        .iter()
        .map(|example| (example.whole.as_slice(), example.labels.contains(&label)))
        .collect();
    table.learn_whether(at, &samples);
}

/// How much an example of each of `N` labels counts, so that rare ones are not drowned.
fn balanced<const N: usize>(labels: impl Iterator<Item = usize>, soften: impl Fn(f32) -> f32) -> [f32; N] {
    let mut counts = [0.0_f32; N];
    labels.for_each(|label| counts[label] += 1.0);
    let all: f32 = counts.iter().sum();
    #[expect(clippy::cast_precision_loss, reason = "a few labels or kinds")]
    let labels = N as f32;
    counts.map(|count| soften(all / (labels * count.max(1.0))))
}
