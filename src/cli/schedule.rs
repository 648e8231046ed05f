//! `keyminder schedule`: when the next rotation is due.
use super::table::{print, print_json};
use super::{CommandResult, Exit, ProjectArgs};
use crate::config::Settings;
use crate::domain::asks::{AskReader, DateDoubt};
use crate::domain::schedule::{
    DEFAULT_INTERVAL, FURTHEST_DAYS, Interval, Schedule, days_until, due_in_words, read_instant,
};
use crate::rotation::key_names::variables_in;
use crate::rotation::plan::{self, Planned};
use crate::rotation::providers::Provider;
use crate::rotation::schedule_file::{self, ReadSchedule};
use crate::rotation::{Keyring, Project, key_dates};
use anyhow::Context;
use chrono::{DateTime, SecondsFormat, Utc};
use clap::Subcommand;
use serde_json::json;

/// The options of `schedule`.
#[derive(clap::Args, Clone, Debug)]
pub struct ScheduleArgs {
    #[command(subcommand)]
    action: Option<ScheduleCommand>,
    /// Print one JSON object instead of text
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand, Clone, Debug)]
enum ScheduleCommand {
    /// When the next rotation is due (also without a subcommand)
    Show,
    /// Set the next rotation
    Set {
        /// A date such as 2026-12-20, 2026-12-20T09:00 (local time, or with an offset: +05:30), tomorrow, "next Monday",
        /// "15 January" [default: one interval from now, 09:00]
        date: Option<String>,
        /// So much later than it is now, each key from its own date: 2 weeks, 10d
        #[arg(long, value_name = "SPAN", conflicts_with_all = ["date", "earlier"])]
        later: Option<String>,
        /// So much earlier
        #[arg(long, value_name = "SPAN", conflicts_with = "date")]
        earlier: Option<String>,
        /// How often: 4 weeks, 90d, 3 months, monthly, quarterly [default: as it was, else 4 weeks]
        #[arg(long)]
        every: Option<String>,
        /// Only the key of this provider or variable, e.g. bybit
        #[arg(long, value_name = "PROVIDER")]
        key: Option<String>,
    },
}

/// Runs the command.
pub fn run(place: &ProjectArgs, args: &ScheduleArgs) -> CommandResult<Exit> {
    let keys = Keyring::open(&Settings::load(place)?)?;
    let now = Utc::now();
    if let Some(ScheduleCommand::Set {
        date,
        later,
        earlier,
        every,
        key,
    }) = &args.action
    {
        let every = every.as_deref().map(|text| interval("--every", text)).transpose()?;
        let later = later.as_deref().map(|text| interval("--later", text)).transpose()?;
        let earlier = earlier.as_deref().map(|text| interval("--earlier", text)).transpose()?;
        let by = later.map(|by| (by, false)).or(earlier.map(|by| (by, true)));
        if let Some(by) = by {
            set_by(&keys, by, every, key.as_deref(), now)?;
        } else {
            let before = plan::make(&keys.project, &keys.providers, now).map(|plan| plan.keys);
            set(&keys, date.as_deref(), every, key.as_deref(), now)?;
            if key.is_none() {
                tell_postponed(&keys, &before.unwrap_or_default(), now);
            }
        }
    }
    let read = schedule_file::read(&keys.project);
    // Without `.env` there are no keys, but there may be a date.
    let planned = plan::make(&keys.project, &keys.providers, now).map(|plan| plan.keys);
    let planned = planned.unwrap_or_default();
    if args.json {
        print_json(&as_object(&keys.project, &read, &planned, now))?;
    } else {
        show(&keys.project, &read, &planned, now);
    }
    Ok(Exit::Done)
}

fn show(project: &Project, read: &ReadSchedule, planned: &[Planned], now: DateTime<Utc>) {
    match read {
        ReadSchedule::Missing => {
            println!("There is no schedule: rotation is due now. In which order: keyminder rotate plan");
        }
        ReadSchedule::Unreadable(why) => println!(
            "{} cannot be understood ({why}): rotation is due now.\nThe file was left as it is; mend it, or: keyminder schedule set",
            schedule_file::PATH
        ),
        ReadSchedule::Ok {
            schedule,
            changed_by_hand,
        } => {
            let next_at = earliest(schedule, planned);
            println!("Next rotation: {}", due_in_words(next_at, now, project.zone));
            println!(
                "Every {}, {}",
                schedule.every.unwrap_or(DEFAULT_INTERVAL),
                project.zone.name()
            );
            if *changed_by_hand {
                println!("The date was changed by hand or by another script; it counts.");
            }
            let rows: Vec<_> = planned.iter().map(|key| row(schedule, key)).collect();
            if !rows.is_empty() {
                print(&["PROVIDER", "PRIORITY", "EVERY", "DUE", "STATE"], rows);
            }
        }
    }
}

