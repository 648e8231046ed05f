//! A misreading that a person corrects: what their comment did is undone, and done for what they meant, where they say so.
use super::acting::Acting;
use super::builder::DecisionBuilder;
use super::named_people::Person;
use super::short_answer::{self, ShortAnswer};
use super::{blockers, claims, corrections, heard, questions, set_aside, take_backs, undo};
use crate::classify::{Ask, Clause, Role};
use crate::event::Report;
use crate::ids::CommentId;
use crate::page::{Aside, Asked, HeardComment, ReplyPart};
use serde_json::json;
use std::collections::BTreeSet;

/// What a comment mends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mends {
    /// Nothing that was read.
    Nothing,
    /// What its author said before in the thread.
    Earlier,
    /// What it says itself: "Step 3 done, sorry, I meant step 4".
    Itself,
}

fn mends(clause: &Clause) -> bool {
    clause.role.is_of_misreading()
}

/// What a comment mends, by its clauses.
pub(super) fn what(report: &Report) -> Mends {
    let clauses = &report.reading.clauses;
    let Some(at) = clauses.iter().position(mends) else {
        return Mends::Nothing;
    };
    // "You misread me, step 1 is not done" names what to take back.
    if corrections::names_open_work(report) {
        return Mends::Nothing;
    }
    let says_which = matches!(clauses[at].role, Role::Meant | Role::Instead);
    let of_itself = says_which && clauses[..at].iter().any(|clause| !clause.steps.is_empty());
    if of_itself { Mends::Itself } else { Mends::Earlier }
}

/// Mends what was made of the author's last comment in the thread; the parts of the reply that speak of it. A comment that mended
/// one and was changed mends the same one.
pub(super) fn earlier(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) -> Vec<ReplyPart> {
    if let Some(other) = heard::named(builder, &report) {
        return vec![unknown(Some(other))];
    }
    if !report.playing(Role::MeantByOther).is_empty() {
        let other = heard::last_of_others(builder, &report);
        return other.map(|other| unknown(other.name.clone())).into_iter().collect();
    }
    let own = heard::of(builder, &report.comment.id).filter(|own| own.mends.is_some());
    let last = own.or_else(|| heard::last_of_author(builder, &report)).cloned();
    let elliptic = report.playing(Role::Misread).is_empty() && report.playing(Role::Meant).is_empty();
    let last = last.filter(|last| !elliptic || is_instead(builder, &report, last));
    let Some(last) = last else {
        return if elliptic {
            which(builder, report)
        } else {
            vec![unknown(None)]
        };
    };
    // What stands for a comment that was misread is mended in its place.
    let original = last.mends.clone().unwrap_or_else(|| last.comment.clone());
    let parts = mended(builder, report, last, &original);
    heard::mends(builder, &report.comment.id, original);
    parts
}

/// Nothing is mended: it is not known what, or it is somebody else's.
pub(super) fn unknown(of: Option<String>) -> ReplyPart {
    ReplyPart::Misread {
        from: Vec::new(),
        to: Vec::new(),
        unticked: 0,
        known: false,
        asks: true,
        of,
    }
}

/// Whether "no, step 4" mends this comment: its author said it right before, or mended it with that one, and it was of other steps.
fn is_instead(builder: &DecisionBuilder<'_>, report: &Report, last: &HeardComment) -> bool {
    let from = heard::steps(builder, last);
    let is_own = last.comment == report.comment.id;
    (is_own || take_backs::is_last_said(builder, report, &last.comment)) && !meant(report).is_subset(&from)
}

/// "Oops, step 3", long after that was reported: asks whether it is taken back. A "no, step 3" answers somebody else.
fn which(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) -> Vec<ReplyPart> {
    if matches!(short_answer::read(report.heard.as_str()), Some(ShortAnswer::Instead(_))) {
        return Vec::new();
    }
    let mut steps = take_backs::own_steps(&builder.state, &report.comment.author);
    steps.retain(|step| meant(&report).contains(step));
    let asks = (!steps.is_empty()).then(|| questions::ask(builder, report, Asked::TakenBack { steps }));
    asks.flatten().into_iter().collect()
}

/// The steps that a comment says were meant.
fn meant(report: &Report) -> BTreeSet<u8> {
    let steps = |role: Role| Report::steps_of(report.playing(role));
    let meant = steps(Role::Meant);
    if meant.is_empty() { steps(Role::Instead) } else { meant }
}

