//! `keyminder redact`: a filter. JSON lines `{id, text, env}` in, `{id, spans, text}` out. It prints nothing else
//! of what it reads: an error names the line by its number. A line that brings no `env` is one of the project's own: what the
//! bot would know there is known here.
use super::own_secrets::secrets_elsewhere;
use super::patterns::patterns;
use super::{CommandResult, Exit, ProjectArgs, tools};
use crate::config::Settings;
use crate::domain::redact::{self, KnownValues, Labelled, Patterns, Redactor};
use crate::rotation::providers::Providers;
use crate::rotation::{Project, live_redactor};
use anyhow::Context as _;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::io::{BufRead, Write};
use std::sync::Arc;

/// The options of `redact`.
#[derive(clap::Args, Clone, Debug)]
pub struct RedactArgs {
    /// Know no values of the project (.env, its backups, the token), only what keys look like
    #[arg(long)]
    forms_only: bool,
}

/// Answers each line of standard input on standard output, until the input ends. A line that is no comment is told on standard
/// error by its number; the others are answered all the same.
pub fn run(place: &ProjectArgs, args: &RedactArgs) -> CommandResult<Exit> {
    let mut redactors = if args.forms_only {
        let patterns = patterns(&place.project.clone().unwrap_or_default())?;
        let by_form = Redactor::new(Arc::clone(&patterns), KnownValues::none());
        Redactors::new(patterns, by_form)
    } else {
        let settings = Settings::load(place)?;
        let patterns = patterns(&settings.project)?;
        let of_project = of_project(&settings, &patterns)?;
        Redactors::new(patterns, of_project)
    };
    let mut input = std::io::BufReader::with_capacity(1 << 16, std::io::stdin().lock());
    let mut output = std::io::BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    let mut line = Vec::new();
    let mut answer = Vec::new();
    let mut exit = Exit::Done;
    for number in 1_u64.. {
        line.clear();
        if input
            .read_until(b'\n', &mut line)
            .context("standard input cannot be read")?
            == 0
        {
            break;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        answer.clear();
        match redactors.answer(&mut line, &mut answer) {
            Ok(()) => output.write_all(&answer)?,
            Err(error) => {
                eprintln!("keyminder: line {number}: {error:#}");
                exit = Exit::Failed;
            }
        }
    }
    output.flush()?;
    Ok(exit)
}

/// A redactor that knows what the bot of the project would: fails where there is a `.env` that cannot be read.
fn of_project(settings: &Settings, patterns: &Arc<Patterns>) -> CommandResult<Redactor> {
    let project = Project::open_to_read(settings)?;
    let identifiers = tools::names(&*Providers::load(settings)?).identifiers;
    let elsewhere = secrets_elsewhere(settings);
    Ok(live_redactor::redactor(&project, &elsewhere, &identifiers, patterns)?)
}

/// One comment. No `Debug`: it may hold a key.
#[derive(Deserialize)]
struct RedactRequest<'a> {
    #[serde(borrow)]
    id: &'a RawValue,
    #[serde(borrow)]
    text: Cow<'a, str>,
    #[serde(borrow, default)]
    env: Option<&'a RawValue>,
}

/// Why a line cannot be answered; serde's own words could quote it.
#[derive(Debug, thiserror::Error)]
enum RequestFault {
    #[error(
        "not a JSON object with `id` and `text` (column {0}); one object a line: {{\"id\": ..., \"text\": \"...\", \"env\": {{...}}}}"
    )]
    Shape(usize),
    #[error("`env` is not an object of names and strings")]
    Env,
}

