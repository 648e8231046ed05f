//! Keys in the page itself: what a reading finds is told of once, the keys count as exposed, and where the project wants
//! it a label is put in their place.
use super::desk::Desk;
use super::{compose, conversation, edits, exposed, ticked};
use crate::domain::comment::Finding;
use crate::domain::effect::{Effect, EffectId};
use crate::domain::ids::BlockId;
use crate::domain::page::{Held, HeldKeys, Observed, Part};
use crate::domain::reply::Reference;
use std::collections::BTreeMap;

pub(super) fn take(desk: &mut Desk<'_>, observed: &Observed) {
    let Some(on_page) = observed.held.as_ref().filter(|_| !desk.state.quiet) else {
        return;
    };
    let names = &desk.playbook.names;
    let told = |(block, findings): &(BlockId, Vec<Finding>)| (block.clone(), exposed::told(names, findings));
    let mut shown: BTreeMap<BlockId, _> = on_page.iter().map(told).collect();
    let (mut still, mut gone) = (Vec::new(), Vec::new());
    for mut held in std::mem::take(&mut desk.state.held) {
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
    desk.state.held = still;
    if !shown.is_empty() {
        let findings: Vec<Finding> = on_page
            .iter()
            .filter(|(block, _)| shown.contains_key(block))
            .flat_map(|(_, findings)| findings.clone())
            .collect();
        let held = found(desk, shown, &findings);
        desk.state.held.push(held);
    }
    for held in gone {
        thank(desk, &held);
    }
}

fn found(desk: &mut Desk<'_>, blocks: BTreeMap<BlockId, HeldKeys>, findings: &[Finding]) -> Held {
    let mut exposed = exposed::variables(&desk.playbook.names, findings);
    exposed.sort();
    exposed.dedup();
    exposed::mark(desk, None, &exposed);
    desk.note(None, "key_on_page", &blocks);
    let places = blocks
        .iter()
        .map(|(block, keys)| (desk.state.guide.block_url(block), keys.clone()));
    let part = Part::Held {
        places: places.collect(),
        masks: desk.playbook.redact_page_content,
    };
    let subject = format!("held {}", desk.now.timestamp_millis());
    let conversation = ticked::on_page(desk, &subject, part);
    conversation::say(desk, &conversation);
    if desk.playbook.redact_page_content {
        for block in blocks.keys().cloned() {
            desk.want_now(None, Effect::MaskBlock { block });
        }
    }
    let mut labels: Vec<String> = blocks.values().flatten().map(|key| key.label.clone()).collect();
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

/// The comment that warned of them says that they are gone.
fn thank(desk: &mut Desk<'_>, held: &Held) {
    let runs = compose::held_gone(desk, held);
    let reply = EffectId::reply(desk.page, &held.subject);
    let reference = Reference::of_subject(&held.subject);
    edits::want(desk, reply, reference, None, runs);
}
