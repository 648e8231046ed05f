//! Depth 1: the bot on paper. The real redactor, classifier and `decide`; effects end as the world says, at once.
use super::agenda::Agenda;
use super::exposures::Exposures;
use super::guide::{names, page, page_id, shown_runs};
use super::looks;
use super::sheet::Sheet;
use super::transcript::{Act, Given, Transcript};
use super::view::View;
use super::world::{World, full_name};
use crate::wire_comment::{ingest, wire_comment};
use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use keyminder::config::{self, Backlog};
use keyminder::domain::classify::Reading;
use keyminder::domain::comment::RawText;
use keyminder::domain::decide::{Playbook, decide};
use keyminder::domain::effect::{Done, Effect, EffectId, NewEffect, Outcome, Property, Value};
use keyminder::domain::event::{Authority, Event, Gone, Report};
use keyminder::domain::ids::{BlockId, CommentId};
use keyminder::domain::page::{Guide, NextPage, Observed, PageState};
use keyminder::domain::redact::Patterns;
use keyminder::intake::{Author, PageFacts};
use keyminder::rotation::Project;
use keyminder::rotation::live_redactor::LiveRedactor;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What people wrote, as far as the intake would remember it.
struct Said {
    id: CommentId,
    who: String,
    step: Option<u8>,
    report: Report,
}

/// The bot on paper, and its page.
pub struct Paper {
    playbook: Playbook,
    redactor: LiveRedactor,
    /// Drives what only waits for files.
    runtime: tokio::runtime::Runtime,
    absorbs: bool,
    started: bool,
    away: Vec<Report>,
    state: PageState,
    outbox: Vec<NewEffect>,
    ever: BTreeSet<EffectId>,
    replies: BTreeMap<EffectId, usize>,
    said: Vec<Said>,
    guide: Guide,
    sheet: Sheet,
    quiet: bool,
    guests: Vec<String>,
    bots: Vec<String>,
    boxes: BTreeMap<BlockId, bool>,
    agenda: Agenda,
    exposed: Exposures,
    view: View,
    now: DateTime<Utc>,
}

impl Paper {
    pub fn new(world: &World, transcript: &Transcript) -> Self {
        let environment = World::environment(transcript);
        let absorbs = environment
            .get("KEYMINDER_POLL_BACKLOG")
            .is_none_or(|backlog| backlog == "absorb");
        let settings = world.settings(environment);
        let names = names();
        let project = Arc::new(Project::open(&settings).expect("a project"));
        let redactor = LiveRedactor::new(project, Vec::new(), names.identifiers.clone(), Patterns::builtin())
            .expect("a `.env` that can be read");
        let playbook = config::playbook(&settings, names).unwrap_or_else(|faults| panic!("{faults}"));
        let (guide, boxes) = page(&transcript.page, &redactor.shared().current());
        let mut paper = Self {
            playbook,
            redactor,
            runtime: tokio::runtime::Builder::new_current_thread()
                .build()
                .expect("a runtime"),
            absorbs,
            started: false,
            away: Vec::new(),
            state: PageState::default(),
            outbox: Vec::new(),
            ever: BTreeSet::new(),
            replies: BTreeMap::new(),
            said: Vec::new(),
            guide,
            sheet: Sheet::new(settings.properties.clone()),
            quiet: false,
            guests: vec!["gita".to_owned()],
            bots: Vec::new(),
            boxes,
            agenda: Agenda::default(),
            exposed: Exposures::default(),
            view: View::default(),
            now: Utc.with_ymd_and_hms(2026, 1, 5, 9, 0, 0).single().expect("a moment"),
        };
        paper.show();
        paper
    }

    pub fn given(&mut self, given: &Given) {
        match given {
            Given::StatusOptions(options) => self.sheet.offer(options),
            Given::StatusCalled(name) => self.sheet.call(name),
            Given::Unshared => self.sheet.unshare(),
            Given::Outside => self.sheet.leave(),
            Given::Somebody { who, kind } if kind == "guest" => self.guests.push(who.clone()),
            Given::Somebody { who, .. } => self.bots.push(who.clone()),
            Given::Date { provider, what, day } => self.agenda.given(provider, what, *day),
            other => self.exposed.given(other),
        }
        self.show();
    }

    pub fn start(&mut self, world: &World) {
        self.started = true;
        self.observe();
        let away = std::mem::take(&mut self.away);
        if away.len() > Event::FLOOD {
            self.event(&Event::CommentsFlooded(away));
        } else {
            for report in away {
                self.event(&Event::CommentPosted(Box::new(report)));
            }
        }
        if self.absorbs {
            self.event(&Event::BacklogAbsorbed);
        }
        self.settle(world);
    }

    pub fn later(&mut self, world: &World, minutes: i64) {
        self.now += TimeDelta::minutes(minutes);
        self.event(&Event::ClockTicked);
        self.settle(world);
    }

