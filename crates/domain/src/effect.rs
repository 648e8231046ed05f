//! All that we can do, each with its key, and how it can end.
use super::comment::Anchor;
use super::cycle::Cycle;
use super::evidence::Check;
use super::ids::{BlockId, CommentId, DiscussionId, PageId};
use super::key_dates::DateMove;
pub use super::key_state::KeyState;
pub use super::outcome::{Done, Outcome};
use super::reply::{Reference, Run};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The key of an effect: made twice, it is the same effect.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EffectId(String);

impl EffectId {
    /// The one reply to a subject, for ever: to the comment with this id, or an alert, a summary.
    pub fn reply(page: &PageId, subject: &str) -> Self {
        Self::of(&[page.as_str(), subject, "reply"])
    }

    /// Any effect, by what makes it one of its kind.
    pub fn of(parts: &[&str]) -> Self {
        let mut context = ring::digest::Context::new(&ring::digest::SHA256);
        for part in parts {
            context.update(part.as_bytes());
            context.update(b"\0");
        }
        let digest = context.finish();
        let mut id = String::with_capacity(32);
        for byte in digest.as_ref().iter().take(16) {
            id.push(char::from(b"0123456789abcdef"[usize::from(byte >> 4)]));
            id.push(char::from(b"0123456789abcdef"[usize::from(byte & 15)]));
        }
        Self(id)
    }

    /// From a row.
    pub fn from_row(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EffectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An effect that was decided and is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEffect {
    /// Its key: with the key of an effect that is there already it is the same one and changes nothing.
    pub id: EffectId,
    /// The page that it belongs to.
    pub page: PageId,
    /// The comment that caused it.
    pub comment: Option<CommentId>,
    /// The thing to do.
    pub effect: Effect,
    /// It waits until this other effect is settled.
    pub after: Option<EffectId>,
    /// It waits until this moment; `None`: it is due at once.
    pub not_before: Option<DateTime<Utc>>,
}

/// Where a reply goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Into the thread of the comment that it answers.
    Discussion {
        /// The discussion that the comment belongs to.
        id: DiscussionId,
        /// Under what it hangs: where it is listed, to be read back.
        under: Anchor,
    },
    /// Onto the page: alerts and summaries.
    Page,
}

/// Something to do. Imperative; one variant, one file in `effects/`, the same name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum Effect {
    /// Say something once. The only effect that cannot be repeated at will.
    PostReply {
        /// The comment that is answered; `None` for alerts and summaries.
        comment: Option<CommentId>,
        /// The other comments that it answers, for a flood of one person.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        also: Vec<CommentId>,
        /// Where it goes.
        place: Place,
        /// What it says, without the reference.
        runs: Vec<Run>,
        /// The mark by which it is found again.
        reference: Reference,
    },
    /// Say it differently: our one reply is edited.
    UpdateReply {
        /// The `PostReply` whose comment is edited.
        reply: EffectId,
        /// What it says now, without the reference.
        runs: Vec<Run>,
        /// The same mark as before.
        reference: Reference,
    },
    /// Tick or untick a box.
    CheckBox {
        /// The `to_do` block.
        block: BlockId,
        /// Ticked or not.
        checked: bool,
    },
    /// Move the Status property.
    SetStatus {
        /// The status that it is to show.
        to: Status,
    },
    /// Write another property of the page; a missing one is skipped.
    SetProperty {
        /// The property that is written.
        property: Property,
        /// Its new value.
        value: Value,
    },
    /// Begin the cycle, or adopt the one under way: copy `.env` into a backup, verified.
    BackUpEnv {
        /// Whether somebody asks for one: then it is made also in a cycle that has one.
        #[serde(default)]
        asked: bool,
        /// The moment that names the file: a repeat finds its own.
        at: DateTime<Utc>,
        /// Why, for the audit.
        reason: String,
        /// The cycle that the page means: one under way with this number, or a later one, is adopted.
        #[serde(default)]
        cycle: u32,
    },
    /// Ask the providers about these keys.
    ProbeKeys {
        /// Variables of `.env`; empty means all that a provider knows.
        variables: Vec<String>,
    },
    /// Write down the next rotation.
    WriteSchedule {
        /// When this rotation was finished.
        rotated_at: DateTime<Utc>,
        /// The keys that were changed.
        variables: Vec<String>,
    },
    /// Look up what schedule, record and `.env` tell of the dates of these keys.
    LookUpKeys {
        /// Variables of `.env`; empty means all that a provider knows.
        variables: Vec<String>,
        /// Whether it is searched who still holds their old values.
        #[serde(default)]
        holders: bool,
    },
    /// Write other dates of the next rotations down: each is moved that still has the date that it is moved from.
    MoveRotation {
        /// One for each key.
        moves: Vec<DateMove>,
    },
    /// Write down that others could read these keys: they are due now.
    MarkExposed {
        /// Variables of `.env`.
        variables: Vec<String>,
        /// Whether all secrets of `.env` are meant.
        #[serde(default)]
        all: bool,
        /// Variables of which the values before the present ones are meant.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        former: Vec<String>,
    },
    /// Take such marks back: it was a false alarm.
    UnmarkExposed {
        /// Variables of `.env`.
        variables: Vec<String>,
        /// Whether all secrets of `.env` are meant.
        #[serde(default)]
        all: bool,
        /// What stays exposed all the same.
        #[serde(default)]
        but: Vec<String>,
        /// Variables of which the values before the present ones are meant.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        former: Vec<String>,
    },
    /// Look how exposed keys stand: in use, replaced, alive, dead.
    WatchExposed {
        /// Variables of `.env`.
        variables: Vec<String>,
        /// Whether all exposed keys are meant whose clock runs.
        all: bool,
        /// Variables of which the values before the present ones are meant.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        former: Vec<String>,
    },
    /// Put a label in the place of each key that a block of the page holds.
    MaskBlock {
        /// The block that holds them.
        block: BlockId,
    },
    /// Look for evidence.
    GatherEvidence {
        /// The check that is made.
        check: Check,
        /// The cycle that it is evidence for.
        cycle: Cycle,
    },
}

