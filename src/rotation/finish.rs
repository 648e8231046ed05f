//! Finishes a rotation, from a new value to a dead old key. Each call does what can be done now, tells what happens as it
//! happens, and says what comes next.
use super::acceptance::{Objection, objection, probe_fresh};
use super::dotenv::KeyValues;
use super::exposure_look::look_at_gone;
use super::holders::{HeldBy, held_by};
use super::probe::Hint;
use super::prove::prove;
use super::providers::Provider;
use super::retired::{remember_retired, retired};
use super::retirement::{ProofRun, Retirement};
pub use super::rotation_event::{Finished, RotationEvent};
use super::rotation_values::{edited, is_replaced_again, old_values, replaced, taken_over};
use super::rotations::{self, Rotation, RotationError, RotationStage};
use super::state_file::StateError;
use super::{Keyring, NextStep, Project, backup, exposures, key_dates, safe_copy, watch};
use crate::domain::verdict::{Life, Verdict};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;

/// A rotation that is being finished.
pub struct Finishing<'k> {
    keys: &'k Keyring,
    provider: &'k Provider,
    rotation: Rotation,
    took_over: bool,
    /// Whether it was told by now who holds the old key.
    told: bool,
    /// Who holds it, as it was found last.
    held_by: Option<HeldBy>,
    undated: Option<String>,
    /// Whether the provider was asked about the new key.
    asked: bool,
    /// Proofs that are kept, of all the values that are asked about.
    counted: usize,
}

impl<'k> Finishing<'k> {
    /// Takes up the rotation of a provider that was begun, and notices an old value that came back.
    pub async fn begin(
        keys: &'k Keyring,
        provider: &'k Provider,
        tell: &mut impl FnMut(RotationEvent),
    ) -> Result<Self, RotationError> {
        let id = provider.id.clone();
        let (rotation, went_back) = keys
            .blocking(move |project| {
                let mut rotation = rotations::get(project, &id)?;
                // An editor that was open all the time may have saved the old value.
                let env = project.read_env().map_err(StateError::Env)?;
                let went_back = watch::went_back(project, &env, &mut rotation, Utc::now())?;
                safe_copy::secured(project, &env, &mut rotation, Utc::now())?;
                Ok::<_, RotationError>((rotation, went_back))
            })
            .await?;
        if went_back {
            tell(RotationEvent::OldValueBack);
        }
        Ok(Self {
            keys,
            provider,
            rotation,
            took_over: false,
            told: false,
            held_by: None,
            undated: None,
            asked: true,
            counted: 0,
        })
    }

    /// Tests the new value, which is given (one for each variable of the provider) or was put into `.env`; uses it; takes
    /// the proofs that are due, and with `wait` all of them. `proof_at`: when proofs are due, from the first one on.
    pub async fn finish(
        mut self,
        given: Option<Vec<SecretString>>,
        proof_at: &[Duration],
        wait: bool,
        tell: &mut impl FnMut(RotationEvent),
    ) -> Result<Finished, RotationError> {
        if let Some(values) = given {
            self.write(&values, tell).await?;
        } else if self.awaits_new_value().await? && !self.notice(tell).await? {
            return Ok(self.ended(tell).await);
        }
        if !self.rotation.stage.is_over() && self.prove(proof_at, wait, tell).await? {
            self.settle().await?;
        }
        look_at_gone(self.keys, &self.provider.id, proof_at, Utc::now()).await?;
        Ok(self.ended(tell).await)
    }

    /// Whether no new value is in use yet, or the one that was leaked too, and another one may stand in its place.
    async fn awaits_new_value(&self) -> Result<bool, RotationError> {
        let (rotation, providers) = (self.rotation.clone(), Arc::clone(&self.keys.providers));
        let again = move |project: &Project| is_replaced_again(project, &providers, &rotation);
        Ok(self.rotation.stage == RotationStage::BackedUp || self.keys.blocking(again).await?)
    }

