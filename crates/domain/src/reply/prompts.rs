//! The prompts: what the bot says, one Markdown file for each situation and language. Text enters only as values.
use super::run::Run;
use super::{inline, openers};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// What is said when a prompt cannot be rendered: better a plain sentence than silence.
const FALLBACK: &str = "I read this, and what I found is in the audit. My usual sentence could not be made; \
                        `keyminder check` says why.";

/// All prompts, proven; each is compiled when it is first said, since most are rare and a compiled one takes 10 KB.
pub struct Prompts {
    environment: Environment<'static>,
    texts: Arc<BTreeMap<String, String>>,
    /// The words with which sentences begin, by language, once they are asked for.
    openers: Mutex<BTreeMap<String, Arc<BTreeSet<String>>>>,
    coverage: Option<Mutex<PromptCoverage>>,
}

/// What was said, for a proof of the prompts.
#[derive(Clone, Debug, Default)]
pub struct PromptCoverage {
    /// The prompts that were said, as `en/claim.md`.
    pub said: BTreeSet<String>,
    /// Those that could not be, and why.
    pub faults: BTreeSet<String>,
}

impl Prompts {
    /// Proves that all compile. They are given as (`en/claim.md`, text). A later one replaces an earlier one of the same name.
    pub fn new(files: &BTreeMap<String, String>) -> Result<Self, Vec<String>> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::Custom("inline".into()));
        environment.set_formatter(format);
        match SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
            Ok(syntax) => environment.set_syntax(syntax),
            Err(error) => return Err(vec![error.to_string()]),
        }
        environment.set_fuel(Some(100_000));
        let mut faults = Vec::new();
        for (name, text) in files {
            if let Err(error) = environment.template_from_named_str(name, text.trim_end()) {
                faults.push(format!("prompts/{name}: {error:#}"));
            }
        }
        let texts = Arc::new(files.clone());
        let source = Arc::clone(&texts);
        environment.set_loader(move |name| Ok(source.get(name).map(|text| text.trim_end().to_owned())));
        if faults.is_empty() {
            Ok(Self {
                environment,
                texts,
                openers: Mutex::default(),
                coverage: None,
            })
        } else {
            Err(faults)
        }
    }

    /// Whether there is a prompt of this name.
    pub fn has(&self, language: &str, name: &str) -> bool {
        self.texts.contains_key(&format!("{language}/{name}.md"))
    }

    /// Renders a prompt to markup, in this language or in English.
    pub fn markup(&self, language: &str, name: &str, facts: &Value) -> Result<String, Error> {
        let template = self
            .environment
            .get_template(&format!("{language}/{name}.md"))
            .or_else(|_| self.environment.get_template(&format!("en/{name}.md")))?;
        Ok(template.render(facts)?.trim().to_owned())
    }

    /// Renders a prompt; a fixed sentence when that fails.
    pub fn say(&self, language: &str, name: &str, facts: &Value) -> String {
        let markup = self.markup(language, name, facts);
        self.record(language, name, markup.as_ref().err());
        markup.unwrap_or_else(|_| FALLBACK.to_owned())
    }

    /// The runs of a reply as they go on behind a person's name and a comma: without the capital of a sentence.
    pub fn behind_a_name(&self, language: &str, runs: Vec<Run>) -> Vec<Run> {
        let openers = {
            let mut all = self.openers.lock().unwrap_or_else(PoisonError::into_inner);
            let of_language = all.entry(language.to_owned()).or_insert_with(|| {
                let texts = self.texts.iter().filter(|(name, _)| {
                    let folder = name.split('/').next();
                    folder == Some(language) || folder == Some("en")
                });
                Arc::new(openers::openers(texts.map(|(_, text)| text.as_str())))
            });
            Arc::clone(of_language)
        };
        openers::without_capital(runs, &openers)
    }

    /// From now on it is written down what is said.
    #[must_use]
    pub fn recording_coverage(self) -> Self {
        Self {
            coverage: Some(Mutex::default()),
            ..self
        }
    }

    /// What was said since [`Prompts::recording_coverage`].
    pub fn coverage(&self) -> PromptCoverage {
        let coverage = self.coverage.as_ref();
        coverage.map_or_else(PromptCoverage::default, |coverage| {
            coverage.lock().unwrap_or_else(PoisonError::into_inner).clone()
        })
    }

    fn record(&self, language: &str, name: &str, fault: Option<&Error>) {
        let Some(coverage) = &self.coverage else { return };
        let language = if self.has(language, name) { language } else { "en" };
        let file = format!("{language}/{name}.md");
        let mut coverage = coverage.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = fault {
            coverage.faults.insert(format!("prompts/{file}: {error:#}"));
        }
        coverage.said.insert(file);
    }
}

fn format(out: &mut Output, _: &mut State, value: &Value) -> Result<(), Error> {
    if value.is_undefined() {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    let text = match value.as_str() {
        Some(text) => text.to_owned(),
        None if value.is_none() => return Ok(()),
        None => value.to_string(),
    };
    let text = if value.is_safe() { text } else { inline::escape(&text) };
    out.write_str(&text).map_err(Error::from)
}
