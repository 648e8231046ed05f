//! What evidence is collected with: the keyring, the settings, and the verdicts that are still fresh.
use super::fresh_verdicts::FreshVerdicts;
use super::observation::Observation;
use crate::config::Settings;
use crate::domain::exposure::ExposedKey;
use crate::rotation::state_file::StateError;
use crate::rotation::{EnvError, EnvFile, Keyring, MeantKeys, look_at_exposed};
use chrono::{DateTime, Utc};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// What looks need. Clones share the verdicts that are still fresh.
#[derive(Clone)]
pub struct Collector {
    /// The project's files, the providers and their prober.
    pub keys: Arc<Keyring>,
    /// How evidence is looked for.
    pub settings: CollectorSettings,
    /// What the page holds under the date that is looked at.
    pub(super) page_date: PageDate,
    pub(super) fresh: Arc<FreshVerdicts>,
}

/// What a page holds under the name of a date.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PageDate {
    /// The page could not be read.
    #[default]
    Unread,
    /// It has no date of that name.
    Missing,
    /// There is such a date, and nothing is set.
    Empty,
    /// Its start, as Notion gives it: `2027-02-18`, or with a time and an offset.
    Of(String),
}

/// How looks are done.
#[derive(Clone, Debug)]
pub struct CollectorSettings {
    /// When the proofs that an old key is dead are taken, from the first one on.
    pub proof_at: Vec<Duration>,
    /// Verdicts younger than this are used again.
    pub fresh: Duration,
    /// Whether `command` checks may run.
    pub allow_commands: bool,
    /// Between two reads of a quiet page: a heartbeat older than a few of them is none.
    pub idle: Duration,
    /// Where systemd's and launchd's timers of this person lie.
    pub timer_dirs: Vec<PathBuf>,
}

impl From<&Settings> for CollectorSettings {
    fn from(settings: &Settings) -> Self {
        Self {
            proof_at: settings.rotation.proof_at.clone(),
            fresh: settings.evidence.fresh,
            allow_commands: settings.evidence.allow_commands,
            idle: settings.poll.idle,
            timer_dirs: crate::monitor::timer_dirs(),
        }
    }
}

impl Collector {
    /// A collector with nothing seen yet.
    pub fn new(keys: Arc<Keyring>, settings: CollectorSettings) -> Self {
        Self {
            keys,
            settings,
            page_date: PageDate::default(),
            fresh: Arc::default(),
        }
    }

    /// This collector with the keys as they are now.
    #[must_use]
    pub fn with_keys(&self, keys: Arc<Keyring>) -> Self {
        Self { keys, ..self.clone() }
    }

    /// This collector, for a look at a date of the page.
    #[must_use]
    pub fn with_page_date(&self, page_date: PageDate) -> Self {
        Self {
            page_date,
            ..self.clone()
        }
    }

    /// How exposed keys stand: those of these names, or all whose clock runs.
    pub async fn exposed(&self, which: &MeantKeys, now: DateTime<Utc>) -> Result<Vec<ExposedKey>, StateError> {
        look_at_exposed(&self.keys, which, &self.settings.proof_at, now).await
    }

    pub(super) async fn env(&self) -> Result<EnvFile, Observation> {
        let read = self
            .keys
            .blocking(|project| {
                project
                    .read_env()
                    .map_err(|error| (project.relative(&project.env), error))
            })
            .await;
        read.map_err(|(file, error)| match error {
            EnvError::Missing(_) => Observation::missing("env_missing").with("file", file),
            other => Observation::missing("env_unreadable")
                .with("file", file)
                .with("why", other.to_string()),
        })
    }
}
