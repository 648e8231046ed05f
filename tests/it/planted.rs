//! Keys in every text that Notion can send: between the bot and the sandbox stands a Notion that plants a key of its own
//! into each field of each answer. No eight characters of one may be in any byte that the bot writes or sends.
mod blocks;

use crate::canary::{Canary, files, leaks};
use crate::child::{self, Bot, comment};
use crate::wire::send;
use axum::body::Bytes;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use keyminder::domain::ids::PageId;
use keyminder::store::Store;
use keyminder::store::sqlite::SqliteStore;
use keyminder_sandbox::{Options, Running, serve};
use serde_json::{Map, Value, json};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

/// A key for each place where people's texts stand on the wire; each is a variable of `.env`.
const FIELDS: [&str; 46] = [
    "TITLE",
    "PAGE_URL",
    "PUBLIC_URL",
    "PROPERTY_NAME",
    "RICH_TEXT",
    "SELECT",
    "MULTI_SELECT",
    "URL",
    "EMAIL",
    "PHONE",
    "PERSON",
    "PERSON_EMAIL",
    "FILE_NAME",
    "FILE_URL",
    "FORMULA",
    "ROLLUP",
    "UNIQUE_ID",
    "ICON",
    "COVER",
    "OPTION",
    "SOURCE_TITLE",
    "SOURCE_PROPERTY",
    "DESCRIPTION",
    "USER_NAME",
    "AVATAR",
    "DISPLAY_NAME",
    "ATTACHMENT",
    "MENTION",
    "HREF",
    "PARAGRAPH",
    "CAPTION",
    "IMAGE_URL",
    "PDF_NAME",
    "BOOKMARK",
    "EMBED",
    "PREVIEW",
    "EQUATION",
    "CODE",
    "CELL",
    "TOGGLE",
    "CALLOUT",
    "CHILD_PAGE",
    "CHILD_DATABASE",
    "ERROR_MESSAGE",
    "ERROR_CODE",
    "ERROR_DATA",
];

/// What the bot must tell of: it stands where people have to delete it.
const TOLD: [&str; 8] = [
    "TITLE",
    "RICH_TEXT",
    "FILE_NAME",
    "CAPTION",
    "PDF_NAME",
    "CHILD_PAGE",
    "CELL",
    "CALLOUT",
];

/// A Notion that plants keys, and what it was asked for.
struct Planter {
    sandbox: Arc<Running>,
    keys: Vec<Canary>,
    asked: Mutex<Vec<u8>>,
}

impl Planter {
    fn key(&self, field: &str) -> &str {
        let key = self.keys.iter().find(|key| key.name == field);
        &key.unwrap_or_else(|| panic!("no key for {field}")).whole
    }

    fn text(&self, field: &str) -> Value {
        let key = self.key(field);
        json!([{ "type": "text", "text": { "content": key, "link": null }, "plain_text": key, "href": null }])
    }

    async fn answer(&self, method: Method, uri: Uri, body: Bytes) -> Response {
        let path = uri.to_string();
        let request = [format!("{method} {path}\n").as_bytes(), &body].concat();
        self.asked.lock().expect("no panic").extend(request);
        if path.contains("0000dead") {
            return self.refusal();
        }
        let sent = serde_json::from_slice(&body).unwrap_or(Value::Null);
        let answer = send(&self.sandbox, method.as_str(), &path, &sent)
            .await
            .expect("the sandbox answers");
        let mut json = answer.json();
        let is_first_level = path.contains("/children");
        self.plant(&mut json);
        if is_first_level && let Some(results) = json["results"].as_array_mut() {
            results.extend(self.blocks());
        }
        let status = StatusCode::from_u16(answer.status).expect("a status");
        (status, axum::Json(json)).into_response()
    }

