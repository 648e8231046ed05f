//! What frees somebody who was stopped: their own word, and that of others where it is plain whom or what it means.
use super::acting::Acting;
use super::builder::DecisionBuilder;
use super::{blockers, few_words, heard, named_people, short_answer};
use crate::classify::{BlockerKind, Certainty, Clause, Label, Role};
use crate::event::Report;
use crate::page::{Blocker, ReplyPart};
use std::collections::BTreeSet;

/// Words that acknowledge what was said, and tell nothing of an obstacle.
const ACKNOWLEDGEMENTS: &str = " ok okay oke oké okey k kk good fine great nice cool alright right sure perfect lovely super top \
                                thanks thank you thx ty cheers sounds all goed prima mooi fijn dank bedankt je wel gut klar danke \
                                schön alles bien bon parfait merci vale bueno perfecto gracias bom certo beleza obrigado obrigada ";

/// Words that speak of the author: "my problem is solved" frees nobody else.
const OF_THE_AUTHOR: &str = " my mine me mijn mij mein meine meinem meinen meiner meines mir mon ma mes moi mi mis mio mia mí meu minha meus minhas mim comigo conmigo ";

/// More words than this are a report of its own.
const WORDS_OF_A_WORD: usize = 5;

/// "Got it", or a "done" that names no step, of somebody who reported an obstacle in this thread: they are free again.
pub(super) fn by_a_word(builder: &mut DecisionBuilder<'_>, report: Acting<'_>) -> Option<ReplyPart> {
    let text = report.heard.as_str();
    let finishes = finishes_nothing_named(&report);
    if !finishes && !receives(text) {
        return None;
    }
    let own = blockers::here(builder, &report, &report.comment.author);
    let waits = |blocker: &&Blocker| matches!(blocker.kind, BlockerKind::Access | BlockerKind::Missing);
    let last = own
        .iter()
        .rev()
        .find(|blocker| finishes || waits(blocker))?
        .comment
        .clone();
    let is_meant = |blocker: &Blocker| blocker.comment == last && blocker.author == report.comment.author;
    let steps: BTreeSet<u8> = own
        .iter()
        .filter(|one| is_meant(one))
        .filter_map(|one| one.step)
        .collect();
    blockers::clear(builder, Some(&report.comment.id), is_meant);
    Some(ReplyPart::Progress {
        steps: steps.into_iter().collect(),
        hedged: false,
        looked: false,
        cleared: true,
        ahead: false,
    })
}

/// Whether a comment says, in a few words, that something is finished, and neither what nor anything else.
fn finishes_nothing_named(report: &Report) -> bool {
    let reading = &report.reading;
    let is_bare = |clause: &Clause| {
        clause.label == Label::Completion
            && clause.steps.is_empty()
            && clause.boxes.is_empty()
            && clause.asserted()
            && clause.certainty == Certainty::Sure
    };
    let is_short = words(report.heard.as_str()).count() <= WORDS_OF_A_WORD;
    let names = reading.all_done || reading.no_such_step().is_some() || report.on_step.is_some();
    let mut others = reading.clauses.iter().filter(|clause| !is_bare(clause));
    is_short && !names && reading.clauses.iter().any(is_bare) && others.all(|clause| clause.label == Label::Chatter)
}

/// Whether a comment says no more than that something is there now: "I have it, thanks".
fn receives(text: &str) -> bool {
    let acknowledges = |word: &str| short_answer::is_among(word, ACKNOWLEDGEMENTS);
    few_words::receives(text, acknowledges)
}

