//! `keyminder demo`: the main job with no account and no network. A sandbox, stand-ins of the providers, a scratch
//! project with a `.env` of invented keys, the bot as `keyminder run` would be, and a rotation played on the page.
mod actions;
mod expectations;
mod page_view;
mod print;
mod script;
mod setup;

use super::{Exit, ProjectArgs};
use crate::cli::CommandResult;
use script::DemoStep;
use setup::Demo;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// How long a step may take until everything expected of it is there.
const PATIENCE: Duration = Duration::from_secs(12);
/// How often the page is looked at while a step runs.
const LOOK_EVERY: Duration = Duration::from_millis(25);

/// The options of `demo`.
#[derive(clap::Args, Clone, Debug)]
pub struct DemoArgs {
    /// End when the conversation is over (also when stdout is no terminal)
    #[arg(long)]
    pub exit: bool,
}

/// Runs the command.
pub fn run(_place: &ProjectArgs, args: &DemoArgs) -> CommandResult<Exit> {
    super::runtime()?.block_on(play(args))
}

async fn play(args: &DemoArgs) -> CommandResult<Exit> {
    let started = Instant::now();
    let mut demo = Demo::start().await?;
    print::opening(&demo);
    let mut faults = Vec::new();
    for step in script::steps(&demo.new_values()) {
        faults.extend(perform(&mut demo, &step).await?);
    }
    print::page(&demo.look_at_page().await?);
    print::figures(&demo.figures().await?, started.elapsed());
    print::verdict(&faults);
    let stays = !args.exit && std::io::stdout().is_terminal();
    if stays {
        print::address(&demo);
        tokio::signal::ctrl_c().await?;
    }
    demo.stop().await?;
    Ok(if faults.is_empty() { Exit::Done } else { Exit::Failed })
}

/// Takes one step and waits until everything that is expected of it can be seen; what cannot is a fault.
async fn perform(demo: &mut Demo, step: &DemoStep) -> CommandResult<Vec<String>> {
    let begun = Instant::now();
    demo.act(&step.action).await?;
    let mut answered = None;
    let mut seen;
    let missing = loop {
        seen = demo.look_at_page().await?;
        if answered.is_none() && demo.reply(&seen).is_some() {
            answered = Some(begun.elapsed());
        }
        let missing: Vec<String> = step
            .expected
            .iter()
            .filter_map(|expected| expected.missing(demo, &seen))
            .collect();
        if missing.is_empty() || begun.elapsed() > PATIENCE {
            break missing;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    };
    if step.action.is_said() {
        demo.add_reply_time(answered);
    }
    print::step(demo, step, &seen, answered).await?;
    Ok(missing
        .into_iter()
        .map(|missing| format!("{}: {missing}", step.title()))
        .collect())
}
