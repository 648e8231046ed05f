//! Alerts beside the page: ntfy, Slack, a signed webhook, and the dead man's ping. Their addresses are secrets: an error
//! names the channel, never its URL.
use super::alerts::KeyAlert;
use super::findings::Severity;
use crate::config::AlertSettings;
use crate::outbound;
use crate::rotation::signer::hmac_hex;
use chrono::{DateTime, Utc};
use reqwest::{Client, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use std::time::Duration;

/// An alert that takes longer is tried again.
const TIMEOUT: Duration = Duration::from_secs(5);
const TRIES: u32 = 3;
/// A ping's body is a summary.
const LONGEST_SUMMARY: usize = 1000;

/// What is common to all alerts of a run.
#[derive(Clone, Debug)]
pub struct AlertContext {
    /// The page where the work is.
    pub page_url: Option<String>,
    /// This machine, as the project calls it.
    pub host: String,
    /// When the alerts go out.
    pub now: DateTime<Utc>,
}

/// The channels that are configured.
pub struct Channels {
    client: Client,
    alerts: AlertSettings,
    pause: Duration,
}

/// A channel that did not take an alert.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {channel} channel of alerts failed: {why}")]
pub struct ChannelError {
    /// `ntfy`, `slack`, `webhook`, `ping`.
    pub channel: &'static str,
    /// A status, or why there was none.
    pub why: String,
}

impl Channels {
    /// The channels of the settings. `None` when there is none at all: then only the page is told.
    pub fn new(alerts: &AlertSettings) -> Option<Self> {
        let any = [&alerts.ntfy, &alerts.slack, &alerts.webhook, &alerts.ping]
            .into_iter()
            .any(Option::is_some);
        let client = outbound::client(Client::builder().timeout(TIMEOUT)).ok()?;
        any.then(|| Self {
            client,
            alerts: alerts.clone(),
            pause: Duration::from_secs(1),
        })
    }

    /// Tells every channel about an alert; gives those that failed.
    pub async fn tell(&self, alert: &KeyAlert, context: &AlertContext) -> Vec<ChannelError> {
        let mut failed = Vec::new();
        if let Some(url) = &self.alerts.ntfy {
            failed.extend(self.send("ntfy", || self.ntfy(url, alert, context)).await.err());
        }
        if let Some(url) = &self.alerts.slack {
            let body = json!({"text": format!("{}: {}", title(alert), alert.text)});
            failed.extend(
                self.send("slack", || self.client.post(url.expose_secret()).json(&body))
                    .await
                    .err(),
            );
        }
        if let Some(url) = &self.alerts.webhook {
            failed.extend(self.send("webhook", || self.webhook(url, alert, context)).await.err());
        }
        failed
    }

    /// Tells the dead man's switch that a run begins.
    pub async fn ping_start(&self) -> Result<(), ChannelError> {
        self.ping("/start", "").await
    }

    /// Tells the dead man's switch how a run ended: 0, or the plugin's code.
    pub async fn ping_end(&self, code: u8, summary: &str) -> Result<(), ChannelError> {
        let end = if code == 0 { String::new() } else { format!("/{code}") };
        let summary: String = summary.chars().take(LONGEST_SUMMARY).collect();
        self.ping(&end, &summary).await
    }

    async fn ping(&self, end: &str, body: &str) -> Result<(), ChannelError> {
        let Some(url) = &self.alerts.ping else {
            return Ok(());
        };
        let url = format!("{}{end}", url.expose_secret().trim_end_matches('/'));
        self.send("ping", || self.client.post(url.as_str()).body(body.to_owned()))
            .await
    }

    fn ntfy(&self, url: &SecretString, alert: &KeyAlert, context: &AlertContext) -> RequestBuilder {
        let priority = match alert.level {
            Severity::Critical => "5",
            Severity::Warning => "4",
            Severity::Note => "3",
            Severity::Ok => "2",
        };
        let request = self
            .client
            .post(url.expose_secret())
            .header("Title", title(alert))
            .header("Priority", priority);
        let request = match &context.page_url {
            Some(page) => request.header("Click", page.as_str()),
            None => request,
        };
        request.header("Tags", "key").body(alert.text.clone())
    }

    fn webhook(&self, url: &SecretString, alert: &KeyAlert, context: &AlertContext) -> RequestBuilder {
        let body = json!({
            "event": alert.condition, "key": alert.subject, "level": alert.level, "text": alert.text,
            "days_left": alert.days_left, "page_url": context.page_url, "host": context.host, "time": context.now,
        })
        .to_string();
        let request = self
            .client
            .post(url.expose_secret())
            .header("Content-Type", "application/json");
        let request = match &self.alerts.webhook_secret {
            Some(secret) => request.header(
                "X-Signature",
                format!("sha256={}", hmac_hex(secret.expose_secret(), &[body.as_str()])),
            ),
            None => request,
        };
        request.body(body)
    }

    /// Three tries; a refusal (4xx) is final.
    async fn send(&self, channel: &'static str, request: impl Fn() -> RequestBuilder) -> Result<(), ChannelError> {
        let mut why = String::new();
        for attempt in 0..TRIES {
            if attempt > 0 {
                tokio::time::sleep(self.pause).await;
            }
            match request().send().await {
                Ok(answer) if answer.status().is_success() => return Ok(()),
                Ok(answer) => {
                    why = format!("it answered {}", answer.status().as_u16());
                    if answer.status().is_client_error() {
                        break;
                    }
                }
                Err(error) if outbound::is_refused_address(&error) => {
                    "its host has no public address".clone_into(&mut why);
                    break;
                }
                // The error's own text holds the URL.
                Err(_) => "no connection".clone_into(&mut why),
            }
        }
        Err(ChannelError { channel, why })
    }
}

fn title(alert: &KeyAlert) -> String {
    format!("keyminder {}", alert.level)
}

#[cfg(test)]
mod tests;
