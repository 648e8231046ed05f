//! How many answers somebody gets: guests few, members as many as they write; what is not answered is read all the same.
use crate::stage::{GUEST, MEMBER, Scene, Stage, Who};
use keyminder::domain::event::Authority;

const UNLISTED: Who = ("bram", Authority::Looks);

fn said(stage: &Stage<'_>, since: usize) -> Vec<String> {
    let said = stage.seen[since..].iter().filter(|seen| seen.is_said());
    said.map(|seen| seen.what.clone()).collect()
}

#[test]
fn a_guest_who_writes_hundreds_of_comments_gets_ten_answers_and_the_last_names_the_time() {
    let scene = Scene::new();
    let mut stage = scene.stage(&[]);
    for number in 0..240 {
        stage.post(GUEST, &format!("What is next? {number}"));
        // A new start forgives nobody.
        stage.restart();
    }
    let all = said(&stage, 0);
    assert_eq!(all.len(), 10, "{all:?}");
    // The first comment came one second after nine.
    assert!(
        all[9].contains("answer you again at") && all[9].contains("11:00"),
        "{}",
        all[9]
    );
    assert!(all[..9].iter().all(|text| !text.contains("answer you again")));
    stage.later(61);
    stage.post(GUEST, "What is next?");
    assert_eq!(said(&stage, 0).len(), 11, "after the hour there are answers again");
}

#[test]
fn edits_of_one_comment_count_like_comments() {
    let scene = Scene::new();
    let mut stage = scene.stage(&[]);
    let number = stage.post(GUEST, "What is next?");
    for turn in 0..100 {
        let text = ["How long does step 4 take?", "What is next?", "Who is stuck?"][turn % 3];
        stage.edit(GUEST, number, text);
    }
    let all = said(&stage, 0);
    assert!(all.len() <= 10, "{} answers to one comment", all.len());
}

#[test]
fn a_thread_gets_no_more_answers_than_one_member() {
    let scene = Scene::with(&[("KEYMINDER_REPLY_MEMBER_ANSWERS", "20")]);
    let mut stage = scene.stage(&[]);
    for number in 0..60 {
        let who = ["ana", "bram", "cleo"][number % 3];
        stage.post((who, Authority::Full), "What is next?");
    }
    let all = said(&stage, 0);
    assert_eq!(all.len(), 20);
    assert!(all[19].contains("my last answer"), "{}", all[19]);
    // What is an hour old counts no more.
    stage.later(61);
    let before = stage.seen.len();
    stage.post(MEMBER, "What is next?");
    assert_eq!(said(&stage, before).len(), 1);
}

#[test]
fn a_guest_silences_no_member_in_a_thread() {
    let scene = Scene::with(&[("KEYMINDER_REPLY_MEMBER_ANSWERS", "20")]);
    let mut stage = scene.stage(&[]);
    for _ in 0..100 {
        stage.post(GUEST, "What is next?");
    }
    let before = stage.seen.len();
    stage.post(MEMBER, "What is next?");
    assert_eq!(said(&stage, before).len(), 1);
}

#[test]
fn a_guest_who_edits_a_key_into_a_comment_is_told_in_its_reply_that_it_looks_like_one() {
    let scene = Scene::new();
    let key = format!("{}_{}", "ntn", "q7Zt4Rk9Lm2Xw8Bv5Nc3Hd6Fs1Jg0Pa4Ty7Ue9Wi2Oq5Kz");
    for first in ["What is next?", "Lunch was good"] {
        let mut stage = scene.stage(&[]);
        let number = stage.post(GUEST, first);
        let before = stage.seen.len();
        stage.edit(GUEST, number, &format!("it is {key}"));
        let answers = said(&stage, before);
        assert_eq!(answers.len(), 1, "{first}: {answers:?}");
        assert!(answers[0].contains("looks like a key"), "{}", answers[0]);
        assert_eq!(
            answers[0].contains("UpdateReply"),
            first.ends_with('?'),
            "{}",
            answers[0]
        );
        // The next edits are no further questions.
        let before = stage.seen.len();
        (0..40).for_each(|turn| stage.edit(GUEST, number, &format!("or {turn} {key}")));
        assert!(said(&stage, before).len() <= 10, "{:?}", said(&stage, before).len());
        assert!(stage.acts_since(0).is_empty());
    }
}

