//! `keyminder run`.
use super::{Exit, Place};

/// The options of `run`.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {}

/// Runs the command.
pub fn run(_place: &Place, _args: &Args) -> anyhow::Result<Exit> {
    anyhow::bail!("run is not built yet")
}
