//! Rotator: something that plans the rotation is in place. Our own plan counts once it finds keys to plan; a script that
//! the page names counts when it is there and Python understands it.
use super::{Looker, Sight};
use crate::rotation::Project;
use std::process::Stdio;
use std::time::Duration;

/// Understanding a script takes Python a fraction of this.
const LONGEST: Duration = Duration::from_secs(5);

/// Reads the script from stdin and parses it; nothing of it runs.
const PARSE: &str = "import ast, sys; ast.parse(sys.stdin.buffer.read())";

pub(super) async fn see(looker: &Looker, paths: &[String]) -> Result<Sight, Sight> {
    let env = looker.env().await?;
    let planned: Vec<String> = env
        .entries()
        .filter(|entry| looker.providers.of_variable(&entry.name).is_some())
        .map(|entry| entry.name.clone())
        .collect();
    let mut script_fault = None;
    for path in paths {
        let Some(script) = script(looker, path.clone()).await else {
            continue;
        };
        if understood(&script).await {
            return Ok(Sight::proven("rotator_ready")
                .with("path", path.as_str())
                .with("keys", planned));
        }
        script_fault = Some(path.clone());
    }
    if planned.is_empty() {
        return Ok(Sight::missing("rotator_missing").with("paths", paths.to_vec()));
    }
    let ready = Sight::proven("rotator_ready")
        .with("path", "keyminder rotate plan")
        .with("keys", planned);
    Ok(match script_fault {
        Some(path) => ready.with("script_fault", path),
        None => ready,
    })
}

async fn script(looker: &Looker, path: String) -> Option<Vec<u8>> {
    looker
        .on_disk(move |project: &Project| std::fs::read(super::file::inside(project, &path)?).ok())
        .await
}

async fn understood(script: &[u8]) -> bool {
    use tokio::io::AsyncWriteExt;
    let mut python = tokio::process::Command::new("python3");
    python
        .args(["-I", "-c", PARSE])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let Ok(mut child) = python.spawn() else {
        return false;
    };
    if let Some(mut stdin) = child.stdin.take() {
        // Python that ends early closes the pipe; its exit code says what that means.
        let _ = stdin.write_all(script).await;
    }
    let ended = tokio::time::timeout(LONGEST, child.wait()).await;
    ended.is_ok_and(|status| status.is_ok_and(|status| status.success()))
}
