//! What a comment took along when it went comes back with it: blockers, an open conversation, a key that is watched.
use crate::wire_comment::{ingest, wire_comment};
use chrono::{DateTime, TimeDelta, Utc};
use keyminder::cli::ProjectArgs;
use keyminder::config::{self, Backlog, Settings};
use keyminder::domain::comment::RawText;
use keyminder::domain::decide::{Decision, Names, Playbook, decide};
use keyminder::domain::effect::{Effect, EffectId, Outcome, Status};
use keyminder::domain::event::{Authority, Event, Gone, Report};
use keyminder::domain::ids::{CommentId, PageId};
use keyminder::domain::page::{Guide, Observed, PageState, Step};
use keyminder::domain::redact::{KnownValues, Patterns, Redactor, SharedRedactor};
use keyminder::domain::reply::plain;
use keyminder::intake::{Author, PageFacts};
use std::collections::BTreeMap;

/// The pure middle of the bot, with one page.
struct Bot {
    playbook: Playbook,
    page: PageId,
    state: PageState,
    now: DateTime<Utc>,
    _folder: tempfile::TempDir,
}

impl Bot {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let place = ProjectArgs {
            project: Some(folder.path().to_owned()),
            config: None,
        };
        let settings = Settings::read(&place, BTreeMap::new()).expect("settings");
        let playbook = config::playbook(&settings, Names::default()).unwrap_or_else(|faults| panic!("{faults}"));
        let mut bot = Self {
            playbook,
            page: PageId::from_wire("page"),
            state: PageState::default(),
            now: DateTime::UNIX_EPOCH + TimeDelta::days(20_000),
            _folder: folder,
        };
        bot.event(&Event::PageRead(Box::new(observed(bot.now))));
        bot
    }

    fn event(&mut self, event: &Event) -> Decision {
        let state = std::mem::take(&mut self.state);
        self.now += TimeDelta::milliseconds(10);
        let mut decision = decide(&self.playbook, &self.page, state, event, self.now);
        // It survives a restart at any moment.
        let json = serde_json::to_value(&decision.state).expect("a state is data");
        self.state = serde_json::from_value(json).expect("a state is read back");
        decision
            .effects
            .retain(|wanted| !matches!(wanted.effect, Effect::SetStatus { .. }));
        decision
    }

    fn posts(&mut self, report: &Report) -> Decision {
        self.event(&Event::CommentPosted(Box::new(report.clone())))
    }

    fn goes(&mut self, report: &Report, how: Gone) -> Decision {
        let comment = report.comment.id.clone();
        self.event(&Event::CommentGone { comment, how })
    }

    fn returns(&mut self, report: &Report) -> Decision {
        self.event(&Event::CommentReturned(Box::new(report.clone())))
    }
}

/// A page of five steps and no description.
fn observed(now: DateTime<Utc>) -> Observed {
    let step = |number| Step {
        number,
        title: "Do it".to_owned(),
        ..Step::default()
    };
    let statuses = [Status::NotStarted, Status::InProgress, Status::Blocked, Status::Done];
    Observed {
        read_at: now,
        guide: Guide {
            steps: (1..=5).map(step).collect(),
            ..Guide::default()
        },
        status: Some(Status::NotStarted),
        shown: Some("NotStarted".to_owned()),
        statuses: statuses.map(|status| (status, format!("{status:?}"))).into(),
        ..Observed::default()
    }
}

fn report(id: &str, text: &str) -> Report {
    let comment = wire_comment(id, "thread", None, "ana", DateTime::UNIX_EPOCH, text);
    let author = Author {
        name: Some(RawText::new("Ana")),
        authority: Authority::Full,
    };
    let redactor = Redactor::new(Patterns::builtin(), KnownValues::default());
    let ingest = ingest(SharedRedactor::new(redactor), Backlog::Answer);
    let facts = PageFacts {
        guide: &Guide::default(),
        first_look: None,
    };
    let (redacted, _) = ingest.redact(&comment);
    ingest.report(&comment, author, redacted, facts)
}

