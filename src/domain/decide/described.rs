//! The description of a page, and its loss: a title that no longer names it, or a file that is gone.
use super::desk::Desk;
use super::{conversation, ticked};
use crate::domain::page::Part;
use std::collections::BTreeMap;

/// The page is described as its title says; under any other title it keeps what it was.
pub(super) fn take(desk: &mut Desk<'_>) {
    let by_title = desk.state.guide.id.as_ref();
    if let Some(id) = by_title.filter(|id| desk.playbook.pages.contains_key(*id)) {
        desk.state.described_as = Some(id.clone());
    }
}

/// The loss, as a sentence for whoever runs the bot, and as the prompt and the id for the page.
pub(super) fn loss(desk: &Desk<'_>) -> Option<(String, &'static str, String)> {
    let id = desk.state.described_as.clone()?;
    if desk.lost_description().is_some() {
        let why = format!(
            "config/pages/{id}.toml is gone, and with it the checks of this page: nothing is proven, and Status is not set \
             to Done, until it is back"
        );
        return Some((why, "description_gone", id));
    }
    let renamed = desk.state.guide.id.as_ref() != Some(&id);
    let why = format!("the page's title no longer begins with {id}; I keep the checks of config/pages/{id}.toml");
    renamed.then_some((why, "title_changed", id))
}

/// Says it on the page, once for each description.
pub(super) fn say(desk: &mut Desk<'_>, prompt: &str, id: &str) {
    if desk.state.quiet {
        return;
    }
    let part = Part::Alert {
        prompt: prompt.to_owned(),
        facts: BTreeMap::from([("id".to_owned(), id.into())]),
    };
    let told = ticked::on_page(desk, &format!("{prompt} {id}"), part);
    conversation::say(desk, &told);
}
