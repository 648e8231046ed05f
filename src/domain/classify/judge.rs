//! Judging: one label for one clause. The rule of the highest rank that its guards let stand decides.
use super::engine::Hits;
use super::reading::Label;
use super::rules::{Book, Role, Scope};

/// What was found about a clause.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    /// Its label.
    pub(super) label: Label,
    /// A second label of the same words.
    pub(super) also: Option<Label>,
    /// What it does to its neighbours.
    pub(super) role: Role,
    /// The rule that decided.
    pub(super) rule: usize,
    /// The guard that turned it, and those that took other rules away.
    pub(super) guards: Vec<usize>,
}

/// Judges a clause by the patterns that fit it, its sentence so far, and the comment.
pub(super) fn judge(book: &Book, clause: &Hits, sentence: &Hits, comment: &Hits) -> Option<Verdict> {
    let fires = |&guard: &usize| match book.guards[guard].scope {
        Scope::Clause => clause.guard(guard),
        Scope::Sentence => sentence.guard(guard),
        Scope::Comment => comment.guard(guard),
    };
    let mut guards = Vec::new();
    for (at, rule) in book.rules.iter().enumerate().filter(|(at, _)| clause.rule(*at)) {
        let Some(guard) = rule.guard_at.iter().copied().find(fires) else {
            return Some(Verdict {
                label: rule.label,
                also: rule.also,
                role: rule.role,
                rule: at,
                guards,
            });
        };
        guards.push(guard);
        if let Some(label) = book.guards[guard].becomes {
            return Some(Verdict {
                label,
                also: book.guards[guard].also,
                role: book.guards[guard].role,
                rule: at,
                guards,
            });
        }
    }
    None
}
