//! Puts the settings of a project together, one section after the other.
use super::faults::Faults;
use super::reader::SettingsReader;
use super::settings::{
    AlertSettings, Backlog, EffectSettings, EvidenceSettings, MayAct, NotionSettings, PeopleSettings, PollSettings,
    ProjectArgs, ReplySettings, RotationSettings, Settings,
};
use super::values::{split, system_zone, zone_named};
use crate::domain::decide::UncheckedClaims;
use crate::domain::ids::{PersonId, normalise};
use crate::domain::page::PropertyNames;
use crate::outbound::{destination, is_loopback};
use chrono::NaiveTime;
use chrono_tz::Tz;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn project(place: &ProjectArgs) -> Result<PathBuf, Faults> {
    let current = || std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    let project = match &place.project {
        Some(dir) if dir.is_absolute() => dir.clone(),
        Some(dir) => current().join(dir),
        None => current(),
    };
    if !project.is_dir() {
        return Err(Faults(vec![format!("--project {}: no such folder", project.display())]));
    }
    Ok(project)
}

impl Settings {
    /// Reads the settings of a project from its file and the process's environment.
    pub fn load(place: &ProjectArgs) -> Result<Self, Faults> {
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self::read(place, environment)
    }

    /// The settings of a project that sets nothing: to prove its other files when its settings have faults.
    pub fn defaults(place: &ProjectArgs) -> Result<Self, Faults> {
        let project = project(place)?;
        let mut reader = SettingsReader::open(Path::new(""), false, BTreeMap::new())?;
        Ok(Self::from_reader(&project, &mut reader))
    }

    /// As [`Settings::load`], with the environment given.
    pub fn read(place: &ProjectArgs, environment: BTreeMap<String, String>) -> Result<Self, Faults> {
        let project = project(place)?;
        let file = place
            .config
            .clone()
            .unwrap_or_else(|| project.join("config/keyminder.toml"));
        let mut reader = SettingsReader::open(&file, place.config.is_some(), environment)?;
        let settings = Self::from_reader(&project, &mut reader);
        reader.finish()?;
        Ok(settings)
    }

    pub(super) fn from_reader(project: &Path, r: &mut SettingsReader) -> Self {
        Self {
            project: project.to_owned(),
            pages: r.pages("pages"),
            state: state(project, r),
            notion: NotionSettings {
                url: r.url("notion.url", "https://api.notion.com"),
                token_file: r.optional("notion.token_file").map(|path| project.join(path)),
                requests_per_minute: r.number("notion.requests_per_minute", 180),
            },
            poll: PollSettings {
                active: r.duration("poll.active", Duration::from_secs(5)),
                idle: r.duration("poll.idle", Duration::from_secs(30)),
                backlog: r.choice(
                    "poll.backlog",
                    &[("absorb", Backlog::Absorb), ("answer", Backlog::Answer)],
                ),
            },
            env: project.join(r.text("project.env", ".env")),
            zone: zone(r),
            effects: effects(r),
            evidence: EvidenceSettings {
                fresh: r.duration("evidence.fresh", Duration::from_mins(1)),
                allow_commands: r.flag("evidence.allow_commands", false),
                claims: r.choice(
                    "evidence.claims",
                    &[("tick", UncheckedClaims::Tick), ("note", UncheckedClaims::Note)],
                ),
            },
            rotation: RotationSettings {
                proof_at: r.durations("rotation.proof_at", &[0, 60, 600].map(Duration::from_secs)),
                reopen_when_due: r.flag("rotation.reopen_when_due", true),
                redact_page_content: r.flag("rotation.redact_page_content", false),
                look_for_holders: r.flag("rotation.look_for_holders", true),
                monitor_at: r.parsed(
                    "rotation.monitor_at",
                    "09:00".to_owned(),
                    time_of_day,
                    "a time of day such as 09:00",
                ),
                backups: project.join(r.text("rotation.backups", "backups/api_keys")),
                recipients: r.list("rotation.recipients"),
            },
            people: PeopleSettings {
                may_act: may_act(r),
                owners: r.parsed(
                    "people.owners",
                    Vec::new(),
                    person_ids,
                    "a list of ids of persons, as Notion gives them",
                ),
            },
            second_reader: r.flag("reading.second_reader", true),
            reply: ReplySettings {
                language: r.text("reply.language", "auto"),
                progress: r.flag("reply.progress", true),
                nudge: r.duration("reply.nudge", Duration::ZERO),
                guest_answers: r.number("reply.guest_answers", 10).max(1),
                member_answers: r.number("reply.member_answers", 1_200).max(1),
            },
            properties: properties(r),
            probe_url: probe_url(r),
            alerts: AlertSettings {
                ntfy: r.secret_url("alerts.ntfy"),
                slack: r.secret_url("alerts.slack"),
                webhook: r.secret_url("alerts.webhook"),
                webhook_secret: r.secret("alerts.webhook_secret"),
                ping: r.secret_url("alerts.ping"),
            },
            environment_token: r
                .variable("NOTION_TOKEN")
                .filter(|token| !token.is_empty())
                .map(SecretString::from),
            environment: r.whole_environment(),
        }
    }
}

