//! `keyminder classify`: a filter, JSON lines in, readings out.
use super::{Exit, Place};
use crate::domain::classify::{About, Classifier, KeyNames, Reading};
use crate::domain::comment::{CleanText, RawText};
use crate::domain::redact::{KnownValues, Patterns, Redactor};
use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::io::{BufRead, BufWriter, Write};
use std::path::Path;

/// The options of `classify`.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {}

/// One line in.
#[derive(Deserialize)]
struct Line {
    id: Value,
    text: String,
    #[serde(default = "five")]
    steps_total: u8,
    #[serde(default)]
    default_step: Option<u8>,
}

fn five() -> u8 {
    5
}

/// One line out.
#[derive(Serialize)]
struct Answer<'a> {
    id: &'a Value,
    #[serde(flatten)]
    reading: &'a Reading,
}

/// Reads every line of standard input.
pub fn run(place: &Place, _args: &Args) -> anyhow::Result<Exit> {
    let files = rule_files(&place.project.clone().unwrap_or_default())?;
    let classifier = match Classifier::from_files(&files) {
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
        match serde_json::from_slice::<Line>(&bytes) {
            Ok(line) => {
                let about = About {
                    steps_total: line.steps_total,
                    default_step: line.default_step,
                    keys: &keys,
                    plan_minutes: None,
                };
                let reading = classifier.read(&redacted(&redactor, line.text), &about);
                serde_json::to_writer(
                    &mut out,
                    &Answer {
                        id: &line.id,
                        reading: &reading,
                    },
                )?;
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

/// The seam to redaction: the filter masks by patterns before it reads.
fn redacted(redactor: &Redactor, text: String) -> CleanText {
    redactor.redact(&RawText::new(text)).for_reading
}

/// The project's own rule files: `config/rules/*.toml`.
pub(super) fn rule_files(project: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let folder = project.join("config/rules");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        return Ok(Vec::new());
    };
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    let read = |path: std::path::PathBuf| {
        let text = std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        Ok((path.display().to_string(), text))
    };
    paths.into_iter().map(read).collect()
}
