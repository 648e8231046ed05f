//! The kind of a blocker: what the rules see as its cause, and how the comment reads, together.
use super::features::Feature;
use super::labels::{KINDS, kind_column};
use super::opinion::{SecondReader, log_chances};
use crate::classify::reading::BlockerKind;

/// How much the kind that the rules give counts beside how the comment reads.
const RULES_COUNT: f32 = 1.3;

impl SecondReader {
    /// The kind of obstacle that a comment with these features tells of, given the one that the rules see.
    pub(super) fn kind(&self, features: &[Feature], by_rules: BlockerKind) -> BlockerKind {
        let chances = log_chances(self.weights.kinds.sums(features));
        let meant = &self.weights.kinds_meant;
        let of_rules = &meant[kind_column(by_rules)];
        #[expect(clippy::cast_precision_loss, reason = "some thousands of comments")]
        let log = |count: u32| (count as f32 + 1.0).ln();
        // How much likelier a kind is because the rules say so.
        let said = |kind: usize| log(of_rules[kind]) - log(meant.iter().map(|row| row[kind]).sum());
        let score = |kind: usize| RULES_COUNT * said(kind) + chances[kind];
        let scores: [f32; KINDS.len()] = std::array::from_fn(score);
        let best = (0..KINDS.len()).max_by(|one, other| scores[*one].total_cmp(&scores[*other]));
        best.map_or(by_rules, |best| KINDS[best])
    }
}
