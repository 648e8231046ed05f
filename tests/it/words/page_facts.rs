//! The facts of answers about the page: those of `domain/decide/page_facts.rs`, one set for each case that differs.
use super::facts::step;
use minijinja::{Value, context};

/// A moment, as answers tell it.
const AT: &str = "1 Dec 09:05";

/// Each answer about the page with the facts that it alone has.
pub fn questions(missing: &[Value]) -> Vec<(&'static str, Value)> {
    let mut all = Vec::new();
    for topic in [
        "question/about",
        "question/blocked",
        "question/due",
        "question/help",
        "question/how",
        "question/how_long",
        "question/leak",
        "question/edit",
        "question/quiet",
        "question/recheck",
        "question/remind",
        "question/skip",
        "question/status",
        "question/took",
        "question/unknown",
        "question/validate",
        "question/where",
        "question/who_are_you",
    ] {
        all.extend(steps(missing).map(|step| (topic, context! { step })));
    }
    for (topic, own) in answers(missing) {
        all.extend(steps(missing).map(|step| (topic, context! { step, ..own.clone() })));
    }
    for step in [None, Some(2)] {
        let (text, url) = ("The keys are kept in the safe", "https://www.notion.so/p#b");
        all.push(("quoted", context! { text, step, url }));
    }
    all.extend(does());
    all.push(("nudge", context! {}));
    let errands = [
        context! { whom => (), what => (), by => () },
        context! { whom => "Bram", what => "call the caterer", by => () },
        context! { whom => (), what => "call the caterer", by => "Ana" },
    ];
    for (day, hour) in [(Some("Fri 4 Dec 2026"), Some("09:00")), (None, None)] {
        all.extend(
            errands
                .clone()
                .map(|errand| ("reminds", context! { day, hour, errand })),
        );
    }
    all
}

/// No step, one with evidence, one that was reported, one without a word, one that the page does not have.
fn steps(missing: &[Value]) -> [Value; 6] {
    let none = Vec::<Value>::new;
    let told = |name: Option<&str>| context! { name, at => AT };
    let open = context! {
        open_boxes => ["Old API keys deleted", "Notion token updated"], aside => (), stops => [Some("Bram"), None], by => (), own => false,
        ..step(4, "open", missing)
    };
    let reported = context! { open_boxes => none(), aside => (), stops => none(), by => told(Some("Ana")), own => true, ..step(1, "claimed", &[]) };
    let bare = context! {
        text => (), commands => none(), validation => (), doer => (), minutes => 1, ..reported.clone()
    };
    let aside = context! { aside => context! { name => "Ana" }, by => told(None), ..open.clone() };
    let unknown = context! { title => "", url => (), number => 9, ..bare.clone() };
    [Value::from(()), open, reported, bare, aside, unknown]
}

fn answers(missing: &[Value]) -> Vec<(&'static str, Value)> {
    let none = Vec::<Value>::new;
    let steps = [step(1, "proven", &[]), step(2, "claimed", &[]), step(3, "open", &[])];
    let first = context! {
        prerequisites => [context! { text => "Python environment active", ticked => false }, context! { text => "A plan", ticked => true }],
        open => ["Python environment active"], more => 2,
    };
    let nothing_first = context! { prerequisites => none(), open => none(), more => 0 };
    let seen = context! { text => "12 of 12 keys are valid" };
    let news = [
        context! { what => "report", step => 2, name => "Ana", at => AT },
        context! { what => "stuck", step => (), name => (), at => AT },
        context! { what => "seen", line => seen, at => AT },
    ];
    let reports = [
        context! { step => 2, name => "Ana", at => AT, is_proven => true },
        context! { step => 3, name => (), at => AT, is_proven => false },
    ];
    let mut all = Vec::new();
    for topic in ["question/first", "question/next", "question/prerequisites"] {
        all.extend([first.clone(), nothing_first.clone()].map(|own| (topic, own)));
    }
    for topic in ["question/missing", "question/why_open"] {
        let much =
            context! { open => steps.clone(), more => 3, missing, boxes => ["Notion token updated"], more_boxes => 35 };
        let boxes = context! { open => none(), more => 0, missing => none(), boxes => ["Notion token updated"], more_boxes => 0 };
        let nothing = context! { open => none(), more => 0, missing => none(), boxes => none(), more_boxes => 0 };
        all.extend([much, boxes, nothing].map(|own| (topic, own)));
    }
    all.extend([
        (
            "question/overview",
            context! { steps => steps.clone(), more => 2, boxes => 8, ticked => 3 },
        ),
        (
            "question/overview",
            context! { steps => none(), more => 0, boxes => 0, ticked => 0 },
        ),
        (
            "question/who_does",
            context! { does => [context! { step => 4, name => "Bram" }, context! { step => 5, name => () }] },
        ),
        ("question/who_does", context! { does => none() }),
        (
            "question/mine",
            context! { steps => steps.clone(), stuck => [Some(3), None], asked => true },
        ),
        (
            "question/mine",
            context! { steps => none(), stuck => none(), asked => false },
        ),
        ("question/changed", context! { news }),
        ("question/changed", context! { news => none() }),
        ("question/who_broke", context! { reports => reports.clone() }),
        ("question/who_broke", context! { reports => none() }),
        ("question/sure", context! { reports => reports.clone() }),
        (
            "question/sure",
            context! { reports => [context! { step => 3, name => (), at => AT, is_proven => false }] },
        ),
        ("question/sure", context! { reports => none() }),
        (
            "question/open_boxes",
            context! { boxes => ["Notion token updated"], more_boxes => 0 },
        ),
        (
            "question/open_boxes",
            context! { boxes => ["Notion token updated", "Old API keys deleted"], more_boxes => 7 },
        ),
        ("question/open_boxes", context! { boxes => none(), more_boxes => 0 }),
        ("question/by_whom", context! { reports }),
        ("question/by_whom", context! { reports => none() }),
        (
            "question/backup",
            context! { makes => false, waits => false, line => () },
        ),
        ("question/backup", context! { makes => true, waits => true, line => () }),
        (
            "question/backup",
            context! { makes => true, waits => false, line => () },
        ),
    ]);
    for (minutes, steps, untold) in [
        (0, 0, 0),
        (1, 1, 0),
        (45, 2, 0),
        (45, 3, 1),
        (90, 4, 2),
        (0, 1, 1),
        (0, 3, 3),
    ] {
        all.push(("question/left", context! { minutes, steps, untold }));
    }
    for standing in ["proven", "missing"] {
        let line = context! { text => "the backup is whole", standing };
        all.push(("question/backup", context! { makes => true, waits => false, line }));
    }
    all
}

/// Who does what, by themselves and by others, given back, and of no step.
fn does() -> Vec<(&'static str, Value)> {
    let none = Vec::<Value>::new();
    let (one, two) = (
        vec![step(4, "open", &[])],
        vec![step(1, "proven", &[]), step(2, "open", &[])],
    );
    let mut all = Vec::new();
    for steps in [none, one, two] {
        for (of, back) in [(None, false), (Some("Bram"), false), (None, true)] {
            all.push(("does", context! { steps => steps.clone(), of, back }));
        }
    }
    all
}
