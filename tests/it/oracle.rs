//! Whoever does not hold a key learns nothing of it: two worlds that differ in one value of `.env` alone show the same,
//! until half of that value is written. A guess that is right must look like one that is wrong.
mod attack;

use crate::stage::{GUEST, MEMBER, Scene, Seen, Stage, Who};
use attack::{Act, Dice, attack, two_worlds, two_worlds_of};
use keyminder::domain::comment::RawText;
use keyminder::domain::event::{Authority, Gone};
use keyminder::domain::redact::{KnownValues, Patterns, Redactor};

/// The value of another variable, which the attacker holds.
const OTHER: &str = "w3Er5Ty7Ui9Op1As2Df4Gh6Jk8Lz0Xc";
const VARIABLE: &str = "NOTION_TOKEN";
/// Differences that a member may be shown in a day: a piece of each key is told of once.
const TOLD_A_DAY: usize = 1;

#[test]
fn a_guest_sees_the_same_whatever_the_keys_are_until_half_of_one_is_written() {
    let scene = Scene::new();
    let seed = fastrand::u64(..);
    let mut dice = Dice(fastrand::Rng::with_seed(seed));
    for _ in 0..40 {
        let secret = dice.secret();
        let other = dice.like(&secret);
        let acts = attack(&mut dice, &secret, 25, false);
        for (act, right, wrong) in two_worlds(&scene, GUEST, &secret, &other, &acts) {
            assert_eq!(right, wrong, "seed {seed}, key {secret}: {act:?}");
        }
    }
}

#[test]
fn a_guest_who_writes_all_of_a_key_is_told_what_its_form_tells_and_no_more() {
    let scene = Scene::new();
    let seed = fastrand::u64(..);
    let mut dice = Dice(fastrand::Rng::with_seed(seed));
    for _ in 0..60 {
        let secret = dice.secret();
        let other = dice.like(&secret);
        let text = dice.framed(&secret);
        let acts = [
            Act::Post(text.clone()),
            Act::Edit(0, "never mind".to_owned()),
            Act::Gone(0, Gone::Deleted),
        ];
        for (act, mut right, mut wrong) in two_worlds(&scene, GUEST, &secret, &other, &acts) {
            right.retain(Seen::is_said);
            wrong.retain(Seen::is_said);
            assert_eq!(right, wrong, "seed {seed}, key {secret}: {act:?}");
            assert!(
                !format!("{right:?}").contains(VARIABLE),
                "seed {seed}: {act:?}: {right:?}"
            );
        }
    }
}

#[test]
fn a_member_who_guesses_is_told_no_name_and_no_count_and_few_things_an_hour() {
    let scene = Scene::new();
    let seed = fastrand::u64(..);
    let mut dice = Dice(fastrand::Rng::with_seed(seed));
    for _ in 0..20 {
        let secret = dice.secret();
        let other = dice.like(&secret);
        let acts = attack(&mut dice, &secret, 60, true);
        let mut told = 0;
        for (act, right, wrong) in two_worlds(&scene, MEMBER, &secret, &other, &acts) {
            if right == wrong {
                continue;
            }
            told += 1;
            let new: Vec<&Seen> = right.iter().filter(|seen| !wrong.contains(seen)).collect();
            let named = format!("{new:?}").contains(VARIABLE) && !format!("{wrong:?}").contains(VARIABLE);
            assert!(!named, "seed {seed}, key {secret}: {act:?} is told the name: {new:?}");
            let drastic = |seen: &&&Seen| {
                matches!(
                    seen.kind,
                    "mark_exposed" | "check_box" | "set_status" | "probe_keys" | "write_schedule"
                )
            };
            let drastic: Vec<_> = new.iter().filter(drastic).collect();
            assert!(
                drastic.is_empty(),
                "seed {seed}, key {secret}: {act:?} causes {drastic:?}"
            );
        }
        assert!(
            told <= TOLD_A_DAY,
            "seed {seed}, key {secret}: {told} guesses told right from wrong in a day"
        );
    }
}

