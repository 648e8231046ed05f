//! Every kind of check in its standings, over real files and over HTTP to the stand-ins.
mod files;
mod general;
mod old_keys;

use super::*;
use crate::cli::ProjectArgs;
use crate::domain::cycle::Cycle;
use crate::domain::evidence::{Check, CheckStatus, Evidence};
use crate::domain::schedule::{Interval, Schedule};
use crate::monitor::MonitorRecord;
use crate::monitor::heartbeat::Heartbeat;
use crate::rotation::HolderSearch;
use crate::rotation::Keyring;
use crate::rotation::Project;
use crate::rotation::probe::{ProbeSettings, Prober};
use crate::rotation::proofs::Proofs;
use crate::rotation::providers::Providers;
use crate::rotation::{backup as backups, schedule_file};
use chrono::TimeDelta;
use chrono::{DateTime, Utc};
use keyminder_sandbox::providers::{Key, KeyState, Script, StandIns, router};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

type IssuedValues = BTreeMap<String, String>;

/// A project with keys of the guide's five, the stand-ins that issued them, and the cycle that began with them.
struct TestWorld {
    dir: TempDir,
    collector: Collector,
    stand_ins: StandIns,
    cycle: Cycle,
    values: IssuedValues,
    now: DateTime<Utc>,
}

impl TestWorld {
    async fn new(providers: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let stand_ins = StandIns::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn({
            let app = router(stand_ins.clone());
            async move { axum::serve(listener, app).await }
        });
        let place = ProjectArgs {
            project: Some(dir.path().to_owned()),
            config: None,
        };
        let settings = crate::config::Settings::read(&place, BTreeMap::new()).unwrap();
        let probe = ProbeSettings {
            probe_url: Some(url.clone()),
            notion_url: url,
            retry_delay: Duration::from_millis(1),
            ..ProbeSettings::default()
        };
        let looks = CollectorSettings {
            timer_dirs: vec![dir.path().join("timers")],
            ..CollectorSettings::from(&settings)
        };
        let keys = Keyring::with(
            Arc::new(Project::open(&settings).unwrap()),
            Providers::builtin(),
            Prober::new(probe).unwrap(),
            HolderSearch::new(&settings),
        );
        let collector = Collector::new(Arc::new(keys), looks);
        let values = providers
            .iter()
            .flat_map(|id| stand_ins.issue(id, &mut fastrand::Rng::new()).unwrap())
            .collect();
        let now = Utc::now();
        let cycle = Cycle {
            number: 1,
            began_at: now,
            key: String::new(),
            fingerprints: BTreeMap::new(),
            exposed: BTreeMap::new(),
        };
        let mut world = Self {
            dir,
            collector,
            stand_ins,
            cycle,
            values,
            now,
        };
        world.save();
        world.cycle.fingerprints = world.collector.keys.project.fingerprints().unwrap();
        world
    }

    /// Writes `.env`, as of an hour ago so that no key counts as fresh.
    fn save(&self) {
        let lines: Vec<String> = self
            .values
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let text = lines.join("\n");
        let path = self.dir.path().join(".env");
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        let long_ago = std::time::SystemTime::now() - Duration::from_hours(1);
        std::fs::File::open(&path).unwrap().set_modified(long_ago).unwrap();
    }

    /// Replaces a provider's key by a new one; gives the old one.
    fn rotate(&mut self, provider: &str) -> IssuedValues {
        let new = self.stand_ins.issue(provider, &mut fastrand::Rng::new()).unwrap();
        let old = new
            .keys()
            .map(|name| (name.clone(), self.values[name].clone()))
            .collect();
        self.values.extend(new);
        self.save();
        old
    }

    fn set(&self, provider: &str, values: &IssuedValues, state: KeyState) {
        self.stand_ins.put(Key::new(provider, values.clone(), state));
    }

    async fn look(&self, check: &Check) -> Evidence {
        let evidence = collect(&self.collector, check, &self.cycle, self.now).await;
        let shown = serde_json::to_string(&evidence).unwrap();
        assert!(
            self.values.values().all(|value| !shown.contains(value.as_str())),
            "{shown}"
        );
        evidence
    }

    #[track_caller]
    fn is(evidence: &Evidence, standing: CheckStatus, reason: &str) {
        assert_eq!(
            (evidence.standing, evidence.reason.as_str()),
            (standing, reason),
            "{:?}",
            evidence.facts
        );
    }

