//! Keys in the page itself: the page warns of each once, the keys count as exposed, and where the project wants
//! it a label is put in their place.
use super::builder::DecisionBuilder;
use super::{conversation, exposed_keys, leak_marks, leaks};
use crate::comment::Finding;
use crate::effect::Effect;
use crate::ids::BlockId;
use crate::page::{Held, HeldKeys, Observed, ReplyPart};
use std::collections::{BTreeMap, BTreeSet};

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
    mask(builder, shown.keys());
    let fresh: Vec<_> = on_page.iter().filter(|(block, _)| shown.contains_key(block)).collect();
    let all = fresh.iter().flat_map(|(_, findings)| findings).cloned();
    let findings = exposed_keys::may_be_told_of(builder, all.collect());
    // The same half of a key in two places is told of in both; what was named today, by the next change of the page.
    let may_be_told = |found: &Finding| {
        let same = |told: &Finding| told.variable == found.variable && told.extent >= found.extent;
        findings
            .iter()
            .any(|told| told == found || found.variable.is_some() && same(told))
    };
    let told = fresh
        .into_iter()
        .filter(|(_, findings)| findings.iter().all(may_be_told));
    let told: BTreeSet<BlockId> = told.map(|(block, _)| block.clone()).collect();
    shown.retain(|block, _| told.contains(block));
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
    leak_marks::stand(builder, &exposed);
    exposed_keys::mark(builder, None, (&exposed, false, &[]));
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

/// Puts labels in place of the keys, told of or not, where the project wants that.
fn mask<'a>(builder: &mut DecisionBuilder<'_>, blocks: impl Iterator<Item = &'a BlockId>) {
    if !builder.playbook.redact_page_content {
        return;
    }
    // Titles and properties are people's: there is no label that would be right in all of their places.
    let blocks: Vec<BlockId> = blocks.filter(|block| !is_page(builder, block)).cloned().collect();
    for block in blocks {
        builder.want_now(None, Effect::MaskBlock { block });
    }
}

/// Whether this is the page itself: a key in its title or its properties.
fn is_page(builder: &DecisionBuilder<'_>, block: &BlockId) -> bool {
    block.as_str() == builder.page.as_str()
}

/// The comment that warned of them says that they are gone.
fn thank(builder: &mut DecisionBuilder<'_>, held: &Held) {
    let part = ReplyPart::Gone {
        labels: held.labels.clone(),
        of_page: true,
    };
    let mut told = conversation::on_page(builder, "", part);
    told.subject.clone_from(&held.subject);
    told.language.clone_from(&held.language);
    told.replied = true;
    leaks::goes_on(builder, told, &held.exposed);
}
