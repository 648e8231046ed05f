//! The bot and the commands on one project: one cycle for both, and an old value that comes back while the bot runs.
use super::secret;
use crate::child::{Bot, all, first_page};
use crate::rotation::{Folder, said};
use keyminder::domain::cycle::Cycle;
use keyminder::domain::ids::PageId;
use keyminder::store::Store as _;
use keyminder::store::sqlite::SqliteStore;
use keyminder_sandbox::providers::{StandIns, router};
use keyminder_sandbox::{Options, Request, Running, serve};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

struct World {
    folder: Folder,
    sandbox: Running,
    stand_ins: StandIns,
    old: String,
    runtime: tokio::runtime::Runtime,
}

impl World {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let stand_ins = StandIns::default();
        let options = Options {
            providers: Some(router(stand_ins.clone())),
            ..Options::default()
        };
        let sandbox = runtime.block_on(serve(options)).unwrap();
        let old = stand_ins.issue("groq", &mut fastrand::Rng::new()).unwrap()["API_Groq"].clone();
        let folder = Folder::with_env(&format!("API_Groq={old}\nOTHER_SECRET={}\n", secret()));
        Self {
            folder,
            sandbox,
            stand_ins,
            old,
            runtime,
        }
    }

    #[track_caller]
    fn run(&self, args: &[&str], code: i32) -> String {
        let mut command = self.folder.keyminder(args);
        command
            .env("KEYMINDER_NOTION_URL", &self.sandbox.url)
            .env("KEYMINDER_PROBE_URL", self.sandbox.providers_url.as_ref().unwrap())
            .env("KEYMINDER_PAGES", self.page())
            .env("NOTION_TOKEN", self.sandbox.token.expose_secret());
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{args:?}: {}", said(&output));
        said(&output)
    }

    fn page(&self) -> String {
        first_page(&self.sandbox)
    }

    /// Somebody reports, and the bot answers.
    #[track_caller]
    fn reports(&self, text: &str) {
        let author = &self.sandbox.first_line["people"][0]["id"];
        let body = json!({ "page_id": self.page(), "author": author, "text": text });
        let request = Request {
            method: "POST".to_owned(),
            path: "/sandbox/comments".to_owned(),
            body: body.to_string().into_bytes().into(),
            ..Request::default()
        };
        assert_eq!(self.sandbox.sandbox.handle(&request).status, 200);
        self.run(&["run", "--once"], 0);
    }

    /// The cycle as the page's state has it.
    fn of_page(&self) -> Cycle {
        self.runtime.block_on(async {
            let store = SqliteStore::open_beside(&self.folder.path("state/keyminder.db"))
                .await
                .unwrap();
            let (_, state) = store.page(&PageId::from_wire(&self.page())).await.unwrap().unwrap();
            serde_json::from_value(state["cycle"].clone()).unwrap()
        })
    }

    /// The cycle as the commands have it.
    fn of_commands(&self) -> Cycle {
        serde_json::from_str(&self.folder.read("state/cycle.json")).unwrap()
    }

    fn backups(&self) -> usize {
        self.folder.json(&["backup", "list"])["backups"]
            .as_array()
            .unwrap()
            .len()
    }
}

#[test]
fn whoever_begins_first_the_cycle_is_one() {
    for command_first in [true, false] {
        let world = World::new();
        if command_first {
            world.run(&["rotate", "start", "groq"], 0);
        }
        world.reports("Started step 1 - backup created successfully");
        let begun = world.of_commands();
        if !command_first {
            world.run(&["rotate", "start", "groq"], 0);
        }
        assert_eq!(world.of_page(), begun, "command first: {command_first}");
        assert_eq!(world.of_commands(), begun);
        assert_eq!((begun.number, begun.fingerprints.len()), (1, 2));
        let courses: Value = world.folder.json(&["rotate", "status"]);
        assert_eq!(courses["rotations"][0]["cycle"], 1);
        assert_eq!(world.backups(), 1);
    }
}

#[test]
fn an_old_value_that_an_editor_saves_back_is_told_on_the_page() {
    let world = World::new();
    world.run(&["rotate", "start", "groq"], 0);
    let new = world.stand_ins.issue("groq", &mut fastrand::Rng::new()).unwrap()["API_Groq"].clone();
    let old_env = world.folder.read(".env");
    std::fs::write(world.folder.path(".env"), old_env.replace(&world.old, &new)).unwrap();
    world.run(&["rotate", "finish", "groq"], 0);

    let _bot = Bot::start(world.folder.dir.path(), &world.sandbox, &world.page(), &BTreeMap::new());
    let said = |what: &str| {
        let path = format!("/v1/comments?block_id={}", world.page());
        let comments = world.runtime.block_on(all(&world.sandbox, &path));
        comments
            .iter()
            .filter(|comment| comment.to_string().contains(what))
            .count()
    };
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(said("is back in .env"), 0, "the new value stands there");
    std::fs::write(world.folder.path(".env"), &old_env).unwrap();
    let begun = Instant::now();
    while said("is back in .env") == 0 && begun.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(said("is back in .env"), 1, "{}", world.folder.read("bot.log"));
    assert_eq!(world.folder.read("bot.log").matches("is back in .env").count(), 1);
    assert!(world.run(&["rotate", "status"], 0).contains("put the new value into"));
}
