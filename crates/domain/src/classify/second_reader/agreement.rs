//! Agreement: what the rules and the second reader make of a comment together. How often a verdict of the rules meant a label
//! is multiplied with the chances that the second reader gives it.
use super::labels::{LABELS, column};
use super::left_to_rules::{Words, is_left_to_rules, is_plain};
use super::opinion::{Opinion, SecondReader};
use super::verdict::RuleVerdict;
use crate::classify::combine::{JudgedClause, steps_of};
use crate::classify::judge::Judgement;
use crate::classify::reading::{Label, Role};
use crate::classify::rule_set::RuleSet;
use crate::classify::slots::blocker_kind;
use crate::classify::structure::Tense;
use crate::classify::trace::Trace;

/// The chance of a finish from which on one is celebrated that the rules see too.
const FINISH_WITH_RULES: f32 = 0.4;

/// How much more the label of the rules counts where they know all words of a short comment.
const PLAIN_COUNTS: f32 = 7.0;

/// The chance of a finish from which on the rules are right about it where they know all words of a short comment.
const CHANCE_WHERE_PLAIN: f32 = 0.02;

/// The chance of a finish from which on one is celebrated that the rules do not see.
const FINISH_ALONE: f32 = 0.5;

/// The chance of a finish from which on a clause is one beside others.
const FINISH_BESIDE_OTHERS: f32 = 0.3;

/// The chance of a blocker from which on it stays one that the rules see too, although something else fits better.
const BLOCKER_WITH_RULES: f32 = 0.2;

/// The chance of a blocker from which on one is raised that the rules do not see, although something else fits better.
const BLOCKER_ALONE: f32 = 0.5;

/// The chance of a blocker below which none is raised although it fits best.
const NO_BLOCKER: f32 = 0.2;

/// Two labels whose scores differ by less than this are both likely: the one is about twice as likely as the other.
const DOUBT: f32 = 0.8;

/// The chance of a finish below which it is not sure that there is one.
const FINISH_SURE: f32 = 0.6;

/// The chance that a comment tells the state of a key from which on nothing else is raised in its place.
const KEY_LIKELY: f32 = 0.5;

/// Lets the second reader change what the rules made of the clauses, and tell the kind of an obstacle.
pub(in crate::classify) fn agree(rule_set: &RuleSet, second_reader: &SecondReader, trace: &mut Trace) {
    let verdict = RuleVerdict::of(&trace.judged);
    let words = Words::of(rule_set, trace);
    let is_asked = !is_left_to_rules(rule_set, verdict, words, trace);
    let opinion = is_asked.then(|| second_reader.opinion(trace));
    if let Some(opinion) = &opinion {
        weigh(rule_set, second_reader, opinion, verdict, words, trace);
    }
    trace.suspicions = second_reader.suspicions(&trace.own);
    if trace.judged.iter().any(|clause| clause.has(Label::Blocker)) {
        let features = opinion.map_or_else(|| second_reader.features(trace), |opinion| opinion.features);
        trace.blocker_kind = Some(second_reader.kind(&features, blocker_kind(rule_set, trace)));
    }
}

/// Weighs the verdict of the rules against the opinion. Where it is not sure, the trace tells the label that decides, and the
/// other one that it may be.
fn weigh(
    rule_set: &RuleSet,
    second_reader: &SecondReader,
    opinion: &Opinion,
    verdict: RuleVerdict,
    words: Words,
    trace: &mut Trace,
) {
    let is_silent = verdict == RuleVerdict::Silent;
    let mut scores = second_reader.scores(verdict, opinion);
    let plain = verdict.label().filter(|_| is_plain(verdict, trace));
    if let Some(label) = plain {
        scores[column(label)] += PLAIN_COUNTS;
    }
    let candidates = Candidates {
        verdict,
        plain,
        is_lone: is_silent && words == Words::OneKnown,
        scores,
        opinion,
        told: told_apart(opinion, trace),
        told_finish: told(Label::Completion, opinion, trace),
        is_cured: trace.is_cured(),
        is_kept: is_kept(rule_set, trace),
    };
    let label = candidates.settled();
    if verdict.label() != Some(label) {
        apply(label, opinion, trace);
    }
    doubt_finishes(opinion, trace);
    // What would be so under a condition has nothing to ask about.
    if !is_condition(label, trace) {
        trace.doubt = candidates.doubt(label, is_silent && words == Words::OneUnknown);
        trace.unsure = trace.doubt.map(|_| label);
    }
}

