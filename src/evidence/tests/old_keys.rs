//! The check of old keys: proofs with their control, and who still holds an old key beside them.
use super::*;

#[tokio::test]
async fn an_old_key_is_dead_after_three_proofs_and_not_before() {
    let mut world = TestWorld::new(&["bybit", "groq", "mistral"]).await;
    let check = Check::OldKeysDead;
    TestWorld::is(&world.look(&check).await, Missing, "not_rotated");
    let old = world.rotate("bybit");
    TestWorld::is(&world.look(&check).await, Missing, "old_values_missing");
    // The cycle's own backup, brought back to the moment at which it is made.
    let new = std::mem::replace(&mut world.values, old.clone());
    world.values.extend(
        new.iter()
            .filter(|(name, _)| name.starts_with("API"))
            .map(|(name, value)| (name.clone(), value.clone())),
    );
    world.save();
    let made = backups::create(&world.collector.keys.project, world.now, "turn 1").unwrap();
    world.values = new;
    world.save();
    let path = world.dir.path().join(&made.file);
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, b"A\0=\0").unwrap();
    TestWorld::is(&world.look(&check).await, Missing, "old_values_sealed");
    std::fs::write(&path, whole).unwrap();
    // A backup of the new values does not hide the old ones.
    backups::create(
        &world.collector.keys.project,
        world.now + TimeDelta::seconds(2),
        "later",
    )
    .unwrap();

    let seen = world.look(&check).await;
    TestWorld::is(&seen, Missing, "old_key_alive");
    assert_eq!(seen.facts["key"], "BYBIT_API_KEY");
    assert!(seen.facts["manage_url"].as_str().unwrap().contains("bybit"));

    world.set("bybit", &old, KeyState::Deleted);
    world.wait(5);
    let first = world.now;
    let seen = world.look(&check).await;
    TestWorld::is(&seen, Unknown, "old_keys_proving");
    let next = DateTime::parse_from_rfc3339(seen.facts["next_proof_at"].as_str().unwrap())
        .unwrap()
        .to_utc();
    let due = first + TimeDelta::seconds(60);
    assert!(
        next >= due && next - due < TimeDelta::milliseconds(1),
        "rounded up, never down"
    );
    world.wait(30);
    let calls = world.stand_ins.journal().len();
    TestWorld::is(&world.look(&check).await, Unknown, "old_keys_proving");
    assert_eq!(
        world.stand_ins.journal().len(),
        calls,
        "no proof is taken before its time"
    );
    world.wait(30);
    TestWorld::is(&world.look(&check).await, Unknown, "old_keys_proving");
    world.wait(540);
    let seen = world.look(&check).await;
    TestWorld::is(&seen, Proven, "old_keys_dead");
    assert_eq!(seen.facts["retired"][0]["proofs"], 3);
    let stored = std::fs::read_to_string(world.collector.keys.project.state_dir.join("proofs.json")).unwrap();
    assert!(old.values().all(|value| !stored.contains(value.as_str())));
    let file_mode = world
        .collector
        .keys
        .project
        .state_dir
        .join("proofs.json")
        .metadata()
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(file_mode & 0o777, 0o600);
}

#[tokio::test]
async fn a_proof_without_its_control_is_none() {
    let mut world = TestWorld::new(&["groq"]).await;
    backups::create(&world.collector.keys.project, world.now, "turn 1").unwrap();
    let old = world.rotate("groq");
    world.set("groq", &old, KeyState::Deleted);
    world.set("groq", &world.values.clone(), KeyState::Down);
    let seen = world.look(&Check::OldKeysDead).await;
    TestWorld::is(&seen, Unknown, "old_keys_unknown");
    assert_eq!(seen.facts["verdicts"][0]["new"], "provider_down");
    world.set("groq", &world.values.clone(), KeyState::Live);
    TestWorld::is(&world.look(&Check::OldKeysDead).await, Unknown, "old_keys_proving");
    world.set("groq", &old, KeyState::Live);
    world.wait(60);
    TestWorld::is(&world.look(&Check::OldKeysDead).await, Unknown, "old_keys_propagating");
    TestWorld::is(&world.look(&Check::OldKeysDead).await, Missing, "old_key_alive");
    assert_eq!(Proofs::read(&world.collector.keys.project).series.len(), 1);
}

/// What runs is told beside the proofs, and changes none of them.
#[tokio::test]
async fn who_holds_an_old_key_is_told_beside_the_proofs() {
    let mut world = TestWorld::new(&["groq"]).await;
    backups::create(&world.collector.keys.project, world.now, "turn 1").unwrap();
    let old = world.rotate("groq");
    let mut sleep = std::process::Command::new("sleep");
    let sleep = sleep.arg("60").env_clear().envs([("GROQ", &old["API_Groq"])]);
    let mut child = sleep.spawn().unwrap();
    world.write("deploy.sh", &format!("#!/bin/sh\nKEY={}\n", old["API_Groq"]));
    let mut seen = Vec::new();
    for state in [KeyState::Live, KeyState::Deleted] {
        world.set("groq", &old, state);
        seen.push(world.look(&Check::OldKeysDead).await);
    }
    for _ in 0..3 {
        world.wait(600);
        seen.push(world.look(&Check::OldKeysDead).await);
    }
    child.kill().unwrap();
    child.wait().unwrap();
    std::fs::remove_file(world.dir.path().join("deploy.sh")).unwrap();
    let after = world.look(&Check::OldKeysDead).await;
    let (first, last) = (&seen[0], &seen[seen.len() - 1]);
    TestWorld::is(first, Missing, "old_key_alive");
    TestWorld::is(last, Proven, "old_keys_dead");
    TestWorld::is(&after, Proven, "old_keys_dead");
    if cfg!(target_os = "linux") {
        for seen in [first, last] {
            let readers = &seen.facts["readers"];
            assert_eq!(readers[0]["pid"], child.id(), "{readers}");
            assert_eq!(
                (&readers[0]["name"], &readers[1]["name"]),
                (&json!("sleep"), &json!("deploy.sh:2"))
            );
            assert!(!seen.facts.contains_key("no_reader"));
        }
    }
    assert_eq!(after.facts["no_reader"], true);
    assert!(!after.facts.contains_key("readers"));
    for seen in seen.iter().chain([&after]) {
        assert!(!format!("{:?}", seen.facts).contains(&old["API_Groq"]));
    }
}
