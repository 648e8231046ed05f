//! An action item: its guide, what the project says about it, and what we hold to be true of it.
mod answers;
mod cell;
mod conversation;
mod description;
mod guide;
mod heard;
mod open_question;
mod property_names;
mod state;
pub use answers::{AnswersGiven, Recipient, count_answer};
pub use cell::{Cell, Refused};
pub use conversation::{Conversation, Edit, HeldKeys, PostedKey, ReplyPart};
pub use description::{CriterionDescription, PageDescription, StepDescription};
pub use guide::{BlockKind, Criterion, Guide, PageBlock, Step};
pub use heard::{Aside, Blocker, Claim, Denial, EndedFact, Fact, HeardComment, SetAside, StepState, TimeSpent};
pub use open_question::{AnsweredQuestion, Asked, OpenQuestion};
pub use property_names::PropertyNames;
pub use state::{Absence, BoxState, Due, Held, Look, NextPage, Observed, PageState, Posted, Proof};
