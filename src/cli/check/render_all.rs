//! Renders every prompt in every reply that can come: each part of a reply on each fixture, by the decisions themselves.
use super::alerts::alerts;
use super::asked;
use super::blockers::{blockers, page_of_blocker};
use super::corrected::corrected;
use super::fixtures::{Fixtures, PAGE, described, guide};
use super::{boxes_said, evidence, leaks, page_asked};
use crate::domain::comment::Extent;
use crate::domain::decide::{Playbook, decide};
use crate::domain::effect::{EffectId, KeyState, Place};
use crate::domain::event::{Event, Gone};
use crate::domain::evidence::{Check, CheckStatus};
use crate::domain::ids::{BlockId, CommentId, PageId};
use crate::domain::page::{Conversation, Held, Look, Observed, PageState, Posted, PostedKey, ReplyPart};
use crate::domain::reply::{PromptCoverage, Prompts};
use crate::domain::verdict::Verdict;
use chrono::{DateTime, TimeDelta};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Renders every reply; gives which prompts were coverage, and in how many replies.
pub(super) fn render_all(mut playbook: Playbook, files: &BTreeMap<String, String>) -> (PromptCoverage, usize) {
    playbook.prompts = std::mem::replace(&mut playbook.prompts, nothing()).recording_coverage();
    playbook.pages.insert(PAGE.to_owned(), described());
    let renderer = Renderer {
        playbook: &playbook,
        page: PageId::from_wire(PAGE),
        fixtures: Fixtures {
            now: DateTime::UNIX_EPOCH + TimeDelta::days(20_000),
        },
    };
    let languages: BTreeSet<&str> = files.keys().filter_map(|name| Some(name.split_once('/')?.0)).collect();
    let mut replies = 0;
    for language in languages {
        replies += renderer.parts(language, &parts(&playbook, files, language));
        replies += renderer.again(language);
        replies += renderer.evidence(language);
        replies += renderer.keys(language);
        replies += renderer.exposed(language);
        replies += renderer.asked(language);
        replies += renderer.thanks(language);
        replies += renderer.blockers_of_pages(language, files);
    }
    (playbook.prompts.coverage(), replies)
}

fn nothing() -> Prompts {
    Prompts::new(&BTreeMap::new()).unwrap_or_else(|_| unreachable!("no prompt has no fault"))
}

/// Makes decisions about the fixtures, and counts the replies that come of them.
struct Renderer<'a> {
    playbook: &'a Playbook,
    page: PageId,
    fixtures: Fixtures,
}

