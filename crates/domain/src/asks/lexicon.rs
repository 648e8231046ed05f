//! The words of dates and of wishes for other ones, as `config/dates.toml` has them, and a clause as a row of such words.
use super::pieces::{Piece, pieces};
use crate::schedule::{Interval, Unit};
use crate::toml_fault;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// The longest phrase, in words.
const LONGEST: usize = 5;
/// More words than these no wish has.
const MOST_WORDS: usize = 80;
/// "It" and "them" where they stand behind a verb: in Spanish, French and Portuguese.
const OBJECTS_BEHIND: [&str; 14] = [
    "-les", "-los", "-las", "-le", "-la", "-lo", "-os", "-as", "-o", "-a", "los", "las", "lo", "la",
];
/// What stands for the name of a key.
pub(super) const KEY: &str = "{key}";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LexiconFile {
    months: BTreeMap<String, String>,
    weekdays: BTreeMap<String, String>,
    days: BTreeMap<String, String>,
    units: BTreeMap<String, String>,
    numbers: BTreeMap<String, String>,
    #[serde(default)]
    minutes: BTreeMap<String, String>,
    often: BTreeMap<String, String>,
    kinds: BTreeMap<WordKind, String>,
}

/// The kinds of words in `[kinds]`.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub(super) enum WordKind {
    Move,
    Place,
    Change,
    Later,
    Push,
    Snooze,
    Earlier,
    Remind,
    Rotate,
    After,
    Before,
    Object,
    #[serde(rename = "keynoun")]
    KeyNoun,
    All,
    It,
    Interval,
    Every,
    Cue,
    Toward,
    To,
    In,
    Hence,
    Filler,
    Veto,
    Hedge,
    Polite,
    May,
    Rather,
    Amend,
    Except,
    // Only the reading of days asks for these.
    Or,
    End,
    Next,
    Until,
    Vague,
    Moment,
    // Only a reminder asks for these: to all else such a word is unknown.
    Clock,
    Noon,
    Am,
    Pm,
    HalfPast,
    HalfTo,
    QuarterPast,
    QuarterTo,
    Errand,
}

/// The kinds of words that only a reminder asks for.
const OF_CLOCKS: WordKinds = WordKinds::of(&[
    WordKind::Clock,
    WordKind::Noon,
    WordKind::Am,
    WordKind::Pm,
    WordKind::HalfPast,
    WordKind::HalfTo,
    WordKind::QuarterPast,
    WordKind::QuarterTo,
    WordKind::Errand,
]);

/// Verbs that put something at another time.
pub(super) const MOVES: WordKinds = WordKinds::of(&[
    WordKind::Move,
    WordKind::Place,
    WordKind::Change,
    WordKind::Later,
    WordKind::Push,
    WordKind::Snooze,
    WordKind::Earlier,
]);

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct WordKinds(u64);

impl WordKinds {
    /// The set of these kinds.
    pub(super) const fn of(kinds: &[WordKind]) -> Self {
        let (mut all, mut at) = (0, 0);
        while at < kinds.len() {
            all |= 1 << kinds[at] as u64;
            at += 1;
        }
        Self(all)
    }

    /// Whether the sets share a kind.
    pub(super) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The kinds of both.
    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether it has no kind but those of clocks.
    fn is_unknown(self) -> bool {
        self.0 & !OF_CLOCKS.0 == 0
    }
}

/// What a word, or a phrase, may mean.
#[derive(Clone, Debug, Default)]
pub(super) struct DateWord {
    pub(super) kinds: WordKinds,
    pub(super) month: Option<u32>,
    pub(super) weekday: Option<u32>,
    pub(super) days: Option<u32>,
    pub(super) unit: Option<Interval>,
    pub(super) number: Option<u32>,
    pub(super) often: Option<Interval>,
    /// How many minutes it is: "minute", "half an hour".
    pub(super) minutes: Option<u32>,
    /// A number in figures: how it was written.
    pub(super) figures: Option<usize>,
    /// Behind it stands what makes it the so-manieth: `15th`.
    pub(super) ordinal: bool,
    /// Anything else that is written with one sign.
    pub(super) sign: Option<char>,
    /// It stands for the name of a key.
    pub(super) key: bool,
    /// It directly follows the one before.
    pub(super) joined: bool,
}

