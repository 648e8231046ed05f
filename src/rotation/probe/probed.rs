//! What a probe came to.
use crate::domain::verdict::{Verdict, VerdictReason};
use crate::rotation::dotenv::KeptElsewhere;
use crate::rotation::providers::{Captures, Provider};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What a probe of one key came to. Nothing of the key is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probed {
    /// The provider's id.
    pub provider: String,
    /// The variables under which the key stands.
    pub variables: Vec<String>,
    /// What the answer means.
    pub verdict: Verdict,
    /// Facts about the key.
    pub captures: Captures,
    /// The environment that answered, for a provider with several.
    pub environment: Option<String>,
    /// The provider's clock minus ours, where it had to be measured.
    pub clock_offset_ms: Option<i64>,
    /// The last HTTP status.
    pub status_code: Option<u16>,
    /// When the probe began.
    pub checked_at: DateTime<Utc>,
    /// How long it took.
    pub duration: Duration,
    /// What may be wrong, where it can be told.
    pub hint: Option<Hint>,
}

impl Probed {
    /// Why the key does not work, where the provider says so.
    pub fn because(&self) -> Option<VerdictReason> {
        match self.hint {
            Some(Hint::Because(reason)) => Some(reason),
            _ => None,
        }
    }
}

/// What may be wrong with a value that was not, or could not be, sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    /// One of the key's variables has no value.
    VariableMissing(String),
    /// Blanks or line breaks in the value of this variable.
    Blanks(String),
    /// This stands in front of the key within the value of this variable: `Bearer`, a URL's `https://`.
    InFront(String, String),
    /// This stands right behind the key within the value of this variable: the `;` of a line of code, a comment's `#`.
    Behind(String, String),
    /// A text in place of a key: `your_key_here`, `sk-...`.
    Placeholder(String),
    /// The value stands for a key that another tool keeps.
    Reference(Box<KeptElsewhere>),
    /// Quotes are part of the value of this variable.
    Quotes(String),
    /// A PEM key: RSA keys are not supported.
    RsaKey(String),
    /// The value of this variable has another form.
    Format(String),
    /// The value of this variable is another kind of key of the same maker, which the probe's call refuses although it lives.
    OtherKind(String),
    /// The provider says more of the key, or of the request.
    Because(VerdictReason),
    /// Refused in words that are not the provider's own: somebody in between may have said them.
    NotItsWords,
    /// The key is unknown where it was asked about, and these hosts of its provider, where it may live, told nothing.
    HostsSilent(Vec<String>),
    /// By its beginning it is somebody else's key.
    OtherMaker(Box<OtherMaker>),
    /// The project uses it at somebody else's address.
    Elsewhere(Box<Elsewhere>),
    /// This host has no public address.
    NotPublic(String),
    /// `.env` cannot be read, for this reason: it may say that the key is used elsewhere.
    EnvUnreadable(String),
    /// The project's own file sends this key to this host, and nobody has agreed yet (`keyminder probe`).
    NotAgreed(String),
}

/// A key that begins like somebody else's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherMaker {
    /// Where it stands.
    pub variable: String,
    /// Whose it looks like, as people call them.
    pub maker: String,
    /// The known beginning; nothing of the key itself.
    pub prefix: String,
    /// Where it was not sent.
    pub host: String,
    /// The variable in which such a key is looked for.
    pub belongs_in: String,
}

/// A key that is used at another address than its provider's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    /// The variables of the key.
    pub key: String,
    /// The variable that names the other address.
    pub address: String,
    /// It stands in the environment of the process, and not in `.env`.
    #[serde(default)]
    pub exported: bool,
    /// The host there, where it is one for certain.
    pub at: Option<String>,
    /// Whose host that is, where it is known.
    pub maker: Option<String>,
    /// Where the key was not sent.
    pub host: String,
}

/// A verdict alone, of a probe that took no time.
pub(super) fn judged(
    provider: &Provider,
    names: Vec<String>,
    verdict: Verdict,
    hint: Option<Hint>,
    now: DateTime<Utc>,
) -> Probed {
    Probed {
        provider: provider.id.clone(),
        variables: names,
        verdict,
        captures: Captures::default(),
        environment: None,
        clock_offset_ms: None,
        status_code: None,
        checked_at: now,
        duration: Duration::ZERO,
        hint,
    }
}
