//! What is being decided about one event: the changed state, and what came of it so far.
use super::playbook::Playbook;
use super::progress::{self, StepCounts};
use crate::cycle::Cycle;
use crate::effect::{Effect, EffectId, NewEffect, Status};
use crate::evidence::Check;
use crate::ids::{BlockId, CommentId, PageId};
use crate::page::{PageDescription, PageState, Proof};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What follows from an event: the new state, what shall be done, what to remember for people.
#[derive(Debug)]
pub struct Decision {
    /// The state of the page after the event.
    pub state: PageState,
    /// What shall be done.
    pub effects: Vec<NewEffect>,
    /// What goes into the audit.
    pub notes: Vec<Note>,
    /// Effects that became moot and are wanted after all: the replies to a comment that is back.
    pub revived: Vec<EffectId>,
}

/// Something to remember for people: a line of the audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The comment that it is about, if it is about one.
    pub comment: Option<CommentId>,
    /// What kind of thing happened, as the audit names it.
    pub kind: &'static str,
    /// The facts, redacted.
    pub facts: Value,
}

/// Collects the decision about one event on one page; the state in it is changed in place.
pub(super) struct DecisionBuilder<'a> {
    pub(super) playbook: &'a Playbook,
    pub(super) page: &'a PageId,
    pub(super) state: PageState,
    pub(super) now: DateTime<Utc>,
    effects: Vec<NewEffect>,
    notes: Vec<Note>,
    pub(super) revived: Vec<EffectId>,
}

impl<'a> DecisionBuilder<'a> {
    pub(super) fn new(playbook: &'a Playbook, page: &'a PageId, state: PageState, now: DateTime<Utc>) -> Self {
        Self {
            playbook,
            page,
            state,
            now,
            effects: Vec::new(),
            notes: Vec::new(),
            revived: Vec::new(),
        }
    }

    /// The decision, when the event is dealt with.
    pub(super) fn build(self) -> Decision {
        Decision {
            state: self.state,
            effects: self.effects,
            notes: self.notes,
            revived: self.revived,
        }
    }

