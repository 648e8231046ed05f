//! Whoever does not hold a key learns nothing of it: two worlds that differ in one value of `.env` alone show the same,
//! until half of that value is written. A guess that is right must look like one that is wrong.
use crate::stage::{GUEST, MEMBER, Scene, Seen, Stage, Who};
use keyminder::domain::comment::RawText;
use keyminder::domain::event::{Authority, Gone};
use keyminder::domain::redact::{KnownValues, Patterns, Redactor};

const VARIABLE: &str = "NOTION_TOKEN";
/// Differences that a member may be shown in an hour: so often it is told that a comment held a piece of a key.
const TOLD_AN_HOUR: usize = 3;

/// Ways to write a guess: alone, as a claim, as a question, with the words that make a key of anything, taken apart.
const FRAMES: [&str; 16] = [
    "{}",
    "my note {}",
    "Step 1 is done {}",
    "{} step 3 is done",
    "Is step 2 done? {}",
    "What is next {}?",
    "I am stuck on step 3 {}",
    "No, I meant step 2 {}",
    "Step 1 is not {} done",
    "NOTION_TOKEN={}",
    "the key is {}",
    "the new Notion key: {}",
    "`{}`",
    "https://example.org/?q={}",
    "{} {} {}",
    "Started step {}",
];

struct Dice(fastrand::Rng);

impl Dice {
    fn text(&mut self, length: usize) -> String {
        (0..length).map(|_| self.0.alphanumeric()).collect()
    }

    /// A value as a provider makes it, with a public beginning or without one.
    fn secret(&mut self) -> String {
        match self.0.u8(..4) {
            0 => format!("{}_{}", "ntn", self.text(46)),
            1 => format!("{}-{}", "sk-proj", self.text(48)),
            2 => self.text(36),
            _ => (0..40)
                .map(|_| char::from(b"0123456789abcdef"[self.0.usize(..16)]))
                .collect(),
        }
    }

    /// Another one of the same form.
    fn like(&mut self, secret: &str) -> String {
        let public = public(secret);
        let hex = secret.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let other: String = (public..secret.len())
            .map(|_| {
                let c = self.0.alphanumeric();
                if hex {
                    char::from(b"0123456789abcdef"[usize::from(c as u8) % 16])
                } else {
                    c
                }
            })
            .collect();
        format!("{}{other}", &secret[..public])
    }

    /// A piece of less than half of it, written in some way.
    fn guess(&mut self, secret: &str) -> String {
        let public = public(secret);
        // The words around it may happen to end or begin with what stands beside it in the key.
        let most = (secret.len() - public) / 2 - 4;
        let length = self.0.usize(4..=most);
        let at = if self.0.bool() {
            public
        } else {
            self.0.usize(public..=secret.len() - length)
        };
        let mut piece = secret[at..at + length].to_owned();
        if at == public && self.0.bool() {
            piece.insert_str(0, &secret[..public]);
        }
        match self.0.u8(..8) {
            0 => piece = piece.chars().flat_map(|c| [c, ' ']).collect(),
            1 => piece.insert(length / 2, '-'),
            2 => piece = piece.chars().rev().collect(),
            3 => piece.push(self.0.alphanumeric()),
            _ => {}
        }
        self.framed(&piece)
    }

    fn framed(&mut self, piece: &str) -> String {
        // Three times the same piece is more than half of a value for nobody: it is the same half.
        FRAMES[self.0.usize(..FRAMES.len())].replace("{}", piece)
    }
}

/// How many of its first characters are no secret.
fn public(secret: &str) -> usize {
    let end = secret.rfind(['_', '-']).map_or(0, |at| at + 1);
    if end < 10 { end } else { 0 }
}

/// One act of the attacker.
#[derive(Clone, Debug)]
enum Act {
    Post(String),
    Edit(usize, String),
    Gone(usize, Gone),
    Back(usize),
    Flood(Vec<String>),
    Later(i64),
}

fn act(stage: &mut Stage<'_>, who: Who, act: &Act) {
    match act {
        Act::Post(text) => {
            stage.post(who, text);
        }
        Act::Edit(number, text) => stage.edit(who, *number, text),
        Act::Gone(number, how) => stage.gone(*number, *how),
        Act::Back(number) => stage.back(*number, who.1),
        Act::Flood(texts) => stage.flood(who, texts),
        Act::Later(minutes) => stage.later(*minutes),
    }
}

