//! `keyminder check`: proves settings, rules, patterns, providers, pages and prompts; tells all faults at once.
mod alerts;
mod asked;
mod blockers;
mod boxes_said;
mod corrected;
mod descriptions;
mod evidence;
mod files;
mod fixtures;
mod leaks;
mod needs;
mod page_asked;
mod pages;
mod render_all;

use super::{CommandError, CommandResult, Exit, ProjectArgs, classify, patterns, tools};
use crate::config::{self, Faults, Settings};
use crate::domain::classify::{BUILTIN as RULES, Classifier};
use crate::domain::decide::{Names, Playbook};
use crate::domain::redact::BUILTIN as PATTERNS;
use crate::rotation::probe::consent;
use crate::rotation::providers::Providers;
use std::fmt;
use std::path::Path;

/// The options of `check`.
#[derive(clap::Args, Clone, Debug)]
pub struct CheckArgs {}

/// Runs the command.
pub fn run(place: &ProjectArgs, _args: &CheckArgs) -> CommandResult<Exit> {
    let mut faults = Vec::new();
    let settings = match Settings::load(place) {
        Ok(settings) => settings,
        Err(found) => {
            faults.extend(found.0);
            // The other files are proven all the same.
            match Settings::defaults(place) {
                Ok(settings) => settings,
                Err(_) => return Err(Faults(faults).into()),
            }
        }
    };
    let env = files::env(&settings);
    faults.extend(files::faults(place, &settings, env.as_ref()));
    faults.extend(needs::faults(&settings, env.as_ref()));
    let lacking = consent::lacking_for_notion(&settings.notion.url, &settings.state_dir());
    faults.extend(lacking.map(|consent| consent::notion_in_words(&consent)));
    let proven = prove(&settings, &mut faults);
    for notice in files::notices(&settings, env.as_ref()) {
        println!("{notice}\n");
    }
    for notice in super::runtime()?.block_on(pages::notices(&settings)) {
        println!("{notice}\n");
    }
    if faults.is_empty() {
        println!("{proven}");
        if let Some(why) = tools::why_rules_alone(&settings) {
            println!("Comments are read by the rules alone: {why}.");
        }
        if let Some(lacking) = needs::lacking(&settings, env.as_ref()) {
            println!("\n{lacking}");
        }
        return Ok(Exit::Done);
    }
    Err(Faults(faults).into())
}

/// How many rules, patterns, pages and prompts were proven.
#[derive(Debug, Default)]
struct Proven {
    rules: usize,
    rule_examples: usize,
    patterns: usize,
    pattern_examples: usize,
    providers: usize,
    pages: usize,
    prompts: usize,
    replies: usize,
    leak_examples: usize,
}

impl fmt::Display for Proven {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let many = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
        write!(
            f,
            "All is well: the settings, {} with {}, {} with {}, {} of leaks, {}, {}, {} in {}.",
            many(self.rules, "rule"),
            many(self.rule_examples, "example"),
            many(self.patterns, "pattern"),
            many(self.pattern_examples, "example"),
            many(self.leak_examples, "example"),
            many(self.providers, "provider"),
            many(self.pages, "page description"),
            many(self.prompts, "prompt"),
            if self.replies == 1 {
                "1 reply".to_owned()
            } else {
                format!("{} replies", self.replies)
            },
        )
    }
}

/// Proves all that a project can bring, and tells every fault.
fn prove(settings: &Settings, faults: &mut Vec<String>) -> Proven {
    let mut proven = Proven::default();
    rules(&settings.project, &mut proven, faults);
    patterns(&settings.project, &mut proven, faults);
    let providers = match Providers::load(settings) {
        Ok(providers) => {
            proven.providers = providers.all().len();
            Some(providers)
        }
        Err(found) => {
            faults.extend(found.0);
            None
        }
    };
    let names = providers.as_deref().map_or_else(Names::default, tools::names);
    match config::playbook(settings, names) {
        Ok(playbook) => {
            match playbook.leaks.prove() {
                Ok(examples) => proven.leak_examples = examples,
                Err(fault) => faults.push(format!("config/leaks.toml: {fault}")),
            }
            proven.pages = playbook.pages.len();
            for page in playbook.pages.values() {
                faults.extend(descriptions::faults(page, providers.as_deref()));
            }
            prompts(playbook, &config::prompt_files(settings), &mut proven, faults);
        }
        Err(found) => faults.extend(found.0),
    }
    proven
}

/// The single faults of an error that holds several.
fn take(faults: &mut Vec<String>, error: CommandError) {
    match error {
        CommandError::Settings(found) => faults.extend(found.0),
        error => faults.push(error.to_string()),
    }
}

fn rules(project: &Path, proven: &mut Proven, faults: &mut Vec<String>) {
    let files = match classify::rule_files(project) {
        Ok(files) => files,
        Err(error) => return take(faults, error),
    };
    faults.extend(Classifier::check(&files).iter().map(ToString::to_string));
    let replaced = |name: &str| files.iter().any(|(file, _)| file.rsplit('/').next() == Some(name));
    let builtin = RULES.iter().filter(|(name, _)| !replaced(name)).map(|(_, text)| *text);
    for text in builtin.chain(files.iter().map(|(_, text)| text.as_str())) {
        let (rules, examples) = counted(text, &["rule"]);
        proven.rules += rules;
        proven.rule_examples += examples;
    }
}

fn patterns(project: &Path, proven: &mut Proven, faults: &mut Vec<String>) {
    match patterns::patterns(project) {
        Ok(patterns) => faults.extend(patterns.check_examples().iter().map(ToString::to_string)),
        Err(error) => return take(faults, error),
    }
    let own = config::text_of(&project.join("config/redaction.toml")).ok();
    (proven.patterns, proven.pattern_examples) =
        counted(own.as_deref().unwrap_or(PATTERNS), &["secret", "token", "phrase"]);
}

/// How many tables of these names there are, and how many examples and counter-examples they have.
fn counted(text: &str, names: &[&str]) -> (usize, usize) {
    let file: toml::Table = text.parse().unwrap_or_default();
    let tables: Vec<&toml::Value> = names
        .iter()
        .filter_map(|name| file.get(*name)?.as_array())
        .flatten()
        .collect();
    let examples = |table: &toml::Value| {
        let lists = ["examples", "counter_examples"].map(|name| table.get(name).and_then(|list| list.as_array()));
        lists.iter().flatten().map(|list| list.len()).sum::<usize>()
    };
    (tables.len(), tables.into_iter().map(examples).sum())
}

/// Every prompt is said with every set of facts that it can meet, and every file is a prompt that is said.
fn prompts(
    playbook: Playbook,
    files: &std::collections::BTreeMap<String, String>,
    proven: &mut Proven,
    faults: &mut Vec<String>,
) {
    let (said, replies) = render_all::render_all(playbook, files);
    proven.prompts = files.len();
    proven.replies = replies;
    faults.extend(said.faults);
    let includes = |name: &str| files.values().any(|text| text.contains(&format!("include \"{name}\"")));
    for name in files
        .keys()
        .filter(|name| !(said.said.contains(*name) || includes(name) || config::is_included_by_builtin(name)))
    {
        faults.push(format!(
            "prompts/{name}: nothing says it; compare its name with those that are built in, or remove it"
        ));
    }
}

#[cfg(test)]
mod tests;
