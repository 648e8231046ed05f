//! What is said of boxes that people name by their words, to render every prompt for it.
use super::fixtures::said_box;
use crate::domain::classify::Label;
use crate::domain::page::{Asked, ReplyPart};

/// They are claimed, alone or beside a step; taken back; asked about.
pub(super) fn parts() -> Vec<ReplyPart> {
    let claim = |steps: &[u8]| ReplyPart::Claim {
        steps: steps.to_vec(),
        boxes: vec![said_box().block],
        whole: false,
        minutes: None,
        planned: None,
    };
    let back = |unticked: &[u8]| ReplyPart::Correction {
        steps: Vec::new(),
        boxes: vec![said_box().block],
        unticked: unticked.to_vec(),
        reopened: false,
        cleared: false,
    };
    let asked = Asked::Meaning {
        options: vec![Label::Completion],
        steps: Vec::new(),
        boxes: vec![said_box().block],
        whole: false,
        kind: None,
    };
    let question = ReplyPart::BoxesAsked {
        boxes: vec![said_box().block],
    };
    let asked = ReplyPart::Asks { asked };
    vec![claim(&[]), claim(&[1]), back(&[]), back(&[1]), asked, question]
}
