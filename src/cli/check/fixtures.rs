//! Page states that stand for the situations in which a reply is written.
use crate::domain::classify::BlockerKind;
use crate::domain::cycle::Cycle;
use crate::domain::effect::Status;
use crate::domain::evidence::{Check, CheckStatus, Evidence};
use crate::domain::ids::{BlockId, CommentId, PersonId};
use crate::domain::page::{
    Aside, Blocker, Claim, Criterion, Due, Guide, NextPage, PageDescription, PageState, SetAside, Step,
    StepDescription, StepState,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A page of our own, so that the proof does not depend on the project's.
pub(super) const PAGE: &str = "CHECK_000";
/// A page without a description.
const BARE: &str = "CHECK_001";
const STEPS: u8 = 3;

/// Three steps, each proven by one check.
pub(super) fn described() -> PageDescription {
    let checks = [Check::Backup, Check::KeysValid, Check::MonitorRan];
    let steps = (1..).zip(checks).map(|(number, check)| StepDescription {
        number,
        criteria: Vec::new(),
        check: Some(check),
    });
    PageDescription {
        id: PAGE.to_owned(),
        page: None,
        next_action: Some("CHECK_002".to_owned()),
        estimate_minutes: Some(60),
        steps: steps.collect(),
        criteria: Vec::new(),
    }
}

/// Makes page states, all of one moment.
pub(super) struct Fixtures {
    pub(super) now: DateTime<Utc>,
}

impl Fixtures {
    /// Pages with and without steps, estimates and a description; of which nothing, something or all is known.
    pub(super) fn all(&self) -> Vec<PageState> {
        let fresh = self.begun(guide(Some(PAGE), true));
        let with = |standing| {
            let mut state = fresh.clone();
            let reason = if standing == CheckStatus::Proven {
                "keys_valid"
            } else {
                "look_refused"
            };
            for step in &described().steps {
                let facts = [
                    ("keys".to_owned(), json!(["A_KEY"])),
                    ("why".to_owned(), json!("it may not")),
                ]
                .into();
                let check = step.check.clone().unwrap_or(Check::Backup);
                state.take_evidence(self.seen(check, reason, standing, facts));
            }
            state
        };
        let mut finished = with(CheckStatus::Proven);
        finished.finished = Some(self.claimed());
        finished.due = Some(Due {
            at: self.now + TimeDelta::days(28),
            told: false,
        });
        let mut with_next = finished.clone();
        let (title, url) = ("CHECK_002 Next".to_owned(), "https://notion.example/next".to_owned());
        with_next.next_page = Some(NextPage { title, url });
        let mut claimed = self.begun(guide(Some(BARE), true));
        for number in 1..=STEPS {
            let claim = Some(self.claimed());
            let also = Vec::new();
            claimed.steps.insert(number, StepState { claim, also });
        }
        let mut blocked = fresh.clone();
        blocked.blockers = vec![self.blocker(Some("Ana"), Some(2)), self.blocker(None, None)];
        let aside = [(Aside::Step(2), Some("Ana")), (Aside::Key("A_KEY".to_owned()), None)];
        blocked.set_aside = aside.map(|(what, name)| self.set_aside(what, name)).into();
        let empty = self.begun(Guide::default());
        let bare = self.begun(guide(None, false));
        let unknown = with(CheckStatus::Unknown);
        let mut lost = self.begun(guide(None, true));
        lost.described_as = Some("CHECK_003".to_owned());
        lost.statuses.clear();
        vec![
            fresh.clone(),
            with(CheckStatus::Missing),
            unknown,
            finished,
            with_next,
            claimed,
            blocked,
            empty,
            bare,
            lost,
        ]
    }

    /// A page on which work has begun.
    pub(super) fn begun(&self, guide: Guide) -> PageState {
        let mut state = PageState {
            guide,
            ..PageState::default()
        };
        state.status.known = Some(Status::InProgress);
        state.statuses = [Status::NotStarted, Status::InProgress, Status::Blocked, Status::Done]
            .map(|status| (status, format!("{status:?}")))
            .into();
        state.cycle = Some(Cycle {
            number: 1,
            began_at: self.now,
            key: String::new(),
            fingerprints: BTreeMap::new(),
            exposed: BTreeMap::new(),
        });
        state
    }

    /// Evidence that was gathered at the moment of the fixtures.
    pub(super) fn seen(
        &self,
        check: Check,
        reason: &str,
        standing: CheckStatus,
        facts: BTreeMap<String, Value>,
    ) -> Evidence {
        Evidence {
            check,
            standing,
            reason: reason.to_owned(),
            facts,
            gathered_at: self.now,
        }
    }

    fn claimed(&self) -> Claim {
        Claim {
            comment: CommentId::from_wire("claim"),
            author: PersonId::from_wire("ana"),
            at: self.now,
        }
    }

    fn set_aside(&self, what: Aside, name: Option<&str>) -> SetAside {
        SetAside {
            what,
            comment: self.claimed().comment,
            name: name.map(str::to_owned),
        }
    }

    fn blocker(&self, name: Option<&str>, step: Option<u8>) -> Blocker {
        Blocker {
            comment: CommentId::from_wire("blocker"),
            author: PersonId::from_wire("ana"),
            name: name.map(str::to_owned),
            step,
            kind: BlockerKind::Other,
            told: false,
            since: self.now,
        }
    }
}

/// A box that somebody names by its words.
pub(super) fn said_box() -> Criterion {
    Criterion {
        number: 1,
        text: "The build is signed".to_owned(),
        block: BlockId::from_wire("box"),
        step: None,
    }
}

/// A guide of three steps; `full`: with all that a page may say of them.
pub(super) fn guide(id: Option<&str>, full: bool) -> Guide {
    let step = |number: u8| Step {
        number,
        title: "Do it".to_owned(),
        minutes: full.then_some(20),
        validation: full.then(|| "it is done".to_owned()),
        blocks: if full {
            vec![BlockId::from_wire("block")]
        } else {
            Vec::new()
        },
        ..Step::default()
    };
    Guide {
        id: id.map(str::to_owned),
        title: "Check".to_owned(),
        url: "https://notion.example/check".to_owned(),
        steps: (1..=STEPS).map(step).collect(),
        criteria: if full { vec![said_box()] } else { Vec::new() },
        ..Guide::default()
    }
}
