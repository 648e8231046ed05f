//! Guesses, what an attacker does with them, and the two worlds in which they are right and wrong.
use super::VARIABLE;
use crate::stage::{MEMBER, Scene, Seen, Stage, Who};
use keyminder::domain::event::Gone;

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

pub struct Dice(pub fastrand::Rng);

impl Dice {
    pub fn text(&mut self, length: usize) -> String {
        (0..length).map(|_| self.0.alphanumeric()).collect()
    }

    /// A value as a provider makes it, with a public beginning or without one.
    pub fn secret(&mut self) -> String {
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
    pub fn like(&mut self, secret: &str) -> String {
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
    pub fn guess(&mut self, secret: &str) -> String {
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

    pub fn framed(&mut self, piece: &str) -> String {
        // Three times the same piece is more than half of a value for nobody: it is the same half.
        FRAMES[self.0.usize(..FRAMES.len())].replace("{}", piece)
    }
}

/// How many of its first characters are no secret.
pub fn public(secret: &str) -> usize {
    let end = secret.rfind(['_', '-']).map_or(0, |at| at + 1);
    if end < 10 { end } else { 0 }
}

/// One act of the attacker.
#[derive(Clone, Debug)]
pub enum Act {
    Post(String),
    Edit(usize, String),
    Gone(usize, Gone),
    Back(usize),
    Flood(Vec<String>),
    Later(i64),
}

pub fn act(stage: &mut Stage<'_>, who: Who, act: &Act) {
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
pub fn attack(dice: &mut Dice, secret: &str, acts: usize, hour: bool) -> Vec<Act> {
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
pub type Views = Vec<(Act, Vec<Seen>, Vec<Seen>)>;

/// The same acts in two worlds: where the attacker is right, and where the value is another one.
pub fn two_worlds(scene: &Scene, who: Who, secret: &str, other: &str, acts: &[Act]) -> Views {
    two_worlds_of(VARIABLE, scene, who, secret, other, acts)
}

pub fn two_worlds_of(variable: &str, scene: &Scene, who: Who, secret: &str, other: &str, acts: &[Act]) -> Views {
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
