//! Agreement: what the rules and the second reader make of a comment together. How often a verdict of the rules meant a label
//! is multiplied with the chances that the second reader gives it.
use super::features::{FeatureReader, KindNames};
use super::weights::{CLAUSE, COLUMNS, HAS_BLOCKER, HAS_COMPLETION, LABELS, SILENT, WHOLE, Weights, column};
use crate::domain::classify::combine::JudgedClause;
use crate::domain::classify::judge::Judgement;
use crate::domain::classify::lexicon::SymbolTable;
use crate::domain::classify::reading::{Label, Role};
use crate::domain::classify::rule_set::RuleSet;
use crate::domain::classify::token::Token;
use crate::domain::classify::trace::Trace;
use std::sync::Arc;

/// How much the clause that fits a label best counts beside the whole comment.
const CLAUSE_COUNTS: f32 = 0.5;

/// The chance of a finish from which on one is celebrated that the rules see too.
const FINISH_WITH_RULES: f32 = 0.4;

/// The chance of a finish from which on one is celebrated that the rules do not see.
const FINISH_ALONE: f32 = 0.5;

/// The chance of a blocker from which on one is raised although something else fits better.
const BLOCKER: f32 = 0.5;

/// The chance of a blocker below which none is raised although it fits best.
const NO_BLOCKER: f32 = 0.2;

/// Two labels whose scores differ by less than this are both likely: the one is about a third more so than the other.
const DOUBT: f32 = 0.3;

/// The second reader, ready to read.
#[derive(Clone, Debug)]
pub struct SecondReader {
    weights: Arc<Weights>,
    names: Arc<KindNames>,
}

/// What the second reader makes of a comment: logarithms of chances, and two chances.
#[derive(Clone, Debug)]
struct Opinion {
    whole: [f32; LABELS.len()],
    clauses: Vec<[f32; LABELS.len()]>,
    completion: f32,
    blocker: f32,
}

impl SecondReader {
    pub(in crate::domain::classify) fn new(weights: Weights, symbols: &SymbolTable) -> Self {
        Self {
            weights: Arc::new(weights),
            names: Arc::new(KindNames::of(symbols)),
        }
    }

    /// What it makes of a comment that the rules have read.
    fn opinion(&self, trace: &Trace) -> Opinion {
        let mut reader = FeatureReader::default();
        let whole = self.weights.sums(&reader.whole(&self.names, trace));
        let clauses = 0..trace.clause_spans.len();
        let clauses = clauses.map(|at| self.weights.sums(&reader.clause(&self.names, trace, at)));
        Opinion {
            clauses: clauses.map(|sums| chances(&sums, CLAUSE)).collect(),
            whole: chances(&whole, WHOLE),
            completion: chance(whole[HAS_COMPLETION]),
            blocker: chance(whole[HAS_BLOCKER]),
        }
    }

    /// How well each label fits, given the verdict of the rules.
    fn scores(&self, verdict: Option<Label>, opinion: &Opinion) -> [f32; LABELS.len()] {
        let meant = &self.weights.meant[verdict.map_or(SILENT, column)];
        #[expect(clippy::cast_precision_loss, reason = "some thousands of comments")]
        let share = |label: usize| (meant[label] as f32 + 1.0).ln();
        std::array::from_fn(|label| {
            let clauses = opinion.clauses.iter().map(|clause| clause[label]);
            let clause = clauses.reduce(f32::max).unwrap_or_default();
            share(label) + opinion.whole[label] + CLAUSE_COUNTS * clause
        })
    }
}

/// The logarithms of the chances of the labels of a head.
fn chances(sums: &[f32; COLUMNS], head: usize) -> [f32; LABELS.len()] {
    let sums: [f32; LABELS.len()] = std::array::from_fn(|label| sums[head + label]);
    let most = sums.iter().copied().fold(f32::MIN, f32::max);
    let all = sums.iter().map(|sum| (sum - most).exp()).sum::<f32>().ln();
    sums.map(|sum| sum - most - all)
}

fn chance(sum: f32) -> f32 {
    1.0 / (1.0 + (-sum).exp())
}

