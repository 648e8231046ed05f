//! What a comment says of leaks, as it was read.
use crate::comment::CleanText;

/// Which keys are said to have leaked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeakedKeys {
    /// These variables: named, or those of a provider that is.
    Named(Vec<String>),
    /// All of `.env`.
    All,
    /// It is not said.
    Unnamed,
}

/// What a comment tells of a leak.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeakReport {
    /// Which keys are said to have leaked, as they are now.
    pub keys: LeakedKeys,
    /// Those whose values before the present ones are: "our old Stripe key leaked".
    pub former: Vec<String>,
    /// Those of both that only their provider's name tells of.
    pub services: Vec<String>,
    /// Whether every key of a provider is meant by its name: "both Groq keys leaked".
    pub every: bool,
    /// The comment without the sentences that tell of it.
    pub rest: CleanText,
}

/// What a comment says against a leak.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeakDenial {
    /// Which keys are said not to have leaked; `None`: what is said tells of none at all, as a dream does.
    pub keys: Option<LeakedKeys>,
    /// Those whose values before the present ones are said not to have: "the old Stripe key did not leak".
    pub former: Vec<String>,
    /// Whether it takes back what was said before: "false alarm".
    pub takes_back: bool,
    /// The comment without what says so.
    pub rest: CleanText,
}
