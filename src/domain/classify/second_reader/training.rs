//! Training: the weights of the second reader from labelled comments. `AdaGrad` over softmax, a fixed number of rounds, a fixed
//! shuffle, and no function that two machines might compute otherwise: the same comments give the same bytes everywhere.
use super::features::Feature;
use super::labels::{KINDS, LABELS, column, kind_column};
use super::row_counts::ROWS;
use super::verdict::RuleVerdict;
use super::weights::{
    ASK_COLUMNS, CLAUSE, COLUMNS, HAS_BLOCKER, HAS_COMPLETION, KIND_ROWS, WHOLE, WeightTable, Weights,
};
use crate::domain::classify::ask::{ASKS, Ask};
use crate::domain::classify::reading::{BlockerKind, Label, SUSPICIONS, Suspicion};

const ROUNDS: usize = 30;
const RATE: f32 = 0.1;
const DECAY: f32 = 1e-6;
/// How much of a weight is lost with each example that has its feature, by plain descent.
const SHRINK: f32 = 1e-5;
/// How often the clauses get their labels anew from what was learnt of them.
const CLAUSE_PASSES: usize = 2;
const SEED: u64 = 0x6b6d_7365_636f_6e64;

/// A comment as the second reader sees it, with what it is.
#[derive(Clone)]
pub(in crate::domain::classify) struct Example {
    pub(in crate::domain::classify) whole: Vec<Feature>,
    /// How many of these are its words and letters, which come first.
    pub(in crate::domain::classify) words: usize,
    pub(in crate::domain::classify) clauses: Vec<Vec<Feature>>,
    /// Its labels, the primary one first; none, where only what else it says is known.
    pub(in crate::domain::classify) labels: Vec<Label>,
    /// What the rules say of it.
    pub(in crate::domain::classify) verdict: RuleVerdict,
    /// The kind of its blocker, and the one that the rules give it.
    pub(in crate::domain::classify) kind: Option<[BlockerKind; 2]>,
    /// Whether the rules were written without it: only then does it tell how far they can be trusted.
    pub(in crate::domain::classify) is_strange: bool,
    /// Which of these it says, where that is known.
    pub(in crate::domain::classify) says: Option<Vec<Suspicion>>,
    /// What it asks of us, where that is known; `Some(None)`: nothing.
    pub(in crate::domain::classify) asks: Option<Option<Ask>>,
}

/// One thing to learn: features, the column that is right, and how much it counts.
struct TrainingStep<'a> {
    features: &'a [Feature],
    right: usize,
    weight: f32,
}

/// Trains on examples, in their order.
pub(in crate::domain::classify) fn train(examples: &[Example]) -> Weights {
    let suspicions = learn_suspicions(examples);
    let asks = learn_asks(examples);
    let labelled: Vec<&Example> = examples.iter().filter(|example| !example.labels.is_empty()).collect();
    let examples = labelled.as_slice();
    let mut table = Table::new(ROWS);
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

/// How much a comment that was not written about keys counts, of which it is known that it says none of these: there are many.
const ORDINARY_COUNTS: f32 = 0.3;

/// The table of what others read by rules of their own.
fn learn_suspicions<'e>(examples: &'e [Example]) -> WeightTable<{ SUSPICIONS.len() }> {
    let mut table = Table::new(ROWS);
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
        table.descend(at, &samples);
    }
    table.quantised()
}

/// How much a comment of which only its labels are known counts as one that asks nothing of us.
const IDLE_COUNTS: f32 = 0.04;

/// The table of what people ask of us, by plain descent over softmax.
fn learn_asks(examples: &[Example]) -> WeightTable<ASK_COLUMNS> {
    let column = |asks: Option<Ask>| match asks {
        Some(ask) => ASKS.iter().position(|one| *one == ask),
        None => Some(ASKS.len()),
    };
    let sample = |example: &'_ Example| {
        let right = column(example.asks?)?;
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
    let mut table = Table::new(KIND_ROWS);
    table.descend_among(&samples);
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
    let mut table = Table::new(KIND_ROWS);
    table.learn::<{ KINDS.len() }>(0, &samples);
    (table.quantised(), meant)
}