fn replies(decision: &Decision) -> Vec<String> {
    let said = decision.effects.iter().filter_map(|wanted| match &wanted.effect {
        Effect::PostReply { runs, .. } | Effect::UpdateReply { runs, .. } => Some(plain(runs)),
        _ => None,
    });
    said.collect()
}

#[test]
fn a_blocker_comes_back_with_its_comment_and_with_it_blocked() {
    for how in [Gone::Resolved, Gone::Deleted] {
        let mut bot = Bot::new();
        let blocked = report("one", "Stuck on step 3, the module is missing");
        bot.posts(&blocked);
        let before = bot.state.blockers.clone();
        assert_eq!((before.len(), bot.state.status.wanted), (1, Some(Status::Blocked)));
        bot.goes(&blocked, how);
        assert_eq!(
            (bot.state.blockers.len(), bot.state.status.wanted),
            (0, Some(Status::InProgress))
        );
        let decision = bot.returns(&blocked);
        assert_eq!(
            (&bot.state.blockers, bot.state.status.wanted),
            (&before, Some(Status::Blocked))
        );
        assert_eq!(decision.revived, [EffectId::reply(&bot.page, "one")]);
        assert!(bot.state.absences.is_empty());
    }
}

#[test]
fn what_was_cleared_while_the_comment_was_away_stays_so() {
    let mut bot = Bot::new();
    let blocked = report("one", "Stuck on step 3, the module is missing");
    bot.posts(&blocked);
    bot.goes(&blocked, Gone::Resolved);
    bot.posts(&report("two", "Step 3 is done"));
    bot.returns(&blocked);
    assert!(bot.state.blockers.is_empty());
    assert_eq!(bot.state.status.wanted, Some(Status::InProgress));
}

#[test]
fn a_conversation_that_was_dropped_is_answered_after_all() {
    let mut bot = Bot::new();
    let asked = report("one", "The new key API_Groq is in .env, can you test all keys?");
    let decision = bot.posts(&asked);
    let probe = decision
        .effects
        .iter()
        .find(|wanted| wanted.effect.kind() == "probe_keys");
    let probe = probe.expect("the comment asks for a look").id.clone();
    assert!(replies(&decision).is_empty() && bot.state.conversations.len() == 1);
    bot.goes(&asked, Gone::Deleted);
    assert!(bot.state.conversations.is_empty());
    // What it waited for ends while it is away.
    let why = "no such provider".to_owned();
    bot.event(&Event::EffectFinished {
        effect: probe,
        outcome: Box::new(Outcome::Refused { why }),
    });
    let decision = bot.returns(&asked);
    assert_eq!(replies(&decision).len(), 1, "{:?}", decision.effects);
    assert!(bot.state.conversations.is_empty() && bot.state.absences.is_empty());
}

#[test]
fn a_comment_that_took_nothing_along_brings_nothing() {
    let mut bot = Bot::new();
    let chat = report("one", "Nice weather today");
    bot.posts(&chat);
    bot.goes(&chat, Gone::Deleted);
    let before = bot.state.clone();
    let decision = bot.returns(&chat);
    assert_eq!(bot.state, before);
    assert!(decision.effects.is_empty());
    assert_eq!(decision.revived, [EffectId::reply(&bot.page, "one")]);
}

#[test]
fn what_went_is_remembered_within_bounds() {
    let mut bot = Bot::new();
    for number in 0..250 {
        let blocked = report(&format!("comment {number}"), "Stuck on step 3, the module is missing");
        bot.posts(&blocked);
        bot.goes(&blocked, Gone::Deleted);
    }
    assert_eq!(bot.state.absences.len(), 200);
    assert_eq!(bot.state.absences[0].comment, CommentId::from_wire("comment 50"));
}

#[test]
fn a_state_of_an_earlier_version_is_read() {
    let old = r#"{"has_blocked": true, "status": {"wanted": "done", "known": "in_progress", "writing": null}}"#;
    let state: PageState = serde_json::from_str(old).expect("it is read");
    assert_eq!((state.status.wanted, state.next_retry_at()), (Some(Status::Done), None));
}