/// Acts of somebody who tries pieces of a secret, with comments that are there already.
fn attack(dice: &mut Dice, secret: &str, acts: usize, hour: bool) -> Vec<Act> {
    let mut written = 0;
    let mut attack = Vec::new();
    for _ in 0..acts {
        let some = |dice: &mut Dice| dice.0.usize(..written.max(1));
        let next = match dice.0.u8(..12) {
            0..=2 if written > 0 => Act::Edit(some(dice), dice.guess(secret)),
            3 if written > 0 => Act::Gone(some(dice), if dice.0.bool() { Gone::Deleted } else { Gone::Resolved }),
            4 if written > 0 => Act::Back(some(dice)),
            5 => Act::Flood((0..dice.0.usize(2..60)).map(|_| dice.guess(secret)).collect()),
            6 if !hour => Act::Later(dice.0.i64(1..90)),
            _ => Act::Post(dice.guess(secret)),
        };
        written += match &next {
            Act::Post(_) => 1,
            Act::Flood(texts) => texts.len(),
            _ => 0,
        };
        attack.push(next);
    }
    attack
}

/// What was to be seen after each act, in both worlds.
type Views = Vec<(Act, Vec<Seen>, Vec<Seen>)>;

/// The same acts in two worlds: where the attacker is right, and where the value is another one.
fn two_worlds(scene: &Scene, who: Who, secret: &str, other: &str, acts: &[Act]) -> Views {
    two_worlds_of(VARIABLE, scene, who, secret, other, acts)
}

fn two_worlds_of(variable: &str, scene: &Scene, who: Who, secret: &str, other: &str, acts: &[Act]) -> Views {
    let mut right = scene.stage(&[(variable, secret)]);
    let mut wrong = scene.stage(&[(variable, other)]);
    // Somebody works here already: there are boxes that could be unticked, and a Status.
    for stage in [&mut right, &mut wrong] {
        stage.post(MEMBER, "Step 1 is done");
        stage.post(MEMBER, "Step 2 is done");
    }
    let first = right.comments();
    let shifted = |number: &usize| number + first;
    let mut views = Vec::new();
    for one in acts {
        let here = match one {
            Act::Edit(number, text) => Act::Edit(shifted(number), text.clone()),
            Act::Gone(number, how) => Act::Gone(shifted(number), *how),
            Act::Back(number) => Act::Back(shifted(number)),
            other => other.clone(),
        };
        let before = (right.seen.len(), wrong.seen.len());
        act(&mut right, who, &here);
        act(&mut wrong, who, &here);
        // What differed once is seen once, not in everything that follows from it.
        wrong.follow(&mut right);
        views.push((
            one.clone(),
            right.seen[before.0..].to_vec(),
            wrong.seen[before.1..].to_vec(),
        ));
    }
    views
}

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
            told <= TOLD_AN_HOUR,
            "seed {seed}, key {secret}: {told} guesses told right from wrong in an hour"
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
        told <= 1 + TOLD_AN_HOUR,
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
        (1..=1 + TOLD_AN_HOUR).contains(&told),
        "the page tells {told} of {half} characters"
    );
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
            .chain([Act::Edit(0, format!("Step 1 is done {}", list.join(" ")))])
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
        let env = [(VARIABLE.to_owned(), value.into())];
        Redactor::new(Patterns::builtin(), KnownValues::from_env(env))
    };
    for _ in 0..300 {
        let secret = dice.secret();
        let (right, wrong) = (redactor(&secret), redactor(&dice.like(&secret)));
        let title = RawText::new(dice.guess(&secret));
        let [right_text, wrong_text] = [&right, &wrong].map(|world| world.redact_shown(&title).text);
        assert_eq!(right_text, wrong_text, "seed {seed}, key {secret}");
        let whole = right.redact_shown(&RawText::new(dice.framed(&secret))).text;
        assert!(!whole.as_str().contains(&secret), "seed {seed}: {whole:?}");
    }
}
