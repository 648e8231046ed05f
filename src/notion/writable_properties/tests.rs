//! The properties of pages and schemas that are written down here.
use super::super::status_property::wanted;
use super::super::{StatusGroup, StatusOption};
use super::*;
use crate::domain::ids::PageId;
use crate::notion::transport::{Request, Response, Sending};
use crate::notion::{Connection, Property as PageProperty, Transport, UserText, Value as Shown};
use secrecy::SecretString;
use serde_json::json;
use std::collections::VecDeque;
use std::sync::Mutex;

fn names() -> PropertyNames {
    PropertyNames {
        status: "Status".to_owned(),
        progress: "Progress".to_owned(),
        next_rotation: "Next rotation".to_owned(),
        last_check: "Last check".to_owned(),
        quiet: "Quiet".to_owned(),
        not_started: "Not started".to_owned(),
        in_progress: "In Progress".to_owned(),
        blocked: "Blocked".to_owned(),
        done: "Done".to_owned(),
    }
}

fn page(status: Option<&str>) -> Page {
    let property = |id: &str, value: Shown| PageProperty {
        id: id.to_owned(),
        value,
    };
    Page {
        id: PageId::from_wire("page"),
        title: UserText::new("ACT_011_SEC", Vec::new()),
        written: UserText::default(),
        in_trash: false,
        is_locked: false,
        data_source: Some("source".to_owned()),
        last_edited: None,
        properties: [
            ("Status", property("s", Shown::Status(status.map(UserText::plain)))),
            ("Progress", property("p", Shown::Number(None))),
            ("Next rotation", property("n", Shown::Date(None))),
        ]
        .map(|(name, property)| (name.to_owned(), property))
        .into_iter()
        .collect(),
    }
}

/// A schema whose Status has these groups, each with its options in their order.
fn schema(groups: &[(&str, &[&str])]) -> Arc<Properties> {
    let mut options = Vec::new();
    for (place, (group, names)) in groups.iter().enumerate() {
        options.extend(names.iter().map(|name| StatusOption {
            id: (*name).to_owned(),
            name: UserText::plain(*name),
            group: Some(StatusGroup {
                name: UserText::plain(*group),
                place,
                of: groups.len(),
            }),
        }));
    }
    let property = |kind| PropertySchema {
        id: "x".to_owned(),
        kind,
    };
    let properties = [
        ("Status", property(Schema::Status(options))),
        ("Progress", property(Schema::Number { percent: true })),
    ];
    Arc::new(
        properties
            .map(|(name, property)| (name.to_owned(), property))
            .into_iter()
            .collect(),
    )
}

type Groups<'a> = [(&'a str, &'a [&'a str]); 3];

