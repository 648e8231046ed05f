//! What a probe of a key came to: one closed list for all providers.
use serde::{Deserialize, Serialize};

/// The 19 verdicts of a probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The provider let the key in.
    Valid,
    /// The provider let the key in, but does not permit this call.
    ValidLimited,
    /// The provider does not know the key.
    Invalid,
    /// The provider says that it was revoked.
    Revoked,
    /// The provider says that it has expired.
    Expired,
    /// The key's id is known, the secret is wrong.
    SignatureMismatch,
    /// The key is dead here and alive on another base URL.
    WrongEnvironment,
    /// The key has a format that the provider accepts no longer.
    WrongKeyType,
    /// The key is known, but not allowed from this address.
    ForbiddenIp,
    /// The network location is refused; says nothing about the key.
    BlockedRegion,
    /// The request's time was outside the provider's window.
    ClockSkew,
    /// The provider answers that there were too many requests.
    RateLimited,
    /// The provider answers with one code for several causes.
    AmbiguousAuth,
    /// A fault on the provider's side.
    ProviderDown,
    /// There was no connection to the provider.
    NetworkError,
    /// An answer that fits no rule.
    Unexpected,
    /// The variable is not in `.env`; no call was made.
    Missing,
    /// The value fails the format check; no call was made.
    Malformed,
    /// The value stands for a key that another tool keeps; no call was made.
    Reference,
}

/// What its provider says of a key beside the verdict: why it does not work, or why the answer tells nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictReason {
    /// The account that it belongs to was deactivated.
    AccountDeactivated,
    /// The organization that it belongs to was disabled.
    OrganizationDisabled,
    /// The organization that it belongs to is restricted, which may end: that says nothing of the key.
    OrganizationRestricted,
    /// The project that it belongs to was archived.
    ProjectArchived,
    /// The project that it belongs to was suspended.
    ProjectSuspended,
    /// The account that it belongs to was suspended, which may end.
    AccountSuspended,
    /// Its credit, or what it may spend, is used up: it lives.
    OutOfCredit,
    /// Somebody reported that it leaked.
    ReportedAsLeaked,
    /// Its user is no member any more.
    UserRemoved,
    /// The request came without the key: something on the way removed it.
    KeyLost,
    /// The request, or its user, belongs to another organization or project than the one that was asked for.
    OtherOrganization,
}

impl VerdictReason {
    /// Whether it may end without a new key: then it is no proof that an old key is gone for good.
    pub fn may_end(self) -> bool {
        matches!(
            self,
            Self::OrganizationRestricted
                | Self::ProjectSuspended
                | Self::AccountSuspended
                | Self::OutOfCredit
                | Self::KeyLost
                | Self::OtherOrganization
        )
    }

    /// What it means for whoever holds the key.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::AccountDeactivated => "its account is deactivated",
            Self::OrganizationDisabled => "its organization is disabled",
            Self::OrganizationRestricted => "its organization is restricted",
            Self::ProjectArchived => "its project is archived",
            Self::ProjectSuspended => "its project is suspended",
            Self::AccountSuspended => "its account is suspended",
            Self::OutOfCredit => "its credit or spending limit is used up",
            Self::ReportedAsLeaked => "it was reported as leaked",
            Self::UserRemoved => "its user was removed",
            Self::KeyLost => {
                "the request came without the key, which says nothing about it: something on the way removed it"
            }
            Self::OtherOrganization => {
                "another organization or project was asked for than the key's, which says nothing about the key"
            }
        }
    }
}

/// Whether the key behind a verdict still opens anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Life {
    /// The key opens something.
    Alive,
    /// The key opens nothing.
    Dead,
    /// This call could not tell.
    Unknown,
    /// There is no key to judge.
    None,
}

impl Verdict {
    /// Every verdict, for metrics and tests.
    pub const ALL: [Self; 19] = [
        Self::Valid,
        Self::ValidLimited,
        Self::Invalid,
        Self::Revoked,
        Self::Expired,
        Self::SignatureMismatch,
        Self::WrongEnvironment,
        Self::WrongKeyType,
        Self::ForbiddenIp,
        Self::BlockedRegion,
        Self::ClockSkew,
        Self::RateLimited,
        Self::AmbiguousAuth,
        Self::ProviderDown,
        Self::NetworkError,
        Self::Unexpected,
        Self::Missing,
        Self::Malformed,
        Self::Reference,
    ];

    /// Whether a key with this verdict is alive, dead, or not judged.
    pub fn life(self) -> Life {
        match self {
            Self::Valid | Self::ValidLimited | Self::SignatureMismatch | Self::WrongEnvironment | Self::ForbiddenIp => {
                Life::Alive
            }
            Self::Invalid | Self::Revoked | Self::Expired => Life::Dead,
            Self::WrongKeyType
            | Self::BlockedRegion
            | Self::ClockSkew
            | Self::RateLimited
            | Self::AmbiguousAuth
            | Self::ProviderDown
            | Self::NetworkError
            | Self::Unexpected => Life::Unknown,
            Self::Missing | Self::Malformed | Self::Reference => Life::None,
        }
    }

    /// The verdict's name on the wire, in tables and in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::ValidLimited => "valid_limited",
            Self::Invalid => "invalid",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
            Self::SignatureMismatch => "signature_mismatch",
            Self::WrongEnvironment => "wrong_environment",
            Self::WrongKeyType => "wrong_key_type",
            Self::ForbiddenIp => "forbidden_ip",
            Self::BlockedRegion => "blocked_region",
            Self::ClockSkew => "clock_skew",
            Self::RateLimited => "rate_limited",
            Self::AmbiguousAuth => "ambiguous_auth",
            Self::ProviderDown => "provider_down",
            Self::NetworkError => "network_error",
            Self::Unexpected => "unexpected",
            Self::Missing => "missing",
            Self::Malformed => "malformed",
            Self::Reference => "reference",
        }
    }
}
