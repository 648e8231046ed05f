//! `keyminder schedule`: when the next rotation is due.
use super::table::{print, print_json};
use super::{CommandResult, Exit, ProjectArgs};
use crate::config::Settings;
use crate::domain::asks::{AskReader, DateDoubt};
use crate::domain::schedule::{DEFAULT_INTERVAL, Interval, Schedule, due_in_words, read_instant};
use crate::rotation::plan::{self, Planned};
use crate::rotation::schedule_file::{self, ReadSchedule};
use crate::rotation::{Keyring, Project, key_dates};
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
    if let Some(ScheduleCommand::Set { date, every, key }) = &args.action {
        set(&keys, date.as_deref(), every.as_deref(), key.as_deref(), now)?;
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
        ReadSchedule::Missing => println!("There is no schedule: rotation is due now. Set one: keyminder schedule set"),
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
    every: Option<&str>,
    key: Option<&str>,
    now: DateTime<Utc>,
) -> CommandResult<()> {
    let project = &keys.project;
    let every = every.map(interval).transpose()?;
    let next_at = date.map(|text| instant(text, project, now)).transpose()?;
    if let Some(past) = next_at.filter(|next_at| *next_at <= now) {
        let date = past.with_timezone(&project.zone).format("%Y-%m-%d %H:%M");
        return Err(anyhow::anyhow!("{date} lies in the past; name a later date").into());
    }
    if let Some(name) = key {
        let provider = keys.provider(name)?;
        key_dates::set(project, &keys.providers, provider, (every, next_at), now)?;
        return Ok(());
    }
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

fn interval(text: &str) -> CommandResult<Interval> {
    Interval::parse(text).ok_or_else(|| {
        anyhow::anyhow!("--every {text:?}: write it as `4 weeks`, `28d`, `3 months`, `quarterly` or `1y`").into()
    })
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
        DateDoubt::TooFar => format!("{text:?} is more than two years ahead; write the date in figures if it is meant"),
        DateDoubt::Either { day_first, month_first } => {
            format!("{text:?} may be {day_first} or {month_first}; write one of these")
        }
        DateDoubt::WhichDay => format!("{text:?} names no day; which day is it?"),
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
