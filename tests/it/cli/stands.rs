//! `status` and `audit --retry` beside a state that this test holds as a bot would.
use super::{empty, fed, write};
use crate::rotation::Folder;
use crate::store::rows::{decision, done, failed, lease, moot, page, parked, reply, settled, unknown};
use chrono::{DateTime, TimeDelta, Utc};
use keyminder::domain::effect::EffectId;
use keyminder::domain::reply::Reference;
use keyminder::store::sqlite::SqliteStore;
use keyminder::store::{Commit, EffectState, Store};
use serde_json::{Value, json};
use std::future::Future;

fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(work)
}

fn reference(number: u64) -> String {
    Reference::of(&crate::store::rows::comment_id(number)).to_string()
}

fn id(number: u64) -> EffectId {
    reply(&page(1), number).id
}

/// Page 1 with five comments: answered, parked, refused, called off, in doubt. All were decided a quarter of an hour ago.
async fn five_replies(folder: &Folder) -> SqliteStore {
    let store = SqliteStore::open(&folder.path("state/keyminder.db")).await.unwrap();
    let now_ms = Utc::now().timestamp_millis();
    let at_ms = now_ms - 15 * 60_000;
    for number in 1..=5 {
        let mut commit = decision(&page(1), number, (number == 1).then_some(0));
        commit.at_ms = at_ms;
        commit.effects[0].not_before = None;
        store.commit(commit).await.unwrap();
    }
    let leased = store.lease(lease(5, at_ms)).await.unwrap().leased;
    let ends = [
        done("4e1c7a90-4b3d-80e2-9a51-c0ffee11aa09"),
        parked(now_ms + 3_600_000),
        failed(),
        moot(),
        unknown(now_ms + 30_000),
    ];
    for (leased, how) in leased.iter().zip(ends) {
        let mut commit = settled(leased, how);
        commit.at_ms = at_ms;
        store.commit(commit).await.unwrap();
    }
    store
}

fn state_of(folder: &Folder, number: u64) -> EffectState {
    wait(async {
        let store = SqliteStore::open_beside(&folder.path("state/keyminder.db"))
            .await
            .unwrap();
        store.effect(&id(number)).await.unwrap().unwrap().state
    })
}

#[test]
fn without_a_bot_a_reply_is_open_again_at_once() {
    let folder = empty();
    wait(async { five_replies(&folder).await.close().await.unwrap() });
    let comment = crate::store::rows::comment_id(3).to_string();
    // A parked one may have been sent; what was refused or called off was not.
    let open_again = [
        (reference(2), 2, EffectState::Unknown),
        (comment, 3, EffectState::Ready),
        (reference(4), 4, EffectState::Ready),
    ];
    for (about, number, state) in open_again {
        let (said, _) = fed(&folder, &["audit", "--retry", &about], "", 0);
        assert!(
            said.contains(&about) && said.contains("start `keyminder run`"),
            "{said}"
        );
        assert_eq!(state_of(&folder, number), state, "{about}");
        let (_, told) = fed(&folder, &["audit", "--retry", &about], "", 1);
        assert!(told.contains("is tried anyway"), "{told}");
    }
}

#[test]
fn a_running_bot_is_asked() {
    let folder = empty();
    wait(async {
        let bot = five_replies(&folder).await;
        let (said, _) = fed(&folder, &["audit", "--retry", &reference(2)], "", 0);
        assert!(said.contains("the running bot tries it again"), "{said}");
        assert_eq!(bot.effect(&id(2)).await.unwrap().unwrap().state, EffectState::Parked);
        let now_ms = Utc::now().timestamp_millis();
        assert_eq!(bot.take_retries(now_ms).await.unwrap(), [id(2)]);
        let leased = bot.lease(lease(5, now_ms)).await.unwrap().leased;
        assert!(
            leased
                .iter()
                .any(|leased| leased.id == id(2) && leased.earlier_sends == 1)
        );
    });
}

#[test]
fn what_cannot_be_tried_again_is_said() {
    let folder = empty();
    wait(async {
        let store = five_replies(&folder).await;
        let unanswered = Commit {
            comments: vec![crate::store::rows::comment(&page(1), 6)],
            ..Commit::default()
        };
        store.commit(unanswered).await.unwrap();
        store.close().await.unwrap();
    });
    for (about, expected) in [
        ("0000-0000".to_owned(), "no comment with this id"),
        ("nonsense".to_owned(), "no comment with this id"),
        (reference(1), "answered already, by the comment 4e1c7a90"),
        (reference(5), "is tried anyway, not before"),
        (reference(6), "no reply was decided"),
    ] {
        let (said, told) = fed(&folder, &["audit", "--retry", &about], "", 1);
        assert_eq!(said, "");
        assert!(told.contains(&about) && told.contains(expected), "{told}");
    }
    fed(&folder, &["audit", "--retry"], "", 2);
    fed(&folder, &["audit", "--retry", "0000-0000", "--json"], "", 2);
    let (_, told) = fed(&empty(), &["audit", "--retry", "0000-0000"], "", 1);
    assert!(told.contains("start `keyminder run` first"), "{told}");
}

