//! The seam between the client and the wire: one request out, one answer or one failure back.
//! [`HttpTransport`] is the real one; tests bring transports of their own.
use crate::error::AddressError;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode, Url};
use std::pin::Pin;
use std::sync::Once;
use std::time::Duration;

/// The version of Notion's API that this client speaks: the value of the `Notion-Version` header.
pub const NOTION_VERSION: &str = "2026-03-11";

const VERSION: HeaderValue = HeaderValue::from_static(NOTION_VERSION);
const VERSION_HEADER: HeaderName = HeaderName::from_static("notion-version");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// A longer answer is not read to its end. A full list of 100 comments stays far below; of one that does not, shorter
/// pages are asked for.
pub(crate) const BODY_LIMIT: usize = 4 * 1024 * 1024;
/// A host that does not accept a connection within this time counts as unreachable.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// As many as replies can be in flight without a limit: fewer would close connections that the next reply opens
/// again, which cost a sixth of all work on a large backlog. At the usual rate there are never more than a few.
const IDLE_CONNECTIONS: usize = 64;
/// Used again only while the other side surely still holds it (common servers drop it after 60 to 75 s): a POST into a
/// connection that is being closed would have an unknown outcome.
const IDLE_FOR: Duration = Duration::from_secs(45);

/// A request to Notion. It has no `Debug`: the body holds what we say, the header the token.
#[derive(Clone)]
pub struct Request {
    /// GET, POST, PATCH or DELETE.
    pub method: Method,
    /// The path with its query, beginning with `/v1/`.
    pub path: String,
    /// `Bearer ...`, marked as sensitive.
    pub authorization: HeaderValue,
    /// JSON; empty when there is no body.
    pub body: Vec<u8>,
}

impl Request {
    /// The headers that go with this request, for a transport that is not reqwest.
    pub fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::with_capacity(4);
        headers.insert(AUTHORIZATION, self.authorization.clone());
        headers.insert(VERSION_HEADER, VERSION);
        if !self.body.is_empty() {
            headers.insert(CONTENT_TYPE, JSON);
        }
        headers
    }
}

/// An answer. It has no `Debug`: the body is untrusted and may hold a key.
pub struct Response {
    /// The status code.
    pub status: StatusCode,
    /// All headers of the answer.
    pub headers: HeaderMap,
    /// The body; `None` when it broke off or came too slowly, or when that of a refusal was too long.
    pub body: Option<Vec<u8>>,
}

/// Why there is no answer. The texts come from the network stack and never hold a URL or a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// No byte of the request reached Notion: it certainly did not happen.
    NotSent(String),
    /// It may have happened.
    Unknown(String),
    /// It succeeded, and the answer is longer than what is read of one.
    TooLong,
}

/// What a transport gives back.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<Response, Failure>> + Send + 'a>>;

/// Carries requests. An implementation never repeats a request, never follows a redirect, and ends in bounded time.
pub trait Transport: Send + Sync {
    /// Sends one request once.
    fn send(&self, request: Request) -> Sending<'_>;
}

/// The real transport: reqwest over rustls with ring.
pub struct HttpTransport {
    base: String,
    timeout: Duration,
    http: reqwest::Client,
}

impl HttpTransport {
    /// A transport to `url`, the address without `/v1`. One call, with its body, lasts at most `timeout`. `user_agent` is
    /// left out when no header can hold it.
    pub fn new(url: &str, user_agent: &str, timeout: Duration) -> Result<Self, AddressError> {
        install_tls_provider();
        let mut http = Self::builder(url, user_agent)?;
        if is_loopback(&base(url)?) {
            http = http.no_proxy();
        }
        Self::over(http.build().map_err(|_| AddressError)?, url, timeout)
    }

