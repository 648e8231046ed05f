//! A leak that was told and was none: "false alarm, the Stripe key was not leaked", or "undo" right after it. Who takes back what they
//! reported takes back that alone: a key stays exposed as long as another report stands on it. What stood in a comment, or in the
//! page, stays exposed whatever is said of it.
use super::acting::Acting;
use super::builder::DecisionBuilder;
use super::leak_marks::DeniedKeys;
use super::short_answer::{self, ShortAnswer};
use super::{corrections, exposed_keys, heard, leak_marks, reply_clocks, take_backs};
use crate::classify::Label;
use crate::comment::Anchor;
use crate::effect::{Effect, Place};
use crate::event::Report;
use crate::ids::CommentId;
use crate::leaks::LeakedKeys;
use crate::page::{Conversation, FalseAlarm, MarkedKeys, ReplyPart, StandingMark, UnmarkedKeys, WhyExposed};
use std::collections::BTreeSet;

/// False alarms that are remembered.
const KEPT: usize = 20;

/// What a comment takes back of what was marked; the part of the reply that tells of it.
pub(super) fn report(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) -> Option<ReplyPart> {
    if report.absorbed {
        return None;
    }
    let denial = report.no_leak.as_ref();
    let denial = denial.and_then(|denial| Some((denial.keys.as_ref()?, denial)));
    match (denial, &report.leak) {
        (Some((keys, denial)), None) => denied(builder, &report, (keys, &denial.former), denial.takes_back),
        (Some((LeakedKeys::Named(names), denial)), Some(leak)) => {
            // One is denied, and another told.
            let told = |name: &&String| matches!(&leak.keys, LeakedKeys::Named(told) if !told.contains(name));
            let names: Vec<String> = names.iter().filter(told).cloned().collect();
            let former = denial.former.iter().filter(|name| !leak.former.contains(name));
            let former: Vec<String> = former.cloned().collect();
            let is_else = !names.is_empty() || !former.is_empty();
            let keys = LeakedKeys::Named(names);
            is_else.then(|| denied(builder, &report, (&keys, &former), denial.takes_back))?
        }
        (_, Some(_)) => None,
        (None, None) => undone(builder, report),
    }
}

/// A comment says that these keys did not leak.
fn denied(
    builder: &mut DecisionBuilder<'_>,
    report: &Report,
    (keys, former): (&LeakedKeys, &[String]),
    takes_back: bool,
) -> Option<ReplyPart> {
    let marked = builder.state.marked.iter();
    let (denied, mut only): (Vec<&MarkedKeys>, _) = match keys {
        LeakedKeys::Named(names) => {
            let meant = denied_by_name(builder, names, former);
            let is_marked = |mark: &&MarkedKeys| meant.are_in(mark) || mark.holds(|name| meant.present.contains(name));
            (marked.filter(is_marked).collect(), Some(meant))
        }
        LeakedKeys::All => {
            // That `.env` was not public says nothing of a key that is marked by its name.
            let of_all = |mark: &&MarkedKeys| mark.all || !builder.state.marked.iter().any(|mark| mark.all);
            (marked.filter(of_all).collect(), None)
        }
        LeakedKeys::Unnamed => {
            let is_before = |mark: &&MarkedKeys| take_backs::is_last_said(builder, report, &mark.comment);
            let own = |mark: &&MarkedKeys| is_own(mark, report);
            // One's own in this thread, else what was said right before, else one's own newest, else the newest.
            let here = marked
                .clone()
                .filter(own)
                .rfind(|mark| is_in_thread(builder, mark, report));
            let newest = || marked.clone().rfind(own).or(marked.clone().last());
            let meant = here.filter(|_| takes_back).or(marked.clone().rfind(is_before));
            let meant = meant.or_else(|| newest().filter(|_| takes_back));
            (meant.into_iter().collect(), None)
        }
    };
    // One's own word; else that of the only one who said so.
    let own: Vec<&MarkedKeys> = denied.iter().filter(|mark| is_own(mark, report)).copied().collect();
    let of_one = denied.windows(2).all(|pair| pair[0].author == pair[1].author);
    let mut meant = if own.is_empty() && of_one { denied.clone() } else { own };
    // What is named as it is means the present value, where that was reported.
    if let Some(named) = &mut only {
        if !meant
            .iter()
            .any(|mark| mark.holds_present(|name| named.present.contains(name)))
        {
            named.former.extend(named.present.clone());
        }
        meant.retain(|mark| named.are_in(mark));
    }
    // Of several values the last one that was reported.
    let last = meant.last().copied();
    meant.retain(|mark| last.is_none_or(|last| !mark.is_of_another_value(last)));
    let comments: Vec<CommentId> = meant.iter().map(|mark| mark.comment.clone()).collect();
    if !comments.is_empty() {
        return take_back(builder, report, &comments, only.as_ref());
    }
    let named = only.unwrap_or_default();
    let stays = if denied.is_empty() {
        elsewhere(builder, named.present)
    } else {
        leak_marks::standing(builder, report, &named, *keys == LeakedKeys::All, &[])
    };
    told(UnmarkedKeys::default(), stays)
}

