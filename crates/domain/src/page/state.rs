//! What we hold to be true of a page: claims, evidence, boxes, blockers.
use super::answers::AnswersGiven;
use super::cell::Cell;
use super::conversation::{Conversation, Edit, Leak};
use super::dates::MovedDates;
use super::doers::{Doer, Reminder};
use super::guide::Guide;
use super::heard::{Aside, Blocker, Claim, Denial, EndedFact, HeardComment, SetAside, StepState, TimeSpent};
use super::list_or_one::list_or_one;
use super::marks::{FalseAlarm, MarkedKeys};
use super::open_question::{AnsweredQuestion, OpenQuestion};
use super::posted_key::HeldKeys;
use crate::comment::{Extent, Finding};
use crate::cycle::{Cycle, Fingerprint};
use crate::effect::{EffectId, Property, Status, Value};
use crate::evidence::{Check, Evidence};
use crate::ids::{BlockId, CommentId, DiscussionId, PersonId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A page as it was read.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// When the reading began: what we wrote since then it may not show.
    pub read_at: DateTime<Utc>,
    /// Whether this is the first reading since the start, or since it could not be read.
    pub afresh: bool,
    /// The guide that its blocks make.
    pub guide: Guide,
    /// Ticked or not, by the box's block.
    pub boxes: BTreeMap<BlockId, bool>,
    /// Where its Status stands; `None` when there is no such property or its option has no meaning for us.
    pub status: Option<Status>,
    /// The option that its Status shows, as the page calls it, redacted; empty: none. `None`: there is no Status.
    pub shown: Option<String>,
    /// Where its Status can be moved, each with the option that says so, as the page calls it, redacted.
    pub statuses: BTreeMap<Status, String>,
    /// Which properties can be written.
    pub properties: BTreeSet<Property>,
    /// What a person should mend, a sentence each: a database that is not shared, an option that is missing.
    pub notes: Vec<String>,
    /// Whether a person switched the bot off here.
    pub quiet: bool,
    /// The action item that follows, where it can be read.
    pub next_page: Option<NextPage>,
    /// The blocks that hold a key, with what was found; `None` when the blocks may not be read.
    pub held: Option<Vec<(BlockId, Vec<Finding>)>>,
}

/// Keys in the page itself, as one reading found them: one comment warns of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The blocks that still hold them.
    pub blocks: BTreeMap<BlockId, HeldKeys>,
    /// The names of all of them.
    pub labels: Vec<String>,
    /// What is to be rotated because of it.
    pub exposed: Vec<String>,
    /// The words of our comment about it.
    pub language: String,
    /// What that comment's key and reference are made from.
    pub subject: String,
}

/// The action item that follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextPage {
    /// The title of that page.
    pub title: String,
    /// The address of that page in Notion.
    pub url: String,
}

/// A box of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "who ticked it and who unticked it are told apart, and stored so"
)]
pub struct BoxState {
    /// Whether it is ticked: as wanted, as last seen, and as being written.
    pub tick: Cell<bool>,
    /// We ticked it, because of this comment's look (`None`: another look).
    pub ours: bool,
    /// The comment whose claim caused the tick.
    pub because_of: Option<CommentId>,
    /// We ticked it on somebody's word, since no check can see what it says: it stays so as long as that word stands.
    #[serde(default)]
    pub on_word: bool,
    /// A person ticked it: claimed, never reverted.
    pub by_person: bool,
    /// A person unticked it: it stays open until somebody claims it again.
    #[serde(default)]
    pub unticked_by_person: bool,
}

impl BoxState {
    /// Our tick is taken back.
    pub fn take_back(&mut self) {
        self.tick.wanted = Some(false);
        self.ours = false;
        self.on_word = false;
    }
}

/// How much a step, or a criterion, is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// Nobody says that it is finished, and nothing proves it.
    Open,
    /// A person says that it is finished, and no check can see it.
    Claimed,
    /// Evidence was gathered that it is finished.
    Proven,
}

/// A look for evidence that is under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// What is looked for.
    pub check: Check,
    /// The effect that does it.
    pub effect: EffectId,
    /// How often it could not be told whether the claim holds.
    pub tries: u32,
    /// When it is looked at, if that is later than now.
    pub at: Option<DateTime<Utc>>,
}

/// A comment that holds a key and still stands there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// The comment that holds the key.
    pub comment: CommentId,
    /// The names of what it holds.
    pub labels: Vec<String>,
    /// What is to be rotated because of it.
    pub exposed: Vec<String>,
    /// The conversation's words, for the thanks when it is gone.
    pub language: String,
    /// Who posted it.
    pub name: Option<String>,
    /// The comment whose reply answers it too, if it came in a flood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_in: Option<CommentId>,
}