    /// What [`HttpTransport::new`] builds its HTTP client from, for who adds rules of their own (a resolver, a proxy)
    /// before handing it to [`HttpTransport::over`].
    pub fn builder(url: &str, user_agent: &str) -> Result<reqwest::ClientBuilder, AddressError> {
        let base = base(url)?;
        let mut http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_FOR)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .default_headers(HeaderMap::from_iter([(VERSION_HEADER, VERSION)]));
        if let Ok(agent) = HeaderValue::from_str(user_agent) {
            http = http.user_agent(agent);
        }
        if base.scheme() == "http" {
            // Reading the system's certificates takes longer than the rest of the start; plain HTTP needs none.
            http = http.tls_certs_only([]);
        }
        Ok(http)
    }

    /// A transport to `url` over an HTTP client that is there, made from [`HttpTransport::builder`].
    pub fn over(http: reqwest::Client, url: &str, timeout: Duration) -> Result<Self, AddressError> {
        base(url)?;
        Ok(Self {
            base: without_version(url).to_owned(),
            timeout,
            http,
        })
    }

    fn prepare(&self, request: Request) -> Result<reqwest::Request, Failure> {
        let mut address = String::with_capacity(self.base.len() + request.path.len());
        address.push_str(&self.base);
        address.push_str(&request.path);
        let url = Url::parse(&address).map_err(|_| Failure::NotSent("the address is no URL".to_owned()))?;
        let mut prepared = reqwest::Request::new(request.method, url);
        *prepared.timeout_mut() = Some(self.timeout);
        prepared.headers_mut().insert(AUTHORIZATION, request.authorization);
        if !request.body.is_empty() {
            prepared.headers_mut().insert(CONTENT_TYPE, JSON);
            *prepared.body_mut() = Some(request.body.into());
        }
        Ok(prepared)
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: Request) -> Sending<'_> {
        Box::pin(async move {
            let prepared = self.prepare(request)?;
            let mut answer = self.http.execute(prepared).await.map_err(failure)?;
            let (status, headers) = (answer.status(), std::mem::take(answer.headers_mut()));
            let body = match read_body(answer).await {
                Err(TooLong) if status.is_success() => return Err(Failure::TooLong),
                body => body.ok().flatten(),
            };
            Ok(Response { status, headers, body })
        })
    }
}

/// A body went over the limit.
struct TooLong;

/// The whole body, or `None` when it broke off. It is not decompressed: nothing that could unfold is asked for.
async fn read_body(mut answer: reqwest::Response) -> Result<Option<Vec<u8>>, TooLong> {
    if answer.content_length().is_some_and(|length| length > BODY_LIMIT as u64) {
        return Err(TooLong);
    }
    let mut body = Vec::new();
    loop {
        match answer.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > BODY_LIMIT => return Err(TooLong),
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(Some(body)),
            Err(_) => return Ok(None),
        }
    }
}

/// Only what failed before a connection stood is certain; everything later may have happened.
fn failure(error: reqwest::Error) -> Failure {
    let certain = error.is_connect() || error.is_builder();
    let timeout = error.is_timeout();
    let error = error.without_url();
    let mut cause: &dyn std::error::Error = &error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    let cause = cause.to_string();
    match (certain, timeout) {
        (true, true) => Failure::NotSent("no connection in time".to_owned()),
        (true, false) => Failure::NotSent(cause),
        (false, true) => Failure::Unknown("no answer in time".to_owned()),
        (false, false) => Failure::Unknown(cause),
    }
}

/// rustls wants one provider for the process; a client built before that would panic. Somebody else's choice stands.
fn install_tls_provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _chosen_before = rustls::crypto::ring::default_provider().install_default();
    });
}

fn without_version(url: &str) -> &str {
    url.trim_end_matches('/').trim_end_matches("/v1")
}

fn base(url: &str) -> Result<Url, AddressError> {
    let base = Url::parse(without_version(url)).map_err(|_| AddressError)?;
    let usable = matches!(base.scheme(), "http" | "https") && base.has_host();
    if usable { Ok(base) } else { Err(AddressError) }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}
