//! Combining: what the clauses of a comment mean together, by their labels, their steps, and what each is the last to say.
use super::clause_cues::ClauseCues;
use super::judge::Judgement;
use super::reading::{Label, Role};
use super::step_set::StepSet;

/// A clause with its verdict, before and after combining.
#[derive(Clone, Debug)]
pub(super) struct JudgedClause {
    /// Index of the clause in the comment.
    pub(super) at: usize,
    /// The token at which its sentence starts.
    pub(super) sentence: usize,
    /// The steps it speaks of.
    pub(super) steps: StepSet,
    /// Whether the clause named them itself.
    pub(super) own_steps: bool,
    /// What its words tell about when it is so, and of what.
    pub(super) cues: ClauseCues,
    /// Whether it told of a failure, and a later word of a cure.
    pub(super) is_cured: bool,
    /// What was found; `None` when no rule stood.
    pub(super) judgement: Option<Judgement>,
}

impl JudgedClause {
    /// Whether this is its label.
    pub(super) fn is(&self, label: Label) -> bool {
        self.judgement
            .as_ref()
            .is_some_and(|judgement| judgement.label == label)
    }

    /// Whether this is its label, or the second one of the same words.
    pub(super) fn has(&self, label: Label) -> bool {
        self.judgement
            .as_ref()
            .is_some_and(|judgement| judgement.label == label || judgement.also == Some(label))
    }

    /// "..., now it fails": what it says of "it" is no longer what was said before.
    pub(super) fn fails_now(&self) -> bool {
        self.is(Label::Blocker) && self.cues.is_now && self.cues.points && !self.own_steps
    }

    /// Whether this is what it does to its neighbours.
    pub(super) fn plays(&self, role: Role) -> bool {
        self.judgement.as_ref().is_some_and(|judgement| judgement.role == role)
    }

    /// Whether it says that a part of the work is still open.
    fn pends(&self) -> bool {
        self.judgement
            .as_ref()
            .is_some_and(|judgement| judgement.role.is_open())
    }

    /// Whether it says that work begins, goes on, or is planned.
    fn begins(&self) -> bool {
        self.plays(Role::Start) || self.plays(Role::Plan)
    }

    /// Whether it says anything at all.
    fn speaks(&self) -> bool {
        self.judgement.is_some() && !self.is(Label::Chatter)
    }

    /// Whether steps that others name can be its own.
    fn can_take_steps(&self) -> bool {
        const OF_STEPS: [Label; 3] = [Label::Blocker, Label::Progress, Label::Completion];
        OF_STEPS.iter().any(|&label| self.has(label)) && !self.plays(Role::NoBlockers)
    }

    fn relabel(&mut self, label: Label) {
        if let Some(judgement) = &mut self.judgement {
            judgement.label = label;
            judgement.also = None;
        }
    }
}

/// Lets the clauses of a comment work on each other; what adds nothing is dropped.
pub(super) fn combine(mut clauses: Vec<JudgedClause>) -> Vec<JudgedClause> {
    withdraw(&mut clauses);
    doubt(&mut clauses);
    settle(&mut clauses);
    overtake(&mut clauses);
    contradict(&mut clauses);
    drop_progress_beside_failures(&mut clauses);
    name_obstacles(&mut clauses);
    lend_steps(&mut clauses);
    join_causes(&mut clauses);
    reopen_pending(&mut clauses);
    drop_stopped(&mut clauses);
    drop_idle(&mut clauses);
    share_with_corrections(&mut clauses);
    clauses
}

/// The steps of those clauses that are wanted.
pub(super) fn steps_of(clauses: &[JudgedClause], wanted: impl Fn(&JudgedClause) -> bool) -> StepSet {
    let wanted = clauses.iter().filter(|clause| wanted(clause));
    wanted.fold(0, |all, clause| all | clause.steps)
}

/// "Step 2 done. Scratch that": what came before is taken back.
fn withdraw(clauses: &mut Vec<JudgedClause>) {
    if let Some(at) = clauses.iter().rposition(|clause| clause.plays(Role::Withdraws)) {
        let later = clauses.split_off(at);
        clauses.retain(|clause| !clause.is(Label::Completion));
        clauses.extend(later);
    }
}

/// "Done? I wish": a doubt beside a finish or a question makes it progress.
fn doubt(clauses: &mut [JudgedClause]) {
    let Some(at) = clauses.iter().position(|clause| clause.plays(Role::Doubt)) else {
        return;
    };
    for (index, clause) in clauses.iter_mut().enumerate() {
        if clause.is(Label::Completion) && index + 1 >= at || clause.is(Label::Question) && index + 1 == at {
            clause.relabel(Label::Progress);
        }
    }
}

