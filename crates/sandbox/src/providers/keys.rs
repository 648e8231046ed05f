//! Keys as a provider knows them, and how new ones look.
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// A key that a stand-in knows. No Debug: the sandbox's keys are invented, but a habit is a habit.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// The provider's id.
    pub provider: String,
    /// Variable to value; of a pair, the name with SECRET in it is the secret.
    pub values: BTreeMap<String, String>,
    /// What the provider says to it.
    #[serde(default)]
    pub state: KeyState,
    /// Bybit: `mainnet` (also when empty), `testnet`, `demo`.
    #[serde(default)]
    pub environment: String,
    /// Laid over the answer to a live key, e.g. `{"result": {"permissions": {"Wallet": ["Withdraw"]}}}`.
    #[serde(default)]
    pub details: Value,
}

/// What a provider says to a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// It is accepted, with all its permissions.
    #[default]
    Live,
    /// It works, but not for this call.
    Limited,
    /// Gone: as if it had never been.
    Deleted,
    /// Gone, and the provider says so where it can.
    Revoked,
    /// Past its date, and the provider says so where it can.
    Expired,
    /// Not from this address.
    ForbiddenIp,
    /// It was used for too many calls.
    RateLimited,
    /// The provider has trouble.
    Down,
}

impl KeyState {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Limited => "limited",
            Self::Deleted => "deleted",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
            Self::ForbiddenIp => "forbidden_ip",
            Self::RateLimited => "rate_limited",
            Self::Down => "down",
        }
    }
}

impl Key {
    /// A key in the provider's usual environment.
    pub fn new(provider: &str, values: BTreeMap<String, String>, state: KeyState) -> Self {
        Self {
            provider: provider.to_owned(),
            values,
            state,
            environment: String::new(),
            details: Value::Null,
        }
    }

    /// The value that names the key, or its only one.
    pub(super) fn id(&self) -> Option<&str> {
        let named = self
            .values
            .iter()
            .find(|(name, _)| self.values.len() == 1 || !name.contains("SECRET"));
        named.map(|(_, value)| value.as_str())
    }

    /// The secret half of a pair.
    pub(super) fn secret(&self) -> &str {
        self.values
            .iter()
            .find(|(name, _)| name.contains("SECRET"))
            .map_or("", |(_, value)| value.as_str())
    }
}

/// A new key as the provider's console would show it: variable to value. `None` for an unknown provider.
pub fn invent(provider: &str, rng: &mut fastrand::Rng) -> Option<BTreeMap<String, String>> {
    let mut made = |prefix: &str, length: usize| {
        let random = std::iter::repeat_with(|| rng.alphanumeric()).take(length);
        prefix.chars().chain(random).collect::<String>()
    };
    let values = match provider {
        "bybit" => vec![("BYBIT_API_KEY", made("", 18)), ("BYBIT_API_SECRET", made("", 36))],
        "binance" => vec![("BINANCE_API_KEY", made("", 64)), ("BINANCE_API_SECRET", made("", 64))],
        "notion" => vec![("NOTION_TOKEN", made("ntn_", 46))],
        "huggingface" => vec![("HUGGINGFACE_TOKEN", made("hf_", 34))],
        "groq" => vec![("API_Groq", made("gsk_", 52))],
        "mistral" => vec![("API_Mistral", made("", 32))],
        "anthropic" => vec![("ANTHROPIC_API_KEY", made("sk-ant-api03-", 93) + "AA")],
        "cohere" => vec![("COHERE_API_KEY", made("", 40))],
        "gemini" => vec![("GEMINI_API_KEY", made("AQ.", 50))],
        "github" => vec![("GITHUB_TOKEN", made("ghp_", 36))],
        "openai" => vec![("OPENAI_API_KEY", made("sk-proj-", 20) + "T3BlbkFJ" + &made("", 20))],
        "openrouter" => vec![("OPENROUTER_API_KEY", made("sk-or-v1-", 64))],
        "slack" => vec![("SLACK_BOT_TOKEN", made("xoxb-1-1-", 24))],
        "stripe" => vec![("STRIPE_SECRET_KEY", made("sk_test_", 24))],
        "telegram" => vec![("TELEGRAM_BOT_TOKEN", format!("12345678:{}", made("", 35)))],
        "xai" => vec![("XAI_API_KEY", made("xai-", 80))],
        _ => return None,
    };
    Some(
        values
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}
