//! Reads whether a comment tells of a leak, and of which keys.
use super::named::NamedKeys;
use super::prepared::{Sentence, folded, sentences};
use super::rules::{BUILTIN, LeakRules, Spoken};
use crate::domain::comment::CleanText;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Which keys are said to have leaked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeakedKeys {
    /// These variables: named, or those of a provider that is.
    Named(Vec<String>),
    /// All of `.env`.
    All,
    /// It is not said.
    Unnamed,
}

/// What a comment tells of a leak.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeakReport {
    /// Which keys are said to have leaked.
    pub keys: LeakedKeys,
    /// The comment without the sentences that tell of it.
    pub rest: CleanText,
}

/// Reads whether comments tell of a leak. It holds the rules, and the names of the keys there are. They are compiled when the first
/// comment is read: most commands read none.
pub struct LeakReader {
    text: Cow<'static, str>,
    providers: BTreeMap<String, String>,
    compiled: OnceLock<Option<CompiledReader>>,
}

/// The rules as they are looked into.
struct CompiledReader {
    rules: LeakRules,
    names: NamedKeys,
}

impl LeakReader {
    /// The rules that the program carries, for these variables with their providers' titles.
    pub fn builtin(providers: &BTreeMap<String, String>) -> Self {
        Self::of(Cow::Borrowed(BUILTIN), providers)
    }

    /// The rules of a project's own file, proven by their examples.
    pub fn parse(text: String, providers: &BTreeMap<String, String>) -> Result<Self, String> {
        let reader = Self::of(Cow::Owned(text), providers);
        reader.prove().map(|_| reader)
    }

    fn of(text: Cow<'static, str>, providers: &BTreeMap<String, String>) -> Self {
        Self {
            text,
            providers: providers.clone(),
            compiled: OnceLock::new(),
        }
    }

    /// Proves the rules by the examples that stand beside them; how many there are.
    pub fn prove(&self) -> Result<usize, String> {
        let (rules, examples) = LeakRules::parse(&self.text)?;
        rules.prove()?;
        let names = NamedKeys::new(&rules, &self.providers);
        let compiled = CompiledReader { rules, names };
        let wrong = examples
            .iter()
            .find(|example| compiled.tells(&example.text) != example.tells);
        match wrong {
            Some(example) if example.tells => Err(format!("{:?} is not read as telling of a leak", example.text)),
            Some(example) => Err(format!("{:?} is read as telling of a leak", example.text)),
            None => {
                let _ = self.compiled.set(Some(compiled));
                Ok(examples.len())
            }
        }
    }

    /// What a comment tells of a leak; `None`: nothing.
    pub fn read(&self, text: &CleanText) -> Option<LeakReport> {
        self.compiled()?.read(text)
    }

    /// The keys that somebody names who was asked which ones leaked: names alone, "all" or "the .env" will do.
    pub fn keys_in(&self, text: &CleanText) -> LeakedKeys {
        self.compiled()
            .map_or(LeakedKeys::Unnamed, |compiled| compiled.keys_in(text))
    }

    fn compiled(&self) -> Option<&CompiledReader> {
        let compile = || {
            let (rules, _) = LeakRules::parse(&self.text).ok()?;
            let names = NamedKeys::new(&rules, &self.providers);
            Some(CompiledReader { rules, names })
        };
        self.compiled.get_or_init(compile).as_ref()
    }
}

impl CompiledReader {
    fn read(&self, text: &CleanText) -> Option<LeakReport> {
        let all = sentences(&self.rules, text.as_str());
        let told = self.told(&all);
        if told.is_empty() {
            return None;
        }
        let said = |sentence: &Sentence| &text.as_str()[sentence.span.clone()];
        let spoken: Vec<&str> = told.iter().map(|sentence| said(sentence)).collect();
        let keys = self.keys_of(&told, &spoken.join("\n"), &all, text.as_str());
        let mut rest = text.as_str().to_owned();
        for sentence in told.iter().rev() {
            let work = self.work_in(said(sentence));
            rest.replace_range(sentence.span.clone(), &work);
        }
        let rest = CleanText::passed(rest.trim().to_owned());
        Some(LeakReport { keys, rest })
    }

    /// What a sentence that tells of a leak says of steps, in clauses of their own.
    fn work_in(&self, sentence: &str) -> String {
        let of_work = |piece: &&[u8]| {
            let piece = String::from_utf8_lossy(piece);
            self.rules.has("work", &folded(&piece)) && !self.tells(&piece)
        };
        let pieces = self.rules.cuts.split(sentence.as_bytes()).filter(of_work);
        pieces.fold(String::new(), |said, piece| {
            said + String::from_utf8_lossy(piece).trim() + ". "
        })
    }

    fn keys_in(&self, text: &CleanText) -> LeakedKeys {
        let all = sentences(&self.rules, text.as_str());
        let told: Vec<&Sentence> = all.iter().collect();
        self.keys_of(&told, text.as_str(), &all, text.as_str())
    }

    fn tells(&self, text: &str) -> bool {
        !self.told(&sentences(&self.rules, text)).is_empty()
    }

