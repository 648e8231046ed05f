//! A person wrote: what the comment claims, reports, asks, and what has to be looked at before it is answered.
use super::acting::{Acting, Admitted, admit};
use super::builder::DecisionBuilder;
use super::{
    blockers, claims, conversation, corrections, dates, denials, exposed_keys, false_alarms, freed, heard,
    key_questions, language, leak_clock, leak_marks, leak_reports, limits, looks, misread, page_asks, questions,
    reminders, requests, set_aside, take_backs,
};
use crate::classify::{Certainty, Clause, Label, Role};
use crate::effect::{Effect, Place};
use crate::event::Report;
use crate::leaks::LeakedKeys;
use crate::page::{Asked, Conversation, Posted, ReplyPart};

pub(super) fn apply(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) {
    if builder.state.quiet {
        return;
    }
    let parts = parts(builder, report);
    questions::spoken(builder, &report, &parts);
    if report.absorbed {
        builder.state.absorbed += 1;
        return;
    }
    reminders::spoken(builder, report);
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
        language: language::of_reply(builder, report),
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
    let asks = request.causes_much();
    let is_limited = asks && !looks::within_limits(builder, &report.comment.author);
    if is_limited {
        conversation.parts.retain(|part| *part != ReplyPart::Limited);
        conversation.parts.push(ReplyPart::Limited);
    } else if asks {
        leak_clock::look_when_due(builder, true);
        conversation
            .effects
            .extend(leak_clock::want_look(builder, &conversation));
        conversation.awaiting = request.checks.into_iter().collect();
        if let Some(variables) = request.probes {
            let effect = Effect::ProbeKeys {
                variables: variables.into_iter().collect(),
            };
            let probe = builder.want_now(Some(&report.comment.id), effect);
            conversation.effects.push(probe);
        }
    }
    // Schedule and record are read whatever else was caused lately.
    if let Some(variables) = request.dates {
        let holders = request.holders && !is_limited;
        let look_up = dates::look_up(builder, &report.comment.id, variables, holders);
        conversation.effects.push(look_up);
    }
    page_asks::back_up(builder, &mut conversation);
    dates::wait_for_the_way_back(builder, &mut conversation);
    false_alarms::wait(builder, &mut conversation);
    limits::apply(builder, &mut conversation, report.authority);
    if conversation.silent {
        // What was not asked is not answered.
        let asked = &report.comment.id;
        builder.state.questions.retain(|question| question.comment != *asked);
    }
    builder.state.conversations.push(conversation);
    conversation::advance(builder);
}

/// What a reply to this comment has to speak of. Takes claims, blockers and corrections into the state on the way.
pub(super) fn parts(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) -> Vec<ReplyPart> {
    let heard = questions::heard(builder, report);
    let mut parts = match admit(&heard.report) {
        Admitted::Acting(sure) => reported(builder, sure, heard.confirmed),
        Admitted::Guest(_) => Vec::new(),
    };
    parts.extend(heard.parts);
    take_backs::spoke(builder, &report);
    parts
}

/// As [`parts`], of what is sure.
fn reported(builder: &mut DecisionBuilder<'_>, report: Acting<'_>, confirmed: bool) -> Vec<ReplyPart> {
    let mut parts = Vec::new();
    parts.extend(report.cut.map(|chars| ReplyPart::Cut { chars }));
    posted_keys(builder, report, &mut parts);
    parts.extend(leak(builder, report));
    if reports_work(&report) {
        builder.begin_work(Some(&report.comment.id));
    }
    let mends = misread::what(&report);
    if mends == misread::Mends::Earlier {
        parts.extend(misread::earlier(builder, report));
    }
    let head = parts.len();
    said(builder, report, confirmed, &mut parts);
    if mends != misread::Mends::Earlier || parts.len() > head {
        let said = &parts[head..];
        if report.clauses(Label::Completion).is_empty() {
            heard::remember(builder, &report, &heard::as_looks(said));
        } else {
            heard::remember(builder, &report, said);
        }
    }
    if mends == misread::Mends::Itself {
        parts.truncate(head);
        parts.extend(misread::itself(builder, report));
    }
    parts
}

/// What a comment tells of a leak: the keys that it names are exposed, and which ones is asked where it names none.
fn leak(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) -> Vec<ReplyPart> {
    let Some(leak) = report.leak.as_ref().filter(|_| !report.absorbed) else {
        let asked = leak_reports::suspected(builder, &report);
        let asks = asked.and_then(|asked| questions::ask(builder, report, asked));
        return asks.into_iter().collect();
    };
    let (keys, among) = leak_reports::sure(builder, leak);
    let part = leak_reports::exposed(builder, &report, &keys, &leak.former);
    let is_asked = keys == LeakedKeys::Unnamed || !among.is_empty();
    let asks = is_asked
        .then(|| questions::ask(builder, report, Asked::Leaked { among }))
        .flatten();
    std::iter::once(part).chain(asks).collect()
}

