//! Who does which step: "I take step 4", "Bram does step 4". It is kept and told; it ticks nothing.
use super::acting::Acting;
use super::builder::DecisionBuilder;
use super::{ended, heard};
use crate::asks::PageAsk;
use crate::classify::Ask;
use crate::page::{Doer, ReplyPart};

/// Takes in who does the steps, and tells it.
pub(super) fn report(
    builder: &mut DecisionBuilder<'_>,
    report: Acting<'_>,
    asked: &PageAsk,
    steps: &[u8],
) -> ReplyPart {
    let comment = &report.comment;
    let of_others = asked.ask == Some(Ask::Assign);
    let name = if of_others {
        heard::named(builder, &report).or_else(|| asked.name.clone())
    } else {
        comment.author_name.clone()
    };
    let back = asked.ask == Some(Ask::Release);
    // "Somebody does step 4" says nothing.
    let is_told = !of_others || name.is_some();
    if is_told && !steps.is_empty() {
        ended::end_doers(&mut builder.state, &comment.id, steps);
    }
    if is_told && !back {
        let person = (!of_others).then(|| comment.author.clone());
        builder.state.doers.extend(steps.iter().map(|step| Doer {
            step: *step,
            name: name.clone(),
            person: person.clone(),
            comment: comment.id.clone(),
        }));
        builder.state.doers.sort_by_key(|doer| doer.step);
        builder.note(Some(&comment.id), "does", steps);
    }
    ReplyPart::Does {
        steps: if is_told { steps.to_vec() } else { Vec::new() },
        of: name.filter(|_| of_others),
        back,
    }
}
