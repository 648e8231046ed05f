//! `keyminder check`.
use super::{Exit, Place};

/// The options of `check`.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {}

/// Runs the command.
pub fn run(_place: &Place, _args: &Args) -> anyhow::Result<Exit> {
    anyhow::bail!("check is not built yet")
}