impl Effect {
    /// The name of the kind, as in the file names of `effects/`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::PostReply { .. } => "post_reply",
            Self::UpdateReply { .. } => "update_reply",
            Self::CheckBox { .. } => "check_box",
            Self::SetStatus { .. } => "set_status",
            Self::SetProperty { .. } => "set_property",
            Self::BackUpEnv { .. } => "back_up_env",
            Self::ProbeKeys { .. } => "probe_keys",
            Self::WriteSchedule { .. } => "write_schedule",
            Self::LookUpKeys { .. } => "look_up_keys",
            Self::MoveRotation { .. } => "move_rotation",
            Self::MarkExposed { .. } => "mark_exposed",
            Self::UnmarkExposed { .. } => "unmark_exposed",
            Self::WatchExposed { .. } => "watch_exposed",
            Self::MaskBlock { .. } => "mask_block",
            Self::GatherEvidence { .. } => "gather_evidence",
        }
    }

    /// The comments that it answers: of a reply one, or all of a flood.
    pub fn answers(&self) -> impl Iterator<Item = &CommentId> {
        let (comment, also) = match self {
            Self::PostReply { comment, also, .. } => (comment.as_ref(), also.as_slice()),
            _ => (None, &[][..]),
        };
        comment.into_iter().chain(also)
    }

    /// Whether it changes the page or its threads: one such effect of a page at a time.
    pub fn writes_to_page(&self) -> bool {
        match self {
            Self::PostReply { .. }
            | Self::UpdateReply { .. }
            | Self::CheckBox { .. }
            | Self::SetStatus { .. }
            | Self::SetProperty { .. }
            | Self::MaskBlock { .. } => true,
            Self::BackUpEnv { .. }
            | Self::ProbeKeys { .. }
            | Self::WriteSchedule { .. }
            | Self::LookUpKeys { .. }
            | Self::MoveRotation { .. }
            | Self::MarkExposed { .. }
            | Self::UnmarkExposed { .. }
            | Self::WatchExposed { .. }
            | Self::GatherEvidence { .. } => false,
        }
    }

    /// Whether it touches files or keys, and so belongs to the worker of one project.
    pub fn is_of_project(&self) -> bool {
        !self.writes_to_page()
    }
}

/// Where an action item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nobody has begun.
    NotStarted,
    /// Somebody works on it.
    InProgress,
    /// Somebody cannot go on.
    Blocked,
    /// Every criterion holds.
    Done,
}

/// A property of the page that the bot may write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Property {
    /// Proven steps of all steps, in hundredths.
    Progress,
    /// The date of the next rotation.
    NextRotation,
    /// When the bot last looked.
    LastCheck,
}

/// A value of a property.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Per cent, 0 to 100.
    Percent(u8),
    /// A date, or a moment with offset, as ISO 8601.
    Date(String),
}
