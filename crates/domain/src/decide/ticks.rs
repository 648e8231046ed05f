//! Our ticks: taken back with what they were made for.
use super::builder::DecisionBuilder;
use crate::ids::CommentId;
use std::collections::BTreeSet;

/// The boxes that we ticked.
pub(super) fn ours(builder: &DecisionBuilder<'_>) -> BTreeSet<u8> {
    let boxes = builder.state.boxes.iter();
    boxes
        .filter(|(_, state)| state.ours)
        .map(|(number, _)| *number)
        .collect()
}

/// Takes our ticks for these steps back, and the evidence behind them: it is looked for anew.
pub(super) fn untick(builder: &mut DecisionBuilder<'_>, steps: &BTreeSet<u8>) -> Vec<u8> {
    let mut unticked = Vec::new();
    for number in steps {
        for check in builder.checks_of_step(*number) {
            builder.state.evidence.retain(|evidence| evidence.check != check);
        }
        for on_page in builder.boxes_of_step(*number) {
            if let Some(state) = builder.state.boxes.get_mut(&on_page)
                && state.ours
            {
                state.take_back();
                unticked.push(on_page);
            }
        }
    }
    unticked
}

/// Takes back the ticks that a look of this comment caused, but for those of steps that are claimed still; how many.
pub(super) fn untick_for(builder: &mut DecisionBuilder<'_>, comment: &CommentId, claimed: &BTreeSet<u8>) -> usize {
    let kept: BTreeSet<u8> = claimed.iter().flat_map(|step| builder.boxes_of_step(*step)).collect();
    let mut unticked = 0;
    let boxes = builder
        .state
        .boxes
        .iter_mut()
        .filter(|(number, _)| !kept.contains(number));
    // What was ticked on a word follows the words alone.
    let boxes = boxes.filter(|(_, state)| state.ours && !state.on_word);
    for (_, state) in boxes.filter(|(_, state)| state.because_of.as_ref() == Some(comment)) {
        state.take_back();
        unticked += 1;
    }
    unticked
}
