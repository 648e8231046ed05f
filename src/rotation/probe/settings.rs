//! Where probes go out and how long they may take.
use secrecy::SecretString;
use std::path::PathBuf;
use std::time::Duration;

/// Where and how probes go out.
#[derive(Clone, Debug)]
pub struct ProbeSettings {
    /// Every probe goes here, with its provider's `Host` header (loopback, for the stand-ins).
    pub probe_url: Option<String>,
    /// The Notion side without `/v1`; the probe of a Notion token goes there.
    pub notion_url: String,
    /// For the connection alone.
    pub connect_timeout: Duration,
    /// For one call.
    pub timeout: Duration,
    /// Before the first retry; doubled for the second.
    pub retry_delay: Duration,
    /// A provider that wants a longer pause than this is left for the next look.
    pub patience: Duration,
    /// The folder in which a person's agreements to hosts of the project's own providers are kept; `None`: there are none.
    /// They are read at each probe of such a provider, so that a bot that runs honours a new one too.
    pub agreements: Option<PathBuf>,
    /// `.env`, whose other variables tell whether a key is used at somebody else's address. Read at each probe.
    pub env: Option<EnvPlace>,
    /// The environment, which may tell the same.
    pub environment: Vec<(String, SecretString)>,
}

/// Where `.env` stands.
#[derive(Clone, Debug)]
pub struct EnvPlace {
    /// The project, out of which no link may lead.
    pub project: PathBuf,
    /// The file itself.
    pub file: PathBuf,
}

impl Default for ProbeSettings {
    fn default() -> Self {
        Self {
            probe_url: None,
            notion_url: "https://api.notion.com".to_owned(),
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(10),
            retry_delay: Duration::from_millis(400),
            patience: Duration::from_secs(3),
            agreements: None,
            env: None,
            environment: Vec::new(),
        }
    }
}

/// Why no probe can be made at all.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// No TLS roots, or the like.
    #[error("the HTTP client cannot be set up: {0}; are the system's CA certificates installed?")]
    Client(String),
    /// A base URL that is none.
    #[error("{0} is not a URL that probes can go to")]
    Url(String),
}

impl From<&crate::config::Settings> for ProbeSettings {
    fn from(settings: &crate::config::Settings) -> Self {
        Self {
            probe_url: settings.probe_url.clone(),
            notion_url: settings.notion.url.clone(),
            agreements: Some(settings.state_dir()),
            env: Some(EnvPlace {
                project: settings.project.clone(),
                file: settings.env.clone(),
            }),
            environment: settings.environment.clone(),
            ..Self::default()
        }
    }
}
