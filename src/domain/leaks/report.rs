//! What a comment says of leaks, as it was read.
use crate::domain::comment::CleanText;

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
    /// Which keys are said to have leaked.
    pub keys: LeakedKeys,
    /// Those among them whose values before the present ones are meant: "our old Stripe key leaked".
    pub former: Vec<String>,
    /// Those among them that only their provider's name tells of.
    pub services: Vec<String>,
    /// The comment without the sentences that tell of it.
    pub rest: CleanText,
}

/// What a comment says against a leak.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeakDenial {
    /// Which keys are said not to have leaked; `None`: what is said tells of none at all, as a dream does.
    pub keys: Option<LeakedKeys>,
    /// Whether it takes back what was said before: "false alarm".
    pub takes_back: bool,
    /// The comment without what says so.
    pub rest: CleanText,
}