/// What an attacker compares: all that was seen because of one comment, without the comment's own number and time.
fn answer(stage: &mut Stage<'_>, who: Who, text: &str) -> String {
    let before = stage.seen.len();
    let number = stage.post(who, text);
    let seen = &stage.seen[before..];
    let told = seen
        .iter()
        .map(|seen| seen.what.split_once(' ').map_or("", |(_, what)| what));
    let told: Vec<String> = told
        .map(|what| {
            // Our references and keys are hashes of the comment's id.
            let runs = what.split("runs: ").nth(1).unwrap_or(what);
            runs.split(", reference: ")
                .next()
                .unwrap_or(runs)
                .replace(&format!("comment-{number}"), "")
        })
        .collect();
    told.join("\n")
}

/// The attack as it was recorded, with all that an answer shows: the last characters that are known and each letter of half
/// the alphabet behind them, in one comment; an answer other than to as many made-up ones holds the next letter. It reads
/// until `length` letters are there.
fn read_by_halves(stage: &mut Stage<'_>, who: Who, dice: &mut Dice, known: &str, length: usize) -> String {
    const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
    const WINDOW: usize = 6;
    let mut read = known.to_owned();
    while read.len() < length {
        let mut left: Vec<char> = LETTERS.chars().collect();
        while left.len() > 1 {
            let half = left.split_off(left.len() / 2);
            let tail = read[read.len() + 1 - WINDOW..].to_owned();
            let mut ask = |guesses: Vec<String>| answer(stage, who, &guesses.join(" , "));
            let right = ask(half.iter().map(|letter| format!("{tail}{letter}")).collect());
            let wrong = ask(half.iter().map(|_| dice.text(WINDOW)).collect());
            if right != wrong {
                left = half;
            }
        }
        read.extend(left);
    }
    read
}

#[test]
fn the_recorded_attack_reads_nothing() {
    let scene = Scene::new();
    let mut dice = Dice(fastrand::Rng::new());
    let secret = format!("{}_{}", "ntn", dice.text(46));
    // Eight are known, and two more are what chance gives at most; a member is told three times an hour.
    for (authority, most) in [(Authority::Guidance, 10), (Authority::Looks, 13), (Authority::Full, 13)] {
        let mut stage = scene.stage(&[(VARIABLE, &secret)]);
        let read = read_by_halves(&mut stage, ("gita", authority), &mut dice, &secret[4..12], 24);
        let right = read.chars().zip(secret[4..].chars());
        let right = right
            .take_while(|(read, secret)| read.eq_ignore_ascii_case(secret))
            .count();
        assert!(
            right <= most,
            "{authority:?} read {right} of {} characters",
            secret.len() - 4
        );
    }
}

#[test]
fn half_of_a_key_does_not_read_the_other_half() {
    let scene = Scene::new();
    let mut dice = Dice(fastrand::Rng::new());
    let secret = dice.text(40);
    let (half, other) = (20, dice.like(&secret));
    // A window of half its size is moved on, with each letter at its end: it is right once for each place.
    let letters = "abcdefghijklmnopqrstuvwxyz0123456789";
    let guesses = (0..half).flat_map(|at| letters.chars().map(move |letter| (at, letter)));
    let acts: Vec<Act> = guesses
        .map(|(at, letter)| Act::Post(format!("{}{letter}", &secret[at..at + half - 1])))
        .collect();
    let views = two_worlds(&scene, MEMBER, &secret, &other, &acts);
    let told = views.iter().filter(|(_, right, wrong)| right != wrong).count();
    // Once that half of it was there, and then as often as of a piece.
    assert!(
        told <= 1 + TOLD_A_DAY,
        "{told} of {} answers tell a right guess from a wrong one",
        acts.len()
    );
}