fn primary(example: &Example) -> usize {
    column(example.labels.first().copied().unwrap_or(Label::Chatter))
}

fn learn_whole(table: &mut Table<COLUMNS>, examples: &[&Example]) {
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

fn learn_clauses(table: &mut Table<COLUMNS>, examples: &[&Example], labels: &[Vec<usize>]) {
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
fn clause_labels(table: &Table<COLUMNS>, head: usize, example: &Example) -> Vec<usize> {
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

fn learn_presence(table: &mut Table<COLUMNS>, examples: &[&Example], label: Label, at: usize) {
    for round in 0..ROUNDS {
        for place in shuffled(examples.len(), round) {
            let example = &examples[place];
            let chance = logistic(table.sum(&example.whole, at));
            let is_there = f32::from(u8::from(example.labels.contains(&label)));
            table.step(&example.whole, at, chance - is_there);
        }
    }
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

/// The places of a list in the order of a round.
fn shuffled(count: usize, round: usize) -> Vec<usize> {
    let mut state = SEED ^ u64::try_from(round).unwrap_or(0);
    let mut places: Vec<usize> = (0..count).collect();
    for at in (1..count).rev() {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        let other = (mixed ^ mixed >> 31) % (u64::try_from(at).unwrap_or(0) + 1);
        places.swap(at, usize::try_from(other).unwrap_or(0));
    }
    places
}

fn logistic(sum: f32) -> f32 {
    1.0 / (1.0 + exp(-sum))
}

/// The chances that follow from sums.
fn chances<const C: usize>(sums: [f32; C]) -> [f32; C] {
    let most = sums.iter().copied().fold(f32::MIN, f32::max);
    let powers = sums.map(|sum| exp(sum - most));
    let all: f32 = powers.iter().sum();
    powers.map(|power| power / all)
}

/// The exponential function by additions and multiplications alone.
fn exp(x: f32) -> f32 {
    let x = f64::from(x.clamp(-60.0, 60.0));
    let halvings = (x * std::f64::consts::LOG2_E).round();
    let rest = x - halvings * std::f64::consts::LN_2;
    let series = (1..=12).rev().fold(1.0, |sum, n| 1.0 + sum * rest / f64::from(n));
    #[expect(
        clippy::cast_possible_truncation,
        reason = "between -87 and 87, and as exact as a weight"
    )]
    let power = f64::from_bits((halvings as i64 + 1023).cast_unsigned() << 52);
    #[expect(clippy::cast_possible_truncation, reason = "as exact as a weight")]
    let value = (series * power) as f32;
    value
}

/// Weights while they are learnt, each with the squares of its steps so far.
struct Table<const N: usize> {
    weights: Vec<[f32; N]>,
    squares: Vec<[f32; N]>,
    biases: [f32; N],
    bias_squares: [f32; N],
}

impl<const N: usize> Table<N> {
    /// With so many rows, a power of two.
    fn new(rows: usize) -> Self {
        Self {
            weights: vec![[0.0; N]; rows],
            squares: vec![[0.0; N]; rows],
            biases: [0.0; N],
            bias_squares: [0.0; N],
        }
    }

    fn row(&self, feature: Feature) -> usize {
        feature.row as usize & (self.weights.len() - 1)
    }

    fn forget(&mut self, columns: std::ops::Range<usize>) {
        for rows in [&mut self.weights, &mut self.squares] {
            for row in rows {
                row[columns.clone()].fill(0.0);
            }
        }
        self.biases[columns.clone()].fill(0.0);
        self.bias_squares[columns].fill(0.0);
    }

    fn sums(&self, features: &[Feature]) -> [f32; N] {
        let mut sums = self.biases;
        for feature in features {
            for (sum, weight) in sums.iter_mut().zip(&self.weights[self.row(*feature)]) {
                *sum += weight * feature.value;
            }
        }
        sums
    }

    fn sum(&self, features: &[Feature], at: usize) -> f32 {
        let sums = features
            .iter()
            .map(|feature| self.weights[self.row(*feature)][at] * feature.value);
        self.biases[at] + sums.sum::<f32>()
    }

    /// Learns which of the `C` columns from `head` on is right.
    fn learn<const C: usize>(&mut self, head: usize, samples: &[TrainingStep]) {
        for round in 0..ROUNDS {
            for place in shuffled(samples.len(), round) {
                let TrainingStep {
                    features,
                    right,
                    weight,
                } = &samples[place];
                let sums = self.sums(features);
                let chances = chances::<C>(std::array::from_fn(|column| sums[head + column]));
                for (column, chance) in chances.iter().enumerate() {
                    let error = chance - f32::from(u8::from(column == *right));
                    self.step(features, head + column, error * weight);
                }
            }
        }
    }

    /// Learns whether a column is right, by plain gradient descent: of each of these features whether it is, and how much that
    /// counts. Where few examples are right, steps that grow with the rareness of a feature learn those few by heart.
    fn descend(&mut self, at: usize, samples: &[(&[Feature], bool, f32)]) {
        for round in 0..ROUNDS {
            for place in shuffled(samples.len(), round) {
                let (features, is_right, counts) = samples[place];
                let error = (logistic(self.sum(features, at)) - f32::from(u8::from(is_right))) * counts;
                for feature in features {
                    let row = self.row(*feature);
                    let weight = &mut self.weights[row][at];
                    *weight -= error * feature.value + SHRINK * *weight;
                }
                self.biases[at] -= RATE * error;
            }
        }
    }

    /// Learns which of all columns is right, by plain gradient descent.
    fn descend_among(&mut self, samples: &[TrainingStep]) {
        for round in 0..ROUNDS {
            for place in shuffled(samples.len(), round) {
                let TrainingStep {
                    features,
                    right,
                    weight,
                } = &samples[place];
                let chances = chances(self.sums(features));
                let errors: [f32; N] =
                    std::array::from_fn(|column| (chances[column] - f32::from(u8::from(column == *right))) * weight);
                for feature in *features {
                    let row = self.row(*feature);
                    for (weight, error) in self.weights[row].iter_mut().zip(errors) {
                        *weight -= error * feature.value + SHRINK * *weight;
                    }
                }
                for (bias, error) in self.biases.iter_mut().zip(errors) {
                    *bias -= RATE * error;
                }
            }
        }
    }

    /// One step of a column against an error.
    fn step(&mut self, features: &[Feature], at: usize, error: f32) {
        if error.abs() < 1e-5 {
            return;
        }
        for feature in features {
            let row = self.row(*feature);
            let weight = &mut self.weights[row][at];
            let slope = error * feature.value + DECAY * *weight;
            let square = &mut self.squares[row][at];
            *square += slope * slope;
            *weight -= RATE * slope / (square.sqrt() + 1e-6);
        }
        self.bias_squares[at] += error * error;
        self.biases[at] -= RATE * error / (self.bias_squares[at].sqrt() + 1e-6);
    }

    /// In one byte a weight.
    fn quantised(&self) -> WeightTable<N> {
        let mut scales = [0.0_f32; N];
        for (weight, scale) in self.weights.iter().flat_map(|row| row.iter().zip(0..N)) {
            scales[scale] = scales[scale].max(weight.abs() / 127.0);
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most 127 by the scale of its column")]
        let byte = |weight: f32, at: usize| (weight / scales[at].max(f32::MIN_POSITIVE)).round() as i8;
        let byte = |weight: f32, at: usize| byte(weight, at).to_le_bytes()[0];
        let rows = self
            .weights
            .iter()
            .map(|row| std::array::from_fn(|at| byte(row[at], at)));
        WeightTable {
            scales,
            biases: self.biases,
            rows: rows.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_function_is_right() {
        for x in [-50.0_f32, -3.3, -0.1, 0.0, 0.7, 5.5, 40.0] {
            let right = f64::from(x).exp();
            assert!((f64::from(exp(x)) - right).abs() <= right * 1e-6, "{x}");
        }
    }

    #[test]
    fn a_shuffle_keeps_every_place() {
        let mut places = shuffled(100, 3);
        assert_ne!(places, (0..100).collect::<Vec<_>>());
        places.sort_unstable();
        assert_eq!(places, (0..100).collect::<Vec<_>>());
    }
}
