//! `keyminder monitor`.
use super::{Exit, Place};

/// The options of `monitor`.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {}

/// Runs the command.
pub fn run(_place: &Place, _args: &Args) -> anyhow::Result<Exit> {
    anyhow::bail!("monitor is not built yet")
}
