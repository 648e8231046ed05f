//! `keyminder sandbox`.
use super::{Exit, Place};

/// The options of `sandbox`.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {}

/// Runs the command.
pub fn run(_place: &Place, _args: &Args) -> anyhow::Result<Exit> {
    anyhow::bail!("sandbox is not built yet")
}
