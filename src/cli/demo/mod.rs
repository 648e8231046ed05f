//! `keyminder demo`: the main job with no account and no network. A sandbox, stand-ins of the providers, a scratch
//! project with a `.env` of invented keys, the bot as `keyminder run` would be, and a rotation played on the page.
mod commands;
mod print;
mod script;
mod stage;

use super::{Exit, Place};
use script::Act;
use stage::Stage;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// How long an act may take until everything expected of it is there.
const PATIENCE: Duration = Duration::from_secs(12);
/// How often the page is looked at while an act plays.
const LOOK_EVERY: Duration = Duration::from_millis(25);

/// The options of `demo`.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {
    /// End when the conversation is over (also when stdout is no terminal)
    #[arg(long)]
    pub exit: bool,
}

/// Runs the command.
pub fn run(_place: &Place, args: &Args) -> anyhow::Result<Exit> {
    super::runtime()?.block_on(play(args))
}

async fn play(args: &Args) -> anyhow::Result<Exit> {
    let started = Instant::now();
    let mut stage = Stage::set().await?;
    print::opening(&stage);
    let mut faults = Vec::new();
    for act in script::acts(&stage) {
        faults.extend(perform(&mut stage, &act).await?);
    }
    print::page(&stage.look().await?);
    print::figures(&stage.figures().await?, started.elapsed());
    print::verdict(&faults);
    let stays = !args.exit && std::io::stdout().is_terminal();
    if stays {
        print::address(&stage);
        tokio::signal::ctrl_c().await?;
    }
    stage.strike().await?;
    Ok(if faults.is_empty() { Exit::Done } else { Exit::Failed })
}

/// Plays one act and waits until everything that is expected of it can be seen; what cannot is a fault.
async fn perform(stage: &mut Stage, act: &Act) -> anyhow::Result<Vec<String>> {
    let begun = Instant::now();
    stage.act(&act.doing).await?;
    let mut answered = None;
    let mut seen;
    let missing = loop {
        seen = stage.look().await?;
        if answered.is_none() && stage.reply(&seen).is_some() {
            answered = Some(begun.elapsed());
        }
        let missing: Vec<String> = act
            .expected
            .iter()
            .filter_map(|expected| expected.missing(stage, &seen))
            .collect();
        if missing.is_empty() || begun.elapsed() > PATIENCE {
            break missing;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    };
    if act.doing.is_said() {
        stage.took(answered);
    }
    print::act(stage, act, &seen, answered).await?;
    Ok(missing
        .into_iter()
        .map(|missing| format!("{}: {missing}", act.title()))
        .collect())
}