/// A bot's sign of life, given at that moment, with all that it can tell of.
fn sign(at: DateTime<Utc>) -> Value {
    let ago = |minutes| at - TimeDelta::minutes(minutes);
    json!({
        "at": at, "pid": 1, "last_poll": at, "next_monitor_at": null,
        "token_fault": { "since": ago(12), "text": "401 unauthorized: API token is invalid." },
        "pages": [
            { "page": page(1), "read_at": ago(14), "fault": "Notion answered 404: could not find the page; \
              is it shared with the connection?", "fault_since": ago(13), "notes": ["a table of the page is left out"] },
            { "page": page(7), "read_at": null, "fault": "timed out", "fault_since": ago(1) },
        ],
        "restarts": { "intake": 2, "worker": 1 },
        "warnings": ["another keyminder answers on these pages: its replies carry references that this state does not know"],
    })
}

#[test]
fn status_names_every_fault_and_all_that_waits() {
    let folder = empty();
    let (told, stands) = wait(async {
        let _bot = five_replies(&folder).await;
        write(&folder, "state/heartbeat.json", &sign(Utc::now()).to_string());
        let (told, _) = fed(&folder, &["status"], "", 0);
        let (stands, _) = fed(&folder, &["status", "--json"], "", 0);
        (told, serde_json::from_str::<Value>(&stands).unwrap())
    });
    println!("{told}");
    for part in [
        "running (last sign",
        "Notion refuses it: 401",
        "for 12 minutes",
        "intake 2, worker 1",
        "another keyminder answers",
        "the oldest for 15 minutes",
        "1 parked, to be tried again",
        "fault    Notion answered 404",
        "for 13 minutes",
        "note     a table",
        "fault    timed out",
        &format!("parked   {} post reply: Notion answered 503", reference(2)),
        &format!("unknown  {} post reply: Notion answered 503", reference(5)),
        "next try",
        &format!("--retry {}", reference(2)),
    ] {
        let flat = told.split_whitespace().collect::<Vec<_>>().join(" ");
        let part = part.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(&part), "{part} is not in\n{told}");
    }
    let too_long = told.lines().find(|line| line.chars().count() > 80);
    assert_eq!(too_long, None);
    assert_eq!(stands["running"], true);
    assert_eq!(stands["token_fault"]["text"], "401 unauthorized: API token is invalid.");
    assert_eq!(stands["restarts"]["intake"], 2);
    assert_eq!(stands["warnings"].as_array().unwrap().len(), 1);
    assert!(stands["oldest_waiting_at"].is_string());
    let first = &stands["pages"][0];
    assert!(
        first["read_at"].is_string() && first["fault_since"].is_string(),
        "{first}"
    );
    let parked = &first["effects"][0];
    assert_eq!(
        (&parked["state"], &parked["reference"]),
        (&json!("parked"), &json!(reference(2)))
    );
    assert!(
        parked["not_before"].is_string() && parked["why"].is_string(),
        "{parked}"
    );
    assert_eq!(stands["pages"][1]["page"], json!(page(7)), "never read, and named");
}

#[test]
fn a_process_that_gives_no_sign_and_a_sign_without_a_process_are_not_running() {
    let folder = empty();
    let stands = || {
        let (stands, _) = fed(&folder, &["status", "--json"], "", 0);
        let stands: Value = serde_json::from_str(&stands).unwrap();
        (stands["running"] == true, stands["silent"] == true)
    };
    wait(async {
        let bot = five_replies(&folder).await;
        write(
            &folder,
            "state/heartbeat.json",
            &sign(Utc::now() - TimeDelta::hours(1)).to_string(),
        );
        assert_eq!(stands(), (false, true));
        assert!(fed(&folder, &["status"], "", 0).0.contains("gives no sign of life"));
        write(&folder, "state/heartbeat.json", &sign(Utc::now()).to_string());
        assert_eq!(stands(), (true, false));
        bot.close().await.unwrap();
        assert_eq!(stands(), (false, false), "it was killed just now");
    });
}

#[test]
fn what_cannot_be_read_is_named_and_no_empty_page() {
    let folder = empty();
    wait(async {
        five_replies(&folder).await.close().await.unwrap();
        let path = folder.path("state/keyminder.db");
        let file = rusqlite::Connection::open(&path).unwrap();
        for text in [
            "update page set state = '{\"guide\":7}'".to_owned(),
            format!("update effect set payload = '{{}}' where id = '{}'", id(5)),
        ] {
            file.execute_batch(&text).unwrap();
        }
    });
    let (told, _) = fed(&folder, &["status"], "", 0);
    for part in [
        "what the bot knows of it cannot be read",
        "unread   page state",
        &format!("unread   effect {}", id(5)),
        "parked",
    ] {
        assert!(told.contains(part), "{part} is not in\n{told}");
    }
    assert!(
        !told.contains("steps proven") && !told.contains("not read yet"),
        "{told}"
    );
    let (stands, _) = fed(&folder, &["status", "--json"], "", 0);
    let stands: Value = serde_json::from_str(&stands).unwrap();
    let page = &stands["pages"][0];
    assert!(page.get("proven").is_none(), "{page}");
    assert_eq!(page["unreadable"][0]["what"], "page state");
}