impl Renderer<'_> {
    /// Renders every part of a reply on every fixture.
    fn parts(&self, language: &str, parts: &[ReplyPart]) -> usize {
        let mut replies = 0;
        for state in self.fixtures.all() {
            for part in parts {
                replies += self.render(state.clone(), self.conversation(language, vec![part.clone()]));
            }
        }
        replies
    }

    /// Claims whose look came back unknown: when it is looked at again.
    fn again(&self, language: &str) -> usize {
        let mut replies = 0;
        for minutes in [1, 60] {
            let mut state = self.fixtures.begun(guide(Some(PAGE), true));
            let facts = [("why".to_owned(), json!("no answer"))].into();
            state.take_evidence(
                self.fixtures
                    .seen(Check::Backup, "look_refused", CheckStatus::Unknown, facts),
            );
            let at = Some(self.fixtures.now + TimeDelta::minutes(minutes));
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
                conversation.since = self.fixtures.now - TimeDelta::hours(1);
                replies += self.render(state.clone(), conversation);
            }
        }
        replies
    }

    /// Every reason of evidence, where a step is claimed, where all is claimed, and where a look comes with progress.
    fn evidence(&self, language: &str) -> usize {
        let mut replies = 0;
        for (reason, standing, facts) in evidence::of_every_reason() {
            let mut state = self.fixtures.begun(guide(Some(PAGE), true));
            let Value::Object(facts) = facts else { continue };
            if let Some(file) = facts.get("file").and_then(Value::as_str) {
                state.made_backups.push(file.to_owned());
            }
            state.take_evidence(
                self.fixtures
                    .seen(Check::Backup, reason, standing, facts.into_iter().collect()),
            );
            for part in [
                claim(&[1], false),
                claim(&[], true),
                progress(&[1], 0b010),
                question("status"),
            ] {
                replies += self.render(state.clone(), self.conversation(language, vec![part]));
            }
        }
        replies
    }

    /// Every verdict on a key, its value new, old, or not to be compared.
    fn keys(&self, language: &str) -> usize {
        let mut replies = 0;
        for verdict in Verdict::ALL {
            let keys = [None, Some(true), Some(false)].map(|changed| KeyState {
                asked_as: None,
                provider: "a".to_owned(),
                title: "A".to_owned(),
                variables: vec!["A_KEY".to_owned(), "A_SECRET".to_owned()],
                verdict,
                changed,
                because: None,
                fingerprint: None,
                expires_at: None,
                permissions: Vec::new(),
            });
            for parts in [vec![reported()], vec![posted(Extent::Whole, false)]] {
                let mut conversation = self.conversation(language, parts);
                conversation.keys = keys.to_vec();
                replies += self.render(self.fixtures.begun(guide(Some(PAGE), true)), conversation);
            }
        }
        replies
    }

    /// What is said of leaks: of one key and of several, however they stand, and before anybody looked.
    fn exposed(&self, language: &str) -> usize {
        let mut replies = 0;
        for (part, exposed) in leaks::told(self.fixtures.now) {
            let told = Conversation {
                exposed,
                ..self.conversation(language, vec![part])
            };
            replies += self.render(self.fixtures.begun(guide(Some(PAGE), true)), told);
        }
        replies
    }

    /// What is asked about keys and their dates.
    fn asked(&self, language: &str) -> usize {
        let plain = self.conversation(language, Vec::new());
        let all = asked::conversations(&plain, self.fixtures.now).into_iter();
        all.map(|conversation| self.render(self.fixtures.begun(guide(Some(PAGE), true)), conversation))
            .sum()
    }

    /// The thanks for a comment that is gone, for one without its key, and for a block.
    fn thanks(&self, language: &str) -> usize {
        let comment = CommentId::from_wire("posted");
        let mut replies = 0;
        for labels in [Vec::new(), vec!["A_KEY".to_owned()]] {
            let clean = self.conversation(language, vec![ReplyPart::Clean { labels }]);
            replies += self.render(self.fixtures.begun(guide(Some(PAGE), true)), clean);
        }
        for exposed in [Vec::new(), vec!["A_KEY".to_owned(), "A_SECRET".to_owned()]] {
            let mut state = self.fixtures.begun(guide(Some(PAGE), true));
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
                let now = self.fixtures.now;
                state = decide(self.playbook, &self.page, state, &event, now).state;
                replies += 1;
            }
        }
        replies
    }

    /// The help that single pages have of their own.
    fn blockers_of_pages(&self, language: &str, files: &BTreeMap<String, String>) -> usize {
        let pages: BTreeSet<&str> = files.keys().filter_map(|name| page_of_blocker(name)).collect();
        let mut replies = 0;
        for page in pages {
            for part in blockers() {
                let state = self.fixtures.begun(guide(Some(page), true));
                replies += self.render(state, self.conversation(language, vec![part]));
            }
        }
        replies
    }

    /// Decides on an open conversation; 1 when a reply comes of it, else 0.
    fn render(&self, mut state: PageState, conversation: Conversation) -> usize {
        state.conversations.push(conversation);
        decide(self.playbook, &self.page, state, &Event::ClockTicked, self.fixtures.now)
            .effects
            .len()
            .min(1)
    }

    fn conversation(&self, language: &str, parts: Vec<ReplyPart>) -> Conversation {
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
            exposed: Vec::new(),
            dates: None,
            since: self.fixtures.now,
            replied: false,
            silent: false,
            may_finish: false,
            is_guest: false,
        }
    }
}