    /// An error that echoes whatever it likes, in its body and in its headers.
    fn refusal(&self) -> Response {
        let body = json!({
            "object": "error", "status": 403, "code": self.key("ERROR_CODE").to_lowercase(),
            "message": self.key("ERROR_MESSAGE"), "request_id": self.key("ERROR_DATA"),
            "additional_data": { "rate_limit_reason": self.key("ERROR_DATA"), "retry_after": self.key("ERROR_DATA") },
        });
        let mut response = (StatusCode::FORBIDDEN, axum::Json(body)).into_response();
        for name in ["x-notion-request-id", "retry-after", "server", "set-cookie"] {
            let value = HeaderValue::from_str(self.key("ERROR_DATA")).expect("letters and digits");
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
        response
    }

    fn plant(&self, json: &mut Value) {
        match json {
            Value::Array(items) => items.iter_mut().for_each(|item| self.plant(item)),
            Value::Object(object) => {
                match object.get("object").and_then(Value::as_str) {
                    Some("page") => self.plant_page(object),
                    Some("data_source") => self.plant_source(object),
                    Some("user") if object.contains_key("name") => {
                        object.insert("name".to_owned(), format!("Ana {}", self.key("USER_NAME")).into());
                        object.insert("avatar_url".to_owned(), self.key("AVATAR").into());
                    }
                    Some("comment") => self.plant_comment(object),
                    _ => {}
                }
                object.values_mut().for_each(|value| self.plant(value));
            }
            _ => {}
        }
    }

    fn plant_page(&self, page: &mut Map<String, Value>) {
        let file = json!({ "type": "external", "name": self.key("FILE_NAME"), "external": { "url": format!("https://f/{}", self.key("FILE_URL")) } });
        let person = json!({ "id": "7d9e1f20-3344-4c55-8899-aabbccddeeff", "object": "person",
            "name": self.key("PERSON"), "person": { "email": format!("{}@x.org", self.key("PERSON_EMAIL")) } });
        for (key, field) in [("url", "PAGE_URL"), ("public_url", "PUBLIC_URL")] {
            let id = page["id"].as_str().unwrap_or_default().replace('-', "");
            page.insert(
                key.to_owned(),
                format!("https://www.notion.so/{}-{id}", self.key(field)).into(),
            );
        }
        page.insert(
            "icon".to_owned(),
            json!({ "type": "external", "external": { "url": self.key("ICON") } }),
        );
        page.insert(
            "cover".to_owned(),
            json!({ "type": "external", "external": { "url": self.key("COVER") } }),
        );
        let Some(properties) = page.get_mut("properties").and_then(Value::as_object_mut) else {
            return;
        };
        for property in properties.values_mut().filter(|property| property["type"] == "title") {
            let item = json!({ "type": "text", "plain_text": format!(" {}", self.key("TITLE")), "href": null });
            property["title"].as_array_mut().expect("a title").push(item);
        }
        let planted = [
            (self.key("PROPERTY_NAME"), "checkbox", json!(true)),
            ("Notes", "rich_text", self.text("RICH_TEXT")),
            (
                "Kind",
                "select",
                json!({ "id": "k", "name": self.key("SELECT"), "color": "red" }),
            ),
            (
                "Tags",
                "multi_select",
                json!([{ "id": "t", "name": self.key("MULTI_SELECT"), "color": "red" }]),
            ),
            ("Web", "url", json!(format!("https://x.org/{}", self.key("URL")))),
            ("Mail", "email", json!(format!("{}@x.org", self.key("EMAIL")))),
            ("Phone", "phone_number", json!(self.key("PHONE"))),
            ("Who", "people", json!([person])),
            ("Files", "files", json!([file])),
            (
                "Sum",
                "formula",
                json!({ "type": "string", "string": self.key("FORMULA") }),
            ),
            (
                "Related",
                "rollup",
                json!({ "type": "array", "array": [{ "type": "title", "title": self.text("ROLLUP") }] }),
            ),
            (
                "Number",
                "unique_id",
                json!({ "prefix": self.key("UNIQUE_ID"), "number": 3 }),
            ),
        ];
        for (at, (name, kind, value)) in planted.into_iter().enumerate() {
            properties.insert(
                name.to_owned(),
                json!({ "id": format!("x{at}"), "type": kind, kind: value }),
            );
        }
    }

    fn plant_source(&self, source: &mut Map<String, Value>) {
        source.insert("title".to_owned(), self.text("SOURCE_TITLE"));
        source.insert("description".to_owned(), self.text("DESCRIPTION"));
        let Some(properties) = source.get_mut("properties").and_then(Value::as_object_mut) else {
            return;
        };
        for property in properties.values_mut().filter(|property| property["type"] == "status") {
            let option = json!({ "id": "planted", "name": self.key("OPTION"), "color": "red", "description": null });
            property["status"]["options"]
                .as_array_mut()
                .expect("options")
                .push(option);
        }
        let name = self.key("SOURCE_PROPERTY").to_owned();
        properties.insert(
            name.clone(),
            json!({ "id": "y", "name": name, "type": "checkbox", "checkbox": {} }),
        );
    }

    /// What people write; the bot's own comments stay as they are, or it would not know them.
    fn plant_comment(&self, comment: &mut Map<String, Value>) {
        if comment["created_by"]["id"] == self.sandbox.first_line["bot"]["id"] {
            return;
        }
        comment.insert(
            "display_name".to_owned(),
            json!({ "type": "user", "resolved_name": self.key("DISPLAY_NAME") }),
        );
        let file = json!([{ "category": "image", "file": { "url": format!("https://f/{}.png?X-Amz-Signature=a", self.key("ATTACHMENT")),
            "expiry_time": "2026-12-01T00:00:00.000Z" } }]);
        comment.insert("attachments".to_owned(), file);
        let mention = json!({ "type": "mention", "plain_text": self.key("MENTION"), "href": format!("https://x/{}", self.key("HREF")),
            "mention": { "type": "page", "page": { "id": "2f1c7a90-4b3d-80e2-9a51-c0ffee11aa01" } } });
        comment["rich_text"].as_array_mut().expect("a text").push(mention);
    }
}

fn grow() -> Vec<Canary> {
    let key = |field: &&'static str| {
        let whole: String = std::iter::repeat_with(fastrand::alphanumeric).take(32).collect();
        Canary {
            name: field,
            secret: whole.clone(),
            whole,
        }
    };
    FIELDS.iter().map(key).collect()
}