    /// Tests a value, and only then writes it.
    async fn write(
        &mut self,
        given: &[SecretString],
        tell: &mut impl FnMut(RotationEvent),
    ) -> Result<(), RotationError> {
        let values = self.rotation.named(self.provider, given);
        let project = &self.keys.project;
        let is_old = |(name, value): (&String, &SecretString)| {
            self.rotation.old.get(name) == Some(&project.fingerprint(name, value))
        };
        if values.iter().any(is_old) {
            return Err(RotationError::Refused(Objection::Same));
        }
        // What would not be written is not asked about either.
        let names: Vec<String> = values.keys().cloned().collect();
        self.keys
            .blocking(move |project| project.rehearse_values(&names))
            .await?;
        let expires_at = self.accept(&values, tell).await?;
        self.put(values.clone(), &values, tell).await?;
        self.written(expires_at, tell).await
    }

    /// Puts values into `.env`, and with them `new` under the other names that still hold the old one.
    async fn put(
        &mut self,
        mut values: KeyValues,
        new: &KeyValues,
        tell: &mut impl FnMut(RotationEvent),
    ) -> Result<(), RotationError> {
        let (rotation, new) = (self.rotation.clone(), new.clone());
        let (replaced, together) = self
            .keys
            .blocking(move |project| {
                let env = project.read_env().map_err(StateError::Env)?;
                let followers = if project.env_is_pipe() {
                    KeyValues::new()
                } else {
                    rotation.followers(project, &env, &new)
                };
                let together: Vec<String> = followers.keys().cloned().collect();
                values.extend(followers);
                // What nobody changes is not looked at as if it were to be written.
                let replaced = (!values.is_empty())
                    .then(|| project.write_values(&values))
                    .transpose()?;
                Ok::<_, RotationError>((replaced, together))
            })
            .await?;
        if let Some(mode) = replaced.and_then(|replaced| replaced.narrowed_from) {
            tell(RotationEvent::EnvClosed(mode));
        }
        if !together.is_empty() {
            tell(RotationEvent::ChangedTogether(together));
        }
        Ok(())
    }

    /// Looks whether somebody edited `.env`, and tests what stands there. `false`: the old value does.
    async fn notice(&mut self, tell: &mut impl FnMut(RotationEvent)) -> Result<bool, RotationError> {
        let rotation = self.rotation.clone();
        let edited = self.keys.blocking(move |project| edited(project, &rotation)).await?;
        let Some((values, others)) = edited else {
            return Ok(false);
        };
        if !others.is_empty() {
            tell(RotationEvent::OthersChanged(others));
        }
        let expires_at = self.accept(&values, tell).await?;
        self.put(KeyValues::new(), &values, tell).await?;
        self.written(expires_at, tell).await?;
        Ok(true)
    }

    /// Asks the provider about the new key; says when the provider ends it.
    async fn accept(
        &mut self,
        values: &KeyValues,
        tell: &mut impl FnMut(RotationEvent),
    ) -> Result<Option<DateTime<Utc>>, RotationError> {
        let title = &self.provider.title;
        tell(RotationEvent::AskingProvider(title.clone()));
        let mut told = false;
        let refused = |left: Duration| {
            if !std::mem::replace(&mut told, true) {
                let title = title.clone();
                tell(RotationEvent::NewKeyUnknown { title, left });
            }
        };
        let answer = probe_fresh(&self.keys.prober, self.provider, values, Utc::now(), refused).await;
        if let Some(Hint::Reference(kept)) = &answer.hint {
            tell(RotationEvent::NewKeyKeptElsewhere(kept.owner.clone()));
            self.asked = false;
            return Ok(None);
        }
        match objection(self.provider, &answer) {
            Some(_) if answer.verdict == Verdict::ValidLimited && self.old_is_no_better().await? => {
                tell(RotationEvent::NewKeyLimited);
                Ok(answer.captures.expires_at)
            }
            Some(objection) => Err(RotationError::Refused(objection)),
            None => Ok(answer.captures.expires_at),
        }
    }

