//! The prompts: what the bot says, one Markdown file for each situation and language. Text enters only as values.
use super::Run;
use super::inline;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior};
use std::collections::BTreeMap;

/// What is said when a prompt cannot be rendered: better a plain sentence than silence.
const FALLBACK: &str = "I read this, and what I found is in the audit. My usual sentence could not be made; \
                        `keyminder check` says why.";

/// All prompts, compiled.
pub struct Prompts {
    environment: Environment<'static>,
}

impl Prompts {
    /// Compiles prompts, given as (`en/claim.md`, text). A later one replaces an earlier one of the same name.
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
            let text = text.trim_end().to_owned();
            if let Err(error) = environment.add_template_owned(name.clone(), text) {
                faults.push(format!("prompts/{name}: {error:#}"));
            }
        }
        if faults.is_empty() {
            Ok(Self { environment })
        } else {
            Err(faults)
        }
    }

    /// Whether there is a prompt of this name.
    pub fn has(&self, language: &str, name: &str) -> bool {
        self.environment.get_template(&format!("{language}/{name}.md")).is_ok()
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
        self.markup(language, name, facts)
            .unwrap_or_else(|_| FALLBACK.to_owned())
    }

    /// Every prompt's name, with its language.
    pub fn names(&self) -> Vec<String> {
        self.environment.templates().map(|(name, _)| name.to_owned()).collect()
    }
}

/// Rendered markup as runs.
pub fn runs(markup: &str) -> Vec<Run> {
    inline::runs(markup)
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
