//! The install key is lost: the bot says so, and answers nothing again because of it.
use crate::child::{self, Bot, call, comment, journal, posts, replies};
use keyminder_sandbox::{Options, serve};
use serde_json::json;
use std::path::Path;

const KEY: &str = ".env.install-key";

fn status(project: &Path) -> String {
    let mut command = std::process::Command::new(child::program());
    command.args(["status", "--project"]).arg(project).env_clear();
    let output = command.output().expect("the program starts");
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_lost_install_key_is_told_and_no_old_comment_is_answered_again() {
    let sandbox = serve(Options::default()).await.expect("a free port");
    let folder = child::project("TZ=UTC\nAPI_Groq=made-up-1\n");
    let page = child::first_page(&sandbox);
    let settings = child::settings([("KEYMINDER_POLL_BACKLOG", "answer")]);
    let mut written = Vec::new();
    for text in ["Step 1 is done", "What is next?", "How long does step 4 take?"] {
        written.push(comment(&sandbox, &page, "Ana Silva", text).await);
    }
    let start = || Bot::start(folder.path(), &sandbox, &page, &settings);
    let mut bot = start();
    bot.until(folder.path(), "each has its answer", async || {
        replies(&sandbox, &page, &written).await == [1; 3]
    })
    .await;
    bot.stop().await;
    std::fs::remove_file(folder.path().join(KEY)).expect("the key was made");

    let after = child::newest(&sandbox).await;
    let mut bot = start();
    bot.until(folder.path(), "its loss is told", async || {
        status(folder.path()).contains("lost or replaced")
    })
    .await;
    let asked = || async {
        let entries = journal(&sandbox, after).await;
        let lists = entries.iter().filter(|entry| {
            entry["who"] == "bot"
                && entry["method"] == "GET"
                && entry["path"]
                    .as_str()
                    .is_some_and(|path| path.starts_with("/v1/comments"))
        });
        lists.count()
    };
    bot.until(folder.path(), "it has looked several times", async || asked().await > 8)
        .await;
    let changed = |entries: Vec<serde_json::Value>| {
        let of_comments = entries.into_iter().filter(|entry| {
            entry["who"] == "bot"
                && entry["method"] != "GET"
                && entry["path"]
                    .as_str()
                    .is_some_and(|path| path.starts_with("/v1/comments"))
        });
        of_comments.collect::<Vec<_>>()
    };
    assert_eq!(changed(journal(&sandbox, after).await), Vec::<serde_json::Value>::new());
    assert_eq!(posts(&sandbox).await, 3);

    // What is edited from now on is seen.
    let path = format!("/sandbox/comments/{}", written[1]);
    call(
        &sandbox,
        "PATCH",
        &path,
        json!({ "author": "Ana Silva", "text": "How long does step 2 take?" }),
    )
    .await;
    bot.until(folder.path(), "an edit is answered", async || {
        !changed(journal(&sandbox, after).await).is_empty()
    })
    .await;
    bot.stop().await;
    let mut bot = start();
    bot.until(folder.path(), "it runs again", async || {
        status(folder.path()).contains("running (")
    })
    .await;
    assert!(
        !status(folder.path()).contains("lost or replaced"),
        "told while it was news"
    );
    // Its token comes from an environment that this command does not have.
    bot.until(folder.path(), "it is said which token it uses", async || {
        let told = status(folder.path());
        assert!(!told.contains("there is no Notion token"), "{told}");
        told.contains("token NOTION_TOKEN in the environment")
    })
    .await;
    assert_eq!(replies(&sandbox, &page, &written).await, [1; 3]);
}
