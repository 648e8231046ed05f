//! What people say under pages of other kinds, played against the bot on paper: pages and comments of two authors who had not seen the
//! program, a third of them in another language than the page. The one question that only a line with the code of a door answers is to be
//! answered by none. Those of `kept` are by two others and are looked at as figures alone: nothing is done of them
//! that was not said.
use crate::scenarios::guide::page;
use crate::scenarios::on_paper;
use crate::scenarios::transcript::Transcript;
use keyminder::domain::page::Guide;
use keyminder::domain::redact::{KnownValues, Patterns, Redactor};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A comment, and what it says of its page.
#[derive(Deserialize)]
struct Spoken {
    page: String,
    text: String,
    #[serde(flatten)]
    says: Says,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Says {
    /// It asks what a line of the page tells, or none.
    Question {
        line: Option<String>,
    },
    /// Boxes, or all boxes of steps, are done.
    Finish {
        #[serde(default)]
        boxes: Vec<String>,
        #[serde(default)]
        steps: Vec<u8>,
    },
    Talk,
    /// It wants what we cannot do.
    Request,
    /// Something is not done, or will be, or somebody's.
    Open,
    Obstacle,
}

/// What the bot did with a comment.
struct Answered {
    reading: String,
    ticked: Vec<String>,
    reply: String,
}

/// How a comment was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Met {
    Right,
    /// It is asked whether exactly this is meant.
    Named,
    Missed,
    Wrong,
}

fn words(text: &str) -> String {
    let words = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").to_lowercase()
}

impl Answered {
    fn to(spoken: &Spoken, set: &str, guide: &Guide) -> Self {
        let text = spoken.text.replace('\n', " ");
        let transcript = format!("page spoken/{set}/{}\nana: {text}\n", spoken.page);
        let transcript = Transcript::parse(&transcript).expect("a page and a comment");
        let told = on_paper(&transcript).expect("all of it is answered");
        let mut answered = Self {
            reading: String::new(),
            ticked: Vec::new(),
            reply: String::new(),
        };
        let mut of_reply = false;
        for line in told.lines().filter(|line| line.starts_with(' ')) {
            let (what, rest) = line.split_at_checked(16).unwrap_or((line, ""));
            of_reply = of_reply && what.trim().is_empty() || what.trim() == "reply";
            match what.trim() {
                "tick" => {
                    let of_number = |number: u8| guide.criteria.iter().find(|on_page| on_page.number == number);
                    let found = rest.trim().parse().ok().and_then(of_number);
                    answered.ticked.push(found.expect("a box of the page").text.clone());
                }
                "reading" => rest.trim().clone_into(&mut answered.reading),
                _ if of_reply => answered.reply = format!("{}\n{rest}", answered.reply),
                _ => {}
            }
        }
        answered
    }

    fn quotes(&self) -> bool {
        ["The page says", "zegt de pagina", "De pagina zegt"]
            .iter()
            .any(|says| self.reply.contains(says))
    }

    fn asks_whether(&self) -> bool {
        self.reply.contains('🤔')
    }

    fn met(&self, says: &Says, guide: &Guide) -> Met {
        let silent = self.reply.is_empty();
        let right_or = |is_right: bool, other: Met| if is_right { Met::Right } else { other };
        match says {
            Says::Question { line: Some(line) } => {
                let is_right = words(&self.reply).contains(&words(line)) || {
                    let quoted = self.reply.split(['“', '”']).nth(1).map(words);
                    quoted.is_some_and(|quoted| words(line).contains(&quoted))
                };
                let other = if self.quotes() || !self.ticked.is_empty() {
                    Met::Wrong
                } else {
                    Met::Missed
                };
                right_or(is_right, other)
            }
            Says::Question { line: None } => right_or(!self.quotes() && self.ticked.is_empty(), Met::Wrong),
            Says::Finish { boxes, steps } => {
                let of_steps = guide
                    .criteria
                    .iter()
                    .filter(|on_page| on_page.step.is_some_and(|step| steps.contains(&step)));
                let titles = guide
                    .steps
                    .iter()
                    .filter(|step| boxes.iter().any(|text| words(text) == words(&step.title)));
                let of_steps = of_steps.map(|on_page| words(&on_page.text));
                let meant: Vec<String> = boxes.iter().map(|text| words(text)).chain(of_steps).collect();
                let is_meant = |text: &String| meant.contains(&words(text));
                let said: Vec<String> = titles
                    .map(|step| step.number.to_string())
                    .chain(steps.iter().map(u8::to_string))
                    .collect();
                let names = |text: &String| words(&self.reply).contains(text);
                let claims = |step: &String| self.reading.contains(&format!("completion {step}"));
                if self.ticked.iter().any(|text| !is_meant(text)) {
                    Met::Wrong
                } else if !self.ticked.is_empty() || said.iter().any(claims) && !self.asks_whether() {
                    Met::Right
                } else if self.asks_whether() && meant.iter().any(names) {
                    Met::Named
                } else if self.asks_whether() && guide.criteria.iter().any(|other| names(&words(&other.text))) {
                    Met::Wrong
                } else {
                    Met::Missed
                }
            }
            Says::Talk => right_or(
                silent && self.ticked.is_empty(),
                if self.ticked.is_empty() {
                    Met::Missed
                } else {
                    Met::Wrong
                },
            ),
            Says::Request => right_or(
                self.ticked.is_empty() && !self.asks_whether() && !self.quotes(),
                if self.ticked.is_empty() {
                    Met::Missed
                } else {
                    Met::Wrong
                },
            ),
            Says::Open => right_or(self.ticked.is_empty(), Met::Wrong),
            Says::Obstacle => {
                let is_right = self.reading.contains("blocker") && self.ticked.is_empty();
                let other = if self.asks_whether() { Met::Named } else { Met::Missed };
                right_or(is_right, if self.ticked.is_empty() { other } else { Met::Wrong })
            }
        }
    }
}

