//! The sandbox on a socket. Faults of the line (resets, cut and slow bodies) are made where bytes are written:
//! [`FaultyStream`] stands between the HTTP server and its socket, so a client meets what a broken network would give it.
use super::service::Sandbox;
use super::wire::{Answer, Failure, Request, Transmission};
use axum::Router;
use axum::body::Body;
use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::extract::{self, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::serve::{IncomingStream, Listener};
use chrono::DateTime;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Sleep;

/// Larger bodies are refused; Notion's own limit is 500 KB.
const MAX_BODY: usize = 512_000;

/// Accepts connections as [`FaultyStream`]s.
pub struct FaultyListener(pub TcpListener);

/// A connection whose next answer may be spoilt.
pub struct FaultyStream {
    stream: TcpStream,
    next: NextTransmission,
    mode: WriteMode,
}

/// What shall become of the next answer, set by the handler just before it gives that answer.
type NextTransmission = Arc<Mutex<Transmission>>;

enum WriteMode {
    Clear,
    /// So many bytes may still go out, then the connection ends.
    Cut(usize),
    /// So many bytes of the head go out at once, then one byte at a time.
    Slow {
        head: usize,
        gap: Duration,
        pause: Option<Pin<Box<Sleep>>>,
    },
}

/// Who is at the other end, and the way to spoil its answer.
#[derive(Clone)]
pub struct Peer {
    addr: SocketAddr,
    next: NextTransmission,
}

impl Listener for FaultyListener {
    type Io = FaultyStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (FaultyStream, SocketAddr) {
        let (stream, addr) = Listener::accept(&mut self.0).await;
        let _ = stream.set_nodelay(true);
        (
            FaultyStream {
                stream,
                next: NextTransmission::default(),
                mode: WriteMode::Clear,
            },
            addr,
        )
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, FaultyListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, FaultyListener>) -> Peer {
        Peer {
            addr: *stream.remote_addr(),
            next: stream.io().next.clone(),
        }
    }
}

impl FaultyStream {
    /// Takes a new order with the first bytes of the answer that it is for.
    fn take_transmission(&mut self, first_bytes: &[u8]) -> io::Result<()> {
        let transmission = std::mem::take(&mut *self.next.lock().unwrap_or_else(PoisonError::into_inner));
        let head = || {
            first_bytes
                .windows(4)
                .position(|end| end == b"\r\n\r\n")
                .map_or(0, |at| at + 4)
        };
        match transmission {
            Transmission::Whole => {}
            Transmission::Reset => {
                // With no time to linger the kernel sends a reset in place of an orderly end.
                self.stream.set_zero_linger()?;
                return Err(io::ErrorKind::ConnectionReset.into());
            }
            Transmission::Truncated => self.mode = WriteMode::Cut(head() + (first_bytes.len() - head()) / 2),
            Transmission::Slow(gap_ms) => {
                self.mode = WriteMode::Slow {
                    head: head(),
                    gap: Duration::from_millis(gap_ms),
                    pause: None,
                };
            }
        }
        Ok(())
    }
}

impl AsyncWrite for FaultyStream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let line = self.get_mut();
        line.take_transmission(bytes)?;
        let stream = Pin::new(&mut line.stream);
        match &mut line.mode {
            WriteMode::Clear => stream.poll_write(context, bytes),
            WriteMode::Cut(0) => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
            WriteMode::Cut(left) => {
                let written = ready!(stream.poll_write(context, &bytes[..bytes.len().min(*left)]))?;
                *left -= written;
                Poll::Ready(Ok(written))
            }
            WriteMode::Slow { head, .. } if *head > 0 => {
                let written = ready!(stream.poll_write(context, &bytes[..bytes.len().min(*head)]))?;
                *head -= written;
                Poll::Ready(Ok(written))
            }
            WriteMode::Slow { gap, pause, .. } => {
                let waiting = pause.get_or_insert_with(|| Box::pin(tokio::time::sleep(*gap)));
                ready!(waiting.as_mut().poll(context));
                *pause = None;
                stream.poll_write(context, &bytes[..bytes.len().min(1)])
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

impl AsyncRead for FaultyStream {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(context, into)
    }
}

/// Everything the sandbox serves, for a server with [`FaultyListener`].
pub fn router(sandbox: Arc<Sandbox>) -> Router {
    Router::new().fallback(answer).with_state(sandbox)
}

async fn answer(
    State(sandbox): State<Arc<Sandbox>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: extract::Request,
) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_BODY).await else {
        let refusal = Failure::new(413, "validation_error", "The body is larger than 500 KB.");
        return response(refusal.into_answer(String::new()));
    };
    let is_control = head.uri.path().starts_with("/sandbox/");
    if is_control && !(peer.addr.ip().is_loopback() && is_own_origin(&head.headers)) {
        let refusal = Failure::new(403, "restricted_resource", "The control API serves this machine only.");
        return response(refusal.into_answer(String::new()));
    }
    let answer = sandbox.handle(&Request {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        authorization: text(&head.headers, header::AUTHORIZATION),
        version: text(&head.headers, HeaderName::from_static("notion-version")),
        body,
    });
    send(&sandbox, &peer, answer).await
}

async fn send(sandbox: &Arc<Sandbox>, peer: &Peer, answer: Answer) -> Response {
    super::webhook_sender::send_all(sandbox.take_deliveries());
    if let Some(late_ms) = answer.late_ms {
        let sandbox = sandbox.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(late_ms)).await;
            sandbox.run_due();
            super::webhook_sender::send_all(sandbox.take_deliveries());
        });
    }
    if answer.delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(answer.delay_ms)).await;
    }
    if answer.transmission != Transmission::Whole {
        *peer.next.lock().unwrap_or_else(PoisonError::into_inner) = answer.transmission;
    }
    let mut response = response(answer);
    // By the sandbox's own clock: who reads it to know the server's time must not meet two.
    let date = DateTime::from_timestamp_millis(i64::try_from(sandbox.now_ms()).unwrap_or_default());
    let date = date.map(|date| date.format("%a, %d %b %Y %H:%M:%S GMT").to_string());
    if let Some(date) = date.and_then(|date| HeaderValue::try_from(date).ok()) {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// A page of another site, open in the same browser, may not use the control API.
fn is_own_origin(headers: &HeaderMap) -> bool {
    let Some(origin) = text(headers, header::ORIGIN) else {
        return true;
    };
    let host = text(headers, header::HOST).unwrap_or_default();
    origin.strip_prefix("http://").is_some_and(|origin| origin == host)
}

fn response(answer: Answer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    for (name, value) in [
        ("x-notion-request-id", answer.request_id),
        ("retry-after", answer.retry_after),
    ] {
        if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    response
}
