//! A reading: what classification made of a comment.
use super::ask::Ask;
use crate::ids::BlockId;
use serde::{Deserialize, Serialize};

/// What a clause, and a comment, is. The order of the variants is the order of priority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// Withdraws, changes or reverses an earlier report.
    Correction,
    /// The author cannot go on.
    Blocker,
    /// A step, a deliverable or the whole item is asserted finished now.
    Completion,
    /// Tells the state of a named key.
    KeyReport,
    /// Started, under way, partly done, planned, hedged, cleared.
    Progress,
    /// Asks for information, a decision or an action.
    Question,
    /// There is nothing to act on.
    Chatter,
}

impl Label {
    /// Whether acting on it could tick, set Blocked, take back or finish.
    pub fn is_at_stake(self) -> bool {
        matches!(self, Self::Correction | Self::Blocker | Self::Completion)
    }

    /// The label in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Correction => "correction",
            Self::Blocker => "blocker",
            Self::Completion => "completion",
            Self::KeyReport => "key report",
            Self::Progress => "progress",
            Self::Question => "question",
            Self::Chatter => "chatter",
        }
    }
}

/// What a comment may say that others than the classifier read, by rules of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suspicion {
    /// That a key leaked.
    Leak,
    /// That the next rotation of a key should be on another day, or rotations oftener or rarer.
    Date,
}

/// All of them, in the order of their columns.
pub(super) const SUSPICIONS: [Suspicion; 2] = [Suspicion::Leak, Suspicion::Date];

/// What has to change before a blocked person can go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockerKind {
    /// A scheduler does not run it: crontab, launchd, a timer.
    Scheduler,
    /// A person must grant, approve or hand over.
    Access,
    /// The provider lets no more calls through: 429, quota.
    RateLimit,
    /// It runs in the wrong place: testnet for mainnet, another folder, another venv.
    WrongEnv,
    /// The key or its signature is not accepted: 401.
    Auth,
    /// No answer comes: time-out, DNS, TLS, provider down.
    Network,
    /// Something is not there: a file, a module, a command, a variable.
    Missing,
    /// Something is not permitted: file mode, 403, scope.
    Permission,
    /// Anything else, or a cause that the comment does not tell.
    Other,
}

/// What a clause is beside its label: what it does to its neighbours, and what follows from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// It stands by itself.
    #[default]
    Report,
    /// Something works (again); beside a finish it adds nothing.
    Works,
    /// Started, under way: a blocker on the same work stops it.
    Start,
    /// Planned, or under a condition: it is not so yet. A blocker on the same work stops it.
    Plan,
    /// A part is still open: a finish in the same sentence is no finish.
    Pending,
    /// It is said not to be finished: "step 2 is not done". Pending, and what its author reported of it they take back.
    Denied,
    /// "Blockers: none": adds nothing beside other clauses.
    NoBlockers,
    /// The author doubts or jokes: a finish beside it is no finish.
    Doubt,
    /// The author asks for help, and names no obstacle.
    Help,
    /// The author says that we are wrong: "I did rotate it".
    Dispute,
    /// The author sets something aside: "step 4 does not apply to us"; in a correction, takes that back: "we do use it".
    SetAside,
    /// The author says that we misread a comment: "that is not what I said".
    Misread,
    /// The author says which step a comment meant that we read otherwise: "no, I meant step 4".
    Meant,
    /// The author only names another step: "no, step 4". It mends what they said right before, if that was of other steps.
    Instead,
    /// The author says what somebody else meant: "no, he meant step 4". Only that person can mend it.
    MeantByOther,
    /// Nobody is stopped any more: "all blockers are resolved".
    AllFree,
    /// Takes back what came before it in this comment.
    Withdraws,
}

impl Role {
    /// Whether a part of the work is still open.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Denied)
    }

    /// Whether it is said to us, of what we asked for or made of a comment: a dispute, a misreading, what does not apply.
    pub fn is_to_us(self) -> bool {
        matches!(self, Self::Dispute | Self::SetAside) || self.is_of_misreading()
    }

    /// Whether it says how a comment was meant that we read otherwise.
    pub fn is_of_misreading(self) -> bool {
        matches!(self, Self::Misread | Self::Meant | Self::Instead | Self::MeantByOther)
    }
}

