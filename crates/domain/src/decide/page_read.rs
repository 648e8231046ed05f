//! The page was read: its guide, its boxes, its status. What a person changed by hand is recorded, never reverted.
use super::builder::DecisionBuilder;
use super::{conversation, description, keys_on_page, leak_clock, reconcile, reminders};
use crate::effect::Status;
use crate::ids::BlockId;
use crate::page::{Cell, Criterion, CriterionDescription, Guide, Observed, ReplyPart};

pub(super) fn apply(builder: &mut DecisionBuilder<'_>, observed: &Observed) {
    reconcile::retry_refused(builder, observed);
    renumber_boxes(builder, &observed.guide);
    builder.state.guide = observed.guide.clone();
    builder.state.properties.clone_from(&observed.properties);
    builder.state.next_page.clone_from(&observed.next_page);
    builder.state.statuses.clone_from(&observed.statuses);
    builder.state.quiet = observed.quiet;
    description::apply(builder);
    notes(builder, observed);
    status(builder, observed);
    boxes(builder, observed);
    keys_on_page::apply(builder, observed);
    leak_clock::look_when_due(builder, false);
}

/// A box keeps what is known of it where others came before it. One whose block was made anew is the one of its number.
fn renumber_boxes(builder: &mut DecisionBuilder<'_>, guide: &Guide) {
    let state = &mut builder.state;
    let is_there = |block: &BlockId| guide.box_at(block).is_some();
    let mut known = std::mem::take(&mut state.boxes);
    for criterion in &guide.criteria {
        let same = state.guide.box_at(&criterion.block);
        let replaced = || {
            let mut before = state.guide.criteria.iter();
            before.find(|other| other.number == criterion.number && !is_there(&other.block))
        };
        let number = same.or_else(replaced).map(|other| other.number);
        if let Some(kept) = number.and_then(|number| known.remove(&number)) {
            state.boxes.insert(criterion.number, kept);
        }
    }
    // What was known before the page was read for the first time stays under its number.
    if state.guide.criteria.is_empty() {
        state.boxes = known;
    }
}

/// What a person should mend is told once, when it comes, and once more when it is mended.
fn notes(builder: &mut DecisionBuilder<'_>, observed: &Observed) {
    let mut notes = observed.notes.clone();
    if let Some((why, prompt, id)) = description::loss(builder) {
        if !builder.state.notes.contains(&why) {
            description::say(builder, prompt, &id);
        }
        notes.push(why);
    }
    let before = std::mem::replace(&mut builder.state.notes, notes.clone());
    for note in notes.iter().filter(|note| !before.contains(note)) {
        builder.note(None, "to_mend", note);
    }
    for note in before.iter().filter(|note| !notes.contains(note)) {
        builder.note(None, "mended", note);
    }
}

fn status(builder: &mut DecisionBuilder<'_>, observed: &Observed) {
    let seen = observed.status;
    let state = &mut builder.state;
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
        state.status_by_person = true;
        reminders::stirred(builder);
    }
    let state = &mut builder.state;
    if state.status.writing.is_none() {
        state.status.known = seen;
        state.shown.clone_from(&observed.shown);
    }
    if seen == Some(Status::InProgress) {
        builder.begin_work(None);
    }
}

fn boxes(builder: &mut DecisionBuilder<'_>, observed: &Observed) {
    let criteria = builder.state.guide.criteria.clone();
    builder
        .state
        .boxes
        .retain(|number, _| criteria.iter().any(|criterion| criterion.number == *number));
    let mut ticked = Vec::new();
    for criterion in criteria {
        let seen = observed.boxes.get(&criterion.block).copied();
        let state = builder.state.boxes.entry(criterion.number).or_default();
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
            (state.ours, state.on_word) = (false, false);
            ticked.extend((seen == Some(true)).then(|| criterion.clone()));
        }
        if state.tick.writing.is_none() {
            state.tick.known = seen;
        }
    }
    if !ticked.is_empty() {
        reminders::stirred(builder);
    }
    for criterion in ticked {
        doubt(builder, &criterion);
    }
}

/// A person's tick stands. What evidence is missing behind it is said once.
fn doubt(builder: &mut DecisionBuilder<'_>, criterion: &Criterion) {
    if builder.state.quiet {
        return;
    }
    let described = builder.description().and_then(|page| {
        let of_box =
            |described: &&CriterionDescription| page.box_of(&builder.state.guide, described) == Some(criterion.number);
        page.criteria.iter().find(of_box)?.check.clone()
    });
    let Some(check) = described else { return };
    builder.begin_work(None);
    let turn = builder.state.cycle.as_ref().map_or(1, |cycle| cycle.number);
    let subject = format!("by hand {} {turn}", criterion.number);
    let part = ReplyPart::ByHand {
        number: criterion.number,
        text: criterion.text.clone(),
        check: check.clone(),
    };
    let mut conversation = conversation::on_page(builder, &subject, part);
    conversation.awaiting.push(check);
    builder.state.conversations.push(conversation);
    conversation::advance(builder);
}

/// Whether the page was read before our last write: it tells nothing of this cell.
fn is_older<T>(cell: &Cell<T>, observed: &Observed) -> bool {
    cell.written_at.is_some_and(|written_at| observed.read_at <= written_at)
}

/// Whether somebody else changed it since we last knew it, and no write of ours explains it.
fn changed_by_hand<T: PartialEq>(cell: &Cell<T>, seen: Option<&T>) -> bool {
    seen.is_some() && cell.known.is_some() && cell.writing.is_none() && cell.known.as_ref() != seen
}
