//! The search for holders: every place once, for all values together.
use super::holder::{Holder, HolderPlace, Program};
use super::running::Running;
use super::sought::Sought;
use super::{env_lines, exported, processes, profiles, project_files};
use crate::config::Settings;
use crate::rotation::Project;
use crate::rotation::key_within::with_keys_alone;
use crate::rotation::providers::Providers;
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use std::path::PathBuf;
use std::sync::Arc;

/// How holders are looked for.
#[derive(Clone)]
pub struct HolderSearch {
    is_on: bool,
    environment: Arc<Vec<(String, SecretString)>>,
    home: Option<PathBuf>,
}

/// What a search found.
#[derive(Clone, Debug, Default)]
pub struct Holders {
    found: Vec<Holder>,
    /// Programs whose working folder is in the project.
    residents: Vec<Program>,
    /// Whether everybody was looked at: a setting may forbid it, nothing may be long enough to be looked for, and a system may
    /// not tell all that runs.
    pub looked: bool,
    /// Whether the project was too large to be looked through to its end.
    pub cut: bool,
}

impl HolderSearch {
    /// The search of these settings.
    pub fn new(settings: &Settings) -> Self {
        let environment: Vec<(String, SecretString)> = settings.environment.clone();
        let home = environment.iter().find(|(name, _)| name == "HOME");
        Self {
            is_on: settings.rotation.look_for_holders,
            home: home
                .map(|(_, home)| PathBuf::from(home.expose_secret()))
                .filter(|home| home.is_absolute()),
            environment: Arc::new(environment),
        }
    }

    /// Everything that a person exported before we were started.
    pub fn environment(&self) -> &[(String, SecretString)] {
        &self.environment
    }

    /// Looks for these values, each under the name of the variable whose old value it is; one variable may have several. Values below eight characters
    /// stand everywhere and are not looked for. Of a value that holds more than a key the key alone is looked for as well.
    pub fn find(&self, project: &Project, providers: &Providers, values: &[(String, SecretString)]) -> Holders {
        let Some(sought) = Sought::new(&with_keys_alone(providers, values)).filter(|_| self.is_on) else {
            return Holders::default();
        };
        let Running {
            holding: mut found,
            residents,
            shells,
            is_seen,
        } = processes::running(&sought, &project.dir);
        if let Some(exported) = exported::holding(&self.environment, &sought) {
            // The shell that we were started from has it as its own; it is told once.
            found.retain(|holder| !matches!(&holder.place, HolderPlace::Program { program, .. } if shells.contains(&program.pid)));
            found.push(exported);
        }
        found.extend(env_lines::holding(project, &sought));
        found.extend(profiles::holding(project, self.home.as_deref(), &sought));
        let files = project_files::holding(project, &sought);
        found.extend(files.found);
        found.sort();
        found.dedup();
        Holders {
            found,
            residents,
            looked: is_seen,
            cut: files.cut,
        }
    }
}

impl Holders {
    /// Those who hold an old value of these variables. `changed_at`: when `.env` got the new value; who has run in the project
    /// since before may hold the old one.
    pub fn of(&self, variables: &[String], changed_at: Option<DateTime<Utc>>) -> Vec<Holder> {
        let mut of: Vec<Holder> = Vec::new();
        for holder in &self.found {
            let mut held = holder.variables.clone();
            held.retain(|variable| variables.contains(variable));
            if !held.is_empty() {
                of.push(Holder {
                    place: holder.place.clone(),
                    variables: held,
                });
            }
        }
        let is_known = |program: &Program| {
            let mut programs = of.iter();
            programs.any(|holder| matches!(&holder.place, HolderPlace::Program { program: known, .. } if known.pid == program.pid))
        };
        let is_older = |program: &&Program| program.since.zip(changed_at).is_some_and(|(since, at)| since < at);
        let residents = self
            .residents
            .iter()
            .filter(is_older)
            .filter(|program| !is_known(program));
        let may_hold: Vec<Holder> = residents
            .map(|program| Holder {
                place: HolderPlace::MayHold {
                    program: program.clone(),
                },
                variables: Vec::new(),
            })
            .collect();
        of.extend(may_hold);
        of.sort();
        of
    }
}
