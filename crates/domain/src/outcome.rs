//! How an effect ended, and what came of it.
use super::evidence::Evidence;
use super::exposure::ExposedKey;
use super::ids::CommentId;
use super::key_dates::{DateMove, KeyDates};
use super::key_state::KeyState;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// How an effect ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It certainly happened.
    Done {
        /// What came of it.
        result: Done,
    },
    /// It certainly did not happen; try again.
    Later {
        /// It is not tried before this moment.
        at: DateTime<Utc>,
        /// Why, in words that may be shown.
        why: String,
    },
    /// It certainly did not happen and will not.
    Refused {
        /// Why, in words that may be shown.
        why: String,
    },
    /// It may have happened: read before it is tried again.
    Unknown {
        /// Look at this moment.
        at: DateTime<Utc>,
        /// From this moment on a complete list without it proves that it did not happen; `None`: from the moment that
        /// was known before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proven_from: Option<DateTime<Utc>>,
        /// Why, in words that may be shown.
        why: String,
    },
    /// It may have been sent, and was looked for: it certainly is not there. It is sent again.
    Absent {
        /// Where it was looked for, in words that may be shown.
        why: String,
    },
    /// It is no longer wanted: the comment was deleted or resolved.
    Moot {
        /// Why, in words that may be shown.
        why: String,
    },
}

impl Outcome {
    /// The id of our comment, where a reply was made.
    pub fn reply_id(&self) -> Option<&CommentId> {
        match self {
            Self::Done {
                result: Done::Replied { comment },
            } => Some(comment),
            _ => None,
        }
    }
}

/// What came of an effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Done {
    /// Our reply is there, under this id.
    Replied {
        /// The id of our comment.
        comment: CommentId,
    },
    /// It was changed as asked, or was so already.
    Changed,
    /// The page has nothing of the kind (no such property, no such option).
    Skipped {
        /// What is missing, in words that may be shown.
        why: String,
    },
    /// A look, or a backup, and what it saw.
    Seen {
        /// What it saw.
        evidence: Evidence,
    },
    /// Providers were asked about keys.
    Probed {
        /// One for each key or pair.
        keys: Vec<KeyState>,
    },
    /// Exposed keys were looked at.
    Watched {
        /// One for each provider's key.
        keys: Vec<ExposedKey>,
    },
    /// What is known of the dates of keys.
    LookedUp {
        /// One for each provider that was asked about.
        keys: Vec<KeyDates>,
        /// Why the schedule cannot be read, where it cannot.
        unreadable: Option<String>,
    },
    /// Other dates are written down.
    Moved {
        /// Those that were, now or before.
        moves: Vec<DateMove>,
        /// The earliest of all keys.
        next_at: DateTime<Utc>,
    },
    /// The next rotation is written down.
    Scheduled {
        /// The earliest of all keys.
        next_at: DateTime<Utc>,
    },
}
