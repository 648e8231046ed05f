//! Which stand-ins there are: hosts, the one call that each answers, and how a key comes with it.
use super::Said;
use super::auth::{Asked, Auth};
use serde_json::json;

/// One provider's stand-in.
pub(super) struct StandIn {
    pub(super) id: &'static str,
    /// Host and the environment that it is.
    hosts: &'static [(&'static str, &'static str)],
    pub(super) method: &'static str,
    /// The call; `*` stands for a token in the path.
    pub(super) path: &'static str,
    pub(super) auth: Auth,
}

const fn stand_in(
    id: &'static str,
    hosts: &'static [(&'static str, &'static str)],
    method: &'static str,
    path: &'static str,
    auth: Auth,
) -> StandIn {
    StandIn {
        id,
        hosts,
        method,
        path,
        auth,
    }
}

/// Every stand-in.
pub(super) const ALL: &[StandIn] = &[
    stand_in(
        "bybit",
        &[
            ("api.bybit.com", "mainnet"),
            ("api-testnet.bybit.com", "testnet"),
            ("api-demo.bybit.com", "demo"),
        ],
        "GET",
        "/v5/user/query-api",
        Auth::Bybit,
    ),
    stand_in("notion", &[("api.notion.com", "")], "GET", "/v1/users/me", Auth::Bearer),
    stand_in(
        "huggingface",
        &[("huggingface.co", "")],
        "GET",
        "/api/whoami-v2",
        Auth::Bearer,
    ),
    stand_in(
        "groq",
        &[("api.groq.com", "")],
        "GET",
        "/openai/v1/models",
        Auth::Bearer,
    ),
    stand_in("mistral", &[("api.mistral.ai", "")], "GET", "/v1/models", Auth::Bearer),
    stand_in(
        "anthropic",
        &[("api.anthropic.com", "")],
        "GET",
        "/v1/models",
        Auth::Header("x-api-key"),
    ),
    stand_in(
        "binance",
        &[("api.binance.com", "")],
        "GET",
        "/sapi/v1/account/apiRestrictions",
        Auth::Binance,
    ),
    stand_in(
        "cohere",
        &[("api.cohere.com", "")],
        "POST",
        "/v1/check-api-key",
        Auth::Bearer,
    ),
    stand_in(
        "gemini",
        &[("generativelanguage.googleapis.com", "")],
        "GET",
        "/v1beta/models",
        Auth::Header("x-goog-api-key"),
    ),
    stand_in("github", &[("api.github.com", "")], "GET", "/user", Auth::Bearer),
    stand_in("openai", &[("api.openai.com", "")], "GET", "/v1/models", Auth::Bearer),
    stand_in(
        "openrouter",
        &[("openrouter.ai", "")],
        "GET",
        "/api/v1/key",
        Auth::Bearer,
    ),
    stand_in("slack", &[("slack.com", "")], "POST", "/api/auth.test", Auth::Bearer),
    stand_in("stripe", &[("api.stripe.com", "")], "GET", "/v1/balance", Auth::Bearer),
    stand_in(
        "telegram",
        &[("api.telegram.org", "")],
        "GET",
        "/bot*/getMe",
        Auth::Path,
    ),
    stand_in("xai", &[("api.x.ai", "")], "GET", "/v1/api-key", Auth::Bearer),
];

/// Whose host this is. A Notion has no fixed host (its URL is a setting), so its path tells it.
pub(super) fn of(host: &str, path: &str) -> Option<&'static StandIn> {
    let by_host = ALL
        .iter()
        .find(|stand_in| stand_in.hosts.iter().any(|(name, _)| *name == host));
    by_host.or_else(|| {
        ALL.iter()
            .find(|stand_in| stand_in.id == "notion" && stand_in.path == path)
    })
}

impl StandIn {
    /// The environment that a host is.
    pub(super) fn environment(&self, host: &str) -> &'static str {
        self.hosts
            .iter()
            .find(|(name, _)| *name == host)
            .map_or("", |(_, environment)| environment)
    }

    /// The token in the path, for a stand-in whose path has one.
    pub(super) fn token_in_path<'p>(&self, path: &'p str) -> Option<&'p str> {
        let (before, after) = self.path.split_once('*')?;
        path.strip_prefix(before)?.strip_suffix(after)
    }

    /// Whether this is the call that the stand-in answers.
    pub(super) fn answers(&self, asked: &Asked<'_>) -> bool {
        let path_fits = asked.path == self.path || self.token_in_path(asked.path).is_some();
        asked.method == self.method && path_fits
    }

    /// The path as the journal may show it.
    pub(super) fn plain_path(&self, path: &str) -> String {
        match self.token_in_path(path) {
            Some(_) => self.path.to_owned(),
            None => path.to_owned(),
        }
    }

    /// The provider's clock, where it was asked for.
    pub(super) fn time(&self, asked: &Asked<'_>, server_ms: i64) -> Option<Said> {
        let body = match (self.id, asked.path) {
            ("bybit", "/v5/market/time") => {
                let result =
                    json!({"timeSecond": (server_ms / 1000).to_string(), "timeNano": format!("{server_ms}000000")});
                json!({"retCode": 0, "retMsg": "OK", "result": result, "retExtInfo": {}, "time": server_ms})
            }
            ("binance", "/api/v3/time") => json!({"serverTime": server_ms}),
            _ => return None,
        };
        Some(Said {
            status: 200,
            headers: Vec::new(),
            body,
            key: "time".to_owned(),
        })
    }
}
