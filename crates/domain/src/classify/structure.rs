//! Structure: who or what a clause speaks of, what is said of it, and how. What follows from these facts stands in one small
//! table, `config/rules/structure.toml`.
use super::lexicon::{KindSet, SymbolTable};
use super::reading::{Label, Role};
use super::token::Token;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Who or what a clause speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A step of the page.
    Step,
    /// Nobody at all.
    Nobody,
    /// Something that is made, ordered, run.
    Thing,
    /// The author, alone or with others.
    Me,
    /// Whoever reads it.
    You,
    /// Somebody with a name or an office.
    Person,
    /// The clause begins with what is said.
    None,
}

/// What is said of the subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Predicate {
    /// An earlier report is taken back.
    TakeBack,
    /// Something is asked.
    Ask,
    /// It cannot be done.
    Cannot,
    /// It waits for somebody or something.
    Wait,
    /// What stopped it is gone.
    Cleared,
    /// It fails, or stands in the way.
    Fail,
    /// It is finished.
    Finish,
    /// It came about: "the pump flooded".
    Happen,
    /// It goes on.
    GoOn,
    /// It begins just now.
    Start,
    /// It is planned, or due.
    Plan,
    /// Nothing that the lexicon knows.
    Unknown,
}

/// When something is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tense {
    /// Only if, or once, something else is.
    Condition,
    /// It would be nice.
    Wish,
    /// The author is not sure.
    Hedge,
    /// It will be so.
    Future,
    /// It was so, or came to be so.
    Past,
    /// It is so.
    Now,
}

/// The structure of a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Structure {
    /// Who or what it speaks of.
    pub subject: Subject,
    /// What is said of it.
    pub predicate: Predicate,
    /// Whether that is denied.
    pub negated: bool,
    /// When it is so.
    pub tense: Tense,
}

impl fmt::Display for Structure {
    /// In words: `thing - not finish - past`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let not = if self.negated { "not " } else { "" };
        let (subject, predicate, tense) = (words(&self.subject), words(&self.predicate), words(&self.tense));
        write!(f, "{subject} - {not}{predicate} - {tense}")
    }
}

/// The name of a variant as words: `TakeBack` is `take back`.
fn words(variant: &impl fmt::Debug) -> String {
    let mut words = String::new();
    for letter in format!("{variant:?}").chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

/// A row of the table: what follows from a structure. What it does not name may be anything.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StructureRow {
    #[serde(default)]
    subject: Vec<Subject>,
    #[serde(default)]
    predicate: Vec<Predicate>,
    negated: Option<bool>,
    #[serde(default)]
    tense: Vec<Tense>,
    pub(super) label: Label,
    #[serde(default)]
    pub(super) role: Role,
    #[serde(default)]
    pub(super) examples: Vec<String>,
}

impl StructureRow {
    pub(super) fn fits(&self, structure: Structure) -> bool {
        let is_in = |named: bool, all: bool| named || all;
        is_in(self.subject.contains(&structure.subject), self.subject.is_empty())
            && is_in(self.predicate.contains(&structure.predicate), self.predicate.is_empty())
            && is_in(self.tense.contains(&structure.tense), self.tense.is_empty())
            && self.negated.is_none_or(|negated| negated == structure.negated)
    }
}

/// The structure of clauses as a rule file has it: names with lists of kinds, and the table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StructureSource {
    openings: String,
    determiners: String,
    passive: String,
    subjects: Vec<(Subject, String)>,
    predicates: Vec<(Predicate, String)>,
    tenses: Vec<(Tense, String)>,
    ends: String,
    days: String,
    negation: String,
    #[serde(default)]
    row: Vec<StructureRow>,
}

impl StructureSource {
    /// Its lists of kinds.
    pub(super) fn lists(&self) -> impl Iterator<Item = &String> {
        let subjects = self.subjects.iter().map(|(_, list)| list);
        let predicates = self.predicates.iter().map(|(_, list)| list);
        let tenses = self.tenses.iter().map(|(_, list)| list);
        let named = subjects.chain(predicates).chain(tenses);
        named.chain([
            &self.openings,
            &self.determiners,
            &self.passive,
            &self.ends,
            &self.days,
            &self.negation,
        ])
    }

