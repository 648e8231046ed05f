//! What an answer tells about a key beside its verdict: when it ends, what it may do, from where.
use super::answer::ProviderAnswer;
use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::net::IpAddr;

/// Facts about a key; no account names, nothing of the key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Captures {
    /// When the provider ends it by itself; `None`: never, or not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<DateTime<Utc>>,
    /// What it may do, in the provider's words: `Wallet.AccountTransfer`, `repo`, `fineGrained`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub permissions: Vec<String>,
    /// The addresses it is bound to; empty when to none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ips: Vec<String>,
    /// Whether it can only read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_only: Option<bool>,
}

/// Where the facts stand: JSON pointers, or `header:<name>`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CapturePlan {
    expires_at: Places,
    created_at: Places,
    permissions: Places,
    ips: Places,
    read_only: Places,
}

/// One place, or several of which the first that is filled counts.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Places {
    One(String),
    Several(Vec<String>),
}

impl Default for Places {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

impl CapturePlan {
    /// Reads the facts out of an answer.
    pub fn read(&self, answer: &ProviderAnswer) -> Captures {
        Captures {
            expires_at: self.expires_at.find(answer).as_ref().and_then(time),
            created_at: self.created_at.find(answer).as_ref().and_then(time),
            permissions: few(self.permissions.find(answer).as_ref().map(words)),
            ips: few(self.ips.find(answer).as_ref().map(addresses)),
            read_only: self
                .read_only
                .find(answer)
                .and_then(|value| value.as_bool().or_else(|| Some(value.as_i64()? == 1))),
        }
    }

    /// Every place must be a JSON pointer or a header.
    pub(super) fn fault(&self) -> Option<String> {
        [
            &self.expires_at,
            &self.created_at,
            &self.permissions,
            &self.ips,
            &self.read_only,
        ]
        .into_iter()
        .flat_map(Places::all)
        .find(|place| !place.starts_with('/') && !place.starts_with("header:"))
        .map(|place| format!("capture: `{place}` is neither a JSON pointer (/a/b) nor header:<name>"))
    }
}

impl Places {
    fn all(&self) -> &[String] {
        match self {
            Self::One(place) => std::slice::from_ref(place),
            Self::Several(places) => places,
        }
    }

    fn find(&self, answer: &ProviderAnswer) -> Option<Value> {
        self.all().iter().find_map(|place| match place.strip_prefix("header:") {
            Some(name) => answer.headers.get(name).map(|value| Value::from(value.as_str())),
            None => answer
                .json
                .as_ref()?
                .pointer(place)
                .filter(|value| !value.is_null())
                .cloned(),
        })
    }
}

/// A time in any of the forms seen: RFC 3339, GitHub's two, milliseconds or seconds since 1970. Bybit writes the epoch
/// for "no expiry", so that counts as none.
fn time(value: &Value) -> Option<DateTime<Utc>> {
    let time = match value {
        Value::Number(number) => {
            let number = number.as_i64()?;
            // Seconds stay below this until the year 5138, milliseconds passed it in 1973.
            if number < 100_000_000_000 {
                DateTime::from_timestamp(number, 0)
            } else {
                DateTime::from_timestamp_millis(number)
            }
        }
        Value::String(text) => written_time(text),
        _ => None,
    }?;
    (time.timestamp() > 0).then_some(time)
}

fn written_time(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if text.len() >= 10 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return DateTime::from_timestamp_millis(text.parse().ok()?);
    }
    let offset = |text: &str| {
        DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S %z")
            .ok()
            .map(|time| time.to_utc())
    };
    DateTime::parse_from_rfc3339(text)
        .ok()
        .map(|time| time.to_utc())
        .or_else(|| offset(&text.replace(" UTC", " +0000")))
        .or_else(|| text.parse::<NaiveDateTime>().ok().map(|time| time.and_utc()))
}

/// `{"Wallet": ["AccountTransfer"]}`, `["a"]`, `"repo, read:org"` or `"write"` as a list.
fn words(value: &Value) -> Vec<String> {
    match value {
        Value::Object(groups) => groups
            .iter()
            .flat_map(|(group, rights)| words(rights).into_iter().map(move |right| format!("{group}.{right}")))
            .collect(),
        Value::Array(items) => items.iter().flat_map(words).collect(),
        Value::String(text) => text.split(',').map(plain).filter(|word| !word.is_empty()).collect(),
        _ => Vec::new(),
    }
}

/// More words than this, or addresses, no provider has about one key.
const MOST: usize = 64;

/// A provider's word may hold anything; what is shown is short and plain.
fn plain(word: &str) -> String {
    word.trim()
        .chars()
        .filter(|c| c.is_alphanumeric() || "._:-/".contains(*c))
        .take(40)
        .collect()
}

/// Bybit's answer for "bound to no address" is not documented: `[]` and `["*"]` both count. Only addresses are taken, with
/// the bits of a network where there are some.
fn addresses(value: &Value) -> Vec<String> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .filter(|address| {
            let (address, bits) = address.split_once('/').unwrap_or((address, "0"));
            address.parse::<IpAddr>().is_ok() && bits.parse::<u8>().is_ok()
        })
        .map(str::to_owned)
        .collect()
}

fn few(found: Option<Vec<String>>) -> Vec<String> {
    found.into_iter().flatten().take(MOST).collect()
}
