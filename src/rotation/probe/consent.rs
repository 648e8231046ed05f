//! Which hosts of the project's own providers a person has agreed to: without that, a file of settings could send any
//! key anywhere. Kept in `state/agreed_providers.json`.
use crate::rotation::Project;
use crate::rotation::atomic_write::write_atomic;
use std::collections::BTreeSet;
use std::io;
use std::path::Path;

const FILE: &str = "agreed_providers.json";

/// The agreements, each `NAME+NAME@host`.
pub fn read(state_dir: &Path) -> BTreeSet<String> {
    std::fs::read(state_dir.join(FILE))
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default()
}

/// Adds an agreement.
pub fn add(project: &Project, consent: &str) -> io::Result<()> {
    let mut all = read(&project.state_dir);
    all.insert(consent.to_owned());
    let bytes = serde_json::to_vec_pretty(&all).map_err(io::Error::other)?;
    write_atomic(&project.state_dir.join(FILE), &bytes, 0o600)
}
