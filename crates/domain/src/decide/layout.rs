//! The form of a reply: whom it addresses, what is said once, where it ends.
use crate::page::{Conversation, ReplyPart};
use crate::reply::{Run, Style};

/// The longest reply, in characters; people read on a page, beside their work.
const LONGEST: usize = 900;

/// The person's name; a real mention, which notifies, only where that person must act.
pub(super) fn salutation(conversation: &Conversation) -> Vec<Run> {
    let Some(author) = &conversation.author else {
        return Vec::new();
    };
    let must_act = conversation.parts.iter().any(|part| {
        matches!(
            part,
            ReplyPart::Blocker { .. }
                | ReplyPart::Posted { .. }
                | ReplyPart::Reminds { at: None, .. }
                | ReplyPart::Nudge
        )
    });
    let name = conversation.name.clone();
    let comma = Run {
        text: ", ".to_owned(),
        ..Run::default()
    };
    match (must_act, name) {
        (true, name) => {
            let text = name.unwrap_or_else(|| "you".to_owned());
            vec![
                Run {
                    text,
                    mention: Some(author.clone()),
                    ..Run::default()
                },
                comma,
            ]
        }
        (false, Some(text)) => vec![
            Run {
                text,
                style: Style {
                    bold: true,
                    ..Style::default()
                },
                ..Run::default()
            },
            comma,
        ],
        (false, None) => Vec::new(),
    }
}

/// Cuts after the last whole run, or inside one, and says so with an ellipsis.
pub(super) fn shorten(runs: Vec<Run>) -> Vec<Run> {
    let mut left = LONGEST;
    let mut kept = Vec::with_capacity(runs.len());
    for mut run in runs {
        let length = run.text.chars().count();
        if length <= left {
            left -= length;
            kept.push(run);
            continue;
        }
        run.text = run.text.chars().take(left).collect();
        run.text.push('…');
        kept.push(run);
        break;
    }
    kept
}

/// Two parts may end with the same line (where things stand): it is said once, at the end.
pub(super) fn without_repeated_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let again = |at: usize| lines[at + 1..].contains(&lines[at]);
    let kept = (0..lines.len()).filter(|at| !again(*at)).map(|at| lines[at]);
    kept.collect::<Vec<_>>().join("\n")
}
