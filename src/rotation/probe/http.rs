//! A probe on the wire: no redirects, caps, timeouts, sensitive headers. What goes wrong is told by kind alone, since
//! `reqwest::Error` prints URLs.
use super::settings::{ProbeError, ProbeSettings};
use crate::outbound;
use crate::rotation::providers::{Method, Provider, ProviderAnswer, Signer, TimeEndpoint};
use crate::rotation::signer;
use reqwest::header::{HOST, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::collections::BTreeMap;

/// The most of a body that is read. Lists of models pass 64 KiB at some providers.
const BODY_CAP: usize = 256 * 1024;

/// Why there is no answer.
pub(super) enum Failure {
    /// DNS, TLS, timeout, proxy, a connection cut.
    NoConnection,
    /// The host's name leads to no public address.
    NotPublic,
    /// The values do not fit into a request.
    Unsendable,
}

/// The HTTP client and where its calls go.
pub(super) struct ProbeClient {
    client: Client,
    probe_url: Option<String>,
    notion_url: String,
}

impl ProbeClient {
    pub(super) fn new(settings: &ProbeSettings) -> Result<Self, ProbeError> {
        for url in settings.probe_url.iter().chain([&settings.notion_url]) {
            outbound::destination(url).map_err(|_| ProbeError::Url(url.clone()))?;
        }
        let builder = Client::builder()
            .connect_timeout(settings.connect_timeout)
            .timeout(settings.timeout)
            .user_agent(concat!("keyminder/", env!("CARGO_PKG_VERSION")));
        let client = outbound::client(builder).map_err(|error| ProbeError::Client(error.without_url().to_string()))?;
        let notion_url = settings.notion_url.trim_end_matches('/').to_owned();
        let probe_url = settings
            .probe_url
            .as_ref()
            .map(|url| url.trim_end_matches('/').to_owned());
        Ok(Self {
            client,
            probe_url,
            notion_url,
        })
    }

    /// Sends the provider's request with these values, signed for `at_ms` where it is signed.
    pub(super) async fn send(
        &self,
        provider: &Provider,
        base: &str,
        values: &[SecretString],
        at_ms: i64,
    ) -> Result<ProviderAnswer, Failure> {
        let path = fill(&provider.request.path, values);
        let (mut url, mut headers) = self.target(provider, base, path.expose_secret())?;
        for (name, template) in &provider.request.headers {
            insert(&mut headers, name, fill(template, values).expose_secret())?;
        }
        match provider.signer {
            Some(Signer::BybitV5) => sign_bybit(&url, &mut headers, values, at_ms)?,
            Some(Signer::Binance) => sign_binance(&mut url, &mut headers, values, at_ms)?,
            None => {}
        }
        let request = match provider.request.method {
            Method::Get => self.client.get(url),
            Method::Post => self.client.post(url),
        };
        self.read(request.headers(headers)).await
    }

    /// The provider's time in ms since 1970; sends no key.
    pub(super) async fn time(&self, provider: &Provider, base: &str, clock: &TimeEndpoint) -> Option<i64> {
        let (url, headers) = self.target(provider, base, &clock.path).ok()?;
        let answer = self.read(self.client.get(url).headers(headers)).await.ok()?;
        let time = answer.json?.pointer(&clock.pointer)?.clone();
        time.as_i64().or_else(|| time.as_str()?.parse().ok())
    }

    /// Where a path of the provider really goes: itself, the Notion that is set, or the stand-ins by `Host`.
    fn target(&self, provider: &Provider, base: &str, path: &str) -> Result<(Url, HeaderMap), Failure> {
        let mut headers = HeaderMap::new();
        let base = match &self.probe_url {
            _ if provider.is_notion() => &self.notion_url,
            Some(probe_url) => {
                let host = base.trim_start_matches("https://");
                headers.insert(HOST, HeaderValue::from_str(host).map_err(|_| Failure::Unsendable)?);
                probe_url
            }
            None => base,
        };
        // Path and values are joined as text: the host must still be the one that was agreed to.
        let url = outbound::destination(&format!("{base}{path}")).map_err(|_| Failure::Unsendable)?;
        let same = outbound::destination(base).is_ok_and(|base| base.origin() == url.origin());
        if same {
            Ok((url, headers))
        } else {
            Err(Failure::Unsendable)
        }
    }

    async fn read(&self, request: reqwest::RequestBuilder) -> Result<ProviderAnswer, Failure> {
        let mut response = request.send().await.map_err(|error| {
            if outbound::is_refused_address(&error) {
                Failure::NotPublic
            } else {
                Failure::NoConnection
            }
        })?;
        let status = response.status().as_u16();
        let headers: BTreeMap<String, String> = response
            .headers()
            .iter()
            .map(|(name, value)| {
                (
                    name.as_str().to_owned(),
                    String::from_utf8_lossy(value.as_bytes()).into_owned(),
                )
            })
            .collect();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| Failure::NoConnection)? {
            body.extend_from_slice(&chunk);
            if body.len() > BODY_CAP {
                body.truncate(BODY_CAP);
                break;
            }
        }
        let says_json = headers
            .get("content-type")
            .is_some_and(|kind| kind.to_ascii_lowercase().contains("json"));
        let json = says_json.then(|| serde_json::from_slice::<Value>(&body).ok()).flatten();
        Ok(ProviderAnswer {
            status,
            headers,
            text: String::from_utf8_lossy(&body).into_owned(),
            json,
        })
    }
}

/// A template with the values in it: a secret as well.
fn fill(template: &str, values: &[SecretString]) -> SecretString {
    let filled = values
        .iter()
        .enumerate()
        .fold(template.to_owned(), |text, (at, value)| {
            text.replace(&format!("{{{at}}}"), value.expose_secret())
        });
    filled.into()
}

fn insert(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), Failure> {
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Failure::Unsendable)?;
    let mut value = HeaderValue::from_str(value).map_err(|_| Failure::Unsendable)?;
    value.set_sensitive(true);
    headers.insert(name, value);
    Ok(())
}

/// Signs the query as the URL really carries it, so that no encoder comes between signature and wire.
fn sign_bybit(url: &Url, headers: &mut HeaderMap, values: &[SecretString], at_ms: i64) -> Result<(), Failure> {
    let [key, secret] = values else {
        return Err(Failure::Unsendable);
    };
    let key = key.expose_secret();
    let payload = url.query().unwrap_or("");
    let signature = signer::bybit_v5(secret.expose_secret(), at_ms, key, signer::BYBIT_WINDOW_MS, payload);
    insert(headers, "X-BAPI-API-KEY", key)?;
    insert(headers, "X-BAPI-TIMESTAMP", &at_ms.to_string())?;
    insert(headers, "X-BAPI-RECV-WINDOW", signer::BYBIT_WINDOW_MS)?;
    insert(headers, "X-BAPI-SIGN-TYPE", "2")?;
    insert(headers, "X-BAPI-SIGN", &signature)
}

fn sign_binance(url: &mut Url, headers: &mut HeaderMap, values: &[SecretString], at_ms: i64) -> Result<(), Failure> {
    let [key, secret] = values else {
        return Err(Failure::Unsendable);
    };
    let query = match url.query() {
        Some(query) if !query.is_empty() => format!("{query}&timestamp={at_ms}"),
        _ => format!("timestamp={at_ms}"),
    };
    let signature = signer::binance(secret.expose_secret(), &query);
    url.set_query(Some(&format!("{query}&signature={signature}")));
    insert(headers, "X-MBX-APIKEY", key.expose_secret())
}
