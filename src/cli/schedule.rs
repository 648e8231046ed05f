//! `keyminder schedule`.
use super::{Exit, Place};

/// The options of `schedule`.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {}

/// Runs the command.
pub fn run(_place: &Place, _args: &Args) -> anyhow::Result<Exit> {
    anyhow::bail!("schedule is not built yet")
}