/// The earliest date of the keys that are there, which may be earlier than the one for all: a key is exposed, or ends soon.
fn earliest(schedule: &Schedule, planned: &[Planned]) -> DateTime<Utc> {
    let earliest = planned.iter().map(|key| key.due_at).min();
    earliest.unwrap_or(schedule.next_at)
}

fn row(schedule: &Schedule, key: &Planned) -> Vec<String> {
    let own = schedule.keys.get(&key.provider);
    let every = own.map(|own| own.every).or(schedule.every).unwrap_or(DEFAULT_INTERVAL);
    vec![
        key.provider.clone(),
        key.priority.as_str().to_owned(),
        every.to_string(),
        key.due.clone(),
        own.and_then(|own| own.state.clone()).unwrap_or_default(),
    ]
}

fn as_object(project: &Project, read: &ReadSchedule, planned: &[Planned], now: DateTime<Utc>) -> serde_json::Value {
    let local = |at: DateTime<Utc>| {
        at.with_timezone(&project.zone)
            .to_rfc3339_opts(SecondsFormat::Secs, false)
    };
    match read {
        ReadSchedule::Missing => json!({ "standing": "missing", "due": true }),
        ReadSchedule::Unreadable(why) => json!({ "standing": "unreadable", "due": true, "why": why }),
        ReadSchedule::Ok {
            schedule,
            changed_by_hand,
        } => {
            let key = |key: &Planned| {
                let own = schedule.keys.get(&key.provider);
                let every = own.map(|own| own.every).or(schedule.every);
                let state = own.and_then(|own| own.state.as_ref());
                (
                    key.provider.clone(),
                    json!({ "next_at": local(key.due_at), "every": every, "priority": key.priority, "state": state }),
                )
            };
            let next_at = earliest(schedule, planned);
            json!({
                "standing": "ok",
                "due": next_at <= now,
                "next_at": local(next_at),
                "every": schedule.every,
                "changed_by_hand": changed_by_hand,
                "keys": planned.iter().map(key).collect::<serde_json::Map<_, _>>(),
            })
        }
    }
}

fn set(
    keys: &Keyring,
    date: Option<&str>,
    every: Option<Interval>,
    key: Option<&str>,
    now: DateTime<Utc>,
) -> CommandResult<()> {
    let project = &keys.project;
    let next_at = date.map(|text| instant(text, project, now)).transpose()?;
    if let Some(next_at) = next_at {
        within_bounds(next_at, project, now)?;
    }
    if let Some(name) = key {
        let provider = keys.provider(name)?;
        is_there(keys, provider)?;
        key_dates::set(project, &keys.providers, &[(provider, next_at)], every, now)?;
        return Ok(());
    }
    let _lock = schedule_file::lock(project)?;
    let mut schedule = match schedule_file::read(project) {
        ReadSchedule::Ok { schedule, .. } => schedule,
        ReadSchedule::Missing | ReadSchedule::Unreadable(_) => Schedule::every(DEFAULT_INTERVAL, now, project.zone),
    };
    if let Some(every) = every {
        schedule.repeat_every(every);
    }
    let interval = schedule.every.unwrap_or(DEFAULT_INTERVAL);
    schedule.move_to(next_at.unwrap_or_else(|| interval.morning_after(now, project.zone)));
    schedule_file::write(project, &schedule)?;
    Ok(())
}

/// Refuses a date for a key that is not there, and names those that are.
fn is_there(keys: &Keyring, provider: &Provider) -> CommandResult<()> {
    let env = keys
        .project
        .read_env_or_empty()
        .context("which keys there are cannot be told")?;
    let is_there = |provider: &&Provider| !variables_in(provider, &env).is_empty();
    if is_there(&provider) {
        return Ok(());
    }
    let there: Vec<&str> = keys
        .providers
        .all()
        .iter()
        .filter(is_there)
        .map(|there| there.id.as_str())
        .collect();
    let there = if there.is_empty() {
        "none".to_owned()
    } else {
        there.join(", ")
    };
    let file = keys.project.relative(&keys.project.env);
    Err(anyhow::anyhow!(
        "{file} holds no key of {}, so no date was set; it holds: {there}",
        provider.title
    )
    .into())
}

