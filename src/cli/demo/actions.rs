//! What a person does on the page and beside it: comments, new keys, rotations. The commands' own code runs.
use super::script::DemoAction;
use super::setup::{CommandOutput, Demo, env_text};
use crate::cli::CommandResult;
use crate::cli::rotate;
use crate::domain::ids::CommentId;
use crate::rotation;
use crate::rotation::providers::Provider;
use crate::rotation::rollback::roll_back;
use crate::rotation::schedule_file;
use anyhow::Context as _;
use chrono::Utc;
use keyminder_sandbox::providers::{Key, KeyState};
use secrecy::ExposeSecret;
use serde_json::json;
use std::collections::BTreeMap;

impl Demo {
    /// Does what a step says.
    pub(super) async fn act(&mut self, action: &DemoAction) -> CommandResult<()> {
        self.output = CommandOutput::default();
        match action {
            DemoAction::Say { who, text } => {
                let body = json!({ "page_id": self.page, "author": who, "text": text });
                let posted = self.control_api(reqwest::Method::POST, "comments", Some(body)).await?;
                self.last = posted["id"].as_str().map(CommentId::from_wire);
            }
            DemoAction::Edit { who, text } => {
                let body = json!({ "author": who, "text": text });
                self.control_api(reqwest::Method::PATCH, &self.last_path(), Some(body))
                    .await?;
            }
            DemoAction::Delete { .. } => {
                self.control_api(reqwest::Method::DELETE, &self.last_path(), None)
                    .await?;
            }
            DemoAction::ReplaceKeys => std::fs::write(self.project.join(".env"), env_text(&self.new))?,
            DemoAction::DeleteOldKeys(providers) => {
                for provider in *providers {
                    self.delete_old(provider).await?;
                }
            }
            DemoAction::Start(providers) => self.start_rotations(providers)?,
            DemoAction::Spoil(provider) => self.spoil(provider),
            DemoAction::RollBack(provider) => self.roll_back(provider).await?,
            DemoAction::Renew(provider) => self.renew(provider)?,
            DemoAction::StartProgram(provider) => self.start_program(provider)?,
            DemoAction::RestartProgram => self.end_program()?,
        }
        Ok(())
    }

    fn last_path(&self) -> String {
        format!("comments/{}", self.last.as_ref().map_or("", CommentId::as_str))
    }

    async fn delete_old(&self, provider: &str) -> CommandResult<()> {
        if let Some(values) = self.spoiled.get(provider).cloned() {
            self.stand_ins.put(Key::new(provider, values, KeyState::Deleted));
        }
        let Some(values) = self.old.get(provider) else {
            return Ok(());
        };
        self.stand_ins
            .put(Key::new(provider, values.clone(), KeyState::Deleted));
        if let Some(token) = values.get("NOTION_TOKEN") {
            self.control_api(reqwest::Method::DELETE, "tokens", Some(json!({ "token": token })))
                .await?;
        }
        Ok(())
    }

    /// Does what `keyminder rotate start` does.
    fn start_rotations(&mut self, ids: &[&str]) -> CommandResult<()> {
        let providers: Vec<&Provider> = ids.iter().filter_map(|id| self.keys.providers.get(id)).collect();
        let rotations = rotation::start(&self.keys.project, &providers, None, Utc::now())?;
        self.output.lines = rotations.iter().map(rotate::safe).collect();
        Ok(())
    }

    /// Does what `keyminder rotate rollback` does.
    async fn roll_back(&mut self, id: &str) -> CommandResult<()> {
        let keys = &self.keys;
        let provider = keys.providers.get(id).context("the demo knows no such provider")?;
        let done = roll_back(keys, provider, None).await;
        match done {
            Ok(done) => self.output.lines = rotate::told(&done),
            Err(error) if error.is_refusal() => {
                self.output.lines = vec![error.to_string()];
                self.output.refused = true;
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// The new key turns out not to be allowed what is needed.
    fn spoil(&mut self, provider: &str) {
        if let Some(values) = self.new.get(provider).cloned() {
            self.spoiled.insert(provider.to_owned(), values.clone());
            self.stand_ins.put(Key::new(provider, values, KeyState::Limited));
        }
    }

    /// Another new key is made and put into `.env`.
    fn renew(&mut self, provider: &str) -> CommandResult<()> {
        let fresh = self.stand_ins.issue(provider, &mut fastrand::Rng::new());
        self.new.insert(provider.to_owned(), fresh.unwrap_or_default());
        Ok(std::fs::write(self.project.join(".env"), env_text(&self.new))?)
    }

    /// A program that outlives the change of its key, as a server does.
    fn start_program(&mut self, provider: &str) -> CommandResult<()> {
        let mut program = crate::process::child("sleep");
        program.arg("120").envs(self.old.get(provider).into_iter().flatten());
        self.program = Some(program.spawn()?);
        Ok(())
    }

    /// Ends that program; started again it would get the new key.
    pub(super) fn end_program(&mut self) -> CommandResult<()> {
        if let Some(mut program) = self.program.take() {
            program.kill()?;
            program.wait()?;
        }
        Ok(())
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
