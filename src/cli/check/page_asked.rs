//! Answers about the page and to requests, as many as there are kinds, to render every prompt for them.
use crate::domain::asks::Errand;
use crate::domain::classify::Ask;
use crate::domain::decide::{Playbook, Topics};
use crate::domain::ids::BlockId;
use crate::domain::page::{ReplyPart, SaidLine};
use chrono::DateTime;
use std::collections::BTreeSet;

/// What is answered to each topic, of no step, of one, and of one that the page does not have; and what people say of who does what.
pub(super) fn parts(playbook: &Playbook) -> Vec<ReplyPart> {
    let known = playbook.topics.ids().map(str::to_owned);
    let own = [Topics::UNKNOWN.to_owned()];
    let asks = Ask::answered().map(|ask| ask.id().to_owned());
    let topics: BTreeSet<String> = known.chain(own).chain(asks).collect();
    let answers = topics.into_iter().flat_map(|topic| {
        [None, Some(1), Some(99)].map(|step| ReplyPart::Question {
            topic: topic.clone(),
            step,
        })
    });
    let does = [
        does(&[1], None, false),
        does(&[], None, false),
        does(&[1, 2], Some("Bram"), false),
        does(&[1], None, true),
    ];
    let said = |text: &str| Some(text.to_owned());
    let errands = [
        Errand::default(),
        Errand {
            whom: said("Bram"),
            what: said("call the caterer"),
            by: None,
        },
        Errand {
            by: said("Ana"),
            ..Errand::default()
        },
    ];
    let reminds = errands.into_iter().flat_map(|errand| {
        [None, Some(DateTime::UNIX_EPOCH)].map(|at| ReplyPart::Reminds {
            at,
            errand: errand.clone(),
        })
    });
    let quoted = [None, Some(1)].map(|step| ReplyPart::Quoted {
        line: SaidLine {
            text: "The keys are kept in the safe".to_owned(),
            block: BlockId::from_wire("block"),
            step,
        },
    });
    let rest = quoted.into_iter().chain([ReplyPart::Nudge]);
    answers.chain(does).chain(reminds).chain(rest).collect()
}

fn does(steps: &[u8], of: Option<&str>, back: bool) -> ReplyPart {
    ReplyPart::Does {
        steps: steps.to_vec(),
        of: of.map(str::to_owned),
        back,
    }
}
