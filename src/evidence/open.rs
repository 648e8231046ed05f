//! A looker for a project, from its settings: files, providers of its own, agreements, HTTP client.
use super::{LookSettings, Looker};
use crate::config::Settings;
use crate::rotation::probe::{ProbeError, ProbeSettings, Prober};
use crate::rotation::providers::{Fault, Providers};
use crate::rotation::{Project, RotationError};
use std::io::ErrorKind;
use std::sync::Arc;

/// Where a project's own providers stand.
const OWN_PROVIDERS: &str = "config/providers.toml";

/// Why there is no looker.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The state folder or the install key.
    #[error(transparent)]
    Project(#[from] RotationError),
    /// `config/providers.toml` has faults.
    #[error("{}", told(.0))]
    Providers(Vec<Fault>),
    /// The HTTP client.
    #[error(transparent)]
    Probe(#[from] ProbeError),
}

impl Looker {
    /// Opens the project of these settings.
    pub fn open(settings: &Settings) -> Result<Self, OpenError> {
        let project = Arc::new(Project::open(settings)?);
        let providers = providers(settings).map_err(OpenError::Providers)?;
        Ok(Self::new(
            project,
            providers,
            Prober::new(ProbeSettings::from(settings))?,
            LookSettings::from(settings),
        ))
    }
}

/// The built-in providers, with the project's own on top where it has a file of them.
pub fn providers(settings: &Settings) -> Result<Arc<Providers>, Vec<Fault>> {
    match std::fs::read_to_string(settings.project.join(OWN_PROVIDERS)) {
        Ok(text) => Providers::with_file(&text, OWN_PROVIDERS).map(Arc::new),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Providers::builtin()),
        Err(error) => Err(vec![Fault {
            place: OWN_PROVIDERS.to_owned(),
            problem: format!("cannot be read ({error})"),
        }]),
    }
}

fn told(faults: &[Fault]) -> String {
    let lines: Vec<String> = faults.iter().map(|fault| format!("\n  - {fault}")).collect();
    format!("the providers have something to mend:{}", lines.concat())
}
