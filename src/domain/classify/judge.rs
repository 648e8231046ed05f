//! Judging: one label for one clause. The rule of the highest rank that its guards let stand decides.
use super::matches::PatternMatches;
use super::reading::{Label, Role};
use super::rule_file::Scope;
use super::rule_set::RuleSet;

/// What was found about a clause.
#[derive(Clone, Debug)]
pub(super) struct Judgement {
    /// The label of the clause.
    pub(super) label: Label,
    /// A second label of the same words.
    pub(super) also: Option<Label>,
    /// What it does to its neighbours.
    pub(super) role: Role,
    /// The rule that decided, as an index into the rule set; `None` where none spoke.
    pub(super) rule: Option<usize>,
    /// The guard that turned it, and those that took other rules away.
    pub(super) guards: Vec<usize>,
    /// Whether the second reader has the last word.
    pub(super) second_reader: bool,
}

/// What stands for the second reader among the rules that decided.
const SECOND_READER: &str = "second-reader";

impl Judgement {
    /// The id of the rule that decided, then those of the guards.
    pub(super) fn rule_ids(&self, rule_set: &RuleSet) -> Vec<String> {
        let guards = self.guards.iter().map(|&guard| &rule_set.guards[guard].id);
        let rule = self.rule.map(|rule| &rule_set.rules[rule].id);
        let ids = rule.into_iter().chain(guards).cloned();
        ids.chain(self.second_reader.then(|| SECOND_READER.to_owned()))
            .collect()
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

/// Judges a clause by the patterns that fit it, its sentence so far, and the comment.
pub(super) fn judge(
    rule_set: &RuleSet,
    clause: &PatternMatches,
    sentence: &PatternMatches,
    comment: &PatternMatches,
) -> Option<Judgement> {
    let fires = |&guard: &usize| match rule_set.guards[guard].scope {
        Scope::Clause => clause.guard(guard),
        Scope::Sentence => sentence.guard(guard),
        Scope::Comment => comment.guard(guard),
    };
    let mut guards = Vec::new();
    for (at, rule) in rule_set.rules.iter().enumerate().filter(|(at, _)| clause.rule(*at)) {
        let Some(guard) = rule.guard_at.iter().copied().find(fires) else {
            return Some(Judgement {
                label: rule.label,
                also: rule.also,
                role: rule.role,
                rule: Some(at),
                guards,
                second_reader: false,
            });
        };
        guards.push(guard);
        if let Some(label) = rule_set.guards[guard].becomes {
            return Some(Judgement {
                label,
                also: rule_set.guards[guard].also,
                role: rule_set.guards[guard].role,
                rule: Some(at),
                guards,
                second_reader: false,
            });
        }
    }
    None
}