/// Lets the second reader change what the rules made of the clauses. Where it is not sure: the label that decides, and the
/// other one that it may be.
pub(in crate::domain::classify) fn agree(
    rule_set: &RuleSet,
    second_reader: &SecondReader,
    trace: &mut Trace,
) -> Option<[Label; 2]> {
    let verdict = primary(&trace.judged);
    // What is left of a comment without its keys is too little to go by.
    let fragment = rule_set.kinds.bits.fragment;
    let is_key = |token: &Token| rule_set.lexicon.symbols.set(token.symbol).meets(fragment);
    // What people say to us in so many words, no model judges better.
    let to_us = |clause: &JudgedClause| {
        clause
            .judgement
            .as_ref()
            .is_some_and(|judgement| judgement.role.is_to_us())
    };
    if trace.judged.iter().any(to_us) {
        return None;
    }
    if trace.clause_spans.is_empty() || verdict.is_none() && trace.tokens.iter().any(is_key) {
        return None;
    }
    let opinion = second_reader.opinion(trace);
    let scores = second_reader.scores(verdict, &opinion);
    let candidates = Candidates {
        verdict,
        scores,
        opinion: &opinion,
    };
    let label = candidates.settled();
    if verdict != Some(label) {
        apply(label, &opinion, trace);
    }
    candidates.rival(label).map(|rival| [label, rival])
}

/// The label that decides among clauses; `None` where no rule spoke.
fn primary(clauses: &[JudgedClause]) -> Option<Label> {
    let labels = clauses.iter().filter_map(|clause| clause.judgement.as_ref());
    labels.map(|judgement| judgement.label).min()
}

/// The labels that a comment may have.
struct Candidates<'a> {
    /// The label of the rules.
    verdict: Option<Label>,
    /// How well each label fits.
    scores: [f32; LABELS.len()],
    opinion: &'a Opinion,
}

impl Candidates<'_> {
    /// What a rule has read is never turned into a take-back; and the state of a key is told by rules, which see its name.
    fn may_be(&self, label: Label) -> bool {
        match label {
            Label::KeyReport => self.verdict == Some(label),
            Label::Correction => self.verdict.is_none_or(|verdict| verdict == label),
            _ => true,
        }
    }

    fn is_finish(&self) -> bool {
        let least = if self.verdict == Some(Label::Completion) {
            FINISH_WITH_RULES
        } else {
            FINISH_ALONE
        };
        self.opinion.completion >= least
    }

    /// The label that fits best among those that are wanted.
    fn best(&self, wanted: impl Fn(Label) -> bool) -> Option<Label> {
        let labels = LABELS.into_iter().filter(|label| self.may_be(*label) && wanted(*label));
        labels.max_by(|one, other| self.score(*one).total_cmp(&self.score(*other)))
    }

    fn score(&self, label: Label) -> f32 {
        self.scores[column(label)]
    }

    /// The label of the comment. A finish and a blocker are acted on: they need a chance of their own, and without it the
    /// comment is what fits best of what is quiet.
    fn settled(&self) -> Label {
        let quiet = |label: Label| label >= Label::Progress;
        let settled = match self.best(|_| true) {
            Some(label) if label > Label::Blocker && self.opinion.blocker > BLOCKER => Some(Label::Blocker),
            Some(Label::Completion) if !self.is_finish() => self.best(quiet),
            Some(Label::Blocker) if self.opinion.blocker < NO_BLOCKER => {
                self.best(|label| label != Label::Blocker && (self.is_finish() || label != Label::Completion))
            }
            label => label,
        };
        settled.unwrap_or(Label::Chatter)
    }

    /// The other label that it may be: one that fits about as well, or better.
    fn rival(&self, settled: Label) -> Option<Label> {
        let silent = |label: Label| matches!(label, Label::Progress | Label::Chatter);
        let rival = self.best(|label| label != settled && !(silent(label) && silent(settled)))?;
        (self.score(settled) - self.score(rival) < DOUBT).then_some(rival)
    }
}

/// Makes this the label of the comment: what would come before it becomes it, and if nothing is it, the clause does that fits
/// best.
fn apply(label: Label, opinion: &Opinion, trace: &mut Trace) {
    for judgement in trace.judged.iter_mut().filter_map(|clause| clause.judgement.as_mut()) {
        if judgement.label < label {
            judgement.relabel(label);
        }
        judgement.also = judgement.also.filter(|also| *also >= label);
    }
    if primary(&trace.judged) == Some(label) {
        return;
    }
    let fits = |clause: &JudgedClause| {
        opinion
            .clauses
            .get(clause.at)
            .map_or(f32::MIN, |chances| chances[column(label)])
    };
    let best = trace
        .judged
        .iter_mut()
        .max_by(|one, other| fits(one).total_cmp(&fits(other)));
    if let Some(clause) = best {
        match &mut clause.judgement {
            Some(judgement) => judgement.relabel(label),
            None => {
                clause.judgement = Some(Judgement {
                    label,
                    also: None,
                    role: Role::Report,
                    rule: None,
                    guards: Vec::new(),
                    second_reader: true,
                });
            }
        }
    }
}
