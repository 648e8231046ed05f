//! The parts of replies to what people say to us, a request, a dispute, what does not apply, what was misread; and what we
//! ask them.
use crate::domain::classify::{BlockerKind, Label};
use crate::domain::page::{Asked, ReplyPart};

/// Each of them with no step, one, and several.
pub(super) fn corrected() -> Vec<ReplyPart> {
    let mut parts = vec![ReplyPart::Disputed, ReplyPart::Left];
    parts.extend([None, Some("Ana".to_owned())].map(|name| ReplyPart::Waits { name }));
    for (steps, keys) in [
        (&[][..], &[][..]),
        (&[1], &[]),
        (&[], &["A_KEY"]),
        (&[1, 2], &["A_KEY", "B_KEY"]),
    ] {
        parts.push(ReplyPart::WasOpen { steps: steps.to_vec() });
        let denials = [(true, None), (false, Some("Ana".to_owned()))].map(|(own, of)| ReplyPart::Denied {
            steps: steps.to_vec(),
            own,
            of,
        });
        parts.extend(denials.into_iter().filter(|_| !steps.is_empty()));
        parts.push(ReplyPart::Help {
            step: steps.first().copied(),
        });
        parts.extend([false, true].map(|back| ReplyPart::SetAside {
            steps: steps.to_vec(),
            variables: keys.iter().map(|key| (*key).to_owned()).collect(),
            back,
        }));
        parts.extend([0, 1, 2].map(|unticked| ReplyPart::Misread {
            from: vec![3],
            to: steps.to_vec(),
            unticked,
            known: unticked < 2,
            asks: unticked < 1,
            of: (unticked > 1).then(|| "Ana".to_owned()),
        }));
        parts.push(ReplyPart::NoSuchStep { step: 7 });
        parts.extend(asked(steps).flat_map(|asked| left_out(&asked).into_iter().chain([ReplyPart::Asks { asked }])));
    }
    parts
}

/// What is said where we do not ask it.
fn left_out(asked: &Asked) -> Option<ReplyPart> {
    let Asked::Meaning {
        options, steps, whole, ..
    } = asked
    else {
        return None;
    };
    Some(ReplyPart::LeftOut {
        options: options.clone(),
        steps: steps.clone(),
        whole: *whole,
    })
}

/// What we ask about some steps: each meaning alone and with another, which report is taken back, whether all is finished.
fn asked(steps: &[u8]) -> impl Iterator<Item = Asked> {
    let steps = steps.to_vec();
    let boxes = steps.iter().map(|step| format!("Box {step}")).collect();
    let options = [
        vec![Label::Completion],
        vec![Label::Blocker],
        vec![Label::Correction],
        vec![Label::Blocker, Label::Completion],
        vec![Label::Correction, Label::Blocker],
        vec![Label::Correction, Label::Completion],
    ];
    let of_steps = steps.clone();
    let meanings = options.into_iter().map(move |options| Asked::Meaning {
        options,
        whole: of_steps.is_empty(),
        steps: of_steps.clone(),
        boxes: Vec::new(),
        kind: Some(BlockerKind::Other),
    });
    let back = Asked::TakenBack { steps: steps.clone() };
    let which = [Label::Completion, Label::Correction].map(|label| Asked::Step {
        label,
        steps: steps.clone(),
    });
    meanings.chain(which).chain([back, Asked::Whole { steps, boxes }])
}
