//! `keyminder backup`.
use super::{Exit, Place};

/// The options of `backup`.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {}

/// Runs the command.
pub fn run(_place: &Place, _args: &Args) -> anyhow::Result<Exit> {
    anyhow::bail!("backup is not built yet")
}