fn claim(steps: &[u8], whole: bool) -> ReplyPart {
    ReplyPart::Claim {
        steps: steps.to_vec(),
        boxes: Vec::new(),
        whole,
        minutes: None,
        planned: None,
    }
}

/// `facts`: a bit for each thing that may be so or not.
fn progress(steps: &[u8], facts: u8) -> ReplyPart {
    ReplyPart::Progress {
        steps: steps.to_vec(),
        hedged: facts & 1 > 0,
        looked: facts & 2 > 0,
        cleared: facts & 4 > 0,
        ahead: facts & 8 > 0,
    }
}

fn question(topic: &str) -> ReplyPart {
    ReplyPart::Question {
        topic: topic.to_owned(),
        step: None,
    }
}

fn by_hand() -> ReplyPart {
    ReplyPart::ByHand {
        number: 1,
        text: "Keys backed up".to_owned(),
        check: Check::Backup,
    }
}

fn reported() -> ReplyPart {
    ReplyPart::Keys {
        variables: vec!["A_KEY".to_owned()],
    }
}

fn posted(extent: Extent, identifier: bool) -> ReplyPart {
    let keys = posted_keys(extent, identifier);
    ReplyPart::Posted { keys }
}

fn posted_keys(extent: Extent, identifier: bool) -> Vec<PostedKey> {
    let key = |label: &str, ours| PostedKey {
        label: Some(label.to_owned()),
        chars: 18,
        extent,
        identifier,
        ours,
    };
    vec![key("A_KEY", true), key("Notion token", false)]
}

fn held(blocks: usize, masks: bool) -> ReplyPart {
    let url = "https://notion.example/check#block".to_owned();
    let places = vec![(url, posted_keys(Extent::Whole, false)); blocks];
    ReplyPart::Held { places, masks }
}

/// Everything that a reply can speak of.
fn parts(playbook: &Playbook, files: &BTreeMap<String, String>, language: &str) -> Vec<ReplyPart> {
    let mut parts = blockers();
    parts.extend(boxes_said::parts());
    for steps in [&[][..], &[1], &[1, 2], &[99]] {
        parts.push(claim(steps, false));
        for bits in 0..16_u8 {
            parts.push(progress(steps, bits));
            let unticked = if bits & 1 > 0 { vec![1] } else { Vec::new() };
            let (reopened, cleared) = (bits & 2 > 0, bits & 4 > 0);
            parts.push(ReplyPart::Correction {
                steps: steps.to_vec(),
                boxes: Vec::new(),
                unticked,
                reopened,
                cleared,
            });
        }
    }
    for minutes in [None, Some(30), Some(60), Some(90)] {
        for planned in [None, Some(60)] {
            parts.push(ReplyPart::Claim {
                steps: Vec::new(),
                boxes: Vec::new(),
                whole: true,
                minutes,
                planned,
            });
        }
    }
    for extent in [Extent::Piece, Extent::Half, Extent::Whole] {
        parts.extend([posted(extent, false), posted(extent, true)]);
    }
    parts.extend(page_asked::parts(playbook));
    parts.extend(corrected());
    parts.extend(leaks::parts());
    parts.extend([
        by_hand(),
        ReplyPart::Limited,
        ReplyPart::Cut { chars: 20_000 },
        ReplyPart::ByBot {
            labels: vec!["A_KEY".to_owned()],
        },
        ReplyPart::Enough {
            again_at: DateTime::UNIX_EPOCH,
        },
        reported(),
        ReplyPart::Guidance,
        ReplyPart::LooksLikeKey,
        ReplyPart::Together { comments: 63 },
        held(1, true),
        held(6, false),
        ReplyPart::Due,
        ReplyPart::DatesBack { moves: Vec::new() },
        ReplyPart::Summary { comments: 3 },
    ]);
    parts.extend(alerts(files, language));
    parts
}
