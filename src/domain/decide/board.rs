//! The board: what the page should show and does not yet becomes an effect; one write at a time for each thing.
use super::desk::{Desk, Wanted};
use super::standing;
use crate::domain::effect::{Effect, EffectId, Property, Status, Value};
use crate::domain::event::Now;
use crate::domain::page::{Cell, Observed};

/// Wants a write for everything that should be different on the page.
pub(super) fn reconcile(desk: &mut Desk<'_>) {
    progress(desk);
    boxes(desk);
    status(desk);
    values(desk);
}

fn progress(desk: &mut Desk<'_>) {
    let figures = standing::figures(&desk.state, desk.description());
    let unseen = desk.lost_description().is_some();
    if figures.total == 0 || unseen || !desk.state.properties.contains(&Property::Progress) {
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
        let Some(checked) = due(&state.tick, desk.now) else {
            continue;
        };
        let id = desk.want_now(because.as_ref(), Effect::CheckBox { block, checked });
        if let Some(state) = desk.state.boxes.get_mut(&number) {
            state.tick.writing = Some((id, checked));
        }
    }
}

fn status(desk: &mut Desk<'_>) {
    let to = desk.state.status.wanted.and_then(|wanted| desk.state.sayable(wanted));
    if let Some(to) = to.filter(|to| desk.state.status.is_due(to, desk.now)) {
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
        let Some(value) = desk.state.values.get(&property).and_then(|cell| due(cell, desk.now)) else {
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
fn due<T: Clone + PartialEq>(cell: &Cell<T>, now: Now) -> Option<T> {
    cell.wanted.as_ref().filter(|wanted| cell.is_due(wanted, now)).cloned()
}

/// What was refused is tried at once where the page has other properties or options now, or can be reached again.
pub(super) fn made_room(desk: &mut Desk<'_>, observed: &Observed) {
    if desk.state.statuses != observed.statuses || observed.afresh {
        desk.state.status.refused = None;
    }
    if observed.afresh {
        let boxes = desk.state.boxes.values_mut();
        boxes.for_each(|state| state.tick.refused = None);
    }
    if desk.state.properties != observed.properties || observed.afresh {
        let values = desk.state.values.values_mut();
        values.for_each(|cell| cell.refused = None);
    }
}

/// How a write ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    Done,
    /// The page has no such property, or no such option.
    Skipped,
    Refused,
}

/// Takes the end of a write in. Whether `effect` was one.
pub(super) fn written(desk: &mut Desk<'_>, effect: &EffectId, how: Written) -> bool {
    let now = desk.now;
    let status_was = desk.state.status.known;
    if settle(&mut desk.state.status, effect, how, now) {
        let known = desk.state.status.known;
        if how == Written::Done {
            desk.state.shown = known.and_then(|known| desk.state.statuses.get(&known).cloned());
        }
        if known != status_was && known == Some(Status::Done) {
            desk.note(None, "status", "done");
        }
        return true;
    }
    for state in desk.state.boxes.values_mut() {
        if settle(&mut state.tick, effect, how, now) {
            return true;
        }
    }
    desk.state
        .values
        .values_mut()
        .any(|cell| settle(cell, effect, how, now))
}

/// What was refused stays wanted: the page may only be away for a moment.
fn settle<T: Clone + PartialEq>(cell: &mut Cell<T>, effect: &EffectId, how: Written, now: Now) -> bool {
    let Some((_, value)) = cell.writing.take_if(|(writing, _)| writing == effect) else {
        return false;
    };
    match how {
        Written::Done => {
            cell.known = Some(value);
            cell.written_at = Some(now);
            cell.refused = None;
        }
        Written::Skipped => cell.skip(value, now),
        Written::Refused => cell.refuse(value, now),
    }
    true
}
