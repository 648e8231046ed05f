//! `keyminder schedule`: when the next rotation is due.
use super::table::{print, print_json};
use super::{CommandResult, Exit, ProjectArgs};
use crate::config::Settings;
use crate::domain::asks::{AskReader, DateDoubt};
use crate::domain::schedule::{DEFAULT_INTERVAL, Interval, Schedule, due_in_words, read_instant};
use crate::rotation::providers::Providers;
use crate::rotation::schedule_file::{self, ReadSchedule};
use crate::rotation::{Project, key_dates};
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
        /// Only this provider, e.g. bybit
        #[arg(long, value_name = "PROVIDER")]
        key: Option<String>,
    },
}

/// Runs the command.
pub fn run(place: &ProjectArgs, args: &ScheduleArgs) -> CommandResult<Exit> {
    let settings = Settings::load(place)?;
    let project = Project::open(&settings)?;
    let now = Utc::now();
    match &args.action {
        None | Some(ScheduleCommand::Show) => show(&project, now, args.json),
        Some(ScheduleCommand::Set { date, every, key }) => {
            let providers = Providers::load(&settings)?;
            set(
                &project,
                &providers,
                date.as_deref(),
                every.as_deref(),
                key.as_deref(),
                now,
            )?;
            show(&project, now, args.json)
        }
    }
}

fn show(project: &Project, now: DateTime<Utc>, as_json: bool) -> CommandResult<Exit> {
    let read = schedule_file::read(project);
    if as_json {
        print_json(&as_object(project, &read, now))?;
        return Ok(Exit::Done);
    }
    match &read {
        ReadSchedule::Missing => println!("There is no schedule: rotation is due now. Set one: keyminder schedule set"),
        ReadSchedule::Unreadable(why) => println!(
            "{} cannot be understood ({why}): rotation is due now.\nThe file was left as it is; mend it, or: keyminder schedule set",
            schedule_file::PATH
        ),
        ReadSchedule::Ok {
            schedule,
            changed_by_hand,
        } => {
            println!("Next rotation: {}", due_in_words(schedule.next_at, now, project.zone));
            println!(
                "Every {}, {}",
                schedule.every.unwrap_or(DEFAULT_INTERVAL),
                project.zone.name()
            );
            if *changed_by_hand {
                println!("The date was changed by hand or by another script; it counts.");
            }
            let rows = schedule.keys.iter().map(|(id, key)| {
                let due = due_in_words(schedule.due_at(id), now, project.zone);
                vec![
                    id.clone(),
                    key.priority.as_str().to_owned(),
                    key.every.to_string(),
                    due,
                    key.state.clone().unwrap_or_default(),
                ]
            });
            let rows: Vec<_> = rows.collect();
            if !rows.is_empty() {
                print(&["PROVIDER", "PRIORITY", "EVERY", "DUE", "STATE"], rows);
            }
        }
    }
    Ok(Exit::Done)
}

fn as_object(project: &Project, read: &ReadSchedule, now: DateTime<Utc>) -> serde_json::Value {
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
            let key = |(id, key): (&String, &crate::domain::schedule::KeySchedule)| {
                (
                    id.clone(),
                    json!({ "next_at": local(schedule.due_at(id)), "every": key.every, "priority": key.priority, "state": key.state }),
                )
            };
            json!({
                "standing": "ok",
                "due": schedule.next_at <= now,
                "next_at": local(schedule.next_at),
                "every": schedule.every,
                "changed_by_hand": changed_by_hand,
                "keys": schedule.keys.iter().map(key).collect::<serde_json::Map<_, _>>(),
            })
        }
    }
}

fn set(
    project: &Project,
    providers: &Providers,
    date: Option<&str>,
    every: Option<&str>,
    key: Option<&str>,
    now: DateTime<Utc>,
) -> CommandResult<()> {
    let every = every.map(interval).transpose()?;
    let mut schedule = match schedule_file::read(project) {
        ReadSchedule::Ok { schedule, .. } => schedule,
        ReadSchedule::Missing | ReadSchedule::Unreadable(_) => {
            Schedule::every(every.unwrap_or(DEFAULT_INTERVAL), now, project.zone)
        }
    };
    if key.is_some() {
        schedule = key_dates::with_own_dates(project, providers, schedule);
    }
    let known = key.and_then(|id| schedule.keys.get(id)).map(|key| key.every);
    let interval = every.or(known).or(schedule.every).unwrap_or(DEFAULT_INTERVAL);
    let next_at = match date {
        Some(text) => instant(text, project, now)?,
        None => interval.morning_after(now, project.zone),
    };
    if next_at <= now {
        return Err(anyhow::anyhow!("{} lies in the past; name a later date", date.unwrap_or("that date")).into());
    }
    if let Some(id) = key {
        set_one(&mut schedule, id, interval, next_at)?;
    } else {
        schedule.every = Some(interval);
        schedule.move_to(next_at, now);
    }
    schedule_file::write(project, &schedule)?;
    Ok(())
}

fn set_one(schedule: &mut Schedule, id: &str, every: Interval, next_at: DateTime<Utc>) -> CommandResult<()> {
    let Some(mut key) = schedule.keys.remove(id) else {
        let known: Vec<&str> = schedule.keys.keys().map(String::as_str).collect();
        return Err(anyhow::anyhow!(
            "no key of {id:?} is in .env or in the schedule; there are: {}",
            known.join(", ")
        )
        .into());
    };
    key.every = every;
    key.next_at = Some(next_at);
    schedule.put(id, key);
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
        DateDoubt::WhichDay => format!("{text:?} is a month; which day of it?"),
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
