//! Who may cause what, on every path by which a comment comes: written, edited, deleted, resolved, back again, in a flood,
//! from before the first start. Whoever has no authority gets answers, and nothing else ever follows.
use crate::stage::{GUEST, MEMBER, Scene, Seen, Stage, Who};
use keyminder::domain::event::{Authority, Gone};
use std::collections::BTreeSet;

/// A stranger of whom it is not known whether they are a member.
const UNLISTED: Who = ("bram", Authority::Looks);

/// A way in which a comment reaches the bot: played on a stage, by this person, with this text.
type CommentPath = fn(&mut Stage<'_>, Who, &str);

/// How what somebody says comes to the bot, on a page where a member proved two steps and it is Done by hand.
const PATHS: [(&str, CommentPath); 10] = [
    ("written", |stage, who, text| {
        stage.post(who, text);
    }),
    ("edited to it", |stage, who, text| {
        let number = stage.post(who, "hello");
        stage.edit(who, number, text);
    }),
    ("edited away", |stage, who, text| {
        let number = stage.post(who, text);
        stage.edit(who, number, "hello");
    }),
    ("edited twice", |stage, who, text| {
        let number = stage.post(who, text);
        stage.edit(who, number, "Step 1 and step 2 are done");
        stage.edit(who, number, text);
    }),
    ("deleted", |stage, who, text| {
        let number = stage.post(who, text);
        stage.gone(number, Gone::Deleted);
    }),
    ("resolved", |stage, who, text| {
        let number = stage.post(who, text);
        stage.gone(number, Gone::Resolved);
    }),
    ("back", |stage, who, text| {
        let number = stage.post(who, text);
        stage.gone(number, Gone::Resolved);
        stage.back(number, who.1);
    }),
    ("in a flood", |stage, who, text| {
        let texts: Vec<String> = (0..60).map(|_| text.to_owned()).collect();
        stage.flood(who, &texts);
    }),
    ("a flood, then edited", |stage, who, text| {
        let first = stage.comments();
        let texts: Vec<String> = (0..60).map(|_| text.to_owned()).collect();
        stage.flood(who, &texts);
        stage.edit(who, first + 7, "hello");
    }),
    ("from before", |stage, who, text| stage.absorb(who, text)),
];

/// What people say that could move something.
const SAYINGS: [&str; 14] = [
    "Step 1 is done",
    "All steps are done",
    "Everything is finished, took 2 hours",
    "Started step 3",
    "I think step 2 is done",
    "Stuck on step 3 - getting permission error",
    "Step 1 is not done after all",
    "No, I meant step 2, not step 1",
    "Sorry, step 2 is not finished",
    "Correction: nothing is done yet",
    "New Bybit key configured, it works",
    "What is next?",
    "Step 4 is unblocked now",
    "hello",
];

/// Boxes that are ticked, two steps proven, and the page at Done.
fn worked_on(scene: &Scene) -> Stage<'_> {
    let mut stage = scene.stage(&[]);
    stage.post(MEMBER, "Step 1 is done");
    stage.post(MEMBER, "Step 2 is done");
    stage.post(MEMBER, "Stuck on step 4 - getting permission error");
    stage.set_status("Done");
    stage
}

fn kinds(acts: &[Seen]) -> BTreeSet<&'static str> {
    acts.iter().map(|seen| seen.kind).collect()
}

#[test]
fn whoever_has_no_authority_causes_answers_alone_on_every_path() {
    let scene = Scene::new();
    let mut faults = Vec::new();
    for fresh in [true, false] {
        for (path, take) in PATHS {
            for text in SAYINGS {
                let mut stage = if fresh { scene.stage(&[]) } else { worked_on(&scene) };
                let before = (stage.seen.len(), told(&stage));
                take(&mut stage, GUEST, text);
                stage.later(120);
                let acts = stage.acts_since(before.0);
                if !acts.is_empty() || told(&stage) != before.1 {
                    faults.push(format!("{text:?}, {path}: {:?}", kinds(&acts)));
                }
            }
        }
    }
    assert!(faults.is_empty(), "a guest moved something:\n{}", faults.join("\n"));
}

/// What the bot holds of the work on a page.
fn told(stage: &Stage<'_>) -> serde_json::Value {
    let held = serde_json::to_value(&stage.state).expect("a state is data");
    let parts = [
        "steps", "evidence", "boxes", "status", "values", "blockers", "cycle", "finished", "due", "spent",
    ];
    parts.iter().map(|part| held[*part].clone()).collect()
}

#[test]
fn the_first_claim_moves_the_page_for_a_member_and_done_is_not_for_whom_nobody_knows() {
    let scene = Scene::new();
    for (who, may_close) in [(MEMBER, true), (UNLISTED, false)] {
        let mut stage = scene.stage(&[]);
        stage.post(who, "Step 1 is done");
        let first = kinds(&stage.acts_since(0));
        for kind in ["check_box", "gather_evidence", "back_up_env"] {
            assert!(first.contains(kind), "{who:?} causes looks and ticks: {first:?}");
        }
        let before = stage.seen.len();
        stage.post(who, "All steps are done");
        let acts = stage.acts_since(before);
        let closing = |seen: &&Seen| seen.kind == "write_schedule" || seen.what.contains("to: Done");
        assert!(may_close || !acts.iter().any(|seen| closing(&seen)), "{acts:?}");
    }
}

