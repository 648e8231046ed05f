//! What the bot said of the form of the pages that it has read.
use crate::config::Settings;
use crate::domain::page::Guide;
use crate::store::Store as _;
use crate::store::sqlite::SqliteStore;
use serde::Deserialize as _;
use std::path::Path;

/// What was read with a guess, or was not read, of each page that the bot knows; nothing where it has no state yet.
pub(super) async fn notices(settings: &Settings) -> Vec<String> {
    let file = Path::new(&settings.state);
    let mut notices = Vec::new();
    if !file.exists() {
        return notices;
    }
    // A state that cannot be read is told by the commands that need it.
    let Ok(store) = SqliteStore::open_to_read(file).await else {
        return notices;
    };
    for page in store.pages().await.unwrap_or_default() {
        let Ok(Some((_, state))) = store.page(&page).await else {
            continue;
        };
        if let Ok(guide) = Guide::deserialize(&state["guide"]) {
            let remarks = guide.remarks.iter().map(|remark| format!("{}: {remark}", guide.title));
            notices.extend(remarks);
        }
    }
    notices
}
