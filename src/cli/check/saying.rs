//! Says everything that can be said: every part of a reply in every situation, by the decisions themselves.
use super::evidence;
use crate::domain::classify::BlockerKind;
use crate::domain::comment::Extent;
use crate::domain::cycle::Cycle;
use crate::domain::decide::{Playbook, decide};
use crate::domain::effect::{EffectId, KeyState, Place, Status};
use crate::domain::event::{Event, Gone};
use crate::domain::evidence::{Check, Evidence, Standing};
use crate::domain::ids::{BlockId, CommentId, PageId, PersonId};
use crate::domain::page::{
    Blocker, Claim, Conversation, Due, Guide, Look, NextPage, PageDescription, PageState, Part, Posted, PostedKey,
    Step, StepDescription, StepState,
};
use crate::domain::reply::{Prompts, Witness};
use crate::domain::verdict::Verdict;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A page of our own, so that the proof does not depend on the project's.
const PAGE: &str = "CHECK_000";
/// A page without a description.
const BARE: &str = "CHECK_001";
const STEPS: u8 = 3;

/// Says everything; gives what was said, and in how many replies.
pub(super) fn everything(mut playbook: Playbook, files: &BTreeMap<String, String>) -> (Witness, usize) {
    playbook.prompts = std::mem::replace(&mut playbook.prompts, nothing()).witnessed();
    playbook.pages.insert(PAGE.to_owned(), described());
    let speaker = Speaker {
        playbook: &playbook,
        page: PageId::from_wire(PAGE),
        now: DateTime::UNIX_EPOCH + TimeDelta::days(20_000),
    };
    let languages: BTreeSet<&str> = files.keys().filter_map(|name| Some(name.split_once('/')?.0)).collect();
    let mut replies = 0;
    for language in languages {
        replies += speaker.parts(language, &parts(&playbook, files, language));
        replies += speaker.again(language);
        replies += speaker.evidence(language);
        replies += speaker.keys(language);
        replies += speaker.thanks(language);
        replies += speaker.blockers_of_pages(language, files);
    }
    (playbook.prompts.said(), replies)
}

fn nothing() -> Prompts {
    Prompts::new(&BTreeMap::new()).unwrap_or_else(|_| unreachable!("no prompt has no fault"))
}

/// Three steps, each proven by one check.
fn described() -> PageDescription {
    let checks = [Check::Backup, Check::KeysValid, Check::MonitorRan];
    let steps = (1..).zip(checks).map(|(number, check)| StepDescription {
        number,
        criteria: Vec::new(),
        check: Some(check),
    });
    PageDescription {
        id: PAGE.to_owned(),
        next_action: Some("CHECK_002".to_owned()),
        estimate_minutes: Some(60),
        steps: steps.collect(),
        criteria: Vec::new(),
    }
}

struct Speaker<'a> {
    playbook: &'a Playbook,
    page: PageId,
    now: DateTime<Utc>,
}

