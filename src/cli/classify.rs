//! `keyminder classify`: a filter, JSON lines in, readings out.
use super::{CommandResult, Exit, ProjectArgs};
use crate::config::text_of;
use crate::domain::classify::{Classifier, KeyNames, Reading, ReadingContext};
use crate::domain::comment::RawText;
use crate::domain::redact::{KnownValues, Patterns, Redactor};
use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::io::{BufRead, BufWriter, Write};
use std::path::Path;

/// A line of the input: a comment.
#[derive(Deserialize)]
struct ClassifyRequest {
    id: Value,
    text: String,
    /// How many steps the page has; without it, numbers up to 9 can be steps.
    #[serde(default)]
    steps_total: u8,
    #[serde(default)]
    default_step: Option<u8>,
}

/// A line of the output: the reading of a comment, under its id.
#[derive(Serialize)]
struct ClassifyResponse<'a> {
    id: &'a Value,
    #[serde(flatten)]
    reading: &'a Reading,
}

/// The options of `classify`.
#[derive(clap::Args, Clone, Debug)]
pub struct ClassifyArgs {
    /// Read by the rules alone, without the second reader
    #[arg(long)]
    rules_only: bool,
}

/// Reads every line of standard input and writes a line for each. A line that is no comment is told on standard error
/// by its number; the others are read all the same.
pub fn run(place: &ProjectArgs, args: &ClassifyArgs) -> CommandResult<Exit> {
    let files = rule_files(&place.project.clone().unwrap_or_default())?;
    let classifier = if args.rules_only {
        Classifier::by_rules_alone(&files)
    } else {
        Classifier::from_files(&files)
    };
    let classifier = match classifier {
        Ok(classifier) => classifier,
        Err(faults) => {
            for fault in &faults {
                eprintln!("keyminder: {fault}");
            }
            return Ok(Exit::Usage);
        }
    };
    let keys = KeyNames::default();
    let redactor = Redactor::new(Patterns::builtin(), KnownValues::none());
    let mut out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    let mut exit = Exit::Done;
    let mut input = std::io::stdin().lock();
    let mut bytes = Vec::new();
    let mut number = 0usize;
    while {
        bytes.clear();
        input
            .read_until(b'\n', &mut bytes)
            .context("standard input cannot be read")?
    } > 0
    {
        number += 1;
        if bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match serde_json::from_slice::<ClassifyRequest>(&bytes) {
            Ok(line) => {
                let context = ReadingContext {
                    steps_total: line.steps_total,
                    default_step: line.default_step,
                    keys: &keys,
                };
                // The filter knows no values: it masks by patterns alone before it reads.
                let text = redactor.redact(&RawText::new(line.text)).for_reading;
                let response = ClassifyResponse {
                    id: &line.id,
                    reading: &classifier.read(&text, &context),
                };
                serde_json::to_writer(&mut out, &response)?;
                out.write_all(b"\n")?;
            }
            Err(error) => {
                eprintln!(
                    "line {number}: not an object with `id` and `text` ({:?} error at column {})",
                    error.classify(),
                    error.column()
                );
                exit = Exit::Failed;
            }
        }
    }
    out.flush()?;
    Ok(exit)
}

/// The project's own rule files: `config/rules/*.toml`.
pub(super) fn rule_files(project: &Path) -> CommandResult<Vec<(String, String)>> {
    let folder = project.join("config/rules");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        return Ok(Vec::new());
    };
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    let read = |path: std::path::PathBuf| {
        let text = text_of(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        Ok((path.display().to_string(), text))
    };
    paths.into_iter().map(read).collect()
}
