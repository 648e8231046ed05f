//! Rows of obviously invented comments and effects, for tests and benches.
use chrono::{DateTime, Utc};
use keyminder::domain::classify::{Certainty, Clause, Label, Reading, Role};
use keyminder::domain::comment::{Anchor, Comment};
use keyminder::domain::effect::{Done, Effect, EffectId, NewEffect, Outcome, Place, Status};
use keyminder::domain::ids::{CommentId, DiscussionId, PageId, PersonId};
use keyminder::domain::reply::{Reference, Run};
use keyminder::store::{
    AnswerState, AuditRow, CommentRow, Commit, EffectRow, GivenUp, LeaseRequest, PageWrite, Presence, Settle,
};
use serde_json::json;

/// The moment at which every test begins, in milliseconds.
pub const NOW: i64 = 1_767_600_000_000;
/// How long a lease lasts here.
pub const LEASE: i64 = 30_000;
/// How long a call lasts here.
pub const CALL: i64 = 10_000;
/// How long a reply is left alone before it is read back.
pub const QUIET: i64 = 90_000;
/// The reason in every outcome that has one.
const WHY: &str = "Notion answered 503 to the request, and nobody knows whether the comment was made";

/// A page of its own for each number.
pub fn page(number: u64) -> PageId {
    PageId::from_wire(&format!("2f1c7a904b3d80e29a51c0ff{number:08x}"))
}

/// A comment's id: looks random, is always the same for a number.
pub fn comment_id(number: u64) -> CommentId {
    let mut random = fastrand::Rng::with_seed(number);
    CommentId::from_wire(&format!("{:032x}", random.u128(..)))
}

/// A comment of ordinary size.
pub fn comment(page: &PageId, number: u64) -> CommentRow {
    let text = json!(format!(
        "Step {} done, the backup is in place and was checked, took {number} min.",
        number % 5
    ));
    CommentRow {
        page: page.clone(),
        comment: Comment {
            id: comment_id(number),
            discussion: DiscussionId::from_wire("7d1c7a904b3d80e29a51c0ffee11aa02"),
            anchor: Anchor::Page,
            author: PersonId::from_wire("9a1c7a904b3d80e29a51c0ffee11aa03"),
            author_name: Some("Ana Example".to_owned()),
            posted_at: moment(NOW),
            text: serde_json::from_value(text).expect("a text is a clean text's JSON form"),
        },
        hash: number.wrapping_mul(0x9e37_79b9_7f4a_7c15),
        reading: Reading {
            labels: vec![Label::Completion],
            clauses: vec![Clause {
                label: Label::Completion,
                role: Role::Report,
                certainty: Certainty::Sure,
                steps: vec![1],
                boxes: Vec::new(),
                rules: vec!["completion.step".to_owned()],
                keys: Vec::new(),
                no_such_step: None,
                guessed: false,
                hash: number,
            }],
            steps: vec![1],
            rules: vec!["completion.step".to_owned()],
            needs_reply: true,
            ..Reading::default()
        },
        answer: AnswerState::Open,
        presence: Presence::Listed,
        answered_in: None,
    }
}

/// The reply to a comment.
pub fn reply(page: &PageId, number: u64) -> NewEffect {
    let comment = comment_id(number);
    let text = "Understood: step 1 is reported done. The backup was made and is whole. Next: step 2.";
    let run = Run {
        text: text.to_owned(),
        ..Run::default()
    };
    let effect = Effect::PostReply {
        comment: Some(comment.clone()),
        also: Vec::new(),
        place: Place::Discussion {
            id: DiscussionId::from_wire("7d1c7a904b3d80e29a51c0ffee11aa02"),
            under: Anchor::Page,
        },
        runs: vec![run],
        reference: Reference::of(&comment),
    };
    new(page, EffectId::reply(page, comment.as_str()), effect)
}

/// A property write.
pub fn status(page: &PageId, name: &str) -> NewEffect {
    new(
        page,
        EffectId::of(&[name]),
        Effect::SetStatus { to: Status::InProgress },
    )
}

/// An effect of a project.
pub fn of_project(page: &PageId, name: &str) -> NewEffect {
    new(page, EffectId::of(&[name]), Effect::ProbeKeys { variables: Vec::new() })
}