impl Speaker<'_> {
    /// Every part on every page.
    fn parts(&self, language: &str, parts: &[Part]) -> usize {
        let mut said = 0;
        for state in self.states() {
            for part in parts {
                said += self.say(state.clone(), self.conversation(language, vec![part.clone()]));
            }
        }
        said
    }

    /// Claims whose look came back unknown: when it is looked at again.
    fn again(&self, language: &str) -> usize {
        let mut said = 0;
        for minutes in [1, 60] {
            let mut state = self.begun(guide(Some(PAGE), true));
            let facts = [("why".to_owned(), json!("no answer"))].into();
            state.take_evidence(self.seen(Check::Backup, "look_refused", Standing::Unknown, facts));
            let at = Some(self.now + TimeDelta::minutes(minutes));
            let effect = EffectId::of(&["look"]);
            state.looks.push(Look {
                check: Check::Backup,
                effect,
                tries: 1,
                at,
            });
            for part in [claim(&[1], false), claim(&[], true)] {
                let mut conversation = self.conversation(language, vec![part]);
                conversation.awaiting.push(Check::Backup);
                conversation.since = self.now - TimeDelta::hours(1);
                said += self.say(state.clone(), conversation);
            }
        }
        said
    }

    /// Every reason of evidence, where a step is claimed, where all is claimed, and where a look comes with progress.
    fn evidence(&self, language: &str) -> usize {
        let mut said = 0;
        for (reason, standing, facts) in evidence::of_every_reason() {
            let mut state = self.begun(guide(Some(PAGE), true));
            let Value::Object(facts) = facts else { continue };
            if let Some(file) = facts.get("file").and_then(Value::as_str) {
                state.made_backups.push(file.to_owned());
            }
            state.take_evidence(self.seen(Check::Backup, reason, standing, facts.into_iter().collect()));
            for part in [
                claim(&[1], false),
                claim(&[], true),
                progress(&[1], false, true, false),
                question("status"),
            ] {
                said += self.say(state.clone(), self.conversation(language, vec![part]));
            }
        }
        said
    }

    /// Every verdict on a key, its value new, old, or not to be compared.
    fn keys(&self, language: &str) -> usize {
        let mut said = 0;
        for verdict in Verdict::ALL {
            let keys = [None, Some(true), Some(false)].map(|changed| KeyState {
                provider: "a".to_owned(),
                title: "A".to_owned(),
                variables: vec!["A_KEY".to_owned(), "A_SECRET".to_owned()],
                verdict,
                changed,
                fingerprint: None,
            });
            for parts in [vec![reported()], vec![posted(Extent::Whole, false)]] {
                let mut conversation = self.conversation(language, parts);
                conversation.keys = keys.to_vec();
                said += self.say(self.begun(guide(Some(PAGE), true)), conversation);
            }
        }
        said
    }

    /// The thanks for a comment that is gone.
    fn thanks(&self, language: &str) -> usize {
        let comment = CommentId::from_wire("posted");
        for exposed in [Vec::new(), vec!["A_KEY".to_owned(), "A_SECRET".to_owned()]] {
            let mut state = self.begun(guide(Some(PAGE), true));
            state.posted.push(Posted {
                comment: comment.clone(),
                labels: vec!["A_KEY".to_owned(), "Notion token".to_owned()],
                exposed,
                language: language.to_owned(),
                name: Some("Ana".to_owned()),
            });
            let (comment, how) = (comment.clone(), Gone::Deleted);
            decide(
                self.playbook,
                &self.page,
                state,
                &Event::CommentGone { comment, how },
                self.now,
            );
        }
        2
    }

    /// The help that single pages have of their own.
    fn blockers_of_pages(&self, language: &str, files: &BTreeMap<String, String>) -> usize {
        let pages: BTreeSet<&str> = files.keys().filter_map(|name| page_of_blocker(name)).collect();
        let mut said = 0;
        for page in pages {
            for part in blockers() {
                let state = self.begun(guide(Some(page), true));
                said += self.say(state, self.conversation(language, vec![part]));
            }
        }
        said
    }

    fn say(&self, mut state: PageState, conversation: Conversation) -> usize {
        state.conversations.push(conversation);
        decide(self.playbook, &self.page, state, &Event::ClockTicked, self.now)
            .effects
            .len()
            .min(1)
    }

    fn conversation(&self, language: &str, parts: Vec<Part>) -> Conversation {
        Conversation {
            comment: None,
            subject: "check".to_owned(),
            place: Place::Page,
            author: None,
            name: Some("Ana".to_owned()),
            language: language.to_owned(),
            parts,
            awaiting: Vec::new(),
            effects: Vec::new(),
            keys: Vec::new(),
            since: self.now,
            replied: false,
            may_finish: false,
        }
    }

    /// Pages with and without steps, estimates and a description; of which nothing, something or all is known.
    fn states(&self) -> Vec<PageState> {
        let described = self.begun(guide(Some(PAGE), true));
        let with = |standing| {
            let mut state = described.clone();
            let reason = if standing == Standing::Proven {
                "keys_valid"
            } else {
                "look_refused"
            };
            for step in &self.playbook.pages[PAGE].steps {
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
        let mut finished = with(Standing::Proven);
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
            claimed.steps.insert(number, StepState { claim, started: true });
        }
        let mut blocked = described.clone();
        blocked.blockers = vec![self.blocker(Some("Ana"), Some(2)), self.blocker(None, None)];
        let empty = self.begun(Guide::default());
        let bare = self.begun(guide(None, false));
        let unknown = with(Standing::Unknown);
        vec![
            described.clone(),
            with(Standing::Missing),
            unknown,
            finished,
            with_next,
            claimed,
            blocked,
            empty,
            bare,
        ]
    }

    fn begun(&self, guide: Guide) -> PageState {
        let mut state = PageState {
            guide,
            ..PageState::default()
        };
        state.status.known = Some(Status::InProgress);
        state.cycle = Some(Cycle {
            number: 1,
            began_at: self.now,
            fingerprints: BTreeMap::new(),
            exposed: BTreeMap::new(),
        });
        state
    }

    fn seen(&self, check: Check, reason: &str, standing: Standing, facts: BTreeMap<String, Value>) -> Evidence {
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

    fn blocker(&self, name: Option<&str>, step: Option<u8>) -> Blocker {
        Blocker {
            comment: CommentId::from_wire("blocker"),
            author: PersonId::from_wire("ana"),
            name: name.map(str::to_owned),
            step,
            kind: BlockerKind::Other,
            since: self.now,
        }
    }
}

/// A guide of three steps; `full`: with all that a page may say of them.
fn guide(id: Option<&str>, full: bool) -> Guide {
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
    };
    Guide {
        id: id.map(str::to_owned),
        title: "Check".to_owned(),
        url: "https://notion.example/check".to_owned(),
        steps: (1..=STEPS).map(step).collect(),
        ..Guide::default()
    }
}

