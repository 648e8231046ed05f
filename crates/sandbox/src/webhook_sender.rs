//! Sends webhooks: plain HTTP to the subscriber, up to eight attempts with growing gaps.
use super::webhooks::{ATTEMPTS, Delivery};
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long a subscriber may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Sends each delivery on its own; needs a running runtime when there is any.
pub fn send_all(deliveries: Vec<Delivery>) {
    for delivery in deliveries {
        tokio::spawn(send(delivery));
    }
}

async fn send(delivery: Delivery) {
    tokio::time::sleep(Duration::from_millis(delivery.delay_ms)).await;
    let mut gap = Duration::from_millis(delivery.retry_ms);
    for number in 1..=ATTEMPTS {
        let (body, signature) = delivery.attempt(number);
        let attempt = tokio::time::timeout(PATIENCE, post(&delivery.url, &body, &signature)).await;
        if matches!(attempt, Ok(Ok(200..=299))) {
            return;
        }
        tokio::time::sleep(gap).await;
        gap *= 2;
    }
}

/// One POST; gives the status.
async fn post(url: &str, body: &str, signature: &str) -> io::Result<u16> {
    let rest = url.strip_prefix("http://").ok_or(io::ErrorKind::InvalidInput)?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let address = if host.contains(':') {
        host.to_owned()
    } else {
        format!("{host}:80")
    };
    let mut stream = TcpStream::connect(address).await?;
    let head = format!(
        "POST /{path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         x-notion-signature: {signature}\r\nuser-agent: notion-webhook\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    let mut status = [0; 12];
    stream.read_exact(&mut status).await?;
    let status = std::str::from_utf8(&status[9..])
        .ok()
        .and_then(|digits| digits.parse().ok());
    status.ok_or_else(|| io::ErrorKind::InvalidData.into())
}
