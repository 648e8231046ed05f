//! Keys in the page itself: the page warns of each once, the keys count as exposed, and where the project wants
//! it a label is put in their place.
use super::builder::DecisionBuilder;
use super::{compose, conversation, exposed_keys, reply_edits};
use crate::domain::comment::Finding;
use crate::domain::effect::{Effect, EffectId};
use crate::domain::ids::BlockId;
use crate::domain::page::{Held, HeldKeys, Observed, ReplyPart};
use crate::domain::reply::Reference;
use std::collections::BTreeMap;

pub(super) fn apply(builder: &mut DecisionBuilder<'_>, observed: &Observed) {
    let Some(on_page) = observed.held.as_ref().filter(|_| !builder.state.quiet) else {
        return;
    };
    let mut shown: BTreeMap<BlockId, HeldKeys> = BTreeMap::new();
    for (block, findings) in on_page {
        shown.insert(block.clone(), exposed_keys::exposing(&builder.playbook.names, findings));
    }
    let (mut still, mut gone) = (Vec::new(), Vec::new());
    for mut held in std::mem::take(&mut builder.state.held) {
        held.blocks.retain(|block, known| {
            // One of two keys may be gone: the other was told of already.
            let same = shown
                .get(block)
                .is_some_and(|keys| keys.iter().all(|key| known.contains(key)));
            same && shown.remove(block).is_some()
        });
        let list = if held.blocks.is_empty() { &mut gone } else { &mut still };
        list.push(held);
    }
    builder.state.held = still;
    let mut findings = Vec::new();
    for (block, on_block) in on_page {
        if !shown.contains_key(block) {
            continue;
        }
        let told = exposed_keys::may_be_told_of(builder, on_block.clone());
        if told.len() == on_block.len() {
            findings.extend(told);
        } else {
            // It was named today. The next change of the page tells of it.
            shown.remove(block);
        }
    }
    if !shown.is_empty() {
        let held = found(builder, shown, &findings);
        builder.state.held.push(held);
    }
    for held in gone {
        thank(builder, &held);
    }
}

fn found(builder: &mut DecisionBuilder<'_>, blocks: BTreeMap<BlockId, HeldKeys>, findings: &[Finding]) -> Held {
    let mut exposed = exposed_keys::exposed_variables(&builder.playbook.names, findings);
    exposed.sort();
    exposed.dedup();
    exposed_keys::mark(builder, None, &exposed);
    builder.note(None, "key_on_page", &blocks);
    let guide = &builder.state.guide;
    let url = |block: &BlockId| {
        if is_page(builder, block) {
            guide.url.clone()
        } else {
            guide.block_url(block)
        }
    };
    let places = blocks.iter().map(|(block, keys)| (url(block), keys.clone()));
    let part = ReplyPart::Held {
        places: places.collect(),
        masks: builder.playbook.redact_page_content,
    };
    let subject = format!("held {}", builder.now.timestamp_millis());
    let conversation = conversation::on_page(builder, &subject, part);
    conversation::say(builder, &conversation);
    if builder.playbook.redact_page_content {
        // Titles and properties are people's: there is no label that would be right in all of their places.
        let blocks: Vec<BlockId> = blocks
            .keys()
            .filter(|block| !is_page(builder, block))
            .cloned()
            .collect();
        for block in blocks {
            builder.want_now(None, Effect::MaskBlock { block });
        }
    }
    let mut labels: Vec<String> = blocks.values().flatten().filter_map(|key| key.label.clone()).collect();
    labels.sort();
    labels.dedup();
    Held {
        blocks,
        labels,
        exposed,
        language: conversation.language,
        subject: conversation.subject,
    }
}

/// Whether this is the page itself: a key in its title or its properties.
fn is_page(builder: &DecisionBuilder<'_>, block: &BlockId) -> bool {
    block.as_str() == builder.page.as_str()
}

/// The comment that warned of them says that they are gone.
fn thank(builder: &mut DecisionBuilder<'_>, held: &Held) {
    let runs = compose::held_gone(builder, held);
    let reply = EffectId::reply(builder.page, &held.subject);
    let reference = Reference::of_subject(&held.subject);
    reply_edits::want(builder, reply, reference, None, runs);
}
