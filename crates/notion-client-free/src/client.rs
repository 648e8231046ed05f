//! The client: how requests are made, repeated or not, and counted. What can be asked lives in the sibling files.
use crate::answer::{About, Failed, Proof, judge};
use crate::error::{AddressError, Error, Kind, WriteError};
use crate::pace::Urgency;
use crate::rate::{Budget, Limiter, PATIENCE, Place};
use crate::transport::{HttpTransport, Request, Response, Transport};
use crate::well_formed;
use chrono::{DateTime, Utc};
use reqwest::Method;
use reqwest::header::{DATE, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Tries of a write that may be made twice.
const WRITE_TRIES: u32 = 3;
/// No further try of a read, or of a write, that has met failures for so long. With a call of 10 s a write thus ends
/// within 15 s after it got its place in the budget.
const READ_FOR: Duration = Duration::from_secs(20);
const WRITE_FOR: Duration = Duration::from_secs(5);
/// The first pause between tries; it doubles each time, give or take half.
const FIRST_PAUSE: Duration = Duration::from_millis(300);
/// Notion's clock is read from an answer this often.
const CLOCK_EVERY: Duration = Duration::from_mins(1);

/// How to reach Notion. [`Connection::new`] has the usual values for all but the token. It has no `Debug`, since it
/// holds the token.
pub struct Connection {
    /// The address without `/v1`: [`Connection::NOTION`], or one that behaves like it.
    pub url: String,
    /// The token of an internal connection.
    pub token: SecretString,
    /// Who calls: the `User-Agent` header, such as `my-bot/1.0`.
    pub user_agent: String,
    /// Requests that this client allows itself in a minute; 0: no limit of its own. Notion allows some three a second
    /// on average for each connection, 180 a minute, and asks for silence beyond that.
    pub requests_per_minute: u32,
    /// How long one request may take, with its answer's body. Several tries of a call take longer.
    pub call_timeout: Duration,
}

impl Connection {
    /// The address of Notion itself.
    pub const NOTION: &str = "https://api.notion.com";

    /// Notion itself, at 180 requests a minute of at most 10 s each.
    pub fn new(token: SecretString) -> Self {
        Self {
            url: Self::NOTION.to_owned(),
            token,
            user_agent: concat!("notion-client-free/", env!("CARGO_PKG_VERSION")).to_owned(),
            requests_per_minute: 180,
            call_timeout: Duration::from_secs(10),
        }
    }
}

/// A client of Notion's API. Clones share the budget, the token and the connections.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    transport: Arc<dyn Transport>,
    authorization: RwLock<Option<HeaderValue>>,
    limiter: Arc<Limiter>,
    clock: Mutex<Option<(DateTime<Utc>, Instant)>>,
}

/// A place in the budget, taken before a write that is to be written down first: the write then leaves at once.
#[must_use = "a place in the budget is for one write"]
pub struct WriteTurn(Place);

/// One thing to ask.
pub(crate) struct Call<'a> {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: Vec<u8>,
    pub(crate) about: About<'a>,
    /// How often a read may be tried.
    pub(crate) tries: u32,
}

impl<'a> Call<'a> {
    /// Tries of a read that is worth waiting for.
    pub(crate) const TRIES: u32 = 4;

    pub(crate) fn get(path: String, about: About<'a>) -> Self {
        Self::with_body(Method::GET, path, Vec::new(), about)
    }

    pub(crate) fn with_body(method: Method, path: String, body: Vec<u8>, about: About<'a>) -> Self {
        Self {
            method,
            path,
            body,
            about,
            tries: Self::TRIES,
        }
    }
}

impl Client {
    /// A client over HTTP. Nothing is sent yet. Fails when the address is none.
    pub fn new(connection: Connection) -> Result<Self, AddressError> {
        let http = HttpTransport::new(&connection.url, &connection.user_agent, connection.call_timeout)?;
        Ok(Self::with_transport(connection, Arc::new(http)))
    }