    /// What a person does; the reading of the comment, if one was written.
    pub fn act(&mut self, world: &World, who: &str, act: &Act) -> Option<Reading> {
        let mut reading = None;
        match act {
            Act::Say { hours_ago, step, text } => {
                if self.bots.iter().any(|bot| bot == who) {
                    return None;
                }
                let id = CommentId::from_wire(&format!("comment-{}", self.said.len() + 1));
                let report = self.report(who, &id, *step, &world.filled(text), *hours_ago);
                reading = Some(report.reading.clone());
                self.said.push(Said {
                    id: report.comment.id.clone(),
                    who: who.to_owned(),
                    step: *step,
                    report: report.clone(),
                });
                if self.started {
                    self.event(&Event::CommentPosted(Box::new(report)));
                } else {
                    self.away.push(report);
                }
            }
            Act::Edit { text } => {
                let at = self.last(who);
                let (id, step) = (self.said[at].id.clone(), self.said[at].step);
                let reply = EffectId::reply(&page_id(), id.as_str());
                let answered = self.ever.contains(&reply).then(|| id.clone());
                let report = self.report(who, &id, step, &world.filled(text), 0);
                reading = Some(report.reading.clone());
                let former = std::mem::replace(&mut self.said[at].report, report.clone()).reading;
                self.event(&Event::CommentEdited {
                    now: Box::new(report),
                    former: Box::new(former),
                    answered,
                });
            }
            Act::Delete => self.gone(who, Gone::Deleted),
            Act::Resolve => self.gone(who, Gone::Resolved),
            Act::Tick { number, ticked } => {
                let block = self.guide.criteria[usize::from(*number) - 1].block.clone();
                self.boxes.insert(block, *ticked);
                self.observe();
            }
            Act::SetStatus(status) => {
                self.sheet.set(status);
                self.observe();
            }
            Act::Return => {
                let report = self.said[self.last(who)].report.clone();
                self.event(&Event::CommentReturned(Box::new(report)));
            }
            Act::Rename(title) => {
                let title = self
                    .redactor
                    .shared()
                    .current()
                    .redact(&RawText::new(title.clone()))
                    .text;
                self.guide.id = Guide::parse(&title, "", &[]).id;
                title.as_str().clone_into(&mut self.guide.title);
                self.observe();
            }
            Act::Quiet(quiet) => {
                self.quiet = *quiet;
                self.observe();
            }
        }
        self.settle(world);
        reading
    }

    /// Before that, comments lie unread.
    pub fn has_started(&self) -> bool {
        self.started
    }

    pub fn view(&self) -> View {
        self.view.clone()
    }

    /// What must not be at the end: replies that nobody sent, comments that nobody looked at.
    pub fn left(&self) -> Vec<String> {
        let waiting = self
            .outbox
            .iter()
            .filter(|wanted| !matches!(wanted.effect, Effect::GatherEvidence { .. }));
        let waiting = waiting.map(|wanted| format!("{} is left in the outbox", wanted.effect.kind()));
        let open = self.state.conversations.iter().filter(|open| !open.replied);
        waiting
            .chain(open.map(|open| format!("{} is open", open.subject)))
            .collect()
    }

    fn last(&self, who: &str) -> usize {
        self.said
            .iter()
            .rposition(|said| said.who == who)
            .expect("a comment of that person")
    }

    fn gone(&mut self, who: &str, how: Gone) {
        let comment = self.said[self.last(who)].id.clone();
        self.event(&Event::CommentGone { comment, how });
    }

    fn report(&self, who: &str, id: &CommentId, step: Option<u8>, text: &str, hours_ago: i64) -> Report {
        let block = step.and_then(|number| self.guide.step(number)?.blocks.first());
        let guest = self.guests.iter().any(|guest| guest == who);
        let thread = format!("thread-{}", step.unwrap_or_default());
        let posted_at = self.now - TimeDelta::hours(hours_ago);
        let comment = wire_comment(id.as_str(), &thread, block, who, posted_at, text);
        let author = Author {
            name: Some(RawText::new(full_name(who))),
            authority: if guest { Authority::Guidance } else { Authority::Full },
        };
        let backlog = if self.absorbs { Backlog::Absorb } else { Backlog::Answer };
        self.runtime.block_on(self.redactor.current());
        let ingest = ingest(self.redactor.shared().clone(), backlog);
        let facts = PageFacts {
            guide: &self.guide,
            first_look: (!self.started).then_some(self.now),
        };
        let (redacted, _) = ingest.redact(&comment);
        ingest.report(&comment, author, redacted, facts)
    }

    fn event(&mut self, event: &Event) {
        let state = std::mem::take(&mut self.state);
        let decision = decide(&self.playbook, &page_id(), state, event, self.now);
        // The state survives a restart at any moment, so it is read back each time.
        let json = serde_json::to_value(&decision.state).expect("a state is data");
        self.state = serde_json::from_value(json).expect("a state is read back");
        for wanted in decision.effects {
            if self.ever.insert(wanted.id.clone()) {
                self.outbox.push(wanted);
            }
        }
    }

