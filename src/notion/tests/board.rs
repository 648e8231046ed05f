//! The board of a page while its data source comes and goes.
use super::*;
use crate::domain::effect::Status;
use crate::domain::page::PropertyNames;

fn names() -> PropertyNames {
    let name = |name: &str| name.to_owned();
    PropertyNames {
        status: name("Status"),
        progress: name("Progress"),
        next_rotation: name("Next rotation"),
        last_check: name("Last check"),
        quiet: name("Quiet"),
        not_started: name("Not started"),
        in_progress: name("In Progress"),
        blocked: name("Blocked"),
        done: name("Done"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_schema_that_is_missing_once_is_kept() {
    let page = json!({
        "object": "page", "id": PAGE, "parent": {"type": "data_source_id", "data_source_id": "ds"},
        "properties": {"Status": {"id": "s", "type": "status", "status": {"name": "Done"}}},
    });
    let page: Page = serde_json::from_value(page).unwrap();
    let schema = json!({"object": "data_source", "id": "ds", "properties": {"Status": {"id": "s", "type": "status", "status": {
        "options": [{"id": "a", "name": "Done"}], "groups": [{"name": "Complete", "option_ids": ["a"]}],
    }}}});
    let missing = || refusal(404, "object_not_found", &json!({}));
    let (client, script) = Script::client([
        missing(),
        ok(&schema),
        missing(),
        ok(&schema),
        missing(),
        refusal(403, "restricted_resource", &json!({})),
        missing(),
        ok(&schema),
    ]);
    let mut last: Option<Board> = None;
    let mut known = Vec::new();
    while script.left() > 0 {
        let board = Board::read(&client, &page, &names(), last.as_ref()).await.unwrap();
        known.push(board.statuses().contains_key(&Status::Done));
        last = Some(board);
    }
    assert_eq!(known, [false, true, true, true, true, false, false, true]);
}
