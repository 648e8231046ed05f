//! The playbook, loaded: prompts, page descriptions and topics that the program carries, and those of the project over them.
use super::faults::Faults;
use super::settings::Settings;
use super::text::text_of;
use crate::domain::asks::AskReader;
use crate::domain::classify::KeyNames;
use crate::domain::decide::{AnswerLimits, Names, Playbook, Topic, Topics};
use crate::domain::leaks::LeakReader;
use crate::domain::page::PageDescription;
use crate::domain::reply::Prompts;
use crate::domain::toml_fault;
use chrono::TimeDelta;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

mod carried {
    include!(concat!(env!("OUT_DIR"), "/carried.rs"));
}

const TOPICS: &str = include_str!("../../config/topics.toml");
/// After two seconds people hear that we look.
const PATIENCE_MS: i64 = 2_000;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct TopicsFile {
    #[serde(rename = "topic")]
    topics: Vec<Topic>,
}

/// Loads the playbook of a project; all faults at once.
pub fn playbook(settings: &Settings, names: Names) -> Result<Playbook, Faults> {
    let mut faults = Vec::new();
    let files = prompt_files(settings);
    let prompts = Prompts::new(&files).map_err(|found| faults.extend(found));
    let language = Some(settings.reply.language.clone()).filter(|language| language != "auto");
    let known: BTreeSet<&str> = files.keys().filter_map(|name| Some(name.split_once('/')?.0)).collect();
    if let Some(language) = language.as_deref().filter(|language| !known.contains(language)) {
        let known: Vec<&str> = known.into_iter().collect();
        faults.push(format!(
            "reply.language: there are no prompts in {language:?}; write auto or one of {}, or put them into \
             prompts/{language}",
            known.join(", ")
        ));
    }
    let pages = pages(settings).map_err(|found| faults.extend(found));
    let topics = topics(settings).map_err(|found| faults.push(found));
    let leaks = leaks(settings, &names).map_err(|found| faults.push(found));
    let (true, Ok(prompts), Ok(pages), Ok(topics), Ok(leaks)) = (faults.is_empty(), prompts, pages, topics, leaks)
    else {
        return Err(Faults(faults));
    };
    Ok(Playbook {
        prompts,
        pages,
        topics,
        leaks: Arc::new(leaks),
        names,
        zone: settings.zone,
        language,
        say_progress: settings.reply.progress,
        claims: settings.evidence.claims,
        reopen_when_due: settings.rotation.reopen_when_due,
        redact_page_content: settings.rotation.redact_page_content,
        answers: AnswerLimits {
            guest: settings.reply.guest_answers,
            member: settings.reply.member_answers,
        },
        nudge: TimeDelta::from_std(settings.reply.nudge)
            .ok()
            .filter(|nudge| !nudge.is_zero()),
        patience_ms: PATIENCE_MS,
    })
}

/// The prompts by name, the project's own over the carried ones.
pub fn prompt_files(settings: &Settings) -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, String> = carried::PROMPTS
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    let folder = settings.project.join("prompts");
    gather(&folder, &folder, &mut files);
    files
}

/// Whether a prompt that is built in includes this file, also where the project's own takes its place.
pub fn is_included_by_builtin(name: &str) -> bool {
    let include = format!("include \"{name}\"");
    carried::PROMPTS.iter().any(|(_, text)| text.contains(&include))
}

fn gather(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            gather(root, &path, files);
        } else if path.extension().is_some_and(|found| found == "md")
            && let (Ok(name), Ok(text)) = (path.strip_prefix(root), text_of(&path))
            && name != Path::new("README.md")
        {
            files.insert(name.display().to_string(), text);
        }
    }
}

fn pages(settings: &Settings) -> Result<BTreeMap<String, PageDescription>, Vec<String>> {
    let mut texts: BTreeMap<String, String> = carried::PAGES
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    if let Ok(entries) = std::fs::read_dir(settings.project.join("config/pages")) {
        for path in entries
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        {
            if let (Some(name), Ok(text)) = (path.file_name(), text_of(&path)) {
                texts.insert(name.display().to_string(), text);
            }
        }
    }
    let mut pages = BTreeMap::new();
    let mut faults = Vec::new();
    for (name, text) in texts {
        match PageDescription::parse(&text, &format!("config/pages/{name}")) {
            Ok(page) => {
                let same = |other: &&PageDescription| page.page.is_some() && other.page == page.page;
                if let Some(other) = pages.values().find(same) {
                    faults.push(format!("config/pages/{name}: {} describes that page already", other.id));
                }
                pages.insert(page.id.clone(), page);
            }
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(pages) } else { Err(faults) }
}

fn leaks(settings: &Settings, names: &Names) -> Result<LeakReader, String> {
    match text_of(&settings.project.join("config/leaks.toml")) {
        Ok(own) => LeakReader::parse(own, &names.providers).map_err(|fault| format!("config/leaks.toml: {fault}")),
        Err(_) => Ok(LeakReader::builtin(&names.providers)),
    }
}

/// Loads what reads questions about keys and wishes for dates, and proves that each topic finds its examples.
pub fn asks(settings: &Settings, keys: &KeyNames) -> Result<Arc<AskReader>, Faults> {
    let own = |name: &str| text_of(&settings.project.join("config").join(name)).ok();
    let (topics, dates) = (own("key_topics.toml"), own("dates.toml"));
    if topics.is_none() && dates.is_none() {
        return Ok(AskReader::builtin());
    }
    let reader = AskReader::new(topics.as_deref(), dates.as_deref()).map_err(|fault| Faults(vec![fault]))?;
    reader.prove(keys).map_err(|fault| Faults(vec![fault]))?;
    Ok(Arc::new(reader))
}

fn topics(settings: &Settings) -> Result<Topics, String> {
    let own = text_of(&settings.project.join("config/topics.toml")).ok();
    let text = own.as_deref().unwrap_or(TOPICS);
    let file: TopicsFile =
        toml::from_str(text).map_err(|error| format!("config/topics.toml: {}", toml_fault::in_words(text, &error)))?;
    let topics = Topics::new(&file.topics);
    if own.is_some() {
        topics.prove().map_err(|fault| format!("config/topics.toml: {fault}"))?;
    }
    Ok(topics)
}