/// A date for all postpones the keys that are due as well: it is told of which, and of which not.
fn tell_postponed(keys: &Keyring, before: &[Planned], now: DateTime<Utc>) {
    let Ok(after) = plan::make(&keys.project, &keys.providers, now) else {
        return;
    };
    let (mut kept, mut postponed) = (Vec::new(), Vec::new());
    for key in before.iter().filter(|key| key.due_at <= now) {
        match after.key(&key.provider) {
            Some(later) if later.due_at > now => postponed.push(key.provider.as_str()),
            Some(_) | None => kept.push(key.provider.as_str()),
        }
    }
    if !kept.is_empty() {
        eprintln!("note: due now as before: {}", kept.join(", "));
    }
    if let [first, ..] = postponed[..] {
        eprintln!(
            "warning: these were due and are postponed with the others: {}. Rotate one now: keyminder rotate start {first}; \
             or give it a date of its own: keyminder schedule set tomorrow --key {first}",
            postponed.join(", ")
        );
    }
}

/// Moves each key, or one, by a span from its own date.
fn set_by(
    keys: &Keyring,
    (by, earlier): (Interval, bool),
    every: Option<Interval>,
    key: Option<&str>,
    now: DateTime<Utc>,
) -> CommandResult<()> {
    let project = &keys.project;
    let named = key.map(|name| keys.provider(name)).transpose()?;
    let planned = plan::make(project, &keys.providers, now)?.keys;
    let is_meant = |key: &&Planned| named.is_none_or(|provider| provider.id == key.provider);
    let meant: Vec<&Planned> = planned.iter().filter(is_meant).collect();
    if meant.is_empty() {
        return Err(anyhow::anyhow!("no such key is in .env, so there is no date to move").into());
    }
    let schedule = key_dates::of_each(project, &keys.providers, now);
    let mut moved = Vec::new();
    for key in meant {
        let next_at = by.moved_from(schedule.due_at(&key.provider), earlier, now, project.zone);
        within_bounds(next_at, project, now)?;
        moved.push((keys.provider(&key.provider)?, Some(next_at)));
    }
    key_dates::set(project, &keys.providers, &moved, every, now)?;
    Ok(())
}

/// Neither past, nor further ahead than anybody plans.
fn within_bounds(next_at: DateTime<Utc>, project: &Project, now: DateTime<Utc>) -> CommandResult<()> {
    let date = next_at.with_timezone(&project.zone).format("%Y-%m-%d %H:%M");
    if next_at <= now {
        return Err(anyhow::anyhow!("{date} lies in the past; name a later date").into());
    }
    if days_until(next_at, now, project.zone) > FURTHEST_DAYS {
        return Err(anyhow::anyhow!("{date} is more than two years ahead; name an earlier date").into());
    }
    Ok(())
}

/// A span that an option names.
fn interval(option: &str, text: &str) -> CommandResult<Interval> {
    let Some(span) = Interval::parse(text) else {
        let how = "write it as `4 weeks`, `28d`, `3 months`, `quarterly` or `1y`";
        return Err(anyhow::anyhow!("{option} {text:?}: {how}; two years are the most").into());
    };
    if i64::from(span.days()) > FURTHEST_DAYS {
        return Err(anyhow::anyhow!("{option} {text:?} is more than two years").into());
    }
    Ok(span)
}

fn instant(text: &str, project: &Project, now: DateTime<Utc>) -> CommandResult<DateTime<Utc>> {
    let written = written_instant(text, project);
    if let Some(at) = written {
        return Ok(at);
    }
    let said = AskReader::builtin().morning(text, now, project.zone);
    let why = match said {
        Some(Ok(at)) => return Ok(at),
        Some(Err(doubt)) => in_words(text, &doubt),
        None => format!(
            "{text:?} is no date; write 2026-12-20, 2026-12-20T09:00, tomorrow, \"next Monday\" or \"15 January\""
        ),
    };
    Err(anyhow::anyhow!(why).into())
}

/// Why words for a date mean no day for sure.
fn in_words(text: &str, doubt: &DateDoubt) -> String {
    match doubt {
        DateDoubt::Past { day } => format!("{text:?} is {day}, which lies in the past; name a later date"),
        DateDoubt::NoSuchDay => format!("{text:?}: the calendar has no such day"),
        DateDoubt::TooFar => format!("{text:?} is more than two years ahead; name an earlier date"),
        DateDoubt::Either { day_first, month_first } => {
            format!("{text:?} may be {day_first} or {month_first}; write one of these")
        }
        DateDoubt::WhichDay => format!("{text:?} names no day; which day is it?"),
        DateDoubt::TooOften => format!("{text:?}: nothing is rotated oftener than once a day"),
        DateDoubt::HowOften => format!("{text:?} does not say how often; write it as `60 days`"),
        DateDoubt::Several => format!("{text:?} names several days; which one?"),
    }
}

fn written_instant(text: &str, project: &Project) -> Option<DateTime<Utc>> {
    // A date alone means its morning: nobody rotates at midnight.
    let written = if text.len() == "2026-12-20".len() {
        format!("{text}T09:00")
    } else {
        text.to_owned()
    };
    read_instant(&written, project.zone)
}
