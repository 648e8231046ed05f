//! Time went by: interim replies, the backlog's summary, alerts, the next rotation.
use super::conversation;
use super::desk::Desk;
use crate::domain::cycle::Cycle;
use crate::domain::effect::{Place, Status};
use crate::domain::event::Alert;
use crate::domain::page::{Conversation, Part};
use std::collections::BTreeMap;

pub(super) fn take(desk: &mut Desk<'_>) {
    conversation::go_on(desk);
    reopen(desk);
}

/// After the first start: one summary of what was there, with every claimed step looked at once.
pub(super) fn sum_up(desk: &mut Desk<'_>) {
    let comments = std::mem::take(&mut desk.state.absorbed);
    if comments == 0 {
        return;
    }
    let claimed = desk
        .state
        .steps
        .iter()
        .filter(|(_, step)| step.claim.is_some())
        .map(|(number, _)| *number);
    let steps: Vec<u8> = claimed.collect();
    let mut summary = on_page(desk, "summary", Part::Summary { comments });
    summary.awaiting = steps.iter().flat_map(|step| desk.checks_of_step(*step)).collect();
    desk.state.conversations.push(summary);
    conversation::go_on(desk);
}

/// A conversation that answers nobody: it is led on the page.
pub(super) fn on_page(desk: &Desk<'_>, subject: &str, part: Part) -> Conversation {
    Conversation {
        comment: None,
        also: Vec::new(),
        subject: format!("{}/{subject}", desk.page),
        place: Place::Page,
        author: None,
        name: None,
        language: desk.playbook.language.clone().unwrap_or_else(|| "en".to_owned()),
        parts: vec![part],
        awaiting: Vec::new(),
        effects: Vec::new(),
        keys: Vec::new(),
        since: desk.now,
        replied: false,
        may_finish: false,
    }
}

/// Says on the page that something is wrong with the keys, or well again; once for each subject.
pub(super) fn alert(desk: &mut Desk<'_>, alert: &Alert) {
    // Only a page with checks of keys is where their rotation is done.
    if desk.state.quiet || desk.description().is_none() {
        return;
    }
    let mut told = on_page(desk, &alert.subject, Part::Summary { comments: 0 });
    told.parts = vec![Part::Alert {
        prompt: alert.prompt.clone(),
        facts: alert.facts.clone(),
    }];
    conversation::say(desk, &told);
}

/// The next rotation is due: the page opens again, our own ticks go, the next cycle begins.
fn reopen(desk: &mut Desk<'_>) {
    let due = desk
        .state
        .due
        .as_ref()
        .is_some_and(|due| due.at <= desk.now && !due.told);
    if !due || !desk.playbook.reopen_when_due || desk.state.status.known != Some(Status::Done) {
        return;
    }
    if let Some(due) = &mut desk.state.due {
        due.told = true;
    }
    for state in desk.state.boxes.values_mut().filter(|state| state.ours) {
        state.tick.wanted = Some(false);
        state.ours = false;
    }
    desk.state.steps.clear();
    desk.state.evidence.clear();
    desk.state.finished = None;
    desk.state.minutes_spent = None;
    let number = desk.state.cycle.as_ref().map_or(1, |cycle| cycle.number) + 1;
    let (fingerprints, exposed) = (BTreeMap::new(), BTreeMap::new());
    desk.state.cycle = Some(Cycle {
        number,
        began_at: desk.now,
        fingerprints,
        exposed,
    });
    let effect = crate::domain::effect::Effect::BackUpEnv {
        at: desk.now,
        reason: format!("cycle {number} began"),
        cycle: number,
    };
    desk.state.beginning = Some(desk.want_now(None, effect));
    desk.move_status(Status::NotStarted);
    let told = on_page(desk, &format!("due {number}"), Part::Due);
    conversation::say(desk, &told);
}