fn zone(r: &mut SettingsReader) -> Tz {
    let of_environment = r.variable("TZ").map(|zone| zone.trim_start_matches(':').to_owned());
    let default = of_environment
        .or_else(system_zone)
        .and_then(|zone| zone.parse().ok())
        .unwrap_or(Tz::UTC);
    r.parsed(
        "project.zone",
        default,
        zone_named,
        "a zone such as Europe/Amsterdam, or +05:30",
    )
}

fn state(project: &Path, r: &mut SettingsReader) -> String {
    let state = r.text("state", "state/keyminder.db");
    if state.starts_with("postgres") {
        r.fault(
            "state",
            "the state is kept in SQLite: give a file instead of an address",
        );
    }
    project.join(state).display().to_string()
}

/// `None` where one of them is no id.
fn person_ids(text: &str) -> Option<Vec<PersonId>> {
    let ids = split(text).into_iter().map(|id| normalise(&id));
    ids.map(|id| Some(PersonId::from_wire(&id?))).collect()
}

fn may_act(r: &mut SettingsReader) -> MayAct {
    let parse = |text: &str| match text {
        "members" => Some(MayAct::Members),
        "everyone" => Some(MayAct::Everyone),
        listed => person_ids(listed).map(MayAct::Listed),
    };
    let wanted = "members, everyone, or a list of ids of persons, as Notion gives them";
    r.parsed("people.may_act", MayAct::Members, parse, wanted)
}

/// `09:00`, as it is written.
fn time_of_day(text: &str) -> Option<String> {
    let text = text.trim();
    NaiveTime::parse_from_str(text, "%H:%M").ok().map(|_| text.to_owned())
}

fn effects(r: &mut SettingsReader) -> EffectSettings {
    let effects = EffectSettings {
        call_timeout: r.duration("effects.call_timeout", Duration::from_secs(10)),
        lease: r.duration("effects.lease", Duration::from_secs(30)),
        quiet: r.duration("effects.quiet", Duration::from_secs(90)),
        max_sends: r.number("effects.max_sends", 5).max(1),
        workers: r.number("effects.workers", 4).clamp(1, 64) as usize,
    };
    if effects.lease < effects.call_timeout + Duration::from_secs(5) {
        let why = "must be at least call_timeout + 5s, or a slow call outlives its lease";
        r.fault("effects.lease", why);
    }
    effects
}

fn properties(r: &mut SettingsReader) -> PropertyNames {
    PropertyNames {
        status: r.text("properties.status", "Status"),
        progress: r.text("properties.progress", "Progress"),
        next_rotation: r.text("properties.next_rotation", "Next rotation"),
        last_check: r.text("properties.last_check", "Last check"),
        quiet: r.text("properties.quiet", "Quiet"),
        not_started: r.text("properties.not_started", "Not started"),
        in_progress: r.text("properties.in_progress", "In Progress"),
        blocked: r.text("properties.blocked", "Blocked"),
        done: r.text("properties.done", "Done"),
    }
}

/// Where the tests and the demo send every probe.
fn probe_url(r: &mut SettingsReader) -> Option<String> {
    let url = r.variable("KEYMINDER_PROBE_URL")?.trim_end_matches('/').to_owned();
    if !destination(&url).is_ok_and(|url| is_loopback(&url)) {
        r.environment_fault(&format!(
            "KEYMINDER_PROBE_URL={url} must be on 127.0.0.1: keys are sent to it"
        ));
    }
    Some(url)
}
