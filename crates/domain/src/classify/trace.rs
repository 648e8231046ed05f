//! The trace of a reading: what was seen on the way, for `explain` and for the slots.
use super::clauses::ClauseSpan;
use super::combine::JudgedClause;
use super::lexicon::LANGUAGES;
use super::pattern::PatternText;
use super::reading::{BlockerKind, Label, SUSPICIONS};
use super::step_set::StepSet;
use super::structure::Structure;
use super::token::Token;

/// What was seen on the way from a text to its reading.
#[derive(Debug, Default)]
pub(super) struct Trace {
    /// The author's own words, folded; tokens point into it.
    pub(super) own: String,
    /// What stands where one calls people by name, folded.
    pub(super) called: Vec<String>,
    /// The tokens of the author's own words.
    pub(super) tokens: Vec<Token>,
    /// Where the clauses stand among the tokens.
    pub(super) clause_spans: Vec<ClauseSpan>,
    /// The structure of each clause, in the order of `clause_spans`.
    pub(super) structures: Vec<Structure>,
    /// Each clause as patterns read it, in the order of `clause_spans`.
    pub(super) clause_texts: Vec<PatternText>,
    /// The clauses that are left after combining, each with its judgement.
    pub(super) judged: Vec<JudgedClause>,
    /// Whether a clause says that nothing stands in the way, also where combining dropped it beside others.
    pub(super) is_free: bool,
    /// The comment as patterns read it: one run of tokens.
    pub(super) whole: PatternText,
    /// The tokens of the code in the comment.
    pub(super) code: Vec<Token>,
    /// The language of most words, as an index into [`LANGUAGES`].
    pub(super) language: Option<usize>,
    /// The label that decides, where the second reader is not sure of it.
    pub(super) unsure: Option<Label>,
    /// The two labels that it may be then.
    pub(super) doubt: Option<[Label; 2]>,
    /// The kind of the blocker, where the second reader tells it.
    pub(super) blocker_kind: Option<BlockerKind>,
    /// The chance of each suspicion, as the second reader sees it.
    pub(super) suspicions: [f32; SUSPICIONS.len()],
    /// Steps named as exceptions: "all but step 3".
    pub(super) left_out: StepSet,
}

impl Trace {
    /// Whether it tells of a failure, and later of its cure, and of nothing else.
    pub(super) fn is_cured(&self) -> bool {
        let cured = self.judged.iter().find(|clause| clause.is_cured);
        cured.is_some_and(|cured| self.judged.iter().all(|clause| clause.sentence == cured.sentence))
    }

    /// The two letters of the language, if a word tells it.
    pub(super) fn language_name(&self) -> Option<String> {
        self.language.map(|at| LANGUAGES[at].to_owned())
    }
}
