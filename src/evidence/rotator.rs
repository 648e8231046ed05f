//! Rotator: something that plans the rotation is in place. Our own plan counts once it finds keys to plan; a script that
//! the page names counts when it is there and Python understands it.
use super::collector::Collector;
use super::observation::Observation;
use crate::process;
use crate::rotation::Project;
use std::process::Stdio;
use std::time::Duration;

/// Understanding a script takes Python a fraction of this.
const LONGEST: Duration = Duration::from_secs(5);

/// Reads the script from stdin and parses it; nothing of it runs.
const PARSE: &str = "import ast, sys; ast.parse(sys.stdin.buffer.read())";

pub(super) async fn observe(collector: &Collector, paths: &[String]) -> Result<Observation, Observation> {
    let env = collector.env().await?;
    let planned: Vec<String> = env
        .entries()
        .filter(|entry| collector.keys.providers.of_variable(&entry.name).is_some())
        .map(|entry| entry.name.clone())
        .collect();
    let mut script_fault = None;
    for path in paths {
        let Some(script) = script(collector, path.clone()).await else {
            continue;
        };
        match understood(&script).await {
            Some(true) => {
                return Ok(Observation::proven("rotator_ready")
                    .with("path", path.as_str())
                    .with("keys", planned));
            }
            Some(false) => script_fault = Some(path.clone()),
            None => {}
        }
    }
    if planned.is_empty() {
        return Ok(Observation::missing("rotator_missing").with("paths", paths.to_vec()));
    }
    let ready = Observation::proven("rotator_ready")
        .with("path", "keyminder rotate plan")
        .with("keys", planned);
    Ok(match script_fault {
        Some(path) => ready.with("script_fault", path),
        None => ready,
    })
}

async fn script(collector: &Collector, path: String) -> Option<Vec<u8>> {
    collector
        .keys
        .blocking(move |project: &Project| super::file::read(project, &path))
        .await
}

/// Whether Python parses the script; `None` where there is no Python to ask.
async fn understood(script: &[u8]) -> Option<bool> {
    use tokio::io::AsyncWriteExt;
    let mut child = tokio::process::Command::from(process::child("python3"))
        .args(["-I", "-c", PARSE])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .ok()?;
    if let Some(mut stdin) = child.stdin.take() {
        // Python that ends early closes the pipe; its exit code says what that means.
        let _ = stdin.write_all(script).await;
    }
    let ended = tokio::time::timeout(LONGEST, child.wait()).await;
    ended.ok()?.ok().map(|status| status.success())
}
