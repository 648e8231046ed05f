//! `keyminder status`.
use super::{Exit, Place};

/// The options of `status`.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {}

/// Runs the command.
pub fn run(_place: &Place, _args: &Args) -> anyhow::Result<Exit> {
    anyhow::bail!("status is not built yet")
}
