//! Git: a branch of the project's repository is merged, or a tag is there. Read as it lies on this machine: nothing is fetched, and
//! nothing that the repository or a person has set up is run.
use super::collector::Collector;
use super::observation::Observation;
use crate::process;
use std::path::Path;
use std::process::Stdio;

/// Where a branch may be, in the order in which it is looked for.
const BRANCHES: [&str; 2] = ["refs/heads/", "refs/remotes/origin/"];

/// `Err`: what ended the look early.
pub(super) async fn observe(
    collector: &Collector,
    branch: Option<&str>,
    into: Option<&str>,
    tag: Option<&str>,
) -> Result<Observation, Observation> {
    let git = Repository {
        dir: &collector.keys.project.dir,
    };
    match (branch, tag) {
        (Some(branch), None) => git.merged(branch, into).await,
        (None, Some(tag)) => {
            let is_there = is_ref_name(tag) && git.has(&format!("refs/tags/{tag}")).await?;
            let seen = if is_there {
                Observation::proven("git_tag")
            } else {
                Observation::missing("git_tag_missing")
            };
            Ok(seen.with("tag", tag))
        }
        _ => Err(unreadable()),
    }
}

fn unreadable() -> Observation {
    Observation::missing("git_unreadable")
}

/// Whether a branch or tag can be called so. Nothing that git takes for more than a name is handed on.
pub fn is_ref_name(name: &str) -> bool {
    let is_lock = |part: &str| Path::new(part).extension().is_some_and(|end| end == "lock");
    let is_part = |part: &str| !part.is_empty() && !part.starts_with(['.', '-']) && !is_lock(part);
    let fits = |c: char| c.is_alphanumeric() || "._-+#@/".contains(c);
    name.chars().all(fits) && name.split('/').all(is_part) && !name.contains("..") && !name.contains("@{")
}

/// The repository that a folder is in.
struct Repository<'a> {
    dir: &'a Path,
}

impl Repository<'_> {
    async fn merged(&self, branch: &str, into: Option<&str>) -> Result<Observation, Observation> {
        let about = |observation: Observation| {
            observation
                .with("branch", branch)
                .with("into", into.unwrap_or_default())
        };
        let target = match into {
            Some(into) => self.branch(into).await?.ok_or_else(unreadable)?,
            None => self.main_branch().await?.ok_or_else(unreadable)?,
        };
        let Some(branch) = self.branch(branch).await? else {
            return Err(about(Observation::missing("git_branch_missing")));
        };
        Ok(about(
            if branch != target && self.says(&["merge-base", "--is-ancestor", &branch, &target]).await? {
                Observation::proven("git_merged")
            } else {
                Observation::missing("git_unmerged")
            },
        ))
    }

    /// The branch that others are merged into, as most projects call it.
    async fn main_branch(&self) -> Result<Option<String>, Observation> {
        for name in ["main", "master"] {
            if let Some(found) = self.branch(name).await? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The full name of a branch that is there.
    async fn branch(&self, name: &str) -> Result<Option<String>, Observation> {
        for place in BRANCHES.iter().filter(|_| is_ref_name(name)) {
            let full = format!("{place}{name}");
            if self.has(&full).await? {
                return Ok(Some(full));
            }
        }
        Ok(None)
    }

    async fn has(&self, name: &str) -> Result<bool, Observation> {
        self.says(&["show-ref", "--verify", "--quiet", name]).await
    }

    /// What git answers to a question of yes or no. Who owns the repository may set up programs that git starts, and places that
    /// it fetches from; neither is used, nor what the person has set up who runs us.
    async fn says(&self, question: &[&str]) -> Result<bool, Observation> {
        let mut git = tokio::process::Command::from(process::child("git"));
        git.args([
            "--no-pager",
            "-c",
            "core.hooksPath=/dev/null",
            "-c",
            "core.fsmonitor=false",
        ])
        .args(question)
        .current_dir(self.dir)
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_ALLOW_PROTOCOL", "none")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
        let status = git.status().await.map_err(|_| unreadable())?;
        match status.code() {
            Some(0) => Ok(true),
            Some(1) => Ok(false),
            Some(_) | None => Err(unreadable()),
        }
    }
}
