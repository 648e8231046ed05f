//! What the bot said of the form of the pages that it has read, and what their descriptions name that they do not have.
use crate::config::{self, Settings};
use crate::domain::decide::Names;
use crate::domain::page::{PageDescription, PageState};
use crate::store::Store as _;
use crate::store::sqlite::SqliteStore;
use std::path::Path;

/// What was read with a guess, or was not read, and what cannot be written of each page that the bot knows; nothing where it has no
/// state yet.
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
    let playbook = config::playbook(settings, Names::default()).ok();
    for page in store.pages().await.unwrap_or_default() {
        let Ok(Some((_, state))) = store.page(&page).await else {
            continue;
        };
        let Ok(state) = serde_json::from_value::<PageState>(state) else {
            continue;
        };
        let described = playbook.as_ref().and_then(|playbook| playbook.description(&state));
        let told = state.guide.remarks.iter().map(ToString::to_string);
        let told = told.chain(state.notes.iter().cloned());
        let told = told.chain(
            described
                .into_iter()
                .flat_map(|description| misses(description, &state)),
        );
        notices.extend(told.map(|told| format!("{}: {told}", state.guide.title)));
    }
    notices
}

/// What a description names that its page does not have.
fn misses(description: &PageDescription, state: &PageState) -> Vec<String> {
    let guide = &state.guide;
    let file = format!("config/pages/{}.toml", description.id);
    let steps = description
        .steps
        .iter()
        .filter(|step| guide.step(step.number).is_none());
    let steps = steps.map(|step| format!("{file} describes step {}, and the page has none", step.number));
    let has = |words: &str| {
        let words = words.to_lowercase();
        guide
            .criteria
            .iter()
            .any(|on_page| on_page.text.to_lowercase().contains(&words))
    };
    let criteria = description.criteria.iter().filter_map(|criterion| {
        let words = criterion.words.as_ref().filter(|words| !has(words))?;
        Some(format!(
            "{file} looks for a box with \"{words}\" (criterion {}), and the page has none; its number counts",
            criterion.number
        ))
    });
    steps.chain(criteria).collect()
}
