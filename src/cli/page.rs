//! `keyminder page`: a page of Notion as it is read.
mod show;

use super::{CommandResult, Exit, ProjectArgs};
use clap::Subcommand;

/// The options of `page`.
#[derive(clap::Args, Clone, Debug)]
pub struct PageArgs {
    #[command(subcommand)]
    action: PageCommand,
}

#[derive(Subcommand, Clone, Debug)]
enum PageCommand {
    /// The steps, boxes and criteria of a page, and what was read with a guess
    Show(show::ShowArgs),
}

/// Runs the command.
pub fn run(place: &ProjectArgs, args: &PageArgs) -> CommandResult<Exit> {
    match &args.action {
        PageCommand::Show(args) => show::run(place, args),
    }
}
