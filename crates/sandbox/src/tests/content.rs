//! Pages, blocks, properties, rows, and what survives.
use super::*;

#[test]
fn properties_are_checked_against_the_schema() {
    let it = bench();
    let path = format!("/v1/pages/{}", it.page);
    let write = |properties: Value| json!({ "properties": properties });
    let page = it.ok("PATCH", &path, &write(json!({
        "Status": { "status": { "name": "Blocked" } }, "Progress": { "number": 0.4 }, "nXt_": { "date": { "start": "2027-02-18" } },
        "Quiet": { "checkbox": true }, "Priority": { "select": { "name": "Urgent" } },
    })));
    let properties = &page["properties"];
    assert_eq!(properties["Status"]["status"]["name"], "Blocked");
    assert_eq!(properties["Next rotation"]["date"]["start"], "2027-02-18");
    assert_eq!(
        properties["Priority"]["select"]["name"], "Urgent",
        "an unknown option of a select is made"
    );
    for wrong in [
        json!({ "Status": { "status": { "name": "Rotating" } } }),
        json!({ "Status": { "select": { "name": "Done" } } }),
        json!({ "Progress": { "number": "4" } }),
        json!({ "Due date": { "date": { "start": "tomorrow" } } }),
        json!({ "Nothing": { "number": 4 } }),
    ] {
        it.refused("PATCH", &path, &write(wrong), "400 validation_error");
    }
    it.refused("PATCH", &path, &json!({ "archived": true }), "400 validation_error");
    let reset = it.ok("PATCH", &path, &write(json!({ "Status": { "status": null } })));
    assert_eq!(reset["properties"]["Status"]["status"]["name"], "Not started");
    it.ok("PUT", "/sandbox/status-options", &json!({ "options": [
        { "name": "Open", "group": "To-do" }, { "name": "Busy", "group": "In progress" }, { "name": "Done", "group": "Complete" }
    ] }));
    let page = it.ok("GET", &path, &Value::Null);
    assert_eq!(page["properties"]["Status"]["status"]["name"], "Open");
    it.refused(
        "PATCH",
        &path,
        &write(json!({ "Status": { "status": { "name": "Blocked" } } })),
        "400 validation_error",
    );
}

