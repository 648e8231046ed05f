//! The parts of the running bot under one eye: one that panics is started again, with a growing pause, counted and shown;
//! one that says that it cannot go on ends the bot with its cause.
use super::CommandResult;
use crate::health::Health;
use std::fmt::Display;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

/// The first pause before a part is started again; it doubles each time.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// A part that worked for so long starts afresh.
const WELL_AFTER: Duration = Duration::from_mins(10);
/// Starts in a row after which a fault is not passing.
const STARTS: u32 = 8;

/// Runs a part until it ends as it was told to. Dropped, it takes the part along.
pub(super) async fn keep<F, E>(name: &'static str, health: &Health, start: impl Fn() -> F) -> CommandResult<()>
where
    F: Future<Output = Result<(), E>> + Send + 'static,
    E: Display + Send + 'static,
{
    let mut starts = 0;
    loop {
        starts += 1;
        let begun = Instant::now();
        // A set of one: dropped, it ends its task.
        let mut part = JoinSet::new();
        part.spawn(start());
        match part.join_next().await {
            Some(Ok(Ok(()))) | None => return Ok(()),
            Some(Ok(Err(error))) => return Err(anyhow::anyhow!("{error}").into()),
            Some(Err(panic)) => {
                if begun.elapsed() >= WELL_AFTER {
                    starts = 1;
                }
                if starts >= STARTS {
                    return Err(anyhow::anyhow!(
                        "{name} failed {starts} times in a row, last with {panic}; the log has the places"
                    )
                    .into());
                }
                let pause = (FIRST_PAUSE * 2_u32.pow(starts - 1)).min(LONGEST_PAUSE);
                health.restarted(name);
                tracing::error!(
                    seconds = pause.as_secs(),
                    "{name} failed ({panic}) and is started again"
                );
                sleep(pause).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// A part that panics so many times, then ends in this way.
    async fn kept(panics: u32, end: Result<(), &'static str>) -> (String, u32) {
        let health = Health::default();
        let started = AtomicU32::new(0);
        let ended = keep("part", &health, || {
            let start = started.fetch_add(1, Ordering::Relaxed);
            async move {
                assert!(start >= panics, "a fault of its own");
                end
            }
        })
        .await;
        let ended = ended.map_or_else(|error| error.to_string(), |()| "as told".to_owned());
        (
            ended,
            health.snapshot().restarts.get("part").copied().unwrap_or_default(),
        )
    }

    #[tokio::test(start_paused = true)]
    async fn a_panic_is_survived_and_a_cause_is_told() {
        assert_eq!(kept(0, Ok(())).await, ("as told".to_owned(), 0));
        assert_eq!(kept(3, Ok(())).await, ("as told".to_owned(), 3));
        assert_eq!(kept(1, Err("no table")).await, ("no table".to_owned(), 1));
        let (ended, restarts) = kept(99, Ok(())).await;
        assert!(ended.starts_with("part failed 8 times in a row"), "{ended}");
        assert_eq!(restarts, 7);
    }
}
