//! Combining: what the clauses of a comment mean together. The engine's only knowledge here is the labels' algebra.
use super::judge::Verdict;
use super::reading::Label;
use super::rules::Role;
use super::steps::StepSet;

/// A clause with its verdict, before and after combining.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// Index of the clause in the comment.
    pub(super) at: usize,
    /// Where its sentence starts.
    pub(super) sentence: usize,
    /// The steps it speaks of.
    pub(super) steps: StepSet,
    /// Whether the clause named them itself.
    pub(super) own_steps: bool,
    /// What was found; `None` when no rule stood.
    pub(super) verdict: Option<Verdict>,
}

impl Part {
    fn is(&self, label: Label) -> bool {
        self.verdict.as_ref().is_some_and(|verdict| verdict.label == label)
    }

    fn has(&self, label: Label) -> bool {
        self.verdict
            .as_ref()
            .is_some_and(|verdict| verdict.label == label || verdict.also == Some(label))
    }

    fn role(&self) -> Option<Role> {
        self.verdict.as_ref().map(|verdict| verdict.role)
    }

    fn relabel(&mut self, label: Label) {
        if let Some(verdict) = &mut self.verdict {
            verdict.label = label;
            verdict.also = None;
        }
    }
}

/// Lets the clauses of a comment work on each other; what adds nothing is dropped.
pub(super) fn combine(mut parts: Vec<Part>) -> Vec<Part> {
    withdraw(&mut parts);
    doubt(&mut parts);
    settle(&mut parts);
    lend_steps(&mut parts);
    reopen_pending(&mut parts);
    let parts = drop_stopped(parts);
    let parts = drop_idle(parts);
    share_with_corrections(parts)
}

/// "Step 2 done. Scratch that": what came before is taken back.
fn withdraw(parts: &mut Vec<Part>) {
    if let Some(at) = parts.iter().rposition(|part| part.role() == Some(Role::Withdraws)) {
        let mut index = 0;
        parts.retain(|part| {
            index += 1;
            index > at || !part.is(Label::Completion)
        });
    }
}

/// "Done? I wish": a doubt beside a finish or a question makes it progress.
fn doubt(parts: &mut [Part]) {
    let Some(at) = parts.iter().position(|part| part.role() == Some(Role::Doubt)) else {
        return;
    };
    for (index, part) in parts.iter_mut().enumerate() {
        if part.is(Label::Completion) && index + 1 >= at || part.is(Label::Question) && index + 1 == at {
            part.relabel(Label::Progress);
        }
    }
}

/// A later word settles an earlier one: a question its condition, a cure its failure, a failure its redoing.
fn settle(parts: &mut Vec<Part>) {
    let clears = |part: &Part| part.is(Label::Progress) && part.role() == Some(Role::Works);
    for at in 0..parts.len() {
        let near = |other: &Part| other.sentence == parts[at].sentence;
        let asked = parts[at + 1..]
            .iter()
            .any(|later| later.is(Label::Question) && near(later));
        let again = |other: &Part| parts[at].steps == other.steps || parts[at].steps == 0 || !other.own_steps;
        let cured = parts[at + 1..].iter().any(|later| {
            clears(later) && again(later)
                || later.is(Label::Completion)
                    && later.own_steps
                    && (parts[at].steps == later.steps || parts[at].steps == 0 && near(later))
        });
        let explained = parts[..at].iter().any(|earlier| clears(earlier) && near(earlier)) && parts[at].steps == 0;
        let blocks = parts[at].is(Label::Blocker);
        if parts[at].is(Label::Progress) && parts[at].role() == Some(Role::Start) && asked {
            parts[at].relabel(Label::Question);
        } else if blocks && (cured || explained) {
            parts[at].relabel(Label::Progress);
        }
    }
    overtake(parts);
    let fails = parts.iter().any(|part| part.has(Label::Blocker));
    for part in parts.iter_mut().filter(|_| fails) {
        if let Some(verdict) = part
            .verdict
            .as_mut()
            .filter(|verdict| verdict.also == Some(Label::Progress))
        {
            verdict.also = None;
        }
    }
}

/// What a sentence goes on to take back, or to say of a key, is no finish of its own.
fn overtake(parts: &mut Vec<Part>) {
    let overtaken: Vec<bool> = parts
        .iter()
        .enumerate()
        .map(|(at, part)| {
            let near = |other: &&Part| other.sentence == part.sentence;
            let taken_back = parts[at + 1..].iter().filter(near).any(|later| {
                later.is(Label::Correction)
                    && later.has(Label::Blocker)
                    && (!later.own_steps || later.steps & part.steps != 0)
            });
            let of_a_key = !part.own_steps
                && parts[..at]
                    .iter()
                    .filter(near)
                    .any(|earlier| earlier.is(Label::KeyReport));
            part.is(Label::Completion) && (taken_back || of_a_key)
        })
        .collect();
    let mut lent: StepSet = 0;
    let mut at = 0;
    parts.retain(|part| {
        at += 1;
        lent |= if overtaken[at - 1] { part.steps } else { 0 };
        !overtaken[at - 1]
    });
    for part in parts
        .iter_mut()
        .filter(|part| part.is(Label::Correction) && part.steps == 0)
    {
        part.steps = lent;
    }
}