impl DateWord {
    /// Whether it has one of these kinds.
    pub(super) fn is(&self, kinds: WordKinds) -> bool {
        self.kinds.meets(kinds)
    }

    /// Whether nothing is known of it.
    pub(super) fn is_unknown(&self) -> bool {
        self.kinds.is_unknown() && !self.key && self.sign.is_none()
    }
}

/// Whether the word at this place has one of these kinds.
pub(super) fn is_at(words: &[DateWord], at: usize, kinds: &[WordKind]) -> bool {
    words.get(at).is_some_and(|word| word.is(WordKinds::of(kinds)))
}

/// The phrases of `config/dates.toml`.
pub(super) struct DateLexicon {
    phrases: HashMap<String, DateWord>,
    /// How long the longest phrase is that begins with a word.
    longest: HashMap<String, usize>,
}

impl DateLexicon {
    /// Reads the file.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let file: LexiconFile = toml::from_str(text).map_err(|error| toml_fault::in_words(text, &error))?;
        let mut lexicon = Self {
            phrases: HashMap::new(),
            longest: HashMap::new(),
        };
        lexicon.figures(&file.months, |word, month| word.month = Some(month))?;
        lexicon.figures(&file.weekdays, |word, day| word.weekday = Some(day))?;
        lexicon.figures(&file.days, |word, days| word.days = Some(days))?;
        lexicon.figures(&file.numbers, |word, number| word.number = Some(number))?;
        lexicon.figures(&file.minutes, |word, minutes| word.minutes = Some(minutes))?;
        for (a_year, words) in &file.units {
            let unit = unit_of(a_year)?;
            lexicon.add(words, |word| word.unit = Some(unit));
        }
        for (every, words) in &file.often {
            let every = Interval::parse(every).ok_or_else(|| format!("often: {every:?} is no interval"))?;
            lexicon.add(words, |word| word.often = Some(every));
        }
        for (kind, words) in &file.kinds {
            let kind = WordKinds::of(&[*kind]);
            lexicon.add(words, |word| word.kinds = word.kinds.and(kind));
        }
        lexicon.settle();
        Ok(lexicon)
    }

    fn figures(&mut self, table: &BTreeMap<String, String>, put: impl Fn(&mut DateWord, u32)) -> Result<(), String> {
        for (figure, words) in table {
            let figure = figure.parse().map_err(|_| format!("{figure:?} is no number"))?;
            self.add(words, |word| put(word, figure));
        }
        Ok(())
    }

    fn add(&mut self, words: &str, put: impl Fn(&mut DateWord)) {
        for phrase in words.split(',').map(str::trim).filter(|phrase| !phrase.is_empty()) {
            put(self.phrases.entry(phrase.to_owned()).or_default());
            let first = phrase.split(' ').next().unwrap_or(phrase);
            let longest = self.longest.entry(first.to_owned()).or_default();
            *longest = phrase.split(' ').count().min(LONGEST).max(*longest);
        }
    }

    /// What says no in one language and something harmless in another is no veto.
    fn settle(&mut self) {
        let veto = WordKinds::of(&[WordKind::Veto]);
        let no = WordKinds::of(&[WordKind::Veto, WordKind::Rather, WordKind::Amend]);
        for word in self.phrases.values_mut() {
            let means_more =
                no.and(word.kinds) != no || word.month.is_some() || word.unit.is_some() || word.number.is_some();
            if word.is(veto) && means_more {
                word.kinds = WordKinds(word.kinds.0 & !veto.0);
            }
        }
    }

    /// Whether a clause may hold a wish at all: it names a time, or has a verb of putting off.
    pub(super) fn may_wish(&self, clause: &str) -> bool {
        let verbs = WordKinds::of(&[
            WordKind::Move,
            WordKind::Later,
            WordKind::Push,
            WordKind::Snooze,
            WordKind::Earlier,
            WordKind::Remind,
        ]);
        let names_a_time = |word: &DateWord| {
            let day = word.days.is_some() || word.weekday.is_some() || word.month.is_some();
            let vague = word.is(WordKinds::of(&[WordKind::Vague, WordKind::Moment]));
            day || vague || word.unit.is_some() || word.often.is_some() || word.figures.is_some()
        };
        self.words(clause)
            .iter()
            .any(|word| word.is(verbs) || names_a_time(word))
    }

    /// A clause, folded, as a row of words.
    pub(super) fn words(&self, clause: &str) -> Vec<DateWord> {
        let pieces = pieces(clause);
        let mut words = Vec::new();
        let mut at = 0;
        while at < pieces.len() && words.len() < MOST_WORDS {
            let found = self.phrase(&pieces[at..]);
            let (length, mut word) = found.unwrap_or_else(|| (1, self.one(pieces[at].text)));
            if length == 1 {
                word.sign = word.sign.or(bare(pieces[at].text).sign);
            }
            word.joined = pieces[at].joined;
            words.push(word);
            at += length;
        }
        words
    }

    /// A word that no phrase begins with: a verb with its object behind it, "aplázalo", "reporte-la", or a bare one.
    fn one(&self, text: &str) -> DateWord {
        let of = |object: &str| self.phrases.get(text.strip_suffix(object)?);
        let verb = OBJECTS_BEHIND.iter().find_map(|object| of(object));
        match verb.filter(|word| word.is(MOVES)) {
            Some(verb) => DateWord {
                kinds: verb.kinds.and(WordKinds::of(&[WordKind::It])),
                ..verb.clone()
            },
            None => bare(text),
        }
    }

    /// The longest phrase that begins here.
    fn phrase(&self, pieces: &[Piece]) -> Option<(usize, DateWord)> {
        let longest = *self.longest.get(pieces.first()?.text)?;
        (1..=longest.min(pieces.len())).rev().find_map(|length| {
            let texts: Vec<&str> = pieces[..length].iter().map(|piece| piece.text).collect();
            let word = self.phrases.get(&texts.join(" "))?;
            Some((length, word.clone()))
        })
    }
}

