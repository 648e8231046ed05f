//! Says everything that can be said: every part of a reply in every situation, by the decisions themselves.
use super::evidence;
use super::situations::{PAGE, Situations, described, guide};
use crate::domain::classify::BlockerKind;
use crate::domain::comment::Extent;
use crate::domain::decide::{Playbook, decide};
use crate::domain::effect::{EffectId, KeyState, Place};
use crate::domain::event::{Event, Gone};
use crate::domain::evidence::{Check, Standing};
use crate::domain::ids::{BlockId, CommentId, PageId};
use crate::domain::page::{Conversation, Held, Look, Observed, PageState, Part, Posted, PostedKey};
use crate::domain::reply::{Prompts, Witness};
use crate::domain::verdict::Verdict;
use chrono::{DateTime, TimeDelta};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Says everything; gives what was said, and in how many replies.
pub(super) fn everything(mut playbook: Playbook, files: &BTreeMap<String, String>) -> (Witness, usize) {
    playbook.prompts = std::mem::replace(&mut playbook.prompts, nothing()).witnessed();
    playbook.pages.insert(PAGE.to_owned(), described());
    let speaker = Speaker {
        playbook: &playbook,
        page: PageId::from_wire(PAGE),
        situations: Situations {
            now: DateTime::UNIX_EPOCH + TimeDelta::days(20_000),
        },
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

struct Speaker<'a> {
    playbook: &'a Playbook,
    page: PageId,
    situations: Situations,
}

impl Speaker<'_> {
    /// Every part on every page.
    fn parts(&self, language: &str, parts: &[Part]) -> usize {
        let mut said = 0;
        for state in self.situations.all() {
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
            let mut state = self.situations.begun(guide(Some(PAGE), true));
            let facts = [("why".to_owned(), json!("no answer"))].into();
            state.take_evidence(
                self.situations
                    .seen(Check::Backup, "look_refused", Standing::Unknown, facts),
            );
            let at = Some(self.situations.now + TimeDelta::minutes(minutes));
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
                conversation.since = self.situations.now - TimeDelta::hours(1);
                said += self.say(state.clone(), conversation);
            }
        }
        said
    }

    /// Every reason of evidence, where a step is claimed, where all is claimed, and where a look comes with progress.
    fn evidence(&self, language: &str) -> usize {
        let mut said = 0;
        for (reason, standing, facts) in evidence::of_every_reason() {
            let mut state = self.situations.begun(guide(Some(PAGE), true));
            let Value::Object(facts) = facts else { continue };
            if let Some(file) = facts.get("file").and_then(Value::as_str) {
                state.made_backups.push(file.to_owned());
            }
            state.take_evidence(
                self.situations
                    .seen(Check::Backup, reason, standing, facts.into_iter().collect()),
            );
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
                said += self.say(self.situations.begun(guide(Some(PAGE), true)), conversation);
            }
        }
        said
    }

    /// The thanks for a comment that is gone, and for a block.
    fn thanks(&self, language: &str) -> usize {
        let comment = CommentId::from_wire("posted");
        for exposed in [Vec::new(), vec!["A_KEY".to_owned(), "A_SECRET".to_owned()]] {
            let mut state = self.situations.begun(guide(Some(PAGE), true));
            state.posted.push(Posted {
                comment: comment.clone(),
                labels: vec!["A_KEY".to_owned(), "Notion token".to_owned()],
                exposed,
                language: language.to_owned(),
                name: Some("Ana".to_owned()),
                answered_in: None,
            });
            state.held.push(Held {
                blocks: BTreeMap::from([(BlockId::from_wire("block"), posted_keys(Extent::Whole, false))]),
                labels: vec!["A_KEY".to_owned(), "Notion token".to_owned()],
                exposed: state.posted[0].exposed.clone(),
                language: language.to_owned(),
                subject: "held".to_owned(),
            });
            let (comment, how) = (comment.clone(), Gone::Deleted);
            let clean = Observed {
                guide: state.guide.clone(),
                held: Some(Vec::new()),
                ..Observed::default()
            };
            for event in [Event::CommentGone { comment, how }, Event::PageRead(Box::new(clean))] {
                let now = self.situations.now;
                state = decide(self.playbook, &self.page, state, &event, now).state;
            }
        }
        4
    }

    /// The help that single pages have of their own.
    fn blockers_of_pages(&self, language: &str, files: &BTreeMap<String, String>) -> usize {
        let pages: BTreeSet<&str> = files.keys().filter_map(|name| page_of_blocker(name)).collect();
        let mut said = 0;
        for page in pages {
            for part in blockers() {
                let state = self.situations.begun(guide(Some(page), true));
                said += self.say(state, self.conversation(language, vec![part]));
            }
        }
        said
    }

    fn say(&self, mut state: PageState, conversation: Conversation) -> usize {
        state.conversations.push(conversation);
        decide(
            self.playbook,
            &self.page,
            state,
            &Event::ClockTicked,
            self.situations.now,
        )
        .effects
        .len()
        .min(1)
    }

    fn conversation(&self, language: &str, parts: Vec<Part>) -> Conversation {
        Conversation {
            comment: None,
            also: Vec::new(),
            subject: "check".to_owned(),
            place: Place::Page,
            author: None,
            name: Some("Ana".to_owned()),
            language: language.to_owned(),
            parts,
            awaiting: Vec::new(),
            effects: Vec::new(),
            keys: Vec::new(),
            since: self.situations.now,
            replied: false,
            may_finish: false,
        }
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
    let keys = posted_keys(extent, identifier);
    Part::Posted { keys }
}

fn posted_keys(extent: Extent, identifier: bool) -> Vec<PostedKey> {
    let key = |label: &str| PostedKey {
        label: label.to_owned(),
        chars: 18,
        extent,
        identifier,
    };
    vec![key("A_KEY"), key("Notion token")]
}

fn held(blocks: usize, masks: bool) -> Part {
    let url = "https://notion.example/check#block".to_owned();
    let places = vec![(url, posted_keys(Extent::Whole, false)); blocks];
    Part::Held { places, masks }
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
    parts.extend([
        by_hand(),
        Part::Limited,
        reported(),
        Part::Guidance,
        Part::Together { comments: 63 },
        held(1, true),
        held(6, false),
        Part::Due,
        Part::Summary { comments: 3 },
    ]);
    parts.extend(alerts(files, language));
    parts
}

/// What the monitor says, a text and its level, and what the watch over `.env` says.
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
            ("variables".to_owned(), json!("A_KEY")),
            ("provider".to_owned(), json!("groq")),
            ("id".to_owned(), json!(PAGE)),
        ]
        .into(),
    };
    of_language
        .flat_map(|prompt| levels.map(|level| alert(prompt, level)))
        .collect()
}
