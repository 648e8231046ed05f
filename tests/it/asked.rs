//! What is not sure changes nothing, and is asked about: once an hour, of its author, in its thread, for a day.
use crate::stage::{GUEST, MEMBER, Scene, Stage, Who};
use keyminder::domain::classify::{Certainty, Clause, Label, Reading, Role};
use keyminder::domain::event::Authority;

const OTHER: Who = ("bram", Authority::Full);

/// A reading that is not sure which of two labels a comment about step 3 has.
fn doubt(label: Label, rival: Label) -> Reading {
    let clause = Clause {
        keys: Vec::new(),
        label,
        steps: vec![3],
        role: Role::Report,
        certainty: Certainty::Unsure,
        rules: Vec::new(),
        hash: 7,
    };
    Reading {
        labels: vec![label],
        clauses: vec![clause],
        doubt: Some([label, rival]),
        steps: vec![3],
        needs_reply: true,
        ..Reading::default()
    }
}

fn claimed(stage: &Stage<'_>, step: u8) -> bool {
    stage.state.steps.get(&step).is_some_and(|step| step.claim.is_some())
}

fn asked_so_far(stage: &Stage<'_>) -> usize {
    stage.seen.iter().filter(|seen| seen.what.contains('🤔')).count()
}

#[test]
fn nothing_follows_from_a_doubt_until_its_author_answers_in_its_thread() {
    let scene = Scene::new();
    let both = [Label::Completion, Label::Blocker];
    for (label, rival) in [(both[0], both[1]), (both[1], both[0])] {
        for (answer, done, stuck) in [
            ("done", true, false),
            ("Stuck.", false, true),
            ("neither", false, false),
            ("yes", false, false),
        ] {
            let mut stage = scene.stage(&[]);
            stage.post_read(MEMBER, "one", "hm", Some(doubt(label, rival)));
            assert_eq!(asked_so_far(&stage), 1);
            stage.post_read(OTHER, "one", answer, Some(Reading::default()));
            stage.post_read(MEMBER, "two", answer, Some(Reading::default()));
            stage.restart();
            assert!(!claimed(&stage, 3) && stage.state.blockers.is_empty(), "{answer}");
            assert_eq!(stage.state.questions.len(), 1);
            stage.post_read(MEMBER, "one", answer, None);
            assert_eq!(claimed(&stage, 3), done, "{label:?} {answer}");
            assert_eq!(!stage.state.blockers.is_empty(), stuck, "{label:?} {answer}");
            assert_eq!(stage.state.questions.is_empty(), answer != "yes", "{answer}");
        }
    }
}

#[test]
fn a_yes_answers_what_has_one_meaning_at_stake() {
    let scene = Scene::new();
    for (answer, done) in [("Yes", true), ("ja hoor", true), ("no", false), ("nog niet", false)] {
        let mut stage = scene.stage(&[]);
        stage.post_read(MEMBER, "one", "hm", Some(doubt(Label::Progress, Label::Completion)));
        assert!(!claimed(&stage, 3));
        stage.post_read(MEMBER, "one", answer, None);
        assert_eq!(claimed(&stage, 3), done, "{answer}");
        assert!(stage.state.questions.is_empty());
    }
}

#[test]
fn a_person_is_asked_once_an_hour_a_guest_never_and_no_question_lasts_for_more_than_a_day() {
    let scene = Scene::new();
    let mut stage = scene.stage(&[]);
    for number in 0..10 {
        let thread = number.to_string();
        stage.post_read(GUEST, &thread, "hm", Some(doubt(Label::Completion, Label::Blocker)));
        stage.post_read(MEMBER, &thread, "hm", Some(doubt(Label::Completion, Label::Blocker)));
    }
    assert_eq!((asked_so_far(&stage), stage.state.questions.len()), (1, 1));
    stage.later(61);
    stage.post_read(MEMBER, "0", "hm", Some(doubt(Label::Completion, Label::Blocker)));
    assert_eq!((asked_so_far(&stage), stage.state.questions.len()), (2, 1));
    stage.later(25 * 60);
    stage.post_read(MEMBER, "0", "yes", None);
    assert!(stage.state.questions.is_empty() && !claimed(&stage, 3));
}

#[test]
fn nothing_is_taken_back_that_the_comment_does_not_name_or_the_thread_spoke_of_last() {
    let scene = Scene::new();
    for oops in ["Undo that", "Laat maar, foutje", "Oops, undo that"] {
        let mut stage = scene.stage(&[]);
        stage.post_read(MEMBER, "one", "Step 1 is done", None);
        stage.post_read(MEMBER, "two", "Step 2 is done", None);
        stage.post_read(MEMBER, "three", oops, Some(take_back()));
        assert!(claimed(&stage, 1) && claimed(&stage, 2), "{oops}");
        stage.post_read(MEMBER, "three", "2", None);
        assert!(claimed(&stage, 1) && !claimed(&stage, 2), "{oops}");
        stage.post_read(MEMBER, "one", oops, Some(take_back()));
        assert!(!claimed(&stage, 1), "{oops}");
    }
}

fn take_back() -> Reading {
    let mut reading = doubt(Label::Correction, Label::Chatter);
    reading.doubt = None;
    reading.steps.clear();
    reading.clauses[0].steps.clear();
    reading.clauses[0].certainty = Certainty::Sure;
    reading
}
