//! The ids of Notion's objects, each its own type, always dashed and in lower case.
use serde::{Deserialize, Serialize};
use std::fmt;

/// Normalises any form of an id of Notion's: dashed, undashed, upper case, a page URL of `notion.so` or
/// `app.notion.com`, or one with `?p=`. `None` when there are no 32 hex digits.
pub fn normalise(text: &str) -> Option<String> {
    let text = text.trim();
    let (path, query) = text.split_once('?').unwrap_or((text, ""));
    let named = query
        .split(['&', '#'])
        .find_map(|pair| pair.strip_prefix("p=").or_else(|| pair.strip_prefix("page_id=")));
    let path = path.split('#').next().unwrap_or(path);
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path);
    named.and_then(dashed).or_else(|| dashed(last))
}

/// The last 32 hex digits of `text`, dashed; `None` when it does not end in that many.
fn dashed(text: &str) -> Option<String> {
    let mut digits: Vec<char> = Vec::with_capacity(32);
    for c in text.chars().rev() {
        match c {
            '-' => {}
            c if c.is_ascii_hexdigit() => digits.push(c.to_ascii_lowercase()),
            _ => break,
        }
        if digits.len() == 32 {
            break;
        }
    }
    if digits.len() < 32 {
        return None;
    }
    let mut id = String::with_capacity(36);
    for (at, digit) in digits.iter().rev().enumerate() {
        if matches!(at, 8 | 12 | 16 | 20) {
            id.push('-');
        }
        id.push(*digit);
    }
    Some(id)
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// From what a person wrote: an id in any form, or a URL.
            pub fn parse(text: &str) -> Option<Self> {
                normalise(text).map(Self)
            }

            /// From the wire: normalised when it is a UUID, else kept as it came.
            pub fn from_wire(text: &str) -> Self {
                Self(normalise(text).unwrap_or_else(|| text.to_owned()))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
id!(
    /// A page, which may be a row of a data source.
    PageId
);
id!(
    /// A block of a page: a paragraph, a check-box, a table's row.
    BlockId
);
id!(
    /// A comment, of a person or of a connection.
    CommentId
);
id!(
    /// A thread of comments. All page-level comments of a page share one (recorded).
    DiscussionId
);
id!(
    /// A person or a bot of the workspace.
    PersonId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_form_of_an_id_is_the_same_id() {
        let same = [
            "2f1c7a90-4b3d-80e2-9a51-c0ffee11aa01",
            "2F1C7A904B3D80E29A51C0FFEE11AA01",
            "https://www.notion.so/API-Key-Rotation-2f1c7a904b3d80e29a51c0ffee11aa01",
            "https://app.notion.com/p/ACT-2f1c7a904b3d80e29a51c0ffee11aa01?v=1#2b60d1e290ab80118f12000b77665544",
            "https://www.notion.so/ws?p=2f1c7a904b3d80e29a51c0ffee11aa01&pm=s",
        ];
        for form in same {
            assert_eq!(
                normalise(form).as_deref(),
                Some("2f1c7a90-4b3d-80e2-9a51-c0ffee11aa01"),
                "{form}"
            );
        }
        assert_eq!(normalise("not an id"), None);
    }
}