/// Serves it; gives its address.
async fn served(planter: &Arc<Planter>) -> String {
    let shared = Arc::clone(planter);
    let app = axum::Router::new().fallback(move |method: Method, uri: Uri, body: Bytes| {
        let planter = Arc::clone(&shared);
        async move { planter.answer(method, uri, body).await }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn no_byte_holds_a_piece_of_a_key_that_notion_sends() {
    let sandbox = Arc::new(serve(Options::default()).await.expect("a free port"));
    let page = child::first_page(&sandbox);
    let planter = Arc::new(Planter {
        sandbox: Arc::clone(&sandbox),
        keys: grow(),
        asked: Mutex::default(),
    });
    let url = served(&planter).await;
    let lines: Vec<String> = planter
        .keys
        .iter()
        .map(|key| format!("{}_SECRET={}", key.name, key.whole))
        .collect();
    let folder = child::project(&lines.join("\n"));
    let settings = child::settings([
        ("KEYMINDER_LOG", "debug"),
        ("KEYMINDER_PEOPLE_MAY_ACT", "everyone"),
        ("KEYMINDER_NOTION_URL", &url),
    ]);
    let mut bot = Bot::start(folder.path(), &sandbox, &page, &settings);
    comment(&sandbox, &page, "Ana Silva", "Started step 1").await;
    comment(&sandbox, &page, "Bram de Vries", "How do I do step 2?").await;
    child::until("the bot answers", std::time::Duration::from_secs(40), async || {
        child::posts(&sandbox).await > 1
    })
    .await;
    let store = SqliteStore::open_beside(&folder.path().join("state/keyminder.db"))
        .await
        .expect("the store");
    child::until_quiet(&mut bot, &store, &PageId::from_wire(&page)).await;
    let mut written = vec![(
        "asked of Notion".to_owned(),
        planter.asked.lock().expect("no panic").clone(),
    )];
    for words in [
        &["status"][..],
        &["status", "--json"],
        &["audit"],
        &["audit", "--json"],
        &["run", "--dry-run"],
        &["check"],
        &["run", "--once"],
        &["monitor", "--json"],
        &["explain", "Started step 1"],
    ] {
        let mut command = Command::new(child::program());
        command
            .args(words)
            .arg("--project")
            .arg(folder.path())
            .env_clear()
            .envs(&settings)
            .env("KEYMINDER_PAGES", &page);
        command
            .env("NOTION_TOKEN", secrecy::ExposeSecret::expose_secret(&sandbox.token))
            .stdin(Stdio::null());
        let output = tokio::task::spawn_blocking(move || command.output())
            .await
            .expect("no panic")
            .expect("it runs");
        written.push((format!("{words:?}"), [output.stdout, output.stderr].concat()));
    }
    let mut found = Vec::new();
    files(folder.path(), &mut found);
    written.extend(
        found
            .into_iter()
            .map(|path| (path.display().to_string(), std::fs::read(&path).expect("a file"))),
    );

    // The search finds what is there, and the keys did arrive.
    let env = std::fs::read(folder.path().join(".env")).expect("the file");
    assert_eq!(leaks(&planter.keys, &env).len(), FIELDS.len());
    let leaked: Vec<String> = written
        .iter()
        .flat_map(|(place, bytes)| {
            leaks(&planter.keys, bytes)
                .into_iter()
                .map(move |key| format!("{key} in {place}"))
        })
        .collect();
    assert_eq!(leaked, Vec::<String>::new());
    let state = store
        .page(&PageId::from_wire(&page))
        .await
        .expect("readable")
        .expect("a state")
        .1;
    let held = state["held"].to_string();
    let untold: Vec<&str> = TOLD
        .into_iter()
        .filter(|field| !held.contains(&format!("{field}_SECRET")))
        .collect();
    assert_eq!(untold, Vec::<&str>::new(), "{held}");
}
