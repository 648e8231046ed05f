//! Deciding: state and event in, a decision out. It cannot fail, awaits nothing, reads no clock and no file.
//!
//! What a comment may do is asked once (`acting`); those who may not act are answered and no more (`guests`).
//! Each kind of event has a file of its own (`comment_posted`, `effect_finished`, ...) whose `apply` changes the state in
//! a `DecisionBuilder`. A comment opens a `conversation`, which waits for the evidence it asks for (`looks`) and is
//! then answered (`compose`, `prompt_facts`, `layout`, `reply_edits`). After each event the page is reconciled (`reconcile`):
//! whatever it should show and does not becomes an effect. What is not sure, or
//! takes back what nothing names, is asked about (`questions`, `take_backs`); the answer is heard (`answers_to_us`, `short_answer`).
//! What a comment did can be undone (`heard`, `undo`, `misread`). When all is finished, Status moves (`finished`). `progress`
//! tells what is proven, claimed and open; what no check can see is ticked on somebody's word (`on_word`).
mod acting;
mod answers_to_us;
mod blockers;
mod bot_posted;
mod builder;
mod claims;
mod clock_ticked;
mod comment_edited;
mod comment_gone;
mod comment_posted;
mod comment_returned;
mod comments_flooded;
mod compose;
mod conversation;
mod corrections;
mod date_moves;
mod dates;
mod denials;
mod description;
mod doers;
mod effect_finished;
mod ended;
mod exposed_keys;
mod false_alarms;
mod few_words;
mod finished;
mod freed;
mod guests;
mod heard;
mod key_facts;
mod key_questions;
mod keys_on_page;
mod language;
mod layout;
mod leak_clock;
mod leak_marks;
mod leak_reports;
mod leaks;
mod limits;
mod looks;
mod misread;
mod named_people;
mod on_word;
mod page_asks;
mod page_facts;
mod page_read;
mod playbook;
mod progress;
mod prompt_facts;
mod questions;
mod quotations;
mod reconcile;
mod reminders;
mod reply_clocks;
mod reply_edits;
mod requests;
mod set_aside;
mod short_answer;
mod sure_report;
mod take_backs;
mod ticks;
mod undo;
mod which_step;
mod yes_and_more;

pub use builder::{Decision, Note};
pub use playbook::{AnswerLimits, KeyManual, Names, Playbook, Topic, Topics, UncheckedClaims};
pub use progress::{StepCounts, step_counts};

use super::event::{Event, Now};
use super::ids::PageId;
use super::page::PageState;
use acting::{Admitted, admit};
use builder::DecisionBuilder;

/// Decides what follows from an event.
pub fn decide(playbook: &Playbook, page: &PageId, state: PageState, event: &Event, now: Now) -> Decision {
    let mut builder = DecisionBuilder::new(playbook, page, state, now);
    match event {
        Event::PageRead(observed) => page_read::apply(&mut builder, observed),
        Event::CommentPosted(report) => match admit(report) {
            Admitted::Acting(report) => comment_posted::apply(&mut builder, report),
            Admitted::Guest(report) => guests::posted(&mut builder, report),
        },
        Event::CommentsFlooded(reports) => {
            // All are of one person who may act, or of guests.
            let admitted = reports.iter().map(admit).map(|one| match one {
                Admitted::Acting(report) => Some(report),
                Admitted::Guest(_) => None,
            });
            match admitted.collect::<Option<Vec<_>>>() {
                Some(reports) => comments_flooded::apply(&mut builder, &reports),
                None => guests::flooded(&mut builder, reports),
            }
        }
        Event::CommentEdited {
            now: report,
            former,
            answered,
        } => match admit(report) {
            Admitted::Acting(report) => comment_edited::apply(&mut builder, report, former, answered.as_ref()),
            Admitted::Guest(report) => guests::edited(&mut builder, report, answered.as_ref()),
        },
        Event::CommentGone { comment, how } => comment_gone::apply(&mut builder, comment, *how),
        Event::CommentReturned(report) => match admit(report) {
            Admitted::Acting(report) => comment_returned::apply(&mut builder, report),
            Admitted::Guest(report) => guests::returned(&mut builder, report),
        },
        Event::KeyPostedByBot(report) => bot_posted::apply(&mut builder, report),
        Event::EffectFinished { effect, outcome } => effect_finished::apply(&mut builder, effect, outcome),
        Event::BacklogAbsorbed => clock_ticked::sum_up(&mut builder),
        Event::AlertRaised(alert) => clock_ticked::alert(&mut builder, alert),
        Event::ClockTicked => clock_ticked::apply(&mut builder),
    }
    finished::complete(&mut builder);
    on_word::follow(&mut builder);
    reconcile::reconcile(&mut builder);
    builder.build()
}
