//! What a comment did is undone with it, and nothing that others said or ended meanwhile.
use crate::stage::{Scene, Stage, Who};
use keyminder::domain::event::{Authority, Gone};
use std::collections::BTreeSet;

const ANA: Who = ("ana", Authority::Full);
const BRAM: Who = ("bram", Authority::Full);

/// Things to say that mean the same whatever was said before; no look proves step 4.
const SAYINGS: [&str; 7] = [
    "Step 4 is done",
    "Stuck on step 4, permission denied",
    "I have no access to the vault",
    "all blockers are resolved",
    "Step 4 is unblocked now",
    "Step 4 is not done after all",
    "step 4 does not apply to us",
];

/// What is held of the work, whoever's comment it came from.
fn held(stage: &Stage<'_>) -> BTreeSet<String> {
    let page = &stage.state;
    let claims = page.steps.iter().flat_map(|(step, of)| {
        let claims = of.claim.iter().chain(&of.also);
        claims.map(move |claim| format!("step {step} done, {:?}", claim.author))
    });
    let blockers = page.blockers.iter();
    let blockers = blockers.map(|blocker| format!("stuck {:?} {:?}", blocker.step, blocker.author));
    let asides = page.set_aside.iter();
    let asides = asides.map(|aside| format!("aside {:?} {:?}", aside.what, aside.name));
    claims.chain(blockers).chain(asides).collect()
}

/// One of two people says one of the things.
fn turn(random: &mut fastrand::Rng) -> (Who, &'static str) {
    let who = if random.bool() { ANA } else { BRAM };
    (who, SAYINGS[random.usize(..SAYINGS.len())])
}

#[test]
fn what_was_misread_leaves_the_page_as_if_it_had_never_been_said() {
    let scene = Scene::new();
    for seed in 0..60 {
        let mut random = fastrand::Rng::with_seed(seed);
        let (mut with, mut without) = (scene.stage(&[]), scene.stage(&[]));
        let mut said = Vec::new();
        for _ in 0..random.usize(..4) {
            let (who, text) = turn(&mut random);
            said.push((who.0, text));
            with.post(who, text);
            without.post(who, text);
        }
        let (_, misread) = turn(&mut random);
        with.post(ANA, misread);
        said.push(("misread", misread));
        for _ in 0..random.usize(..4) {
            let (_, text) = turn(&mut random);
            said.push((BRAM.0, text));
            with.post(BRAM, text);
            without.post(BRAM, text);
        }
        with.restart();
        with.post(ANA, "that is not what I said");
        assert_eq!(held(&with), held(&without), "{seed}: {said:?}");
        let stuck = |stage: &Stage<'_>| !stage.state.blockers.is_empty();
        assert_eq!(stuck(&with), stuck(&without), "{seed}: {said:?}");
    }
}

#[test]
fn a_deleted_blocker_is_as_if_it_had_never_been_said_and_comes_back_unless_it_was_cleared() {
    let scene = Scene::new();
    for cleared in [false, true] {
        let mut stage = scene.stage(&[]);
        let number = stage.post(ANA, "Stuck on step 4, permission denied");
        stage.post(BRAM, "I have no access to the vault");
        stage.gone(number, Gone::Deleted);
        assert_eq!(stage.state.blockers.len(), 1);
        if cleared {
            stage.post(BRAM, "all blockers are resolved");
        }
        stage.back(number, Authority::Full);
        assert_eq!(stage.state.blockers.len(), if cleared { 0 } else { 2 });
        // Who is undone later frees them again, and not the one that is gone for good.
        stage.gone(number, Gone::Deleted);
        stage.post(BRAM, "that is not what I said");
        let left: Vec<&str> = stage.state.blockers.iter().map(|one| one.author.as_str()).collect();
        assert_eq!(left.len(), usize::from(cleared), "{left:?}");
    }
}

/// Sentences of one comment.
const SENTENCES: [&str; 7] = [
    "I am stuck.",
    "Stuck on step 2.",
    "Stuck on steps 3 and 4.",
    "I have no access to the vault.",
    "Stuck on step 4, permission denied.",
    "Step 1 is done.",
    "Step 5 is done.",
];

