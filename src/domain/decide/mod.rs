//! Deciding: state and event in, a decision out. It cannot fail, awaits nothing, reads no clock and no file.
//!
//! One file for each kind of event; what they share stands on the [`Desk`]. After each event the board is
//! reconciled: whatever the page should show and does not becomes an effect.
mod board;
mod compose;
mod conversation;
mod described;
mod desk;
mod edited;
mod edits;
mod exposed;
mod finished;
mod flood;
mod form;
mod gone;
mod held;
mod looks;
mod observed;
mod playbook;
mod posted;
mod question;
mod returned;
mod standing;
mod ticked;
mod withdrawn;

pub use desk::{Note, Wanted};
pub use playbook::{Names, Playbook, Topic, Topics};
pub use standing::{Figures, figures, is_finished, step_proof};

use super::effect::EffectId;
use super::event::{Event, Now};
use super::ids::PageId;
use super::page::PageState;
use desk::Desk;

/// What follows from an event: the new state, what shall be done, what to remember for people.
#[derive(Debug)]
pub struct Decision {
    /// The new state.
    pub state: PageState,
    /// What shall be done.
    pub effects: Vec<Wanted>,
    /// What goes into the audit.
    pub notes: Vec<Note>,
    /// Effects that became moot and are wanted after all: the replies to a comment that is back.
    pub revived: Vec<EffectId>,
}

/// Decides what follows from an event.
pub fn decide(playbook: &Playbook, page: &PageId, state: PageState, event: &Event, now: Now) -> Decision {
    let mut desk = Desk::new(playbook, page, state, now);
    match event {
        Event::PageRead(observed) => observed::take(&mut desk, observed),
        Event::CommentPosted(report) => posted::take(&mut desk, report),
        Event::CommentsFlooded(reports) => flood::take(&mut desk, reports),
        Event::CommentEdited {
            now: report,
            former,
            answered,
        } => edited::take(&mut desk, report, former, answered.as_ref()),
        Event::CommentGone { comment, how } => gone::take(&mut desk, comment, *how),
        Event::CommentReturned(report) => returned::take(&mut desk, report),
        Event::EffectFinished { effect, outcome } => finished::take(&mut desk, effect, outcome),
        Event::BacklogAbsorbed => ticked::sum_up(&mut desk),
        Event::AlertRaised(alert) => ticked::alert(&mut desk, alert),
        Event::ClockTicked => ticked::take(&mut desk),
    }
    board::reconcile(&mut desk);
    desk.decision()
}