    /// A client over another transport, which then sees to the address, the `User-Agent` and the time limit itself.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "the token shall not live on with the caller"
    )]
    pub fn with_transport(connection: Connection, transport: Arc<dyn Transport>) -> Self {
        let inner = Inner {
            transport,
            authorization: RwLock::new(authorization(&connection.token)),
            limiter: Limiter::new(connection.requests_per_minute, connection.call_timeout),
            clock: Mutex::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Uses another token from the next request on.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "the token shall not live on with the caller"
    )]
    pub fn swap_token(&self, token: SecretString) {
        let mut current = self.inner.authorization.write().unwrap_or_else(PoisonError::into_inner);
        *current = authorization(&token);
    }

    /// What is left of the budget, and whether Notion wants us to be silent.
    pub fn budget(&self) -> Budget {
        let clock = *self.inner.clock.lock().unwrap_or_else(PoisonError::into_inner);
        Budget {
            server_now: clock.map(|(then, at)| then + at.elapsed()),
            ..self.inner.limiter.budget()
        }
    }

    /// Waits for a place for one write. Whoever writes down what is about to be
    /// sent waits here first: what is written down then leaves at once.
    pub async fn write_turn(&self) -> Result<WriteTurn, Error> {
        self.admit(Urgency::Write, About::new("write to Notion", "", ""))
            .await
            .map(WriteTurn)
    }

    async fn admit(&self, urgency: Urgency, about: About<'_>) -> Result<Place, Error> {
        let admitted = self.inner.limiter.admit(urgency).await;
        admitted.map_err(|after| about.error(Kind::Later { after }))
    }

    /// Asks until there is an answer that can be read, within reason.
    pub(crate) async fn read<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<T, Error> {
        self.read_with(call, |body| serde_json::from_slice(body)).await
    }

    /// The same with a reader of its own for the body.
    pub(crate) async fn read_with<T>(
        &self,
        call: Call<'_>,
        read: impl Fn(&[u8]) -> serde_json::Result<T>,
    ) -> Result<T, Error> {
        let started = Instant::now();
        let mut tries = 0;
        loop {
            tries += 1;
            let place = self.admit(Urgency::Read, call.about).await?;
            let error = match self.attempt(&call, place).await {
                Ok(body) => match understood(body.as_deref(), call.about, &read) {
                    Ok(answer) => return Ok(answer),
                    Err(error) => error,
                },
                Err(failed) => failed.error,
            };
            match pause(&error, tries, call.tries, started.elapsed() < READ_FOR) {
                Some(pause) => sleep(pause).await,
                None => return Err(error),
            }
        }
    }

    /// Asks once, without waiting: for what a write must know before it can end.
    pub(crate) async fn look<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<T, Error> {
        let place = self.inner.limiter.at_once();
        let body = self.attempt(&call, place).await.map_err(|failed| failed.error)?;
        parse(body.as_deref(), call.about)
    }

    /// Makes a write that sets a value: it may be made twice, so a failure that proves nothing is followed by another
    /// try. Gives back the answer's body if there is one.
    pub(crate) async fn set(&self, call: Call<'_>) -> Result<Option<Vec<u8>>, WriteError> {
        let started = Instant::now();
        let mut tries = 0;
        // Of several tries the one that proves least counts.
        let mut proof = Proof::NotDone;
        loop {
            tries += 1;
            let place = match self.admit(Urgency::Write, call.about).await {
                Ok(place) => place,
                Err(error) => return Err(ending(error, proof)),
            };
            let failed = match self.attempt(&call, place).await {
                Ok(body) => return Ok(body),
                Err(failed) if failed.committed.is_some() => return Ok(None),
                // The first try had deleted it; nobody but us can.
                Err(failed)
                    if proof > Proof::NotDone && call.method == Method::DELETE && failed.error.kind == Kind::Gone =>
                {
                    return Ok(None);
                }
                Err(failed) => failed,
            };
            proof = proof.max(failed.proof);
            let asked_to_wait = matches!(failed.error.status, Some(429 | 529));
            match pause(&failed.error, tries, WRITE_TRIES, started.elapsed() < WRITE_FOR) {
                Some(pause) if !asked_to_wait => sleep(pause).await,
                _ => return Err(ending(failed.error, proof)),
            }
        }
    }

    /// Makes a write that adds something: once.
    pub(crate) async fn add(&self, turn: WriteTurn, call: Call<'_>) -> Result<Option<Vec<u8>>, Box<Failed>> {
        let WriteTurn(place) = turn;
        if let Some(after) = place.void_for() {
            return Err(Failed::before_sending(call.about.error(Kind::Later { after })));
        }
        self.attempt(&call, place).await
    }

    /// One request, one answer.
    async fn attempt(&self, call: &Call<'_>, place: Place) -> Result<Option<Vec<u8>>, Box<Failed>> {
        let authorization = self
            .inner
            .authorization
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let Some(authorization) = authorization else {
            return Err(Failed::before_sending(call.about.error(Kind::Unauthorized)));
        };
        let request = Request {
            method: call.method.clone(),
            path: call.path.clone(),
            authorization,
            body: call.body.clone(),
        };
        let begun = Instant::now();
        let sent = self.inner.transport.send(request).await;
        let is_answered = sent.is_ok();
        if let Ok(response) = &sent {
            self.read_clock(response);
        }
        let judged = judge(sent, begun.elapsed(), call.about);
        if let Err(failed) = &judged {
            self.heed(failed);
        }
        if is_answered {
            place.answered();
        }
        judged
    }

    /// Notes a failure, and holds everybody back when Notion asks for it.
    fn heed(&self, failed: &Failed) {
        tracing::debug!(error = %failed.error, proof = ?failed.proof, "a request to Notion failed");
        if let (Some(429 | 529), Kind::Later { after }) = (failed.error.status, &failed.error.kind) {
            let reason = failed.reason.as_deref().unwrap_or("no reason given");
            tracing::warn!(
                seconds = after.as_secs(),
                reason,
                "Notion asks for silence; every request waits"
            );
            self.inner.limiter.hold(*after, failed.reason.clone());
        }
    }

    fn read_clock(&self, response: &Response) {
        let mut clock = self.inner.clock.lock().unwrap_or_else(PoisonError::into_inner);
        if clock.is_some_and(|(_, at)| at.elapsed() < CLOCK_EVERY) {
            return;
        }
        let date = response.headers.get(DATE).and_then(|date| date.to_str().ok());
        if let Some(date) = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok()) {
            *clock = Some((date.to_utc(), Instant::now()));
        }
    }
}

