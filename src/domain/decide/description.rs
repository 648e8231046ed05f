//! The description of a page, and its loss: a title that no longer names it, or a file that is gone.
use super::builder::DecisionBuilder;
use super::conversation;
use std::collections::BTreeMap;

/// The page is described as its title says; under any other title it keeps what it was.
pub(super) fn apply(builder: &mut DecisionBuilder<'_>) {
    let by_title = builder.state.guide.id.as_ref();
    if let Some(id) = by_title.filter(|id| builder.playbook.pages.contains_key(*id)) {
        builder.state.described_as = Some(id.clone());
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
    let renamed = builder.state.guide.id.as_ref() != Some(&id);
    let why = format!("the page's title no longer begins with {id}; I keep the checks of config/pages/{id}.toml");
    renamed.then_some((why, "title_changed", id))
}

/// Says it on the page, once for each description.
pub(super) fn say(builder: &mut DecisionBuilder<'_>, prompt: &str, id: &str) {
    let facts = BTreeMap::from([("id".to_owned(), id.into())]);
    conversation::say_alert(builder, &format!("{prompt} {id}"), prompt, facts);
}