#[test]
fn the_page_does_not_read_the_other_half_either() {
    let scene = Scene::new();
    let mut dice = Dice(fastrand::Rng::new());
    let secret = dice.text(40);
    let (half, other) = (20, dice.like(&secret));
    let mut right = scene.stage(&[(VARIABLE, &secret)]);
    let mut wrong = scene.stage(&[(VARIABLE, &other)]);
    let mut told = 0;
    for at in 0..half {
        // One block for each letter: the warning's link would tell which one it is.
        let guesses: Vec<String> = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
            .chars()
            .map(|letter| format!("{}{letter}", &secret[at..at + half - 1]))
            .collect();
        let before = (right.seen.len(), wrong.seen.len());
        right.write_into_page(&guesses);
        wrong.write_into_page(&guesses);
        let names = |stage: &Stage<'_>, from: usize| format!("{:?}", &stage.seen[from..]).contains("at least half");
        told += usize::from(names(&right, before.0) != names(&wrong, before.1));
        for stage in [&mut right, &mut wrong] {
            stage.write_into_page(&[]);
        }
    }
    assert!(
        (1..=1 + TOLD_A_DAY).contains(&told),
        "the page tells {told} of {half} characters"
    );
}

#[test]
fn who_writes_for_days_reads_a_character_a_day() {
    let scene = Scene::new();
    let mut dice = Dice(fastrand::Rng::new());
    let secret = dice.text(40);
    let other = dice.like(&secret);
    for (authority, most) in [(Authority::Guidance, 0), (Authority::Looks, 0), (Authority::Full, 3)] {
        // The next letter behind those that are known, one a comment, for three days.
        let tries = (0..3 * 24).flat_map(|hour| {
            let at = hour % 14;
            let tail = secret[at..at + 5].to_owned();
            let guesses = "abcdefghijklmnopqrstuvwxyz0123456789"
                .chars()
                .map(move |letter| Act::Post(format!("{tail}{letter}")));
            guesses.chain([Act::Later(60)])
        });
        let acts: Vec<Act> = tries.collect();
        let views = two_worlds(&scene, ("gita", authority), &secret, &other, &acts);
        let told = views.iter().filter(|(_, right, wrong)| right != wrong).count();
        assert!(told <= most, "{authority:?} is told {told} characters in three days");
    }
}

#[test]
fn a_password_is_tried_by_nobody() {
    let scene = Scene::new();
    for who in [("gita", Authority::Looks), MEMBER] {
        let [secret, other] = ["Harbour-77!", "Lantern-31?"];
        let guesses = ["Meadow-12!", secret, "Castle-90!"].map(|guess| format!("DB_PASSWORD={guess}"));
        let acts = [
            Act::Post(guesses.join(" , ")),
            Act::Post(guesses[1].clone()),
            Act::Edit(0, format!("Step 1 is done, {}", guesses[1])),
        ];
        for (act, right, wrong) in two_worlds_of("DB_PASSWORD", &scene, who, secret, other, &acts) {
            assert_eq!(right, wrong, "{act:?}");
        }
    }
    // Another bot has no say either.
    let mut stage = scene.stage(&[("DB_PASSWORD", "Harbour-77!")]);
    let before = stage.seen.len();
    stage.by_bot("DB_PASSWORD=Harbour-77!");
    assert!(!format!("{:?}", &stage.seen[before..]).contains("mark_exposed"));
}

#[test]
fn who_posts_all_of_a_long_password_is_warned_and_who_tries_parts_of_it_is_not() {
    let scene = Scene::new();
    let [secret, other] = ["Grüße aus Köln, 1987", "Reise nach Wien, 1954"];
    let parts = ["Grüße aus Köln", "aus Köln, 1987", "Köln, 1987 … Grüße aus "];
    let acts = parts.map(|part| Act::Post(format!("it is {part}")));
    for who in [GUEST, ("gita", Authority::Looks), MEMBER] {
        for (act, right, wrong) in two_worlds_of("DB_PASSWORD", &scene, who, secret, other, &acts) {
            assert_eq!(right, wrong, "{act:?}");
        }
    }
    let mut stage = scene.stage(&[("DB_PASSWORD", secret)]);
    let since = stage.seen.len();
    stage.post(MEMBER, &format!("it is {secret}"));
    assert!(format!("{:?}", &stage.seen[since..]).contains("MarkExposed"));
}

