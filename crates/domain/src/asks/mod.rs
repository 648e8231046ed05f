//! What people ask of us about keys and their dates: questions ("is the groq key still valid?") and wishes ("snooze until
//! Monday"). They are read before a comment is classified, sentence by sentence, and what they say is classified no more: a
//! question stays a question, and the day of a month is no step.
mod asked_of_keys;
mod clock;
mod day_reader;
mod days;
mod errand;
mod lexicon;
mod our_name;
mod page_asks;
mod pieces;
mod reminding;
mod scan;
mod sentences;
#[cfg(test)]
mod tests;
mod topics;
mod wish;

pub use asked_of_keys::{AskedOfKeys, KeyQuestion};
pub use clock::ClockWords;
pub use days::{DateDoubt, DayWords};
pub use errand::Errand;
pub use our_name::without_our_name;
pub use page_asks::{AskedOfPage, Ear, PageAsk, likely_asked, surely_asked};
pub use wish::{DateWay, DateWish};

pub(super) use sentences::{sentences, ways_apart, without};

use super::classify::{KeyNames, folded};
use super::comment::CleanText;
use super::quotations::unquoted;
use super::schedule::at_nine;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use lexicon::{DateLexicon, DateWord, KEY, WordKind, WordKinds};
use regex::Regex;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, LazyLock};
use topics::KeyTopics;

/// The topics that are built in.
const TOPICS: &str = include_str!("../../../../config/key_topics.toml");
/// The words of dates that are built in.
const DATES: &str = include_str!("../../../../config/dates.toml");
/// More of a kind nobody asks in one comment.
const MOST: usize = 4;

/// Bytes of a sentence. A question or a wish is short: what is longer was pasted, and is not looked through word by word.
const LONGEST: usize = 800;

/// Reads questions about keys and wishes for dates.
pub struct AskReader {
    topics: Lazy<KeyTopics>,
    lexicon: Lazy<DateLexicon>,
}

/// Made when it is first needed: most comments ask nothing of the kind.
type Lazy<T> = LazyLock<T, Box<dyn FnOnce() -> T + Send + Sync>>;

fn ready<T: Send + Sync + 'static>(made: T) -> Lazy<T> {
    LazyLock::new(Box::new(move || made))
}

impl AskReader {
    /// What is built in.
    pub fn builtin() -> Arc<Self> {
        const READ: &str = "the embedded files are read by a test";
        static BUILTIN: LazyLock<Arc<AskReader>> = LazyLock::new(|| {
            Arc::new(AskReader {
                topics: LazyLock::new(Box::new(|| KeyTopics::parse(TOPICS).expect(READ))),
                lexicon: LazyLock::new(Box::new(|| DateLexicon::parse(DATES).expect(READ))),
            })
        });
        BUILTIN.clone()
    }

    /// From the files of a project, where it has some.
    pub fn new(topics: Option<&str>, dates: Option<&str>) -> Result<Self, String> {
        let topics = KeyTopics::parse(topics.unwrap_or(TOPICS));
        let topics = topics.and_then(|topics| topics.prove_patterns().map(|()| topics));
        let lexicon = DateLexicon::parse(dates.unwrap_or(DATES));
        Ok(Self {
            topics: ready(topics.map_err(|fault| format!("config/key_topics.toml: {fault}"))?),
            lexicon: ready(lexicon.map_err(|fault| format!("config/dates.toml: {fault}"))?),
        })
    }

    /// Whether each topic finds its examples, and nothing of what is another's; the first that is not so.
    pub fn prove(&self, keys: &KeyNames) -> Result<(), String> {
        for (topic, example, is) in &self.topics.examples {
            let found = self.read(&CleanText::passed(example.clone()), keys);
            let found = found.questions.first().map(|question| question.topic.as_str());
            if (found == Some(topic)) != *is {
                return Err(format!(
                    "config/key_topics.toml: topic {topic}: {example:?} is read as {found:?}"
                ));
            }
        }
        Ok(())
    }

    /// The names of all topics.
    pub fn topics(&self) -> impl Iterator<Item = &str> {
        self.topics.ids()
    }

    /// The morning of a day in words: "tomorrow", "next Monday", "15 January". `None`: it is none.
    pub fn morning(&self, text: &str, now: DateTime<Utc>, zone: Tz) -> Option<Result<DateTime<Utc>, DateDoubt>> {
        let words = self.lexicon.words(&folded(text));
        let leads = words.first()?.is(WordKinds::of(&[
            WordKind::To,
            WordKind::Toward,
            WordKind::In,
            WordKind::Filler,
        ]));
        let whole = |to: usize| {
            let before = to.checked_sub(1).and_then(|at| words.get(at));
            let (length, day) = day_reader::day(before, words.get(to..)?)?;
            (to + length == words.len()).then_some(day)
        };
        let day = whole(0).or_else(|| whole(1).filter(|_| leads))?;
        Some(match day {
            DayWords::Ahead(0) => Ok(at_nine(now.with_timezone(&zone).date_naive(), zone)),
            day => day.morning(now, zone),
        })
    }

