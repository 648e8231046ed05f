//! Judging: one label for one clause. The rule of the highest rank that its guards let stand decides.
use super::pattern::PatternText;
use super::reading::{Label, Role};
use super::rule_file::{Guard, Scope};
use super::rule_set::RuleSet;
use super::structure::Structure;
use std::cell::LazyCell;

/// What was found about a clause.
#[derive(Clone, Debug)]
pub(super) struct Judgement {
    /// The label of the clause.
    pub(super) label: Label,
    /// A second label of the same words.
    pub(super) also: Option<Label>,
    /// What it does to its neighbours.
    pub(super) role: Role,
    /// What decided; `None` where only the second reader spoke.
    pub(super) basis: Option<Basis>,
    /// The guard that turned it, and those that took other rules away.
    pub(super) guards: Vec<usize>,
    /// Whether the second reader has the last word.
    pub(super) second_reader: bool,
}

/// What a judgement goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Basis {
    /// A rule, as an index into the rule set.
    Rule(usize),
    /// The structure of the clause, where no rule stands.
    Structure,
}

/// What stands for the table of structures among the rules that decided.
const STRUCTURE: &str = "structure";
/// What stands for the second reader among the rules that decided.
const SECOND_READER: &str = "second-reader";

impl Judgement {
    /// The rule that decided, if one did.
    pub(super) fn rule(&self) -> Option<usize> {
        match self.basis {
            Some(Basis::Rule(rule)) => Some(rule),
            Some(Basis::Structure) | None => None,
        }
    }

    /// The id of the rule that decided, then those of the guards.
    pub(super) fn rule_ids(&self, rule_set: &RuleSet) -> Vec<String> {
        let guards = self.guards.iter().map(|&guard| &rule_set.guards[guard].id);
        let basis = self.basis.map(|basis| match basis {
            Basis::Rule(rule) => rule_set.rules[rule].id.clone(),
            Basis::Structure => STRUCTURE.to_owned(),
        });
        let ids = basis.into_iter().chain(guards.cloned());
        ids.chain(self.second_reader.then(|| SECOND_READER.to_owned()))
            .collect()
    }

    /// What follows from the structure of a clause of which no rule speaks.
    pub(super) fn by_structure(rule_set: &RuleSet, structure: Structure) -> Option<Self> {
        let row = rule_set.structures.row(structure)?;
        Some(Self {
            label: row.label,
            also: None,
            role: row.role,
            basis: Some(Basis::Structure),
            guards: Vec::new(),
            second_reader: false,
        })
    }

    /// Lets the second reader say otherwise.
    pub(super) fn relabel(&mut self, label: Label) {
        self.label = label;
        self.also = None;
        // What is planned, or under a condition, is not so yet, whatever it is.
        if self.role != Role::Plan {
            self.role = Role::Report;
        }
        self.second_reader = true;
    }
}

/// The guards over a whole comment that fire: found once, as all of its clauses ask for them.
pub(super) fn guards_of_comment(rule_set: &RuleSet, comment: &PatternText) -> Vec<usize> {
    let guards = rule_set.guards.iter().enumerate();
    let fires = |guard: &Guard| guard.scope == Scope::Comment && guard.pattern.fit(comment);
    guards.filter(|(_, guard)| fires(guard)).map(|(at, _)| at).collect()
}

/// What a clause does whose rule a guard turned: only of what the rule calls finished is that denied.
fn role_of(rule_set: &RuleSet, rule: usize, guard: usize) -> Role {
    let turned = rule_set.guards[guard].role;
    if turned == Role::Denied && rule_set.rules[rule].label != Label::Completion {
        Role::Pending
    } else {
        turned
    }
}

/// Judges a clause by what it says itself, by its sentence so far, and by the guards over the comment that fire. A pattern is
/// tried when it may decide, and no sooner.
pub(super) fn judge(
    rule_set: &RuleSet,
    clause: &PatternText,
    sentence: impl Fn() -> PatternText,
    of_comment: &[usize],
) -> Option<Judgement> {
    let sentence = LazyCell::new(sentence);
    let fires = |&at: &usize| {
        let guard = &rule_set.guards[at];
        match guard.scope {
            Scope::Clause => guard.pattern.fit(clause),
            Scope::Sentence => guard.pattern.fit(&sentence),
            Scope::Comment => of_comment.contains(&at),
        }
    };
    let mut guards = Vec::new();
    let rules = rule_set.rules.iter().enumerate();
    for (at, rule) in rules.filter(|(_, rule)| rule.pattern.fit(clause)) {
        let Some(guard) = rule.guard_at.iter().copied().find(fires) else {
            return Some(Judgement {
                label: rule.label,
                also: rule.also,
                role: rule.role,
                basis: Some(Basis::Rule(at)),
                guards,
                second_reader: false,
            });
        };
        guards.push(guard);
        if let Some(label) = rule_set.guards[guard].becomes {
            return Some(Judgement {
                label,
                also: rule_set.guards[guard].also,
                role: role_of(rule_set, at, guard),
                basis: Some(Basis::Rule(at)),
                guards,
                second_reader: false,
            });
        }
    }
    None
}
