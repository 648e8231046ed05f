//! What the bot and the commands that decide as it does work with, loaded once from the settings.
use super::own_secrets::secrets_elsewhere;
use super::{CommandResult, classify, patterns};
use crate::config::{self, Faults, Settings};
use crate::domain::asks::AskReader;
use crate::domain::classify::{Classifier, KeyName, KeyNames};
use crate::domain::decide::{KeyManual, Names, Playbook};
use crate::domain::redact::{Patterns, SharedRedactor};
use crate::evidence::{Collector, CollectorSettings};
use crate::intake::{CommentMarks, Ingest, NamesOfPages};
use crate::live::Live;
use crate::rotation::live_redactor::LiveRedactor;
use crate::rotation::providers::{Provider, Providers};
use crate::rotation::{Keyring, Project, blocking};
use anyhow::Context as _;
use std::sync::{Arc, Mutex, PoisonError};

/// What comments are read and decided by. Loading it writes nothing.
pub(super) struct Rulebook {
    pub(super) playbook: Arc<Playbook>,
    /// The variables that are the public half of a pair.
    pub(super) identifiers: Vec<String>,
    pub(super) patterns: Arc<Patterns>,
    classifier: Arc<Classifier>,
    key_names: KeyNames,
    asks: Arc<AskReader>,
}

/// What the bot works with.
pub(super) struct Tools {
    pub(super) settings: Settings,
    pub(super) keys: Arc<Keyring>,
    pub(super) collector: Collector,
    pub(super) playbook: Live<Playbook>,
    pub(super) ingest: Live<Ingest>,
    pub(super) redactor: LiveRedactor,
    /// The providers whose names `playbook` and `ingest` know.
    named: Mutex<Arc<Providers>>,
}

impl Rulebook {
    /// What is built in, with the project's own files over it, for the keys of these providers.
    pub(super) fn load(settings: &Settings, providers: &Providers) -> CommandResult<Self> {
        let names = names(providers);
        let key_names = key_names(providers);
        Ok(Self {
            asks: config::asks(settings, &key_names)?,
            identifiers: names.identifiers.clone(),
            playbook: Arc::new(config::playbook(settings, names)?),
            patterns: patterns::patterns(&settings.project)?,
            classifier: classifier(settings)?,
            key_names,
        })
    }

    /// How comments are taken in, with the keys that this redactor knows.
    pub(super) fn ingest(
        &self,
        settings: &Settings,
        project: &Project,
        redactor: SharedRedactor,
    ) -> CommandResult<Ingest> {
        let key = project.key_of_comments();
        Ok(Ingest {
            redactor,
            marks: CommentMarks::new(key.context("no key can be derived from the install key")?),
            classifier: Arc::clone(&self.classifier),
            leaks: Arc::clone(&self.playbook.leaks),
            keys: self.key_names.clone(),
            asks: Arc::clone(&self.asks),
            names: NamesOfPages::default(),
            backlog: settings.poll.backlog,
        })
    }
}

impl Tools {
    /// Loads everything that decisions go by, and follows `.env` from now on.
    pub(super) fn load(settings: Settings, project: Arc<Project>) -> CommandResult<Self> {
        let keys = Arc::new(Keyring::of(project, &settings)?);
        let rulebook = Rulebook::load(&settings, &keys.providers)?;
        let collector = Collector::new(Arc::clone(&keys), CollectorSettings::from(&settings));
        let redactor = LiveRedactor::new(
            Arc::clone(&keys.project),
            secrets_elsewhere(&settings),
            rulebook.identifiers.clone(),
            Arc::clone(&rulebook.patterns),
        )?;
        let ingest = rulebook.ingest(&settings, &keys.project, redactor.shared().clone())?;
        Ok(Self {
            named: Mutex::new(Arc::clone(&keys.providers)),
            settings,
            keys,
            collector,
            playbook: Live::new(rulebook.playbook),
            ingest: Live::new(ingest),
            redactor,
        })
    }

    /// Takes in the names that `.env` has now: a key may have been put there under a name that nobody knew at the start.
    pub(super) async fn follow_names(&self) {
        let providers = self.keys.renewed().await.providers;
        let known = std::mem::replace(
            &mut *self.named.lock().unwrap_or_else(PoisonError::into_inner),
            Arc::clone(&providers),
        );
        if Arc::ptr_eq(&known, &providers) || names(&known).ids == names(&providers).ids {
            return;
        }
        let (settings, project) = (self.settings.clone(), Arc::clone(&self.keys.project));
        let redactor = self.redactor.shared().clone();
        let loaded = blocking(move || {
            let rulebook = Rulebook::load(&settings, &providers)?;
            let ingest = rulebook.ingest(&settings, &project, redactor)?;
            CommandResult::Ok((rulebook.playbook, ingest))
        });
        match loaded.await {
            Ok((playbook, ingest)) => {
                self.playbook.replace(playbook);
                self.ingest.replace(ingest);
                tracing::info!("`.env` has keys under other names; comments may use them from now on");
            }
            Err(error) => tracing::warn!(%error, "the names of the keys in `.env` cannot be taken in"),
        }
    }
}

