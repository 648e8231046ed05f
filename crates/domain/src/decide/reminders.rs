//! Reminders: somebody wants to hear of us at a later time; then they do, once, in the thread where they said so.
use super::acting::Acting;
use super::builder::DecisionBuilder;
use super::{heard, language};
use crate::asks::{DateWay, DateWish, Errand};
use crate::classify::folded;
use crate::effect::Place;
use crate::event::Report;
use crate::ids::PersonId;
use crate::page::{Guide, Reminder, ReplyPart};
use crate::parts;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// Reminders of one page at most.
const AT_MOST: usize = 100;
/// Letters of a word that holds no piece of a key, which six make.
const LONGEST_NAME: usize = 5;

/// Letters of all words that stand nowhere on the page, and are said again.
const UNKNOWN_LETTERS: usize = 8;

/// Whether a wish is one to be reminded.
pub(super) fn is_wanted(wish: &DateWish) -> bool {
    wish.way == DateWay::Reminder && !wish.tentative
}

/// Who wrote a comment, to be spoken to at a moment in its thread.
fn reminder(builder: &DecisionBuilder<'_>, report: &Report, at: DateTime<Utc>) -> Reminder {
    let comment = &report.comment;
    Reminder {
        at,
        author: comment.author.clone(),
        name: comment.author_name.clone(),
        errand: Errand::default(),
        comment: comment.id.clone(),
        place: Place::Discussion {
            id: comment.discussion.clone(),
            under: comment.anchor.clone(),
        },
        language: language::of_reply(builder, report),
    }
}

/// Keeps a reminder; what is told of it.
pub(super) fn keep(
    builder: &mut DecisionBuilder<'_>,
    report: Acting<'_>,
    at: DateTime<Utc>,
    errand: &Errand,
) -> ReplyPart {
    let mut reminder = reminder(builder, &report, at);
    reminder.errand = Errand {
        what: errand
            .what
            .clone()
            .filter(|what| is_of_page(&builder.state.guide, what)),
        ..Errand::default()
    };
    let mut told = reminder.errand.clone();
    if let Some(whom) = &errand.whom {
        let other = known(builder, &report, whom);
        let is_short = whom.chars().count() <= LONGEST_NAME;
        told.whom = other
            .as_ref()
            .map(|(_, name)| name.clone())
            .or_else(|| is_short.then(|| whom.clone()));
        if let Some((author, name)) = other {
            reminder.errand.by = reminder.name.replace(name);
            reminder.author = author;
        } else {
            reminder.errand.whom.clone_from(&told.whom);
        }
    }
    let reminders = &mut builder.state.reminders;
    reminders.retain(|other| other.comment != reminder.comment);
    reminders.push(reminder);
    let surplus = reminders.len().saturating_sub(AT_MOST);
    reminders.drain(..surplus);
    ReplyPart::Reminds {
        at: Some(at),
        errand: told,
    }
}

/// Somebody else who was heard on the page, by the name that a comment calls them.
fn known(builder: &DecisionBuilder<'_>, report: &Report, whom: &str) -> Option<(PersonId, String)> {
    let heard = builder.state.heard.iter().rev();
    let mut others = heard.filter(|heard| heard.author != report.comment.author);
    others.find_map(|heard| {
        let name = heard.name.as_deref()?;
        heard::named_in(whom, name)?;
        Some((heard.author.clone(), name.to_owned()))
    })
}

/// Whether the words of a text stand on the page, or tell nothing, but for a few short ones: what is said again must tell nobody whether
/// they guessed a piece of a key, and pieces make a key, however short they are.
fn is_of_page(guide: &Guide, text: &str) -> bool {
    let words = |text: &str| -> BTreeSet<String> {
        let folded = folded(text);
        let words = folded.split(|c: char| !c.is_alphanumeric());
        words.map(str::to_owned).collect()
    };
    let said = guide.lines.iter().flat_map(|line| words(&line.text));
    let titled = guide.steps.iter().flat_map(|step| words(&step.title));
    let known: BTreeSet<String> = said.chain(titled).chain(words(&guide.title)).collect();
    let unknown = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !(word.is_empty() || known.contains(&folded(word)) || parts::tells_nothing(word)));
    let (mut letters, mut is_plain) = (0, true);
    for word in unknown {
        letters += word.chars().count();
        is_plain &= word.chars().all(char::is_lowercase);
    }
    is_plain && letters <= UNKNOWN_LETTERS && !text.contains(['[', '{'])
}

/// A changed comment asks for no reminder any more.
pub(super) fn no_longer_wanted(builder: &mut DecisionBuilder<'_>, report: &Report) {
    if !report.wishes.iter().any(is_wanted) {
        let reminders = &mut builder.state.reminders;
        reminders.retain(|reminder| reminder.comment != report.comment.id);
    }
}

/// Somebody spoke: if nothing happens for a while from now on, they are asked how it goes.
pub(super) fn spoken(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) {
    if let Some(nudge) = builder.playbook.nudge {
        builder.state.nudge = Some(reminder(builder, &report, builder.now + nudge));
    }
}

/// Somebody changed the page by hand: it does not stand still.
pub(super) fn stirred(builder: &mut DecisionBuilder<'_>) {
    if let (Some(nudge), Some(waiting)) = (builder.playbook.nudge, &mut builder.state.nudge) {
        waiting.at = builder.now + nudge;
    }
}
