//! What is not sure changes nothing, and is asked about: once an hour, of its author, in its thread, for a day.
use crate::stage::{GUEST, MEMBER, Scene, Stage, Who};
use keyminder::domain::classify::{Certainty, Clause, Label, Reading, Role};
use keyminder::domain::event::Authority;

const OTHER: Who = ("bram", Authority::Full);

fn held(stage: &Stage<'_>) -> Vec<u8> {
    (1..=5).filter(|step| claimed(stage, *step)).collect()
}

/// A reading that is not sure which of two labels a comment about step 3 has.
pub fn doubt(label: Label, rival: Label) -> Reading {
    let clause = Clause {
        keys: Vec::new(),
        label,
        steps: vec![3],
        boxes: Vec::new(),
        role: Role::Report,
        certainty: Certainty::Unsure,
        rules: Vec::new(),
        no_such_step: None,
        guessed: false,
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

pub fn claimed(stage: &Stage<'_>, step: u8) -> bool {
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

/// A finish of a step beside something that may be an obstacle.
fn beside(step: u8) -> Reading {
    let mut reading = doubt(Label::Blocker, Label::Completion);
    reading.clauses[0].steps.clear();
    let mut finish = reading.clauses[0].clone();
    (finish.label, finish.steps) = (Label::Completion, vec![step]);
    reading.clauses.insert(0, finish);
    reading.labels.push(Label::Completion);
    reading.steps = vec![step];
    reading
}

#[test]
fn a_finish_beside_a_doubt_waits_for_a_word_and_one_that_is_not_asked_about_is_told_to_be_left_out() {
    let scene = Scene::new();
    let mut stage = scene.stage(&[]);
    stage.post_read(MEMBER, "one", "Finished step 3, but a script crashed", Some(beside(3)));
    assert!(asked_so_far(&stage) == 1 && !claimed(&stage, 3) && stage.state.blockers.is_empty());
    stage.post_read(MEMBER, "one", "done, the crash was another script", None);
    assert!(claimed(&stage, 3) && stage.state.blockers.is_empty());
    stage.post_read(MEMBER, "two", "Finished step 4, but a script crashed", Some(beside(4)));
    assert!(stage.state.questions.is_empty() && !claimed(&stage, 4) && stage.state.blockers.is_empty());
    assert!(stage.seen.iter().any(|seen| seen.what.contains("I noted neither")));
}

#[test]
fn a_word_is_no_answer_where_the_rest_says_otherwise() {
    let scene = Scene::new();
    for answer in [
        "done, the upload hangs",
        "done, but it fails again",
        "klaar, maar het crasht",
    ] {
        let mut stage = scene.stage(&[]);
        stage.post_read(MEMBER, "one", "Finished step 3, but a script crashed", Some(beside(3)));
        stage.post_read(MEMBER, "one", answer, None);
        // It is stuck, or asked once more.
        let held = stage.state.blockers.len() + stage.state.questions.len();
        assert!(!claimed(&stage, 3) && held > 0, "{answer}");
    }
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

/// What is answered to "Which report do you take back: step 2 or 1?", and what is still claimed then.
#[test]
fn what_is_taken_back_is_what_the_answer_means() {
    let scene = Scene::new();
    for (left, answers) in [
        (
            &[1][..],
            &[
                "2",
                "2, not 1",
                "No, step 2",
                "niet 1 maar 2",
                "Nein, Schritt 2",
                "pas la 1, la 2",
                "no 1 sino 2",
                "all but 1",
            ][..],
        ),
        (
            &[2],
            &[
                "step 1",
                "1, niet 2",
                "1 instead of 2",
                "Step 1 is not done",
                "No, 1",
                "stap 1 is niet af",
            ],
        ),
        (
            &[],
            &[
                "all",
                "both",
                "allebei",
                "les deux, 1 et 2",
                "2 and 1",
                "tout",
                "alle",
                "todos",
                "1-2",
            ],
        ),
        (
            &[1, 2],
            &[
                "yes",
                "no",
                "neither",
                "maybe 2",
                "not 1",
                "3",
                "Step 2 is nearly done, I guess",
                "I think it is step 2",
                "2?",
                "ok",
                "Step 2 is in progress",
            ],
        ),
    ] {
        for answer in answers {
            let mut stage = scene.stage(&[]);
            stage.post_read(MEMBER, "one", "Step 1 is done", None);
            stage.post_read(MEMBER, "one", "Step 2 is done", None);
            stage.post_read(OTHER, "one", "Thanks!", None);
            stage.post_read(MEMBER, "one", "Oops", None);
            assert_eq!(held(&stage), [1, 2], "asked first");
            stage.post_read(MEMBER, "one", answer, None);
            assert_eq!(held(&stage), left, "{answer}");
        }
    }
}

/// A yes to "Is step 3 finished, or still stuck?" in six languages; what hedges, or speaks of something else, answers nothing.
#[test]
fn a_word_of_six_languages_answers_what_was_meant_and_a_hedge_does_not() {
    let scene = Scene::new();
    for (done, stuck, answers) in [
        (
            true,
            false,
            &[
                "Done!",
                "klaar",
                "Fertig",
                "terminé",
                "hecho",
                "Feito!",
                "It's done",
                "ja, klaar",
                "Step 3 is done now",
            ][..],
        ),
        (
            false,
            true,
            &[
                "stuck",
                "nog vast",
                "ich stecke fest",
                "bloqué",
                "sigo atascada",
                "travado",
                "No, still stuck",
                "Stuck on step 3",
            ],
        ),
        (
            false,
            false,
            &[
                "no",
                "nein",
                "non",
                "não",
                "neither",
                "pas encore",
                "almost done",
                "I think it is done",
                "step 3 is not done",
                "ok",
                "done?",
            ],
        ),
    ] {
        for answer in answers {
            let mut stage = scene.stage(&[]);
            stage.post_read(MEMBER, "one", "hm", Some(doubt(Label::Completion, Label::Blocker)));
            stage.post_read(MEMBER, "one", answer, None);
            assert_eq!(claimed(&stage, 3), done, "{answer}");
            assert_eq!(!stage.state.blockers.is_empty(), stuck, "{answer}");
        }
    }
}

#[test]
fn an_answer_that_is_changed_mends_what_followed_from_it() {
    let scene = Scene::new();
    for (from, to, done, stuck) in [
        ("done", "stuck", false, true),
        ("stuck", "done", true, false),
        ("done", "no", false, false),
        ("no", "done", true, false),
        ("stuck", "never mind, I go for lunch", false, false),
        ("hm?", "done", true, false),
    ] {
        let mut stage = scene.stage(&[]);
        stage.post_read(MEMBER, "thread", "hm", Some(doubt(Label::Completion, Label::Blocker)));
        let number = stage.post(MEMBER, from);
        stage.edit(MEMBER, number, to);
        stage.restart();
        assert_eq!(claimed(&stage, 3), done, "{from} -> {to}");
        assert_eq!(!stage.state.blockers.is_empty(), stuck, "{from} -> {to}");
        stage.edit(MEMBER, number, from);
        stage.edit(MEMBER, number, to);
        assert_eq!(claimed(&stage, 3), done, "{from} -> {to}, twice");
    }
}

#[test]
fn a_comment_that_becomes_clear_closes_the_question_about_it() {
    let scene = Scene::new();
    for (clear, done) in [("Step 2 is done", 2), ("done", 3), ("Yes, done", 3)] {
        let mut stage = scene.stage(&[]);
        stage.post_read(MEMBER, "thread", "hm", Some(doubt(Label::Completion, Label::Blocker)));
        stage.edit(MEMBER, 0, clear);
        assert!(stage.state.questions.is_empty(), "{clear}");
        assert_eq!(held(&stage), [done], "{clear}");
    }
}

#[test]
fn a_question_waits_for_whom_it_was_asked_and_tells_each_other_once() {
    let scene = Scene::new();
    for other in [OTHER, GUEST] {
        for answer in ["yes", "done", "no", "Ja", "stuck", "oui"] {
            let mut stage = scene.stage(&[]);
            stage.post_read(MEMBER, "one", "hm", Some(doubt(Label::Completion, Label::Blocker)));
            let waits = |stage: &Stage<'_>| {
                stage.seen.iter().filter(|seen| seen.what.contains("I asked")).count()
                    + stage
                        .seen
                        .iter()
                        .filter(|seen| seen.what.contains("vroeg ik aan"))
                        .count()
            };
            for _ in 0..3 {
                stage.post_read(other, "one", answer, None);
            }
            assert_eq!((waits(&stage), stage.state.questions.len()), (1, 1), "{answer}");
            assert!(!claimed(&stage, 3) && stage.state.blockers.is_empty(), "{answer}");
        }
    }
    let mut stage = scene.stage(&[]);
    stage.post_read(MEMBER, "one", "hm", Some(doubt(Label::Completion, Label::Blocker)));
    stage.post_read(OTHER, "one", "Step 3 is done, I did it with Ana", None);
    assert!(claimed(&stage, 3), "a sentence of its own");
}

fn take_back() -> Reading {
    let mut reading = doubt(Label::Correction, Label::Chatter);
    reading.doubt = None;
    reading.steps.clear();
    reading.clauses[0].steps.clear();
    reading.clauses[0].certainty = Certainty::Sure;
    reading
}