    /// Whether the old key lacks a right as well, or is dead: then a new key that lacks one is no worse.
    async fn old_is_no_better(&self) -> Result<bool, RotationError> {
        let (rotation, search) = (self.rotation.clone(), self.keys.holders.clone());
        let old = self
            .keys
            .blocking(move |project| old_values(project, &rotation, search.environment()))
            .await?;
        let old = self.keys.prober.probe(self.provider, &old, Utc::now()).await.verdict;
        Ok(old == Verdict::ValidLimited || old.life() == Life::Dead)
    }

    async fn written(
        &mut self,
        expires_at: Option<DateTime<Utc>>,
        tell: &mut impl FnMut(RotationEvent),
    ) -> Result<(), RotationError> {
        let asked = self.asked;
        let kept_by = self
            .keep(move |project, rotation| {
                let env = project.read_env().map_err(StateError::Env)?;
                let kept_by = rotation.kept_by(project, &env);
                let said = taken_over(kept_by.as_deref(), asked);
                rotation.written(project, &env, expires_at, &said, Utc::now());
                Ok(kept_by)
            })
            .await?;
        self.took_over = true;
        if asked {
            tell(RotationEvent::NewKeyInUse(kept_by));
        }
        let held_by = self.look_for_holders().await;
        self.tell_holders(&held_by, tell);
        self.held_by = Some(held_by);
        Ok(())
    }

    async fn look_for_holders(&self) -> HeldBy {
        let (rotation, search) = (self.rotation.clone(), self.keys.holders.clone());
        let providers = Arc::clone(&self.keys.providers);
        let found = self
            .keys
            .blocking(move |project| held_by(&search, project, &providers, &[rotation], |_| true).pop())
            .await;
        found.unwrap_or_default()
    }

    /// Tells once who holds the old key: before somebody deletes it.
    fn tell_holders(&mut self, held_by: &HeldBy, tell: &mut impl FnMut(RotationEvent)) {
        if std::mem::replace(&mut self.told, true) {
            return;
        }
        let is_dead = self.rotation.stage == RotationStage::Retired && !held_by.exposed;
        let holders = held_by.holders.iter().cloned();
        let holders = holders.map(|holder| RotationEvent::StillHeld { holder, is_dead });
        let set = held_by.set_elsewhere.iter().cloned().map(RotationEvent::SetElsewhere);
        let exported = held_by.exported_otherwise.iter().cloned();
        let exported = exported.map(RotationEvent::ExportedOtherwise);
        let cut = held_by.cut.then_some(RotationEvent::SearchCut);
        holders.chain(set).chain(exported).chain(cut).for_each(tell);
    }

    /// Takes the proofs that are due. `false`: the next one is not due yet.
    async fn prove(
        &mut self,
        proof_at: &[Duration],
        wait: bool,
        tell: &mut impl FnMut(RotationEvent),
    ) -> Result<bool, RotationError> {
        loop {
            if let Some(due) = self.rotation.next_proof_at
                && let Ok(time) = (due - Utc::now()).to_std()
            {
                if !wait {
                    return Ok(false);
                }
                tell(RotationEvent::WaitingForProof(due));
                tokio::time::sleep(time).await;
                // Who held the old key then may have let it go meanwhile.
                self.held_by = None;
            }
            let proofs_before = self.counted;
            for run in self.take_proofs(proof_at, Utc::now()).await? {
                tell(RotationEvent::ProofTaken(run));
            }
            let goes_on = self.rotation.stage == RotationStage::Inconclusive && self.counted > proofs_before;
            if !wait || !goes_on {
                return Ok(true);
            }
        }
    }

