//! Pages as people write them, and the guides that are read from them: Markdown, through the sandbox, the client and
//! redaction, to a guide.
#![allow(
    clippy::unwrap_used,
    reason = "clippy counts the helpers of an integration test as production"
)]
mod any;
mod told;

use keyminder::domain::page::Guide;
use keyminder::domain::redact::{KnownValues, Patterns, Redactor};
use keyminder::intake::read_guide;
use keyminder::notion::{self, Client};
use keyminder_sandbox::{Options, Running, serve};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A sandbox that holds the pages, and a client that reads them.
struct Reader {
    sandbox: Running,
    client: Client,
    redactor: Redactor,
}

impl Reader {
    async fn new() -> Self {
        let options = Options {
            rate: keyminder_sandbox::Rate::off(),
            ..Options::default()
        };
        let sandbox = serve(options).await.unwrap();
        let client = notion::connect(&sandbox.url, sandbox.token.clone(), 0, Duration::from_secs(20)).unwrap();
        Self {
            sandbox,
            client,
            redactor: Redactor::new(Patterns::builtin(), KnownValues::default()),
        }
    }

    async fn read(&self, markdown: &str) -> (Guide, BTreeMap<keyminder::domain::ids::BlockId, bool>) {
        let page = self.sandbox.sandbox.add_page(markdown).unwrap();
        let page = keyminder::domain::ids::PageId::from_wire(&page.to_string());
        read_guide(&self.client, &page, &self.redactor).await.unwrap()
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/pages")
}

fn rewrites() -> bool {
    std::env::var_os("KEYMINDER_REWRITE").is_some()
}

/// Compares with what the file says, or writes the file anew.
#[track_caller]
fn compare(file: &Path, found: &str) {
    let expected = std::fs::read_to_string(file).unwrap_or_default();
    if rewrites() {
        std::fs::write(file, found).unwrap();
        return;
    }
    let differs = expected.lines().zip(found.lines()).find(|(one, other)| one != other);
    assert_eq!(expected, found, "{}: {differs:?}", file.display());
}

#[tokio::test]
async fn every_form_of_a_page_is_read_or_told() {
    let reader = Reader::new().await;
    let file = folder().join("forms.txt");
    let text = std::fs::read_to_string(&file).unwrap();
    let mut parts = text.split("\n== ");
    let mut found = parts.next().unwrap().to_owned();
    let mut pages = 0;
    for part in parts {
        let (page, _) = part.split_once("\n->").unwrap();
        let (name, markdown) = page.split_once('\n').unwrap_or((page, ""));
        let (guide, boxes) = reader.read(&format!("# {name}\n{markdown}")).await;
        let told = told::guide(&guide, &boxes);
        found.extend(["\n== ", page, "\n->\n", &told]);
        pages += 1;
    }
    assert!(pages > 50, "only {pages} pages were found");
    compare(&file, &found);
}

/// A copy may list nothing: then its original is asked, and what stands twice on a page is read once.
#[tokio::test]
async fn the_original_of_a_synced_copy_is_asked() {
    let reader = Reader::new().await;
    let request = keyminder_sandbox::Request {
        method: "PUT".into(),
        path: "/sandbox/synced-copies".into(),
        body: r#"{"empty":true}"#.into(),
        ..keyminder_sandbox::Request::default()
    };
    assert_eq!(reader.sandbox.sandbox.handle(&request).status, 200);
    let original = "<synced_block url=\"rules\">\n\t## Step 1: Pack\n\t- [ ] Books\n</synced_block>\n";
    let copy = "<synced_block_reference url=\"rules\"/>\n## Step 2: Drive\n";
    for page in [
        format!("# Both\n{original}{copy}"),
        format!("# The copy alone\n{copy}"),
        format!("# The copy first\n{copy}{original}"),
    ] {
        let (guide, _) = reader.read(&page).await;
        let read = (guide.steps.len(), guide.criteria.len(), guide.remarks.len());
        assert_eq!(read, (2, 1, 0), "{page}: {:?}", guide.remarks);
    }
}

#[tokio::test]
async fn whole_pages_are_read_as_their_table_says() {
    let reader = Reader::new().await;
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "md"));
    files.sort();
    assert!(files.len() > 12, "only {} pages were found", files.len());
    for file in files {
        let (guide, boxes) = reader.read(&std::fs::read_to_string(&file).unwrap()).await;
        compare(&file.with_extension("guide"), &told::guide(&guide, &boxes));
    }
}