/// A later word settles an earlier one: a question its condition, a cure its failure.
fn settle(clauses: &mut [JudgedClause]) {
    for at in 0..clauses.len() {
        let (before, rest) = clauses.split_at_mut(at);
        let [clause, after @ ..] = rest else { return };
        let near = |other: &JudgedClause| other.sentence == clause.sentence;
        let clears = |other: &JudgedClause| other.is(Label::Progress) && other.plays(Role::Works);
        let of_none = clause.steps == 0;
        let was = clause.cues.is_past && !clause.cues.is_now;
        let turns = |later: &JudgedClause| (was || later.cues.is_now) && later.cues.goes_on;
        let cures = |later: &JudgedClause| {
            let same = clause.steps == later.steps;
            let finishes = later.is(Label::Completion);
            let names_another = later.cues.contrasts && !later.cues.goes_on && !later.own_steps;
            clears(later) && (same || of_none || !later.own_steps) && !names_another
                || finishes && later.own_steps && (same || of_none && near(later))
                || finishes && !later.own_steps && near(later) && turns(later)
        };
        let explained = of_none
            && !clause.cues.is_now
            && !clause.cues.contrasts
            && before.iter().any(|earlier| {
                let explains = earlier.cues.cures || clause.cues.is_past;
                clears(earlier) && explains && !earlier.cues.is_past && near(earlier)
            });
        if clause.is(Label::Progress) && clause.begins() {
            if after.iter().any(|later| later.is(Label::Question) && near(later)) {
                clause.relabel(Label::Question);
            }
        } else if clause.judgement.is_none() || clause.is(Label::Progress) {
            // No rule read the failure, but it is over: "zuerst klappte es nicht, jetzt geht es".
            clause.is_cured = was && matches!(after, [.., last] if clears(last) && turns(last));
        } else if clause.is(Label::Blocker) && (explained || after.iter().any(cures)) {
            clause.is_cured = after.iter().any(|later| cures(later) && turns(later));
            clause.relabel(Label::Progress);
        }
    }
}

/// What a sentence goes on to take back, or to say of a key, is no finish of its own.
fn overtake(clauses: &mut Vec<JudgedClause>) {
    let is_overtaken = |(at, clause): (usize, &JudgedClause)| {
        let near = |other: &&JudgedClause| other.sentence == clause.sentence;
        let takes_back = |later: &JudgedClause| {
            later.is(Label::Correction)
                && later.has(Label::Blocker)
                && (!later.own_steps || later.steps & clause.steps != 0)
                || later.is(Label::Correction) && later.cues.contrasts && !later.own_steps
                || later.fails_now()
        };
        let mut after = clauses[at + 1..].iter().filter(near);
        let mut before = clauses[..at].iter().filter(near);
        let of_a_key = |earlier: &JudgedClause| !clause.own_steps && earlier.is(Label::KeyReport);
        clause.is(Label::Completion) && (after.any(takes_back) || before.any(of_a_key))
    };
    let overtaken: Vec<bool> = clauses.iter().enumerate().map(is_overtaken).collect();
    let mut lent: StepSet = 0;
    let mut is_overtaken = overtaken.into_iter();
    clauses.retain(|clause| {
        let overtaken = is_overtaken.next().unwrap_or(false);
        lent |= if overtaken { clause.steps } else { 0 };
        !overtaken
    });
    for clause in clauses.iter_mut() {
        if (clause.is(Label::Correction) || clause.fails_now()) && clause.steps == 0 {
            clause.steps = lent;
        }
    }
}

/// "Step 2 is done. No wait, step 2 is not done": of the steps that are named again the last word counts.
fn contradict(clauses: &mut [JudgedClause]) {
    for at in 0..clauses.len() {
        let (before, rest) = clauses.split_at_mut(at);
        let Some(later) = rest.first().filter(|later| later.own_steps) else {
            continue;
        };
        if later.is(Label::Correction) || later.plays(Role::Denied) {
            let earlier = before.iter_mut().filter(|clause| clause.is(Label::Completion));
            for clause in earlier.filter(|clause| clause.own_steps && clause.steps & later.steps != 0) {
                clause.steps &= !later.steps;
                if clause.steps == 0 {
                    clause.relabel(Label::Chatter);
                }
            }
        }
    }
}

/// Beside a failure, progress as the second label of other words says nothing.
fn drop_progress_beside_failures(clauses: &mut [JudgedClause]) {
    if clauses.iter().any(|clause| clause.has(Label::Blocker)) {
        for judgement in clauses.iter_mut().filter_map(|clause| clause.judgement.as_mut()) {
            judgement.also = judgement.also.filter(|&also| also != Label::Progress);
        }
    }
}

/// "Help, it crashes": a call for help that belongs to an obstacle is no mere request.
fn name_obstacles(clauses: &mut [JudgedClause]) {
    let is_obstacle = |clause: &JudgedClause| clause.has(Label::Blocker) && !clause.plays(Role::Help);
    let named: Vec<StepSet> = clauses
        .iter()
        .filter(|clause| is_obstacle(clause))
        .map(|clause| clause.steps)
        .collect();
    for clause in clauses.iter_mut().filter(|clause| clause.plays(Role::Help)) {
        let steps = clause.steps;
        let belongs = named.iter().any(|of| *of == 0 || steps == 0 || of & steps != 0);
        if let Some(judgement) = clause.judgement.as_mut().filter(|_| belongs) {
            judgement.role = Role::Report;
        }
    }
}