/// Clears what the comment's progress clears; whether that was anything. `steps`: those that the comment speaks of.
pub(super) fn report(
    builder: &mut DecisionBuilder<'_>,
    report: Acting<'_>,
    clauses: &[&Clause],
    steps: &BTreeSet<u8>,
) -> bool {
    // What is planned, hoped, still open or not sure frees nobody.
    let is_so = |clause: &&&Clause| {
        clause.asserted() && clause.certainty == Certainty::Sure && !clause.role.is_open() && clause.role != Role::Doubt
    };
    let so: Vec<&Clause> = clauses.iter().filter(is_so).copied().collect();
    if so.is_empty() || only_acknowledges(report.heard.as_str()) {
        return false;
    }
    let names_none = clauses.iter().all(|clause| clause.steps.is_empty());
    let of_those = || Report::steps_of(so.iter().copied());
    let steps = &if names_none { steps.clone() } else { of_those() };
    let clauses = so.as_slice();
    if clauses.iter().any(|clause| clause.role == Role::AllFree) {
        return all_free(builder, report, steps);
    }
    let freed = clauses.iter().any(|clause| clause.resolves());
    let by_name = clauses.iter().any(|clause| clause.role == Role::Works);
    let of_subject = || {
        let person = named_people::subject(builder, &report)?;
        let of_person = builder.state.blockers.iter().filter(|one| one.author == person);
        Some(of_person.cloned().collect::<Vec<Blocker>>())
    };
    let named = match of_subject().filter(|_| freed && !by_name) {
        // "Bram isn't stuck": that frees nobody else.
        Some(of_subject) if of_subject.is_empty() => return false,
        Some(of_subject) => of_subject,
        None if by_name => named(&builder.state.blockers, report.heard.as_str()),
        None => Vec::new(),
    };
    let own = |blocker: &Blocker| blocker.author == report.comment.author;
    let of_author = has_word(report.heard.as_str(), OF_THE_AUTHOR);
    let has_own = builder.state.blockers.iter().any(own);
    // Whose obstacle a cure without a name means: one's own, else the one that was reported right before it.
    let answered = heard::last_in_thread(builder, &report).map(|heard| heard.comment.clone());
    blockers::clear(builder, Some(&report.comment.id), |blocker| {
        if !named.is_empty() {
            return named.contains(blocker)
                && (steps.is_empty() || blocker.step.is_none_or(|step| steps.contains(&step)));
        }
        let on_step = blocker.step.is_some_and(|step| steps.contains(&step));
        // Whoever works on the step again is no longer stopped by what they reported there.
        on_step && (freed || own(blocker))
            || freed && steps.is_empty() && own(blocker)
            || by_name && steps.is_empty() && !has_own && !of_author && answered.as_ref() == Some(&blocker.comment)
    })
}

/// "All blockers are resolved", of these steps where it names any; "all my blockers", the author's; "except Bram's", "except on
/// step 3" leaves those.
fn all_free(builder: &mut DecisionBuilder<'_>, report: Acting<'_>, steps: &BTreeSet<u8>) -> bool {
    let text = report.heard.as_str();
    let excepted = short_answer::excepted(text);
    let all = excepted
        .and_then(|excepted| text.strip_suffix(excepted))
        .unwrap_or(text);
    let of_author = has_word(all, OF_THE_AUTHOR);
    let meant = |blocker: &Blocker| !of_author || blocker.author == report.comment.author;
    let Some(excepted) = excepted else {
        let on_those = |blocker: &Blocker| steps.is_empty() || blocker.step.is_some_and(|step| steps.contains(&step));
        return blockers::clear(builder, Some(&report.comment.id), |blocker| {
            meant(blocker) && on_those(blocker)
        });
    };
    let named = builder.state.blockers.iter().filter(|blocker| {
        let name = blocker.name.as_deref();
        name.is_some_and(|name| heard::named_in(excepted, name).is_some())
            || blocker.step.is_some_and(|step| steps.contains(&step))
            || blocker.author == report.comment.author && has_word(excepted, OF_THE_AUTHOR)
    });
    let left: Vec<Blocker> = named.cloned().collect();
    // Whose are left is not known: they may be anybody's.
    !left.is_empty()
        && blockers::clear(builder, Some(&report.comment.id), |blocker| {
            meant(blocker) && !left.contains(blocker)
        })
}

/// The obstacles of those who are named in a text; of several of one person, those that wait for access.
fn named(blockers: &[Blocker], text: &str) -> Vec<Blocker> {
    let is_named = |blocker: &&Blocker| {
        let name = blocker.name.as_deref();
        name.is_some_and(|name| heard::named_in(text, name).is_some())
    };
    let of_named: Vec<&Blocker> = blockers.iter().filter(is_named).collect();
    let alone = |blocker: &Blocker| {
        of_named
            .iter()
            .filter(|other| other.author == blocker.author && other.comment != blocker.comment)
            .count()
            == 0
    };
    let meant = of_named
        .iter()
        .filter(|blocker| alone(blocker) || blocker.kind == BlockerKind::Access);
    meant.map(|blocker| (*blocker).clone()).collect()
}

/// Whether a comment is no more than an "ok, thanks".
pub(super) fn only_acknowledges(text: &str) -> bool {
    let mut words = words(text).peekable();
    words.peek().is_some() && words.all(|word| short_answer::is_among(&word, ACKNOWLEDGEMENTS))
}

/// Whether a text has one of these words.
fn has_word(text: &str, among: &str) -> bool {
    words(text).any(|word| short_answer::is_among(&word, among))
}

fn words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_lowercase)
}