    /// With the kinds that its lists name; `kinds_of` finds them.
    pub(super) fn compile(self, kinds_of: impl Fn(&str) -> Result<KindSet, String>) -> Result<StructureTable, String> {
        fn each<T>(
            list: Vec<(T, String)>,
            kinds_of: impl Fn(&str) -> Result<KindSet, String>,
        ) -> Result<Vec<(T, KindSet)>, String> {
            let list = list.into_iter();
            list.map(|(name, kinds)| Ok((name, kinds_of(&kinds)?))).collect()
        }
        Ok(StructureTable {
            openings: kinds_of(&self.openings)?,
            determiners: kinds_of(&self.determiners)?,
            passive: kinds_of(&self.passive)?,
            subjects: each(self.subjects, &kinds_of)?,
            predicates: each(self.predicates, &kinds_of)?,
            tenses: each(self.tenses, &kinds_of)?,
            ends: kinds_of(&self.ends)?,
            days: kinds_of(&self.days)?,
            negation: kinds_of(&self.negation)?,
            rows: self.row,
        })
    }
}

/// So many words before what is said may deny it: "not a single one of them works".
const DENIED_BEFORE: usize = 5;
/// So many words behind it: "werkt het hier niet".
const DENIED_BEHIND: usize = 3;

/// So many words behind an "until" may name the day: "until the end of January".
const DAY_WITHIN: usize = 3;

/// The kinds of words that tell the structure of a clause, and the table of what follows from it.
#[derive(Clone, Debug, Default)]
pub(super) struct StructureTable {
    openings: KindSet,
    determiners: KindSet,
    passive: KindSet,
    subjects: Vec<(Subject, KindSet)>,
    predicates: Vec<(Predicate, KindSet)>,
    tenses: Vec<(Tense, KindSet)>,
    ends: KindSet,
    days: KindSet,
    negation: KindSet,
    pub(super) rows: Vec<StructureRow>,
}

impl StructureTable {
    /// The kinds of words that tell when something is so. "On holiday until Monday" tells how long it lasts: it is so now.
    fn timed(&self, symbols: &SymbolTable, tokens: &[Token]) -> KindSet {
        let kinds = |token: &Token| symbols.set(token.symbol);
        let mut timed = KindSet::NONE;
        let mut rest = tokens;
        while let [token, behind @ ..] = rest {
            let lasting = if kinds(token).meets(self.ends) { DAY_WITHIN } else { 0 };
            let mut within = behind.iter().take(lasting);
            if let Some(day) = within.position(|token| kinds(token).meets(self.days)) {
                rest = &behind[day + 1..];
            } else {
                timed = timed | kinds(token);
                rest = behind;
            }
        }
        timed
    }

    /// The structure of a clause.
    pub(super) fn structure(&self, symbols: &SymbolTable, tokens: &[Token]) -> Structure {
        let kinds = |token: &Token| symbols.set(token.symbol);
        let all = tokens.iter().fold(KindSet::NONE, |all, token| all | kinds(token));
        let first = tokens.iter().map(kinds).find(|kinds| !kinds.meets(self.openings));
        let predicate = self.predicates.iter().find(|(_, of)| all.meets(*of));
        let place = predicate.and_then(|(_, of)| tokens.iter().position(|token| kinds(token).meets(*of)));
        let near = place.map_or(tokens, |at| {
            &tokens[at.saturating_sub(DENIED_BEFORE)..tokens.len().min(at + 1 + DENIED_BEHIND)]
        });
        // "Once the glue does not drip": what a condition denies, the author does not.
        let condition = self.tenses.iter().find(|(tense, _)| *tense == Tense::Condition);
        let is_condition = |token: &Token| condition.is_some_and(|(_, of)| kinds(token).meets(*of));
        // "The pump flooded" tells what came about; "fences painted" and "the cables are labelled" what somebody did.
        let of_itself = first.is_some_and(|first| first.meets(self.determiners)) && !all.meets(self.passive);
        let predicate = match predicate.map_or(Predicate::Unknown, |(name, _)| *name) {
            Predicate::Finish if of_itself => Predicate::Happen,
            said => said,
        };
        let mut said = near.iter().take_while(|token| !is_condition(token));
        Structure {
            subject: first.map_or(Subject::None, |first| {
                named(&self.subjects, first).unwrap_or(Subject::Thing)
            }),
            predicate,
            negated: said.any(|token| kinds(token).meets(self.negation)),
            tense: named(&self.tenses, self.timed(symbols, tokens)).unwrap_or(Tense::Now),
        }
    }

    /// What follows from it.
    pub(super) fn row(&self, structure: Structure) -> Option<&StructureRow> {
        self.rows.iter().find(|row| row.fits(structure))
    }
}

/// The first of a list that one of the kinds stands for.
fn named<T: Copy>(list: &[(T, KindSet)], kinds: KindSet) -> Option<T> {
    list.iter().find(|(_, of)| kinds.meets(*of)).map(|(name, _)| *name)
}
