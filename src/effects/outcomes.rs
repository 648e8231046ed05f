//! The outcomes that effects share: done, skipped, later; and what an error of Notion makes of an effect.
use super::context::EffectContext;
use crate::clock;
use crate::domain::effect::{Done, Outcome};
use crate::domain::ids::PageId;
use crate::notion::{Error, Kind, WriteError};
use chrono::{DateTime, TimeDelta, Utc};
use std::time::Duration;

/// How long a call waits before it is tried again when nobody said how long.
pub(super) const TRY_AGAIN: Duration = Duration::from_secs(5);
/// How long the bot, or a page, pauses after Notion refused it.
pub(super) const PAUSE: Duration = Duration::from_mins(1);

pub(super) fn changed() -> Outcome {
    Outcome::Done { result: Done::Changed }
}

pub(super) fn skipped(why: impl Into<String>) -> Outcome {
    Outcome::Done {
        result: Done::Skipped { why: why.into() },
    }
}

pub(super) fn later(after: Duration, why: String) -> Outcome {
    Outcome::Later { at: in_(after), why }
}

pub(super) fn in_(time: Duration) -> DateTime<Utc> {
    clock::now() + TimeDelta::from_std(time).unwrap_or_else(|_| TimeDelta::hours(1))
}

/// What becomes of an effect whose page cannot be seen: it waits. `None`: the page is there. Of a page that was taken from
/// us everything on it answers 404, so nothing may be called gone before this was asked.
pub(super) async fn page_is_away(context: &EffectContext, page: &PageId) -> Option<Outcome> {
    match context.notion.page(page).await {
        Ok(page) if !page.in_trash => None,
        Ok(_) => Some(later(PAUSE, "the page lies in the trash".to_owned())),
        Err(error) if error.kind == Kind::Gone => {
            Some(later(PAUSE, "the page is not shared with the connection".to_owned()))
        }
        Err(error) => Some(certain(&error)),
    }
}

/// What becomes of a write that did not work and can be repeated at will.
pub(super) fn repeatable(error: &WriteError) -> Outcome {
    match error {
        WriteError::NotDone { error } => certain(error),
        WriteError::Unknown { error, .. } => later(TRY_AGAIN, error.to_string()),
    }
}

/// What becomes of a call that certainly did nothing.
pub(super) fn certain(error: &Error) -> Outcome {
    let why = error.to_string();
    match &error.kind {
        Kind::Later { after } => later(*after, why),
        Kind::Unauthorized | Kind::PersonalToken | Kind::Forbidden { .. } | Kind::Blocked => later(PAUSE, why),
        Kind::Gone | Kind::IsDatabase { .. } | Kind::Invalid => Outcome::Refused { why },
        Kind::Network { .. } | Kind::TooLarge | Kind::Unexpected => later(TRY_AGAIN, why),
    }
}
