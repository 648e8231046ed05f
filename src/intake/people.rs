//! Who is who: ourselves, other bots, people, and what each may do.
use super::ingest::Author;
use crate::config::{MayAct, PeopleSettings as Settings};
use crate::domain::comment::RawText;
use crate::domain::event::Authority;
use crate::domain::ids::PersonId;
use crate::notion::{Client, Error, Kind, NameKind, OwnIds, RawComment, User, UserKind, raw_text};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long the list of members is believed.
const FRESH: Duration = Duration::from_mins(15);

/// How soon somebody is asked for again who was asked for in vain.
const ASKED_AGAIN: Duration = Duration::from_secs(30);

/// Whose part of the room for comments somebody's take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Share {
    /// That of people who may act in everything.
    Members,
    /// That of guests, bots, and people of whom it is not known whether they are members.
    Others,
}

/// Knows ourselves, other bots and people, and what each may do.
pub struct Directory {
    own: OwnIds,
    settings: Settings,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    users: HashMap<PersonId, User>,
    /// Those of them whom the last list of members named; guests that we asked for are not among them. `None`: there was no
    /// list yet.
    members: Option<HashSet<PersonId>>,
    /// Whether the members could be listed when that was tried last.
    listed: bool,
    read_at: Option<Instant>,
    /// People whom we asked for in vain, and when: they are not asked for with each of their comments.
    unanswered: HashMap<PersonId, Instant>,
}

impl Directory {
    /// Nobody but ourselves is known yet.
    pub fn new(own: OwnIds, settings: Settings) -> Self {
        Self {
            own,
            settings,
            known: Mutex::default(),
        }
    }

    /// The ids under which our own comments stand, former ones included.
    pub fn own(&self) -> Arc<[PersonId]> {
        self.own.all()
    }

    /// Whether the workspace was asked for its members, and answered or refused: before that nobody's rights are known.
    pub fn is_known(&self) -> bool {
        self.lock().read_at.is_some()
    }

    /// Reads the members, if the last list is old. A refusal is no error: then fewer things are allowed.
    pub async fn refresh(&self, notion: &Client) -> Result<(), Error> {
        let fresh = |known: &Known| known.read_at.is_some_and(|at| at.elapsed() < FRESH);
        if fresh(&self.lock()) {
            return Ok(());
        }
        let users = match notion.users().await {
            // Every workspace has members, and this connection among them: an empty list is an answer gone wrong.
            Ok(users) if users.is_empty() => {
                return Err(Error::new(
                    Kind::Unexpected,
                    "list the members of the workspace".to_owned(),
                ));
            }
            Ok(users) => Some(users),
            Err(error) if matches!(error.kind, Kind::Forbidden { .. } | Kind::Gone | Kind::Invalid) => None,
            Err(error) => return Err(error),
        };
        self.take_in(users);
        Ok(())
    }

    /// Takes in the list of members; `None`: Notion refuses to list them.
    fn take_in(&self, users: Option<Vec<User>>) {
        let mut known = self.lock();
        if users.is_none() && known.read_at.is_none() && self.settings.may_act == MayAct::Members {
            tracing::warn!(
                "the members of the workspace cannot be listed: everybody may cause looks and ticks, and only \
                 people.owners may cause Done; give the connection the capability to read user information"
            );
        }
        known.listed = users.is_some();
        known.read_at = Some(Instant::now());
        let Some(users) = users else { return };
        // Who left, or became a guest, is on the list no longer.
        let members = users.iter().filter(|user| user.kind == UserKind::Person);
        known.members = Some(members.map(|user| user.id.clone()).collect());
        for user in users {
            known.users.insert(user.id.clone(), user);
        }
    }

    /// Whether it is known who wrote a comment, without asking anybody.
    pub fn knows(&self, comment: &RawComment) -> bool {
        self.own.all().contains(&comment.author) || self.kind(&comment.author).is_some()
    }