    /// Whether a comment tells how often something is, whatever that is.
    pub fn tells_how_often(&self, text: &CleanText) -> bool {
        let words = self.lexicon.words(&folded(text.as_str()));
        let every = WordKinds::of(&[WordKind::Every]);
        let often = |(at, word): (usize, &DateWord)| {
            let unit = |word: &DateWord| word.unit.is_some() || word.is(WordKinds::of(&[WordKind::Moment]));
            word.often.is_some() || word.is(every) && words[at + 1..].iter().take(3).any(unit)
        };
        words.iter().enumerate().any(often)
    }

    /// What a comment asks about keys and dates.
    pub fn read(&self, text: &CleanText, keys: &KeyNames) -> AskedOfKeys {
        let said = unquoted(text.as_str());
        let whole = said.as_str();
        let mut asked = AskedOfKeys::default();
        let mut taken: Vec<Range<usize>> = Vec::new();
        let mut before = Vec::new();
        for sentence in self.with_amendments(whole) {
            if sentence.len() > LONGEST {
                continue;
            }
            let said = SaidSentence::of(&whole[sentence.clone()], keys);
            if asked.questions.len() + asked.wishes.len() < MOST && !said.is_to_somebody {
                let within = SentencePlace {
                    whole,
                    sentence: &sentence,
                    said: &said,
                    before: &before,
                    keys,
                };
                taken.extend(self.in_sentence(within, &mut asked));
            }
            if !said.keys.is_empty() {
                before = said.keys;
            }
        }
        if !taken.is_empty() {
            asked.rest = Some(CleanText::passed(without(text.as_str(), &taken)));
        }
        asked
    }

    /// The sentences of a text; one that names another time than the one before it is part of that: "To Friday. No, Monday."
    fn with_amendments(&self, text: &str) -> Vec<Range<usize>> {
        let mut joined: Vec<Range<usize>> = Vec::new();
        for sentence in sentences::sentences(text) {
            let amends = || scan::amends(&self.lexicon, &folded(&text[sentence.clone()]));
            match joined.last_mut() {
                Some(before) if amends() => before.end = sentence.end,
                _ => joined.push(sentence),
            }
        }
        joined
    }

    /// Reads one sentence; what of it is asked.
    fn in_sentence(&self, within: SentencePlace<'_>, asked: &mut AskedOfKeys) -> Vec<Range<usize>> {
        let SentencePlace {
            sentence, said, before, ..
        } = within;
        let (wishes, ranges) = self.wishes(within);
        let sure = wishes.iter().any(|wish| !wish.tentative);
        let is_behind = said.keys.is_empty() && !before.is_empty();
        let behind = || self.topics.find_behind(&said.marked).filter(|_| is_behind);
        if !sure && let Some(topic) = self.topics.find(&said.marked).or_else(behind) {
            let own = said.keys.clone();
            let refers = own.is_empty() && self.topics.refers(&said.marked);
            asked.questions.push(KeyQuestion {
                topic: topic.to_owned(),
                keys: if refers { before.to_vec() } else { own },
                unknown: said.unknown.clone(),
                refers: refers && before.is_empty(),
            });
            return vec![sentence.clone()];
        }
        asked.wishes.extend(wishes);
        ranges
    }

    /// The wishes of a sentence: of all of it, else of its clauses.
    fn wishes(&self, within: SentencePlace<'_>) -> (Vec<DateWish>, Vec<Range<usize>>) {
        let SentencePlace {
            whole,
            sentence,
            said,
            before,
            keys,
        } = within;
        if !self.lexicon.may_wish(&said.marked) {
            return (Vec::new(), Vec::new());
        }
        let except = WordKinds::of(&[WordKind::Except]);
        let excepts = self.lexicon.words(&said.marked).iter().any(|word| word.is(except));
        // Of several keys and several spans it is not sure which belongs to which: it is asked.
        let shares = said.keys.len() > 1 && scan::tells_several_spans(&self.lexicon, &said.marked);
        let with_keys = |wish: DateWish, clause: &SaidSentence| {
            let own = !clause.keys.is_empty() || wish.all || !clause.unknown.is_empty();
            let meant = if own {
                &clause.keys
            } else if said.keys.is_empty() && clause.refers(&self.lexicon) {
                // "hugging face can wait. put it on 1 July"
                return DateWish {
                    keys: before.to_vec(),
                    ..wish
                };
            } else {
                &said.keys
            };
            DateWish {
                keys: meant.clone(),
                unknown: clause.unknown.clone(),
                ..wish
            }
        };
        let read = |range: &Range<usize>| {
            let clause = SaidSentence::of(&whole[range.clone()], keys);
            let wish = wish::wish(&self.lexicon, &clause.marked, said.is_asked, !said.keys.is_empty())?;
            let wish = with_keys(wish, &clause);
            let errand = match wish.way {
                DateWay::Reminder => errand::errand(&self.lexicon, &whole[range.clone()]),
                _ => Errand::default(),
            };
            // "All but Groq": what is meant is asked about.
            let keys = if excepts { Vec::new() } else { wish.keys };
            let tentative = wish.tentative || excepts || shares;
            Some(DateWish {
                errand,
                keys,
                tentative,
                ..wish
            })
        };
        let all = read(sentence);
        let several = all.as_ref().is_some_and(|wish| wish.to == Some(DayWords::Several));
        if let Some(wish) = all.clone().filter(|wish| !several && !wish.is_unfinished()) {
            return (vec![wish], vec![sentence.clone()]);
        }
        let mut ways = sentences::DEPTHS
            .map(|depth| sentences::clauses(whole, sentence, depth))
            .to_vec();
        ways.dedup();
        for clauses in ways {
            let found = clauses.into_iter().filter_map(|range| Some((read(&range)?, range)));
            let (wishes, ranges): (Vec<_>, Vec<_>) = found.filter(|(wish, _)| !wish.is_unfinished()).unzip();
            // "To 15 January, 20 January": which of them is not said.
            if wishes.len() == 1 && several {
                break;
            }
            if !wishes.is_empty() {
                return (wishes, ranges);
            }
        }
        all.map(|wish| (vec![wish], vec![sentence.clone()])).unwrap_or_default()
    }
}

