//! The numbers that stand for our closed lists in the tables.
use crate::store::{EffectState, Presence, Standing};

/// The number of a state.
pub(super) fn of_state(state: EffectState) -> i64 {
    match state {
        EffectState::Ready => 0,
        EffectState::Claimed => 1,
        EffectState::Sending => 2,
        EffectState::Unknown => 3,
        EffectState::Done => 4,
        EffectState::Failed => 5,
        EffectState::Moot => 6,
        EffectState::Parked => 7,
    }
}

/// The state of a number.
pub(super) fn state(number: i64) -> Result<EffectState, String> {
    Ok(match number {
        0 => EffectState::Ready,
        1 => EffectState::Claimed,
        2 => EffectState::Sending,
        3 => EffectState::Unknown,
        4 => EffectState::Done,
        5 => EffectState::Failed,
        6 => EffectState::Moot,
        7 => EffectState::Parked,
        other => return Err(format!("no state has the number {other}")),
    })
}

/// The number of a standing.
pub(super) fn of_standing(standing: Standing) -> i64 {
    match standing {
        Standing::Open => 0,
        Standing::Answered => 1,
        Standing::Silent => 2,
        Standing::Absorbed => 3,
    }
}

/// The standing of a number.
pub(super) fn standing(number: i64) -> Result<Standing, String> {
    Ok(match number {
        0 => Standing::Open,
        1 => Standing::Answered,
        2 => Standing::Silent,
        3 => Standing::Absorbed,
        other => return Err(format!("no standing has the number {other}")),
    })
}

/// The number of a presence.
pub(super) fn of_presence(presence: Presence) -> i64 {
    match presence {
        Presence::Listed => 0,
        Presence::Resolved => 1,
        Presence::Deleted => 2,
    }
}

/// The presence of a number.
pub(super) fn presence(number: i64) -> Result<Presence, String> {
    Ok(match number {
        0 => Presence::Listed,
        1 => Presence::Resolved,
        2 => Presence::Deleted,
        other => return Err(format!("no presence has the number {other}")),
    })
}

/// The 40 bits of a reference (`k7p2-93qd`) as a number; `None` when it is none.
pub(super) fn mark(reference: &str) -> Option<i64> {
    let reference = crate::domain::reply::Reference::parse(reference)?;
    let mut number = 0_i64;
    for byte in reference.as_str().bytes().filter(|byte| *byte != b'-') {
        let digit = "0123456789abcdefghjkmnpqrstvwxyz".bytes().position(|b| b == byte)?;
        number = number << 5 | i64::try_from(digit).ok()?;
    }
    Some(number)
}
