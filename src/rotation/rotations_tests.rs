//! Plan, cycle and rotation, over a folder.
use super::backup;
use super::project::testing::{project, write_file};
use super::providers::Providers;
use super::retirement::Retirement;
use super::rotations::{self, Noticed, RotationStage};
use super::{Project, cycle, key_dates, plan, retired, schedule_file};
use crate::domain::schedule::{DEFAULT_INTERVAL, Schedule, before_expiry, days_until};
use chrono::{DateTime, Duration, Utc};

const ENV: &str = "HF_TOKEN=hf_made-up-0\nHUGGINGFACE_TOKEN=hf_made-up-0\nAPI_Groq=gsk_made-up\n\
                   BYBIT_API_KEY=made-up-id\nBYBIT_API_SECRET=made-up-secret\nOTHER_SECRET=made-up-other\n";

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

fn order(project: &Project, at: DateTime<Utc>) -> Vec<(String, bool, i64)> {
    let plan = plan::make(project, &Providers::builtin(), at).unwrap();
    assert_eq!(plan.unknown, ["OTHER_SECRET"]);
    let keys = plan.keys.into_iter();
    keys.map(|key| (key.provider, key.exposed, days_until(key.due_at, at, project.zone)))
        .collect()
}

fn row(provider: &str, exposed: bool, days: i64) -> (String, bool, i64) {
    (provider.to_owned(), exposed, days)
}

fn expose(project: &Project, name: &str, at: DateTime<Utc>) {
    let mut prints = project.fingerprints().unwrap();
    prints.retain(|other, _| other == name);
    cycle::expose(project, &prints, at).unwrap();
}

#[test]
fn a_plan_has_the_guides_order_and_what_is_exposed_first() {
    let (_dir, project) = project(ENV);
    assert_eq!(
        order(&project, now()),
        [
            row("bybit", false, 0),
            row("huggingface", false, 0),
            row("groq", false, 0)
        ]
    );
    let schedule = Schedule::every(DEFAULT_INTERVAL, now(), project.zone);
    schedule_file::write(&project, &schedule).unwrap();
    expose(&project, "API_Groq", now());
    // A posted identifier opens nothing.
    expose(&project, "BYBIT_API_KEY", now());
    assert_eq!(
        order(&project, now()),
        [
            row("groq", true, 0),
            row("bybit", false, 28),
            row("huggingface", false, 28)
        ]
    );
    write_file(&project.env, &ENV.replace("gsk_made-up", "gsk_other"));
    assert_eq!(order(&project, now())[2], row("groq", false, 28));
}

#[test]
fn rotating_one_key_does_not_move_the_date_of_the_others() {
    let (_dir, project) = project(ENV);
    let providers = Providers::builtin();
    let groq = providers.get("groq").unwrap();
    let backup = backup::create(&project, now(), "test").unwrap();
    let mut rotation = rotations::begin(&project, groq, 1, Some(&backup), None, now()).unwrap();
    schedule_file::write(
        &project,
        &Schedule::every(DEFAULT_INTERVAL, now() - Duration::days(30), project.zone),
    )
    .unwrap();
    rotation.written(&project, &project.read_env().unwrap(), None, "works", now());
    rotation.proven(Retirement::Retired, now());
    key_dates::write(&project, &providers, groq, &rotation, now()).unwrap();
    let read = schedule_file::read(&project);
    let schedule = read.schedule().unwrap();
    let days = |id: &str| days_until(schedule.due_at(id), now(), project.zone);
    assert_eq!((days("groq"), days("bybit"), days("huggingface")), (28, -2, -2));
    assert!(schedule.next_at < now(), "the earliest date is the one for all");
}

#[test]
fn the_first_rotation_of_all_leaves_the_others_due_now() {
    let (_dir, project) = project(ENV);
    let providers = Providers::builtin();
    let groq = providers.get("groq").unwrap();
    let backup = backup::create(&project, now(), "test").unwrap();
    let mut rotation = rotations::begin(&project, groq, 1, Some(&backup), None, now()).unwrap();
    rotation.written(&project, &project.read_env().unwrap(), None, "works", now());
    rotation.proven(Retirement::Retired, now());
    key_dates::write(&project, &providers, groq, &rotation, now()).unwrap();
    let planned = order(&project, now());
    let days = |id: &str| {
        planned
            .iter()
            .find(|(provider, ..)| provider == id)
            .map(|(.., days)| *days)
    };
    assert_eq!(
        (days("groq"), days("bybit"), days("huggingface")),
        (Some(180), Some(0), Some(0))
    );
    let read = schedule_file::read(&project);
    let page = days_until(read.schedule().unwrap().next_at, now(), project.zone);
    assert_eq!(page, 0, "the page's date is the earliest");
}

#[test]
fn a_key_that_lives_a_day_is_due_shortly_before_its_end() {
    let made = now();
    let due = |hours: i64| before_expiry(made + Duration::hours(hours), Some(made)) - made;
    assert_eq!(due(24 * 90), Duration::days(83));
    assert_eq!(due(10), Duration::hours(8));
}

