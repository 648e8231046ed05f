//! `keyminder init`.
use super::{Exit, Place};

/// The options of `init`.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {}

/// Runs the command.
pub fn run(_place: &Place, _args: &Args) -> anyhow::Result<Exit> {
    anyhow::bail!("init is not built yet")
}
