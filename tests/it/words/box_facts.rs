//! The facts that answers about boxes are rendered with that people name by their words.
use minijinja::{Value, context};

fn named(text: &str, proof: &str, on_word: bool, line: Option<&Value>) -> Value {
    context! { text, url => "https://notion.example/p#b", proof, on_word, line => line.cloned(), by => (), ticked => false }
}

/// Boxes that are claimed, proven, looked at and not; taken back; asked about.
pub fn boxes(proven: &[Value], missing: &[Value], unknown: &[Value]) -> Vec<(&'static str, Value)> {
    let signed = || named("The build is signed", "claimed", true, None);
    let noted = || named("Checksum on the page", "claimed", false, None);
    let of = |lines: &[Value], proof: &str| named("Keys tested", proof, false, lines.first());
    let all = [
        vec![signed()],
        vec![noted()],
        vec![signed(), noted()],
        vec![of(proven, "proven")],
        vec![of(missing, "open"), signed()],
        vec![of(unknown, "open")],
        vec![of(&[], "open")],
    ];
    let none = || Vec::<Value>::new();
    let claims = all
        .iter()
        .map(|boxes| ("claim", context! { steps => none(), boxes => boxes.clone() }));
    let back = [0, 1, 2].map(|unticked| {
        let boxes = if unticked > 1 {
            vec![signed(), noted()]
        } else {
            vec![signed()]
        };
        let facts = context! { steps => none(), boxes, unticked, reopened => false, cleared => false };
        ("correction", facts)
    });
    let asked = [vec![signed()], vec![signed(), noted()]].map(|boxes| {
        let facts = context! { options => vec!["completion"], steps => none(), boxes, whole => false };
        ("asks_meaning", facts)
    });
    let questions = all.iter().flat_map(|boxes| {
        let first = boxes.first().cloned().unwrap_or_default();
        [
            ("question/boxes", context! { boxes => boxes.clone() }),
            (
                "question/boxes",
                context! { boxes => vec![context! { ticked => true, ..first.clone() }] },
            ),
            (
                "question/boxes",
                context! { boxes => vec![context! { ticked => true, by => context! { name => "Ana", at => "14:02" }, ..first }] },
            ),
        ]
    });
    claims.chain(questions).chain(back).chain(asked).collect()
}
