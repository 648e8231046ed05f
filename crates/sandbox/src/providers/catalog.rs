//! Which stand-ins there are: hosts, the one call that each answers, and how a key comes with it.
use super::reply::{StandInReply, reply};
use axum::http::HeaderMap;
use serde_json::json;

/// How a key comes with a call.
#[derive(Clone, Copy)]
pub(super) enum Auth {
    /// As `Authorization: Bearer`.
    Bearer,
    /// In a header of that name.
    Header(&'static str),
    /// In the path.
    Path,
    /// By a signature in headers.
    Bybit,
    /// By a signature in the query.
    Binance,
}

/// A call as it came.
pub(super) struct ProviderCall<'a> {
    pub(super) host: &'a str,
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    pub(super) headers: &'a HeaderMap,
}

/// One provider's stand-in.
pub(super) struct StandIn {
    pub(super) id: &'static str,
    /// The one call that it answers, `GET host/path`; `*` stands for a token in the path.
    call: &'static str,
    pub(super) auth: Auth,
}

const fn stand_in(id: &'static str, call: &'static str, auth: Auth) -> StandIn {
    StandIn { id, call, auth }
}

/// The stand-ins of all providers.
pub(super) const ALL: [StandIn; 16] = [
    stand_in("bybit", "GET api.bybit.com/v5/user/query-api", Auth::Bybit),
    stand_in("notion", "GET api.notion.com/v1/users/me", Auth::Bearer),
    stand_in("huggingface", "GET huggingface.co/api/whoami-v2", Auth::Bearer),
    stand_in("groq", "GET api.groq.com/openai/v1/models", Auth::Bearer),
    stand_in("mistral", "GET api.mistral.ai/v1/models", Auth::Bearer),
    stand_in(
        "anthropic",
        "GET api.anthropic.com/v1/models",
        Auth::Header("x-api-key"),
    ),
    stand_in(
        "binance",
        "GET api.binance.com/sapi/v1/account/apiRestrictions",
        Auth::Binance,
    ),
    stand_in("cohere", "POST api.cohere.com/v1/check-api-key", Auth::Bearer),
    stand_in(
        "gemini",
        "GET generativelanguage.googleapis.com/v1beta/models",
        Auth::Header("x-goog-api-key"),
    ),
    stand_in("github", "GET api.github.com/user", Auth::Bearer),
    stand_in("openai", "GET api.openai.com/v1/models", Auth::Bearer),
    stand_in("openrouter", "GET openrouter.ai/api/v1/key", Auth::Bearer),
    stand_in("slack", "POST slack.com/api/auth.test", Auth::Bearer),
    stand_in("stripe", "GET api.stripe.com/v1/balance", Auth::Bearer),
    stand_in("telegram", "GET api.telegram.org/bot*/getMe", Auth::Path),
    stand_in("xai", "GET api.x.ai/v1/api-key", Auth::Bearer),
];

/// The hosts of a provider that has several, each with the environment that it is.
const ENVIRONMENTS: [(&str, &str, &str); 10] = [
    ("bybit", "api.bybit.com", "mainnet"),
    ("bybit", "api-testnet.bybit.com", "testnet"),
    ("bybit", "api-demo.bybit.com", "demo"),
    ("bybit", "api.bybit.eu", "eu"),
    ("bybit", "api.bybit.nl", "nl"),
    ("bybit", "api.bybit-tr.com", "tr"),
    ("bybit", "api.bybit.kz", "kz"),
    ("bybit", "api.bybitgeorgia.ge", "ge"),
    ("bybit", "api.bybit.ae", "ae"),
    ("bybit", "api.bybit.id", "id"),
];

/// Whose host this is. A Notion has no fixed host (its URL is a setting), so its path tells it.
pub(super) fn of(host: &str, path: &str) -> Option<&'static StandIn> {
    let by_host = ALL.iter().find(|stand_in| stand_in.is_at(host));
    by_host.or_else(|| {
        ALL.iter()
            .find(|stand_in| stand_in.id == "notion" && stand_in.path() == path)
    })
}

impl StandIn {
    fn method(&self) -> &'static str {
        self.call.split_once(' ').map_or("", |(method, _)| method)
    }

    fn host(&self) -> &'static str {
        let address = self.call.split_once(' ').map_or("", |(_, address)| address);
        address.split('/').next().unwrap_or(address)
    }

    fn path(&self) -> &'static str {
        self.call.find('/').map_or("", |at| &self.call[at..])
    }

    fn is_at(&self, host: &str) -> bool {
        self.host() == host || !self.environment(host).is_empty()
    }

    /// The environment that a host is; empty at a provider that has one only.
    pub(super) fn environment(&self, host: &str) -> &'static str {
        let mut all = ENVIRONMENTS.iter();
        all.find(|(id, name, _)| *id == self.id && *name == host)
            .map_or("", |(_, _, environment)| environment)
    }

    /// The token in the path, for a stand-in whose path has one.
    pub(super) fn token_in_path<'p>(&self, path: &'p str) -> Option<&'p str> {
        let (before, after) = self.path().split_once('*')?;
        path.strip_prefix(before)?.strip_suffix(after)
    }

    /// Whether this is the call that the stand-in answers.
    pub(super) fn answers(&self, call: &ProviderCall<'_>) -> bool {
        let path_fits = call.path == self.path() || self.token_in_path(call.path).is_some();
        call.method == self.method() && path_fits
    }

    /// The path as the journal may show it.
    pub(super) fn plain_path(&self, path: &str) -> String {
        match self.token_in_path(path) {
            Some(_) => self.path().to_owned(),
            None => path.to_owned(),
        }
    }

    /// The provider's clock, where it was asked for.
    pub(super) fn time(&self, call: &ProviderCall<'_>, server_ms: i64) -> Option<StandInReply> {
        let body = match (self.id, call.path) {
            ("bybit", "/v5/market/time") => {
                let result =
                    json!({"timeSecond": (server_ms / 1000).to_string(), "timeNano": format!("{server_ms}000000")});
                json!({"retCode": 0, "retMsg": "OK", "result": result, "retExtInfo": {}, "time": server_ms})
            }
            ("binance", "/api/v3/time") => json!({"serverTime": server_ms}),
            _ => return None,
        };
        Some(reply(200, body, "time"))
    }
}
