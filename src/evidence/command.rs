//! Command: a fixed command of the page's description exits 0. Off unless `evidence.allow_commands`.
use super::collector::Collector;
use super::observation::Observation;
use crate::process;
use std::process::Stdio;
use std::time::Duration;

/// A check that takes longer is no check.
const LONGEST: Duration = Duration::from_secs(10);

pub(super) async fn observe(collector: &Collector, run: &[String]) -> Observation {
    let about = |observation: Observation| observation.with("command", run.join(" "));
    let Some((program, arguments)) = run.split_first().filter(|_| collector.settings.allow_commands) else {
        return about(Observation::missing("command_off"));
    };
    let mut command = tokio::process::Command::from(process::child(program));
    command
        .args(arguments)
        .current_dir(&collector.keys.project.dir)
        // Less than our other children have: without a home, nobody's own settings decide what a check says.
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    about(match tokio::time::timeout(LONGEST, command.status()).await {
        Err(_) => Observation::unknown("command_late"),
        Ok(Err(_)) => Observation::missing("command_failed"),
        Ok(Ok(status)) if status.success() => Observation::proven("command_ok"),
        Ok(Ok(status)) => match status.code() {
            Some(code) => Observation::missing("command_failed").with("code", code),
            None => Observation::missing("command_failed"),
        },
    })
}
