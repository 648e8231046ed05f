//! A person wrote: what the comment claims, reports, asks, and what has to be looked at before it is answered.
use super::acting::{Acting, Admitted, admit};
use super::builder::DecisionBuilder;
use super::{blockers, conversation, corrections, exposed_keys, limits, looks, questions};
use crate::domain::classify::{Certainty, Label};
use crate::domain::effect::{Effect, Place};
use crate::domain::event::Report;
use crate::domain::page::{Claim, Conversation, Posted, ReplyPart};

pub(super) fn apply(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) {
    if builder.state.quiet {
        return;
    }
    let parts = parts(builder, report);
    if report.absorbed {
        builder.state.absorbed += 1;
        return;
    }
    if !parts.is_empty() {
        let conversation = of_acting(builder, report, parts);
        open(builder, report, conversation);
    }
}

/// The conversation about a comment, before anything is looked at.
pub(super) fn about(builder: &DecisionBuilder<'_>, report: &Report, parts: Vec<ReplyPart>) -> Conversation {
    let comment = &report.comment;
    let place = Place::Discussion {
        id: comment.discussion.clone(),
        under: comment.anchor.clone(),
    };
    Conversation {
        comment: Some(comment.id.clone()),
        author: Some(comment.author.clone()),
        name: comment.author_name.clone(),
        language: language(builder, report),
        ..conversation::new(builder, comment.id.as_str().to_owned(), place, parts)
    }
}

/// As [`about`], of somebody who may act: Done and the schedule may move on it.
pub(super) fn of_acting(builder: &DecisionBuilder<'_>, report: Acting<'_>, parts: Vec<ReplyPart>) -> Conversation {
    Conversation {
        may_finish: report.may_finish(),
        ..about(builder, &report, parts)
    }
}

/// Opens a conversation: its looks are wanted, its reply follows them.
pub(super) fn open(builder: &mut DecisionBuilder<'_>, report: Acting<'_>, mut conversation: Conversation) {
    let request = looks::request(builder, &conversation.parts);
    let asks = !request.checks.is_empty() || request.probes.is_some();
    if asks && !looks::within_limits(builder, &report.comment.author) {
        conversation.parts.retain(|part| *part != ReplyPart::Limited);
        conversation.parts.push(ReplyPart::Limited);
    } else if asks {
        conversation.awaiting = request.checks.into_iter().collect();
        if let Some(variables) = request.probes {
            let effect = Effect::ProbeKeys {
                variables: variables.into_iter().collect(),
            };
            let probe = builder.want_now(Some(&report.comment.id), effect);
            conversation.effects.push(probe);
        }
    }
    limits::apply(builder, &mut conversation, report.authority);
    if conversation.silent {
        // What was not asked is not answered.
        let asked = &report.comment.id;
        builder.state.questions.retain(|question| question.comment != *asked);
    }
    builder.state.conversations.push(conversation);
    conversation::advance(builder);
}

fn language(builder: &DecisionBuilder<'_>, report: &Report) -> String {
    let spoken = builder
        .playbook
        .language
        .clone()
        .or_else(|| report.reading.language.clone());
    spoken
        .filter(|language| language == "nl")
        .unwrap_or_else(|| "en".to_owned())
}

/// What a reply to this comment has to speak of. Takes claims, blockers and corrections into the state on the way.
pub(super) fn parts(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) -> Vec<ReplyPart> {
    let heard = questions::heard(builder, report);
    let Admitted::Acting(sure) = admit(&heard.report) else {
        return heard.parts;
    };
    let mut parts = reported(builder, sure, heard.confirmed);
    parts.extend(heard.parts);
    questions::remember(builder, sure, &parts);
    parts
}

/// As [`parts`], of what is sure.
fn reported(builder: &mut DecisionBuilder<'_>, report: Acting<'_>, confirmed: bool) -> Vec<ReplyPart> {
    let mut parts = Vec::new();
    parts.extend(report.cut.map(|chars| ReplyPart::Cut { chars }));
    posted_keys(builder, report, &mut parts);
    if !matches!(report.reading.primary(), Label::Question | Label::Chatter) {
        builder.begin_cycle(Some(&report.comment.id));
    }
    parts.extend(corrections::report(builder, report, confirmed));
    parts.extend(blockers::report(builder, report));
    completions(builder, report, confirmed, &mut parts);
    key_reports(&report, &mut parts);
    progress(builder, report, &mut parts);
    parts.extend(question(builder, &report));
    parts
}

/// Takes the keys in a comment into the state; tells of them.
pub(super) fn posted_keys(builder: &mut DecisionBuilder<'_>, report: Acting<'_>, parts: &mut Vec<ReplyPart>) {
    if report.findings.is_empty() {
        return;
    }
    let found = exposed_keys::found_keys(&builder.playbook.names, &report.findings);
    builder.note(Some(&report.comment.id), "key_posted", &found);
    let (keys, told) = exposed_keys::told(builder, report);
    let exposed = exposed_keys::exposed_variables(&builder.playbook.names, &told);
    if !exposed.is_empty() {
        builder.begin_cycle(Some(&report.comment.id));
    }
    exposed_keys::mark(builder, Some(&report.comment.id), &exposed);
    if keys.is_empty() {
        return;
    }
    let language = language(builder, &report);
    builder.state.posted.push(Posted {
        comment: report.comment.id.clone(),
        labels: keys.iter().filter_map(|key| key.label.clone()).collect(),
        exposed,
        language,
        name: report.comment.author_name.clone(),
        answered_in: None,
    });
    parts.push(ReplyPart::Posted { keys });
}

