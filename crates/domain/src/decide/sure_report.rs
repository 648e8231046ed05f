//! A comment with what is sure of it: what it answers is put in, what is not sure is left out.
use crate::classify::{Certainty, Clause, Label, Role};
use crate::event::Report;
use crate::page::ReplyPart;

/// A comment with what is sure of it.
pub(super) struct SureReport {
    /// The comment, with the clauses that are acted on.
    pub(super) report: Report,
    /// What has to be asked or said beside it.
    pub(super) parts: Vec<ReplyPart>,
    /// Whether it confirms what was asked: that all is finished, or which report is taken back.
    pub(super) confirmed: bool,
}

impl SureReport {
    /// The comment as it is.
    pub(super) fn of(report: &Report) -> Self {
        Self {
            report: report.clone(),
            parts: Vec::new(),
            confirmed: false,
        }
    }

    /// Gives the comment these clauses, and the labels that follow.
    pub(super) fn set_clauses(&mut self, clauses: Vec<Clause>) {
        let mut labels: Vec<Label> = clauses.iter().map(|clause| clause.label).collect();
        labels.sort();
        labels.dedup();
        let reading = &mut self.report.reading;
        reading.labels = labels;
        reading.clauses = clauses;
        reading.doubt = None;
    }

    /// Nothing follows from the words of the comment themselves.
    pub(super) fn says_nothing(&mut self) {
        self.set_clauses(Vec::new());
        self.report.reading.suspicions.clear();
        self.report.asks.clear();
    }

    /// Gives the comment what its author answered before, in the same breath.
    pub(super) fn follow(&mut self, answer: Self) {
        let mut clauses = answer.report.reading.clauses;
        clauses.append(&mut self.report.reading.clauses);
        self.set_clauses(clauses);
        self.parts.splice(0..0, answer.parts);
        self.confirmed |= answer.confirmed;
    }

    /// The comment says this of these steps, and says so for sure. It is an answer: a number in it asks for nothing.
    pub(super) fn says(&mut self, label: Label, steps: &[u8]) {
        self.report.asks.clear();
        self.set_clauses(vec![Clause {
            label,
            steps: steps.to_vec(),
            boxes: Vec::new(),
            role: Role::Report,
            certainty: Certainty::Sure,
            keys: Vec::new(),
            rules: Vec::new(),
            no_such_step: None,
            guessed: false,
            hash: 0,
        }]);
    }
}

/// Whether a clause says something without an if or a perhaps.
pub(super) fn is_plain(clause: &Clause) -> bool {
    clause.asserted() && clause.certainty == Certainty::Sure
}
