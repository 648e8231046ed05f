//! A table of weights while it is learnt: by `AdaGrad`, or by plain descent. No function is used that two machines might compute
//! otherwise: the same examples give the same bytes everywhere.
use super::features::Feature;
use super::weights::WeightTable;

/// How often all examples are gone through.
const ROUNDS: usize = 30;
const RATE: f32 = 0.1;
const DECAY: f32 = 1e-6;
const SEED: u64 = 0x6b6d_7365_636f_6e64;

/// One thing to learn: features, the column that is right, and how much it counts.
pub(super) struct TrainingStep<'a> {
    pub(super) features: &'a [Feature],
    pub(super) right: usize,
    pub(super) weight: f32,
}

/// The places of a list, all of them once in each round, in an order of its own.
fn places_of_rounds(count: usize) -> impl Iterator<Item = usize> {
    (0..ROUNDS).flat_map(move |round| shuffled(count, round))
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
pub(super) struct LearningTable<const N: usize> {
    weights: Vec<[f32; N]>,
    squares: Vec<[f32; N]>,
    biases: [f32; N],
    bias_squares: [f32; N],
}

impl<const N: usize> LearningTable<N> {
    /// With so many rows, a power of two.
    pub(super) fn new(rows: usize) -> Self {
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

    pub(super) fn forget(&mut self, columns: std::ops::Range<usize>) {
        for rows in [&mut self.weights, &mut self.squares] {
            for row in rows {
                row[columns.clone()].fill(0.0);
            }
        }
        self.biases[columns.clone()].fill(0.0);
        self.bias_squares[columns].fill(0.0);
    }

    pub(super) fn sums(&self, features: &[Feature]) -> [f32; N] {
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
    pub(super) fn learn<const C: usize>(&mut self, head: usize, samples: &[TrainingStep]) {
        for place in places_of_rounds(samples.len()) {
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

    /// Learns whether a column is right, of each of these features.
    pub(super) fn learn_whether(&mut self, at: usize, samples: &[(&[Feature], bool)]) {
        for place in places_of_rounds(samples.len()) {
            let (features, is_right) = samples[place];
            let error = logistic(self.sum(features, at)) - f32::from(u8::from(is_right));
            self.step(features, at, error);
        }
    }

    /// Learns whether a column is right, by plain gradient descent: of each of these features whether it is, and how much that
    /// counts. Where few examples are right, steps that grow with the rareness of a feature learn those few by heart.
    pub(super) fn descend(&mut self, at: usize, shrink: f32, samples: &[(&[Feature], bool, f32)]) {
        for place in places_of_rounds(samples.len()) {
            let (features, is_right, counts) = samples[place];
            let error = (logistic(self.sum(features, at)) - f32::from(u8::from(is_right))) * counts;
            for feature in features {
                let row = self.row(*feature);
                let weight = &mut self.weights[row][at];
                *weight -= error * feature.value + shrink * *weight;
            }
            self.biases[at] -= RATE * error;
        }
    }

    /// Learns which of all columns is right, by plain gradient descent.
    pub(super) fn descend_among(&mut self, shrink: f32, samples: &[TrainingStep]) {
        for place in places_of_rounds(samples.len()) {
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
                    *weight -= error * feature.value + shrink * *weight;
                }
            }
            for (bias, error) in self.biases.iter_mut().zip(errors) {
                *bias -= RATE * error;
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
    pub(super) fn quantised(&self) -> WeightTable<N> {
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
