//! Comments that nobody would write: reading them neither panics nor takes long, and reads the same twice.
use crate::corpus::{corpus_texts, read};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// A comment's greatest length at Notion is a few times this; the time limit is for this one.
const CHARACTERS: usize = 2_000;

/// What texts are put together of, beside the words of the corpora.
const PIECES: [&str; 36] = [
    "step",
    "steps 1-5",
    "1",
    "2,3",
    "4️⃣",
    "all but 3",
    "up to",
    "½",
    "1.5 hours",
    "90 min",
    "71582788.99h",
    "1h4294967220 and a half",
    "✅",
    "❌",
    "☐",
    "?",
    "!",
    "...",
    "…",
    "```",
    "`",
    "> ",
    "\n",
    "\n- ",
    "https://example.org/a?b=c",
    "@ana",
    "not ",
    "n't",
    "if ",
    "maybe",
    "âœ…",
    "é",
    "\u{200b}",
    "\u{202e}",
    "🔑\u{fe0f}",
    "\u{fffc}",
];

/// Puts hostile texts together.
struct Noise {
    dice: fastrand::Rng,
    words: Vec<String>,
}

impl Noise {
    fn new(seed: u64) -> Self {
        let texts = corpus_texts();
        let words = texts.iter().flat_map(|text| text.split_whitespace()).map(str::to_owned);
        Self {
            dice: fastrand::Rng::with_seed(seed),
            words: words.collect(),
        }
    }

    /// A few to many pieces, at most [`CHARACTERS`] long.
    fn text(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..self.dice.usize(..60) {
            match self.dice.u8(..10) {
                0..=4 => text.push_str(&self.words[self.dice.usize(..self.words.len())]),
                5..=7 => text.push_str(PIECES[self.dice.usize(..PIECES.len())]),
                8 => text.push(self.dice.char(..)),
                _ => {
                    let _ = write!(text, "{}", self.dice.u64(..) >> self.dice.u32(..64));
                }
            }
            if self.dice.u8(..4) > 0 {
                text.push(' ');
            }
        }
        text.chars().take(CHARACTERS).collect()
    }

    /// One piece, again and again: each stage at its worst.
    fn long(&mut self, piece: &str) -> String {
        let blank = ["", " ", "\n"][self.dice.usize(..3)];
        format!("{piece}{blank}").chars().cycle().take(CHARACTERS).collect()
    }

    /// Both in turn.
    fn any(&mut self) -> String {
        if self.dice.u8(..20) > 0 {
            return self.text();
        }
        let piece = if self.dice.bool() {
            self.words[self.dice.usize(..self.words.len())].clone()
        } else {
            PIECES[self.dice.usize(..PIECES.len())].to_owned()
        };
        self.long(&piece)
    }
}

/// Reads texts twice each; gives the slowest with its text. The better of two times counts: the machine may be busy.
fn slowest(texts: usize, seed: u64) -> (Duration, String) {
    let mut noise = Noise::new(seed);
    let mut slowest = (Duration::ZERO, String::new());
    for _ in 0..texts {
        let text = noise.any();
        let start = Instant::now();
        let once = read(&text);
        let first = start.elapsed();
        let twice = read(&text);
        assert_eq!(once, twice, "{text:?}");
        let took = first.min(start.elapsed().saturating_sub(first));
        if took > slowest.0 {
            slowest = (took, text);
        }
    }
    slowest
}

#[test]
fn hostile_comments_are_read_in_bounded_time() {
    let (took, text) = slowest(5_000, 1);
    // 1 ms in a release build; a debug build is some forty times as slow.
    assert!(took < Duration::from_millis(250), "{took:?} for {text:?}");
}

/// A million comments: `cargo test --release --test it a_million_comments -- --ignored --nocapture`.
#[test]
#[ignore = "takes minutes"]
fn a_million_comments_neither_panic_nor_take_long() {
    let (took, text) = slowest(1_000_000, fastrand::u64(..));
    let shown: String = text.chars().take(60).collect();
    println!("slowest of a million: {took:?} for {shown:?}");
    assert!(took < Duration::from_millis(5), "{took:?} for {text:?}");
}
