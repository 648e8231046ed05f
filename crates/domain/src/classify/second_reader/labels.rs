//! The labels, and the kinds of blockers, in the order in which their table has a column for each.
use crate::classify::reading::{BlockerKind, Label};

/// All labels, in the order of the columns.
pub(super) const LABELS: [Label; 7] = [
    Label::Correction,
    Label::Blocker,
    Label::Completion,
    Label::KeyReport,
    Label::Progress,
    Label::Question,
    Label::Chatter,
];

/// The column of a label.
pub(super) fn column(label: Label) -> usize {
    LABELS
        .iter()
        .position(|known| *known == label)
        .unwrap_or(LABELS.len() - 1)
}

/// All kinds, in the order of the columns of their table.
pub(super) const KINDS: [BlockerKind; 9] = [
    BlockerKind::Scheduler,
    BlockerKind::Access,
    BlockerKind::RateLimit,
    BlockerKind::WrongEnv,
    BlockerKind::Auth,
    BlockerKind::Network,
    BlockerKind::Missing,
    BlockerKind::Permission,
    BlockerKind::Other,
];

/// The column of a kind.
pub(super) fn kind_column(kind: BlockerKind) -> usize {
    KINDS.iter().position(|known| *known == kind).unwrap_or(KINDS.len() - 1)
}
