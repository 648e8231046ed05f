//! One page and the bot on paper, for tests that compare what can be seen from outside: events go in, and every effect
//! comes out in words, in its order and at its time. What a comment holds of `.env` is the stage's own.
use crate::scenarios::agenda::Agenda;
use crate::scenarios::guide::{names, page};
use crate::scenarios::sheet::Sheet;
use crate::scenarios::world::{World, full_name};
use crate::scenarios::{looks, transcript::Transcript};
use crate::wire_comment::{ingest, wire_comment};
use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use keyminder::config::{self, Backlog};
use keyminder::domain::classify::Reading;
use keyminder::domain::comment::{Finding, RawText};
use keyminder::domain::decide::{Playbook, decide};
use keyminder::domain::effect::{Done, Effect, EffectId, NewEffect, Outcome};
use keyminder::domain::event::{Authority, Event, Gone, Report};
use keyminder::domain::ids::{BlockId, CommentId, DiscussionId, PageId};
use keyminder::domain::page::{Guide, Observed, PageState, PropertyNames};
use keyminder::domain::redact::{KnownValues, Patterns, Redactor, SharedRedactor};
use keyminder::intake::{Author, Ingest, PageFacts};
use keyminder::rotation::Project;
use keyminder::rotation::live_redactor::LiveRedactor;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What stages have in common: the page, and the project whose keys the looks see.
pub struct Scene {
    world: World,
    playbook: Playbook,
    guide: Guide,
    boxes: BTreeMap<BlockId, bool>,
    properties: PropertyNames,
}

/// Who acts, and what that person may do.
pub type Who = (&'static str, Authority);

/// A member of the workspace, who may do all.
pub const MEMBER: Who = ("ana", Authority::Full);
/// A guest of the page.
pub const GUEST: Who = ("gita", Authority::Guidance);

impl Scene {
    pub fn new() -> Self {
        Self::with(&[])
    }

    /// With these settings, as the environment gives them.
    pub fn with(own: &[(&str, &str)]) -> Self {
        let world = World::new();
        let transcript = Transcript::parse("").expect("an empty transcript");
        let mut environment = World::environment(&transcript);
        environment.extend(
            own.iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let settings = world.settings(environment);
        let playbook = config::playbook(&settings, names()).unwrap_or_else(|faults| panic!("{faults}"));
        let project = Arc::new(Project::open(&settings).expect("a project"));
        let redactor =
            LiveRedactor::new(project, Vec::new(), Vec::new(), Patterns::builtin()).expect("a `.env` that can be read");
        let (guide, boxes) = page(&transcript.page, &redactor.shared().current());
        Self {
            world,
            playbook,
            guide,
            boxes,
            properties: settings.properties,
        }
    }

    /// The page as it is at first, with these values in `.env`.
    pub fn stage(&self, env: &[(&str, &str)]) -> Stage<'_> {
        let env = env
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned().into()));
        let redactor = Redactor::new(Patterns::builtin(), KnownValues::from_env(env));
        let mut stage = Stage {
            scene: self,
            ingest: ingest(SharedRedactor::new(redactor), Backlog::Answer),
            sheet: Sheet::new(self.properties.clone()),
            boxes: self.boxes.clone(),
            state: PageState::default(),
            outbox: Vec::new(),
            comments: Vec::new(),
            replies: Vec::new(),
            seen: Vec::new(),
            now: Utc.with_ymd_and_hms(2026, 1, 5, 9, 0, 0).single().expect("a moment"),
        };
        stage.observe();
        stage.settle();
        stage
    }
}

/// A comment as the intake remembers it.
struct Said {
    id: CommentId,
    report: Report,
    hash: u64,
}

/// An effect as somebody outside could notice it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The comment that caused it.
    pub comment: Option<CommentId>,
    /// The name of its kind.
    pub kind: &'static str,
    /// All of it, in words, with the moment at which it was done.
    pub what: String,
}

/// The page, and the bot's mind of it.
pub struct Stage<'a> {
    scene: &'a Scene,
    ingest: Ingest,
    sheet: Sheet,
    boxes: BTreeMap<BlockId, bool>,
    /// What the bot holds of the page.
    pub state: PageState,
    outbox: Vec<NewEffect>,
    comments: Vec<Said>,
    replies: Vec<EffectId>,
    /// Everything that was done so far.
    pub seen: Vec<Seen>,
    now: DateTime<Utc>,
}