fn is_own(mark: &MarkedKeys, report: &Report) -> bool {
    mark.author
        .as_ref()
        .is_none_or(|author| *author == report.comment.author)
}

/// Whether the report that made a mark, and our reply to it, stand in the thread of this comment, or at the same block.
fn is_in_thread(builder: &DecisionBuilder<'_>, mark: &MarkedKeys, report: &Report) -> bool {
    let comment = &report.comment;
    let is_here = |place: &Place| match place {
        Place::Discussion { id, under } => {
            *id == comment.discussion || *under == comment.anchor && comment.anchor != Anchor::Page
        }
        Place::Page => false,
    };
    let told = builder.state.leaks.iter().map(|leak| &leak.conversation);
    let mut all = told.chain(&builder.state.conversations);
    all.any(|conversation| conversation.comment.as_ref() == Some(&mark.comment) && is_here(&conversation.place))
}

/// The keys that are denied to have leaked. What is said to be an old one now may have been reported as the present one.
fn denied_by_name(builder: &DecisionBuilder<'_>, names: &[String], former: &[String]) -> DeniedKeys {
    let (mut present, mut former) = (same_keys(builder, names), same_keys(builder, former));
    let mut marked = builder.state.marked.iter();
    if !marked.any(|mark| mark.holds_former(|name| former.contains(name))) {
        present.append(&mut former);
    }
    DeniedKeys { present, former }
}

fn told(back: UnmarkedKeys, stays: Vec<StandingMark>) -> Option<ReplyPart> {
    let tells = !back.is_empty() || !stays.is_empty();
    let UnmarkedKeys {
        variables, all, former, ..
    } = back;
    tells.then_some(ReplyPart::NotLeaked {
        variables,
        all,
        former,
        stays,
    })
}

/// Keys that are denied to have leaked count as exposed, and no comment that is remembered says so.
fn elsewhere(builder: &DecisionBuilder<'_>, names: BTreeSet<String>) -> Vec<StandingMark> {
    let exposed = |name: &String| {
        let cycle = builder.state.cycle.as_ref();
        cycle.is_some_and(|cycle| cycle.exposed.contains_key(name))
    };
    let stood = leak_marks::stood(builder);
    let (stood, other): (Vec<String>, Vec<String>) =
        names.into_iter().filter(exposed).partition(|name| stood.contains(name));
    let mark = |variables: Vec<String>, why: WhyExposed| StandingMark {
        variables,
        all: false,
        former: Vec::new(),
        why,
    };
    let mut stays = vec![mark(stood, WhyExposed::Stood), mark(other, WhyExposed::Elsewhere)];
    stays.retain(|mark| !mark.variables.is_empty());
    stays
}

/// "Undo", and the newest thing that was done for its author in the thread is a mark, or a false alarm: it is undone. "That was
/// wrong" may mean a mark of somebody else right before it.
fn undone(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) -> Option<ReplyPart> {
    if !corrections::takes_back(&report) || !report.steps(Label::Correction).is_empty() {
        return None;
    }
    let newest = heard::last_of_author(builder, &report).map(|last| last.comment.clone());
    let alarms = &builder.state.false_alarms;
    if let Some(at) = alarms.iter().position(|alarm| newest.as_ref() == Some(&alarm.comment)) {
        return marked_again(builder, &report, at);
    }
    let is_undo = short_answer::read(report.heard.as_str()) == Some(ShortAnswer::Undo);
    let mut marked = builder.state.marked.iter().rev();
    let last = marked.find(|mark| {
        let before = !is_undo && take_backs::is_last_said(builder, &report, &mark.comment);
        newest.as_ref() == Some(&mark.comment) || before
    })?;
    let comments = [last.comment.clone()];
    take_back(builder, &report, &comments, None)
}

/// A false alarm is undone: what it took back counts as exposed again.
fn marked_again(builder: &mut DecisionBuilder<'_>, report: &Report, at: usize) -> Option<ReplyPart> {
    let alarm = builder.state.false_alarms.remove(at);
    let marked = &mut builder.state.marked;
    marked.retain(|mark| !alarm.before.iter().any(|before| before.comment == mark.comment));
    marked.extend(alarm.before.iter().cloned());
    if alarm.back.is_empty() {
        // It had counted as exposed all the while.
        let names = DeniedKeys {
            present: alarm.before.iter().flat_map(|mark| mark.variables.clone()).collect(),
            former: alarm.before.iter().flat_map(|mark| mark.former.clone()).collect(),
        };
        let stays = leak_marks::standing(builder, report, &names, false, &[]);
        return told(alarm.back, stays);
    }
    let UnmarkedKeys {
        variables, all, former, ..
    } = alarm.back;
    builder.note(Some(&report.comment.id), "leak_told_again", (&variables, all));
    exposed_keys::mark(builder, Some(&report.comment.id), (&variables, all, &former));
    Some(ReplyPart::Leaked { variables, all, former })
}

