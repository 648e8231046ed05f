//! `keyminder probe`.
use super::{Exit, Place};

/// The options of `probe`.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {}

/// Runs the command.
pub fn run(_place: &Place, _args: &Args) -> anyhow::Result<Exit> {
    anyhow::bail!("probe is not built yet")
}
