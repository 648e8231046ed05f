//! A guide in lines, to be compared.
use keyminder::domain::ids::BlockId;
use keyminder::domain::page::{Criterion, Guide};
use std::collections::BTreeMap;
use std::fmt::Write as _;

fn sign(ticked: Option<bool>) -> &'static str {
    match ticked {
        Some(true) => "[x] ",
        Some(false) => "[ ] ",
        None => "",
    }
}

/// All that was read of a page, a line each.
pub fn guide(guide: &Guide, boxes: &BTreeMap<BlockId, bool>) -> String {
    let mut told = String::new();
    let line = |told: &mut String, text: &str| writeln!(told, "{text}").unwrap();
    if let Some(minutes) = guide.stated_minutes {
        line(&mut told, &format!("takes {minutes} min"));
    }
    for one in &guide.prerequisites {
        line(&mut told, &format!("before {}{}", sign(one.ticked), one.text));
    }
    let criterion = |one: &Criterion| format!("{}{}: {}", sign(boxes.get(&one.block).copied()), one.number, one.text);
    for step in &guide.steps {
        let minutes = step
            .minutes
            .map(|minutes| format!(" ({minutes} min)"))
            .unwrap_or_default();
        line(&mut told, &format!("step {}{minutes} {}", step.number, step.title));
        let text = step.text.iter().flat_map(|text| text.lines());
        text.for_each(|text| line(&mut told, &format!("  says {text}")));
        step.commands
            .iter()
            .for_each(|command| line(&mut told, &format!("  command {command}")));
        step.validation
            .iter()
            .for_each(|proof| line(&mut told, &format!("  proof {proof}")));
        for one in guide.criteria.iter().filter(|one| one.step == Some(step.number)) {
            line(&mut told, &format!("  box {}", criterion(one)));
        }
    }
    for one in guide.criteria.iter().filter(|one| one.step.is_none()) {
        line(&mut told, &format!("success {}", criterion(one)));
    }
    guide
        .next_actions
        .iter()
        .for_each(|next| line(&mut told, &format!("next {next}")));
    guide
        .remarks
        .iter()
        .for_each(|remark| line(&mut told, &format!("remark {remark}")));
    told
}