/// Whether a rule for take-backs fits a clause, and a guard makes it none: "Bram wanted to reopen step 1 but I said no".
fn is_kept(rule_set: &RuleSet, trace: &Trace) -> bool {
    let judgements = || trace.judged.iter().filter_map(|clause| clause.judgement.as_ref());
    let takes_back = |judgement: &Judgement| {
        judgement
            .rule()
            .is_some_and(|rule| rule_set.rules[rule].label == Label::Correction)
    };
    judgements().any(takes_back) && judgements().all(|judgement| judgement.label != Label::Correction)
}

/// Whether all clauses of a label speak of what would be under a condition.
fn is_condition(label: Label, trace: &Trace) -> bool {
    let tense = |clause: &JudgedClause| trace.structures.get(clause.at).map(|structure| structure.tense);
    let is_condition = |clause: &JudgedClause| clause.plays(Role::Plan) && tense(clause) == Some(Tense::Condition);
    let mut of_label = trace.judged.iter().filter(|clause| clause.is(label)).peekable();
    of_label.peek().is_some() && of_label.all(is_condition)
}

/// The labels that a comment may have.
struct Candidates<'a> {
    /// What the rules make of it.
    verdict: RuleVerdict,
    /// The label that they give it, where it is short and they know its words.
    plain: Option<Label>,
    /// Whether all it says is one word of which the rules say nothing: "ops", "HR".
    is_lone: bool,
    /// How well each label fits.
    scores: [f32; LABELS.len()],
    opinion: &'a Opinion,
    /// The chance of a blocker in the clauses in which a rule reads one, where another clause tells of a finish.
    told: f32,
    /// The chance of a finish in the clauses in which a rule reads one.
    told_finish: f32,
    /// Whether the rules read a failure, and later its cure.
    is_cured: bool,
    /// Whether the rules read words of a take-back, and that there is none.
    is_kept: bool,
}

impl Candidates<'_> {
    /// The label that a rule gives it.
    fn rule(&self) -> Option<Label> {
        match self.verdict {
            RuleVerdict::Rule(label) => Some(label),
            RuleVerdict::Structure(_) | RuleVerdict::Silent => None,
        }
    }

    /// What a rule has read is never turned into a take-back, nor what its guards deny to be one, nor what is cured by its own
    /// author into a blocker; and the state of a key is told by rules, which see its name.
    fn may_be(&self, label: Label) -> bool {
        match label {
            label if self.is_lone && label.is_at_stake() => false,
            Label::KeyReport => self.rule() == Some(label),
            Label::Correction => !self.is_kept && self.rule().is_none_or(|rule| rule == label),
            Label::Blocker => !self.is_cured || self.rule() == Some(label),
            _ => true,
        }
    }

    fn is_finish(&self) -> bool {
        // What a rule has read as a take-back is never celebrated.
        if self.rule() == Some(Label::Correction) {
            return false;
        }
        let least = if self.plain == Some(Label::Completion) {
            CHANCE_WHERE_PLAIN
        } else if self.rule() == Some(Label::Completion) {
            FINISH_WITH_RULES
        } else {
            FINISH_ALONE
        };
        self.opinion.completion >= least
    }

    fn is_blocker(&self) -> bool {
        let whole = self.opinion.whole[column(Label::Blocker)].exp();
        if self.plain == Some(Label::Blocker) {
            true
        } else if self.rule() == Some(Label::Blocker) {
            self.opinion.blocker.max(whole).max(self.told) > BLOCKER_WITH_RULES
        } else {
            self.may_be(Label::Blocker) && self.opinion.blocker > BLOCKER_ALONE
        }
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
        // Most likely the state of a key, and which one no rule can tell: nothing else that is acted on.
        let of_key = self.opinion.whole[column(Label::KeyReport)].exp();
        let of_unknown_key = of_key > KEY_LIKELY && !self.may_be(Label::KeyReport);
        let settled = match self.best(|_| true) {
            Some(label) if self.plain.is_none() && label > Label::Blocker && self.is_blocker() => Some(Label::Blocker),
            Some(Label::Completion) if !self.is_finish() => self.best(quiet),
            Some(Label::Blocker | Label::Correction) if of_unknown_key && self.rule().is_none() => self.best(quiet),
            // "All done, have a nice weekend": what is said beside it takes nothing from a finish.
            Some(Label::Chatter) if self.rule() == Some(Label::Completion) && self.told_finish > FINISH_ALONE => {
                self.rule()
            }
            Some(Label::Blocker) if !self.is_blocker() && self.opinion.blocker < NO_BLOCKER => {
                self.best(|label| label != Label::Blocker && (self.is_finish() || label != Label::Completion))
            }
            label => label,
        };
        settled.unwrap_or(Label::Chatter)
    }

    /// Whether too little says so to act on it, and it is asked about: an obstacle or a take-back that no rule reads, a finish that
    /// neither a rule nor the form of the sentence tells.
    fn is_guessed(&self, settled: Label) -> bool {
        match settled {
            Label::Completion => self.verdict.label() != Some(Label::Completion),
            Label::Blocker | Label::Correction => self.rule() != Some(settled),
            _ => false,
        }
    }

    /// The two labels that it may be, where another one is likely too: one that fits about as well, or better, or any where a
    /// finish is hardly likely or rests on a word that nobody knows. Of several, those come first on which something depends.
    fn doubt(&self, settled: Label, is_guess: bool) -> Option<[Label; 2]> {
        let silent = |label: Label| matches!(label, Label::Progress | Label::Chatter);
        let rival = self.best(|label| label != settled && !(silent(label) && silent(settled)))?;
        let least = if self.plain == Some(Label::Completion) {
            CHANCE_WHERE_PLAIN
        } else {
            FINISH_SURE
        };
        let is_far = self.score(settled) - self.score(rival) >= DOUBT;
        // A guess is asked about by itself, unless something else is about as likely.
        if self.is_guessed(settled) && is_far {
            let quiet = self.best(|label| label >= Label::Progress && label != settled);
            return Some([settled, quiet.unwrap_or(Label::Chatter)]);
        }
        if is_far && !(settled == Label::Completion && (is_guess || self.opinion.completion < least)) {
            return None;
        }
        let likely = |label: Label| self.score(rival) - self.score(label) < DOUBT;
        let at_stake = |label: Label| label != settled && label.is_at_stake() && likely(label);
        let rival = self.best(at_stake).unwrap_or(rival);
        let other = self.best(|label| label != rival && at_stake(label));
        match other {
            Some(other) if !settled.is_at_stake() => Some([rival, other]),
            _ => Some([settled, rival]),
        }
    }
}