/// What a comment took along when it went. It is undone when the comment is listed again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// The comment that went.
    pub comment: CommentId,
    /// The conversation that nobody waited for any more; it goes on hearing what it waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<Conversation>,
    /// The subject of the conversation that answered it among others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub among: Option<String>,
    /// The key that stood in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posted: Option<Posted>,
    /// Whether its reply was changed into thanks for that.
    #[serde(default)]
    pub thanked: bool,
    /// The questions about it that nobody had answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<OpenQuestion>,
}

impl Absence {
    /// Nothing went with this comment so far.
    pub fn of(comment: CommentId) -> Self {
        Self {
            comment,
            conversation: None,
            among: None,
            posted: None,
            thanked: false,
            questions: Vec::new(),
        }
    }

    /// Whether nothing went with it beside what it said.
    pub fn is_empty(&self) -> bool {
        self.questions.is_empty() && self.conversation.is_none() && self.among.is_none() && self.posted.is_none()
    }
}

/// The next rotation of the keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The instant at which it is due.
    pub at: DateTime<Utc>,
    /// Whether the page was reopened for it.
    pub told: bool,
}

/// All that we hold of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PageState {
    /// The guide as it was last read.
    pub guide: Guide,
    /// Which properties of the page can be written.
    pub properties: BTreeSet<Property>,
    /// Where its Status can be moved, each with the option that says so, as the page calls it.
    pub statuses: BTreeMap<Status, String>,
    /// The option that its Status showed when it was last read or written; empty: none.
    pub shown: Option<String>,
    /// What a person should mend, a sentence each; logged when it comes, shown by `status` while it holds.
    pub notes: Vec<String>,
    /// The description that the page had when its title last began with the id of one. It is kept under another title.
    pub described_as: Option<String>,
    /// What comments that are gone took along, oldest first: it comes back with them.
    pub absences: Vec<Absence>,
    /// Whether a person switched the bot off here.
    pub quiet: bool,
    /// The cycle of rotation that is under way.
    pub cycle: Option<Cycle>,
    /// The backup at the cycle's beginning, until it is done: looks wait for it.
    pub beginning: Option<EffectId>,
    /// What we hold of each step.
    pub steps: BTreeMap<u8, StepState>,
    /// Who said of which box by its words that it is so.
    pub boxes_said: BTreeMap<BlockId, StepState>,
    /// The newest evidence for each check.
    pub evidence: Vec<Evidence>,
    /// The boxes, by criterion.
    pub boxes: BTreeMap<u8, BoxState>,
    /// The Status property.
    pub status: Cell<Status>,
    /// Whether a person moved it last.
    pub status_by_person: bool,
    /// The other properties.
    pub values: BTreeMap<Property, Cell<Value>>,
    /// Obstacles that nobody cleared, in the order of their reports.
    pub blockers: Vec<Blocker>,
    /// Who does which step, as people say it.
    pub doers: Vec<Doer>,
    /// Who wants to be reminded, and when.
    pub reminders: Vec<Reminder>,
    /// Who hears of us if nothing happens until then: the last who spoke.
    pub nudge: Option<Reminder>,
    /// What people say does not apply.
    pub set_aside: Vec<SetAside>,
    /// What people said and comments ended that could be undone still.
    pub ended: Vec<EndedFact>,
    /// The comments that something was made of lately, the newest last.
    pub heard: Vec<HeardComment>,
    /// Looks for evidence that are under way.
    pub looks: Vec<Look>,
    /// Edits of replies under way.
    pub edits: Vec<Edit>,
    /// Conversations whose reply still waits for something.
    pub conversations: Vec<Conversation>,
    /// Replies on which the clock of exposed keys runs, the newest last.
    pub leaks: Vec<Leak>,
    /// The reports that marked keys as exposed lately, the newest last.
    pub marked: Vec<MarkedKeys>,
    /// The false alarms that took such marks back lately, the newest last.
    pub false_alarms: Vec<FalseAlarm>,
    /// The keys that stood where others could read them, and what tells their values from others, as far as a look told.
    pub stood: BTreeMap<String, Fingerprint>,
    /// The last write of such marks: the next one waits for it.
    pub marking: Option<EffectId>,
    /// When the members were last told that a guest speaks of a leak.
    pub guests_told_of_leaks: Option<DateTime<Utc>>,
    /// Comments that hold a key.
    pub posted: Vec<Posted>,
    /// How much of a variable's value people were told of, and when: guesses are not answered without end.
    #[serde(default)]
    pub told_of_parts: BTreeMap<String, (Extent, DateTime<Utc>)>,
    /// Keys in the page itself.
    pub held: Vec<Held>,
    /// Time spent, as it was told, the newest last.
    pub spent: Vec<TimeSpent>,
    /// The next rotation of the keys.
    pub due: Option<Due>,
    /// Dates that comments moved lately, the newest last.
    pub moved: Vec<MovedDates>,
    /// The last write of dates: the next one waits for it.
    pub moving: Option<EffectId>,
    /// The claim of the whole item.
    pub finished: Option<Claim>,
    /// Who said so as well.
    pub finished_also: Vec<Claim>,
    /// Backups that we made, by file name: the reply says so.
    pub made_backups: Vec<String>,
    /// Who says that all is finished, while parts of it are still asked about: the last word of each.
    #[serde(deserialize_with = "list_or_one")]
    pub said_finished: Vec<Claim>,
    /// Steps that somebody says are not done, against another's word; a later report of the step settles it.
    pub denied: Vec<Denial>,
    /// Questions of ours that wait for an answer, the newest last.
    pub questions: Vec<OpenQuestion>,
    /// Questions of ours that were answered lately, the newest last.
    pub answered: Vec<AnsweredQuestion>,
    /// The last comment of each thread, the newest last: a take-back without a name means the report right before it.
    pub last_said: Vec<(DiscussionId, CommentId)>,
    /// Side effects that were caused lately: by whom, when (seconds since 1970). Keeps the hourly limits.
    pub caused: Vec<(PersonId, i64)>,
    /// Answers that people got lately. Keeps the hourly limits.
    pub answers: Vec<AnswersGiven>,
    /// The threads in which a key that a bot posted was warned of lately, and when.
    pub bots_warned: Vec<(DiscussionId, DateTime<Utc>)>,
    /// Comments taken into account at the first start.
    pub absorbed: usize,
    /// The action item that follows.
    pub next_page: Option<NextPage>,
    /// A number that makes the key of each effect unique.
    pub counter: u64,
}