/// These variables, and the others of the same providers.
fn same_keys(builder: &DecisionBuilder<'_>, names: &[String]) -> BTreeSet<String> {
    let known = builder.playbook.names.ids.keys();
    let is_meant = |name: &&String| names.iter().any(|meant| leak_marks::is_same(builder, meant, name));
    names.iter().cloned().chain(known.filter(is_meant).cloned()).collect()
}

/// Takes the marks of these comments back, or of these the keys that are named, as far as nothing else stands on them.
fn take_back(
    builder: &mut DecisionBuilder<'_>,
    report: &Report,
    comments: &[CommentId],
    named: Option<&DeniedKeys>,
) -> Option<ReplyPart> {
    let is_meant = |mark: &MarkedKeys| comments.contains(&mark.comment);
    let before: Vec<MarkedKeys> = builder
        .state
        .marked
        .iter()
        .filter(|mark| is_meant(mark))
        .cloned()
        .collect();
    let (mut back, mut all) = (DeniedKeys::default(), false);
    for mark in builder.state.marked.iter_mut().filter(|mark| is_meant(mark)) {
        if let Some(named) = named {
            let left = named.present.iter();
            let left: Vec<String> = left
                .filter(|name| mark.all && !mark.but.contains(name))
                .cloned()
                .collect();
            let present = mark.variables.extract_if(.., |name| named.present.contains(name));
            back.present.extend(present.chain(left.iter().cloned()));
            back.former
                .extend(mark.former.extract_if(.., |name| named.former.contains(name)));
            mark.but.extend(left);
        } else {
            all |= std::mem::take(&mut mark.all);
            back.present.extend(mark.variables.drain(..));
            back.former.extend(mark.former.drain(..));
        }
    }
    builder.state.marked.retain(|mark| !mark.is_empty());
    let stays = leak_marks::standing(builder, report, &back, all, &before);
    if all && stays.iter().any(|mark| mark.all) {
        // Another report of all stands, but for what was taken out of it.
        all = false;
        let others = builder.state.marked.iter().filter(|mark| mark.all);
        back.present.extend(others.flat_map(|mark| mark.but.clone()));
        let marked = &builder.state.marked;
        back.present
            .retain(|name| !marked.iter().any(|mark| mark.holds_present(|own| own == name)));
    }
    let but: Vec<String> = stays.iter().flat_map(|mark| mark.variables.clone()).collect();
    back.present.retain(|name| !but.contains(name));
    back.former
        .retain(|name| !stays.iter().any(|mark| mark.former.contains(name)));
    let alarm = FalseAlarm {
        comment: report.comment.id.clone(),
        at: builder.now,
        before,
        back: UnmarkedKeys {
            variables: back.present.into_iter().collect(),
            all,
            but,
            former: back.former.into_iter().collect(),
        },
    };
    unmark(builder, report, &alarm.back);
    let part = told(alarm.back.clone(), stays);
    let alarms = &mut builder.state.false_alarms;
    alarms.push(alarm);
    let surplus = alarms.len().saturating_sub(KEPT);
    alarms.drain(..surplus);
    part
}

/// Takes the marks out of the files, and out of the replies that tell of them.
fn unmark(builder: &mut DecisionBuilder<'_>, report: &Report, back: &UnmarkedKeys) {
    if back.is_empty() {
        return;
    }
    if let Some(cycle) = &mut builder.state.cycle {
        cycle.exposed.retain(|name, _| !back.has(name));
    }
    let by = Some(&report.comment.id);
    builder.note(by, "leak_taken_back", (&back.variables, back.all));
    let effect = Effect::UnmarkExposed {
        variables: back.variables.clone(),
        all: back.all,
        but: back.but.clone(),
        former: back.former.clone(),
    };
    let written = leak_marks::write(builder, by, effect);
    reply_clocks::stop(builder, back, &written);
}

/// The reply that tells of it waits until it is written.
pub(super) fn wait(builder: &DecisionBuilder<'_>, conversation: &mut Conversation) {
    let tells = |part: &ReplyPart| matches!(part, ReplyPart::NotLeaked { variables, all, former, .. } if *all || !variables.is_empty() || !former.is_empty());
    if conversation.parts.iter().any(tells) {
        conversation.effects.extend(builder.state.marking.clone());
    }
}
