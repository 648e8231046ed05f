//! The first call to Notion: who we are there.
use super::token;
use crate::cli::CommandResult;
use crate::config::Settings;
use crate::notion::{Client, Error, Me};
use crate::rotation::Project;
use secrecy::SecretString;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

/// Pauses between greetings while Notion cannot be reached.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// A call to Notion that is under way while everything else is loaded.
pub(super) struct Greeting {
    pub(super) notion: Client,
    pub(super) me: JoinHandle<Result<Me, Error>>,
    pub(super) token: (SecretString, &'static str),
}

/// Says hello to Notion: the first request leaves before rules and prompts are compiled. A Notion that is not to be reached
/// is waited for, for as long as `patience`. Needs a tokio runtime.
pub(super) fn greet(settings: &Settings, project: &Project, patience: Duration) -> CommandResult<Greeting> {
    let token = token::token(settings, project)?;
    let notion = token::client(settings, token.0.clone())?;
    let client = notion.clone();
    let me = tokio::spawn(async move {
        let begun = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            match client.me().await {
                Err(error) if !error.is_lasting() && begun.elapsed() + pause < patience => {
                    tracing::warn!("{error} I wait for it and try again in {} s.", pause.as_secs());
                    sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                ended => return ended,
            }
        }
    });
    Ok(Greeting { notion, me, token })
}
