//! What decisions go by: prompts, page descriptions, topics of questions, names of keys. Loaded once.
use crate::lazy_set::{LazySet, TextForm};
use crate::leaks::LeakReader;
use crate::page::{PageDescription, PageState};
use crate::reply::Prompts;
use chrono::TimeDelta;
use chrono_tz::Tz;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the project says: decisions depend on it, the state and the event alone.
pub struct Playbook {
    /// The texts of all replies.
    pub prompts: Prompts,
    /// The descriptions of pages, by id.
    pub pages: BTreeMap<String, PageDescription>,
    /// The topics of the questions that people ask.
    pub topics: Topics,
    /// Tells of which keys an answer speaks that were leaked.
    pub leaks: Arc<LeakReader>,
    /// The variables of keys and their providers.
    pub names: Names,
    /// The zone of the times that people read.
    pub zone: Tz,
    /// `None` follows the comment; else this language.
    pub language: Option<String>,
    /// Whether pure progress gets its one line.
    pub say_progress: bool,
    /// What a claim does where no check can see whether it is true.
    pub claims: UncheckedClaims,
    /// Whether a page is reopened when its next rotation is due.
    pub reopen_when_due: bool,
    /// Whether keys in the page itself are masked, not only told of.
    pub redact_page_content: bool,
    /// How many answers a person gets within an hour.
    pub answers: AnswerLimits,
    /// After how long an item that stands still gets one line to its last speaker.
    pub nudge: Option<TimeDelta>,
    /// How long people wait for a reply before an interim one goes out, in milliseconds.
    pub patience_ms: i64,
}

/// The choices of `evidence.claims`: what a claim does where no check can see whether it is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UncheckedClaims {
    /// It ticks the boxes and moves Progress.
    Tick,
    /// It is noted.
    Note,
}

impl Playbook {
    /// Whether a claim ticks what no check can see.
    pub(super) fn claims_tick(&self) -> bool {
        self.claims == UncheckedClaims::Tick
    }

    /// What the project says about a page: by the id in its title, else as it was when its title last had a known one.
    pub fn description(&self, state: &PageState) -> Option<&PageDescription> {
        let by_title = state.guide.id.as_deref().and_then(|id| self.pages.get(id));
        by_title.or_else(|| self.pages.get(state.described_as.as_deref()?))
    }
}

/// How many answers a person gets within an hour on one page.
#[derive(Clone, Copy, Debug)]
pub struct AnswerLimits {
    /// To somebody who may not act.
    pub guest: u32,
    /// To everybody else.
    pub member: u32,
}

/// The names of keys, from the providers' table.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Variable of `.env` to the provider's title.
    pub providers: BTreeMap<String, String>,
    /// Variables that are a public half: masked, but they open nothing alone.
    pub identifiers: Vec<String>,
    /// Provider's title to the page where its keys are managed.
    pub manage_urls: BTreeMap<String, String>,
    /// Variable of `.env` to the provider's id.
    pub ids: BTreeMap<String, String>,
    /// Variable of `.env` to the variables of all keys of its maker, where there are several: its name alone tells none of them.
    pub siblings: BTreeMap<String, Vec<String>>,
    /// Provider's id to what people do at its console.
    pub manuals: BTreeMap<String, KeyManual>,
}

/// What people do at a provider's console.
#[derive(Clone, Debug, Default)]
pub struct KeyManual {
    /// The provider's name for people.
    pub title: String,
    /// Where its keys are made and deleted.
    pub manage_url: String,
    /// What is done there, by language; `en` is always there.
    pub steps: BTreeMap<String, Vec<String>>,
}

impl KeyManual {
    /// The steps in a language, or in English.
    pub fn steps(&self, language: &str) -> &[String] {
        let steps = self.steps.get(language).or_else(|| self.steps.get("en"));
        steps.map_or(&[], Vec::as_slice)
    }
}

/// What people ask about, as patterns over the redacted text.
pub struct Topics {
    names: Vec<String>,
    patterns: LazySet,
    /// Each example with the topic that it asks about.
    examples: Vec<(String, String)>,
}

/// A topic of questions: the name of a prompt in `question/`, and how people ask.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// The name of a prompt in `question/`.
    pub id: String,
    /// How people ask; without case.
    pub patterns: Vec<String>,
    /// Questions that it must find.
    pub examples: Vec<String>,
}

impl Topics {
    /// What a question is about that fits none of them: we have no answer.
    pub const UNKNOWN: &'static str = "unknown";

    /// From topics, of which the first that matches wins.
    pub fn new(topics: &[Topic]) -> Self {
        let each = |patterns: fn(&Topic) -> &Vec<String>| {
            let of_topic = move |topic| patterns(topic).iter().map(|text| (topic.id.clone(), text.clone()));
            topics.iter().flat_map(of_topic)
        };
        let (names, patterns) = each(|topic| &topic.patterns).unzip();
        Self {
            names,
            patterns: LazySet::new(patterns, TextForm::Written),
            examples: each(|topic| &topic.examples).collect(),
        }
    }

    /// Proves that the patterns compile, and that each example is found.
    pub fn prove(&self) -> Result<(), String> {
        self.patterns.prove()?;
        let found = |example: &str| self.find(example).unwrap_or(Self::UNKNOWN);
        let wrong = self.examples.iter().find(|(topic, example)| found(example) != topic);
        wrong.map_or(Ok(()), |(topic, example)| {
            let found = found(example);
            Err(format!("topic {topic}: its example {example:?} is read as {found:?}"))
        })
    }

    /// The topics: each is the name of a prompt in `question/`.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// What a question is about.
    pub fn find(&self, text: &str) -> Option<&str> {
        let first = self.patterns.matches(text).into_iter().next();
        first.map(|at| self.names[at].as_str())
    }
}