#[test]
fn many_guests_get_four_times_the_answers_of_one() {
    const GUESTS: [&str; 12] = ["g0", "g1", "g2", "g3", "g4", "g5", "g6", "g7", "g8", "g9", "g10", "g11"];
    let scene = Scene::new();
    let mut stage = scene.stage(&[]);
    for guest in GUESTS {
        for _ in 0..10 {
            stage.post((guest, Authority::Guidance), "What is next?");
        }
    }
    assert_eq!(said(&stage, 0).len(), 40);
    // Members are not held up by that.
    let before = stage.seen.len();
    stage.post(MEMBER, "What is next?");
    assert_eq!(said(&stage, before).len(), 1);
}

#[test]
fn guests_who_write_at_once_share_one_answer() {
    let scene = Scene::new();
    let mut stage = scene.stage(&[]);
    let texts: Vec<String> = (0..5).map(|_| "What is next?".to_owned()).collect();
    stage.flood(GUEST, &texts);
    let all = said(&stage, 0);
    assert_eq!(all.len(), 1, "{all:?}");
    assert!(all[0].contains("your 5 comments"), "{}", all[0]);
}

#[test]
fn a_thousand_comments_of_one_member_are_all_answered() {
    let scene = Scene::new();
    for who in [MEMBER, UNLISTED] {
        let mut stage = scene.stage(&[]);
        for number in 0..1_000 {
            stage.post(who, &format!("What is next? {number}"));
        }
        assert_eq!(said(&stage, 0).len(), 1_000);
    }
}

#[test]
fn what_a_member_claims_beyond_the_limit_is_looked_at_and_ticked_in_silence() {
    let scene = Scene::with(&[("KEYMINDER_REPLY_MEMBER_ANSWERS", "2")]);
    let mut stage = scene.stage(&[]);
    for _ in 0..3 {
        stage.post(MEMBER, "What is next?");
    }
    assert_eq!(said(&stage, 0).len(), 2);
    let before = stage.seen.len();
    let number = stage.post(MEMBER, "Step 1 is done");
    assert!(said(&stage, before).is_empty());
    let acts = stage.acts_since(before);
    assert!(acts.iter().any(|seen| seen.what.contains("checked: true")), "{acts:?}");
    // Said in time, the answer to an edit is a reply of its own: there is none that could be changed.
    stage.later(61);
    let before = stage.seen.len();
    stage.edit(MEMBER, number, "Step 2 is done");
    let all = said(&stage, before);
    assert!(all.len() == 1 && all[0].contains("PostReply"), "{all:?}");
}

#[test]
fn another_bot_that_posts_a_whole_key_is_warned_of_once_a_day_and_its_talk_is_not_heard() {
    let key: String = (0..36).map(|_| fastrand::alphanumeric()).collect();
    let scene = Scene::new();
    let mut stage = scene.stage(&[("BYBIT_API_SECRET", &key)]);
    stage.by_bot("Step 1 is done. What is next?");
    stage.by_bot(&format!("the first half is {}", &key[..12]));
    assert!(stage.seen.iter().all(|seen| !seen.is_said()), "{:?}", stage.seen);
    for number in 0..50 {
        stage.by_bot(&format!("run {number}: BYBIT_API_SECRET={key}"));
        stage.restart();
    }
    let all = said(&stage, 0);
    assert_eq!(all.len(), 1, "{all:?}");
    assert!(
        all[0].contains("BYBIT_API_SECRET") && !all[0].contains(&key[..6]),
        "{}",
        all[0]
    );
    // What another keyminder says about that is no key: the two do not go on.
    stage.by_bot(&all[0]);
    stage.later(24 * 60);
    stage.by_bot(&format!("again {key}"));
    assert_eq!(said(&stage, 0).len(), 2, "once a day");
}
