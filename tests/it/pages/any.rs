//! Any blocks in any order make a guide: nothing panics, no number stands twice, each box is in one place.
use keyminder::domain::comment::{CleanText, RawText};
use keyminder::domain::ids::BlockId;
use keyminder::domain::page::{BlockKind, Guide, PageBlock, Remark};
use keyminder::domain::redact::{KnownValues, Patterns, Redactor};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

static REDACTOR: LazyLock<Redactor> = LazyLock::new(|| Redactor::new(Patterns::builtin(), KnownValues::none()));

/// What lines say; the words for what comes next are not among them, so that no box is in a list of next items.
const LINES: [&str; 24] = [
    "Step 1: Pack",
    "Step 2",
    "STEP TWO: Drive",
    "Step 200: Far",
    "Step 0",
    "Phase A – Go",
    "1. Prepare",
    "1.2 More",
    "2) Build",
    "3️⃣ Ship",
    "Stap 3 - Rijden (½ uur)",
    "Success criteria",
    "Checklist",
    "Done when:",
    "Prerequisites",
    "Steps",
    "Validation: it works",
    "Time required: 2 hours",
    "No",
    "☐",
    "",
    "Words and words",
    "10:00 Doors",
    "🔑",
];

fn kind() -> impl Strategy<Value = BlockKind> {
    prop_oneof![
        (1..=4_u8).prop_map(BlockKind::Heading),
        any::<bool>().prop_map(|checked| BlockKind::ToDo { checked }),
        any::<bool>().prop_map(|has_head| BlockKind::Table { has_head }),
        Just(BlockKind::Text),
        Just(BlockKind::Callout),
        Just(BlockKind::Toggle),
        Just(BlockKind::Numbered),
        Just(BlockKind::Bulleted),
        Just(BlockKind::Code),
        Just(BlockKind::Row),
        Just(BlockKind::Synced),
        Just(BlockKind::NotGiven),
        Just(BlockKind::Other),
    ]
}

fn block() -> impl Strategy<Value = (BlockKind, String, usize, bool, bool)> {
    let text = prop_oneof![
        9 => (0..LINES.len()).prop_map(|at| LINES[at].to_owned()),
        1 => ".{0,60}",
        1 => (0..LINES.len(), 0..LINES.len()).prop_map(|(one, other)| format!("{}\n{}", LINES[one], LINES[other])),
    ];
    (kind(), text, 0..4_usize, any::<bool>(), prop::bool::weighted(0.05))
}

fn clean(text: &str) -> CleanText {
    REDACTOR.redact(&RawText::new(text)).text
}

fn page(blocks: Vec<(BlockKind, String, usize, bool, bool)>) -> Vec<PageBlock> {
    let block =
        |(at, (kind, text, depth, is_bold, is_closed)): (usize, (BlockKind, String, usize, bool, bool))| PageBlock {
            id: BlockId::from_wire(&format!("{at:032x}")),
            kind,
            text: clean(&text),
            depth,
            is_bold,
            begins_bold: is_bold || at % 3 == 0,
            is_closed,
        };
    blocks.into_iter().enumerate().map(block).collect()
}

/// What holds of every guide.
fn holds(blocks: &[PageBlock], guide: &Guide) -> Result<(), TestCaseError> {
    let numbers: Vec<u8> = guide.steps.iter().map(|step| step.number).collect();
    prop_assert!(numbers.is_sorted_by(|one, other| one < other), "{numbers:?}");
    prop_assert!(numbers.iter().all(|number| (1..=63).contains(number)));
    let mut in_steps = BTreeSet::new();
    for step in &guide.steps {
        prop_assert!(step.text.as_ref().is_none_or(|text| text.chars().count() <= 240));
        prop_assert!(
            step.blocks.iter().all(|block| in_steps.insert(block)),
            "a block is in two steps"
        );
    }
    let numbered: BTreeSet<u8> = guide.criteria.iter().map(|criterion| criterion.number).collect();
    prop_assert_eq!(numbered.len(), guide.criteria.len());
    for criterion in &guide.criteria {
        let step = guide.step_of(&criterion.block);
        prop_assert!(
            criterion.step.is_none() || criterion.step == step,
            "{criterion:?} in {step:?}"
        );
    }
    let boxes = |block: &&PageBlock| matches!(block.kind, BlockKind::ToDo { .. });
    let asked = guide.prerequisites.iter().filter(|one| one.ticked.is_some());
    let placed: Vec<&BlockId> = guide
        .criteria
        .iter()
        .map(|one| &one.block)
        .chain(asked.map(|one| &one.block))
        .collect();
    let told = guide.remarks.iter().map(|remark| match remark {
        Remark::BoxesOfNothing(boxes) | Remark::TooManyBoxes { left_out: boxes } | Remark::BoxesAside { boxes, .. } => {
            *boxes
        }
        _ => 0,
    });
    prop_assert_eq!(
        placed.iter().collect::<BTreeSet<_>>().len(),
        placed.len(),
        "a box is in two places"
    );
    let is_cut = guide.remarks.iter().any(|remark| matches!(remark, Remark::More(_)));
    let all = blocks.iter().filter(boxes).count();
    prop_assert!(is_cut || placed.len() + told.sum::<usize>() == all);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_blocks_make_a_guide(blocks in prop::collection::vec(block(), 0..60)) {
        let blocks = page(blocks);
        let guide = Guide::parse(&clean("ACT_1"), "https://www.notion.so/1", &blocks);
        holds(&blocks, &guide)?;
        let kept = serde_json::to_string(&guide).unwrap();
        prop_assert_eq!(&guide, &serde_json::from_str(&kept).unwrap());
        guide.remarks.iter().for_each(|remark| assert!(remark.to_string().len() < 500));
    }
}

/// A page of so many blocks: forty steps, each with its lists and boxes.
fn long_page(blocks: usize) -> Vec<PageBlock> {
    let line = |at: usize| match at % (blocks / 40) {
        0 => (
            BlockKind::Heading(2),
            format!("Step {}: Part of it (5 min)", at / (blocks / 40) + 1),
            0,
            false,
            false,
        ),
        other if other % 7 == 0 => (BlockKind::ToDo { checked: false }, format!("Box {at}"), 1, false, false),
        other if other % 5 == 0 => (BlockKind::Text, "Done when:".to_owned(), 0, true, false),
        other if other % 3 == 0 => (BlockKind::Toggle, "More".to_owned(), 0, false, false),
        _ => (
            BlockKind::Numbered,
            "An item of a list that says something".to_owned(),
            at % 3,
            false,
            false,
        ),
    };
    page((0..blocks).map(line).collect())
}

#[test]
fn forty_steps_in_five_thousand_blocks_are_read_in_linear_time() {
    let took = |blocks: usize| {
        let page = long_page(blocks);
        let time = || {
            let begun = Instant::now();
            let guide = Guide::parse(&clean("Long"), "", &page);
            assert_eq!(guide.steps.len(), 40);
            begun.elapsed()
        };
        (0..3).map(|_| time()).min().unwrap()
    };
    let (short, long) = (took(5_000), took(50_000));
    assert!(
        long < short * 40 + Duration::from_millis(50),
        "5,000 blocks: {short:?}, 50,000: {long:?}"
    );
}
