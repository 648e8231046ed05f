//! The parts of replies to what people say to us: a request, a dispute, what does not apply, what was misread.
use crate::domain::page::ReplyPart;

/// Each of them with no step, one, and several.
pub(super) fn corrected() -> Vec<ReplyPart> {
    let mut parts = vec![ReplyPart::Disputed];
    for (steps, keys) in [
        (&[][..], &[][..]),
        (&[1], &[]),
        (&[], &["A_KEY"]),
        (&[1, 2], &["A_KEY", "B_KEY"]),
    ] {
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
        }));
    }
    parts
}
