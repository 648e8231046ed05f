//! What a reply speaks of, part by part: each has its prompt, and its facts are gathered when it is written.
use super::dates::DatesOutcome;
use super::guide::SaidLine;
use super::list_or_one::list_or_one;
use super::marks::StandingMark;
use super::open_question::Asked;
use super::posted_key::{HeldKeys, PostedKey};
use crate::asks::{DateWish, Errand, KeyQuestion};
use crate::classify::{BlockerKind, Label};
use crate::evidence::Check;
use crate::ids::BlockId;
use crate::key_dates::DateMove;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One thing that a reply has to speak of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "part", rename_all = "snake_case")]
pub enum ReplyPart {
    /// Steps are said to be finished; `whole`: all of it.
    Claim {
        /// The steps; empty: the comment names none.
        steps: Vec<u8>,
        /// The boxes that it names by their words.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        boxes: Vec<BlockId>,
        /// Whether the whole item is said to be finished.
        whole: bool,
        /// Time spent, in minutes.
        minutes: Option<u32>,
        /// The plan it was compared with.
        planned: Option<u32>,
    },
    /// Steps are under way; `looked`: with a look.
    Progress {
        /// The steps that are under way.
        steps: Vec<u8>,
        /// Whether it was only guessed that they are finished.
        hedged: bool,
        /// Whether a look was taken.
        looked: bool,
        /// Whether a blocker was cleared.
        cleared: bool,
        /// Whether it is planned, or not finished yet, and nobody says that it was begun.
        #[serde(default)]
        ahead: bool,
    },
    /// Somebody cannot go on.
    Blocker {
        /// What has to change.
        kind: BlockerKind,
        /// The steps that it stops, as the comment names them.
        #[serde(default, alias = "step", deserialize_with = "list_or_one")]
        steps: Vec<u8>,
        /// Whether the cause was told when we asked, whatever its kind.
        #[serde(default)]
        told: bool,
        /// Who it is, where somebody else says it of them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<String>,
    },
    /// Somebody asks for help, and names no obstacle.
    Help {
        /// The step that it is about, if the comment names one.
        step: Option<u8>,
    },
    /// Somebody says that we are wrong: it was looked at again.
    Disputed,
    /// Something does not apply, as somebody says; or does after all.
    SetAside {
        /// The steps that do not apply, or do.
        steps: Vec<u8>,
        /// Variables of `.env`.
        variables: Vec<String>,
        /// Whether it is taken back.
        back: bool,
    },
    /// Somebody says that a comment of theirs was misread.
    Misread {
        /// The steps that it was taken to speak of.
        from: Vec<u8>,
        /// The steps that it meant, where that is said now.
        to: Vec<u8>,
        /// How many of our ticks were taken back.
        unticked: usize,
        /// Whether it is known which comment that is.
        known: bool,
        /// Whether it is asked what was meant: nothing else is said.
        asks: bool,
        /// Somebody else, whose comment it is: that person alone can say so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<String>,
    },
    /// The state of named keys is told.
    Keys {
        /// Variables of `.env`.
        variables: Vec<String>,
    },
    /// A key was posted.
    Posted {
        /// What is known of each key.
        keys: Vec<PostedKey>,
    },
    /// Keys leaked, as somebody says, or stood where others could read them: they are due now.
    Leaked {
        /// Variables of `.env`; none, and not all: it is not known which.
        variables: Vec<String>,
        /// Whether all secrets of `.env` are meant.
        all: bool,
        /// Variables of which the values before the present ones are meant.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        former: Vec<String>,
    },
    /// A leak that was told was none: these keys count as exposed no longer.
    NotLeaked {
        /// Variables of `.env`.
        variables: Vec<String>,
        /// Whether all secrets of `.env` are meant.
        all: bool,
        /// Variables of which the values before the present ones are meant.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        former: Vec<String>,
        /// What counts as exposed all the same, and on whose word.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        stays: Vec<StandingMark>,
    },
    /// Somebody who may not act says that keys leaked.
    LeakByGuest {
        /// Whether the members were told of it on the page.
        #[serde(default)]
        told: bool,
    },
    /// The comment that held keys is gone, or their place in the page is.
    Gone {
        /// The names of what it held.
        labels: Vec<String>,
        /// Whether they stood in the page itself.
        of_page: bool,
    },
    /// Another bot posted a whole key.
    ByBot {
        /// The names of what its comment holds.
        labels: Vec<String>,
    },
    /// An earlier report is withdrawn.
    Correction {
        /// The steps whose report is withdrawn.
        steps: Vec<u8>,
        /// The boxes of which that is so, where they were named by their words.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        boxes: Vec<BlockId>,
        /// The boxes that were unticked.
        unticked: Vec<u8>,
        /// Whether the status was set back.
        reopened: bool,
        /// Whether a blocker was withdrawn.
        cleared: bool,
    },
    /// What is taken back was open: nobody had reported it.
    WasOpen {
        /// The steps that are named.
        steps: Vec<u8>,
    },
    /// Somebody says that steps are not done, against the word of another.
    Denied {
        /// The steps that are denied.
        steps: Vec<u8>,
        /// Whether this answers the one who denies them.
        own: bool,
        /// Who says the contrary, by name.
        of: Option<String>,
    },
    /// Somebody asks how it is with boxes that they name by their words.
    BoxesAsked {
        /// The boxes that are asked about.
        boxes: Vec<BlockId>,
    },
    /// We ask something.
    Asks {
        /// What we ask.
        asked: Asked,
    },
    /// What is not sure is left out, and nothing is asked about it: we asked its author lately.
    LeftOut {
        /// What it may mean.
        options: Vec<Label>,
        /// The steps that it speaks of.
        steps: Vec<u8>,
        /// Whether the whole item is said to be finished.
        whole: bool,
    },
    /// A step is named that the page does not have.
    NoSuchStep {
        /// The number that was named.
        step: u32,
    },
    /// Somebody says who does these steps; no step: it is not known which.
    Does {
        /// The steps that somebody does.
        steps: Vec<u8>,
        /// Who it is, where somebody else says it of them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<String>,
        /// Whether nobody does them any more.
        back: bool,
    },
    /// Somebody is reminded.
    Reminds {
        /// When they will be; `None`: now.
        at: Option<DateTime<Utc>>,
        /// Who, and of what.
        #[serde(default)]
        errand: Errand,
    },
    /// A question that a line of the page answers: as it stands there.
    Quoted {
        /// That line of it.
        line: SaidLine,
    },
    /// Nothing happened for a while.
    Nudge,
    /// Our question is answered with no: all stays as it is.
    Left,
    /// Somebody answered a question that we asked somebody else.
    Waits {
        /// Whose answer it waits for.
        name: Option<String>,
    },
    /// Something is asked.
    Question {
        /// About what: the name of a prompt in `question/`.
        topic: String,
        /// The step that the question is about.
        step: Option<u8>,
    },
    /// Something is asked about keys.
    KeysAsked {
        /// The question, with the keys that it means.
        question: KeyQuestion,
    },
    /// Other dates are wished for.
    Dates {
        /// The wish, with the keys that it means.
        wish: DateWish,
        /// What came of it.
        outcome: DatesOutcome,
    },
    /// Dates that a comment had moved are set back.
    DatesBack {
        /// Those that are set back; none: newer ones were set meanwhile.
        moves: Vec<DateMove>,
    },
    /// The page itself holds keys.
    Held {
        /// The link to each block, and what it holds.
        places: Vec<(String, HeldKeys)>,
        /// Whether a label is put in their place.
        masks: bool,
    },
    /// A comment that held a key holds it no longer.
    Clean {
        /// The names of what it held.
        labels: Vec<String>,
    },
    /// A person ticked a box whose check does not hold.
    ByHand {
        /// The number of the box on the page.
        number: u8,
        /// The text of the box, as on the page.
        text: String,
        /// The check behind the box.
        check: Check,
    },
    /// So much was looked at for this person, or on this page, that nothing more is for a while.
    Limited,
    /// The comment was too long to be read to its end.
    Cut {
        /// How many characters of it were read.
        chars: usize,
    },
    /// This is the last answer to its author for a while.
    Enough {
        /// When answers are given again.
        again_at: DateTime<Utc>,
    },
    /// The author may not act.
    Guidance,
    /// A comment of somebody who may not act has the form of a key.
    LooksLikeKey,
    /// So many comments are answered together.
    Together {
        /// The number of comments that one reply answers.
        comments: usize,
    },
    /// What was found at the first start.
    Summary {
        /// How many comments were taken into account.
        comments: usize,
    },
    /// The monitor has something to say.
    Alert {
        /// The name of a prompt in `alert/`.
        prompt: String,
        /// The values that the prompt needs, by name.
        facts: BTreeMap<String, serde_json::Value>,
    },
    /// The next rotation is due.
    Due,
}

impl ReplyPart {
    /// These steps are said to be finished, and are looked at.
    pub fn claim(steps: Vec<u8>) -> Self {
        Self::Claim {
            steps,
            boxes: Vec::new(),
            whole: false,
            minutes: None,
            planned: None,
        }
    }

    /// It is told who is stuck, as to somebody who asks.
    pub fn who_is_stuck() -> Self {
        Self::Question {
            topic: "blocked".to_owned(),
            step: None,
        }
    }

    /// Whether all that it tells of is that pieces of keys were posted.
    pub fn tells_of_pieces_alone(&self) -> bool {
        matches!(self, Self::Posted { keys } if keys.iter().all(|key| key.label.is_none()))
    }
}
