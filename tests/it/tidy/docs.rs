//! What a comment says is a sentence that a stranger understands.
use super::{Source, none, sources};

/// A paragraph of so many words or fewer is a riddle.
const RIDDLE_WORDS: usize = 2;

/// The paragraphs of the doc comments of a file, with the line where each begins. Headings and code are none.
fn paragraphs(source: &Source) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut open = false;
    let mut code = false;
    for (at, line) in source.text.lines().enumerate() {
        let line = line.trim_start();
        let Some(text) = line.strip_prefix("///").or_else(|| line.strip_prefix("//!")) else {
            (open, code) = (false, false);
            continue;
        };
        let text = text.trim();
        if text.starts_with("```") {
            (open, code) = (false, !code);
        } else if code || text.is_empty() || text.starts_with('#') {
            open = false;
        } else if open && let Some((_, paragraph)) = found.last_mut() {
            *paragraph = format!("{paragraph} {text}");
        } else {
            found.push((at + 1, text.to_owned()));
            open = true;
        }
    }
    found
}

#[test]
fn doc_comments_are_sentences() {
    let mut all = 0;
    let mut faults = Vec::new();
    for source in sources() {
        for (line, text) in paragraphs(&source) {
            all += 1;
            if text.split_whitespace().count() <= RIDDLE_WORDS {
                faults.push(format!("{}:{line}: {text:?} is too short for a stranger", source.name));
            }
        }
    }
    assert!(all > 2000, "only {all} paragraphs were found");
    none(&faults);
}