/// The rules that are built in, with those of the project in `config/rules` over them.
fn classifier(settings: &Settings) -> CommandResult<Arc<Classifier>> {
    let files = classify::rule_files(&settings.project)?;
    if files.is_empty() && settings.second_reader {
        return Ok(Classifier::builtin());
    }
    let own = if settings.second_reader {
        Classifier::from_files(&files)
    } else {
        Classifier::by_rules_alone(&files)
    };
    let own = own.map_err(|faults| Faults(faults.iter().map(ToString::to_string).collect()))?;
    Ok(Arc::new(own))
}

/// Why comments are read by the rules alone, where they are.
pub(super) fn why_rules_alone(settings: &Settings) -> Option<&'static str> {
    if !settings.second_reader {
        return Some("`reading.second_reader` is false");
    }
    (!Classifier::has_builtin_table()).then_some("this program has no table for its second reader")
}

/// The keys that comments may name: the variables of all providers, and what people call their services.
fn key_names(providers: &Providers) -> KeyNames {
    let names = providers.all().iter().flat_map(|provider| {
        let title = provider.title.to_lowercase();
        let mut services = vec![title, provider.id.clone()];
        services.extend(provider.called.iter().cloned());
        services.dedup();
        let pair = provider.variables.len() > 1;
        provider.variables.iter().map(move |variable| KeyName {
            variable: variable.name.clone(),
            services: services.clone(),
            secret_half: pair && !variable.identifier,
        })
    });
    KeyNames::new(names.collect())
}

/// What replies call the keys, and where their providers manage them.
pub(super) fn names(providers: &Providers) -> Names {
    let mut names = Names::default();
    for provider in providers.all() {
        let manual = KeyManual {
            title: provider.title.clone(),
            manage_url: provider.manage_url.clone(),
            steps: provider.instructions.clone(),
        };
        names.manuals.insert(provider.id.clone(), manual);
        names
            .manage_urls
            .insert(provider.title.clone(), provider.manage_url.clone());
        let of_maker = providers.all().iter().filter(|other| other.maker == provider.maker);
        let secret = |other: &Provider| {
            let mut secrets = other.variables.iter().filter(|variable| !variable.identifier);
            secrets.next().map(|variable| variable.name.clone())
        };
        let siblings: Vec<String> = of_maker.filter_map(secret).collect();
        // A key that has words of its own in its name is told by them.
        let is_plain = provider.id == provider.maker;
        for variable in provider.variables.iter().filter(|_| is_plain && siblings.len() > 1) {
            names.siblings.insert(variable.name.clone(), siblings.clone());
        }
        for variable in &provider.variables {
            names.providers.insert(variable.name.clone(), provider.title.clone());
            let all = || variable.names().map(str::to_owned);
            names.ids.extend(all().map(|name| (name, provider.id.clone())));
            if variable.identifier {
                names.identifiers.extend(all());
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::ProjectArgs;
    use std::collections::BTreeMap;

    #[test]
    fn the_names_of_a_variable_are_of_one_key() {
        let names = names(&Providers::builtin());
        assert_eq!(names.ids.get("GITHUB_PAT"), names.ids.get("GITHUB_TOKEN"));
        assert!(names.ids.contains_key("GITHUB_PAT"));
        assert!(names.identifiers.contains(&"BYBIT_API_KEY".to_owned()));
    }

    #[tokio::test]
    async fn a_name_that_is_put_into_env_is_known_without_a_new_start() {
        let dir = tempfile::tempdir().unwrap();
        let made_up = |prefix: &str| -> String {
            let letters = std::iter::repeat_with(fastrand::alphanumeric).take(48);
            prefix.chars().chain(letters).collect()
        };
        let first = format!("OPENAI_API_KEY={}\n", made_up("sk-proj-"));
        std::fs::write(dir.path().join(".env"), &first).unwrap();
        let place = ProjectArgs {
            project: Some(dir.path().to_owned()),
            config: None,
        };
        let settings = Settings::read(&place, BTreeMap::new()).unwrap();
        let project = Arc::new(Project::open(&settings).unwrap());
        let tools = Tools::load(settings, project).unwrap();
        let title = |tools: &Tools| tools.playbook.now().names.providers.get("OPENAI_API_KEY_2").cloned();
        assert_eq!(title(&tools), None);
        let second = format!("{first}OPENAI_API_KEY_2={}\n", made_up("sk-proj-"));
        std::fs::write(dir.path().join(".env"), second).unwrap();
        tools.follow_names().await;
        assert_eq!(title(&tools).as_deref(), Some("OpenAI (2)"));
    }
}