    /// The sentences that tell of a leak.
    fn told<'s>(&self, all: &'s [Sentence]) -> Vec<&'s Sentence> {
        let texts: Vec<&str> = all.iter().map(|sentence| sentence.text.as_str()).collect();
        let comment = texts.join(" \n ");
        let told: Vec<&Sentence> = all.iter().filter(|sentence| self.tell(sentence, &comment)).collect();
        if told.is_empty() || self.rules.settles(&comment) {
            return Vec::new();
        }
        told
    }

    fn tell(&self, sentence: &Sentence, comment: &str) -> bool {
        let names = |text: &str| !self.names.services_in(&self.rules, text).is_empty();
        let spoken = |clause: &str, before: &str, whole: bool| {
            let spoken = Spoken {
                clause,
                before,
                sentence: &sentence.text,
                comment,
            };
            self.rules.tell(spoken, names, whole)
        };
        let mut before = String::new();
        let last = sentence.clauses.len().saturating_sub(1);
        for (at, clause) in sentence.clauses.iter().enumerate() {
            before.push_str(clause);
            let mark = if at == last && sentence.asks && !clause.ends_with('?') {
                "?"
            } else {
                ""
            };
            if spoken(&format!("{clause}{mark}"), &before, false) {
                return true;
            }
            before.push_str(", ");
        }
        last > 0 && !sentence.asks && spoken(&sentence.text, &sentence.text, true)
    }

    /// Which keys are meant: as the sentences say that tell of it, else as the comment says.
    fn keys_of(&self, told: &[&Sentence], spoken: &str, all: &[Sentence], comment: &str) -> LeakedKeys {
        let is_env =
            |sentence: &&&Sentence| self.rules.has("env", &sentence.text) && !self.rules.has("ofenv", &sentence.text);
        if told.iter().any(|sentence| is_env(&sentence)) {
            return LeakedKeys::All;
        }
        let in_told = || told.iter().map(|sentence| sentence.text.as_str());
        let in_all = || all.iter().map(|sentence| sentence.text.as_str());
        self.named(spoken, &in_told().collect::<Vec<_>>())
            .or_else(|| self.named(comment, &in_all().collect::<Vec<_>>()))
            .unwrap_or(LeakedKeys::Unnamed)
    }

    fn named(&self, written: &str, sentences: &[&str]) -> Option<LeakedKeys> {
        let mut named = self.names.variables_in(&self.rules, written);
        for sentence in sentences {
            let services = self.names.services_in(&self.rules, sentence);
            named.extend(
                services
                    .into_iter()
                    .filter(|name| !named.contains(name))
                    .collect::<Vec<_>>(),
            );
        }
        if !named.is_empty() {
            return Some(LeakedKeys::Named(named));
        }
        let all = sentences.iter().any(|sentence| self.rules.has("all", sentence));
        (all || folded(written).trim() == "all").then_some(LeakedKeys::All)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader() -> &'static LeakReader {
        static READER: OnceLock<LeakReader> = OnceLock::new();
        READER.get_or_init(|| {
            let names = [
                ("API_Groq", "Groq"),
                ("STRIPE_SECRET_KEY", "Stripe"),
                ("BYBIT_API_KEY", "Bybit"),
                ("GITHUB_TOKEN", "GitHub"),
                ("API_Mistral", "Mistral"),
            ];
            let names = names.map(|(variable, title)| (variable.to_owned(), title.to_owned()));
            LeakReader::builtin(&names.into())
        })
    }

    fn keys(text: &str) -> Option<LeakedKeys> {
        reader()
            .read(&CleanText::passed(text.to_owned()))
            .map(|report| report.keys)
    }

    #[test]
    fn the_examples_beside_the_rules_hold() {
        let proven = reader().prove();
        assert!(proven.as_ref().is_ok_and(|examples| *examples > 80), "{proven:?}");
    }

    fn named(names: &[&str]) -> LeakedKeys {
        LeakedKeys::Named(names.iter().map(|&name| name.to_owned()).collect())
    }

    #[test]
    fn the_keys_that_are_named_are_meant() {
        for (text, meant) in [
            ("the Groq key was leaked on GitHub", Some(named(&["API_Groq"]))),
            ("our GitHub access token is on pastebin", Some(named(&["GITHUB_TOKEN"]))),
            ("GROQ_KEY_2 was exposed in the logs", Some(named(&["GROQ_KEY_2"]))),
            (
                "Groq and Mistral keys are stolen",
                Some(named(&["API_Groq", "API_Mistral"])),
            ),
            ("I committed the .env by accident", Some(LeakedKeys::All)),
            ("we were hacked, rotate all keys now", Some(LeakedKeys::All)),
            ("I pasted the Groq key from .env in Slack", Some(named(&["API_Groq"]))),
            ("I pasted a key in Slack", Some(LeakedKeys::Unnamed)),
            ("I committed the rotation script", None),
        ] {
            assert_eq!(keys(text), meant, "{text}");
        }
    }

    #[test]
    fn what_tells_of_it_is_taken_out_and_the_rest_stays() {
        let text = CleanText::passed("Step 1 is done. I committed the .env by accident. What is next?".to_owned());
        let report = reader().read(&text).unwrap();
        assert_eq!(report.rest.as_str(), "Step 1 is done. What is next?");
        let text = CleanText::passed("Stap 3 is klaar, maar ik heb de Groq key in Slack geplakt".to_owned());
        let report = reader().read(&text).unwrap();
        assert_eq!(report.rest.as_str(), "Stap 3 is klaar.");
    }
}
