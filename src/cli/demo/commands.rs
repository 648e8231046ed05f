//! What a person does beside the page: begins rotations, rolls one back, makes another key. The commands' own code runs.
use super::stage::{Stage, env_text};
use crate::cli::rotate;
use crate::rotation::course;
use crate::rotation::providers::Provider;
use crate::rotation::rollback::roll_back;
use crate::rotation::schedule_file;
use crate::sandbox::providers::{Key, KeyState};
use anyhow::Context as _;
use chrono::Utc;
use secrecy::ExposeSecret;
use std::collections::BTreeMap;

/// What a command said.
#[derive(Default)]
pub(super) struct Told {
    /// Its lines.
    pub(super) lines: Vec<String>,
    /// It would not; the line says why.
    pub(super) refused: bool,
}

impl Stage {
    /// `keyminder rotate start`
    pub(super) fn start_rotations(&mut self, ids: &[&str]) -> anyhow::Result<()> {
        let providers: Vec<&Provider> = ids.iter().filter_map(|id| self.keys.providers.get(id)).collect();
        let courses = course::start(&self.keys.project, &providers, None, Utc::now())?;
        self.told.lines = courses.iter().map(rotate::safe).collect();
        Ok(())
    }

    /// `keyminder rotate rollback`
    pub(super) async fn roll_back(&mut self, id: &str) -> anyhow::Result<()> {
        let keys = &self.keys;
        let provider = keys.providers.get(id).context("the demo knows no such provider")?;
        let done = roll_back(&keys.project, &keys.providers, &keys.prober, provider, None).await;
        match done {
            Ok(done) => self.told.lines = rotate::told(&done),
            Err(error) if error.is_refusal() => {
                self.told.lines = vec![error.to_string()];
                self.told.refused = true;
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// The new key turns out not to be allowed what is needed.
    pub(super) fn spoil(&mut self, provider: &str) {
        if let Some(values) = self.new.get(provider).cloned() {
            self.spoiled.insert(provider.to_owned(), values.clone());
            self.stand_ins.put(Key::new(provider, values, KeyState::Limited));
        }
    }

    /// Another new key is made and put into `.env`.
    pub(super) fn renew(&mut self, provider: &str) -> anyhow::Result<()> {
        let fresh = self.stand_ins.issue(provider, &mut fastrand::Rng::new());
        self.new.insert(provider.to_owned(), fresh.unwrap_or_default());
        Ok(std::fs::write(self.project.join(".env"), env_text(&self.new))?)
    }

    /// Whether `.env` holds these values of a provider.
    pub(super) fn env_holds(&self, values: &BTreeMap<String, String>) -> bool {
        let Ok(env) = self.keys.project.read_env() else {
            return false;
        };
        let holds = |(name, value): (&String, &String)| env.get(name).is_some_and(|held| held.expose_secret() == value);
        !values.is_empty() && values.iter().all(holds)
    }

    /// Whether a provider's key is to be rotated now, by the schedule.
    pub(super) fn is_due(&self, provider: &str) -> bool {
        let read = schedule_file::read(&self.keys.project);
        let due = read.schedule().map(|schedule| schedule.due_at(provider));
        due.is_none_or(|due| due <= Utc::now())
    }
}