/// What the unit is of which a year has so many.
fn unit_of(a_year: &str) -> Result<Interval, String> {
    let (count, unit) = match a_year {
        "8760" => (0, Unit::Days),
        "365" => (1, Unit::Days),
        "52" => (1, Unit::Weeks),
        "26" => (2, Unit::Weeks),
        "12" => (1, Unit::Months),
        "4" => (3, Unit::Months),
        "2" => (6, Unit::Months),
        "1" => (1, Unit::Years),
        other => return Err(format!("units: no unit comes {other} times a year")),
    };
    Ok(Interval { count, unit })
}

/// A word that no phrase begins with: a number, a sign, the name of a key, or nothing that we know.
fn bare(text: &str) -> DateWord {
    let figures = text.bytes().take_while(u8::is_ascii_digit).count();
    if text == KEY {
        return DateWord {
            key: true,
            ..DateWord::default()
        };
    }
    if figures > 0 {
        return DateWord {
            number: text[..figures].parse().ok(),
            figures: Some(figures),
            ordinal: figures < text.len(),
            ..DateWord::default()
        };
    }
    let mut chars = text.chars();
    let sign = chars
        .next()
        .filter(|c| !c.is_ascii_alphabetic() || text.starts_with('{'));
    DateWord {
        sign,
        ..DateWord::default()
    }
}
