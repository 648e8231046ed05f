//! What is said between a question of ours and its answer.
use crate::asked::{claimed, doubt};
use crate::stage::{GUEST, MEMBER, Scene, Who};
use keyminder::domain::classify::Label;
use keyminder::domain::event::Authority;

const OTHER: Who = ("bram", Authority::Full);

#[test]
fn a_changed_answer_leaves_the_question_that_was_asked_since() {
    let scene = Scene::new();
    for changed in ["hmm, let me see", "Good morning", "yes", "done"] {
        let mut stage = scene.stage(&[]);
        stage.post_read(MEMBER, "one", "Step 1 is done", None);
        stage.post_read(MEMBER, "two", "Step 2 is done", None);
        stage.post_read(MEMBER, "thread", "hm", Some(doubt(Label::Completion, Label::Blocker)));
        let number = stage.post(MEMBER, "no");
        stage.post(MEMBER, "Oops");
        stage.edit(MEMBER, number, changed);
        stage.post(MEMBER, "2");
        let (first, second) = (claimed(&stage, 1), claimed(&stage, 2));
        assert!(first && !second, "{changed}: {:?}", stage.state.questions);
        // The older question can be answered by another change.
        stage.edit(MEMBER, number, "done");
        assert!(claimed(&stage, 3), "{changed}");
    }
}

/// The question about step 3 waits, and what is said of another step is a word of its own.
#[test]
fn a_denial_of_another_step_answers_no_question() {
    let scene = Scene::new();
    for other in [
        "Step 4 isn't done",
        "Step 4 is not done",
        "4 is not done",
        "not 4",
        "stap 4 is niet klaar",
        "Schritt 4 ist nicht fertig",
        "l'étape 4 n'est pas finie",
        "el paso 4 no está hecho",
        "o passo 4 não está feito",
    ] {
        let mut stage = scene.stage(&[]);
        stage.post_read(MEMBER, "thread", "hm", Some(doubt(Label::Completion, Label::Chatter)));
        stage.post(MEMBER, "Step 4 is done");
        stage.post(MEMBER, other);
        assert!(!claimed(&stage, 4), "{other}");
        stage.post(MEMBER, "yes");
        assert!(claimed(&stage, 3), "{other}");
    }
}

/// What stands between our question and a yes, by somebody else: only what that person may be answered with a yes counts.
#[test]
fn a_yes_to_a_colleague_answers_no_question_of_ours() {
    let scene = Scene::new();
    for (between, answers) in [
        ("@Ana can you call the bank?", false),
        ("Ana, kun jij de bank bellen?", false),
        ("Ana, kannst du die Bank anrufen?", false),
        ("Let us meet at noon, Ana", false),
        ("thanks", true),
        ("yes", true),
        ("how far are we?", true),
    ] {
        for guest in [false, true] {
            let mut stage = scene.stage(&[]);
            stage.post_read(MEMBER, "thread", "hm", Some(doubt(Label::Completion, Label::Chatter)));
            stage.post(if guest { GUEST } else { OTHER }, between);
            stage.restart();
            stage.post(MEMBER, "sure");
            assert_eq!(claimed(&stage, 3), answers, "{between}");
        }
    }
}
