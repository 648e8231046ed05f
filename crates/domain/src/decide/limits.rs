//! How many answers somebody gets: guests few, members more than they can read. What is not answered is read all the same.
use super::builder::DecisionBuilder;
use crate::effect::Place;
use crate::event::Authority;
use crate::ids::PersonId;
use crate::page::{Conversation, Recipient, ReplyPart, count_answer};
use chrono::{DateTime, Utc};

/// So many times the answers of one guest go to all guests of a page together.
const GUESTS_TOGETHER: u32 = 4;

/// What becomes of the next answer.
enum Turn {
    /// It is given.
    Answer,
    /// It is given, and says that it is the last one until then.
    Last(DateTime<Utc>),
    /// It is kept back.
    Silent,
}

/// Counts the answer to a conversation's author: the last one within the limit says so, further ones are not given. What the
/// comment claims, and the looks that it asks for, stay as they are.
pub(super) fn apply(builder: &mut DecisionBuilder<'_>, conversation: &mut Conversation, authority: Authority) {
    let Some(author) = conversation.author.clone() else {
        return;
    };
    let turn = turn(builder, author, authority);
    // What somebody is not told any more costs the others of a thread nothing.
    let turn = match (&turn, &conversation.place) {
        (Turn::Answer | Turn::Last(_), Place::Discussion { id, .. }) => {
            let thread = Recipient::Thread { thread: id.clone() };
            turn.or(counted(builder, thread, builder.playbook.answers.member))
        }
        _ => turn,
    };
    match turn {
        Turn::Answer => {}
        Turn::Last(again_at) => {
            let is_notice = |part: &ReplyPart| matches!(part, ReplyPart::Enough { .. });
            conversation.parts.retain(|part| !is_notice(part));
            conversation.parts.push(ReplyPart::Enough { again_at });
        }
        Turn::Silent => conversation.silent = true,
    }
}

fn turn(builder: &mut DecisionBuilder<'_>, author: PersonId, authority: Authority) -> Turn {
    let limits = builder.playbook.answers;
    if authority != Authority::Guidance {
        return counted(builder, Recipient::Person(author), limits.member);
    }
    match counted(builder, Recipient::Person(author), limits.guest) {
        // What one guest is not told any more costs the others nothing.
        Turn::Silent => Turn::Silent,
        own => own.or(counted(
            builder,
            Recipient::Guests,
            limits.guest.saturating_mul(GUESTS_TOGETHER),
        )),
    }
}

impl Turn {
    /// What becomes of an answer that counts twice.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Silent, _) | (_, Self::Silent) => Self::Silent,
            (Self::Last(own), Self::Last(other)) => Self::Last(own.max(other)),
            (Self::Last(at), Self::Answer) | (Self::Answer, Self::Last(at)) => Self::Last(at),
            (Self::Answer, Self::Answer) => Self::Answer,
        }
    }
}

fn counted(builder: &mut DecisionBuilder<'_>, to: Recipient, limit: u32) -> Turn {
    let given = count_answer(&mut builder.state.answers, to, builder.now);
    match given.count.cmp(&limit) {
        std::cmp::Ordering::Less => Turn::Answer,
        std::cmp::Ordering::Equal => Turn::Last(given.until()),
        std::cmp::Ordering::Greater => Turn::Silent,
    }
}
