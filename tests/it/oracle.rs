//! Whoever does not hold a key learns nothing of it: two worlds that differ in one value of `.env` alone show the same,
//! until half of that value is written. A guess that is right must look like one that is wrong.
use crate::stage::{GUEST, MEMBER, Scene, Seen, Stage, Who};
use keyminder::domain::event::{Authority, Gone};

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
    let mut right = scene.stage(&[(VARIABLE, secret)]);
    let mut wrong = scene.stage(&[(VARIABLE, other)]);
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

/// The largest number of characters that an answer names.
fn largest(answer: &str) -> usize {
    let before = answer.match_indices(" characters").map(|(at, _)| &answer[..at]);
    let numbers = before.filter_map(|text| text.rsplit(|c: char| !c.is_ascii_digit()).next()?.parse().ok());
    numbers.max().unwrap_or_default()
}

/// The attack as it was recorded: a piece that is known and each letter of half the alphabet behind it, in one comment, then
/// the other half; the answer with the larger number holds the next letter, but for its case. It reads `length` letters.
fn read_by_halves(stage: &mut Stage<'_>, who: Who, known: &str, length: usize) -> String {
    const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
    let mut read = known.to_owned();
    while read.len() < length {
        let mut left: Vec<char> = LETTERS.chars().collect();
        while left.len() > 1 {
            let half = left.split_off(left.len() / 2);
            let mut ask = |letters: &[char]| {
                let guesses: Vec<String> = letters.iter().map(|letter| format!("{read}{letter}")).collect();
                largest(&answer(stage, who, &guesses.join(" , ")))
            };
            if ask(&half) > ask(&left) {
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
    for authority in [Authority::Guidance, Authority::Looks, Authority::Full] {
        let mut stage = scene.stage(&[(VARIABLE, &secret)]);
        let read = read_by_halves(&mut stage, ("gita", authority), &secret[4..12], 20);
        let right = read.chars().zip(secret[4..].chars());
        let right = right
            .take_while(|(read, secret)| read.eq_ignore_ascii_case(secret))
            .count();
        // Eight were known; two more are what chance gives at most.
        assert!(
            right <= 10,
            "{authority:?} read {right} of {} characters",
            secret.len() - 4
        );
    }
}
