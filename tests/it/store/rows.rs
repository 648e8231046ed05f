//! Rows of obviously invented comments and effects, for tests and benches.
use chrono::DateTime;
use keyminder::domain::classify::{Clause, Label, Reading};
use keyminder::domain::comment::{Anchor, Comment};
use keyminder::domain::effect::{Done, Effect, EffectId, Outcome, Place, Status};
use keyminder::domain::ids::{CommentId, DiscussionId, PageId, PersonId};
use keyminder::domain::reply::{Reference, Run};
use keyminder::store::{
    AuditRow, Claim, CommentRow, Commit, Leased, NewEffect, PageWrite, Presence, Settle, Settlement, Standing,
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
            posted_at: DateTime::from_timestamp_millis(NOW).expect("a moment within chrono's range"),
            text: serde_json::from_value(text).expect("a text is a clean text's JSON form"),
        },
        hash: number.wrapping_mul(0x9e37_79b9_7f4a_7c15),
        reading: Reading {
            labels: vec![Label::Completion],
            clauses: vec![Clause {
                label: Label::Completion,
                steps: vec![1],
                rules: vec!["completion.step".to_owned()],
                hash: number,
            }],
            steps: vec![1],
            rules: vec!["completion.step".to_owned()],
            needs_reply: true,
            ..Reading::default()
        },
        standing: Standing::Open,
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
pub fn of_project(page: &PageId, name: &str, project: &str) -> NewEffect {
    let effect = Effect::ProbeKeys { variables: Vec::new() };
    NewEffect {
        project: Some(project.to_owned()),
        ..new(page, EffectId::of(&[name]), effect)
    }
}

fn new(page: &PageId, id: EffectId, effect: Effect) -> NewEffect {
    NewEffect {
        id,
        page: page.clone(),
        comment: None,
        effect,
        project: None,
        after: None,
        not_before_ms: NOW,
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

/// A claim of up to `limit` effects at a moment.
pub fn claim(limit: usize, now_ms: i64) -> Claim {
    Claim {
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

/// A settlement of what was leased.
pub fn settle(leased: &Leased, how: Settlement) -> Settle {
    Settle {
        id: leased.id.clone(),
        epoch: leased.epoch,
        how,
        outcome: Outcome::Done { result: Done::Changed },
    }
}

/// A commit of one settlement.
pub fn settled(leased: &Leased, how: Settlement) -> Commit {
    Commit {
        at_ms: NOW,
        settled: vec![settle(leased, how)],
        ..Commit::default()
    }
}

/// UNKNOWN until then, and nothing new about the proof of absence.
pub fn unknown(not_before_ms: i64) -> Settlement {
    Settlement::Unknown {
        not_before_ms,
        absence_proven_from_ms: None,
    }
}

/// DONE with an id of our comment.
pub fn done(id: &str) -> Settlement {
    Settlement::Done {
        remote_id: Some(id.to_owned()),
    }
}
