//! Reads whether a comment tells of a leak, and of which keys.
use super::denials::Firmness;
use super::named::NamedKeys;
use super::prepared::{OTHER, Sentence, apart, folded, piece, sentences};
use super::report::{LeakDenial, LeakReport, LeakedKeys};
use super::rules::{BUILTIN, LeakExample, LeakRules, Saying, Spoken};
use crate::domain::comment::CleanText;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A warning that was pasted has so many sentences at least.
const MAIL_AT_LEAST: usize = 3;

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
        let denies = |text: &String| {
            let denial = compiled.denied(&CleanText::passed(text.clone()));
            denial.is_some_and(|denial| denial.keys.is_some())
        };
        let wrong = examples.iter().find(|example| {
            let told = compiled.tells(&example.text) != example.tells;
            told || example.denies.is_some_and(|is| denies(&example.text) != is)
        });
        match wrong {
            Some(LeakExample {
                text,
                denies: Some(denies),
                ..
            }) => Err(format!(
                "{text:?}: that there was no leak is {} as said",
                if *denies { "not read" } else { "read" }
            )),
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

    /// What a comment says against a leak, or of none at all in words of leaks; `None`: nothing.
    pub fn denied(&self, text: &CleanText) -> Option<LeakDenial> {
        self.compiled()?.denied(text)
    }

    /// Whether a comment has words of leaks, whatever it says of them.
    pub fn speaks_of_leaks(&self, text: &CleanText) -> bool {
        let has = |compiled: &CompiledReader| {
            let (plain, ready) = (folded(text.as_str()), piece(&compiled.rules, text.as_str()));
            let has = |list: &str| compiled.rules.has(list, &ready);
            let by_name = ["leaked", "leak"].iter().any(|list| compiled.rules.has(list, &plain));
            by_name || has("env") && (has("commit") || has("open")) || has("key") && has("commit")
        };
        self.compiled().is_some_and(has)
    }

    /// Whether a comment that may look like a report of a leak is known to be none: it speaks against one, or of a thing that only has
    /// a name like a key's.
    pub fn is_no_report(&self, text: &CleanText) -> bool {
        let is_none = |compiled: &CompiledReader| {
            let rules = &compiled.rules;
            let has = |lists: [&str; 2], text: &str| lists.iter().any(|list| rules.has(list, text));
            let of_other =
                |text: &str| text.contains(OTHER) && !(has(["key", "env"], text) && has(["leaked", "leak"], text));
            let sentences = sentences(rules, text.as_str());
            let mut texts = sentences.iter().map(|sentence| sentence.text.as_str());
            texts.any(|text| of_other(text) || rules.denials.are_spoken_in(text))
        };
        self.compiled().is_some_and(is_none)
    }

    /// The keys that somebody names who was asked which ones leaked: names alone, "all" or "the .env" will do.
    pub fn keys_in(&self, text: &CleanText) -> LeakedKeys {
        self.compiled()
            .map_or(LeakedKeys::Unnamed, |compiled| compiled.keys_in(text))
    }

    /// The keys that a text names as former ones: "the old Groq key".
    pub fn former_in(&self, text: &CleanText) -> Vec<String> {
        self.compiled()
            .map_or_else(Vec::new, |compiled| compiled.former_in(text.as_str()))
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
        let meant = told.iter().map(|sentence| self.meant(said(sentence), sentence, false));
        let former = told.iter().flat_map(|sentence| self.former_in(said(sentence)));
        let former: Vec<String> = former.collect();
        // Of "all but Groq" it is asked which ones.
        let is_asked = told.iter().any(|sentence| self.rules.has("allbut", &sentence.text));
        let keys = if is_asked {
            LeakedKeys::Unnamed
        } else {
            self.keys_of(&meant.collect::<Vec<_>>(), &all, text.as_str())
        };
        // Nothing of a warning that was pasted is its author's own report, but for what names a step.
        let is_mail = all.len() >= MAIL_AT_LEAST && told.iter().any(|sentence| self.rules.has("mail", &sentence.text));
        let mut rest = text.as_str().to_owned();
        for sentence in told.iter().rev() {
            let work = self.work_in(said(sentence));
            rest.replace_range(sentence.span.clone(), &work);
        }
        if is_mail {
            rest = all.iter().map(|sentence| self.work_in(said(sentence))).collect();
        }
        let rest = CleanText::passed(rest.trim().to_owned());
        let written = self.names.variables_in(&self.rules, text.as_str());
        let services = match &keys {
            LeakedKeys::Named(names) => names.iter().filter(|name| !written.contains(name)).cloned().collect(),
            LeakedKeys::All | LeakedKeys::Unnamed => Vec::new(),
        };
        Some(LeakReport {
            keys,
            former,
            services,
            rest,
        })
    }

    /// What is said against a leak: clauses that deny one, and sentences that tell of none at all.
    fn denied(&self, text: &CleanText) -> Option<LeakDenial> {
        let all = sentences(&self.rules, text.as_str());
        let comment = joined(&all);
        let said = |sentence: &Sentence| &text.as_str()[sentence.span.clone()];
        let (mut rest, mut against) = (text.as_str().to_owned(), Vec::new());
        for sentence in all.iter().rev().filter(|sentence| !sentence.asks) {
            let found = self.against(said(sentence), sentence).or_else(|| {
                let is_idle = self.saying(sentence, &comment) == Saying::Idle;
                is_idle.then(|| (None, String::new()))
            });
            let Some((denial, kept)) = found else { continue };
            against.push((sentence, denial));
            let kept = format!("{kept} {}", self.work_in(said(sentence)));
            rest.replace_range(sentence.span.clone(), &kept);
        }
        let firmest = against.iter().map(|(_, denial)| *denial).max()?;
        let takes_back = firmest.is_some() && all.iter().any(|sentence| self.rules.has("takesback", &sentence.text));
        let denied = against.iter().filter(|(_, denial)| *denial == firmest);
        let denied: Vec<String> = denied
            .map(|(sentence, _)| self.meant(said(sentence), sentence, true))
            .collect();
        let counts = takes_back || firmest == Some(Firmness::Firm);
        let keys = || {
            self.named_in(&denied)
                .unwrap_or_else(|| self.keys_of(&denied, &all, text.as_str()))
        };
        Some(LeakDenial {
            keys: counts.then(keys),
            takes_back,
            rest: CleanText::passed(rest.trim().to_owned()),
        })
    }

    /// How a sentence denies a leak, and what else it says; `None`: it does not.
    fn against(&self, said: &str, sentence: &Sentence) -> Option<(Option<Firmness>, String)> {
        let ready = |clause: &str| piece(&self.rules, clause);
        let denial = |clause: &String| self.rules.denials.denies(&ready(clause));
        let cut = self.rules.cuts.split(said.as_bytes()).map(String::from_utf8_lossy);
        // "The backup is finished and nothing leaked."
        let parts = |clause: Cow<'_, str>| {
            let parts = apart(&clause);
            let whole = parts.len() == 1 || parts.iter().all(|part| denial(part).is_none());
            if whole { vec![clause.into_owned()] } else { parts }
        };
        let pieces: Vec<String> = cut.flat_map(parts).collect();
        let is_doubted = || self.rules.denials.doubts(&sentence.text);
        if let Some(firmest) = pieces.iter().filter_map(denial).max() {
            if is_doubted() {
                return Some((None, String::new()));
            }
            let is_said = |clause: &&String| denial(clause).is_none() && !self.rules.has("takesback", &ready(clause));
            let kept: Vec<&str> = pieces.iter().filter(is_said).map(|clause| clause.trim()).collect();
            return Some((Some(firmest), kept.join(", ")));
        }
        let of_all = self.rules.denials.denies(&sentence.text)?;
        Some(((!is_doubted()).then_some(of_all), String::new()))
    }

    /// What of a sentence names the keys that are meant: where some of it denies and some does not, the one or the other.
    fn meant(&self, said: &str, sentence: &Sentence, denied: bool) -> String {
        if self.rules.denials.doubts(&sentence.text) {
            return said.to_owned();
        }
        let pieces = self.rules.cuts.split(said.as_bytes()).map(String::from_utf8_lossy);
        let is_meant = |clause: &Cow<'_, str>| {
            let clause = piece(&self.rules, clause);
            if denied {
                self.rules.denials.denies(&clause).is_some()
            } else {
                !self.rules.has("negated", &clause)
            }
        };
        let meant: Vec<Cow<'_, str>> = pieces.filter(is_meant).collect();
        let meant = meant.join("\n");
        let names = self.is_env(&meant) || self.named_in(std::slice::from_ref(&meant)).is_some();
        if names { meant } else { said.to_owned() }
    }

    /// What a sentence that tells of a leak says of steps, in clauses of their own.
    fn work_in(&self, sentence: &str) -> String {
        let of_work = |piece: &String| self.rules.has("work", &folded(piece)) && !self.tells(piece);
        let pieces = self.rules.cuts.split(sentence.as_bytes());
        let pieces = pieces.map(|piece| String::from_utf8_lossy(piece).into_owned());
        // "Step 2 is done and the key was leaked."
        let parts = |piece: String| if of_work(&piece) { vec![piece] } else { apart(&piece) };
        let said = pieces.flat_map(parts).filter(of_work);
        said.fold(String::new(), |said, piece| said + piece.trim() + ". ")
    }

    fn keys_in(&self, text: &CleanText) -> LeakedKeys {
        let all = sentences(&self.rules, text.as_str());
        self.keys_of(&[text.as_str().to_owned()], &all, text.as_str())
    }

    fn tells(&self, text: &str) -> bool {
        !self.told(&sentences(&self.rules, text)).is_empty()
    }

    /// The sentences that tell of a leak.
    fn told<'s>(&self, all: &'s [Sentence]) -> Vec<&'s Sentence> {
        let comment = joined(all);
        let is_told = |sentence: &&Sentence| self.saying(sentence, &comment) == Saying::Told;
        let told: Vec<&Sentence> = all.iter().filter(is_told).collect();
        // That a former key was replaced settles nothing: whether it is dead is looked at.
        let of_former = || told.iter().any(|sentence| !self.former_in(&sentence.text).is_empty());
        let is_bygone = || self.rules.has("bygone", &comment) || !of_former();
        if told.is_empty() || self.rules.settles(&comment) && is_bygone() {
            return Vec::new();
        }
        told
    }

    fn saying(&self, sentence: &Sentence, comment: &str) -> Saying {
        let alone = |text: &str| self.names.stand_alone_in(&self.rules, text);
        let names = |text: &str| !self.names.services_in(&self.rules, text).is_empty();
        let spoken = |clause: &str, before: &str, whole: bool| {
            let spoken = Spoken {
                clause,
                before,
                sentence: &sentence.text,
                comment,
            };
            self.rules.tell(spoken, names, alone, whole)
        };
        let mut saying = Saying::Other;
        let mut before = String::new();
        let last = sentence.clauses.len().saturating_sub(1);
        for (at, clause) in sentence.clauses.iter().enumerate() {
            before.push_str(clause);
            let mark = if at == last && sentence.asks && !clause.ends_with('?') {
                "?"
            } else {
                ""
            };
            match spoken(&format!("{clause}{mark}"), &before, false) {
                Saying::Told => return Saying::Told,
                Saying::Idle => saying = Saying::Idle,
                Saying::Other => {}
            }
            before.push_str(", ");
        }
        if last > 0 && !sentence.asks && saying == Saying::Other {
            saying = spoken(&sentence.text, &sentence.text, true);
        }
        saying
    }

    /// Which keys are meant: as what is said of it names them, else as the comment does.
    fn keys_of(&self, said: &[String], all: &[Sentence], comment: &str) -> LeakedKeys {
        if said.iter().any(|said| self.is_env(said)) {
            return LeakedKeys::All;
        }
        let in_all = || all.iter().map(|sentence| sentence.text.as_str());
        self.named_in(said)
            .or_else(|| self.named(comment, &in_all().collect::<Vec<_>>()))
            .unwrap_or(LeakedKeys::Unnamed)
    }

    /// The keys that a sentence names as former ones, clause by clause.
    fn former_in(&self, said: &str) -> Vec<String> {
        let pieces = self.rules.cuts.split(said.as_bytes()).map(String::from_utf8_lossy);
        let named = |clause: Cow<'_, str>| {
            let written = self.names.variables_in(&self.rules, &clause);
            self.names
                .former_in(&self.rules, &piece(&self.rules, &clause), &written)
        };
        pieces.flat_map(named).collect()
    }

    fn is_env(&self, said: &str) -> bool {
        let ready = piece(&self.rules, said);
        self.rules.has("env", &ready) && !self.rules.has("ofenv", &ready)
    }

    fn named_in(&self, said: &[String]) -> Option<LeakedKeys> {
        let ready: Vec<String> = said
            .iter()
            .flat_map(|said| said.lines())
            .map(|line| piece(&self.rules, line))
            .collect();
        self.named(&said.join("\n"), &ready.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn named(&self, written: &str, sentences: &[&str]) -> Option<LeakedKeys> {
        let mut named = self.names.variables_in(&self.rules, written);
        let services = sentences
            .iter()
            .flat_map(|sentence| self.names.services_in(&self.rules, sentence));
        for name in services {
            if !named.contains(&name) {
                named.push(name);
            }
        }
        if !named.is_empty() {
            return Some(LeakedKeys::Named(named));
        }
        let all = sentences.iter().any(|sentence| self.rules.has("all", sentence));
        (all || folded(written).trim() == "all").then_some(LeakedKeys::All)
    }
}

fn joined(sentences: &[Sentence]) -> String {
    let texts: Vec<&str> = sentences.iter().map(|sentence| sentence.text.as_str()).collect();
    texts.join(" \n ")
}

#[cfg(test)]
#[path = "reader_tests.rs"]
mod tests;