#[test]
fn an_edited_comment_says_what_it_would_say_if_it_were_new() {
    let scene = Scene::new();
    let mut compared = 0;
    for seed in 0..60 {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut text = || {
            let said = SENTENCES.iter().filter(|_| random.usize(..3) == 0);
            said.copied().collect::<Vec<_>>().join(" ")
        };
        let (from, to) = (text(), text());
        let (mut edited, mut new) = (scene.stage(&[]), scene.stage(&[]));
        let number = edited.post(ANA, &from);
        edited.edit(ANA, number, &to);
        new.post(ANA, &to);
        // What is asked about waits for its author.
        if new.state.questions.is_empty() && edited.state.questions.is_empty() {
            assert_eq!(held(&edited), held(&new), "{from:?} -> {to:?}");
            compared += 1;
        }
    }
    assert!(compared > 30, "{compared}");
}

#[test]
fn what_another_said_as_well_outlives_an_edit_and_an_undo() {
    let scene = Scene::new();
    for edited in [false, true] {
        let mut stage = scene.stage(&[]);
        let number = stage.post(ANA, "Step 4 is done");
        stage.post(BRAM, "Step 4 is done");
        if edited {
            stage.edit(ANA, number, "Working on step 4");
        } else {
            stage.post(ANA, "that is not what I said");
        }
        let claim = stage.state.steps[&4].claim.clone().expect("the claim of the other one");
        assert!(claim.author.as_str().contains("bram"), "{claim:?}");
    }
}

#[test]
fn a_blocker_that_is_edited_stays_one() {
    let scene = Scene::new();
    let mut stage = scene.stage(&[]);
    let number = stage.post(ANA, "Stuck on step 3, permission denied");
    stage.edit(ANA, number, "Stuck on step 4, permission denied");
    let steps: Vec<_> = stage.state.blockers.iter().map(|blocker| blocker.step).collect();
    assert_eq!(steps, [Some(4)]);
    stage.post(ANA, "that is not what I said");
    assert!(stage.state.blockers.is_empty(), "an edit forgets nothing");
}

#[test]
fn an_edited_correction_mends_the_comment_that_it_mended() {
    let scene = Scene::new();
    let mut stage = scene.stage(&[]);
    stage.post(ANA, "Stuck on step 2, permission denied");
    stage.post(ANA, "Stuck on step 3, permission denied");
    let number = stage.post(ANA, "no, I meant step 4");
    stage.edit(ANA, number, "no, I meant step 5");
    let steps: Vec<_> = stage.state.blockers.iter().map(|blocker| blocker.step).collect();
    assert_eq!(steps, [Some(2), Some(5)]);
}

#[test]
fn a_status_that_a_person_moved_since_stands() {
    let scene = Scene::new();
    let mut stage = scene.stage(&[]);
    stage.post(ANA, "Stuck on step 4, permission denied");
    stage.post(ANA, "Step 4 is unblocked now");
    stage.set_status("Done");
    let before = stage.seen.len();
    stage.post(ANA, "that is not what I said");
    assert_eq!(stage.state.blockers.len(), 1);
    let acts = stage.acts_since(before);
    assert!(acts.iter().all(|seen| seen.kind != "set_status"), "{acts:?}");
}

#[test]
fn an_acknowledgement_and_what_is_only_planned_free_nobody() {
    let scene = Scene::new();
    for (text, frees) in [
        ("ok", false),
        ("good", false),
        ("Fine, thanks", false),
        ("👍", false),
        ("prima", false),
        ("vale, gracias", false),
        ("gut, danke", false),
        ("I'll do step 4 tomorrow", false),
        ("will it work again?", false),
        ("Got it, I am in", true),
        ("it works again", true),
        ("opgelost", true),
    ] {
        let mut stage = scene.stage(&[]);
        stage.post(ANA, "Stuck on step 4, no access to the vault");
        stage.post(ANA, text);
        assert_eq!(stage.state.blockers.is_empty(), frees, "{text}");
    }
}
