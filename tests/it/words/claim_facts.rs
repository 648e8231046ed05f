//! The facts that the answers to claims are rendered with.
use super::facts::step;
use minijinja::{Value, context};

/// A step that is finished on somebody's word, with boxes that are ticked on it.
fn on_word(number: u8, boxes: usize, lines: &[Value]) -> Value {
    context! { boxes => vec!["Order contract reviewed"; boxes], ..step(number, "claimed", lines) }
}

/// Claims of steps and of the whole item, proven, open and on somebody's word.
pub fn claims(proven: &[Value], missing: &[Value], unknown: &[Value]) -> Vec<(&'static str, Value)> {
    let some = [proven, missing].concat();
    let no_title = context! { title => "", ..step(9, "open", &[]) };
    let mut all: Vec<_> = [
        Vec::new(),
        vec![step(1, "proven", proven), step(2, "proven", &[])],
        vec![step(4, "open", &some)],
        vec![step(4, "open", unknown), step(5, "open", missing)],
        vec![step(4, "claimed", &[])],
        vec![on_word(3, 1, proven), on_word(4, 2, &[]), on_word(5, 9, &[])],
        vec![on_word(4, 4, &[])],
        vec![
            on_word(4, 0, &proven[..1]),
            context! { boxes => vec!["Agreed"], ..step(5, "open", &missing[..1]) },
        ],
        vec![no_title],
    ]
    .into_iter()
    .flat_map(|steps| {
        [true, false].map(|named| {
            (
                "claim",
                context! { steps => steps.clone(), boxes => Vec::<Value>::new(), named },
            )
        })
    })
    .collect();
    for (minutes, planned) in [
        (Some(90), Some(120)),
        (Some(150), Some(120)),
        (Some(120), Some(120)),
        (Some(1), Some(2)),
        (Some(2), Some(1)),
        (Some(1), None),
        (Some(90), None),
        (None, None),
    ] {
        for missing in [&[], missing, unknown] {
            for (ticked, others) in [(0, &[][..]), (1, &["Bram"]), (5, &["Bram", "Gita Rao"])] {
                let word = ticked > 0;
                all.push((
                    "claim_whole",
                    context! { minutes, planned, missing, word, ticked, others => others.to_vec() },
                ));
            }
        }
    }
    all
}