    /// What the project says about this page.
    pub(super) fn description(&self) -> Option<&'a PageDescription> {
        self.playbook.description(&self.state)
    }

    /// The id of the description that the page had, if it is there no longer.
    pub(super) fn lost_description(&self) -> Option<&str> {
        let id = self.state.described_as.as_deref()?;
        self.description().is_none().then_some(id)
    }

    /// How many steps are proven, claimed and there in all.
    pub(super) fn step_counts(&self) -> StepCounts {
        progress::step_counts(self.playbook, &self.state)
    }

    /// The boxes of the page that a step leads to.
    pub(super) fn boxes_of_step(&self, number: u8) -> BTreeSet<u8> {
        progress::boxes_of_step(&self.state, self.description(), number)
    }

    /// How much a step is worth.
    pub(super) fn step_proof(&self, number: u8) -> Proof {
        progress::step_proof(&self.state, self.description(), number)
    }

    /// Where a step stands, what was set aside among those that are claimed.
    pub(super) fn step_standing(&self, number: u8) -> Proof {
        progress::step_standing(&self.state, self.description(), number)
    }

    /// Whether everything that the page asks for is proven or, where no check can see it, claimed.
    pub(super) fn is_finished(&self) -> bool {
        progress::is_finished(&self.state, self.description())
    }

    /// Whether something that counts as finished is only claimed.
    pub(super) fn rests_on_a_word(&self) -> bool {
        let counts = self.step_counts();
        !self.has_checks() || counts.counted > counts.proven || self.state.boxes.values().any(|on_page| on_page.on_word)
    }

    /// The number on the page of the box that a criterion of the description means.
    pub(super) fn page_box(&self, criterion: u8) -> u8 {
        progress::page_box(&self.state, self.description(), criterion)
    }

    /// A key that no other effect of this page has.
    pub(super) fn new_id(&mut self, kind: &str) -> EffectId {
        self.state.counter += 1;
        EffectId::of(&[self.page.as_str(), kind, &self.state.counter.to_string()])
    }

    /// Wants an effect.
    pub(super) fn want(&mut self, wanted: NewEffect) {
        self.effects.push(wanted);
    }

    /// Wants an effect that can be repeated at will, now.
    pub(super) fn want_now(&mut self, comment: Option<&CommentId>, effect: Effect) -> EffectId {
        let id = self.new_id(effect.kind());
        let comment = comment.cloned();
        self.want(NewEffect {
            page: self.page.clone(),
            id: id.clone(),
            comment,
            effect,
            after: None,
            not_before: None,
        });
        id
    }

    /// Adds a line to the audit.
    pub(super) fn note(&mut self, comment: Option<&CommentId>, kind: &'static str, facts: impl Serialize) {
        let facts = serde_json::to_value(facts).unwrap_or_default();
        self.notes.push(Note {
            comment: comment.cloned(),
            kind,
            facts,
        });
    }

    /// The work begins with the first of: Status In Progress, the first report of work, a box that a person ticks. Status moves.
    pub(super) fn begin_work(&mut self, comment: Option<&CommentId>) {
        let status = &self.state.status;
        // What an earlier comment moved it to stands, although the page does not show it yet.
        let moved = status.wanted.is_some_and(|wanted| wanted != Status::NotStarted);
        let nothing_shown = self.state.shown.as_deref() == Some("");
        if (status.known == Some(Status::NotStarted) || nothing_shown) && !moved {
            self.move_status(Status::InProgress);
        }
        self.begin_cycle(comment);
    }

    /// The first cycle begins with the work, or with the first look or exposed key before it. Where keys are
    /// looked at, a backup is made at once; looks wait for it.
    pub(super) fn begin_cycle(&mut self, comment: Option<&CommentId>) {
        if self.state.cycle.is_none() && self.has_checks() {
            self.open_cycle(1, comment);
        }
    }

    /// The next cycle begins; where keys are looked at, with a backup that remembers what they were then.
    pub(super) fn open_cycle(&mut self, number: u32, comment: Option<&CommentId>) {
        self.state.cycle = Some(Cycle {
            number,
            began_at: self.now,
            key: String::new(),
            fingerprints: BTreeMap::new(),
            exposed: BTreeMap::new(),
        });
        if !self.has_checks_of_keys() {
            return;
        }
        let effect = Effect::BackUpEnv {
            at: self.now,
            reason: format!("cycle {number} began"),
            cycle: number,
            asked: false,
        };
        self.state.beginning = Some(self.want_now(comment, effect));
    }

    /// Whether any check can see something of this page.
    pub(super) fn has_checks(&self) -> bool {
        self.description().is_some_and(|page| page.checks().next().is_some())
    }

    /// Whether any check of this page looks at keys.
    pub(super) fn has_checks_of_keys(&self) -> bool {
        self.description()
            .is_some_and(|page| page.checks().any(Check::is_of_keys))
    }

    /// Where the Status property should stand; it is written as soon as the page can say so.
    pub(super) fn move_status(&mut self, to: Status) {
        self.state.status.wanted = Some(to);
        self.state.status_by_person = false;
    }

    /// Status follows the work: Blocked while somebody is stopped, else Done where all is finished. Where a person moved it, it
    /// stands.
    pub(super) fn follow_the_work(&mut self) {
        if self.state.status_by_person {
            return;
        }
        if self.state.blockers.is_empty() && self.is_finished() {
            self.move_status(Status::Done);
        } else {
            self.go_on();
        }
    }

    /// The work goes on, as far as nobody is stopped.
    pub(super) fn go_on(&mut self) {
        let stopped = !self.state.blockers.is_empty();
        self.move_status(if stopped { Status::Blocked } else { Status::InProgress });
    }

    /// The checks that prove a step: those of its criteria, or its own.
    pub(super) fn checks_of_step(&self, number: u8) -> Vec<Check> {
        let Some(description) = self.description() else {
            return Vec::new();
        };
        let step = description.step(number);
        let led_to = |number: u8| step.is_some_and(|step| step.criteria.contains(&number));
        let own: BTreeSet<u8> = progress::own_boxes(&self.state, number).collect();
        let of_step = description
            .criteria
            .iter()
            .filter(|criterion| led_to(criterion.number) || own.contains(&self.page_box(criterion.number)));
        let of_criteria = of_step.filter_map(|criterion| criterion.check.as_ref());
        let check = step.and_then(|step| step.check.as_ref());
        of_criteria.chain(check).cloned().collect()
    }

    /// The check behind a box.
    pub(super) fn check_of_box(&self, block: &BlockId) -> Option<Check> {
        let (description, guide) = (self.description()?, &self.state.guide);
        let number = guide.box_at(block)?.number;
        let mut criteria = description.criteria.iter();
        criteria
            .find(|criterion| description.box_of(guide, criterion) == Some(number))?
            .check
            .clone()
    }

    /// Every check of the page's criteria.
    pub(super) fn checks_of_all(&self) -> Vec<Check> {
        let criteria = self
            .description()
            .map(|page| page.criteria.as_slice())
            .unwrap_or_default();
        criteria
            .iter()
            .filter_map(|criterion| criterion.check.clone())
            .collect()
    }
}
