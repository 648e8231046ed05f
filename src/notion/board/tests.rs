//! Boards from pages and schemas that are written down here.
use super::super::data_source::StatusGroup;
use super::*;
use crate::domain::comment::RawText;
use crate::domain::ids::PageId;
use crate::notion::{Property as PageProperty, Value as Shown};

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
        title: RawText::new("ACT_011_SEC".to_owned()),
        url: String::new(),
        in_trash: false,
        is_locked: false,
        data_source: Some("source".to_owned()),
        last_edited: None,
        properties: [
            ("Status", property("s", Shown::Status(status.map(str::to_owned)))),
            ("Progress", property("p", Shown::Number(None))),
            ("Next rotation", property("n", Shown::Date(None))),
        ]
        .map(|(name, property)| (name.to_owned(), property))
        .into(),
    }
}

/// A schema whose Status has these groups, each with its options in their order.
fn schema(groups: &[(&str, &[&str])]) -> Arc<Properties> {
    let mut options = Vec::new();
    for (place, (group, names)) in groups.iter().enumerate() {
        options.extend(names.iter().map(|name| StatusOption {
            id: (*name).to_owned(),
            name: (*name).to_owned(),
            group: Some(StatusGroup {
                name: (*group).to_owned(),
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
    Arc::new(properties.map(|(name, property)| (name.to_owned(), property)).into())
}

type Groups<'a> = [(&'a str, &'a [&'a str]); 3];

fn usual<'a>(todo: &'a [&'a str], doing: &'a [&'a str], done: &'a [&'a str]) -> Groups<'a> {
    [("To-do", todo), ("In progress", doing), ("Complete", done)]
}

/// The options for Not started, In Progress, Blocked and Done.
#[track_caller]
fn check(groups: &[(&str, &[&str])], expected: [Option<&str>; 4]) {
    let board = Board::of(&page(None), Some(schema(groups)), &names());
    let chosen = wanted(&names()).map(|(status, _)| board.statuses().get(&status).cloned());
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

#[test]
fn an_option_of_a_page_is_read_by_what_it_means() {
    let groups = usual(
        &["Idea", "Not started"],
        &["Review", "Blocked", "Coding", "In Progress"],
        &["Cancelled", "Done", "Shipped"],
    );
    let read = |option| {
        let page = page(option);
        Board::of(&page, Some(schema(&groups)), &names()).standing(&page, &names())
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
    let board = Board::of(&page, None, &names());
    assert_eq!(board.standing(&page, &names()), Some(Status::NotStarted));
    assert_eq!(board.shown(&page, &names()).as_deref(), Some("Not started"));
    assert_eq!(board.statuses(), BTreeMap::new());
    assert_eq!(board.properties(), [Property::NextRotation].into());
    assert_eq!(board.status_value(Status::Done), None);
    assert_eq!(board.value(Property::Progress, &Wanted::Percent(40)), None);
    assert_eq!(board.notes(), [UNSHARED]);
}