#[test]
fn an_edit_is_noticed_whole_or_in_part() {
    let (_dir, project) = project(ENV);
    let providers = Providers::builtin();
    let provider = providers.get("huggingface").unwrap();
    let backup = backup::create(&project, now(), "test").unwrap();
    let rotation = rotations::begin(&project, provider, 1, Some(&backup), None, now()).unwrap();
    let noticed = |env: &str| {
        write_file(&project.env, env);
        let env = project.read_env().unwrap();
        (
            rotation.notice(&project, &env),
            rotation.others_changed(&project, &env, &backup.fingerprints),
        )
    };
    assert_eq!(noticed(ENV), (Noticed::Unchanged, vec![]));
    let half = ENV.replacen("hf_made-up-0", "hf_new", 1);
    assert_eq!(
        noticed(&half).0,
        Noticed::Partly {
            unchanged: vec!["HUGGINGFACE_TOKEN".to_owned()]
        }
    );
    assert_eq!(noticed("API_Groq=gsk_made-up\n").0, Noticed::Gone);
    let one_name = ENV
        .replacen("HF_TOKEN=hf_made-up-0\n", "", 1)
        .replace("hf_made-up-0", "hf_new");
    assert_eq!(noticed(&one_name).0, Noticed::Changed);
    let whole = ENV.replace("hf_made-up-0", "hf_new").replace("gsk_made-up", "gsk_new");
    assert_eq!(noticed(&whole), (Noticed::Changed, vec!["API_Groq".to_owned()]));
}

#[test]
fn a_course_is_begun_once_and_again_when_it_is_over() {
    let (_dir, project) = project(ENV);
    let providers = Providers::builtin();
    let groq = providers.get("groq").unwrap();
    let backup = backup::create(&project, now(), "test").unwrap();
    let mut first = rotations::begin(&project, groq, 1, Some(&backup), None, now()).unwrap();
    let again = rotations::begin(&project, groq, 1, Some(&backup), None, now() + Duration::hours(1)).unwrap();
    assert_eq!(again.began_at, first.began_at);
    first.written(&project, &project.read_env().unwrap(), None, "works", now());
    first.proven(Retirement::ProbablyRetired, now());
    first.save(&project).unwrap();
    retired::remember_retired(&project, &first).unwrap();
    assert!(retired::retired(&project).is_empty(), "likely is not proven");
    let next = rotations::begin(&project, groq, 2, Some(&backup), None, now()).unwrap();
    assert_eq!((next.stage, next.cycle), (RotationStage::BackedUp, 2));
    let mistral = providers.get("mistral").unwrap();
    assert!(rotations::begin(&project, mistral, 1, Some(&backup), None, now()).is_err());
}

#[test]
fn a_cycle_holds_the_keys_of_its_beginning() {
    let (_dir, project) = project(ENV);
    assert_eq!(cycle::current(&project).unwrap(), None);
    let first = cycle::begin(&project, now(), None).unwrap();
    assert_eq!(
        (first.cycle.number, &first.cycle.fingerprints, first.adopted),
        (1, &project.fingerprints().unwrap(), false)
    );
    assert_eq!(first.cycle.fingerprints, first.backup.unwrap().fingerprints);
    assert_eq!(cycle::current(&project).unwrap(), Some(first.cycle));
    write_file(&project.state_dir.join("cycle.json"), "{");
    assert!(cycle::current(&project).is_err());
}

#[test]
fn a_page_and_a_command_are_in_one_cycle() {
    let later = now() + Duration::hours(1);
    for (first, second) in [(None, Some(1)), (Some(1), None)] {
        let (_dir, project) = project(ENV);
        let begun = cycle::begin(&project, now(), first).unwrap();
        expose(&project, "API_Groq", later);
        let other = cycle::begin(&project, later, second).unwrap();
        assert!(other.adopted);
        assert!(other.cycle.exposed.contains_key("API_Groq"), "it is told to both");
        assert_eq!(
            (other.cycle.number, other.cycle.began_at, &other.cycle.fingerprints),
            (1, now(), &begun.cycle.fingerprints)
        );
        assert_eq!(other.backup, begun.backup);
        assert_eq!(backup::list(&project).len(), 1);
        let repeated = cycle::begin(&project, later, second).unwrap();
        assert_eq!(repeated.cycle, other.cycle);
    }
}

#[test]
fn a_page_that_opens_again_begins_the_next_cycle() {
    let (_dir, project) = project(ENV);
    let providers = Providers::builtin();
    let groq = providers.get("groq").unwrap();
    cycle::begin(&project, now(), Some(1)).unwrap();
    let mut rotation = crate::rotation::start(&project, &[groq], None, now())
        .unwrap()
        .remove(0);
    rotation.written(&project, &project.read_env().unwrap(), None, "works", now());
    rotation.proven(Retirement::Retired, now());
    rotation.save(&project).unwrap();
    let number = |at, page| cycle::begin(&project, at, page).unwrap().cycle.number;
    let later = now() + Duration::days(1);
    assert_eq!(number(later, None), 1, "its page is not finished");
    cycle::end(&project, later).unwrap();
    let due = now() + Duration::days(28);
    assert_eq!(
        (
            number(due, Some(2)),
            number(due, Some(2)),
            number(due + Duration::days(1), None)
        ),
        (2, 2, 2)
    );
    // The page's next one, before it was said to be over.
    assert_eq!(number(due + Duration::days(28), Some(3)), 3);
    // A command that came first is adopted by the page.
    cycle::end(&project, due + Duration::days(29)).unwrap();
    assert_eq!(number(due + Duration::days(50), None), 4);
    assert_eq!(number(due + Duration::days(56), Some(4)), 4);
}