    fn wait(&mut self, seconds: i64) {
        self.now += TimeDelta::seconds(seconds);
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

use CheckStatus::{Missing, Proven, Unknown};

#[tokio::test]
async fn a_backup_is_looked_for_opened_and_compared() {
    let mut world = TestWorld::new(&["groq", "mistral"]).await;
    let backup = async |world: &TestWorld| world.look(&Check::Backup).await;
    TestWorld::is(&backup(&world).await, Missing, "backup_missing");
    let made = backups::create(&world.collector.keys.project, world.now, "test").unwrap();
    let seen = backup(&world).await;
    TestWorld::is(&seen, Proven, "backup_verified");
    assert_eq!(seen.facts["file"], made.file.as_str());
    assert_eq!(
        (seen.facts["mode"].as_str(), seen.facts["same_as_env"].as_bool()),
        (Some("0600"), Some(true))
    );
    world.rotate("groq");
    TestWorld::is(&backup(&world).await, Proven, "backup_verified");

    let path = world.dir.path().join(&made.file);
    std::fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    TestWorld::is(&backup(&world).await, Missing, "backup_mode");
    std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    std::fs::write(&path, "API_Groq=cut").unwrap();
    TestWorld::is(&backup(&world).await, Missing, "backup_unreadable");
    std::fs::remove_file(&path).unwrap();

    backups::create(&world.collector.keys.project, world.now, "late").unwrap();
    let seen = backup(&world).await;
    TestWorld::is(&seen, Missing, "backup_differs");
    assert_eq!(seen.facts["keys"], json!(["API_Groq"]));
    world.cycle.began_at += TimeDelta::hours(1);
    TestWorld::is(&backup(&world).await, Missing, "backup_stale");
    std::fs::remove_file(world.dir.path().join(".env")).unwrap();
    TestWorld::is(&backup(&world).await, Missing, "env_missing");
}

#[tokio::test]
async fn a_backup_by_the_guides_own_command_counts() {
    let world = TestWorld::new(&["groq"]).await;
    let copy = world.dir.path().join(".env.backup.20260105_100000");
    std::fs::copy(world.dir.path().join(".env"), &copy).unwrap();
    std::fs::set_permissions(&copy, Permissions::from_mode(0o600)).unwrap();
    TestWorld::is(&world.look(&Check::Backup).await, Proven, "backup_verified");
}

#[tokio::test]
async fn keys_count_as_changed_when_they_are_others_and_work() {
    let mut world = TestWorld::new(&["bybit", "groq"]).await;
    let check = Check::KeysChanged {
        providers: vec!["bybit".to_owned(), "binance".to_owned()],
    };
    let seen = world.look(&check).await;
    TestWorld::is(&seen, Missing, "keys_unchanged");
    assert_eq!(seen.facts["keys"], json!(["BYBIT_API_KEY", "BYBIT_API_SECRET"]));
    assert_eq!(seen.facts["verdicts"][0]["verdict"], "valid");
    assert_eq!(seen.facts["verdicts"][0]["changed"], false);

    world.rotate("bybit");
    TestWorld::is(&world.look(&check).await, Proven, "keys_changed");
    let fingerprints = world.collector.keys.project.fingerprints().unwrap();
    world
        .cycle
        .exposed
        .insert("BYBIT_API_SECRET".to_owned(), fingerprints["BYBIT_API_SECRET"].clone());
    let seen = world.look(&check).await;
    TestWorld::is(&seen, Missing, "keys_unchanged");
    assert_eq!(seen.facts["exposed"], json!(["BYBIT_API_SECRET"]));
    world.rotate("bybit");
    TestWorld::is(&world.look(&check).await, Proven, "keys_changed");

    let only_notion = Check::KeysChanged {
        providers: vec!["notion".to_owned()],
    };
    TestWorld::is(&world.look(&only_notion).await, Missing, "keys_missing");
}

#[tokio::test]
async fn a_refused_key_is_no_valid_key_unless_it_is_very_new() {
    let mut world = TestWorld::new(&["bybit", "mistral"]).await;
    TestWorld::is(&world.look(&Check::KeysValid).await, Proven, "keys_valid");
    world.rotate("bybit");
    let pair = |world: &TestWorld| -> IssuedValues {
        world
            .values
            .iter()
            .filter(|(name, _)| name.starts_with("BYBIT"))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    };
    world.set("bybit", &pair(&world), KeyState::Deleted);
    let seen = world.look(&Check::KeysValid).await;
    TestWorld::is(&seen, Missing, "keys_not_valid");
    assert_eq!(seen.facts["keys"], json!(["BYBIT_API_KEY", "BYBIT_API_SECRET"]));
    std::fs::File::open(world.dir.path().join(".env"))
        .unwrap()
        .set_modified(std::time::SystemTime::now())
        .unwrap();
    world.wait(61);
    let seen = world.look(&Check::KeysValid).await;
    TestWorld::is(&seen, Missing, "keys_not_valid");
    world.now = Utc::now();
    world.collector.fresh = Arc::default();
    TestWorld::is(&world.look(&Check::KeysValid).await, Unknown, "keys_fresh");
}

#[tokio::test]
async fn an_answer_that_tells_nothing_is_no_fault_and_is_asked_again() {
    let mut world = TestWorld::new(&["mistral"]).await;
    let down = Script {
        status: 503,
        headers: BTreeMap::new(),
        body: Value::from(""),
        times: Some(3),
        delay_ms: 0,
    };
    world.stand_ins.script("mistral", down);
    TestWorld::is(&world.look(&Check::KeysValid).await, Unknown, "keys_unknown");
    TestWorld::is(&world.look(&Check::KeysValid).await, Proven, "keys_valid");
    let calls = world.stand_ins.journal().len();
    world.wait(30);
    TestWorld::is(&world.look(&Check::KeysValid).await, Proven, "keys_valid");
    assert_eq!(world.stand_ins.journal().len(), calls, "a fresh verdict is used again");
    world.wait(31);
    world.look(&Check::KeysValid).await;
    assert_eq!(world.stand_ins.journal().len(), calls + 1);
}

#[tokio::test]
async fn looks_at_the_same_time_share_one_probe_and_a_mended_key_is_believed() {
    let mut world = TestWorld::new(&["mistral"]).await;
    let (a, b) = tokio::join!(world.look(&Check::KeysValid), world.look(&Check::KeysValid));
    TestWorld::is(&a, Proven, "keys_valid");
    TestWorld::is(&b, Proven, "keys_valid");
    assert_eq!(world.stand_ins.journal().len(), 1);
    world.rotate("mistral");
    world.set("mistral", &world.values.clone(), KeyState::Deleted);
    TestWorld::is(&world.look(&Check::KeysValid).await, Missing, "keys_not_valid");
    world.set("mistral", &world.values.clone(), KeyState::Live);
    world.wait(6);
    TestWorld::is(&world.look(&Check::KeysValid).await, Proven, "keys_valid");
}
