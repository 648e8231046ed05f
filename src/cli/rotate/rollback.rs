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
            "newer_at": done.newer_at,
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
        newer_at,
    } = done;
    let names = after.variables.join(", ");
    let mut lines = vec![
        format!(
            "The key that was in use before was asked first: {}.",
            before.verdict.as_str()
        ),
        format!("{}: {names} is back from {}.", after.provider, restored.file),
    ];
    if let Some(replaced) = &restored.replaced {
        lines.push(format!("What it replaced is in {replaced}."));
    }
    lines.push(format!(
        "The provider says {} about what stands in .env now.",
        after.verdict.as_str()
    ));
    if let Some(url) = newer_at {
        lines.push(format!(
            "The newer key, made for this rotation, is out of use now: delete it at {url}, and not the one that is back."
        ));
    }
    lines
}