impl Stage<'_> {
    /// Somebody writes under the page; the number of the comment.
    pub fn post(&mut self, who: Who, text: &str) -> usize {
        let number = self.comments.len();
        let report = self.report(who, number, text);
        self.event(&Event::CommentPosted(Box::new(report)));
        self.settle();
        number
    }

    /// Somebody writes it in this thread; it reads as it does, or so.
    pub fn post_read(&mut self, who: Who, thread: &str, text: &str, reading: Option<Reading>) {
        let mut report = self.report(who, self.comments.len(), text);
        report.comment.discussion = DiscussionId::from_wire(thread);
        report.reading = reading.unwrap_or(report.reading);
        self.event(&Event::CommentPosted(Box::new(report)));
        self.settle();
    }

    /// Somebody wrote it long before the bot came: it is only taken into account.
    pub fn absorb(&mut self, who: Who, text: &str) {
        let mut report = self.report(who, self.comments.len(), text);
        report.absorbed = true;
        self.event(&Event::CommentPosted(Box::new(report)));
        self.settle();
    }

    /// Another bot's comment, of which only a whole key is heard.
    pub fn by_bot(&mut self, text: &str) {
        let report = self.report(("robo", Authority::Guidance), self.comments.len(), text);
        if report.findings.iter().any(Finding::is_whole_key) {
            self.event(&Event::KeyPostedByBot(Box::new(report)));
        }
        self.settle();
    }

    /// Many comments of one person are found at once.
    pub fn flood(&mut self, who: Who, texts: &[String]) {
        let mut reports = Vec::new();
        for text in texts {
            reports.push(self.report(who, self.comments.len(), text));
        }
        self.event(&Event::CommentsFlooded(reports));
        self.settle();
    }

    /// A comment is changed. As in the intake, a text that reads the same is no edit.
    pub fn edit(&mut self, who: Who, number: usize, text: &str) {
        let former = self.comments[number].report.reading.clone();
        let hash = self.comments[number].hash;
        let report = self.report(who, number, text);
        if self.comments[number].hash != hash {
            let id = report.comment.id.clone();
            let reply = EffectId::reply(&page_id(), id.as_str());
            let answered = self.replies.contains(&reply).then_some(id);
            self.event(&Event::CommentEdited {
                now: Box::new(report),
                former: Box::new(former),
                answered,
            });
        }
        self.settle();
    }

    /// A comment is deleted, or its thread resolved.
    pub fn gone(&mut self, number: usize, how: Gone) {
        let comment = self.comments[number].id.clone();
        self.event(&Event::CommentGone { comment, how });
        self.settle();
    }

    /// A comment that was gone is listed again, with what its author may do now.
    pub fn back(&mut self, number: usize, authority: Authority) {
        let mut report = self.comments[number].report.clone();
        report.authority = authority;
        self.event(&Event::CommentReturned(Box::new(report)));
        self.settle();
    }

    /// Somebody moves the Status by hand.
    pub fn set_status(&mut self, option: &str) {
        self.sheet.set(option);
        self.observe();
        self.settle();
    }

    /// From now on both have the same past, as the other one has it, and the later of their times.
    pub fn follow(&mut self, other: &mut Self) {
        let later = self.now.max(other.now);
        (self.now, other.now) = (later, later);
        self.state = other.state.clone();
        self.boxes.clone_from(&other.boxes);
        self.outbox.clone_from(&other.outbox);
        self.replies.clone_from(&other.replies);
    }

    /// Time goes by.
    pub fn later(&mut self, minutes: i64) {
        self.now += TimeDelta::minutes(minutes);
        self.event(&Event::ClockTicked);
        self.settle();
    }

    /// What was done since a moment that `seen.len()` named, without the replies.
    pub fn acts_since(&self, since: usize) -> Vec<Seen> {
        let acts = self.seen[since..].iter().filter(|seen| !seen.is_said());
        acts.cloned().collect()
    }

    /// Whether there is a comment with this number.
    pub fn comments(&self) -> usize {
        self.comments.len()
    }

    fn report(&mut self, who: Who, number: usize, text: &str) -> Report {
        let id = format!("comment-{number}");
        let comment = wire_comment(&id, "thread", None, who.0, self.now, text);
        let author = Author {
            name: Some(RawText::new(full_name(who.0))),
            authority: who.1,
        };
        let (redacted, hash) = self.ingest.redact(&comment);
        let facts = PageFacts {
            guide: &self.scene.guide,
            first_look: None,
        };
        let report = self.ingest.report(&comment, author, redacted, facts);
        let said = Said {
            id: report.comment.id.clone(),
            report: report.clone(),
            hash,
        };
        match self.comments.get_mut(number) {
            Some(known) => *known = said,
            None => self.comments.push(said),
        }
        report
    }

    /// The bot is started anew: it knows what its store kept.
    pub fn restart(&mut self) {
        let json = serde_json::to_value(&self.state).expect("a state is data");
        self.state = serde_json::from_value(json).expect("a state is read back");
    }

    fn event(&mut self, event: &Event) {
        let state = std::mem::take(&mut self.state);
        let decision = decide(&self.scene.playbook, &page_id(), state, event, self.now);
        self.state = decision.state;
        for wanted in decision.effects {
            let known = self.outbox.iter().any(|open| open.id == wanted.id) || self.replies.contains(&wanted.id);
            if !known {
                self.outbox.push(wanted);
            }
        }
    }

    fn settle(&mut self) {
        self.now += TimeDelta::seconds(1);
        for _ in 0..500 {
            let soon = self.now + TimeDelta::seconds(2);
            let due = |wanted: &NewEffect| wanted.not_before.is_none_or(|at| at <= soon);
            if let Some(at) = self.outbox.iter().position(due) {
                let wanted = self.outbox.remove(at);
                let outcome = Box::new(self.perform(&wanted));
                let effect = wanted.id;
                self.event(&Event::EffectFinished { effect, outcome });
            } else if self.state.conversations.iter().any(|open| !open.replied) {
                self.now += TimeDelta::seconds(3);
                self.event(&Event::ClockTicked);
            } else {
                return;
            }
        }
        panic!("the bot does not come to rest: {:?}", self.outbox);
    }

    fn perform(&mut self, wanted: &NewEffect) -> Outcome {
        self.seen.push(Seen {
            comment: wanted.comment.clone(),
            kind: wanted.effect.kind(),
            what: format!("{} {:?}", self.now.format("%T"), wanted.effect),
        });
        let cycle = self.state.cycle.clone();
        let world = &self.scene.world;
        let result = match &wanted.effect {
            Effect::PostReply { .. } => {
                self.replies.push(wanted.id.clone());
                let comment = CommentId::from_wire(&format!("reply-{}", self.replies.len()));
                Done::Replied { comment }
            }
            Effect::UpdateReply { reply, .. } if !self.replies.contains(reply) => {
                let why = "there is no reply that could be changed".to_owned();
                return Outcome::Moot { why };
            }
            Effect::CheckBox { block, checked } => {
                self.boxes.insert(block.clone(), *checked);
                Done::Changed
            }
            Effect::SetStatus { to } => self.sheet.write(*to),
            Effect::UpdateReply { .. }
            | Effect::SetProperty { .. }
            | Effect::MarkExposed { .. }
            | Effect::UnmarkExposed { .. }
            | Effect::MaskBlock { .. } => Done::Changed,
            Effect::WatchExposed { .. } => Done::Watched { keys: Vec::new() },
            Effect::BackUpEnv { .. } => Done::Seen {
                evidence: looks::backed_up(world, cycle.as_ref(), self.now),
            },
            Effect::ProbeKeys { variables } => Done::Probed {
                keys: looks::probed(world, variables, cycle.as_ref()),
            },
            effect @ (Effect::WriteSchedule { .. } | Effect::LookUpKeys { .. } | Effect::MoveRotation { .. }) => {
                Agenda::default().perform(world, effect).expect("an effect of dates")
            }
            Effect::GatherEvidence { check, cycle } => Done::Seen {
                evidence: looks::look(world, check, cycle, None, self.now),
            },
        };
        Outcome::Done { result }
    }

    /// Somebody writes these texts into blocks of the page, and the page is read.
    pub fn write_into_page(&mut self, texts: &[String]) {
        let redactor = self.ingest.redactor.current();
        let unfit = |text: &String| {
            let findings = redactor.redact_shown(&RawText::new(text.clone())).findings.into_iter();
            findings.filter(Finding::is_unfit_for_a_page).collect::<Vec<_>>()
        };
        let blocks = texts.iter().enumerate();
        let held = blocks.map(|(number, text)| (BlockId::from_wire(&format!("block-{number}")), unfit(text)));
        let held = held.filter(|(_, unfit)| !unfit.is_empty()).collect();
        self.read_page(held);
        self.settle();
    }

    fn observe(&mut self) {
        self.read_page(Vec::new());
    }

    fn read_page(&mut self, held: Vec<(BlockId, Vec<Finding>)>) {
        let observed = Observed {
            read_at: self.now + TimeDelta::milliseconds(1),
            guide: self.scene.guide.clone(),
            boxes: self.boxes.clone(),
            held: Some(held),
            ..self.sheet.observed()
        };
        self.event(&Event::PageRead(Box::new(observed)));
    }
}

impl Seen {
    /// Whether it is a reply, or an edit of one.
    pub fn is_said(&self) -> bool {
        matches!(self.kind, "post_reply" | "update_reply")
    }
}

fn page_id() -> PageId {
    PageId::from_wire("page")
}
