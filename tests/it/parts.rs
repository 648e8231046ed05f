//! What people say of the boxes of a page in words of their own, as authors wrote it who had not seen the program: how much of what
//! is claimed is ticked, and how seldom something is that nobody claims.
use crate::wire_comment::{ingest, wire_comment};
use keyminder::config::Backlog;
use keyminder::domain::classify::{Certainty, Label};
use keyminder::domain::event::Authority;
use keyminder::domain::ids::BlockId;
use keyminder::domain::page::{Criterion, Guide, Step};
use keyminder::domain::redact::{KnownValues, Patterns, Redactor, SharedRedactor};
use keyminder::intake::{Author, Ingest, PageFacts};
use serde::Deserialize;
use std::collections::BTreeSet;

#[derive(Deserialize)]
struct Page {
    #[serde(rename = "page")]
    id: String,
    steps: Vec<PageStep>,
    criteria: Vec<String>,
}

#[derive(Deserialize)]
struct PageStep {
    title: String,
    boxes: Vec<String>,
}

#[derive(Deserialize)]
struct Row {
    page: String,
    text: String,
    says: String,
    boxes: BTreeSet<String>,
    steps: BTreeSet<u8>,
}

impl Page {
    fn guide(&self) -> Guide {
        let mut guide = Guide::default();
        let mut add = |text: &str, step: Option<u8>| {
            let number = u8::try_from(guide.criteria.len() + 1).expect("few boxes");
            guide.criteria.push(Criterion {
                number,
                text: text.to_owned(),
                block: BlockId::from_wire(&format!("{number:032x}")),
                step,
            });
        };
        for text in &self.criteria {
            add(text, None);
        }
        for (number, step) in (1..).zip(&self.steps) {
            for text in &step.boxes {
                add(text, Some(number));
            }
        }
        for (number, step) in (1..).zip(&self.steps) {
            guide.steps.push(Step {
                number,
                title: step.title.clone(),
                ..Step::default()
            });
        }
        guide
    }
}

/// The boxes and steps that a comment is taken to claim, for sure or not.
fn claimed(ingest: &Ingest, guide: &Guide, text: &str, is_sure: bool) -> (BTreeSet<String>, BTreeSet<u8>) {
    let at = chrono::DateTime::UNIX_EPOCH;
    let comment = wire_comment("c", "d", None, "p", at, text);
    let (redacted, _) = ingest.redact(&comment);
    let author = Author {
        name: None,
        authority: Authority::Full,
    };
    let facts = PageFacts {
        guide,
        first_look: None,
    };
    let report = ingest.report(&comment, author, redacted, facts);
    let clauses = report.reading.clauses.iter();
    let claims =
        clauses.filter(|clause| clause.label == Label::Completion && (clause.certainty == Certainty::Sure) == is_sure);
    let claims: Vec<_> = claims.collect();
    let text_of = |block: &BlockId| {
        let mut boxes = guide.criteria.iter();
        boxes
            .find(|on_page| on_page.block == *block)
            .map(|on_page| on_page.text.clone())
    };
    let boxes = claims.iter().flat_map(|clause| clause.boxes.iter().filter_map(text_of));
    let steps = claims.iter().flat_map(|clause| clause.steps.iter().copied());
    (boxes.collect(), steps.collect())
}

/// Of a hundred claims so many at least are ticked or asked about, each rightly; of a hundred other comments so few at most.
fn measure(pages: &str, comments: &str, least: usize, most: usize) {
    let pages: Vec<Page> = serde_json::from_str(pages).expect("pages");
    let redactor = SharedRedactor::new(Redactor::new(Patterns::builtin(), KnownValues::none()));
    let ingest = ingest(redactor, Backlog::Answer);
    let (mut claims, mut ticked, mut asked, mut others, mut wrong, mut doubted) = (0, 0, 0, 0, 0, 0);
    for row in comments.lines() {
        let row: Row = serde_json::from_str(row).expect("a comment");
        let page = pages.iter().find(|page| page.id == row.page).expect("its page");
        let guide = page.guide();
        let (sure, unsure) = (
            claimed(&ingest, &guide, &row.text, true),
            claimed(&ingest, &guide, &row.text, false),
        );
        let meant = (row.boxes.clone(), row.steps.clone());
        let none = sure.0.is_empty() && sure.1.is_empty();
        let is_within = sure.0.is_subset(&meant.0) && sure.1.is_subset(&meant.1);
        if row.says == "claim" {
            claims += 1;
            ticked += usize::from(!none && is_within);
            asked += usize::from(none && !unsure.0.is_empty() && unsure.0.is_subset(&meant.0));
            wrong += usize::from(!none && !is_within);
        } else {
            others += 1;
            wrong += usize::from(!none);
            doubted += usize::from(none && !(unsure.0.is_empty() && unsure.1.is_empty()));
        }
        let is_right = if row.says == "claim" { !none && is_within } else { none };
        if !is_right {
            println!("{}: {:?} {meant:?} is {sure:?} or {unsure:?}", row.says, row.text);
        }
    }
    println!(
        "of {claims} claims {ticked} are ticked and {asked} asked about; {wrong} of {} wrongly ticked; {doubted} of {others} others asked about",
        claims + others
    );
    assert!(
        (ticked + asked) * 100 >= claims * least,
        "{ticked} + {asked} of {claims}"
    );
    assert!(wrong * 100 <= (claims + others) * most, "{wrong} wrongly");
}

