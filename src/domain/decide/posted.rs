//! A person wrote: what the comment claims, reports, asks, and what has to be looked at before it is answered.
use super::desk::Desk;
use super::{conversation, exposed, looks, question, standing, withdrawn};
use crate::domain::classify::{BlockerKind, Clause, Label};
use crate::domain::effect::{Effect, Place, Status};
use crate::domain::event::{Authority, Report};
use crate::domain::page::{Blocker, Claim, Conversation, Part, Posted};
use std::collections::BTreeSet;

pub(super) fn take(desk: &mut Desk<'_>, report: &Report) {
    if desk.state.quiet {
        return;
    }
    let parts = parts(desk, report);
    if report.absorbed {
        desk.state.absorbed += 1;
        return;
    }
    if !parts.is_empty() {
        let conversation = about(desk, report, parts);
        open(desk, report, conversation);
    }
}

/// The conversation about a comment, before anything is looked at.
pub(super) fn about(desk: &Desk<'_>, report: &Report, parts: Vec<Part>) -> Conversation {
    Conversation {
        comment: Some(report.comment.id.clone()),
        also: Vec::new(),
        subject: report.comment.id.as_str().to_owned(),
        place: Place::Discussion {
            id: report.comment.discussion.clone(),
            under: report.comment.anchor.clone(),
        },
        author: Some(report.comment.author.clone()),
        name: report.comment.author_name.clone(),
        language: language(desk, report),
        awaiting: Vec::new(),
        effects: Vec::new(),
        keys: Vec::new(),
        since: desk.now,
        replied: false,
        may_finish: report.authority == Authority::Full,
        parts,
    }
}

/// Opens a conversation: its looks are wanted, its reply follows them.
pub(super) fn open(desk: &mut Desk<'_>, report: &Report, mut conversation: Conversation) {
    let checks = looks::of(desk, &conversation.parts);
    let keys = looks::probes(&desk.playbook.names, &conversation.parts);
    let asks = report.authority != Authority::Guidance && (!checks.is_empty() || keys.is_some());
    if asks && !looks::within_limits(desk, &report.comment.author) {
        conversation.parts.retain(|part| *part != Part::Limited);
        conversation.parts.push(Part::Limited);
    } else if asks {
        conversation.awaiting = checks;
        if let Some(variables) = keys {
            let effect = Effect::ProbeKeys { variables };
            conversation
                .effects
                .push(desk.want_now(Some(&report.comment.id), effect));
        }
    }
    desk.state.conversations.push(conversation);
    conversation::go_on(desk);
}

fn language(desk: &Desk<'_>, report: &Report) -> String {
    let spoken = desk
        .playbook
        .language
        .clone()
        .or_else(|| report.reading.language.clone());
    spoken
        .filter(|language| language == "nl")
        .unwrap_or_else(|| "en".to_owned())
}

/// What a reply to this comment has to speak of. Takes claims, blockers and corrections into the state on the way.
pub(super) fn parts(desk: &mut Desk<'_>, report: &Report) -> Vec<Part> {
    let mut parts = Vec::new();
    posted_keys(desk, report, &mut parts);
    if report.authority == Authority::Guidance {
        if report.reading.needs_reply {
            parts.push(Part::Guidance);
            questions(desk, report, &mut parts);
        }
        return parts;
    }
    if !matches!(report.reading.primary(), Label::Question | Label::Chatter) {
        desk.begin_cycle(Some(&report.comment.id));
    }
    withdrawn::corrections(desk, report, &mut parts);
    blockers(desk, report, &mut parts);
    completions(desk, report, &mut parts);
    key_reports(report, &mut parts);
    progress(desk, report, &mut parts);
    questions(desk, report, &mut parts);
    parts
}

fn posted_keys(desk: &mut Desk<'_>, report: &Report, parts: &mut Vec<Part>) {
    if report.findings.is_empty() {
        return;
    }
    let keys = exposed::told(&desk.playbook.names, &report.findings);
    let exposed = exposed::variables(&desk.playbook.names, &report.findings);
    if report.authority == Authority::Guidance {
        exposed::note(desk, &exposed);
    } else {
        if !exposed.is_empty() {
            desk.begin_cycle(Some(&report.comment.id));
        }
        exposed::mark(desk, Some(&report.comment.id), &exposed);
    }
    let language = language(desk, report);
    desk.state.posted.push(Posted {
        comment: report.comment.id.clone(),
        labels: keys.iter().map(|key| key.label.clone()).collect(),
        exposed,
        language,
        name: report.comment.author_name.clone(),
        answered_in: None,
    });
    desk.note(Some(&report.comment.id), "key_posted", &keys);
    parts.push(Part::Posted { keys });
}

fn blockers(desk: &mut Desk<'_>, report: &Report, parts: &mut Vec<Part>) {
    let clauses = of(report, Label::Blocker);
    let Some(first) = clauses.first() else { return };
    let kind = report.reading.blocker_kind.unwrap_or(BlockerKind::Other);
    let step = first.steps.first().copied().or(report.on_step);
    desk.state.blockers.push(Blocker {
        comment: report.comment.id.clone(),
        author: report.comment.author.clone(),
        name: report.comment.author_name.clone(),
        step,
        kind,
        since: desk.now,
    });
    for number in clauses.iter().flat_map(|clause| &clause.steps) {
        desk.state.steps.entry(*number).or_default().started = true;
    }
    desk.move_status(Status::Blocked);
    parts.push(Part::Blocker { kind, step });
}

