//! `keyminder train`: the table of the second reader, made from labelled comments.
use super::{CommandResult, Exit};
use crate::config::text_of;
use crate::domain::classify::{BUILTIN_TABLE, BlockerKind, Classifier, KeyNames, Label, Lesson, ReadingContext};
use crate::domain::comment::RawText;
use crate::domain::redact::{KnownValues, Patterns, Redactor};
use anyhow::Context as _;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The options of `train`.
#[derive(clap::Args, Clone, Debug)]
pub struct TrainArgs {
    /// The list of the files with labelled comments
    #[arg(value_name = "LESSONS", default_value = "tests/corpus/lessons.toml")]
    pub lessons: PathBuf,
    /// Where the table is written
    #[arg(long, value_name = "FILE", default_value = "config/second-reader.bin")]
    pub out: PathBuf,
    /// Write nothing: fail if the built-in table is not what the lessons give
    #[arg(long)]
    pub check: bool,
}

/// The list of files; each lies beside it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LessonFiles {
    /// Comments that the rules were written for.
    known: Vec<String>,
    /// Comments that nobody had seen when the rules were written.
    strange: Vec<String>,
}

/// A line of such a file; what else it holds is for scores.
#[derive(Deserialize)]
struct LabelledComment {
    text: String,
    labels: Vec<Label>,
    blocker_kind: Option<BlockerKind>,
}

/// Reads the lessons, trains, and writes the table or compares it with the one that is built in.
pub fn run(args: &TrainArgs) -> CommandResult<Exit> {
    let lessons = lessons(&args.lessons)?;
    let rules = Classifier::by_rules_alone(&[]).map_err(|faults| anyhow::anyhow!("{}", faults[0]))?;
    let keys = KeyNames::default();
    let table = rules.teach(
        &lessons,
        &ReadingContext {
            steps_total: 0,
            default_step: None,
            keys: &keys,
        },
    );
    if args.check {
        if table != BUILTIN_TABLE {
            return Err(anyhow::anyhow!(
                "the second reader that is built in has learnt other lessons, or by other rules; run `keyminder train` and \
                 build again"
            )
            .into());
        }
        println!("the second reader has learnt these {} comments", lessons.len());
        return Ok(Exit::Done);
    }
    std::fs::write(&args.out, &table).with_context(|| format!("{} cannot be written", args.out.display()))?;
    println!("learnt from {} comments: {}", lessons.len(), args.out.display());
    Ok(Exit::Done)
}

fn lessons(list: &Path) -> CommandResult<Vec<Lesson>> {
    let read = |file: &Path| text_of(file).with_context(|| format!("{} cannot be read", file.display()));
    let files: LessonFiles =
        toml::from_str(&read(list)?).with_context(|| format!("{} is no list of lessons", list.display()))?;
    let redactor = Redactor::new(Patterns::builtin(), KnownValues::none());
    let mut lessons = Vec::new();
    let known = files.known.iter().map(|file| (file, false));
    for (file, is_strange) in known.chain(files.strange.iter().map(|file| (file, true))) {
        let file = list.with_file_name(file);
        for (number, line) in read(&file)?.lines().enumerate() {
            let comment: LabelledComment = serde_json::from_str(line)
                .with_context(|| format!("{}: line {}: no comment with its labels", file.display(), number + 1))?;
            lessons.push(Lesson {
                text: redactor.redact(&RawText::new(comment.text)).for_reading,
                labels: comment.labels,
                blocker_kind: comment.blocker_kind,
                is_strange,
            });
        }
    }
    Ok(lessons)
}
