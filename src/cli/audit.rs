//! `keyminder audit`.
use super::{Exit, Place};

/// The options of `audit`.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {}

/// Runs the command.
pub fn run(_place: &Place, _args: &Args) -> anyhow::Result<Exit> {
    anyhow::bail!("audit is not built yet")
}
