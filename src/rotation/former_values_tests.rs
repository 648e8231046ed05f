//! The theft: all of `state/`, in the hands of one who tries every guess on it.
use crate::domain::redact::Patterns;
use crate::rotation::fingerprint::{InstallKey, sha256};
use crate::rotation::live_redactor::LiveRedactor;
use crate::rotation::project::testing::{project, settings, write_file};
use crate::rotation::{Project, backup, install_key};
use chrono::Utc;
use serde_json::Value;
use siphasher::sip::SipHasher13;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A password that a person made up: anybody tries this one.
const WEAK: &str = "Sommer2026!";

fn key(seed: u64) -> String {
    let mut random = fastrand::Rng::with_seed(seed);
    (0..40).map(|_| random.alphanumeric()).collect()
}

fn env(key: &str) -> String {
    format!("BYBIT_API_SECRET={key}\nDB_PASSWORD={WEAK}\n")
}

fn live(project: &Arc<Project>) -> LiveRedactor {
    LiveRedactor::new(Arc::clone(project), Vec::new(), Vec::new(), Patterns::builtin()).unwrap()
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let listing = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    listing
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

/// All guesses that a thief of these files can confirm: of the windows of six characters, and of whole values.
fn confirmed(stolen: &[Vec<u8>], variable: &str, value: &str) -> Vec<String> {
    let text: Vec<String> = stolen
        .iter()
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .collect();
    let mut known: Vec<String> = value
        .as_bytes()
        .windows(6)
        .map(|window| String::from_utf8_lossy(window).into_owned())
        .filter(|window| text.iter().any(|text| text.contains(window.as_str())) || is_hashed(stolen, window))
        .collect();
    let keys = text.iter().filter_map(|text| InstallKey::from_hex(text));
    let prints = keys.map(|key| key.fingerprint(variable, &value.into()));
    let sums = [sha256(value.as_bytes()), sha256(env(value).as_bytes())];
    known.extend(
        prints
            .chain(sums)
            .filter(|print| text.iter().any(|text| text.contains(print))),
    );
    known
}

/// Whether hashes under a key that lies beside them know this window.
fn is_hashed(stolen: &[Vec<u8>], window: &str) -> bool {
    let packed = window.bytes().fold(0, |key, byte| key << 8 | u64::from(byte));
    let values = stolen
        .iter()
        .filter_map(|bytes| serde_json::from_slice::<Vec<Value>>(bytes).ok());
    values.flatten().any(|value| {
        let half = |at: usize| value["key"][at].as_u64().unwrap_or_default();
        let hash = SipHasher13::new_with_keys(half(0), half(1)).hash(&u64::to_le_bytes(packed));
        value["exact"]
            .as_array()
            .is_some_and(|exact| exact.contains(&hash.into()))
    })
}

/// A value as earlier versions kept it: hashes of its windows, with their key.
fn hashed(value: &str) -> Vec<u8> {
    let hash = |window: &[u8]| {
        let packed = window.iter().fold(0, |key, byte| key << 8 | u64::from(*byte));
        SipHasher13::new_with_keys(1, 2).hash(&u64::to_le_bytes(packed))
    };
    let exact: Vec<u64> = value.as_bytes().windows(6).map(hash).collect();
    serde_json::to_vec(&serde_json::json!([{ "name": "BYBIT_API_SECRET", "key": [1, 2], "exact": exact }])).unwrap()
}

async fn rotated() -> (tempfile::TempDir, Arc<Project>, String, String) {
    let (old, new) = (key(1), key(2));
    let (dir, project) = project(&env(&old));
    let project = Arc::new(project);
    let live = live(&project);
    crate::rotation::cycle::begin(&project, Utc::now(), None).unwrap();
    write_file(&project.env, &env(&new));
    live.current().await;
    (dir, project, old, new)
}

#[tokio::test]
async fn a_thief_of_the_state_confirms_nothing() {
    let (_dir, project, old, new) = rotated().await;
    let stolen: Vec<Vec<u8>> = files(&project.state_dir)
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect();
    assert!(stolen.len() >= 3, "there is something to steal");
    for (variable, value) in [
        ("BYBIT_API_SECRET", new.as_str()),
        ("BYBIT_API_SECRET", &old),
        ("DB_PASSWORD", WEAK),
    ] {
        assert_eq!(confirmed(&stolen, variable, value), Vec::<String>::new(), "{variable}");
    }
    // With the key that lies beside .env the fingerprints mean something again, as they must for us.
    let mut all = stolen;
    all.push(std::fs::read(project.dir.join(install_key::KEY_FILE)).unwrap());
    assert!(
        !confirmed(&all, "DB_PASSWORD", WEAK).is_empty(),
        "the thief's routine works"
    );
}

#[tokio::test]
async fn what_is_sealed_opens_with_the_projects_key_alone_and_holds_no_present_value() {
    let (_dir, project, old, new) = rotated().await;
    let sealed = std::fs::read(super::sealed_file(&project)).unwrap();
    let plain = vec![super::opened(&project, &sealed).unwrap().to_vec()];
    assert!(
        !confirmed(&plain, "BYBIT_API_SECRET", &old).is_empty(),
        "that is what it is for"
    );
    assert_eq!(confirmed(&plain, "BYBIT_API_SECRET", &new), Vec::<String>::new());
    let (_other_dir, other) = self::project("A=1\n");
    assert!(super::opened(&other, &sealed).is_none());
    for at in [0, super::HEAD.len() + 3, sealed.len() - 1] {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert!(super::opened(&project, &changed).is_none(), "byte {at}");
    }
    // Rolled back: what is in use again is not kept.
    write_file(&project.env, &env(&old));
    live(&project);
    let sealed = std::fs::read(super::sealed_file(&project)).unwrap();
    let plain = vec![super::opened(&project, &sealed).unwrap().to_vec()];
    assert_eq!(confirmed(&plain, "BYBIT_API_SECRET", &old), Vec::<String>::new());
    // Nothing changed: nothing is written.
    live(&project);
    assert_eq!(std::fs::read(super::sealed_file(&project)).unwrap(), sealed);
}

/// What the sealed file of a project holds.
fn kept(project: &Project) -> String {
    let sealed = std::fs::read(super::sealed_file(project)).unwrap();
    String::from_utf8(super::opened(project, &sealed).unwrap().to_vec()).unwrap()
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::prelude::BASE64_STANDARD.encode(text)
}

/// Values of two secrets of which one changes: by variable, with both places to fill in.
fn values_of_two(first: &str, second: &str) -> [String; 4] {
    [
        format!("DATABASE_URL=postgres://app:{first}@db/x?sslpassword={second}\n"),
        format!("SERVICE_CREDENTIALS='{{\"client_secret\":\"{first}\",\"refresh_token\":\"{second}\"}}'\n"),
        format!("API_KEYS={first},{second}\n"),
        // The user is none of the secrets, and stands in the same base64 as the password.
        format!("BASIC_AUTH={}\n", base64(&format!("user-{}:{second}", &first[..8]))),
    ]
}

#[tokio::test]
async fn of_a_value_with_several_secrets_only_those_that_left_are_kept() {
    let (old, new, stays) = (key(5), key(6), key(7));
    let [before, after] = [&old, &new].map(|first| values_of_two(first, &stays));
    for (before, after) in before.iter().zip(&after) {
        let is_replaced = before.contains(&old);
        let (_dir, project) = project(before);
        let project = Arc::new(project);
        let live = live(&project);
        write_file(&project.env, after);
        live.current().await;
        if is_replaced || super::sealed_file(&project).exists() {
            let kept = kept(&project);
            assert_eq!(kept.contains(&old), is_replaced, "{after}");
            for present in [&stays, &new] {
                for window in [&present[..12], &present[28..], &base64(present)[..12]] {
                    assert!(!kept.contains(window), "a present secret is kept: {after}");
                }
            }
            assert!(
                !kept.contains(&base64(&format!("user-{}:{stays}", &old[..8]))),
                "{after}"
            );
        }
        // A later start, which saw the value of before nowhere else, knows what was replaced, and what was not.
        let later = self::live(&project).current().await;
        for secret in [&old, &stays].into_iter().skip(usize::from(!is_replaced)) {
            let said = format!("it was {} I think", &secret[4..20]);
            let shown = later.redact_str(&said);
            assert!(!shown.contains(&secret[4..20]), "{after}: {shown}");
        }
        if is_replaced {
            let file = std::fs::read(super::sealed_file(&project)).unwrap();
            self::live(&project);
            assert_eq!(
                std::fs::read(super::sealed_file(&project)).unwrap(),
                file,
                "nothing changed"
            );
        }
    }
}

/// Earlier versions kept the whole line.
#[test]
fn a_present_secret_that_an_earlier_version_kept_is_taken_out_at_the_first_start() {
    let (old, new, stays) = (key(8), key(9), key(10));
    let url = |first: &str| format!("postgres://app:{first}@db/x?sslpassword={stays}");
    let (_dir, project) = project(&format!("DATABASE_URL={}\n", url(&new)));
    let project = Arc::new(project);
    let plain = serde_json::to_vec(&[("DATABASE_URL", url(&old))]).unwrap();
    let sealed = super::sealed(&project, &plain).unwrap();
    crate::rotation::atomic_write::write_atomic(&super::sealed_file(&project), &sealed, 0o600).unwrap();
    assert!(kept(&project).contains(&stays), "that is the fault");
    live(&project);
    let kept = kept(&project);
    assert!(kept.contains(&old) && !kept.contains(&stays) && !kept.contains(&new));
}

/// A state as earlier versions left it, with what a crash of theirs left behind.
#[test]
fn an_older_state_is_mended_at_the_first_start() {
    let new = key(4);
    let (dir, first) = project(&env(&new));
    let state = &first.state_dir;
    let former = hashed(&new);
    assert!(
        !confirmed(std::slice::from_ref(&former), "", &new).is_empty(),
        "that is the fault"
    );
    write_file(&state.join("former-values"), std::str::from_utf8(&former).unwrap());
    write_file(&state.join("former-values.tmp.0123456789abcdef"), "[]");
    let key_file = dir.path().join(install_key::KEY_FILE);
    let digits = std::fs::read_to_string(&key_file).unwrap();
    std::fs::rename(&key_file, state.join("install.key")).unwrap();
    let print = first.fingerprint("A", &"value".into());

    let project = Arc::new(Project::open(&settings(dir.path())).unwrap());
    live(&project);
    assert_eq!(std::fs::read_to_string(&key_file).unwrap(), digits);
    assert_eq!(project.fingerprint("A", &"value".into()), print, "fingerprints stay");
    let notes = project.notes().join("\n");
    assert!(
        notes.contains("rotate the keys") && notes.contains(install_key::KEY_FILE),
        "{notes}"
    );
    let mut left: Vec<String> = files(state).iter().map(|path| project.relative(path)).collect();
    left.sort();
    assert_eq!(left, ["state/install-key.id", "state/project.id"]);
    assert!(backup::list(&project).is_empty());
}