/// Mends what was made of the comment itself.
pub(super) fn itself(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) -> Vec<ReplyPart> {
    match heard::of(builder, &report.comment.id).cloned() {
        Some(own) => mended(builder, report, own, &report.comment.id),
        None => Vec::new(),
    }
}

/// Undoes what was made of a comment, and does it for what was meant. `original`: the comment that was misread.
fn mended(
    builder: &mut DecisionBuilder<'_>,
    report: Acting<'_>,
    last: HeardComment,
    original: &CommentId,
) -> Vec<ReplyPart> {
    let to = meant(&report);
    let from = heard::steps(builder, &last);
    let facts = json!({ "said": report.comment.text, "by": report.comment.id, "meant": to });
    builder.note(Some(original), "misread", facts);
    let claimed = last.parts.iter().any(|part| matches!(part, ReplyPart::Claim { .. }));
    if claimed {
        // What was read rightly stands: its tick is not taken back to be made anew.
        let kept = from.intersection(&to).copied().collect();
        claims::take(builder, report, (&kept, &BTreeSet::new()), false);
    }
    let mut stopped = builder.state.blockers.iter();
    let stopped = stopped.find(|blocker| blocker.comment == last.comment);
    let of_whom = stopped.map(|blocker| (blocker.author.clone(), blocker.name.clone()));
    heard::forget(builder, &last.comment);
    let undone = undo::undo(builder, &last.comment);
    let mut parts = vec![ReplyPart::Misread {
        from: from.difference(&to).copied().collect(),
        to: to.iter().copied().collect(),
        unticked: undone.unticked,
        known: true,
        asks: report.reading.clauses.iter().all(mends),
        of: None,
    }];
    if !undone.claimed_again.is_empty() {
        // What was taken back by mistake is looked at anew.
        parts.push(ReplyPart::claim(undone.claimed_again.into_iter().collect()));
    }
    if to.is_empty() {
        // What was not said of these steps may have been meant of others: "I meant step 4" follows.
        heard::remember(builder, &report, &last.parts);
        return parts;
    }
    for part in last.parts {
        parts.push(again(builder, report, part, &to, of_whom.clone()));
    }
    parts.dedup();
    if claimed {
        heard::remember(builder, &report, &parts);
    } else {
        heard::remember(builder, &report, &heard::as_looks(&parts));
    }
    parts
}

/// Whether there is anything to look at in these steps.
fn can_see(builder: &DecisionBuilder<'_>, steps: &BTreeSet<u8>) -> bool {
    steps.iter().any(|step| !builder.checks_of_step(*step).is_empty())
}

/// The same, said of other steps; `of_whom`: who was stopped.
fn again(
    builder: &mut DecisionBuilder<'_>,
    report: Acting<'_>,
    part: ReplyPart,
    to: &BTreeSet<u8>,
    of_whom: Option<Person>,
) -> ReplyPart {
    let steps: Vec<u8> = to.iter().copied().collect();
    match part {
        ReplyPart::Claim { minutes, planned, .. } => {
            claims::take(builder, report, (to, &BTreeSet::new()), false);
            if let Some(minutes) = minutes {
                undo::spent(&mut builder.state, &report.comment.id, minutes);
            }
            ReplyPart::Claim {
                steps,
                boxes: Vec::new(),
                whole: false,
                minutes,
                planned,
            }
        }
        ReplyPart::Progress {
            hedged, looked, ahead, ..
        } => ReplyPart::Progress {
            steps,
            hedged,
            looked,
            cleared: false,
            ahead,
        },
        ReplyPart::Blocker { kind, .. } => {
            let author = || (report.comment.author.clone(), report.comment.author_name.clone());
            blockers::add(builder, report, kind, to, of_whom.unwrap_or_else(author))
        }
        ReplyPart::Correction { .. } => {
            let mut steps = to.clone();
            steps.retain(|step| report.may_take_back(corrections::claim_of(builder, *step)));
            corrections::withdraw(builder, report, &steps)
        }
        ReplyPart::SetAside { back, .. } => {
            let named = to.iter().copied().map(Aside::Step).collect();
            set_aside::put(builder, report, &named, back)
        }
        ReplyPart::Help { .. } => ReplyPart::Help {
            step: to.first().copied(),
        },
        // What was looked at is looked at elsewhere; nobody said that it is finished.
        ReplyPart::Question { topic, .. } if topic == Ask::Recheck.id() && can_see(builder, to) => {
            ReplyPart::claim(steps)
        }
        ReplyPart::Question { topic, .. } => ReplyPart::Question {
            topic,
            step: to.first().copied(),
        },
        other => other,
    }
}
