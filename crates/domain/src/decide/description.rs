//! The description of a page, and its loss: a title that no longer names it, or a file that is gone.
use super::builder::DecisionBuilder;
use super::conversation;
use std::collections::BTreeMap;

/// The page is described as its title says, else by the description that names the page; under any other title it keeps what it was.
pub(super) fn apply(builder: &mut DecisionBuilder<'_>) {
    let pages = &builder.playbook.pages;
    let by_title = builder.state.guide.id.as_ref().and_then(|id| pages.get(id));
    let named = || pages.values().find(|description| description.is_of(builder.page));
    if let Some(description) = by_title.or_else(named) {
        builder.state.described_as = Some(description.id.clone());
    }
}

/// The loss, as a sentence for whoever runs the bot, and as the prompt and the id for the page.
pub(super) fn loss(builder: &DecisionBuilder<'_>) -> Option<(String, &'static str, String)> {
    let id = builder.state.described_as.clone()?;
    if builder.lost_description().is_some() {
        let why = format!(
            "config/pages/{id}.toml is gone, and with it the checks of this page: nothing is proven, and Status is not set \
             to Done, until it is back"
        );
        return Some((why, "description_gone", id));
    }
    let is_named = builder
        .description()
        .is_some_and(|description| description.is_of(builder.page));
    let renamed = builder.state.guide.id.as_ref() != Some(&id) && !is_named;
    let why = format!("the page's title no longer begins with {id}; I keep the checks of config/pages/{id}.toml");
    renamed.then_some((why, "title_changed", id))
}

/// Says it on the page, once for each description.
pub(super) fn say(builder: &mut DecisionBuilder<'_>, prompt: &str, id: &str) {
    let facts = BTreeMap::from([("id".to_owned(), id.into())]);
    conversation::say_alert(builder, &format!("{prompt} {id}"), prompt, facts);
}