/// The variables of an `env`, each as often as it stands there: every one of its values is a secret.
struct Entries(Vec<(String, SecretString)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Entries;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of names and strings")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

/// How many workspaces are kept ready; further ones are made anew.
const KEPT: usize = 64;

/// The redactor of each workspace seen, by its `env` as written.
struct Redactors {
    patterns: Arc<Patterns>,
    ready: Vec<(Box<str>, Redactor)>,
    of_project: Redactor,
}

impl Redactors {
    fn new(patterns: Arc<Patterns>, of_project: Redactor) -> Self {
        Self {
            patterns,
            ready: Vec::new(),
            of_project,
        }
    }

    fn answer(&mut self, line: &mut Vec<u8>, answer: &mut Vec<u8>) -> anyhow::Result<()> {
        let same = self.cut_same_env(line);
        let line: RedactRequest = serde_json::from_slice(line).map_err(|error| RequestFault::Shape(error.column()))?;
        let redactor = if same {
            &self.ready[0].1
        } else {
            self.for_env(line.env.map(RawValue::get))?
        };
        write_answer(answer, line.id.get(), &line.text, redactor.labelled(&line.text))?;
        Ok(())
    }

    /// Comments of one workspace come in a row, and `env` is longer than most of them: if a line ends with the very
    /// bytes of the last `env`, they are cut off instead of read.
    fn cut_same_env(&self, line: &mut Vec<u8>) -> bool {
        let Some((last, _)) = self.ready.first() else {
            return false;
        };
        let head = line
            .trim_ascii_end()
            .strip_suffix(b"}")
            .map(<[u8]>::trim_ascii_end)
            .and_then(|line| line.strip_suffix(last.as_bytes()));
        let head = head
            .and_then(|head| head.trim_ascii_end().strip_suffix(b":"))
            .and_then(|head| head.trim_ascii_end().strip_suffix(b"\"env\""));
        let Some(end) = head
            .and_then(|head| head.trim_ascii_end().strip_suffix(b","))
            .map(<[u8]>::len)
        else {
            return false;
        };
        line.truncate(end);
        line.push(b'}');
        true
    }

    fn for_env(&mut self, env: Option<&str>) -> Result<&Redactor, RequestFault> {
        let Some(env) = env else {
            return Ok(&self.of_project);
        };
        if let Some(place) = self.ready.iter().position(|(known, _)| **known == *env) {
            // Comments of one workspace come in a row.
            self.ready.swap(0, place);
            return Ok(&self.ready[0].1);
        }
        let Entries(entries) = serde_json::from_str(env).map_err(|_| RequestFault::Env)?;
        let redactor = Redactor::new(Arc::clone(&self.patterns), KnownValues::from_env(entries));
        self.ready.truncate(KEPT - 1);
        self.ready.insert(0, (env.into(), redactor));
        Ok(&self.ready[0].1)
    }
}

/// Writes one answer; offsets are in Unicode scalar values. A text that must be withheld is one span, and so is what is
/// left out of one that is too long.
fn write_answer(out: &mut Vec<u8>, id: &str, text: &str, found: Option<Labelled<'_>>) -> anyhow::Result<()> {
    let found = found.unwrap_or_else(|| Labelled {
        labels: vec![(0, text.len(), "text withheld")],
        cut: None,
    });
    let spans = &found.labels;
    write!(out, "{{\"id\":{id},\"spans\":[")?;
    let mut clean = String::new();
    let [mut at, mut chars] = [0, 0];
    for (number, (start, end, label)) in spans.iter().enumerate() {
        let from = chars + text[at..*start].chars().count();
        chars = from + text[*start..*end].chars().count();
        write!(out, "{}[{from},{chars}]", if number == 0 { "" } else { "," })?;
        clean.push_str(&text[at..*start]);
        clean.push_str(&redact::label(label));
        at = *end;
    }
    let rest = &text[at..found.cut.unwrap_or(text.len())];
    if found.cut.is_some() {
        let from = chars + rest.chars().count();
        let to = from + text[at + rest.len()..].chars().count();
        write!(out, "{}[{from},{to}]", if spans.is_empty() { "" } else { "," })?;
    }
    out.extend_from_slice(b"],\"text\":");
    if spans.is_empty() && found.cut.is_none() {
        serde_json::to_writer(&mut *out, rest)?;
    } else {
        clean.push_str(rest);
        clean.push_str(found.cut.map_or("", |_| redact::LEFT_OUT));
        serde_json::to_writer(&mut *out, &clean)?;
    }
    out.extend_from_slice(b"}\n");
    Ok(())
}