/// A sentence that is read, and what stands around it.
#[derive(Clone, Copy)]
struct SentencePlace<'t> {
    whole: &'t str,
    sentence: &'t Range<usize>,
    said: &'t SaidSentence,
    /// The keys that were spoken of last.
    before: &'t [String],
    keys: &'t KeyNames,
}

/// The variables of the keys that a text names, by their names or their providers'.
pub fn named_keys(text: &CleanText, names: &KeyNames) -> Vec<String> {
    SaidSentence::of(text.as_str(), names).keys
}

/// A sentence or a clause, folded, with its keys.
struct SaidSentence {
    marked: String,
    keys: Vec<String>,
    unknown: Vec<String>,
    is_asked: bool,
    /// Whether it is said to somebody by name.
    is_to_somebody: bool,
}

impl SaidSentence {
    fn of(text: &str, names: &KeyNames) -> Self {
        let (mut marked, keys) = names.marked(&folded(&with_participles(text)), KEY);
        let unknown = if keys.is_empty() {
            unknown_keys(text)
        } else {
            Vec::new()
        };
        for name in &unknown {
            marked = marked.replace(&folded(name), KEY);
        }
        Self {
            is_asked: marked.trim_end().trim_end_matches(['!', '.', ')', '"']).ends_with('?'),
            unknown,
            is_to_somebody: marked.trim_start().starts_with('@'),
            marked,
            keys,
        }
    }

    /// Whether it speaks of something that was named before.
    fn refers(&self, lexicon: &DateLexicon) -> bool {
        let words = lexicon.words(&self.marked);
        words.iter().any(|word| word.is(WordKinds::of(&[WordKind::It])))
            && !words.iter().any(|word| word.is(WordKinds::of(&[WordKind::Object])))
    }
}

/// A text in which participles in "-é" differ from what is told to do, "reporté" from "reporte", when the accents are gone.
fn with_participles(text: &str) -> Cow<'_, str> {
    static ENDS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(\w{3})[éÉ]((?:es?)?)\b").ok());
    match ENDS.as_ref() {
        Some(ends) if text.contains(['é', 'É']) => ends.replace_all(text, "${1}eed$2"),
        _ => Cow::Borrowed(text),
    }
}

/// What stands there as the name of a key and is none that we know: "the Datadog key", `DATADOG_API_KEY`.
fn unknown_keys(text: &str) -> Vec<String> {
    static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let noun =
            "(?:API[ -]?)?(?:[Kk]eys?|[Tt]okens?|[Ss]ecrets?|[Ss]leutels?|[Ss]chlüssel|[Rr]otations?|[Rr]otatie)";
        let variable = r"\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_(?:KEY|TOKEN|SECRET|PAT))\b";
        Regex::new(&format!(r"{variable}|\S[ -]([A-Z][a-zA-Z0-9]{{2,30}})[ -]{noun}\b")).ok()
    });
    const NO_NAMES: [&str; 14] = [
        "API", "New", "Old", "SSH", "SSL", "TLS", "All", "The", "Our", "Your", "Next", "Key", "Neuer", "Zugangs",
    ];
    let Some(pattern) = NAMED.as_ref() else {
        return Vec::new();
    };
    let names = pattern
        .captures_iter(text)
        .filter_map(|found| found.get(1).or(found.get(2)));
    let names = names.map(|name| name.as_str().to_owned());
    names
        .filter(|name| !NO_NAMES.contains(&name.as_str()))
        .take(MOST)
        .collect()
}
