//! Classification: clean text in, a reading out. Rules are data (`config/rules`), compiled once into a [`Classifier`].
//!
//! ```text
//!  text ─ normalise ─▶ segments ─ tokenizer, tagger ─▶ tokens ─ time, keys, steps ─▶ tokens ─ clauses ─▶ clauses
//!                     quotes, code                    lexicon                                          │
//!     reading ◀─ slots ◀─ combine ◀─ judge: each clause against the patterns, best first ◀──────────────┘
//! ```
//!
//! - A **lexicon** gives each word of each language its *kinds* (lexical categories); a set of kinds is a *symbol*.
//! - A **pattern** is a regular expression over symbols; a **rule** is a pattern with a label, a **guard** takes it back.
//! - **Judging** labels one clause by the rule of the highest rank; **combining** lets the clauses of a comment work on
//!   each other; **slots** hold what is said beside the label: steps, minutes, keys, the kind of a blocker.
mod ask;
mod cause_words;
mod classifier;
mod clause_cues;
mod clauses;
mod combine;
mod context;
mod counts;
mod dates;
mod examples;
mod explain;
mod fnv;
mod grammar;
mod hidden;
mod judge;
mod keys;
mod kinds;
mod lexicon;
#[cfg(test)]
mod linear_tests;
mod nay;
mod normalise;
mod pattern;
mod read;
mod reading;
mod rule_file;
mod rule_set;
mod second_reader;
mod segments;
mod slots;
mod step_parser;
mod step_set;
mod steps;
mod steps_bare;
mod steps_beyond;
mod steps_joined;
mod structure;
mod symbols;
mod tagger;
mod teach;
mod time;
mod token;
mod tokenizer;
mod trace;
mod unused_kinds;

pub use ask::{Ask, AskLesson, AskOpinion};
pub use classifier::{BUILTIN, BUILTIN_TABLE, Classifier};
pub use context::ReadingContext;
pub use explain::{Explained, ExplainedClause};
pub use fnv::hash_of_words;
pub use keys::{KeyName, KeyNames};
pub use normalise::folded;
pub use reading::{BlockerKind, Certainty, Clause, Label, Reading, Role, Suspicion};
pub use rule_file::RuleFault;
pub use second_reader::Reasons;
pub use structure::{Predicate, Structure, Subject, Tense};
pub use teach::Lesson;