fn kind(says: &Says) -> &'static str {
    match says {
        Says::Question { line: Some(_) } => "questions that a line answers",
        Says::Question { line: None } => "questions that none answers",
        Says::Finish { .. } => "finishes",
        Says::Talk => "small talk",
        Says::Request => "requests that it cannot do",
        Says::Open => "what is open",
        Says::Obstacle => "obstacles",
    }
}

/// For each kind how many comments were met in each way.
fn measured(set: &str) -> BTreeMap<&'static str, BTreeMap<Met, usize>> {
    let folder = format!("{}/tests/corpus/spoken/{set}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(format!("{folder}/comments.jsonl")).expect("comments");
    let redactor = Redactor::new(Patterns::builtin(), KnownValues::none());
    let mut guides: BTreeMap<String, Guide> = BTreeMap::new();
    let mut figures: BTreeMap<&str, BTreeMap<Met, usize>> = BTreeMap::new();
    for line in text.lines() {
        let spoken: Spoken = serde_json::from_str(line).expect("a comment");
        let guide = guides
            .entry(spoken.page.clone())
            .or_insert_with(|| page(&format!("spoken/{set}/{}", spoken.page), &redactor).0);
        let answered = Answered::to(&spoken, set, guide);
        let met = answered.met(&spoken.says, guide);
        *figures.entry(kind(&spoken.says)).or_default().entry(met).or_default() += 1;
        if std::env::var_os("KEYMINDER_SHOW").is_some_and(|shown| shown == set) {
            let expected = match &spoken.says {
                Says::Question { line } => line.clone().unwrap_or_default(),
                Says::Finish { boxes, steps } => format!("{boxes:?}{steps:?}"),
                _ => String::new(),
            };
            let shown: String = answered.reply.chars().take(300).collect();
            println!(
                "{met:?} {} [{}] {:?} -> {expected}\n    {} ticks {:?}{}",
                kind(&spoken.says),
                spoken.page,
                spoken.text,
                answered.reading,
                answered.ticked,
                shown.replace('\n', "\n    ")
            );
        }
    }
    for (kind, met) in &figures {
        println!("{set}: {kind}: {met:?}");
    }
    figures
}

/// So many at least are met rightly, or named, and so many at most wrongly.
const BOUNDS: [(&str, usize, usize); 7] = [
    ("questions that a line answers", 4, 1),
    ("questions that none answers", 20, 0),
    ("finishes", 16, 3),
    ("small talk", 16, 0),
    ("requests that it cannot do", 10, 0),
    ("what is open", 24, 0),
    ("obstacles", 12, 0),
];

#[test]
fn what_people_say_of_a_page_is_met() {
    for (kind, met) in measured("kept") {
        assert!(!met.contains_key(&Met::Wrong), "{kind}: {met:?}");
    }
    let figures = measured("seen");
    for (kind, least, most) in BOUNDS {
        let met = |how: Met| figures[kind].get(&how).copied().unwrap_or_default();
        assert!(
            met(Met::Right) + met(Met::Named) >= least,
            "{kind}: {:?}",
            figures[kind]
        );
        assert!(met(Met::Wrong) <= most, "{kind}: {:?}", figures[kind]);
    }
}
