//! An action item: its guide, what the project says about it, and what we hold to be true of it.
mod answers;
mod cell;
mod claimable;
mod conversation;
mod dates;
mod description;
mod doers;
mod guide;
mod heard;
mod list_or_one;
mod marks;
mod open_question;
mod posted_key;
mod property_names;
mod reply_part;
mod state;
pub use answers::{AnswersGiven, Recipient, count_answer};
pub use cell::{Cell, Refused};
pub use claimable::Claimable;
pub use conversation::{Conversation, Edit, Leak};
pub use dates::{DateLookUp, DatesOutcome, MovedDates};
pub use description::{CriterionDescription, PageDescription, StepDescription};
pub use doers::{Doer, Reminder};
pub use guide::{
    BlockKind, Criterion, Guide, PageBlock, Prerequisite, Remark, SaidLine, Step, StepForm, names_a_way_in,
};
pub use heard::{Aside, Blocker, Claim, Denial, EndedFact, Fact, HeardComment, SetAside, StepState, TimeSpent};
pub use marks::{FalseAlarm, MarkedKeys, StandingMark, UnmarkedKeys, WhyExposed};
pub use open_question::{AnsweredQuestion, Asked, OpenQuestion};
pub use posted_key::{HeldKeys, PostedKey};
pub use property_names::PropertyNames;
pub use reply_part::ReplyPart;
pub use state::{Absence, BoxState, Due, Held, Look, NextPage, Observed, PageState, Posted, Proof};
