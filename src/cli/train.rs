//! `keyminder train`: the table of the second reader, made from labelled comments.
use super::{CommandResult, Exit};
use crate::config::text_of;
use crate::domain::classify::{
    Ask, AskLesson, BUILTIN_TABLE, BlockerKind, Classifier, KeyNames, Label, Lesson, ReadingContext, Suspicion,
};
use crate::domain::comment::RawText;
use crate::domain::redact::{KnownValues, Patterns, Redactor};
use anyhow::Context as _;
use serde::Deserialize;
use serde::de::DeserializeOwned;
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
    /// Sentences about keys, each with whether it tells that one leaked, and whether it wishes for another date.
    leaks: Vec<String>,
    /// Sentences, each with what it asks of us.
    asks: Vec<String>,
}

/// A line of such a file; what else it holds is for scores.
#[derive(Deserialize)]
struct LabelledComment {
    text: String,
    labels: Vec<Label>,
    blocker_kind: Option<BlockerKind>,
    /// Whether it tells that a key leaked beside that.
    #[serde(default)]
    leak: bool,
}

/// A line of a file of sentences about keys.
#[derive(Deserialize)]
struct SentenceOfKeys {
    text: String,
    /// Whether it tells that a key leaked.
    leak: bool,
    /// Whether it wishes for another date.
    #[serde(default)]
    date: bool,
}

/// A line of a file of what people ask of us.
#[derive(Deserialize)]
struct AskingSentence {
    text: String,
    /// Its name, or `none`.
    ask: String,
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
    let text = text_of(list).with_context(|| format!("{} cannot be read", list.display()))?;
    let files: LessonFiles =
        toml::from_str(&text).with_context(|| format!("{} is no list of lessons", list.display()))?;
    let redactor = Redactor::new(Patterns::builtin(), KnownValues::none());
    let clean = |text: String| redactor.redact(&RawText::new(text)).for_reading;
    let mut lessons = Vec::new();
    let known = files.known.iter().map(|file| (file, false));
    for (file, is_strange) in known.chain(files.strange.iter().map(|file| (file, true))) {
        for comment in rows::<LabelledComment>(&list.with_file_name(file), "no comment with its labels")? {
            lessons.push(Lesson {
                text: clean(comment.text),
                asks: of_labels(&comment.labels),
                labels: comment.labels,
                blocker_kind: comment.blocker_kind,
                is_strange,
                says: Some(says(comment.leak, false)),
            });
        }
    }
    for file in &files.leaks {
        for sentence in rows::<SentenceOfKeys>(&list.with_file_name(file), "no sentence about keys")? {
            lessons.push(Lesson {
                text: clean(sentence.text),
                labels: Vec::new(),
                blocker_kind: None,
                is_strange: true,
                says: Some(says(sentence.leak, sentence.date)),
                asks: AskLesson::Untold,
            });
        }
    }
    for file in &files.asks {
        for sentence in rows::<AskingSentence>(&list.with_file_name(file), "no sentence with what it asks")? {
            let ask = Ask::by_id(&sentence.ask);
            if ask.is_none() && sentence.ask != "none" {
                return Err(anyhow::anyhow!("{file}: there is no ask {:?}", sentence.ask).into());
            }
            lessons.push(Lesson {
                text: clean(sentence.text),
                labels: Vec::new(),
                blocker_kind: None,
                is_strange: true,
                says: None,
                asks: ask.map_or(AskLesson::Nothing, AskLesson::Asks),
            });
        }
    }
    Ok(lessons)
}

/// What a comment of these labels asks of us: nothing. A question may ask something, and what is planned may be who does a step.
fn of_labels(labels: &[Label]) -> AskLesson {
    if labels
        .iter()
        .any(|label| matches!(label, Label::Question | Label::Progress))
    {
        AskLesson::Untold
    } else {
        AskLesson::Nothing
    }
}

/// What a comment says that others than the classifier read.
fn says(leak: bool, date: bool) -> Vec<Suspicion> {
    let all = [(leak, Suspicion::Leak), (date, Suspicion::Date)];
    all.into_iter()
        .filter(|(says, _)| *says)
        .map(|(_, what)| what)
        .collect()
}

/// The lines of a file; `fault` says what one is that cannot be read.
fn rows<T: DeserializeOwned>(file: &Path, fault: &str) -> CommandResult<Vec<T>> {
    let text = text_of(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let rows = text.lines().enumerate().map(|(at, line)| {
        let row = serde_json::from_str(line);
        row.with_context(|| format!("{}: line {}: {fault}", file.display(), at + 1))
    });
    Ok(rows.collect::<anyhow::Result<_>>()?)
}
