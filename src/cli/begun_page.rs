//! A page as its description has it, on which work has begun: for commands that show what would follow from a comment.
use crate::domain::cycle::Cycle;
use crate::domain::decide::{Playbook, decide};
use crate::domain::effect::{Property, Status};
use crate::domain::event::Event;
use crate::domain::ids::{BlockId, PageId};
use crate::domain::page::{Criterion, Guide, Observed, PageDescription, PageState, Step};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// A step of a page that was not read; its title stands on the page.
const UNREAD: &str = "(its words on your page)";

/// A page of this description on which work has begun and nothing is known yet.
pub(super) fn begun(playbook: &Playbook, page: &PageDescription, id: &PageId, now: DateTime<Utc>) -> PageState {
    let guide = guide(page);
    let observed = Observed {
        boxes: guide
            .criteria
            .iter()
            .map(|criterion| (criterion.block.clone(), false))
            .collect(),
        guide,
        status: Some(Status::NotStarted),
        properties: [Property::Progress, Property::NextRotation, Property::LastCheck].into(),
        statuses: [Status::NotStarted, Status::InProgress, Status::Blocked, Status::Done]
            .map(|status| (status, format!("{status:?}")))
            .into(),
        ..Observed::default()
    };
    let cycle = Cycle {
        number: 1,
        began_at: now,
        key: String::new(),
        fingerprints: BTreeMap::new(),
        exposed: BTreeMap::new(),
    };
    let state = PageState {
        cycle: Some(cycle),
        ..PageState::default()
    };
    decide(playbook, id, state, &Event::PageRead(Box::new(observed)), now).state
}

/// The guide as far as the description tells it.
fn guide(page: &PageDescription) -> Guide {
    let block = |kind: u8, number: u8| BlockId::from_wire(&format!("{kind:016x}{number:016x}"));
    let step = |number: u8| Step {
        number,
        title: UNREAD.to_owned(),
        blocks: vec![block(1, number)],
        ..Step::default()
    };
    let criterion = |number: u8, words: Option<&str>| Criterion {
        number,
        text: words.unwrap_or(UNREAD).to_owned(),
        block: block(2, number),
        step: None,
    };
    Guide {
        id: Some(page.id.clone()),
        title: page.id.clone(),
        steps: page.steps.iter().map(|described| step(described.number)).collect(),
        criteria: page
            .criteria
            .iter()
            .map(|described| criterion(described.number, described.words.as_deref()))
            .collect(),
        stated_minutes: page.estimate_minutes,
        ..Guide::default()
    }
}