#[test]
fn a_weak_value_of_before_silences_nothing_of_the_strong_one_of_now() {
    let scene = Scene::new();
    let mut dice = Dice(fastrand::Rng::new());
    let [strong, former] = [dice.text(40), dice.text(40)];
    let before = format!("{VARIABLE}@previous");
    for weak in ["Harbour-77!", &former] {
        let mut stage = scene.stage(&[(&before, weak), (VARIABLE, &strong)]);
        let since = stage.seen.len();
        stage.post(MEMBER, &format!("it is {strong}"));
        assert!(format!("{:?}", &stage.seen[since..]).contains("MarkExposed"));
    }
    // Pieces of two values of one variable are half of none.
    let mut stage = scene.stage(&[(&before, &former), (VARIABLE, &strong)]);
    let since = stage.seen.len();
    stage.post(MEMBER, &format!("it was {} and is {}", &former[..11], &strong[20..31]));
    let seen = format!("{:?}", &stage.seen[since..]);
    assert!(!seen.contains("MarkExposed") && !seen.contains(VARIABLE), "{seen}");
}

#[test]
fn a_short_value_is_read_by_no_list() {
    let scene = Scene::new();
    let mut dice = Dice(fastrand::Rng::new());
    for _ in 0..10 {
        let [secret, other] =
            [dice.0.u32(100_000..1_000_000), dice.0.u32(100_000..1_000_000)].map(|pin| pin.to_string());
        let mut list: Vec<String> = (0..500).map(|_| dice.0.u32(100_000..1_000_000).to_string()).collect();
        list.retain(|number| *number != other);
        list.insert(dice.0.usize(..list.len()), secret.clone());
        let acts: Vec<Act> = [", ", "\n", " "]
            .map(|between| Act::Post(list.join(between)))
            .into_iter()
            .chain([
                Act::Edit(0, format!("Step 1 is done {}", list.join(" "))),
                Act::Post(format!("password: hunter22, {}", list.join(" "))),
                Act::Post(format!("BANK_PIN={}", list.join("\nBANK_PIN="))),
            ])
            .collect();
        for (act, right, wrong) in two_worlds_of("BANK_PIN", &scene, MEMBER, &secret, &other, &acts) {
            assert_eq!(right, wrong, "{secret} in {act:?}");
        }
    }
}

#[test]
fn titles_and_names_show_the_same_whatever_the_keys_are_until_half_of_one_is_written() {
    let seed = fastrand::u64(..);
    let mut dice = Dice(fastrand::Rng::with_seed(seed));
    let redactor = |value: &str| {
        let env = [(VARIABLE, value), ("OTHER_TOKEN", OTHER)];
        let env = env.map(|(name, value)| (name.to_owned(), value.into()));
        Redactor::new(Patterns::builtin(), KnownValues::from_env(env))
    };
    for _ in 0..300 {
        let secret = dice.secret();
        let (right, wrong) = (redactor(&secret), redactor(&dice.like(&secret)));
        // Beside a whole value of another variable, or half of this one, pieces are as little to be seen.
        let beside = ["", OTHER, &secret[..secret.len() / 2]][dice.0.usize(..3)];
        let title = RawText::new(format!("{beside} {}", dice.guess(&secret)));
        let [right_text, wrong_text] = [&right, &wrong].map(|world| world.redact_shown(&title).text);
        assert_eq!(right_text, wrong_text, "seed {seed}, key {secret}");
        let whole = right.redact_shown(&RawText::new(dice.framed(&secret))).text;
        assert!(!whole.as_str().contains(&secret), "seed {seed}: {whole:?}");
    }
}