/// "Finished step 1, step 2 crashes": the chance that those clauses are blockers in which a rule reads one, told by themselves, as
/// the finish beside them, or before them, speaks against one in the whole. One that names steps of its own, which nobody finished
/// there, has nothing to do with that finish.
fn told_apart(opinion: &Opinion, trace: &Trace) -> f32 {
    let is_beside = |clause: &JudgedClause| clause.is(Label::Completion) || clause.fails_now();
    if !trace.judged.iter().any(is_beside) {
        return 0.0;
    }
    let finished = steps_of(&trace.judged, |clause| clause.is(Label::Completion));
    let is_apart = |clause: &JudgedClause| {
        let rule = clause.judgement.as_ref().and_then(Judgement::rule);
        let is_now = !clause.cues.is_past || clause.cues.is_now;
        let is_of_others = is_now && clause.own_steps && finished != 0 && clause.steps & finished == 0;
        clause.is(Label::Blocker) && rule.is_some() && is_of_others
    };
    if !trace.is_cured() && trace.judged.iter().any(is_apart) {
        return 1.0;
    }
    told(Label::Blocker, opinion, trace)
}

/// The chance of a label in the clauses in which a rule reads it, each by itself.
fn told(label: Label, opinion: &Opinion, trace: &Trace) -> f32 {
    let of_label = trace.judged.iter().filter(|clause| clause.is(label));
    let chances = of_label.filter_map(|clause| opinion.clauses.get(clause.at));
    chances.map(|chances| chances[column(label)].exp()).fold(0.0, f32::max)
}

/// Beside others, a clause is no finish if its own words hardly speak for one.
fn doubt_finishes(opinion: &Opinion, trace: &mut Trace) {
    let said = trace.judged.iter().filter(|clause| clause.judgement.is_some());
    if said.count() < 2 || trace.is_cured() {
        return;
    }
    for clause in trace.judged.iter_mut().filter(|clause| clause.is(Label::Completion)) {
        let Some(chances) = opinion.clauses.get(clause.at) else {
            continue;
        };
        let chance = |label: Label| chances[column(label)];
        let quiet = LABELS.into_iter().filter(|label| *label >= Label::Progress);
        let best = quiet.max_by(|one, other| chance(*one).total_cmp(&chance(*other)));
        if let (Some(best), Some(judgement)) = (best, &mut clause.judgement)
            && chance(Label::Completion).exp() < FINISH_BESIDE_OTHERS
        {
            judgement.relabel(best);
        }
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
    if RuleVerdict::of(&trace.judged).label() == Some(label) {
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
                    basis: None,
                    guards: Vec::new(),
                    second_reader: true,
                });
            }
        }
    }
}