/// How sure it is that a clause says what its label tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// It says so.
    #[default]
    Sure,
    /// Its author is not sure: "I think step 3 is done".
    Hedged,
    /// It may say something else, which [`Reading::doubt`] names.
    Unsure,
}

/// A clause of a comment: one label, the steps it speaks of, the rules behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// The label of the clause.
    pub label: Label,
    /// The steps it speaks of, sorted.
    pub steps: Vec<u8>,
    /// The boxes that it names by their words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub boxes: Vec<BlockId>,
    /// What it is beside its label.
    #[serde(default)]
    pub role: Role,
    /// How sure the label is.
    #[serde(default)]
    pub certainty: Certainty,
    /// Ids of the rules that decided, guards after them.
    pub rules: Vec<String>,
    /// The variables of the keys that it names; where it sets something aside, of the services too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<String>,
    /// The highest number that it names as a step and that is none of the page, where the page is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_such_step: Option<u32>,
    /// Whether no rule reads it: the second reader alone has.
    #[serde(default)]
    pub guessed: bool,
    /// Hash of the clause's normalised text: tells a new clause from an old one in an edited comment.
    #[serde(default)]
    pub hash: u64,
}

impl Clause {
    /// Whether it says that what stopped somebody no longer does.
    pub fn resolves(&self) -> bool {
        matches!(self.role, Role::Works | Role::NoBlockers | Role::AllFree)
    }

    /// Whether it names no step, and nothing more speaks for its label than the form of the sentence, or a guess.
    pub fn is_weak(&self) -> bool {
        self.steps.is_empty()
            && self.boxes.is_empty()
            && (self.guessed || self.rules.first().is_some_and(|rule| rule == "structure"))
    }

    /// Whether it says that something is so, and not that it will be, would be, or whether it is.
    pub fn asserted(&self) -> bool {
        self.label != Label::Question && self.role != Role::Plan
    }
}

/// What classification made of a comment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Distinct labels, the primary one first.
    pub labels: Vec<Label>,
    /// The clauses in text order.
    pub clauses: Vec<Clause>,
    /// The two labels that it may be, where it is not sure which: the primary one first, unless nothing depends on that and
    /// something on both of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<[Label; 2]>,
    /// Every step that the author's own words speak of, sorted.
    pub steps: Vec<u8>,
    /// Whether the whole item is said to be finished.
    pub all_done: bool,
    /// Time spent on the work, in minutes.
    pub duration_minutes: Option<u32>,
    /// The plan it was compared with, in minutes.
    pub expected_duration_minutes: Option<u32>,
    /// `None` without a blocker clause.
    pub blocker_kind: Option<BlockerKind>,
    /// Variables of keys that are named, as in `providers.toml`.
    pub keys: Vec<String>,
    /// The raw phrase of the date or time that the author names.
    pub when: Option<String>,
    /// Whether more than an acknowledgement is due.
    pub needs_reply: bool,
    /// Whether it is said to somebody by name.
    #[serde(default)]
    pub to_somebody: bool,
    /// What it asks of us.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<Ask>,
    /// The ids of every rule and guard that decided, once each.
    pub rules: Vec<String>,
    /// What it reads as if it said, though no rule reads it so: it is asked about, and never acted on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspicions: Vec<Suspicion>,
    /// The language of most clauses, two letters (`en`, `nl`, ...); `None` when nothing tells (emoji, numbers).
    pub language: Option<String>,
}

impl Reading {
    /// Without the clauses that do not count, and with no doubt of their making.
    pub fn retain(&mut self, counts: impl Fn(&Clause) -> bool) {
        let before = self.clauses.len();
        self.clauses.retain(counts);
        if self.clauses.len() < before {
            self.doubt = None;
            self.follow_the_clauses();
        }
    }

