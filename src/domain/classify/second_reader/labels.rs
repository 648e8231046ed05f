//! The labels in the order in which the table has a column for each.
use crate::domain::classify::reading::Label;

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