/// Clears the blockers that fit, those of comments that are away too; whether there were any. The last one cleared sets
/// the status back.
pub(super) fn clear_blockers(desk: &mut Desk<'_>, fits: impl Fn(&Blocker) -> bool) -> bool {
    let before = desk.state.blockers.len();
    desk.state.blockers.retain(|blocker| !fits(blocker));
    for absence in &mut desk.state.absences {
        absence.blockers.retain(|blocker| !fits(blocker));
    }
    let cleared = desk.state.blockers.len() < before;
    if cleared && desk.state.blockers.is_empty() && desk.state.status.wanted == Some(Status::Blocked) {
        desk.move_status(Status::InProgress);
    }
    cleared
}

fn completions(desk: &mut Desk<'_>, report: &Report, parts: &mut Vec<Part>) {
    let clauses = of(report, Label::Completion);
    if clauses.is_empty() {
        return;
    }
    let reading = &report.reading;
    let blocked: BTreeSet<u8> = of(report, Label::Blocker)
        .iter()
        .flat_map(|clause| clause.steps.clone())
        .collect();
    let whole = reading.all_done && of(report, Label::Blocker).is_empty();
    let mut steps: BTreeSet<u8> = clauses.iter().flat_map(|clause| clause.steps.clone()).collect();
    if steps.is_empty() && !whole {
        steps.extend(report.on_step);
    }
    steps.retain(|step| !blocked.contains(step));
    let claim = Claim {
        comment: report.comment.id.clone(),
        author: report.comment.author.clone(),
        at: desk.now,
    };
    let claimed: Vec<u8> = if whole {
        desk.state.guide.steps.iter().map(|step| step.number).collect()
    } else {
        steps.iter().copied().collect()
    };
    for number in &claimed {
        let step = desk.state.steps.entry(*number).or_default();
        step.started = true;
        step.claim.get_or_insert_with(|| claim.clone());
        claimed_again(desk, *number);
    }
    if whole {
        desk.state.finished = Some(claim);
    }
    desk.state.minutes_spent = reading.duration_minutes.or(desk.state.minutes_spent);
    clear_blockers(desk, |blocker| {
        whole || blocker.step.is_some_and(|step| claimed.contains(&step))
    });
    if steps.is_empty() && !whole {
        // "Done" alone is looked at where we are; it claims nothing for a page that no check can see.
        steps.extend(looks::current_step(desk).filter(|step| !desk.checks_of_step(*step).is_empty()));
    }
    parts.push(Part::Claim {
        steps: steps.into_iter().collect(),
        whole,
        minutes: reading.duration_minutes,
        planned: reading.expected_duration_minutes,
    });
}

/// A box that a person unticked may be ticked again, now that its step is claimed.
fn claimed_again(desk: &mut Desk<'_>, step: u8) {
    let step = desk.description().and_then(|page| page.step(step));
    for criterion in step.map(|step| step.criteria.clone()).unwrap_or_default() {
        let on_page = standing::page_box(&desk.state, desk.description(), criterion);
        if let Some(state) = desk.state.boxes.get_mut(&on_page) {
            state.unticked_by_person = false;
        }
    }
}

fn key_reports(report: &Report, parts: &mut Vec<Part>) {
    if !of(report, Label::KeyReport).is_empty() {
        parts.push(Part::Keys {
            variables: report.reading.keys.clone(),
        });
    }
}

fn progress(desk: &mut Desk<'_>, report: &Report, parts: &mut Vec<Part>) {
    let clauses = of(report, Label::Progress);
    if clauses.is_empty() {
        return;
    }
    let mut steps: BTreeSet<u8> = clauses.iter().flat_map(|clause| clause.steps.clone()).collect();
    if steps.is_empty() {
        steps.extend(report.on_step);
    }
    for number in &steps {
        desk.state.steps.entry(*number).or_default().started = true;
    }
    let rules = |word: &str| {
        clauses
            .iter()
            .any(|clause| clause.rules.iter().any(|rule| rule.contains(word)))
    };
    let hedged = rules("hedge");
    let freed = rules("unblock") || rules("cleared");
    // Whoever works on the step again is no longer stopped by what they reported there.
    let cleared = clear_blockers(desk, |blocker| {
        let own = blocker.author == report.comment.author;
        let on_step = blocker.step.is_some_and(|step| steps.contains(&step));
        on_step && (freed || own && !hedged) || freed && own && steps.is_empty()
    });
    if !parts.is_empty() || !desk.playbook.say_progress {
        return;
    }
    // A hedge is looked at in full, mere progress where that costs nothing.
    let looked = steps.iter().any(|step| {
        let checks = if hedged {
            desk.checks_of_step(*step)
        } else {
            looks::local(desk, *step)
        };
        !checks.is_empty()
    });
    let steps = steps.into_iter().collect();
    parts.push(Part::Progress {
        steps,
        hedged,
        looked,
        cleared,
    });
}

fn questions(desk: &Desk<'_>, report: &Report, parts: &mut Vec<Part>) {
    let clauses = of(report, Label::Question);
    // A question to somebody else asks nothing of us.
    if clauses.is_empty() || !report.reading.needs_reply {
        return;
    }
    let step = clauses
        .iter()
        .find_map(|clause| clause.steps.first().copied())
        .or(report.on_step);
    parts.push(Part::Question {
        topic: question::topic(desk, report),
        step,
    });
}

pub(super) fn of(report: &Report, label: Label) -> Vec<&Clause> {
    report
        .reading
        .clauses
        .iter()
        .filter(|clause| clause.label == label)
        .collect()
}
