//! `keyminder demo`.
use super::{Exit, Place};

/// The options of `demo`.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {}

/// Runs the command.
pub fn run(_place: &Place, _args: &Args) -> anyhow::Result<Exit> {
    anyhow::bail!("demo is not built yet")
}
