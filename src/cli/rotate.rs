//! `keyminder rotate`.
use super::{Exit, Place};

/// The options of `rotate`.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {}

/// Runs the command.
pub fn run(_place: &Place, _args: &Args) -> anyhow::Result<Exit> {
    anyhow::bail!("rotate is not built yet")
}