#[test]
fn what_a_member_did_a_member_takes_back() {
    let scene = Scene::new();
    let mut stage = scene.stage(&[]);
    let number = stage.post(MEMBER, "Step 1 is done");
    let before = stage.seen.len();
    stage.edit(MEMBER, number, "hello");
    let acts = stage.acts_since(before);
    assert!(acts.iter().any(|seen| seen.what.contains("checked: false")), "{acts:?}");
}

/// A guest who was a member, or of whom that is not known now: what they said as a member stays as it was.
#[test]
fn who_lost_the_authority_takes_nothing_back_with_it() {
    let scene = Scene::new();
    for (path, take) in [
        (
            "edited",
            (|stage, number| stage.edit(("ana", Authority::Guidance), number, "hello")) as fn(&mut Stage<'_>, usize),
        ),
        ("corrected", |stage, _| {
            stage.post(("ana", Authority::Guidance), "Step 1 is not done after all");
        }),
        ("deleted and back", |stage, number| {
            stage.gone(number, Gone::Resolved);
            stage.back(number, Authority::Guidance);
        }),
    ] {
        let mut stage = scene.stage(&[]);
        let number = stage.post(MEMBER, "Step 1 is done");
        let before = stage.seen.len();
        take(&mut stage, number);
        let acts = stage.acts_since(before);
        assert!(acts.is_empty(), "{path}: {acts:?}");
    }
}

#[test]
fn the_obstacle_of_who_lost_the_authority_stops_the_page_no_more_when_it_is_listed_again() {
    let scene = Scene::new();
    for (returning, stops) in [(Authority::Full, true), (Authority::Guidance, false)] {
        let mut stage = scene.stage(&[]);
        stage.post(MEMBER, "Step 1 is done");
        let number = stage.post(MEMBER, "Stuck on step 4 - getting permission error");
        stage.gone(number, Gone::Resolved);
        let before = stage.seen.len();
        stage.back(number, returning);
        let acts = stage.acts_since(before);
        assert_eq!(!acts.is_empty(), stops, "{returning:?}: {acts:?}");
        assert_eq!(!stage.state.blockers.is_empty(), stops, "{returning:?}");
    }
}

/// One act of somebody, in a random order with those of others.
fn random_act(dice: &mut fastrand::Rng, stage: &mut Stage<'_>, who: Who, own: &mut Vec<usize>) {
    let text = SAYINGS[dice.usize(..SAYINGS.len())];
    match (dice.u8(..10), own.is_empty()) {
        (0..=2, false) => stage.edit(who, own[dice.usize(..own.len())], text),
        (3, false) => stage.gone(own[dice.usize(..own.len())], Gone::Deleted),
        (4, false) => stage.gone(own[dice.usize(..own.len())], Gone::Resolved),
        (5, false) => stage.back(own[dice.usize(..own.len())], who.1),
        (6, _) => {
            let texts: Vec<String> = (0..dice.usize(2..55))
                .map(|_| SAYINGS[dice.usize(..SAYINGS.len())].to_owned())
                .collect();
            let first = stage.comments();
            stage.flood(who, &texts);
            own.extend(first..stage.comments());
        }
        (7, _) => stage.absorb(who, text),
        _ => own.push(stage.post(who, text)),
    }
}

/// Members work; between their comments guests do what they like. All that is not an answer to a guest is as it is
/// without them, to the last word and in the same order.
#[test]
fn guests_between_the_comments_of_members_change_nothing_but_their_own_answers() {
    let scene = Scene::new();
    for _ in 0..30 {
        let seed = fastrand::u64(..);
        let run = |with_guests: bool| {
            let mut members = fastrand::Rng::with_seed(seed);
            let mut guests = fastrand::Rng::with_seed(seed.wrapping_add(1));
            let mut stage = scene.stage(&[]);
            let mut guests_comments = Vec::new();
            for _ in 0..8 {
                if with_guests {
                    for _ in 0..guests.usize(..4) {
                        let mut own = std::mem::take(&mut guests_comments);
                        random_act(&mut guests, &mut stage, GUEST, &mut own);
                        guests_comments = own;
                    }
                }
                let text = SAYINGS[members.usize(..SAYINGS.len())];
                stage.post(MEMBER, text);
            }
            let acts = stage.acts_since(0);
            // When it was looked the last time follows the clock, which goes on while guests write.
            let acts = acts.iter().filter(|seen| !seen.what.contains("LastCheck"));
            let moved: Vec<String> = acts.map(what).collect();
            (moved, stage.state.steps.len(), stage.state.blockers.len())
        };
        assert_eq!(run(true), run(false), "seed {seed}");
    }
}

/// An act without its time and without the comment behind it, whose number others move on.
fn what(seen: &Seen) -> String {
    let (_, what) = seen.what.split_once(' ').unwrap_or_default();
    what.split("at: ").next().unwrap_or(what).to_owned()
}
