//! Reads comments by the compiled rules: the sentences that tell of a leak or deny one, and the keys that their clauses name.
use super::denials::Firmness;
use super::named::{NamedKeys, NamedValues};
use super::prepared::{Sentence, apart, folded, piece, sentences};
use super::report::{LeakDenial, LeakReport, LeakedKeys};
use super::rules::{LeakRules, Saying, Spoken};
use crate::comment::CleanText;
use std::borrow::Cow;

/// A warning that was pasted has so many sentences at least.
const MAIL_AT_LEAST: usize = 3;

/// The rules as they are looked into.
pub(super) struct CompiledReader {
    pub(super) rules: LeakRules,
    pub(super) names: NamedKeys,
}

/// The sentences of a comment, and what each of them says of leaks.
struct SaidOfLeaks {
    sentences: Vec<Sentence>,
    sayings: Vec<Saying>,
    /// All of the sentences.
    comment: String,
}

impl CompiledReader {
    /// What a comment tells of a leak, and what it says against one, or of none at all in words of leaks.
    pub(super) fn hear(&self, text: &CleanText) -> (Option<LeakReport>, Option<LeakDenial>) {
        let said = self.said(text.as_str());
        match self.report(text, &said) {
            Some(report) => {
                let denial = self.denied(&report.rest);
                (Some(report), denial)
            }
            None => (None, self.denial(text, &said)),
        }
    }

    /// What is said against a leak: clauses that deny one, and sentences that tell of none at all.
    pub(super) fn denied(&self, text: &CleanText) -> Option<LeakDenial> {
        self.denial(text, &self.said(text.as_str()))
    }

    fn said(&self, text: &str) -> SaidOfLeaks {
        let sentences = sentences(&self.rules, text);
        let comment = joined(&sentences);
        let saying = |sentence: &Sentence| self.saying(sentence, &comment);
        SaidOfLeaks {
            sayings: sentences.iter().map(saying).collect(),
            sentences,
            comment,
        }
    }

    fn report(&self, text: &CleanText, all: &SaidOfLeaks) -> Option<LeakReport> {
        let told = self.told(all);
        let SaidOfLeaks {
            sentences: all,
            comment,
            ..
        } = all;
        if told.is_empty() {
            return None;
        }
        let said = |sentence: &Sentence| &text.as_str()[sentence.span.clone()];
        let meant = told.iter().map(|sentence| self.meant(said(sentence), sentence, false));
        // Of "all but Groq" it is asked which ones.
        let is_asked = told.iter().any(|sentence| self.rules.has("allbut", &sentence.text));
        let keys = if is_asked {
            LeakedKeys::Unnamed
        } else {
            self.keys_of(&meant.collect::<Vec<_>>(), all, text.as_str())
        };
        let written = self.names.variables_in(&self.rules, text.as_str());
        let services = match &keys {
            LeakedKeys::Named(names) => names.iter().filter(|name| !written.contains(name)).cloned().collect(),
            LeakedKeys::All | LeakedKeys::Unnamed => Vec::new(),
        };
        let beside = |sentence: &Sentence| self.denied_beside(said(sentence), &keys);
        // Nothing of a warning that was pasted is its author's own report, but for what names a step.
        let is_mail = all.len() >= MAIL_AT_LEAST && told.iter().any(|sentence| self.rules.has("mail", &sentence.text));
        let mut rest = text.as_str().to_owned();
        for sentence in told.iter().rev() {
            let kept = self.work_in(said(sentence)) + &beside(sentence);
            rest.replace_range(sentence.span.clone(), &kept);
        }
        if is_mail {
            rest = all.iter().map(|sentence| self.work_in(said(sentence))).collect();
        }
        let rest = CleanText::passed(rest.trim().to_owned());
        let mut values = NamedValues::default();
        for sentence in &told {
            values.add(self.values_told(said(sentence), comment));
        }
        let (keys, former) = values.of(keys);
        Some(LeakReport {
            keys,
            former,
            services,
            every: told.iter().any(|sentence| self.rules.has("everykey", &sentence.text)),
            rest,
        })
    }

    /// The keys of which a sentence tells, by the values that are meant: as its clauses that tell of the leak name them.
    fn values_told(&self, said: &str, comment: &str) -> NamedValues {
        let mut values = NamedValues::default();
        let pieces = self.rules.cuts.split(said.as_bytes()).map(String::from_utf8_lossy);
        for piece in pieces.filter(|piece| self.tells_in(piece, comment)) {
            values.add(self.values_in(&piece));
        }
        if values.is_empty() {
            self.values_in(said)
        } else {
            values
        }
    }

    /// Whether a clause tells of a leak by itself, in a comment.
    fn tells_in(&self, clause: &str, comment: &str) -> bool {
        let sentences = sentences(&self.rules, clause);
        let mut sayings = sentences.iter().map(|sentence| self.saying(sentence, comment));
        sayings.any(|saying| saying == Saying::Told)
    }

