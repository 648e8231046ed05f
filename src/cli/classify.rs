//! `keyminder classify`.
use super::{Exit, Place};

/// The options of `classify`.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {}

/// Runs the command.
pub fn run(_place: &Place, _args: &Args) -> anyhow::Result<Exit> {
    anyhow::bail!("classify is not built yet")
}
