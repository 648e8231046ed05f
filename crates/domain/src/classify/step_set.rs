//! Sets of steps: the numbers of a page's steps as bits of one number.

/// A set of steps as bits; bit 0 is unused.
pub(super) type StepSet = u64;

/// More steps than this no page has.
pub(super) const MOST_STEPS: u32 = 63;

/// The steps of a set, sorted.
pub(super) fn listed(set: StepSet) -> Vec<u8> {
    (1..64).filter(|step| set & (1 << step) != 0).collect()
}

/// The set of the steps `first` to `last`.
pub(super) fn range(first: u32, last: u32) -> StepSet {
    (first..=last.min(MOST_STEPS)).fold(0, |set, step| set | 1 << step)
}

/// The set of listed steps.
pub(super) fn set_of<'a>(steps: impl IntoIterator<Item = &'a u8>) -> StepSet {
    steps.into_iter().fold(0, |set, &step| set | 1 << step)
}
