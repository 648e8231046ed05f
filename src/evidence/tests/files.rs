//! The checks that look at files, schedules and commands.
use super::*;

#[tokio::test]
async fn the_rotator_is_our_plan_or_a_script_that_python_reads() {
    let mut world = TestWorld::new(&["groq"]).await;
    let check = Check::Rotator {
        paths: vec!["agents/rotator.py".to_owned()],
    };
    let seen = world.look(&check).await;
    TestWorld::is(&seen, Proven, "rotator_ready");
    assert_eq!(seen.facts["path"], "keyminder rotate plan");
    if std::process::Command::new("python3").arg("--version").output().is_ok() {
        world.write("agents/rotator.py", "def broken(:\n");
        assert_eq!(world.look(&check).await.facts["script_fault"], "agents/rotator.py");
        world.write("agents/rotator.py", "print('rotates')\n");
        assert_eq!(world.look(&check).await.facts["path"], "agents/rotator.py");
    }
    world.write("agents/rotator.py", "def broken(:\n");
    world.values = IssuedValues::from([("COLOUR".to_owned(), "aubergine".to_owned())]);
    world.save();
    TestWorld::is(&world.look(&check).await, Missing, "rotator_missing");
}

#[tokio::test]
async fn the_monitor_must_have_run_and_run_again() {
    let mut world = TestWorld::new(&["groq"]).await;
    let project = world.collector.keys.project.clone();
    TestWorld::is(&world.look(&Check::MonitorRan).await, Missing, "monitor_missing");
    MonitorRecord {
        ran_at: Some(world.now),
        ..MonitorRecord::default()
    }
    .write(&project)
    .unwrap();
    let has_crontab = crate::monitor::timer_installed(&world.collector.settings.timer_dirs).is_some();
    if !has_crontab {
        TestWorld::is(&world.look(&Check::MonitorRan).await, Missing, "monitor_unassured");
    }
    let beat = Heartbeat {
        next_monitor_at: Some(world.now + TimeDelta::hours(9)),
        ..Heartbeat::at(world.now)
    };
    beat.write(&project).unwrap();
    assert_eq!(world.look(&Check::MonitorRan).await.facts["by"], "run");
    world.write("timers/my-keyminder-old.timer", "");
    world.wait(600);
    if !has_crontab {
        TestWorld::is(&world.look(&Check::MonitorRan).await, Missing, "monitor_unassured");
    }
    world.write("timers/keys.timer", "[Timer]\nOnCalendar=daily\n");
    world.write("timers/keys.service", "[Service]\nExecStart=keyminder monitor\n");
    let wants = world.dir.path().join("timers/timers.target.wants");
    std::fs::create_dir(&wants).unwrap();
    std::os::unix::fs::symlink("../keys.timer", wants.join("keys.timer")).unwrap();
    let seen = world.look(&Check::MonitorRan).await;
    TestWorld::is(&seen, Proven, "monitor_ran");
    assert_eq!(seen.facts["by"], "timer");
    std::fs::remove_dir_all(&wants).unwrap();
    if !has_crontab {
        MonitorRecord {
            ran_at: Some(world.now),
            ran_on_a_day_before: Some(world.now - TimeDelta::hours(24)),
            ..MonitorRecord::default()
        }
        .write(&project)
        .unwrap();
        assert_eq!(world.look(&Check::MonitorRan).await.facts["by"], "runs");
    }
    world.wait(26 * 3600);
    TestWorld::is(&world.look(&Check::MonitorRan).await, Missing, "monitor_stale");
}

#[tokio::test]
async fn the_schedule_must_lie_ahead() {
    let mut world = TestWorld::new(&["groq"]).await;
    TestWorld::is(&world.look(&Check::ScheduleAhead).await, Missing, "schedule_missing");
    let schedule = Schedule::every(Interval::parse("4 weeks").unwrap(), world.now, chrono_tz::UTC);
    schedule_file::write(&world.collector.keys.project, &schedule).unwrap();
    let seen = world.look(&Check::ScheduleAhead).await;
    TestWorld::is(&seen, Proven, "schedule_ahead");
    assert_eq!(seen.facts["days"], 28);
    world.wait(30 * 86_400);
    TestWorld::is(&world.look(&Check::ScheduleAhead).await, Missing, "schedule_past");
    world.write("config/rotation_schedule.json", "{");
    TestWorld::is(&world.look(&Check::ScheduleAhead).await, Missing, "schedule_unreadable");
}

#[tokio::test]
async fn files_are_looked_at_within_the_project_only() {
    let world = TestWorld::new(&["groq"]).await;
    let file = |path: &str, mode: Option<&str>, contains: Option<&str>| Check::File {
        path: path.to_owned(),
        mode: mode.map(str::to_owned),
        contains: contains.map(str::to_owned),
    };
    world.write("docs/a.md", "rotation");
    std::os::unix::fs::symlink("/etc/passwd", world.dir.path().join("link")).unwrap();
    let pipe = world.dir.path().join("pipe");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    )
    .unwrap();
    for (check, standing, reason) in [
        (file("pipe", None, Some("anything")), Missing, "file_lacks"),
        (file("docs/a.md", None, Some("rotation")), Proven, "file_ok"),
        (file("docs/a.md", None, Some("nothing")), Missing, "file_lacks"),
        (file(".env", Some("600"), None), Proven, "file_ok"),
        (file(".env", Some("400"), None), Missing, "file_mode"),
        (file("docs/b.md", None, None), Missing, "file_missing"),
        (file("link", None, None), Missing, "file_outside"),
        (file("../../../etc/passwd", None, None), Missing, "file_outside"),
        (file("/etc/passwd", None, None), Missing, "file_outside"),
    ] {
        TestWorld::is(&world.look(&check).await, standing, reason);
    }
}

#[tokio::test]
async fn commands_run_only_where_they_are_allowed() {
    let mut world = TestWorld::new(&["groq"]).await;
    let command = |run: &[&str]| Check::Command {
        run: run.iter().map(|part| (*part).to_owned()).collect(),
    };
    TestWorld::is(&world.look(&command(&["true"])).await, Missing, "command_off");
    world.collector.settings.allow_commands = true;
    TestWorld::is(&world.look(&command(&["true"])).await, Proven, "command_ok");
    TestWorld::is(
        &world.look(&command(&["sh", "-c", "exit 3"])).await,
        Missing,
        "command_failed",
    );
    TestWorld::is(
        &world.look(&command(&["sh", "-c", "test -z \"$HOME\""])).await,
        Proven,
        "command_ok",
    );
    TestWorld::is(
        &world.look(&command(&["no-such-program"])).await,
        Missing,
        "command_failed",
    );
}

#[test]
fn the_guides_page_names_checks_and_providers_that_exist() {
    let page: toml::Table = include_str!("../../../config/pages/ACT_011_SEC.toml").parse().unwrap();
    let list = |key: &str| page[key].as_array().unwrap().clone();
    let checks = list("criterion")
        .into_iter()
        .chain(list("step"))
        .filter_map(|entry| entry.get("check").cloned());
    let checks: Vec<Check> = checks.map(|check| check.try_into().unwrap()).collect();
    assert_eq!(checks.len(), 9);
    for check in checks {
        if let Check::KeysChanged { providers } = check {
            assert!(
                providers.iter().all(|id| Providers::builtin().get(id).is_some()),
                "{providers:?}"
            );
        }
    }
}
