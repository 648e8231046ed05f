//! `keyminder redact`.
use super::{Exit, Place};

/// The options of `redact`.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {}

/// Runs the command.
pub fn run(_place: &Place, _args: &Args) -> anyhow::Result<Exit> {
    anyhow::bail!("redact is not built yet")
}
