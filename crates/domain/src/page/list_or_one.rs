//! Reading a list from the state of an earlier version, which had room for one at most.
use serde::{Deserialize, Deserializer};

/// What stands for a list: the list itself, or what was one or none before.
#[derive(Deserialize)]
#[serde(untagged)]
enum ListOrOne<T> {
    Many(Vec<T>),
    One(Option<T>),
}

/// Reads a list; one alone, or none, is a list too.
pub(super) fn list_or_one<'de, D, T>(from: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(match ListOrOne::deserialize(from)? {
        ListOrOne::Many(all) => all,
        ListOrOne::One(one) => one.into_iter().collect(),
    })
}

#[cfg(test)]
mod tests {
    use crate::page::{PageState, ReplyPart};
    use serde_json::json;

    #[test]
    fn a_state_of_an_earlier_version_is_read() {
        for (step, steps) in [(json!(null), vec![]), (json!(3), vec![3])] {
            let part = json!({ "part": "blocker", "kind": "other", "step": step });
            let read: ReplyPart = serde_json::from_value(part).expect("a part of an earlier version");
            assert!(matches!(read, ReplyPart::Blocker { steps: read, .. } if read == steps));
        }
        let claim = json!({ "comment": "c", "author": "a", "at": "2026-01-05T10:00:00Z" });
        for (said, n) in [(json!(null), 0), (claim.clone(), 1), (json!([claim, claim]), 2)] {
            let state = json!({ "said_finished": said });
            let read: PageState = serde_json::from_value(state).expect("a state of an earlier version");
            assert_eq!(read.said_finished.len(), n);
        }
    }
}