/// A clause without steps takes those of the clause before it in its sentence, or of a neighbour that says nothing else.
fn lend_steps(parts: &mut [Part]) {
    for at in 0..parts.len() {
        if parts[at].steps != 0 || !lends_to(&parts[at]) {
            continue;
        }
        let silent = |part: &Part| part.verdict.is_none() && part.steps != 0;
        let before = at.checked_sub(1).map(|before| &parts[before]);
        let same_sentence = before.filter(|before| {
            before.sentence == parts[at].sentence && !before.is(Label::Completion) && !before.is(Label::Question)
                || silent(before)
        });
        let after = parts[at + 1..].iter().find(|after| silent(after));
        let lent = same_sentence
            .map(|part| part.steps)
            .filter(|&steps| steps != 0)
            .or(after.map(|part| part.steps));
        parts[at].steps = lent.unwrap_or(0);
    }
}

fn lends_to(part: &Part) -> bool {
    [Label::Blocker, Label::Progress, Label::Completion]
        .into_iter()
        .any(|label| part.has(label))
        && part.role() != Some(Role::NoBlockers)
}

/// "Step 5 is done but the alert has not been tested"; "started step 1, backup created".
fn reopen_pending(parts: &mut [Part]) {
    for at in 0..parts.len() {
        if !parts[at].is(Label::Completion) {
            continue;
        }
        let steps = parts[at].steps;
        let pending = parts[at + 1..]
            .iter()
            .take(1)
            .any(|part| part.role() == Some(Role::Pending) && (!part.own_steps || part.steps & steps != 0));
        let begun = !parts[at].own_steps
            && parts[..at].iter().any(|part| {
                part.sentence == parts[at].sentence
                    && part.is(Label::Progress)
                    && part.steps != 0
                    && part.role() == Some(Role::Start)
            });
        if pending || begun {
            parts[at].relabel(Label::Progress);
        }
    }
}

/// Work that a blocker in the same comment stops is no progress; its steps go to the blocker.
fn drop_stopped(mut parts: Vec<Part>) -> Vec<Part> {
    let Some(first) = parts.iter().position(|part| part.has(Label::Blocker)) else {
        return parts;
    };
    let blocked = parts
        .iter()
        .filter(|part| part.has(Label::Blocker))
        .fold(0, |all, part| all | part.steps);
    let mut moved: StepSet = 0;
    parts.retain(|part| {
        let stopped = part.is(Label::Progress) && (part.steps == 0 || part.steps & blocked != 0 || blocked == 0);
        let helped = part.is(Label::Question) && (part.steps & !blocked == 0 || blocked == 0);
        if stopped || helped {
            moved |= part.steps;
        }
        !(stopped || helped)
    });
    if blocked == 0 {
        let first = parts.iter().position(|part| part.has(Label::Blocker)).unwrap_or(first);
        if let Some(part) = parts.get_mut(first) {
            part.steps |= moved;
        }
    }
    parts
}

/// "It works" or "moving on" beside a finish, "Blockers: none" beside anything, add nothing.
fn drop_idle(mut parts: Vec<Part>) -> Vec<Part> {
    let finished = parts
        .iter()
        .any(|part| part.is(Label::Completion) || part.is(Label::KeyReport));
    let others = parts
        .iter()
        .filter(|part| part.verdict.is_some() && !part.is(Label::Chatter) && part.role() != Some(Role::NoBlockers))
        .count();
    parts.retain(|part| {
        let idle = match part.role() {
            Some(Role::Works) => finished && part.is(Label::Progress) && !part.own_steps,
            Some(Role::Start) => finished && part.is(Label::Progress) && part.steps == 0,
            Some(Role::NoBlockers) => others > 0,
            _ => false,
        };
        !idle
    });
    parts
}

/// A correction speaks of the steps whose new state it brings.
fn share_with_corrections(mut parts: Vec<Part>) -> Vec<Part> {
    let stated = parts
        .iter()
        .filter(|part| part.verdict.is_some() && !part.is(Label::Chatter))
        .fold(0, |all, part| all | part.steps);
    for part in &mut parts {
        if part.has(Label::Correction) && part.steps == 0 {
            part.steps = stated;
        }
    }
    let corrected = parts
        .iter()
        .filter(|part| part.has(Label::Correction))
        .fold(0, |all, part| all | part.steps);
    for part in &mut parts {
        if part.steps == 0 && lends_to(part) && corrected != 0 {
            part.steps = corrected;
        }
    }
    parts
}
