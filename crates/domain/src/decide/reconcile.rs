//! Reconciling: what the page should show and does not yet becomes an effect; one write at a time for each thing.
use super::builder::DecisionBuilder;
use crate::effect::{Effect, EffectId, Property, Status, Value};
use crate::event::Now;
use crate::page::{Cell, Observed};

/// Wants a write for everything that should be different on the page.
pub(super) fn reconcile(builder: &mut DecisionBuilder<'_>) {
    progress(builder);
    boxes(builder);
    status(builder);
    values(builder);
}

fn progress(builder: &mut DecisionBuilder<'_>) {
    let step_counts = builder.step_counts();
    let unseen = builder.lost_description().is_some();
    if step_counts.total == 0 || unseen || !builder.state.properties.contains(&Property::Progress) {
        return;
    }
    let percent = u32::from(step_counts.counted) * 100 / u32::from(step_counts.total);
    let cell = builder.state.values.entry(Property::Progress).or_default();
    let value = Value::Percent(u8::try_from(percent).unwrap_or(100));
    // A page that never had progress is left alone until there is some.
    if cell.known.is_some() || cell.wanted.is_some() || percent > 0 {
        cell.wanted = Some(value);
    }
}

fn boxes(builder: &mut DecisionBuilder<'_>) {
    let numbers: Vec<u8> = builder.state.boxes.keys().copied().collect();
    for number in numbers {
        let Some(block) = builder
            .state
            .guide
            .criteria
            .iter()
            .find(|on_page| on_page.number == number)
        else {
            continue;
        };
        let block = block.block.clone();
        let Some(state) = builder.state.boxes.get(&number) else {
            continue;
        };
        let because = state.because_of.clone();
        let Some(checked) = due(&state.tick, builder.now) else {
            continue;
        };
        let id = builder.want_now(because.as_ref(), Effect::CheckBox { block, checked });
        if let Some(state) = builder.state.boxes.get_mut(&number) {
            state.tick.writing = Some((id, checked));
        }
    }
}

fn status(builder: &mut DecisionBuilder<'_>) {
    let to = builder
        .state
        .status
        .wanted
        .and_then(|wanted| builder.state.writable_status(wanted));
    if let Some(to) = to.filter(|to| builder.state.status.is_due(to, builder.now)) {
        let id = builder.want_now(None, Effect::SetStatus { to });
        builder.state.status.writing = Some((id, to));
    }
}

fn values(builder: &mut DecisionBuilder<'_>) {
    let properties: Vec<Property> = builder.state.values.keys().copied().collect();
    for property in properties {
        if !builder.state.properties.contains(&property) {
            continue;
        }
        let Some(value) = builder
            .state
            .values
            .get(&property)
            .and_then(|cell| due(cell, builder.now))
        else {
            continue;
        };
        let effect = Effect::SetProperty {
            property,
            value: value.clone(),
        };
        let id = builder.want_now(None, effect);
        if let Some(cell) = builder.state.values.get_mut(&property) {
            cell.writing = Some((id, value));
        }
    }
}

/// What has to be written now, if anything.
fn due<T: Clone + PartialEq>(cell: &Cell<T>, now: Now) -> Option<T> {
    cell.wanted.as_ref().filter(|wanted| cell.is_due(wanted, now)).cloned()
}

/// What was refused is tried at once where the page has other properties or options now, or can be reached again.
pub(super) fn retry_refused(builder: &mut DecisionBuilder<'_>, observed: &Observed) {
    if builder.state.statuses != observed.statuses || observed.afresh {
        builder.state.status.refused = None;
    }
    if observed.afresh {
        let boxes = builder.state.boxes.values_mut();
        boxes.for_each(|state| state.tick.refused = None);
    }
    if builder.state.properties != observed.properties || observed.afresh {
        let values = builder.state.values.values_mut();
        values.for_each(|cell| cell.refused = None);
    }
}

/// How a write ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WriteOutcome {
    /// The page shows it.
    Done,
    /// The page has no such property, or no such option.
    Skipped,
    /// Notion refused it.
    Refused,
}

/// Takes the end of a write in. Whether `effect` was one.
pub(super) fn write_ended(builder: &mut DecisionBuilder<'_>, effect: &EffectId, how: WriteOutcome) -> bool {
    let now = builder.now;
    let status_was = builder.state.status.known;
    if settle(&mut builder.state.status, effect, how, now) {
        let known = builder.state.status.known;
        if how == WriteOutcome::Done {
            builder.state.shown = known.and_then(|known| builder.state.statuses.get(&known).cloned());
        }
        if known != status_was && known == Some(Status::Done) {
            builder.note(None, "status", "done");
        }
        return true;
    }
    for state in builder.state.boxes.values_mut() {
        if settle(&mut state.tick, effect, how, now) {
            return true;
        }
    }
    builder
        .state
        .values
        .values_mut()
        .any(|cell| settle(cell, effect, how, now))
}

/// What was refused stays wanted: the page may only be away for a moment.
fn settle<T: Clone + PartialEq>(cell: &mut Cell<T>, effect: &EffectId, how: WriteOutcome, now: Now) -> bool {
    let Some((_, value)) = cell.writing.take_if(|(writing, _)| writing == effect) else {
        return false;
    };
    match how {
        WriteOutcome::Done => {
            cell.known = Some(value);
            cell.written_at = Some(now);
            cell.refused = None;
        }
        WriteOutcome::Skipped => cell.skip(value, now),
        WriteOutcome::Refused => cell.refuse(value, now),
    }
    true
}