    /// The person who wrote a comment; `None` when that is no person: ourselves, or another bot. Only the author's id
    /// counts; a displayed name proves nothing.
    pub async fn author(&self, notion: &Client, comment: &RawComment) -> Option<Author> {
        if self.own.all().contains(&comment.author) {
            return None;
        }
        let kind = match self.kind(&comment.author) {
            Some(kind) => kind,
            None => self
                .ask(notion, &comment.author)
                .await
                .unwrap_or(match comment.display_name.kind {
                    NameKind::Integration | NameKind::Custom => UserKind::Bot,
                    NameKind::User | NameKind::Other => UserKind::Person,
                }),
        };
        match kind {
            UserKind::Bot => None,
            UserKind::Person | UserKind::Other => Some(Author {
                name: self.name(comment),
                authority: self.authority(&comment.author),
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kind(&self, person: &PersonId) -> Option<UserKind> {
        self.lock().users.get(person).map(|user| user.kind)
    }

    /// Asks for somebody who is not in the list: a guest, or a bot that came later. Asked until there is an answer.
    async fn ask(&self, notion: &Client, person: &PersonId) -> Option<UserKind> {
        {
            let known = self.lock();
            let in_vain = known.unanswered.get(person);
            if !known.listed || in_vain.is_some_and(|at| at.elapsed() < ASKED_AGAIN) {
                return None;
            }
        }
        let answer = notion.user(person).await;
        let mut known = self.lock();
        let Ok(user) = answer else {
            known.unanswered.insert(person.clone(), Instant::now());
            return None;
        };
        let kind = user.kind;
        known.users.insert(person.clone(), user);
        Some(kind)
    }

    fn authority(&self, person: &PersonId) -> Authority {
        let known = self.lock();
        match &self.settings.may_act {
            MayAct::Everyone => Authority::Full,
            MayAct::Listed(ids) if ids.contains(person) => Authority::Full,
            MayAct::Members if self.settings.owners.contains(person) => Authority::Full,
            MayAct::Listed(_) => Authority::Guidance,
            MayAct::Members => match &known.members {
                // Whom the last list did not name is not trusted more because there is no newer one.
                Some(members) if !members.contains(person) => Authority::Guidance,
                Some(_) if known.listed => Authority::Full,
                None | Some(_) => Authority::Looks,
            },
        }
    }

    /// Whose part of the room this author's comments take, by what is known now.
    pub(super) fn share(&self, author: &PersonId) -> Share {
        let is_bot = self.kind(author) == Some(UserKind::Bot);
        if !is_bot && self.authority(author) == Authority::Full {
            Share::Members
        } else {
            Share::Others
        }
    }

    /// The name for replies: the workspace's, else the one that Notion shows.
    fn name(&self, comment: &RawComment) -> Option<RawText> {
        let known = self.lock();
        let user = known.users.get(&comment.author).and_then(|user| user.name.as_ref());
        user.or(comment.display_name.name.as_ref()).map(raw_text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_may_what_the_last_list_says_and_less_when_there_is_no_newer_one() {
        use Authority::{Full, Guidance, Looks};
        let user = |id: &str, kind| User {
            id: PersonId::from_wire(id),
            name: None,
            kind,
        };
        let people = |ids: &[&str]| {
            let people = ids.iter().map(|id| user(id, UserKind::Person));
            Some(people.chain([user("robo", UserKind::Bot)]).collect::<Vec<_>>())
        };
        let settings = Settings {
            may_act: MayAct::Members,
            owners: vec![PersonId::from_wire("owner")],
        };
        let directory = Directory::new(OwnIds::new(Vec::new()), settings);
        // What the workspace answers, and what ana, bram and gita may do from then on.
        let turns = [
            (None, [Looks, Looks, Looks]),
            (people(&["ana", "bram"]), [Full, Full, Guidance]),
            (None, [Looks, Looks, Guidance]),
            // Bram left the workspace, or is a guest now; Gita became a member.
            (people(&["ana", "gita"]), [Full, Guidance, Full]),
            (None, [Looks, Guidance, Looks]),
        ];
        for (turn, (list, may)) in turns.into_iter().enumerate() {
            directory.take_in(list);
            let found = ["ana", "bram", "gita"].map(|id| directory.authority(&PersonId::from_wire(id)));
            assert_eq!(found, may, "turn {turn}");
            assert_eq!(directory.authority(&PersonId::from_wire("owner")), Full);
            assert_ne!(directory.authority(&PersonId::from_wire("robo")), Full);
            let shares = ["ana", "bram", "gita"].map(|id| directory.share(&PersonId::from_wire(id)));
            assert_eq!(shares.map(|share| share == Share::Members), may.map(|may| may == Full));
        }
    }
}