fn completions(builder: &mut DecisionBuilder<'_>, report: Acting<'_>, confirmed: bool, parts: &mut Vec<ReplyPart>) {
    if report.clauses(Label::Completion).is_empty() {
        return;
    }
    let reading = &report.reading;
    let blocked = report.steps(Label::Blocker);
    let whole = reading.all_done && report.clauses(Label::Blocker).is_empty();
    let mut steps = report.steps(Label::Completion);
    if steps.is_empty() && !whole {
        steps.extend(report.on_step);
    }
    steps.retain(|step| !blocked.contains(step));
    let open = if whole && !confirmed {
        questions::unreported(builder, &steps)
    } else {
        None
    };
    let claim = Claim {
        comment: report.comment.id.clone(),
        author: report.comment.author.clone(),
        at: builder.now,
    };
    let claimed: Vec<u8> = if whole && open.is_none() {
        builder.state.guide.steps.iter().map(|step| step.number).collect()
    } else {
        steps.iter().copied().collect()
    };
    for number in &claimed {
        let step = builder.state.steps.entry(*number).or_default();
        step.started = true;
        step.claim.get_or_insert_with(|| claim.clone());
        claimed_again(builder, *number);
    }
    let asks = open.is_some();
    if let Some(open) = open {
        builder.state.said_finished = report.may_finish().then_some(claim);
        parts.extend(questions::ask(builder, report, open));
    } else if whole {
        builder.state.finished = Some(claim);
        builder.state.said_finished = None;
    }
    questions::complete(builder);
    let whole = whole && !asks;
    builder.state.minutes_spent = reading.duration_minutes.or(builder.state.minutes_spent);
    blockers::clear(builder, |blocker| {
        whole || blocker.step.is_some_and(|step| claimed.contains(&step))
    });
    if steps.is_empty() && asks {
        return;
    }
    if steps.is_empty() && !whole {
        // "Done" alone is looked at where we are; it claims nothing for a page that no check can see.
        steps.extend(looks::current_step(builder).filter(|step| !builder.checks_of_step(*step).is_empty()));
    }
    parts.push(ReplyPart::Claim {
        steps: steps.into_iter().collect(),
        whole,
        // The time was told with what is confirmed.
        minutes: reading
            .duration_minutes
            .or(builder.state.minutes_spent.filter(|_| confirmed)),
        planned: reading.expected_duration_minutes,
    });
}

/// A box that a person unticked may be ticked again, now that its step is claimed.
fn claimed_again(builder: &mut DecisionBuilder<'_>, step: u8) {
    let step = builder.description().and_then(|page| page.step(step));
    for criterion in step.map(|step| step.criteria.clone()).unwrap_or_default() {
        let on_page = builder.page_box(criterion);
        if let Some(state) = builder.state.boxes.get_mut(&on_page) {
            state.unticked_by_person = false;
        }
    }
}

fn key_reports(report: &Report, parts: &mut Vec<ReplyPart>) {
    if !report.clauses(Label::KeyReport).is_empty() {
        parts.push(ReplyPart::Keys {
            variables: report.reading.keys.clone(),
        });
    }
}

fn progress(builder: &mut DecisionBuilder<'_>, report: Acting<'_>, parts: &mut Vec<ReplyPart>) {
    let clauses = report.clauses(Label::Progress);
    if clauses.is_empty() {
        return;
    }
    let mut steps = report.steps(Label::Progress);
    if steps.is_empty() {
        steps.extend(report.on_step);
    }
    for number in &steps {
        builder.state.steps.entry(*number).or_default().started = true;
    }
    let hedged = clauses.iter().any(|clause| clause.certainty == Certainty::Hedged);
    let freed = clauses.iter().any(|clause| clause.resolves());
    // Whoever works on the step again is no longer stopped by what they reported there.
    let cleared = blockers::clear(builder, |blocker| {
        let own = blocker.author == report.comment.author;
        let on_step = blocker.step.is_some_and(|step| steps.contains(&step));
        on_step && (freed || own && !hedged) || freed && own && steps.is_empty()
    });
    // That a piece of a key was told of adds its line and takes nothing else away: what follows is as after a wrong guess.
    let says_more = parts.iter().any(|part| !part.tells_of_pieces_alone());
    if says_more || !builder.playbook.say_progress {
        return;
    }
    // A hedge is looked at in full, mere progress where that costs nothing.
    let looked = steps.iter().any(|step| {
        let checks = if hedged {
            builder.checks_of_step(*step)
        } else {
            looks::local_checks(builder, *step)
        };
        !checks.is_empty()
    });
    let steps = steps.into_iter().collect();
    parts.push(ReplyPart::Progress {
        steps,
        hedged,
        looked,
        cleared,
    });
}

/// What is asked of us, if anything is.
pub(super) fn question(builder: &DecisionBuilder<'_>, report: &Report) -> Option<ReplyPart> {
    let clauses = report.clauses(Label::Question);
    // A question to somebody else asks nothing of us.
    if clauses.is_empty() || !report.reading.needs_reply {
        return None;
    }
    let step = clauses
        .iter()
        .find_map(|clause| clause.steps.first().copied())
        .or(report.on_step);
    let topic = builder.playbook.topics.find(report.heard.as_str());
    Some(ReplyPart::Question {
        topic: topic.unwrap_or("unknown").to_owned(),
        step,
    })
}
