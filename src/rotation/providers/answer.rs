//! What a provider answered, and the rules that make a verdict of it. Nothing here is kept or printed: error bodies
//! echo pieces of keys.
use crate::domain::verdict::{Life, Verdict, VerdictReason};
use regex::Regex;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// An answer, as far as rules look at it.
pub struct ProviderAnswer {
    /// The HTTP status.
    pub status: u16,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body, cut at the cap.
    pub text: String,
    /// The body as JSON, when its content type says JSON and it is.
    pub json: Option<Value>,
}

/// One line of meaning: when all conditions hold, the verdict stands.
#[derive(Clone)]
pub struct AnswerRule {
    pub(super) statuses: Vec<u16>,
    pub(super) json: Vec<(String, JsonTest)>,
    pub(super) text: Option<Regex>,
    pub(super) headers: Vec<(String, Regex)>,
    /// What it means.
    pub verdict: Verdict,
    /// What more the provider says with it.
    pub because: Option<VerdictReason>,
    /// What to do before the verdict is believed.
    pub then: Then,
}

/// What to do before a verdict is believed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// The verdict is believed as it is.
    #[default]
    Believe,
    /// Ask the provider's other base URLs once each.
    TryOtherEnvironments,
    /// Ask the provider's time and try once more with it.
    SyncClock,
}

/// What must stand at a JSON pointer.
#[derive(Clone)]
pub(super) enum JsonTest {
    OneOf(Vec<Value>),
    Matches(Regex),
    Is(JsonKind),
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum JsonKind {
    String,
    Array,
    Boolean,
}

impl ProviderAnswer {
    /// The first rule that fits.
    pub fn rule<'r>(&self, rules: &'r [AnswerRule]) -> Option<&'r AnswerRule> {
        rules.iter().find(|rule| rule.fits(self))
    }

    /// The meaning where no rule fits.
    pub fn by_status(&self) -> Verdict {
        match self.status {
            429 => Verdict::RateLimited,
            500..=599 => Verdict::ProviderDown,
            407 => Verdict::NetworkError,
            _ => Verdict::Unexpected,
        }
    }
}

impl AnswerRule {
    /// Whether it asks for words of the provider's own.
    fn names_words(&self) -> bool {
        self.text.is_some() || !self.headers.is_empty()
    }

    fn fits(&self, answer: &ProviderAnswer) -> bool {
        // A portal or proxy answers with HTML: it must make no key look alive, and none dead.
        let believable = match self.verdict.life() {
            Life::Alive => answer.json.is_some(),
            Life::Dead => answer.json.is_some() || self.names_words(),
            Life::Unknown | Life::None => true,
        };
        believable
            && (self.statuses.is_empty() || self.statuses.contains(&answer.status))
            && self.json.iter().all(|(pointer, test)| {
                answer
                    .json
                    .as_ref()
                    .and_then(|json| json.pointer(pointer))
                    .is_some_and(|value| test.holds(value))
            })
            && self.text.as_ref().is_none_or(|text| text_fits(text, answer))
            && self
                .headers
                .iter()
                .all(|(name, wanted)| answer.headers.get(name).is_some_and(|value| wanted.is_match(value)))
    }
}

/// Hugging Face may put the words into a header of its own instead of the body.
fn text_fits(text: &Regex, answer: &ProviderAnswer) -> bool {
    text.is_match(&answer.text)
        || answer
            .headers
            .get("x-error-message")
            .is_some_and(|words| text.is_match(words))
}

impl JsonTest {
    fn holds(&self, value: &Value) -> bool {
        match self {
            Self::OneOf(values) => values.contains(value),
            Self::Matches(wanted) => value.as_str().is_some_and(|text| wanted.is_match(text)),
            Self::Is(JsonKind::String) => value.is_string(),
            Self::Is(JsonKind::Array) => value.is_array(),
            Self::Is(JsonKind::Boolean) => value.is_boolean(),
        }
    }
}