#[test]
fn what_is_said_of_a_box_in_its_own_words_claims_it() {
    measure(
        include_str!("../corpus/parts-pages.json"),
        include_str!("../corpus/parts.jsonl"),
        45,
        1,
    );
}

#[test]
fn so_it_does_on_pages_from_which_nothing_was_learnt() {
    measure(
        include_str!("../corpus/parts-kept-pages.json"),
        include_str!("../corpus/parts-kept.jsonl"),
        45,
        1,
    );
}

/// Boxes of several pages in one, and what has all words of one and does not say that it is so.
const BOXES: [&str; 12] = [
    "Oven ordered",
    "Baker hired",
    "The contract is signed",
    "Caterer booked",
    "Laptop",
    "No gas leak found",
    "Lights off",
    "Health inspector approved",
    "Desk assembled",
    "Invoice 100231 paid",
    "Borg betaald",
    "Band geboekt",
];
const NOT_SO: [&str; 44] = [
    "oven ordered: no",
    "oven ordered - not yet",
    "oven ordered (tomorrow)",
    "oven ordered, NOT!",
    "oven ordered. Just kidding",
    "oven ordered 👎",
    "oven ordered is false",
    "remaining: oven ordered",
    "TODO: oven ordered",
    "[ ] oven ordered",
    "~~oven ordered~~",
    "oven to be ordered",
    "I want the oven ordered",
    "don't forget: oven ordered",
    "take back oven ordered",
    "delete the box Oven ordered",
    "remove the tick from oven ordered",
    "skip oven ordered",
    "no one has ordered the oven",
    "who ordered the oven",
    "was the baker hired",
    "has anybody hired the baker",
    "baker hired - pending",
    "Please check that the contract is signed",
    "the contract is ready to be signed",
    "the contract is signed, I hope",
    "I was told that the contract is signed, apparently",
    "the caterer is fully booked",
    "the caterer is being booked",
    "Bram is booking the caterer",
    "caterer booked, almost",
    "the laptop is late",
    "I forgot the laptop",
    "De laptop is te duur",
    "there is a gas leak found",
    "lights on",
    "health inspector disapproved",
    "the desk is disassembled",
    "invoice 100431 is paid",
    "is de borg al betaald",
    "borg betaald: nee",
    "heeft Bram de borg betaald",
    "de band heeft afgezegd",
    "volgens Tom is de band geboekt",
];

#[test]
fn the_words_of_a_box_alone_do_not_claim_it() {
    let page = Page {
        id: String::new(),
        steps: Vec::new(),
        criteria: BOXES.map(str::to_owned).into(),
    };
    let redactor = SharedRedactor::new(Redactor::new(Patterns::builtin(), KnownValues::none()));
    let (ingest, guide) = (ingest(redactor, Backlog::Answer), page.guide());
    let ticked = NOT_SO.map(|text| (text, claimed(&ingest, &guide, text, true).0));
    let ticked: Vec<_> = ticked.iter().filter(|(_, boxes)| !boxes.is_empty()).collect();
    assert!(ticked.is_empty(), "{ticked:#?}");
    for text in BOXES.iter().filter(|text| **text != "Laptop") {
        let (boxes, _) = claimed(&ingest, &guide, text, true);
        let (perhaps, _) = claimed(&ingest, &guide, text, false);
        assert!(boxes.contains(*text) || perhaps.contains(*text), "{text}");
    }
}