/// A clause without steps takes those of the clause before it in its sentence, or of a neighbour that says nothing else.
fn lend_steps(clauses: &mut [JudgedClause]) {
    let silent = |clause: &JudgedClause| clause.judgement.is_none() && clause.steps != 0;
    for at in 0..clauses.len() {
        let clause = &clauses[at];
        if clause.steps != 0 || !clause.can_take_steps() {
            continue;
        }
        let lends = |before: &JudgedClause| {
            let says_else = before.is(Label::Completion) || before.is(Label::Question);
            before.steps != 0 && (before.sentence == clause.sentence && !says_else || silent(before))
        };
        let before = clauses[..at].last().filter(|before| lends(before));
        let lender = before.or_else(|| clauses[at + 1..].iter().find(|after| silent(after)));
        clauses[at].steps = lender.map_or(0, |lender| lender.steps);
    }
}

/// "Stuck on step 2, the module is missing": what goes on about a blocker in its sentence is its cause, not another one.
fn join_causes(clauses: &mut Vec<JudgedClause>) {
    let mut sentence = None;
    clauses.retain(|clause| {
        let blocks = clause.is(Label::Blocker);
        let is_cause = blocks && !clause.own_steps && sentence == Some(clause.sentence);
        sentence = if blocks { Some(clause.sentence) } else { None };
        !is_cause
    });
}

/// "Step 5 is done but the alert has not been tested"; "started step 1, backup created".
fn reopen_pending(clauses: &mut [JudgedClause]) {
    for at in 0..clauses.len() {
        let clause = &clauses[at];
        let pending = |next: &JudgedClause| next.pends() && (!next.own_steps || next.steps & clause.steps != 0);
        let begins = |earlier: &JudgedClause| {
            earlier.sentence == clause.sentence && earlier.is(Label::Progress) && earlier.steps != 0 && earlier.begins()
        };
        let begun = !clause.own_steps && clauses[..at].iter().any(begins);
        let open = clauses.get(at + 1).filter(|next| pending(next)).map(|next| next.steps);
        if !clause.is(Label::Completion) || !begun && open.is_none() {
            continue;
        }
        // "Steps 1 to 3 are done, but 2 is not": the others are.
        match clause.steps & !open.unwrap_or_default() {
            others if !begun && others != 0 && others != clause.steps => clauses[at].steps = others,
            _ => clauses[at].relabel(Label::Progress),
        }
    }
}

/// Work that a blocker in the same comment stops is no progress; its steps go to the blocker.
fn drop_stopped(clauses: &mut Vec<JudgedClause>) {
    let first_blocker = |clauses: &[JudgedClause]| clauses.iter().position(|clause| clause.has(Label::Blocker));
    let Some(first) = first_blocker(clauses) else { return };
    let blocked = steps_of(clauses, |clause| clause.has(Label::Blocker));
    let mut moved: StepSet = 0;
    clauses.retain(|clause| {
        let works = clause.is(Label::Progress) && !clause.plays(Role::SetAside);
        let stopped = works && (clause.steps == 0 || clause.steps & blocked != 0 || blocked == 0);
        let helped = clause.is(Label::Question) && (clause.steps & !blocked == 0 || blocked == 0);
        moved |= if stopped || helped { clause.steps } else { 0 };
        !(stopped || helped)
    });
    let first = first_blocker(clauses).unwrap_or(first);
    if let Some(clause) = clauses.get_mut(first).filter(|_| blocked == 0) {
        clause.steps |= moved;
    }
}

/// "It works" or "moving on" beside a finish, "Blockers: none" beside anything, add nothing.
fn drop_idle(clauses: &mut Vec<JudgedClause>) {
    let finished = clauses
        .iter()
        .any(|clause| clause.is(Label::Completion) || clause.is(Label::KeyReport));
    let others = clauses
        .iter()
        .any(|clause| clause.speaks() && !clause.plays(Role::NoBlockers));
    clauses.retain(|clause| {
        let progress = finished && clause.is(Label::Progress);
        let idle = progress && clause.plays(Role::Works) && !clause.own_steps
            || progress && clause.begins() && clause.steps == 0
            || others && clause.plays(Role::NoBlockers);
        !idle
    });
}

/// A correction speaks of the steps whose new state it brings.
fn share_with_corrections(clauses: &mut [JudgedClause]) {
    let stated = steps_of(clauses, JudgedClause::speaks);
    for clause in clauses.iter_mut() {
        // What is in use after all, it names itself.
        if clause.has(Label::Correction) && clause.steps == 0 && !clause.plays(Role::SetAside) {
            clause.steps = stated;
        }
    }
    let corrected = steps_of(clauses, |clause| clause.has(Label::Correction));
    for clause in clauses.iter_mut() {
        if clause.steps == 0 && clause.can_take_steps() {
            clause.steps = corrected;
        }
    }
}