    /// Does what is due until nothing is; whoever waits for a look hears so after a while.
    fn settle(&mut self, world: &World) {
        self.now += TimeDelta::seconds(1);
        for _ in 0..1000 {
            if let Some(at) = self.outbox.iter().position(|wanted| self.is_due(wanted)) {
                let wanted = self.outbox.remove(at);
                let outcome = Box::new(self.perform(world, &wanted));
                self.event(&Event::EffectFinished {
                    effect: wanted.id,
                    outcome,
                });
            } else if self.state.conversations.iter().any(|open| !open.replied) {
                self.now += TimeDelta::seconds(3);
                self.event(&Event::ClockTicked);
            } else {
                self.show();
                return;
            }
        }
        panic!("the bot does not come to rest: {:?}", self.outbox);
    }

    fn is_due(&self, wanted: &NewEffect) -> bool {
        let waits = wanted
            .after
            .as_ref()
            .is_some_and(|after| self.outbox.iter().any(|open| open.id == *after));
        !(waits || self.exposed.is_held(wanted))
            && wanted
                .not_before
                .is_none_or(|at| at <= self.now + TimeDelta::seconds(2))
    }

    fn perform(&mut self, world: &World, wanted: &NewEffect) -> Outcome {
        let result = match &wanted.effect {
            Effect::PostReply { runs, .. } => {
                let id = format!("reply-{}", self.view.said.len() + 1);
                self.replies.insert(wanted.id.clone(), self.view.said.len());
                self.view.said.push((id.clone(), shown_runs(runs)));
                Done::Replied {
                    comment: CommentId::from_wire(&id),
                }
            }
            Effect::UpdateReply { reply, runs, .. } => {
                let Some(at) = self.replies.get(reply) else {
                    return Outcome::Moot {
                        why: "there is no reply that could be changed".to_owned(),
                    };
                };
                self.view.said[*at].1 = shown_runs(runs);
                Done::Changed
            }
            Effect::CheckBox { block, checked } => {
                self.boxes.insert(block.clone(), *checked);
                Done::Changed
            }
            Effect::SetStatus { to } => self.sheet.write(*to),
            Effect::SetProperty {
                property: Property::Progress,
                value: Value::Percent(percent),
            } => {
                self.view.progress = Some(*percent);
                Done::Changed
            }
            Effect::SetProperty {
                property: Property::NextRotation,
                value: Value::Date(date),
            } => {
                self.view.next_rotation = Some(date.clone());
                Done::Changed
            }
            Effect::SetProperty { .. } | Effect::MaskBlock { .. } => Done::Changed,
            Effect::MarkExposed { .. } | Effect::UnmarkExposed { .. } | Effect::WatchExposed { .. } => {
                self.exposed.perform(world, &wanted.effect, self.now)
            }
            Effect::BackUpEnv { .. } => Done::Seen {
                evidence: looks::backed_up(world, self.state.cycle.as_ref(), self.now),
            },
            Effect::ProbeKeys { variables } => Done::Probed {
                keys: looks::probed(world, variables, self.state.cycle.as_ref()),
            },
            Effect::WriteSchedule { .. } | Effect::LookUpKeys { .. } | Effect::MoveRotation { .. } => {
                self.agenda.perform(world, &wanted.effect).expect("an effect of dates")
            }
            Effect::GatherEvidence { check, cycle } => Done::Seen {
                evidence: looks::look(world, check, cycle, self.agenda.finished, self.now),
            },
        };
        Outcome::Done { result }
    }

    /// The page is read, as the intake does it when it was edited.
    fn observe(&mut self) {
        let leads_on = self.guide.next_actions.iter().any(|id| id == "ACT_034_TRA");
        let next = (leads_on && self.sheet.is_shared()).then(|| NextPage {
            title: "ACT_034_TRA: Order Execution Engine".to_owned(),
            url: "https://www.notion.so/34".to_owned(),
        });
        let observed = Observed {
            read_at: self.now + TimeDelta::milliseconds(1),
            guide: self.guide.clone(),
            boxes: self.boxes.clone(),
            quiet: self.quiet,
            next_page: next,
            held: Some(Vec::new()),
            ..self.sheet.observed()
        };
        self.event(&Event::PageRead(Box::new(observed)));
    }

    fn show(&mut self) {
        self.view.status = self.sheet.shown();
        let ticked = |criterion: &keyminder::domain::page::Criterion| {
            (
                criterion.number,
                self.boxes.get(&criterion.block).copied().unwrap_or(false),
            )
        };
        self.view.boxes = self.guide.criteria.iter().map(ticked).collect();
    }
}
