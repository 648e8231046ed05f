//! The board: what the page should show and does not yet becomes an effect; one write at a time for each thing.
use super::desk::{Desk, Wanted};
use super::standing;
use crate::domain::effect::{Effect, EffectId, Property, Status, Value};
use crate::domain::event::Now;
use crate::domain::page::Cell;

/// Wants a write for everything that should be different on the page.
pub(super) fn reconcile(desk: &mut Desk<'_>) {
    progress(desk);
    boxes(desk);
    status(desk);
    values(desk);
}

fn progress(desk: &mut Desk<'_>) {
    let figures = standing::figures(&desk.state, desk.description());
    if figures.total == 0 || !desk.state.properties.contains(&Property::Progress) {
        return;
    }
    let percent = u32::from(figures.proven) * 100 / u32::from(figures.total);
    let cell = desk.state.values.entry(Property::Progress).or_default();
    let value = Value::Percent(u8::try_from(percent).unwrap_or(100));
    // A page that never had progress is left alone until there is some.
    if cell.known.is_some() || cell.wanted.is_some() || percent > 0 {
        cell.wanted = Some(value);
    }
}

fn boxes(desk: &mut Desk<'_>) {
    let numbers: Vec<u8> = desk.state.boxes.keys().copied().collect();
    for number in numbers {
        let Some(block) = desk
            .state
            .guide
            .criteria
            .iter()
            .find(|on_page| on_page.number == number)
        else {
            continue;
        };
        let block = block.block.clone();
        let Some(state) = desk.state.boxes.get(&number) else {
            continue;
        };
        let because = state.because_of.clone();
        let Some(checked) = due(&state.tick) else { continue };
        let id = desk.want_now(because.as_ref(), Effect::CheckBox { block, checked });
        if let Some(state) = desk.state.boxes.get_mut(&number) {
            state.tick.writing = Some((id, checked));
        }
    }
}

fn status(desk: &mut Desk<'_>) {
    if let Some(to) = due(&desk.state.status) {
        let id = desk.want_now(None, Effect::SetStatus { to });
        desk.state.status.writing = Some((id, to));
    }
}

fn values(desk: &mut Desk<'_>) {
    let properties: Vec<Property> = desk.state.values.keys().copied().collect();
    for property in properties {
        if !desk.state.properties.contains(&property) {
            continue;
        }
        let Some(value) = desk.state.values.get(&property).and_then(due) else {
            continue;
        };
        let id = desk.new_id("set_property");
        let effect = Effect::SetProperty {
            property,
            value: value.clone(),
        };
        desk.want(Wanted {
            id: id.clone(),
            comment: None,
            effect,
            after: None,
            not_before: None,
        });
        if let Some(cell) = desk.state.values.get_mut(&property) {
            cell.writing = Some((id, value));
        }
    }
}

/// What has to be written now, if anything.
fn due<T: Clone + PartialEq>(cell: &Cell<T>) -> Option<T> {
    let wanted = cell.wanted.as_ref()?;
    (cell.writing.is_none() && cell.known.as_ref() != Some(wanted)).then(|| wanted.clone())
}

/// Takes the end of a write in. Whether `effect` was one.
pub(super) fn written(desk: &mut Desk<'_>, effect: &EffectId, happened: bool) -> bool {
    let now = desk.now;
    let status_was = desk.state.status.known;
    if settle(&mut desk.state.status, effect, happened, now) {
        if desk.state.status.known != status_was && desk.state.status.known == Some(Status::Done) {
            desk.note(None, "status", "done");
        }
        return true;
    }
    for state in desk.state.boxes.values_mut() {
        if settle(&mut state.tick, effect, happened, now) {
            return true;
        }
    }
    desk.state
        .values
        .values_mut()
        .any(|cell| settle(cell, effect, happened, now))
}

/// A write that cannot be done is wanted no more: it would only fail again.
fn settle<T: Clone + PartialEq>(cell: &mut Cell<T>, effect: &EffectId, happened: bool, now: Now) -> bool {
    match cell.writing.take() {
        Some((writing, value)) if writing == *effect => {
            if happened {
                cell.known = Some(value);
                cell.written_at = Some(now);
            } else if cell.wanted.as_ref() == Some(&value) {
                cell.wanted = None;
            }
            true
        }
        other => {
            cell.writing = other;
            false
        }
    }
}