    /// What a sentence that tells of the leak of these keys denies of others: "false alarm about Groq, but the Stripe key did leak".
    fn denied_beside(&self, said: &str, leaked: &LeakedKeys) -> String {
        let LeakedKeys::Named(leaked) = leaked else {
            return String::new();
        };
        let pieces = self.rules.cuts.split(said.as_bytes()).map(String::from_utf8_lossy);
        let of_others = |clause: &Cow<'_, str>| {
            let ready = piece(&self.rules, clause);
            let is_denied =
                self.rules.denials.denies(&ready) == Some(Firmness::Firm) && !self.rules.denials.doubts(&ready);
            is_denied && self.values_in(clause).is_of_others(leaked)
        };
        pieces
            .filter(of_others)
            .fold(String::new(), |kept, piece| kept + piece.trim() + ". ")
    }

    fn denial(&self, text: &CleanText, heard: &SaidOfLeaks) -> Option<LeakDenial> {
        let all = &heard.sentences;
        let said = |sentence: &Sentence| &text.as_str()[sentence.span.clone()];
        let (mut rest, mut against) = (text.as_str().to_owned(), Vec::new());
        let pairs = all.iter().zip(&heard.sayings);
        for (sentence, saying) in pairs.rev().filter(|(sentence, _)| !sentence.asks) {
            let is_idle = *saying == Saying::Idle;
            let found = self.against(said(sentence), sentence);
            let found = found.or_else(|| is_idle.then(|| (None, String::new())));
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
                .unwrap_or_else(|| self.keys_of(&denied, all, text.as_str()))
        };
        let mut values = NamedValues::default();
        for said in &denied {
            values.add(self.values_in(said));
        }
        let (keys, former) = counts.then(|| values.of(keys())).unzip();
        Some(LeakDenial {
            keys,
            former: former.unwrap_or_default(),
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
        let of_all = self.rules.denials.denies(&sentence.text);
        // Whoever says that it was no false alarm takes nothing back either.
        let speaks = of_all.is_some() || self.rules.denials.alarms(&folded(said));
        speaks.then(|| (of_all.filter(|_| !is_doubted()), String::new()))
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
                !self.rules.has("negated", &clause) && self.rules.denials.denies(&clause).is_none()
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

    /// The keys that a text names, and those whose former values it means.
    pub(super) fn keys_in(&self, text: &CleanText) -> (LeakedKeys, Vec<String>) {
        let all = sentences(&self.rules, text.as_str());
        let keys = self.keys_of(&[text.as_str().to_owned()], &all, text.as_str());
        self.values_in(text.as_str()).of(keys)
    }

    /// Whether a text tells of a leak.
    pub(super) fn tells(&self, text: &str) -> bool {
        !self.told(&self.said(text)).is_empty()
    }

    /// The sentences that tell of a leak.
    fn told<'s>(&self, said: &'s SaidOfLeaks) -> Vec<&'s Sentence> {
        let pairs = said.sentences.iter().zip(&said.sayings);
        let told = pairs.filter(|(_, saying)| **saying == Saying::Told);
        let told: Vec<&Sentence> = told.map(|(sentence, _)| sentence).collect();
        // That a former key was replaced settles nothing: whether it is dead is looked at.
        let of_former = || {
            told.iter()
                .any(|sentence| !self.values_in(&sentence.text).former.is_empty())
        };
        let is_bygone = || self.rules.has("bygone", &said.comment) || !of_former();
        if told.is_empty() || self.rules.settles(&self.settling(&said.sentences, &told)) && is_bygone() {
            return Vec::new();
        }
        told
    }

    /// What of a comment may settle the leak that it tells of: not an alarm that was real, nor a false one about other keys.
    fn settling(&self, all: &[Sentence], told: &[&Sentence]) -> String {
        let comment = joined(all);
        if !self.rules.denials.alarms(&comment) {
            return comment;
        }
        let mut leaked = NamedValues::default();
        for sentence in told {
            leaked.add(self.values_told(&sentence.text, &comment));
        }
        let leaked = [leaked.present, leaked.former].concat();
        let is_void = |sentence: &Sentence, clause: &str| {
            let is_of_others = || !leaked.is_empty() && self.values_in(clause).is_of_others(&leaked);
            self.rules.denials.alarms(clause) && (self.rules.denials.is_real(&sentence.text) || is_of_others())
        };
        let left = |sentence: &Sentence| {
            let clauses = sentence.clauses.iter().map(String::as_str);
            clauses
                .filter(|clause| !is_void(sentence, clause))
                .collect::<Vec<_>>()
                .join(", ")
        };
        all.iter().map(left).collect::<Vec<_>>().join(" \n ")
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

    /// The keys that a text names, by the values that are meant, clause by clause.
    fn values_in(&self, said: &str) -> NamedValues {
        let mut values = NamedValues::default();
        for clause in said.lines().flat_map(|line| self.rules.cuts.split(line.as_bytes())) {
            let clause = String::from_utf8_lossy(clause);
            let written = self.names.variables_in(&self.rules, &clause);
            let ready = piece(&self.rules, &clause);
            values.add(self.names.values_in(&self.rules, &ready, &written));
        }
        values
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
