//! Our ticks: taken back with what they were made for.
use super::builder::DecisionBuilder;
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
        let criteria = builder
            .description()
            .and_then(|page| page.step(*number))
            .map(|step| step.criteria.clone());
        for criterion in criteria.unwrap_or_default() {
            let on_page = builder.page_box(criterion);
            if let Some(state) = builder.state.boxes.get_mut(&on_page)
                && state.ours
            {
                state.tick.wanted = Some(false);
                state.ours = false;
                unticked.push(on_page);
            }
        }
    }
    unticked
}
