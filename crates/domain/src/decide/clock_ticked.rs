//! Time went by: interim replies, the backlog's summary, alerts, the next rotation.
use super::builder::DecisionBuilder;
use super::{conversation, leak_clock};
use crate::effect::Status;
use crate::event::Alert;
use crate::page::{Conversation, Reminder, ReplyPart};

pub(super) fn apply(builder: &mut DecisionBuilder<'_>) {
    conversation::advance(builder);
    leak_clock::look_when_due(builder, false);
    reopen(builder);
    remind(builder);
}

/// After the first start: one summary of what was there, with every claimed step looked at once.
pub(super) fn sum_up(builder: &mut DecisionBuilder<'_>) {
    let comments = std::mem::take(&mut builder.state.absorbed);
    if comments == 0 {
        return;
    }
    let steps = builder.state.steps.iter();
    let claimed = steps.filter(|(_, step)| step.claim.is_some());
    let checks = claimed
        .flat_map(|(number, _)| builder.checks_of_step(*number))
        .collect();
    let mut summary = conversation::on_page(builder, "summary", ReplyPart::Summary { comments });
    summary.awaiting = checks;
    builder.state.conversations.push(summary);
    conversation::advance(builder);
}

/// Says on the page that something is wrong with the keys, or well again; once for each subject.
pub(super) fn alert(builder: &mut DecisionBuilder<'_>, alert: &Alert) {
    // Only a page with checks of keys is where their rotation is done.
    if builder.has_checks_of_keys() {
        conversation::say_alert(builder, &alert.subject, &alert.prompt, alert.facts.clone());
    }
}

/// The next rotation is due: the page opens again, our own ticks go, the next cycle begins.
fn reopen(builder: &mut DecisionBuilder<'_>) {
    let due = builder
        .state
        .due
        .as_ref()
        .is_some_and(|due| due.at <= builder.now && !due.told);
    if !due || !builder.playbook.reopen_when_due || builder.state.status.known != Some(Status::Done) {
        return;
    }
    if let Some(due) = &mut builder.state.due {
        due.told = true;
    }
    for state in builder.state.boxes.values_mut().filter(|state| state.ours) {
        state.take_back();
    }
    builder.state.steps.clear();
    builder.state.evidence.clear();
    builder.state.finished = None;
    builder.state.finished_also.clear();
    builder.state.said_finished.clear();
    builder.state.denied.clear();
    builder.state.questions.clear();
    builder.state.answered.clear();
    builder.state.heard.clear();
    builder.state.ended.clear();
    builder.state.spent.clear();
    builder.state.doers.clear();
    builder.state.nudge = None;
    let number = builder.state.cycle.as_ref().map_or(1, |cycle| cycle.number) + 1;
    builder.open_cycle(number, None);
    builder.move_status(Status::NotStarted);
    let told = conversation::on_page(builder, &format!("due {number}"), ReplyPart::Due);
    conversation::say(builder, &told);
}

/// Who wanted to be reminded by now is, in the thread where they said so; and who spoke last before the item stood still.
fn remind(builder: &mut DecisionBuilder<'_>) {
    if builder.state.quiet {
        return;
    }
    let now = builder.now;
    let due: Vec<Reminder> = builder.state.reminders.extract_if(.., |one| one.at <= now).collect();
    for reminder in due {
        let errand = reminder.errand.clone();
        speak_up(builder, reminder, "reminder", ReplyPart::Reminds { at: None, errand });
    }
    let still = builder.state.nudge.take_if(|nudge| nudge.at <= now);
    let is_done = builder.is_finished() || builder.state.status.known == Some(Status::Done);
    if let Some(last) = still.filter(|_| !is_done && builder.playbook.nudge.is_some()) {
        speak_up(builder, last, "nudge", ReplyPart::Nudge);
    }
}

fn speak_up(builder: &mut DecisionBuilder<'_>, reminder: Reminder, why: &str, part: ReplyPart) {
    let subject = format!("{}/{why}", reminder.comment.as_str());
    let told = Conversation {
        author: Some(reminder.author),
        name: reminder.name,
        language: reminder.language,
        ..conversation::new(builder, subject, reminder.place, vec![part])
    };
    conversation::say(builder, &told);
}
