//! The page was read: its guide, its boxes, its status. What a person changed by hand is recorded, never reverted.
use super::desk::Desk;
use super::{board, conversation, described, held, ticked};
use crate::domain::effect::Status;
use crate::domain::page::{Cell, Criterion, CriterionDescription, Observed, Part};

pub(super) fn take(desk: &mut Desk<'_>, observed: &Observed) {
    board::made_room(desk, observed);
    desk.state.guide = observed.guide.clone();
    desk.state.properties.clone_from(&observed.properties);
    desk.state.next_page.clone_from(&observed.next_page);
    desk.state.statuses.clone_from(&observed.statuses);
    desk.state.quiet = observed.quiet;
    described::take(desk);
    notes(desk, observed);
    status(desk, observed);
    boxes(desk, observed);
    held::take(desk, observed);
}

/// What a person should mend is told once, when it comes, and once more when it is mended.
fn notes(desk: &mut Desk<'_>, observed: &Observed) {
    let mut notes = observed.notes.clone();
    if let Some((why, prompt, id)) = described::loss(desk) {
        if !desk.state.notes.contains(&why) {
            described::say(desk, prompt, &id);
        }
        notes.push(why);
    }
    let before = std::mem::replace(&mut desk.state.notes, notes.clone());
    for note in notes.iter().filter(|note| !before.contains(note)) {
        desk.note(None, "to_mend", note);
    }
    for note in before.iter().filter(|note| !notes.contains(note)) {
        desk.note(None, "mended", note);
    }
}

fn status(desk: &mut Desk<'_>, observed: &Observed) {
    let seen = observed.status;
    let state = &mut desk.state;
    if is_older(&state.status, observed) {
        return;
    }
    let by_hand = match (&state.shown, &observed.shown) {
        // The option tells more than its meaning: from Done to Cancelled is a change, though that is none of ours.
        (Some(before), Some(now)) => state.status.writing.is_none() && before != now,
        _ => changed_by_hand(&state.status, seen.as_ref()),
    };
    if by_hand {
        state.status.wanted = seen;
    }
    if state.status.writing.is_none() {
        state.status.known = seen;
        state.shown.clone_from(&observed.shown);
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