/// The header for a token; `None` when it holds what no header can hold.
fn authorization(token: &SecretString) -> Option<HeaderValue> {
    let text = secrecy::zeroize::Zeroizing::new(format!("Bearer {}", token.expose_secret().trim()));
    let mut header = HeaderValue::from_str(&text).ok()?;
    header.set_sensitive(true);
    Some(header)
}

/// A body as what it should be.
pub(crate) fn parse<T: DeserializeOwned>(body: Option<&[u8]>, about: About<'_>) -> Result<T, Error> {
    understood(body, about, |body| serde_json::from_slice(body))
}

/// The same with a reader of its own. Serde's words are dropped: they may quote the body.
fn understood<T>(
    body: Option<&[u8]>,
    about: About<'_>,
    read: impl Fn(&[u8]) -> serde_json::Result<T>,
) -> Result<T, Error> {
    let Some(body) = body else {
        return Err(about.network("the answer broke off"));
    };
    well_formed::read(body, read).map_err(|error| {
        if error.is_eof() {
            about.network("the answer broke off")
        } else {
            about.error(Kind::Unexpected)
        }
    })
}

/// How a write ended that did not succeed.
pub(crate) fn ending(error: Error, proof: Proof) -> WriteError {
    match proof {
        Proof::NotDone => WriteError::NotDone { error },
        Proof::Ended | Proof::Nothing => WriteError::Unknown {
            error,
            answered: proof == Proof::Ended,
        },
    }
}

/// How long to wait before the next try; `None` when there shall be none.
fn pause(error: &Error, tries: u32, most: u32, in_time: bool) -> Option<Duration> {
    if tries >= most {
        return None;
    }
    match &error.kind {
        Kind::Later { after } => Some(*after).filter(|after| *after <= PATIENCE),
        Kind::Network { .. } if in_time => {
            let doubled = FIRST_PAUSE * 2_u32.pow(tries - 1);
            Some(doubled.mul_f64(0.5 + fastrand::f64()))
        }
        Kind::Network { .. }
        | Kind::Unauthorized
        | Kind::PersonalToken
        | Kind::Forbidden { .. }
        | Kind::Gone
        | Kind::IsDatabase { .. }
        | Kind::Invalid
        | Kind::Blocked
        | Kind::TooLarge
        | Kind::Unexpected => None,
    }
}