    /// Takes the proofs that are due; the old values come from the rotation's backup.
    async fn take_proofs(&mut self, proof_at: &[Duration], now: DateTime<Utc>) -> Result<Vec<ProofRun>, RotationError> {
        let (provider, rotation, search) = (self.provider.clone(), self.rotation.clone(), self.keys.holders.clone());
        let providers = Arc::clone(&self.keys.providers);
        let replaced = self
            .keys
            .blocking(move |project| replaced(project, &providers, &provider, &rotation, search.environment()))
            .await?;
        let Some(replaced) = replaced else {
            self.rotation
                .note(now, "the old value is kept nowhere here, so nobody was asked about it");
            self.rotation.proven(Retirement::Claimed, now);
            return Ok(Vec::new());
        };
        let proven = prove(self.keys, &replaced, proof_at, now).await;
        proven.kept?;
        let rotation = &mut self.rotation;
        for run in &proven.runs {
            rotation.note(
                now,
                format!("proof: old {}, new {}", run.old.as_str(), run.new.as_str()),
            );
        }
        let known = proven.series.iter();
        rotation.proven(
            Retirement::worst(
                known
                    .clone()
                    .map(|series| series.retirement.unwrap_or(Retirement::Inconclusive)),
            ),
            now,
        );
        rotation.proofs = known.clone().map(|series| series.runs.len()).min().unwrap_or(0);
        self.counted = known.clone().map(|series| series.runs.len()).sum();
        rotation.next_proof_at = known.filter_map(|series| series.due_at(now, proof_at)).min();
        let rotation = rotation.clone();
        self.keys.blocking(move |project| rotation.save(project)).await?;
        Ok(proven.runs)
    }

    /// Writes the dates that follow from the proofs. Backups of a key that is proven dead may go by and by.
    async fn settle(&mut self) -> Result<(), RotationError> {
        self.keep(|_, _| Ok(())).await?;
        if self.rotation.stage != RotationStage::Retired {
            return Ok(());
        }
        let rotation = self.rotation.clone();
        self.keys
            .blocking(move |project| {
                remember_retired(project, &rotation)?;
                backup::retain(project, Utc::now(), &retired(project))?;
                Ok(())
            })
            .await
    }

    /// Changes the rotation, keeps it, and writes its dates into the schedule: where that fails, the rotation goes on, and it is
    /// told at the end.
    async fn keep<T: Send + 'static>(
        &mut self,
        change: impl FnOnce(&Project, &mut Rotation) -> Result<T, RotationError> + Send + 'static,
    ) -> Result<T, RotationError> {
        let (mut rotation, provider) = (self.rotation.clone(), self.provider.clone());
        let providers = Arc::clone(&self.keys.providers);
        let changed;
        (self.rotation, self.undated, changed) = self
            .keys
            .blocking(move |project| {
                let changed = change(project, &mut rotation)?;
                rotation.save(project)?;
                let dated = key_dates::write(project, &providers, &provider, &rotation, Utc::now());
                Ok::<_, RotationError>((rotation, dated.err().map(|error| error.to_string()), changed))
            })
            .await?;
        Ok(changed)
    }

    async fn ended(mut self, tell: &mut impl FnMut(RotationEvent)) -> Finished {
        let mut held_by = HeldBy::default();
        if self.rotation.written_at.is_some() && self.rotation.stage != RotationStage::BackedUp {
            held_by = match self.held_by.take() {
                Some(known) => known,
                None => self.look_for_holders().await,
            };
            self.tell_holders(&held_by, tell);
        }
        let (rotation, took_over, undated) = (self.rotation, self.took_over, self.undated);
        let providers = Arc::clone(&self.keys.providers);
        self.keys
            .blocking(move |project| Finished {
                next: NextStep::of(project, &providers, &rotation, Utc::now()),
                exposed: exposures::running_of(project, &providers, &rotation.provider),
                rotation,
                took_over,
                held_by,
                undated,
            })
            .await
    }
}