fn usual<'a>(todo: &'a [&'a str], doing: &'a [&'a str], done: &'a [&'a str]) -> Groups<'a> {
    [("To-do", todo), ("In progress", doing), ("Complete", done)]
}

/// The options for Not started, In Progress, Blocked and Done.
#[track_caller]
fn check(groups: &[(&str, &[&str])], expected: [Option<&str>; 4]) {
    let properties = WritableProperties::of(&page(None), Some(schema(groups)), &names());
    let statuses = properties.status.unwrap().writable;
    let chosen = wanted(&names()).map(|(status, _)| statuses.get(&status).cloned());
    assert_eq!(chosen, expected.map(|name| name.map(str::to_owned)), "{groups:?}");
}

#[test]
fn an_option_is_chosen_by_what_it_means() {
    check(
        &usual(&["Not started"], &["In Progress", "Blocked"], &["Done"]),
        [Some("Not started"), Some("In Progress"), Some("Blocked"), Some("Done")],
    );
    // The group's first says something else.
    check(
        &usual(
            &["Idea", "Backlog"],
            &["Review", "Blocked", "Doing"],
            &["Cancelled", "Completed"],
        ),
        [Some("Backlog"), Some("Doing"), Some("Blocked"), Some("Completed")],
    );
    // No word is known: the first of the group that says nothing else.
    check(
        &usual(
            &["Idea"],
            &["In review", "Geblokkeerd", "Coding"],
            &["Won't do", "Shipped", "Live"],
        ),
        [Some("Idea"), Some("Coding"), Some("Geblokkeerd"), Some("Shipped")],
    );
    check(
        &usual(&["NOT STARTED"], &["Paused"], &["Duplicate"]),
        [Some("NOT STARTED"), None, None, None],
    );
    let dutch: Groups<'_> = [
        ("Te doen", &["Niet gestart"]),
        ("Bezig", &["Bezig"]),
        ("Voltooid", &["✅ Klaar"]),
    ];
    check(&dutch, [Some("Niet gestart"), Some("Bezig"), None, Some("✅ Klaar")]);
    let renamed: Groups<'_> = [("Later", &["Someday"]), ("Now", &["Cooking"]), ("History", &["Served"])];
    check(&renamed, [Some("Someday"), Some("Cooking"), None, Some("Served")]);
    let two: [(&str, &[&str]); 2] = [("Later", &["Someday"]), ("Complete", &["Served"])];
    check(&two, [None, None, None, Some("Served")]);
    // A word in a group that contradicts it is no more than a name.
    check(
        &usual(&["Idea"], &["Open"], &["Closed"]),
        [Some("Idea"), Some("Open"), None, Some("Closed")],
    );
}

/// A page whose `name` is a select, and a schema with these options.
fn select(name: &str, options: &[&str]) -> WritableProperties {
    let mut page = page(None);
    let property = PageProperty {
        id: "f".to_owned(),
        value: Shown::Select(None),
    };
    page.properties = [(name.to_owned(), property)].into_iter().collect();
    let kind = Schema::Select(options.iter().map(|option| UserText::plain(*option)).collect());
    let schema = PropertySchema {
        id: "f".to_owned(),
        kind,
    };
    let schema = [(name.to_owned(), schema)].into_iter().collect();
    WritableProperties::of(&page, Some(Arc::new(schema)), &names())
}

#[test]
fn options_of_a_select_are_read_by_their_words_and_written_where_one_alone_is_meant() {
    for (name, options, expected) in [
        (
            "Status",
            ["Niet gestart", "Bezig", "Geblokkeerd", "Klaar"],
            [Some("Niet gestart"), Some("Bezig"), Some("Geblokkeerd"), Some("Klaar")],
        ),
        (
            "Stand",
            ["Offen", "In Arbeit", "Blockiert", "✅ Erledigt"],
            [Some("Offen"), Some("In Arbeit"), Some("Blockiert"), Some("✅ Erledigt")],
        ),
        (
            "Fase",
            ["Te doen", "Bezig", "Klaar", "Afgerond"],
            [Some("Te doen"), Some("Bezig"), None, None],
        ),
        (
            "Fase",
            ["Klaar", "Afgerond", "Done", "Rood"],
            [None, None, None, Some("Done")],
        ),
        ("État", ["Rouge", "Vert", "Bleu", "Jaune"], [None; 4]),
    ] {
        let properties = select(name, &options);
        let statuses = properties.statuses();
        let chosen = wanted(&names()).map(|(status, _)| statuses.contains_key(&status));
        assert_eq!(chosen, expected.map(|option| option.is_some()), "{options:?}");
        for ((status, _), option) in wanted(&names()).into_iter().zip(expected) {
            let value = option.map(|option| ("f".to_owned(), PropertyValue::Select(option.to_owned())));
            assert_eq!(properties.status_value(status), value, "{options:?}");
        }
    }
    let notes = select("Status", &["Te doen", "Bezig", "Klaar", "Afgerond"]).notes;
    assert!(
        notes.iter().any(|note| note.contains("Klaar and Afgerond")),
        "{notes:?}"
    );
}

#[test]
fn an_option_of_a_page_is_read_by_what_it_means() {
    let groups = usual(
        &["Idea", "Not started"],
        &["Review", "Blocked", "Coding", "In Progress"],
        &["Cancelled", "Done", "Shipped"],
    );
    let read = |option| {
        let page = page(option);
        WritableProperties::of(&page, Some(schema(&groups)), &names()).standing(&page, &names())
    };
    for (option, expected) in [
        (None, None),
        (Some("Idea"), Some(Status::NotStarted)),
        (Some("Review"), None),
        (Some("Blocked"), Some(Status::Blocked)),
        (Some("Coding"), Some(Status::InProgress)),
        (Some("Cancelled"), None),
        (Some("Shipped"), Some(Status::Done)),
        (Some("Gone from the schema"), None),
    ] {
        assert_eq!(read(option), expected, "{option:?}");
    }
}

#[test]
fn without_the_schema_nothing_is_guessed() {
    let page = page(Some("Not started"));
    let properties = WritableProperties::of(&page, None, &names());
    assert_eq!(properties.standing(&page, &names()), Some(Status::NotStarted));
    assert_eq!(
        status_of(&page, &names()).and_then(option).map(UserText::expose),
        Some("Not started")
    );
    assert!(properties.statuses().is_empty());
    assert_eq!(properties.properties(), [Property::NextRotation].into());
    assert_eq!(properties.status_value(Status::Done), None);
    assert_eq!(properties.value(Property::Progress, &Wanted::Percent(40)), None);
    assert_eq!(properties.notes, [UNSHARED]);
}

/// Gives these answers in order, each a status and a body.
struct WrittenAnswers(Mutex<VecDeque<(u16, serde_json::Value)>>);

impl Transport for WrittenAnswers {
    fn send(&self, _: Request) -> Sending<'_> {
        let (status, body) = self.0.lock().unwrap().pop_front().unwrap();
        Box::pin(std::future::ready(Ok(Response {
            status: reqwest::StatusCode::from_u16(status).unwrap(),
            headers: reqwest::header::HeaderMap::new(),
            body: Some(body.to_string().into_bytes()),
        })))
    }
}

#[tokio::test(start_paused = true)]
async fn a_schema_that_is_missing_once_is_kept() {
    let schema = json!({"object": "data_source", "id": "ds", "properties": {"Status": {"id": "s", "type": "status", "status": {
        "options": [{"id": "a", "name": "Done"}], "groups": [{"name": "Complete", "option_ids": ["a"]}],
    }}}});
    let refused = |status: u16, code: &str| (status, json!({ "object": "error", "code": code }));
    let missing = || refused(404, "object_not_found");
    let found = || (200, schema.clone());
    let forbidden = refused(403, "restricted_resource");
    let answers = [
        missing(),
        found(),
        missing(),
        found(),
        missing(),
        forbidden,
        missing(),
        found(),
    ];
    let many = answers.len();
    let transport = Arc::new(WrittenAnswers(Mutex::new(answers.into())));
    let client = Client::with_transport(Connection::new(SecretString::from("t")), transport);
    let mut last: Option<WritableProperties> = None;
    let mut known = Vec::new();
    for _ in 0..many {
        let page = page(Some("Done"));
        let read = WritableProperties::read(&client, &page, &names(), last.as_ref())
            .await
            .unwrap();
        known.push(read.statuses().contains_key(&Status::Done));
        last = Some(read);
    }
    assert_eq!(known, [false, true, true, true, true, false, false, true]);
}
