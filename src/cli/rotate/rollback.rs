//! `rotate rollback`: bring the old value back, and say what that came to.
use super::super::table::print_json;
use super::{Exit, Keys};
use crate::domain::verdict::Life;
use crate::rotation::rollback::{RolledBack, roll_back};
use serde_json::json;

pub(super) async fn run(keys: &Keys, name: &str, to: Option<&str>) -> anyhow::Result<Exit> {
    let provider = keys.provider(name)?;
    let done = roll_back(&keys.project, &keys.providers, &keys.prober()?, provider, to).await?;
    if keys.json {
        print_json(&json!({
            "provider": done.after.provider,
            "restored": done.restored,
            "before": done.before,
            "after": done.after,
        }))?;
    } else {
        for line in told(&done) {
            println!("{line}");
        }
    }
    Ok(if done.after.verdict.life() == Life::Alive {
        Exit::Done
    } else {
        Exit::Failed
    })
}

/// What was done, and what it proved; a line for each.
pub(in crate::cli) fn told(done: &RolledBack) -> Vec<String> {
    let RolledBack {
        restored,
        before,
        after,
    } = done;
    let names = after.variables.join(", ");
    let mut lines = vec![
        format!("The old key was asked first: {}.", before.verdict.as_str()),
        format!("{}: {names} is back from {}.", after.provider, restored.file),
    ];
    if let Some(replaced) = &restored.replaced {
        lines.push(format!("What it replaced is in {replaced}."));
    }
    lines.push(format!(
        "The provider says {} about what stands in .env now.",
        after.verdict.as_str()
    ));
    lines
}
