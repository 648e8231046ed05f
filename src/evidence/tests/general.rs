//! The checks of pages of any kind: addresses, dates of the page, the repository. Servers and repositories are made on the spot.
use super::*;
use axum::http::StatusCode;
use axum::response::Redirect;
use axum::routing::get;
use std::path::Path;

/// A server on this machine, by its address.
async fn server() -> String {
    let app = axum::Router::new()
        .route("/", get(|| async { "all systems go" }))
        .route("/made", get(|| async { StatusCode::CREATED }))
        .route("/moved", get(|| async { Redirect::temporary("/") }))
        .route("/busy", get(|| async { StatusCode::SERVICE_UNAVAILABLE }))
        .route("/large", get(|| async { "x".repeat(2 * 1024 * 1024) + "end" }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

fn http(url: &str, status: u16, contains: Option<&str>) -> Check {
    Check::Http {
        url: url.to_owned(),
        status,
        contains: contains.map(str::to_owned),
    }
}

#[tokio::test]
async fn an_address_answers_as_it_should_or_not() {
    let (world, url) = (TestWorld::new(&[]).await, server().await);
    let at = |path: &str| format!("{url}{path}");
    for (check, standing, reason) in [
        (http(&at("/?token=abc"), 200, Some("systems go")), Proven, "http_ok"),
        (http(&at("/"), 200, Some("down")), Missing, "http_lacks"),
        (http(&at("/made"), 201, None), Proven, "http_ok"),
        (http(&at("/made"), 200, None), Missing, "http_status"),
        (http(&at("/none"), 200, None), Missing, "http_status"),
        (http(&at("/none"), 404, None), Proven, "http_ok"),
        (http(&at("/moved"), 200, None), Missing, "http_status"),
        (http(&at("/busy"), 200, None), Unknown, "http_silent"),
        (http(&at("/busy"), 503, None), Proven, "http_ok"),
        (http(&at("/large"), 200, Some("end")), Missing, "http_lacks"),
        (http("http://127.0.0.1:1/", 200, None), Unknown, "http_silent"),
        (http("http://example.com/", 200, None), Missing, "http_refused"),
        (http("https://10.0.0.1/", 200, None), Missing, "http_refused"),
        (
            http("https://169.254.169.254/latest", 200, None),
            Missing,
            "http_refused",
        ),
        (http("https://nas.lan/", 200, None), Missing, "http_refused"),
        (
            http("https://ana:secret@example.com/", 200, None),
            Missing,
            "http_refused",
        ),
        (http("file:///etc/passwd", 200, None), Missing, "http_refused"),
    ] {
        let seen = world.look(&check).await;
        TestWorld::is(&seen, standing, reason);
        let told = seen.facts["url"].as_str().unwrap();
        assert!(!told.contains("token") && !told.contains("secret"), "{told}");
    }
}

#[tokio::test]
async fn a_date_of_the_page_must_lie_ahead() {
    let mut world = TestWorld::new(&[]).await;
    let check = Check::Date {
        property: "Review on".to_owned(),
    };
    let day = |days: i64| (world.now + TimeDelta::days(days)).date_naive().to_string();
    let (today, tomorrow, long_ago) = (day(0), day(2), day(-400));
    let (soon, just_over) = (world.now + TimeDelta::hours(1), world.now - TimeDelta::minutes(1));
    let (soon, just_over) = (soon.to_rfc3339(), just_over.to_rfc3339());
    let of = |start: &str| PageDate::Of(start.to_owned());
    for (date, standing, reason) in [
        (of(&tomorrow), Proven, "date_ahead"),
        (of(&soon), Proven, "date_ahead"),
        (of(&today), Missing, "date_past"),
        (of(&just_over), Missing, "date_past"),
        (of(&long_ago), Missing, "date_past"),
        (of("some day"), Missing, "date_empty"),
        (PageDate::Empty, Missing, "date_empty"),
        (PageDate::Missing, Missing, "date_missing"),
        (PageDate::Unread, Unknown, "date_unread"),
    ] {
        world.collector = world.collector.with_page_date(date);
        TestWorld::is(&world.look(&check).await, standing, reason);
    }
}

fn git(dir: &Path, arguments: &[&str]) {
    let mut command = std::process::Command::new("git");
    let identity = [
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@example.com",
        "-c",
        "commit.gpgsign=false",
    ];
    let ended = command
        .args(identity)
        .args(arguments)
        .current_dir(dir)
        .output()
        .unwrap();
    assert!(
        ended.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&ended.stderr)
    );
}

fn merged(branch: &str, into: Option<&str>) -> Check {
    Check::Git {
        branch_merged: Some(branch.to_owned()),
        into: into.map(str::to_owned),
        tag_exists: None,
    }
}

fn tag(name: &str) -> Check {
    Check::Git {
        branch_merged: None,
        into: None,
        tag_exists: Some(name.to_owned()),
    }
}

/// The id of the commit that a name stands for.
fn id_of(dir: &Path, name: &str) -> String {
    let mut command = std::process::Command::new("git");
    let told = command.args(["rev-parse", name]).current_dir(dir).output().unwrap();
    String::from_utf8(told.stdout).unwrap().trim().to_owned()
}

/// The origin is ahead of the local branch; then the branch goes, and only its commit is left.
async fn a_merge_at_the_origin_and_a_deleted_branch(world: &TestWorld) {
    let dir = world.dir.path();
    git(dir, &["checkout", "--quiet", "-b", "feature/late"]);
    git(dir, &["commit", "--quiet", "--allow-empty", "--no-verify", "-m", "d"]);
    git(dir, &["checkout", "--quiet", "main"]);
    let id = id_of(dir, "feature/late");
    let late = merged("feature/late", Some("main"));
    TestWorld::is(&world.look(&late).await, Missing, "git_unmerged");
    TestWorld::is(&world.look(&merged(&id, None)).await, Missing, "git_unmerged");
    git(dir, &["update-ref", "refs/remotes/origin/main", &id]);
    TestWorld::is(&world.look(&late).await, Proven, "git_merged");
    TestWorld::is(&world.look(&merged("main", None)).await, Missing, "git_unmerged");
    git(dir, &["branch", "--quiet", "-D", "feature/late"]);
    TestWorld::is(&world.look(&late).await, Missing, "git_branch_missing");
    TestWorld::is(&world.look(&merged(&id[..10], None)).await, Proven, "git_merged");
    let none = merged("0123456789abcdef", None);
    TestWorld::is(&world.look(&none).await, Missing, "git_branch_missing");
}

#[tokio::test]
async fn branches_and_tags_are_read_as_they_lie_there() {
    let world = TestWorld::new(&[]).await;
    let dir = world.dir.path();
    TestWorld::is(&world.look(&tag("v1")).await, Missing, "git_unreadable");
    git(dir, &["init", "--quiet", "--initial-branch=main"]);
    git(dir, &["commit", "--quiet", "--allow-empty", "-m", "a"]);
    git(dir, &["tag", "v1.0"]);
    git(dir, &["checkout", "--quiet", "-b", "feature/orders"]);
    git(dir, &["commit", "--quiet", "--allow-empty", "-m", "b"]);
    git(dir, &["checkout", "--quiet", "main"]);
    // A hook and a monitor of files that must not run.
    world.write("evil", "#!/bin/sh\ntouch ran\n");
    git(dir, &["config", "core.fsmonitor", "./evil"]);
    git(dir, &["config", "core.hooksPath", "."]);
    for (check, standing, reason) in [
        (merged("feature/orders", None), Missing, "git_unmerged"),
        (merged("feature/orders", Some("main")), Missing, "git_unmerged"),
        (merged("main", Some("feature/orders")), Proven, "git_merged"),
        (merged("feature/none", None), Missing, "git_branch_missing"),
        (merged("--output=ran", None), Missing, "git_branch_missing"),
        (merged("main^{tree}", None), Missing, "git_branch_missing"),
        (merged("main", Some("none")), Missing, "git_unreadable"),
        (tag("v1.0"), Proven, "git_tag"),
        (tag("v1.1"), Missing, "git_tag_missing"),
        (tag("../heads/main"), Missing, "git_tag_missing"),
    ] {
        TestWorld::is(&world.look(&check).await, standing, reason);
    }
    git(
        dir,
        &[
            "merge",
            "--quiet",
            "--no-ff",
            "--no-verify",
            "-m",
            "c",
            "feature/orders",
        ],
    );
    TestWorld::is(&world.look(&merged("feature/orders", None)).await, Proven, "git_merged");
    git(
        dir,
        &["update-ref", "refs/remotes/origin/far", "refs/heads/feature/orders"],
    );
    TestWorld::is(&world.look(&merged("far", Some("main"))).await, Proven, "git_merged");
    a_merge_at_the_origin_and_a_deleted_branch(&world).await;
    std::fs::remove_file(dir.join(".git/HEAD")).unwrap();
    TestWorld::is(&world.look(&tag("v1.0")).await, Missing, "git_unreadable");
    assert!(!dir.join("ran").exists());
}
