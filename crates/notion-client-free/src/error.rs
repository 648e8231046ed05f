//! What can go wrong with Notion, named by the reaction it asks for. No error holds a body, a message or a URL:
//! Notion's texts may echo what we sent, a key included.
use std::fmt;
use std::time::Duration;

/// How what is done begins where comments are listed.
pub(crate) const OF_COMMENTS: &str = "read the comments of";

/// The address of a connection is no `http://` or `https://` URL with a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the address of Notion is no http:// or https:// URL")]
pub struct AddressError;

/// A call that did not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What to do about it.
    pub kind: Kind,
    /// What we were about to do, in words: `read the comments of 2f1c...`.
    pub doing: String,
    /// The HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// Notion's error code (`object_not_found`), when it is one: lower case letters and underscores.
    pub code: Option<String>,
    /// Notion's id of the request, for its support.
    pub request_id: Option<String>,
}

/// The reactions to a failed call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Asked to slow down, or a conflict with another writer: the same call may be made after this time.
    Later {
        /// How long to wait; when Notion asked for silence (429, 529) the client holds back every other call too.
        after: Duration,
    },
    /// The token is wrong, expired or revoked: nothing will work until there is another one.
    Unauthorized,
    /// The token is one of a person, whose own comments the bot could not tell from a bot's.
    PersonalToken,
    /// The connection lacks a capability or a right.
    Forbidden {
        /// The capability that this call needs, as the settings page names it.
        capability: &'static str,
    },
    /// It does not exist, is not shared with the connection, or (comments) is not ours to change.
    Gone,
    /// What was taken for a data source is a database; these are the ids of its data sources.
    IsDatabase {
        /// One id for each of them.
        sources: Vec<String>,
    },
    /// Notion will refuse this request however often it comes.
    Invalid,
    /// Notion has blocked the connection for good (`public_api_request_blocked`).
    Blocked,
    /// No usable answer: no connection, no answer in time, 5xx, or something in between answered.
    Network {
        /// The network's own words, or what answered.
        cause: String,
    },
    /// An answer, or what is under a block, that is larger than what is read.
    TooLarge,
    /// An answer that we cannot make sense of.
    Unexpected,
}

impl Error {
    /// An error that came without an answer. `doing` completes "could not ...".
    pub fn new(kind: Kind, doing: String) -> Self {
        Self {
            kind,
            doing,
            status: None,
            code: None,
            request_id: None,
        }
    }

    /// Whether the token is refused, and with it every other request.
    pub fn is_of_token(&self) -> bool {
        matches!(self.kind, Kind::Unauthorized | Kind::PersonalToken | Kind::Blocked)
    }

    /// Whether it stays as it is until a person mends it.
    pub fn is_lasting(&self) -> bool {
        self.is_of_token()
            || matches!(
                self.kind,
                Kind::Gone | Kind::IsDatabase { .. } | Kind::Forbidden { .. } | Kind::Invalid | Kind::TooLarge
            )
    }

    /// What happened and how to mend it, in the same words each time that it happens.
    pub fn summary(&self) -> String {
        match &self.kind {
            Kind::Later { .. } => self.told("Notion asks for silence.", None),
            _ => self.told(&self.hint(), None),
        }
    }

    fn told(&self, hint: &str, request: Option<String>) -> String {
        let status = self.status.map(|status| format!("status {status}"));
        let details: Vec<String> = [status, self.code.clone(), request].into_iter().flatten().collect();
        let details = if details.is_empty() {
            String::new()
        } else {
            format!(" [{}]", details.join(", "))
        };
        format!("could not {}: {hint}{details}", self.doing)
    }

    /// How to mend it; a full sentence for a person.
    pub fn hint(&self) -> String {
        match &self.kind {
            Kind::Later { after } => format!("Notion asks to wait {} s.", after.as_secs_f32().ceil()),
            Kind::Unauthorized => "Notion refuses the token: it is wrong, expired or revoked. Copy it anew from the \
                 connection's page under notion.so/profile/integrations."
                .to_owned(),
            Kind::PersonalToken => "The token belongs to a person. Use the token of an internal connection: only then \
                 can the bot tell its own comments from that person's."
                .to_owned(),
            Kind::Forbidden { capability } => format!(
                "The connection may not do this: under notion.so/profile/integrations open it, Capabilities, and turn \
                 on \"{capability}\"; the page must also allow it to edit."
            ),
            Kind::Gone if self.doing.starts_with(OF_COMMENTS) => "The page or block does not exist or is not shared with the \
                 connection: open the page in Notion, \u{2022}\u{2022}\u{2022}, Connections, and add the connection. Where the \
                 page itself can be read, turn on \"Read comments\" under notion.so/profile/integrations, Capabilities."
                .to_owned(),
            Kind::IsDatabase { sources } => format!(
                "That is the id of a database; its rows belong to its data source{}: write data_source:{} in its place.",
                if sources.len() == 1 { "" } else { "s" },
                sources.join(" or data_source:")
            ),
            Kind::Gone => "It does not exist or is not shared with the connection: open the page in Notion, \u{2022}\
                 \u{2022}\u{2022}, Connections, and add the connection."
                .to_owned(),
            Kind::Invalid => "Notion refuses the request as it stands; repeating it will not help.".to_owned(),
            Kind::Blocked => "Notion has blocked this connection; only its owner can have that lifted by Notion's \
                 support."
                .to_owned(),
            Kind::Network { cause } if self.status.is_some() => {
                format!("No usable answer ({cause}); that passes by itself.")
            }
            Kind::Network { cause } => format!("No usable answer ({cause}); see whether Notion can be reached."),
            Kind::TooLarge => {
                "It is larger than what is read of it (4 MB in one answer, 16 MB and 1000 answers in all); the \
                 rest is left out."
                    .to_owned()
            }
            Kind::Unexpected => "The answer cannot be read; is this really the address of Notion?".to_owned(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let request = self.request_id.as_ref().map(|id| format!("request {id}"));
        f.write_str(&self.told(&self.hint(), request))
    }
}

impl std::error::Error for Error {}

/// How a write ended when it is not known to have happened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// It certainly did not happen. `error.kind` says whether it may be tried again.
    #[error("{error}")]
    NotDone {
        /// Why it did not happen.
        error: Error,
    },
    /// It may have happened: read before writing again.
    #[error("it is not known whether this was done: {error}")]
    Unknown {
        /// What hides the outcome.
        error: Error,
        /// Whether Notion itself ended the request with an answer of its own (a 500): its handling is over, so a
        /// complete list that is read a read-lag later proves absence. Without such an answer Notion may go on until
        /// its own deadline of some 60 s.
        answered: bool,
    },
}

impl WriteError {
    /// What went wrong.
    pub fn error(&self) -> &Error {
        match self {
            Self::NotDone { error } | Self::Unknown { error, .. } => error,
        }
    }

    /// What went wrong.
    pub fn into_error(self) -> Error {
        match self {
            Self::NotDone { error } | Self::Unknown { error, .. } => error,
        }
    }
}
