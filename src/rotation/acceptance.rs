//! Whether a new key may be used: tested before it is written, or before a hand-made edit counts.
use super::dotenv::KeptElsewhere;
use super::probe::{Elsewhere, Hint, OtherMaker, Probed, Prober};
use super::providers::Provider;
use crate::domain::verdict::{Life, Verdict};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// How long to wait before a fresh key is asked again.
const STEP: Duration = Duration::from_secs(3);

/// Why a new key is not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Objection {
    /// It is the old one.
    Same,
    /// The provider did not say that it works.
    NotValid {
        /// The provider's name for people.
        title: String,
        /// What it said.
        verdict: Verdict,
        /// What may be wrong.
        hint: Option<Hint>,
    },
    /// It could move money out.
    MayWithdraw {
        /// Where to make another one.
        manage_url: String,
    },
}

impl fmt::Display for Objection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Same => f.write_str("the new value is the old one; create a new key at the provider first"),
            Self::MayWithdraw { manage_url } => write!(
                f,
                "the new key may withdraw money, which no bot needs; create one without that permission at {manage_url}"
            ),
            Self::NotValid { title, verdict, hint } => {
                write!(f, "{title}, new key {}: {}", verdict.as_str(), in_words(*verdict))?;
                match hint {
                    Some(hint) => write!(f, " ({})", hint_in_words(hint)),
                    None => Ok(()),
                }
            }
        }
    }
}

/// What a verdict means for the one who holds the key.
pub fn in_words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Valid => "it works",
        Verdict::ValidLimited => "it works, but lacks a permission",
        Verdict::Invalid => "it is rejected; was all of it copied?",
        Verdict::Revoked => "it was revoked",
        Verdict::Expired => "it has expired",
        Verdict::SignatureMismatch => "key and secret do not belong together",
        Verdict::WrongEnvironment => "it belongs to another environment, such as the testnet",
        Verdict::WrongKeyType => "the provider does not take this kind of key any more",
        Verdict::ForbiddenIp => "it may not be used from this address",
        Verdict::BlockedRegion => "this network is refused; that says nothing about the key",
        Verdict::ClockSkew => "this machine's clock is wrong",
        Verdict::RateLimited => "asked too often; try later",
        Verdict::AmbiguousAuth => "key, address or permission is wrong; the provider does not say which",
        Verdict::ProviderDown => "the provider has a fault; try later",
        Verdict::NetworkError => "no connection",
        Verdict::Unexpected => "an answer that fits nothing known",
        Verdict::Missing => "it is not there",
        Verdict::Malformed => "it does not look like a key of this provider",
        Verdict::Reference => "another tool keeps it",
    }
}

/// What may be wrong with a value, in words.
pub fn hint_in_words(hint: &Hint) -> String {
    match hint {
        Hint::VariableMissing(name) => format!("{name} has no value"),
        Hint::Blanks(name) => format!("{name} has a blank or a line break in it; nothing was sent"),
        Hint::InFront(name, what) if what.ends_with("://") => {
            format!("{name} holds an address ({what}...), no key; nothing was sent")
        }
        Hint::InFront(name, what) => {
            format!("{name} has {what:?} in front of the key: leave that away; nothing was sent")
        }
        Hint::Behind(name, mark) => {
            format!("{name} has {mark:?} behind the key: leave that away; nothing was sent")
        }
        Hint::Placeholder(name) => format!("{name} holds a placeholder, no key; nothing was sent"),
        Hint::Reference(kept) => kept_in_words(kept),
        Hint::Quotes(name) => format!("quotes are part of the value of {name}"),
        Hint::RsaKey(name) => format!("{name} is an RSA key; make an HMAC key"),
        Hint::Format(name) => format!("{name} has another form"),
        Hint::OtherKind(name) => {
            format!(
                "{name} holds another kind of key (a subscription's token, say): it was not sent, as an API call tells nothing of it"
            )
        }
        Hint::Because(reason) => format!("the provider says that {}", reason.in_words()),
        Hint::NotItsWords => {
            "refused, but not in the provider's own words: a proxy or gateway may have said it, so nothing is known of the key"
                .to_owned()
        }
        Hint::HostsSilent(hosts) => format!(
            "the key may live at a host that could not be asked: {}",
            hosts.join(", ")
        ),
        Hint::OtherMaker(other) => other_maker_in_words(other),
        Hint::Elsewhere(found) => elsewhere_in_words(found),
        Hint::NotPublic(host) => format!("{host} has no public address; nothing was sent"),
        Hint::EnvUnreadable(why) => format!("nothing was sent, as .env may say that the key is used elsewhere: {why}"),
        Hint::NotAgreed(host) => format!("run `keyminder probe` once and agree to {host}"),
    }
}

/// Who keeps a value, and how a command sees it.
fn kept_in_words(kept: &KeptElsewhere) -> String {
    let owner = &kept.owner;
    match &kept.through {
        Some(through) => format!("kept by {owner}; to have it asked about: {through} keyminder probe"),
        None => format!("kept by {owner}; it could not be looked up, so nothing was sent"),
    }
}

fn other_maker_in_words(other: &OtherMaker) -> String {
    let OtherMaker {
        variable,
        maker,
        prefix,
        host,
        belongs_in,
    } = other;
    let way = if variable == belongs_in {
        format!("it is not {variable}'s")
    } else {
        format!("put it in {belongs_in}, and the right one in {variable}")
    };
    format!("{variable} looks like a key of {maker} ({prefix}): not sent to {host}; {way}")
}

fn elsewhere_in_words(found: &Elsewhere) -> String {
    let Elsewhere {
        key,
        address,
        exported,
        at,
        maker,
        host,
    } = found;
    let place = match (at, maker) {
        (Some(at), Some(maker)) => format!("{at} ({maker})"),
        (Some(at), None) => at.clone(),
        (None, Some(maker)) => format!("another address ({maker})"),
        (None, None) => "another address".to_owned(),
    };
    let (of, remove) = if *exported {
        (" of the environment", "unset")
    } else {
        ("", "remove")
    };
    format!(
        "{address}{of} says that {key} is used at {place}: not sent to {host}; give that key a variable of its own, or \
         {remove} {address}"
    )
}

/// What speaks against a key that was just probed.
pub fn objection(provider: &Provider, probed: &Probed) -> Option<Objection> {
    if probed.verdict != Verdict::Valid {
        return Some(Objection::NotValid {
            title: provider.title.clone(),
            verdict: probed.verdict,
            hint: probed.hint.clone(),
        });
    }
    let may_withdraw = probed
        .captures
        .permissions
        .iter()
        .any(|word| word.to_ascii_lowercase().contains("withdraw"));
    may_withdraw.then(|| Objection::MayWithdraw {
        manage_url: provider.manage_url.clone(),
    })
}

/// Probes a new key; one that is dead may only be too fresh, and is asked again for as long as the provider needs.
/// `refused` is told how long that may last yet, before each wait.
pub async fn probe_fresh(
    prober: &Prober,
    provider: &Provider,
    values: &BTreeMap<String, SecretString>,
    now: DateTime<Utc>,
    mut refused: impl FnMut(Duration),
) -> Probed {
    let mut waited = Duration::ZERO;
    loop {
        let answer = prober.probe(provider, values, now).await;
        if answer.verdict.life() != Life::Dead || waited >= provider.fresh_key_grace {
            return answer;
        }
        refused(provider.fresh_key_grace.saturating_sub(waited));
        tokio::time::sleep(STEP).await;
        waited += STEP;
    }
}