/// Whether somebody works, as the comment says. A greeting, a slip, what is planned or still open, and what does not apply tell of
/// no work.
fn reports_work(report: &Report) -> bool {
    let tells = |clause: &Clause| match clause.label {
        Label::Completion | Label::KeyReport => true,
        Label::Progress => {
            let is_ahead = clause.role == Role::Plan || clause.role.is_open();
            let is_vague = clause.role == Role::Doubt && clause.steps.is_empty();
            !is_ahead && !is_vague && !clause.resolves() && clause.role != Role::SetAside
        }
        Label::Correction | Label::Blocker | Label::Question | Label::Chatter => false,
    };
    let tells = report.reading.clauses.iter().any(tells) && !freed::only_acknowledges(report.heard.as_str());
    tells || !report.obstacles().is_empty()
}

/// What a comment says of the work.
fn said(builder: &mut DecisionBuilder<'_>, report: Acting<'_>, confirmed: bool, parts: &mut Vec<ReplyPart>) {
    let back = false_alarms::report(builder, report).or_else(|| dates::taken_back(builder, report));
    parts.extend(match back {
        Some(back) => vec![back],
        None if corrections::takes_back(&report) => corrections::report(builder, report, confirmed),
        None => denials::report(builder, report),
    });
    parts.extend(blockers::report(builder, report));
    parts.extend(requests::help(builder, &report));
    parts.extend(claims::report(builder, report, confirmed));
    key_reports(builder, &report, parts);
    parts.extend(set_aside::report(builder, report));
    progress(builder, report, parts);
    requests::dispute(builder, report, parts);
    let asked = page_asks::asked(builder, report, parts);
    let is_bare = |part: &ReplyPart| matches!(part, ReplyPart::Progress { steps, hedged: false, cleared: false, .. } if steps.is_empty());
    if !asked.is_empty() {
        parts.retain(|part| !is_bare(part));
    }
    parts.extend(asked);
    parts.extend(key_questions::asked(builder, &report));
    parts.extend(dates::wished(builder, report));
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
    leak_marks::stand(builder, &exposed);
    exposed_keys::mark(builder, Some(&report.comment.id), (&exposed, false, &[]));
    if keys.is_empty() {
        return;
    }
    let language = language::of_reply(builder, &report);
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

fn key_reports(builder: &mut DecisionBuilder<'_>, report: &Report, parts: &mut Vec<ReplyPart>) {
    if !report.clauses(Label::KeyReport).is_empty() {
        set_aside::applies(&mut builder.state, &report.comment.id, &[], &report.reading.keys);
        parts.push(ReplyPart::Keys {
            variables: report.reading.keys.clone(),
        });
    }
}

fn progress(builder: &mut DecisionBuilder<'_>, report: Acting<'_>, parts: &mut Vec<ReplyPart>) {
    let mut clauses = report.clauses(Label::Progress);
    // That work goes on somehow, as nothing but the sound of a sentence tells, is worth no answer.
    clauses.retain(|clause| clause.role != Role::SetAside && !(clause.guessed && clause.is_weak()));
    if clauses.is_empty() {
        return;
    }
    let mut steps = Report::steps_of(clauses.iter().copied());
    if steps.is_empty() {
        steps.extend(report.on_step);
    }
    let hedged = clauses.iter().any(|clause| clause.certainty == Certainty::Hedged);
    let cleared = freed::report(builder, report, &clauses, &steps);
    // That a piece of a key was told of adds its line and takes nothing else away: what follows is as after a wrong guess.
    if !cleared && steps.is_empty() && freed::only_acknowledges(report.heard.as_str()) {
        return;
    }
    let says_more = parts.iter().any(|part| !part.tells_of_pieces_alone());
    // What is said to somebody by name, and of no step, is none of ours.
    let is_to_somebody = report.reading.to_somebody && steps.is_empty() && !cleared;
    if says_more || is_to_somebody || !builder.playbook.say_progress {
        return;
    }
    let is_ahead = |clause: &&Clause| clause.role == Role::Plan || clause.role.is_open();
    let ahead = clauses.iter().all(is_ahead);
    // A hedge is looked at in full, mere progress where that costs nothing; what is said to be open is not: "step 1 is not done"
    // ticks no box.
    let looked = !ahead
        && steps.iter().any(|step| {
            let checks = if hedged {
                builder.checks_of_step(*step)
            } else {
                looks::local_checks(builder, *step)
            };
            !checks.is_empty()
        });
    let steps: Vec<u8> = steps.into_iter().collect();
    if hedged && !looked && !steps.is_empty() {
        // The reply asks it in words of its own.
        let asked = Asked::Meaning {
            options: vec![Label::Completion],
            steps: steps.clone(),
            boxes: Vec::new(),
            whole: false,
            kind: None,
        };
        questions::ask(builder, report, asked);
    }
    parts.push(ReplyPart::Progress {
        steps,
        hedged,
        looked,
        cleared,
        ahead,
    });
}