#[test]
fn rows_are_filtered_and_sorted() {
    let it = bench();
    let other = it.ok(
        "POST",
        "/sandbox/pages",
        &json!({ "markdown": "---\nPriority: Low\n---\n# ACT_2: U" }),
    );
    let path = format!("/sandbox/pages/{}/properties", text(&other, "id"));
    it.ok(
        "POST",
        &path,
        &json!({ "Status": "In Progress", "Progress": 0.5, "Due date": "2027-01-20" }),
    );
    it.ok(
        "POST",
        "/sandbox/pages",
        &json!({ "markdown": "# ACT_3: outside", "database": false }),
    );
    let query = format!("/v1/data_sources/{}/query", text(&other["parent"], "data_source_id"));
    let names = |body: &Value| {
        let list = it.ok("POST", &query, body);
        let name = |page: &Value| text(&page["properties"]["Name"]["title"][0], "plain_text");
        list["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(name)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let done = r#"{"property":"Status","status":{"equals":"Done"}}"#;
    let low = r#"{"property":"Priority","select":{"equals":"Low"}}"#;
    let (either, both) = (
        format!(r#"{{"or":[{done},{low}]}}"#),
        format!(r#"{{"and":[{done},{low}]}}"#),
    );
    let cases = [
        ("null", "ACT_1: T, ACT_2: U"),
        (
            r#"{"property":"Status","status":{"equals":["In Progress","Blocked"]}}"#,
            "ACT_2: U",
        ),
        (r#"{"property":"Name","title":{"starts_with":"act_1"}}"#, "ACT_1: T"),
        (r#"{"property":"Progress","number":{"greater_than":0.4}}"#, "ACT_2: U"),
        (r#"{"property":"Due date","date":{"next_week":{}}}"#, "ACT_2: U"),
        (r#"{"property":"Due date","date":{"on_or_before":"2027-01-19"}}"#, ""),
        (
            r#"{"timestamp":"created_time","created_time":{"on_or_before":"today"}}"#,
            "ACT_1: T, ACT_2: U",
        ),
        (either.as_str(), "ACT_2: U"),
        (both.as_str(), ""),
    ];
    for (filter, expected) in cases {
        let filter: Value = serde_json::from_str(filter).unwrap();
        assert_eq!(names(&json!({ "filter": filter })), expected, "{filter}");
    }
    let sorts = json!([{ "property": "Name", "direction": "descending" }]);
    assert_eq!(names(&json!({ "sorts": sorts, "page_size": 1 })), "ACT_2: U");
    let wrong = json!({ "filter": { "property": "Status", "select": { "equals": "Done" } } });
    it.refused("POST", &query, &wrong, "400 validation_error");
}

#[test]
fn boxes_are_ticked_and_blocks_keep_their_type() {
    let it = bench();
    let path = format!("/v1/blocks/{}", it.block("to_do"));
    assert_eq!(
        it.ok("PATCH", &path, &json!({ "to_do": { "checked": true } }))["to_do"]["checked"],
        true
    );
    it.refused(
        "PATCH",
        &path,
        &json!({ "paragraph": { "rich_text": [] } }),
        "400 validation_error",
    );
    it.refused(
        "PATCH",
        &path,
        &json!({ "to_do": { "checked": "yes" } }),
        "400 validation_error",
    );
    let children = json!({ "children": [{ "type": "paragraph", "paragraph": { "rich_text": said("log") } }],
        "position": { "type": "start" } });
    let added = it.ok("PATCH", &format!("/v1/blocks/{}/children", it.page), &children);
    let all = it.ok("GET", &format!("/v1/blocks/{}/children", it.page), &Value::Null);
    assert_eq!(all["results"][0]["id"], added["results"][0]["id"]);
    assert_eq!(it.ok("DELETE", &path, &Value::Null)["in_trash"], true);
    it.refused(
        "PATCH",
        &path,
        &json!({ "to_do": { "checked": false } }),
        "400 validation_error",
    );
}

#[test]
fn a_person_sees_the_page() {
    let it = bench();
    it.says(&it.page, "Ana Silva", "<b>hello</b>");
    let root = it.send("GET", "/", &Value::Null);
    assert!(root.body.contains("ACT_1: T"), "{}", root.body);
    let page = it.send("GET", &format!("/p/ACT-1-{}", it.page.replace('-', "")), &Value::Null);
    assert_eq!((page.status, page.content_type), (200, wire::HTML));
    assert!(
        page.body.contains("&lt;b&gt;hello") && page.body.contains("Step 1: go"),
        "{}",
        page.body
    );
    assert_eq!(it.send("GET", "/p/none", &Value::Null).status, 404);
}

#[test]
fn a_world_survives_as_json() {
    let it = bench();
    let heading = it.block("heading_2");
    it.says(&it.page, "Ana Silva", "one");
    it.says(&heading, "Ana Silva", "two");
    let world = it.sandbox.changed_world().unwrap();
    assert!(it.sandbox.changed_world().is_none(), "nothing changed since");
    let mut again = bench();
    let state = state::State::with_world(
        serde_json::from_slice(&world).unwrap(),
        fastrand::Rng::new(),
        0,
        Rate::off(),
    );
    again.sandbox = Sandbox::of(Arc::new(|| 0), state, &SecretString::from("t"));
    again.page.clone_from(&it.page);
    assert_eq!(
        (again.listed(&it.page), again.listed(&heading)),
        (vec!["one".to_owned()], vec!["two".to_owned()])
    );
    again.says(&it.page, "Ana Silva", "three");
    assert_eq!(again.listed(&it.page), ["one", "three"]);
}

#[test]
fn every_form_of_a_page_is_shown_and_written_back() {
    let it = bench();
    let markdown = "# Forms\n<details>\n<summary>1. Pack</summary>\n\t- [ ] Boxes\n</details>\n\
        ## Step 1: Go {toggle=\"true\"}\n  Inside.\n<callout icon=\"🎯\">\n\tDone when\n\t- [ ] Gone\n</callout>\n\
        <columns>\n\t<column>\n\t\tLeft\n\t</column>\n\t<column>\n\t\tRight\n\t</column>\n</columns>\n\
        | No | Task |\n|----|------|\n| 1 | **Pack** |\n<table>\n<tr>\n<td>a</td>\n<td>b</td>\n</tr>\n</table>\n\
        <synced_block url=\"rules\">\n\tShared rule\n</synced_block>\n<synced_block_reference url=\"rules\"/>\n\
        <synced_block_reference url=\"elsewhere\"/>\n<unknown alt=\"form\"/>\n#### Deep\n";
    let page = it.ok("POST", "/sandbox/pages", &json!({ "markdown": markdown }));
    let children = |id: &str| it.ok("GET", &format!("/v1/blocks/{id}/children"), &Value::Null);
    let listed = children(&text(&page, "id"));
    let blocks = listed["results"].as_array().unwrap();
    let kinds: Vec<&str> = blocks.iter().map(|block| block["type"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        [
            "toggle",
            "heading_2",
            "callout",
            "column_list",
            "table",
            "table",
            "synced_block",
            "synced_block",
            "synced_block",
            "unsupported",
            "heading_4"
        ]
    );
    let inside = |at: usize| children(blocks[at]["id"].as_str().unwrap())["results"].clone();
    assert_eq!(inside(0)[0]["type"], "to_do");
    assert_eq!(inside(1)[0]["paragraph"]["rich_text"][0]["plain_text"], "Inside.");
    assert_eq!(blocks[2]["callout"]["rich_text"][0]["plain_text"], "Done when");
    assert_eq!(inside(3)[1]["type"], "column");
    assert_eq!(blocks[4]["table"]["has_column_header"], true);
    assert_eq!(inside(4)[1]["table_row"]["cells"][1][0]["annotations"]["bold"], true);
    assert_eq!(inside(5)[0]["table_row"]["cells"].as_array().map(Vec::len), Some(2));
    assert_eq!(blocks[7]["synced_block"]["synced_from"]["block_id"], blocks[6]["id"]);
    assert_eq!(inside(7), inside(6), "a copy lists what its original holds");
    assert_eq!(inside(8), json!([]), "an original that is not shared");
    let hidden = format!("/v1/blocks/{}/children", text(&blocks[9], "id"));
    it.refused("GET", &hidden, &Value::Null, "400 validation_error");
    let path = format!("/v1/pages/{}/markdown", text(&page, "id"));
    let written = it.ok("GET", &path, &Value::Null)["markdown"]
        .as_str()
        .unwrap()
        .to_owned();
    for part in [
        "<details>\n<summary>1. Pack</summary>\n\t- [ ] Boxes\n</details>",
        "\t<tr><td>1</td><td>**Pack**</td></tr>",
        "<unknown alt=\"form\"/>",
    ] {
        assert!(written.contains(part), "{part:?} is not in\n{written}");
    }
}

#[test]
fn older_versions_say_archived() {
    let it = bench();
    let path = format!("/v1/pages/{}", it.page);
    let with = |version: &str, method: &str, body: &Value| {
        let answer = it.sandbox.handle(&Request {
            method: method.into(),
            path: path.clone(),
            authorization: Some("Bearer t".into()),
            version: Some(version.into()),
            body: if body.is_null() {
                Bytes::new()
            } else {
                body.to_string().into()
            },
            ..Request::default()
        });
        serde_json::from_str::<Value>(&answer.body).unwrap()
    };
    assert_eq!(with("2025-09-03", "GET", &Value::Null)["archived"], false);
    assert_eq!(with("2026-03-11", "GET", &Value::Null)["archived"], Value::Null);
    let trashed = with("2025-09-03", "PATCH", &json!({ "archived": true }));
    assert_eq!(
        (&trashed["archived"], &trashed["in_trash"]),
        (&json!(true), &json!(true))
    );
}
