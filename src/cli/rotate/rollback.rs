//! `rotate rollback`: bring the old value back, and say what that came to.
use super::context::RotateContext;
use crate::cli::table::print_json;
use crate::cli::{CommandResult, Exit};
use crate::domain::verdict::Life;
use crate::rotation::rollback::{RolledBack, roll_back};
use serde_json::json;

pub(super) async fn run(context: &RotateContext, name: &str, to: Option<&str>) -> CommandResult<Exit> {
    let provider = context.keys.provider(name)?;
    let done = roll_back(&context.keys, provider, to).await?;
    if context.json {
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
