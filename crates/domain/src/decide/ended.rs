//! What a comment ends that others said: it waits under that comment, and holds again when the comment is undone.
use crate::ids::CommentId;
use crate::page::{Blocker, Claim, Claimable, Denial, Doer, EndedFact, Fact, PageState, SetAside};

/// A comment takes back the claims of a part that fit.
pub(super) fn end_claims(state: &mut PageState, part: &Claimable, by: &CommentId, fits: impl Fn(&Claim) -> bool) {
    let mut ended: Vec<Claim> = Vec::new();
    with_claims(state, part.clone(), |all| {
        ended.extend(all.extract_if(.., |claim| fits(claim)));
    });
    let ended = ended
        .into_iter()
        .map(|claim| Fact::Finished(part.clone(), claim))
        .collect();
    end(
        state,
        ended,
        Some(by),
        |fact| matches!(fact, Fact::Finished(of, claim) if of == part && fits(claim)),
    );
}

/// Ends the obstacles that fit, by a comment, or for good; whether there were any.
pub(super) fn end_blockers(state: &mut PageState, by: Option<&CommentId>, fits: impl Fn(&Blocker) -> bool) -> bool {
    let gone: Vec<Fact> = state
        .blockers
        .extract_if(.., |blocker| fits(blocker))
        .map(Fact::Blocker)
        .collect();
    let some = !gone.is_empty();
    end(
        state,
        gone,
        by,
        |fact| matches!(fact, Fact::Blocker(blocker) if fits(blocker)),
    );
    some
}

/// A comment ends what was set aside, as far as it fits.
pub(super) fn end_asides(state: &mut PageState, by: &CommentId, fits: impl Fn(&SetAside) -> bool) {
    let gone = state.set_aside.extract_if(.., |aside| fits(aside));
    let gone = gone.map(Fact::SetAside).collect();
    end(
        state,
        gone,
        Some(by),
        |fact| matches!(fact, Fact::SetAside(aside) if fits(aside)),
    );
}

/// A comment says who does these steps, or that nobody does: whoever did does no longer.
pub(super) fn end_doers(state: &mut PageState, by: &CommentId, steps: &[u8]) {
    let fits = |doer: &Doer| steps.contains(&doer.step);
    let gone = state.doers.extract_if(.., |doer| fits(doer));
    let gone = gone.map(Fact::Does).collect();
    end(
        state,
        gone,
        Some(by),
        |fact| matches!(fact, Fact::Does(doer) if fits(doer)),
    );
}

/// A comment settles what was denied of these steps: it reports them, or denies them itself.
pub(super) fn end_denials(state: &mut PageState, by: &CommentId, steps: &[u8]) {
    let fits = |denial: &Denial| steps.contains(&denial.step);
    let gone = state.denied.extract_if(.., |denial| fits(denial));
    let gone = gone.map(Fact::Denied).collect();
    end(
        state,
        gone,
        Some(by),
        |fact| matches!(fact, Fact::Denied(denial) if fits(denial)),
    );
}

/// These facts ended, by a comment, or for good; and so did those that fit and had ended already. What a comment ends of itself
/// it never said.
fn end(state: &mut PageState, gone: Vec<Fact>, by: Option<&CommentId>, fits: impl Fn(&Fact) -> bool) {
    state.ended.retain_mut(|ended| match by {
        _ if !fits(&ended.fact) => true,
        Some(by) => {
            if !ended.by.contains(by) {
                ended.by.push(by.clone());
            }
            ended.fact.comment() != by
        }
        None => false,
    });
    let Some(by) = by else { return };
    let others = gone.into_iter().filter(|fact| fact.comment() != by);
    state.ended.extend(others.map(|fact| EndedFact {
        fact,
        by: vec![by.clone()],
    }));
}

/// Changes the claims of a part; the first one of those that are left stands, the others behind it.
pub(super) fn with_claims(state: &mut PageState, part: Claimable, change: impl FnOnce(&mut Vec<Claim>)) {
    let of_part = match part {
        Claimable::Step(number) => Some(state.steps.entry(number).or_default()),
        Claimable::Box(block) => Some(state.boxes_said.entry(block).or_default()),
        Claimable::All => None,
    };
    let (first, also) = match of_part {
        Some(said) => (&mut said.claim, &mut said.also),
        None => (&mut state.finished, &mut state.finished_also),
    };
    let mut all: Vec<Claim> = first.take().into_iter().chain(also.drain(..)).collect();
    change(&mut all);
    let mut all = all.into_iter();
    *first = all.next();
    also.extend(all);
    state.steps.retain(|_, said| said.claim.is_some());
    state.boxes_said.retain(|_, said| said.claim.is_some());
}
