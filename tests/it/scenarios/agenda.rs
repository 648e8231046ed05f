//! The dates of keys in the world of a scenario: what is set, looked up and moved.
use super::world::World;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Europe::Amsterdam;
use keyminder::domain::effect::{Done, Effect};
use keyminder::domain::key_dates::{DateMove, KeyDates};
use keyminder::domain::schedule::{DEFAULT_INTERVAL, at_nine};
use keyminder::rotation::providers::Providers;
use std::collections::BTreeMap;

/// The dates of keys, by provider.
#[derive(Default)]
pub struct Agenda {
    /// The date that a finished page was given.
    pub finished: Option<DateTime<Utc>>,
    dates: BTreeMap<String, KeyDates>,
}

impl Agenda {
    /// `given groq due 2026-02-01`, `rotated`, `expires`, `exposed`.
    pub fn given(&mut self, provider: &str, what: &str, day: NaiveDate) {
        let dates = self.dates.entry(provider.to_owned()).or_default();
        let at = Some(at_nine(day, Amsterdam));
        match what {
            "due" => dates.due_at = at,
            "rotated" => (dates.rotated_at, dates.by) = (at, Some("ana".to_owned())),
            "expires" => dates.expires_at = at,
            _ => dates.exposed = true,
        }
    }

    /// What comes of an effect that reads or writes dates.
    pub fn perform(&mut self, world: &World, effect: &Effect) -> Option<Done> {
        match effect {
            Effect::WriteSchedule { rotated_at, .. } => {
                let next_at = *rotated_at + TimeDelta::weeks(4);
                self.finished = Some(next_at);
                Some(Done::Scheduled { next_at })
            }
            Effect::LookUpKeys { variables, .. } => Some(Done::LookedUp {
                keys: self.looked_up(world, variables),
                unreadable: None,
            }),
            Effect::MoveRotation { moves } => Some(self.moved(moves)),
            _ => None,
        }
    }

    fn looked_up(&self, world: &World, variables: &[String]) -> Vec<KeyDates> {
        let present = world.present();
        let mut all = Vec::new();
        for provider in Providers::builtin().all() {
            let named = variables.iter().any(|name| provider.variable(name).is_some());
            if !(named || variables.is_empty() && present.contains_key(&provider.id)) {
                continue;
            }
            let dates = self.dates.get(&provider.id).cloned().unwrap_or_default();
            let values = present.get(&provider.id);
            all.push(KeyDates {
                provider: provider.id.clone(),
                title: provider.title.clone(),
                variables: values
                    .map(|values| values.keys().cloned().collect())
                    .unwrap_or_default(),
                priority: provider.priority,
                every: dates.due_at.map(|_| dates.every.unwrap_or(DEFAULT_INTERVAL)),
                ..dates
            });
        }
        all
    }

    fn moved(&mut self, moves: &[DateMove]) -> Done {
        for one in moves {
            let dates = self.dates.entry(one.provider.clone()).or_default();
            dates.due_at = one.to;
            dates.every = one.every_to.or(dates.every);
        }
        let next = self.dates.values().filter_map(|dates| dates.due_at).min();
        Done::Moved {
            moves: moves.to_vec(),
            next_at: next.unwrap_or(DateTime::UNIX_EPOCH),
        }
    }
}
