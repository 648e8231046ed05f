//! `keyminder page`: a page of Notion as it is read, and the first draft of its description.
mod draft;
mod init;
mod proposals;
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
    /// Draft the description of a page: every step and box, and a check for each whose words tell of one
    Init(init::PageInitArgs),
}

/// Runs the command.
pub fn run(place: &ProjectArgs, args: &PageArgs) -> CommandResult<Exit> {
    match &args.action {
        PageCommand::Show(args) => show::run(place, args),
        PageCommand::Init(args) => init::run(place, args),
    }
}
