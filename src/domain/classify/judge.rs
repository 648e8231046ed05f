//! Judging: one label for one clause. The rule of the highest rank that its guards let stand decides.
use super::matches::PatternMatches;
use super::reading::Label;
use super::rule_file::{Role, Scope};
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
    /// The rule that decided, as an index into the rule set.
    pub(super) rule: usize,
    /// The guard that turned it, and those that took other rules away.
    pub(super) guards: Vec<usize>,
}

impl Judgement {
    /// The id of the rule that decided, then those of the guards.
    pub(super) fn rule_ids(&self, rule_set: &RuleSet) -> Vec<String> {
        let guards = self.guards.iter().map(|&guard| &rule_set.guards[guard].id);
        let rule = &rule_set.rules[self.rule].id;
        std::iter::once(rule).chain(guards).cloned().collect()
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
                rule: at,
                guards,
            });
        };
        guards.push(guard);
        if let Some(label) = rule_set.guards[guard].becomes {
            return Some(Judgement {
                label,
                also: rule_set.guards[guard].also,
                role: rule_set.guards[guard].role,
                rule: at,
                guards,
            });
        }
    }
    None
}
