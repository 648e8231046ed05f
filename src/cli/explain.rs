//! `keyminder explain`.
use super::{Exit, Place};

/// The options of `explain`.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {}

/// Runs the command.
pub fn run(_place: &Place, _args: &Args) -> anyhow::Result<Exit> {
    anyhow::bail!("explain is not built yet")
}