impl PageState {
    /// When a refused write of the page is due again: an `Event::ClockTicked` at that time makes it wanted. `None` when
    /// no refused write waits.
    pub fn next_retry_at(&self) -> Option<DateTime<Utc>> {
        let ticks = self.boxes.values().map(|state| &state.tick);
        let ticks = ticks.filter_map(|tick| tick.again_at(tick.wanted.as_ref()?));
        let writable = |(property, _): &(&Property, _)| self.properties.contains(*property);
        let values = self.values.iter().filter(writable);
        let values = values.filter_map(|(_, cell)| cell.again_at(cell.wanted.as_ref()?));
        let status = self.status.wanted.and_then(|wanted| self.writable_status(wanted));
        let status = status.and_then(|status| self.status.again_at(&status));
        ticks.chain(values).chain(status).min()
    }

    /// The open conversations, and those whose comment is away: all of them hear what they wait for.
    pub fn all_conversations(&mut self) -> impl Iterator<Item = &mut Conversation> {
        let away = self.absences.iter_mut();
        let away = away.filter_map(|absence| absence.conversation.as_mut());
        self.conversations.iter_mut().chain(away)
    }

    /// The Status that can be written for this one: a page without an option for Blocked stays In Progress.
    pub fn writable_status(&self, status: Status) -> Option<Status> {
        let blocked_is_missing = status == Status::Blocked && !self.statuses.contains_key(&status);
        let said = if blocked_is_missing { Status::InProgress } else { status };
        self.statuses.contains_key(&said).then_some(said)
    }

    /// Whether somebody says that this does not apply.
    pub fn is_aside(&self, what: &Aside) -> bool {
        self.set_aside.iter().any(|aside| aside.what == *what)
    }

    /// Takes back moments that lie in the future of the clock: it was set back since they were written.
    pub fn clamp_to(&mut self, now: DateTime<Utc>) {
        self.status.clamp_to(now);
        for state in self.boxes.values_mut() {
            state.tick.clamp_to(now);
        }
        for cell in self.values.values_mut() {
            cell.clamp_to(now);
        }
        for open in &mut self.conversations {
            open.since = open.since.min(now);
        }
        self.caused.retain(|(_, at)| *at <= now.timestamp());
    }

    /// The time that was spent, as last told, in minutes.
    pub fn minutes_spent(&self) -> Option<u32> {
        self.spent.last().map(|spent| spent.minutes)
    }

    /// Whether somebody says that a step is finished, and nobody else that it is not.
    pub fn is_claimed(&self, step: u8) -> bool {
        let claims = self.steps.get(&step).is_some_and(|step| step.claim.is_some());
        claims && !self.denied.iter().any(|denial| denial.step == step)
    }

    /// The claim of a box by its words, by the box's number.
    pub fn claim_of_box(&self, number: u8) -> Option<&Claim> {
        let on_page = self.guide.criteria.iter().find(|on_page| on_page.number == number)?;
        self.boxes_said.get(&on_page.block)?.claim.as_ref()
    }

    /// The newest evidence for a check.
    pub fn evidence_for(&self, check: &Check) -> Option<&Evidence> {
        self.evidence.iter().find(|evidence| evidence.check == *check)
    }

    /// Takes evidence in, in place of older one for the same check.
    pub fn take_evidence(&mut self, evidence: Evidence) {
        self.evidence.retain(|older| older.check != evidence.check);
        self.evidence.push(evidence);
    }
}
