//! Explaining: a reading with the words, rules and guards behind each clause.
use super::reading::{Label, Reading};
use super::rule_set::RuleSet;
use super::second_reader::{Reasons, SecondReader};
use super::step_set::listed;
use super::structure::Structure;
use super::token::Token;
use super::trace::Trace;
use serde::Serialize;
use std::fmt;

/// A reading and why it reads so.
#[derive(Clone, Debug, Serialize)]
pub struct Explained {
    /// The reading, as decisions see it.
    pub reading: Reading,
    /// Every clause, also those that add nothing.
    pub clauses: Vec<ExplainedClause>,
    /// What the second reader made of it; `None` without one.
    pub second_reader: Option<Reasons>,
}

/// A clause and why it got its label.
#[derive(Clone, Debug, Serialize)]
pub struct ExplainedClause {
    /// Its normalised words.
    pub text: String,
    /// What it is; `None` when no rule stood, or when it adds nothing beside the others.
    pub label: Option<Label>,
    /// The steps it speaks of.
    pub steps: Vec<u8>,
    /// The id of the rule that decided.
    pub rule: Option<String>,
    /// The ids of the guards that fired, in order.
    pub guards: Vec<String>,
    /// Who or what it speaks of, and what is said of it.
    pub structure: Option<Structure>,
    /// The kinds of its words, as rules see them.
    pub kinds: Vec<String>,
}

pub(super) fn explained(
    rule_set: &RuleSet,
    second_reader: Option<&SecondReader>,
    reading: Reading,
    trace: &Trace,
) -> Explained {
    let clauses = trace.clause_spans.iter().enumerate().map(|(at, span)| {
        let tokens = &trace.tokens[span.tokens.clone()];
        let clause = trace.judged.iter().find(|clause| clause.at == at);
        let judgement = clause.and_then(|clause| clause.judgement.as_ref());
        let mut rules = judgement
            .map_or_else(Vec::new, |judgement| judgement.rule_ids(rule_set))
            .into_iter();
        let ends = tokens.first().zip(tokens.last());
        let text = ends.and_then(|(first, last)| trace.own.get(first.start..last.end));
        let kinds = |token: &Token| rule_set.lexicon.symbols.names(token.symbol).join("+");
        ExplainedClause {
            text: text.unwrap_or("(code)").trim().to_owned(),
            label: judgement.map(|judgement| judgement.label),
            steps: clause.map_or_else(Vec::new, |clause| listed(clause.steps)),
            rule: rules.next(),
            guards: rules.collect(),
            structure: trace.structures.get(at).copied(),
            kinds: tokens.iter().map(kinds).collect(),
        }
    });
    Explained {
        clauses: clauses.collect(),
        second_reader: second_reader.map(|reader| reader.reasons(trace)),
        reading,
    }
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reading = &self.reading;
        writeln!(f, "reads as   {}", names(&reading.labels))?;
        for clause in &self.clauses {
            let label = clause
                .label
                .map_or_else(|| "nothing".to_owned(), |label| names(&[label]));
            write!(f, "  \"{}\"\n      {label}", clause.text)?;
            if !clause.steps.is_empty() {
                write!(f, ", steps {:?}", clause.steps)?;
            }
            if let Some(rule) = &clause.rule {
                write!(f, ", by rule {rule}")?;
            }
            if !clause.guards.is_empty() {
                write!(f, ", guarded by {}", clause.guards.join(", "))?;
            }
            let kinds: Vec<&str> = clause
                .kinds
                .iter()
                .map(|kinds| if kinds.is_empty() { "." } else { kinds.as_str() })
                .collect();
            writeln!(f, "\n      seen as {}", kinds.join(" "))?;
            if let Some(structure) = clause.structure {
                writeln!(f, "      {structure}")?;
            }
        }
        if let Some([label, other]) = reading.doubt {
            writeln!(f, "not sure   {} or {}", names(&[label]), names(&[other]))?;
        }
        match &self.second_reader {
            Some(reasons) => writeln!(f, "{reasons}")?,
            None => writeln!(f, "2nd reader none, read by the rules alone")?,
        }
        slots(f, reading)
    }
}

fn slots(f: &mut fmt::Formatter<'_>, reading: &Reading) -> fmt::Result {
    if !reading.steps.is_empty() {
        writeln!(
            f,
            "steps      {:?}{}",
            reading.steps,
            if reading.all_done { ", the whole item" } else { "" }
        )?;
    } else if reading.all_done {
        writeln!(f, "steps      the whole item")?;
    }
    if let Some(minutes) = reading.duration_minutes {
        writeln!(f, "spent      {minutes} minutes")?;
    }
    if let Some(minutes) = reading.expected_duration_minutes {
        writeln!(f, "planned    {minutes} minutes")?;
    }
    if let Some(kind) = reading.blocker_kind {
        writeln!(f, "blocker    {}", format!("{kind:?}").to_lowercase())?;
    }
    if !reading.keys.is_empty() {
        writeln!(f, "keys       {}", reading.keys.join(", "))?;
    }
    if let Some(when) = &reading.when {
        writeln!(f, "when       {when}")?;
    }
    writeln!(f, "language   {}", reading.language.as_deref().unwrap_or("not told"))?;
    writeln!(
        f,
        "reply      {}",
        if reading.needs_reply {
            "due"
        } else {
            "no more than a line"
        }
    )
}

fn names(labels: &[Label]) -> String {
    labels.iter().map(|label| label.name()).collect::<Vec<_>>().join(", ")
}
