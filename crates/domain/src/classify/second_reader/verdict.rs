//! The verdict of the rules on a comment: what the second reader weighs against what it sees itself.
use super::labels::{LABELS, column};
use crate::classify::combine::JudgedClause;
use crate::classify::judge::Basis;
use crate::classify::reading::Label;

/// What the rules say of a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::classify) enum RuleVerdict {
    /// A rule gives the label that decides.
    Rule(Label),
    /// The structure of a clause does, of which no rule speaks.
    Structure(Label),
    /// Nothing was said.
    Silent,
}

impl RuleVerdict {
    /// How many verdicts there are.
    pub(super) const COUNT: usize = 2 * LABELS.len() + 1;

    /// The verdict on judged clauses.
    pub(in crate::classify) fn of(clauses: &[JudgedClause]) -> Self {
        let judgements = || clauses.iter().filter_map(|clause| clause.judgement.as_ref());
        let Some(label) = judgements().map(|judgement| judgement.label).min() else {
            return Self::Silent;
        };
        let mut decides = judgements().filter(|judgement| judgement.label == label);
        if decides.all(|judgement| judgement.basis == Some(Basis::Structure)) {
            Self::Structure(label)
        } else {
            Self::Rule(label)
        }
    }

    /// Its label, if it has one.
    pub(super) fn label(self) -> Option<Label> {
        match self {
            Self::Rule(label) | Self::Structure(label) => Some(label),
            Self::Silent => None,
        }
    }

    /// Its row in the counts of what verdicts meant.
    pub(super) fn row(self) -> usize {
        match self {
            Self::Rule(label) => column(label),
            Self::Structure(label) => LABELS.len() + column(label),
            Self::Silent => Self::COUNT - 1,
        }
    }
}
