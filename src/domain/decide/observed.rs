//! The page was read: its guide, its boxes, its status. What a person changed by hand is recorded, never reverted.
use super::desk::Desk;
use super::{conversation, held, ticked};
use crate::domain::effect::Status;
use crate::domain::page::{Cell, Criterion, CriterionDescription, Observed, Part};

pub(super) fn take(desk: &mut Desk<'_>, observed: &Observed) {
    desk.state.guide = observed.guide.clone();
    desk.state.properties.clone_from(&observed.properties);
    desk.state.next_page.clone_from(&observed.next_page);
    desk.state.has_blocked = observed.has_blocked;
    desk.state.quiet = observed.quiet;
    status(desk, observed);
    boxes(desk, observed);
    held::take(desk, observed);
}

fn status(desk: &mut Desk<'_>, observed: &Observed) {
    let seen = observed.status;
    let cell = &mut desk.state.status;
    if is_older(cell, observed) {
        return;
    }
    if changed_by_hand(cell, seen.as_ref()) {
        cell.wanted = seen;
    }
    if cell.writing.is_none() {
        cell.known = seen;
    }
    if seen == Some(Status::InProgress) {
        desk.begin_cycle(None);
    }
}

fn boxes(desk: &mut Desk<'_>, observed: &Observed) {
    let criteria = desk.state.guide.criteria.clone();
    desk.state
        .boxes
        .retain(|number, _| criteria.iter().any(|criterion| criterion.number == *number));
    let mut ticked = Vec::new();
    for criterion in criteria {
        let seen = observed.boxes.get(&criterion.block).copied();
        let state = desk.state.boxes.entry(criterion.number).or_default();
        if is_older(&state.tick, observed) {
            continue;
        }
        let first = state.tick.known.is_none();
        if first && seen == Some(true) {
            state.by_person = true;
        }
        if changed_by_hand(&state.tick, seen.as_ref()) {
            state.tick.wanted = seen;
            state.by_person = seen == Some(true);
            state.unticked_by_person = seen == Some(false);
            state.ours = false;
            ticked.extend((seen == Some(true)).then(|| criterion.clone()));
        }
        if state.tick.writing.is_none() {
            state.tick.known = seen;
        }
    }
    for criterion in ticked {
        doubt(desk, &criterion);
    }
}

/// A person's tick stands. What evidence is missing behind it is said once.
fn doubt(desk: &mut Desk<'_>, criterion: &Criterion) {
    if desk.state.quiet {
        return;
    }
    let described = desk.description().and_then(|page| {
        let of_box =
            |described: &&CriterionDescription| page.box_of(&desk.state.guide, described) == Some(criterion.number);
        page.criteria.iter().find(of_box)?.check.clone()
    });
    let Some(check) = described else { return };
    desk.begin_cycle(None);
    let turn = desk.state.cycle.as_ref().map_or(1, |cycle| cycle.number);
    let subject = format!("by hand {} {turn}", criterion.number);
    let part = Part::ByHand {
        number: criterion.number,
        text: criterion.text.clone(),
        check: check.clone(),
    };
    let mut conversation = ticked::on_page(desk, &subject, part);
    conversation.awaiting.push(check);
    desk.state.conversations.push(conversation);
    conversation::go_on(desk);
}

/// Whether the page was read before our last write: it tells nothing of this cell.
fn is_older<T>(cell: &Cell<T>, observed: &Observed) -> bool {
    cell.written_at.is_some_and(|written_at| observed.read_at <= written_at)
}

/// Whether somebody else changed it since we last knew it, and no write of ours explains it.
fn changed_by_hand<T: PartialEq>(cell: &Cell<T>, seen: Option<&T>) -> bool {
    seen.is_some() && cell.known.is_some() && cell.writing.is_none() && cell.known.as_ref() != seen
}