fn claim(steps: &[u8], whole: bool) -> Part {
    Part::Claim {
        steps: steps.to_vec(),
        whole,
        minutes: None,
        planned: None,
    }
}

fn progress(steps: &[u8], hedged: bool, looked: bool, cleared: bool) -> Part {
    Part::Progress {
        steps: steps.to_vec(),
        hedged,
        looked,
        cleared,
    }
}

fn question(topic: &str) -> Part {
    Part::Question {
        topic: topic.to_owned(),
        step: None,
    }
}

fn by_hand() -> Part {
    Part::ByHand {
        number: 1,
        text: "Keys backed up".to_owned(),
        check: Check::Backup,
    }
}

fn reported() -> Part {
    Part::Keys {
        variables: vec!["A_KEY".to_owned()],
    }
}

fn posted(extent: Extent, identifier: bool) -> Part {
    let key = |label: &str| PostedKey {
        label: label.to_owned(),
        chars: 18,
        extent,
        identifier,
    };
    Part::Posted {
        keys: vec![key("A_KEY"), key("Notion token")],
    }
}

fn blockers() -> Vec<Part> {
    use BlockerKind::{Access, Auth, Missing, Network, Other, Permission, RateLimit, Scheduler, WrongEnv};
    let kinds = [
        Access, Auth, Missing, Network, Other, Permission, RateLimit, Scheduler, WrongEnv,
    ];
    let steps = [None, Some(1), Some(3), Some(99)];
    let part = |kind| steps.map(|step| Part::Blocker { kind, step });
    kinds.into_iter().flat_map(part).collect()
}

/// `en/blocker/ACT_011_SEC/permission.md` is the help of one page.
fn page_of_blocker(name: &str) -> Option<&str> {
    let (_, rest) = name.split_once("/blocker/")?;
    Some(rest.split_once('/')?.0)
}

/// Everything that a reply can speak of.
fn parts(playbook: &Playbook, files: &BTreeMap<String, String>, language: &str) -> Vec<Part> {
    let mut parts = blockers();
    for steps in [&[][..], &[1], &[1, 2], &[99]] {
        parts.push(claim(steps, false));
        for bits in 0..8_u8 {
            parts.push(progress(steps, bits & 1 > 0, bits & 2 > 0, bits & 4 > 0));
            let unticked = if bits & 1 > 0 { vec![1] } else { Vec::new() };
            let (reopened, cleared) = (bits & 2 > 0, bits & 4 > 0);
            parts.push(Part::Correction {
                steps: steps.to_vec(),
                unticked,
                reopened,
                cleared,
            });
        }
    }
    for minutes in [None, Some(30), Some(60), Some(90)] {
        for planned in [None, Some(60)] {
            parts.push(Part::Claim {
                steps: Vec::new(),
                whole: true,
                minutes,
                planned,
            });
        }
    }
    for extent in [Extent::Piece, Extent::Half, Extent::Whole] {
        parts.extend([posted(extent, false), posted(extent, true)]);
    }
    let mut topics: BTreeSet<String> = playbook.topics.ids().map(str::to_owned).collect();
    topics.insert("unknown".to_owned());
    for topic in topics {
        let asked = [None, Some(1), Some(99)].map(|step| Part::Question {
            topic: topic.clone(),
            step,
        });
        parts.extend(asked);
    }
    parts.extend([by_hand(), Part::Limited, reported(), Part::Guidance, Part::Due, Part::Summary { comments: 3 }]);
    parts.extend(alerts(files, language));
    parts
}

/// What the monitor says: a text and its level.
fn alerts(files: &BTreeMap<String, String>, language: &str) -> Vec<Part> {
    let of_language = files.keys().filter_map(|name| {
        let rest = name.strip_prefix(language)?.strip_prefix("/alert/")?;
        rest.strip_suffix(".md")
    });
    let levels = ["critical", "warning", "notice", "ok"];
    let alert = |prompt: &str, level: &str| Part::Alert {
        prompt: prompt.to_owned(),
        facts: [
            ("text".to_owned(), json!("A key is due.")),
            ("level".to_owned(), json!(level)),
        ]
        .into(),
    };
    of_language
        .flat_map(|prompt| levels.map(|level| alert(prompt, level)))
        .collect()
}
