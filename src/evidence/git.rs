//! Git: a branch of the project's repository is merged, or a tag is there. Read as it lies on this machine: nothing is fetched, and
//! nothing that the repository or a person has set up is run.
use super::collector::Collector;
use super::observation::Observation;
use crate::process;
use std::path::Path;
use std::process::Stdio;

/// Where a branch may be, in the order in which it is looked for.
const BRANCHES: [&str; 2] = ["refs/heads/", "refs/remotes/origin/"];
/// So many digits of a commit's id tell which it is.
const SHORTEST_ID: usize = 7;
const LONGEST_ID: usize = 64;

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
        let targets = match into {
            Some(into) => self.branches(into).await?,
            None => self.main_branches().await?,
        };
        if targets.is_empty() {
            return Err(unreadable());
        }
        let found = match self.branches(branch).await?.into_iter().next() {
            None => self.commit(branch).await?,
            found => found,
        };
        let Some(found) = found else {
            return Err(about(Observation::missing("git_branch_missing")));
        };
        // Nothing is merged into itself, here or at its origin.
        let others = targets.iter().filter(|target| !target.ends_with(&format!("/{branch}")));
        for target in others {
            if self.says(&["merge-base", "--is-ancestor", &found, target]).await? {
                return Ok(about(Observation::proven("git_merged")));
            }
        }
        Ok(about(Observation::missing("git_unmerged")))
    }

    /// The branch that others are merged into, as most projects call it, wherever it is.
    async fn main_branches(&self) -> Result<Vec<String>, Observation> {
        for name in ["main", "master"] {
            let found = self.branches(name).await?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    /// The full names of a branch: here, and as its origin had it when somebody fetched last, which may be ahead.
    async fn branches(&self, name: &str) -> Result<Vec<String>, Observation> {
        let mut found = Vec::new();
        for place in BRANCHES.iter().filter(|_| is_ref_name(name)) {
            let full = format!("{place}{name}");
            if self.has(&full).await? {
                found.push(full);
            }
        }
        Ok(found)
    }

    /// A commit by its id, or the beginning of it: what is left of a branch that was deleted.
    async fn commit(&self, id: &str) -> Result<Option<String>, Observation> {
        let is_id = (SHORTEST_ID..=LONGEST_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        let full = format!("{id}^{{commit}}");
        let is_there = is_id && self.says(&["rev-parse", "--verify", "--quiet", &full]).await?;
        Ok(is_there.then_some(full))
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