fn new(page: &PageId, id: EffectId, effect: Effect) -> NewEffect {
    NewEffect {
        id,
        page: page.clone(),
        comment: None,
        effect,
        after: None,
        not_before: Some(moment(NOW)),
    }
}

/// A commit of these effects.
pub fn effects(effects: Vec<NewEffect>) -> Commit {
    Commit {
        at_ms: NOW,
        effects,
        ..Commit::default()
    }
}

/// A commit as the pipeline makes one for a comment: row, reply, audit, and the page if its revision is given.
pub fn decision(page: &PageId, number: u64, revision: Option<u64>) -> Commit {
    Commit {
        at_ms: NOW,
        page: revision.map(|revision| PageWrite {
            page: page.clone(),
            revision,
            state: json!({ "seen": number }),
        }),
        comments: vec![comment(page, number)],
        effects: vec![reply(page, number)],
        audit: vec![audit(page, number, "decided")],
        ..Commit::default()
    }
}

/// A line of the audit.
pub fn audit(page: &PageId, number: u64, kind: &str) -> AuditRow {
    AuditRow {
        n: 0,
        at_ms: NOW,
        page: page.clone(),
        comment: Some(comment_id(number)),
        kind: kind.to_owned(),
        facts: json!({ "labels": ["completion"], "rules": ["completion.step"] }),
    }
}

/// A lease of up to `limit` effects at a moment.
pub fn lease(limit: usize, now_ms: i64) -> LeaseRequest {
    LeaseRequest {
        owner: "w1".to_owned(),
        project: None,
        limit,
        now_ms,
        lease_until_ms: now_ms + LEASE,
        call_until_ms: now_ms + CALL,
        per_page: usize::MAX,
        busy: Vec::new(),
        quiet_ms: QUIET,
    }
}

/// How an effect ends: the outcome, and what becomes of one that is given up.
pub type Ending = (Outcome, Option<GivenUp>);

/// A settlement of what was leased.
pub fn settle(leased: &EffectRow, (outcome, given_up): Ending) -> Settle {
    Settle {
        id: leased.id.clone(),
        epoch: leased.epoch,
        outcome,
        given_up,
    }
}

/// A commit of one settlement.
pub fn settled(leased: &EffectRow, how: Ending) -> Commit {
    Commit {
        at_ms: NOW,
        settled: vec![settle(leased, how)],
        ..Commit::default()
    }
}

/// READY again at that moment: certainly not sent.
pub fn ready(at_ms: i64) -> Ending {
    let (at, why) = (moment(at_ms), WHY.to_owned());
    (Outcome::Later { at, why }, None)
}

/// UNKNOWN until then, and nothing new about the proof of absence.
pub fn unknown(at_ms: i64) -> Ending {
    unknown_until_proven(at_ms, None)
}

/// UNKNOWN until then; a complete list proves absence from `proven_from_ms` on.
pub fn unknown_until_proven(at_ms: i64, proven_from_ms: Option<i64>) -> Ending {
    let outcome = Outcome::Unknown {
        at: moment(at_ms),
        proven_from: proven_from_ms.map(moment),
        why: WHY.to_owned(),
    };
    (outcome, None)
}

/// READY to be sent again: looked for, and not there.
pub fn absent() -> Ending {
    (Outcome::Absent { why: WHY.to_owned() }, None)
}

/// FAILED: refused for good.
pub fn failed() -> Ending {
    (Outcome::Refused { why: WHY.to_owned() }, None)
}

/// MOOT: no longer wanted.
pub fn moot() -> Ending {
    (Outcome::Moot { why: WHY.to_owned() }, None)
}

/// PARKED until then, its last send in doubt.
pub fn parked(not_before_ms: i64) -> Ending {
    (unknown(NOW).0, Some(GivenUp::Parked { not_before_ms }))
}

/// DONE with an id of our comment.
pub fn done(id: &str) -> Ending {
    let comment = CommentId::from_wire(id);
    let result = Done::Replied { comment };
    (Outcome::Done { result }, None)
}

/// DONE, and no comment was made.
pub fn done_without_id() -> Ending {
    (Outcome::Done { result: Done::Changed }, None)
}

fn moment(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).expect("a moment within chrono's range")
}