    /// With no finish for sure where this is doubtful: it is asked about.
    pub fn doubt_finishes(&mut self, is_doubtful: impl Fn(&Clause) -> bool) {
        let finishes = self
            .clauses
            .iter_mut()
            .filter(|clause| clause.label == Label::Completion);
        for clause in finishes.filter(|clause| is_doubtful(clause)) {
            clause.certainty = Certainty::Unsure;
            self.doubt.get_or_insert([Label::Completion, Label::Chatter]);
        }
    }

    /// Without the numbers that are no step of the page: "step 3" of a page with steps 1, 2 and 5.
    pub fn keep_steps(&mut self, is_step: impl Fn(u8) -> bool) {
        for clause in &mut self.clauses {
            let (steps, missing) = clause.steps.iter().partition::<Vec<u8>, _>(|step| is_step(**step));
            if steps.is_empty() && !self.all_done {
                clause.no_such_step = clause.no_such_step.or(missing.last().map(|step| u32::from(*step)));
            }
            clause.steps = steps;
        }
        self.steps.retain(|step| is_step(*step));
    }

    /// With these clauses before its own.
    pub fn prepend(&mut self, clauses: Vec<Clause>) {
        if clauses.is_empty() {
            return;
        }
        self.steps.extend(clauses.iter().flat_map(|clause| &clause.steps));
        self.steps.sort_unstable();
        self.steps.dedup();
        let is_doubt = |clause: &Clause| clause.label == Label::Completion && clause.certainty == Certainty::Unsure;
        if clauses.iter().any(is_doubt) {
            self.doubt.get_or_insert([Label::Completion, Label::Chatter]);
        }
        self.clauses.splice(0..0, clauses);
        self.clauses.retain(|clause| clause.label != Label::Chatter);
        self.follow_the_clauses();
    }

    /// With what it denies for sure, unless that is read already; a guess against it counts no more.
    pub fn deny(&mut self, mut denied: Vec<Clause>) {
        let is_read = |denial: &Clause| {
            let mut clauses = self.clauses.iter();
            clauses.any(|clause| {
                let is_against = clause.label == Label::Correction || clause.role == Role::Denied;
                is_against && clause.certainty == Certainty::Sure && clause.boxes == denial.boxes
            })
        };
        denied.retain(|denial| !is_read(denial));
        if !denied.is_empty() {
            let is_against = |clause: &Clause| {
                clause.certainty == Certainty::Unsure || clause.role == Role::Pending || clause.is_weak()
            };
            self.retain(|clause| !is_against(clause));
            // What stands in the way stands there.
            let steps: Vec<u8> = denied.iter().flat_map(|denial| denial.steps.clone()).collect();
            let is_obstacle = |clause: &&mut Clause| clause.label == Label::Blocker && clause.steps.is_empty();
            for clause in self.clauses.iter_mut().filter(is_obstacle) {
                clause.steps.clone_from(&steps);
            }
            self.doubt = None;
            self.prepend(denied);
        }
    }

    /// What follows from the labels of its clauses.
    fn follow_the_clauses(&mut self) {
        let mut labels: Vec<Label> = self.clauses.iter().map(|clause| clause.label).collect();
        labels.sort_unstable();
        labels.dedup();
        let says = |label: Label| labels.contains(&label);
        self.all_done &= says(Label::Completion);
        self.blocker_kind = self.blocker_kind.filter(|_| says(Label::Blocker));
        self.needs_reply = labels
            .iter()
            .any(|label| !matches!(label, Label::Chatter | Label::Progress));
        if labels.is_empty() {
            labels.push(Label::Chatter);
        }
        self.labels = labels;
    }

    /// Whether it reads as if it said this.
    pub fn suspects(&self, what: Suspicion) -> bool {
        self.suspicions.contains(&what)
    }

    /// The highest number that it names as a step and that is none of the page.
    pub fn no_such_step(&self) -> Option<u32> {
        self.clauses.iter().filter_map(|clause| clause.no_such_step).max()
    }

    /// The label that decides; chatter when nothing was said.
    pub fn primary(&self) -> Label {
        self.labels.first().copied().unwrap_or(Label::Chatter)
    }
}
