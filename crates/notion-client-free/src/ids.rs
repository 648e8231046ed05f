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

/// Names of fewer characters than a piece of a key has stay as they are, so that examples may use them.
const SHORT: usize = 7;

/// What stands for an id that is none: letters and digits alone, and nothing of what it said (FNV-1a, 32 bits).
fn mark_of(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let is_mark = |digits: &str| digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if text.len() <= SHORT && text.bytes().all(is_plain) || text.strip_prefix("odd-").is_some_and(is_mark) {
        return text.to_owned();
    }
    let hash = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    format!("odd-{hash:08x}")
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

            /// From the wire: normalised when it is a UUID, as all of Notion's are. Of anything else only a mark is
            /// kept by which it is known again: it may hold whatever its sender likes.
            pub fn from_wire(text: &str) -> Self {
                Self(normalise(text).unwrap_or_else(|| mark_of(text)))
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

impl PageId {
    /// The page's address for people. Notion's own has the title in it, and with the title whatever stands there.
    pub fn url(&self) -> String {
        format!("https://www.notion.so/{}", self.0.replace('-', ""))
    }
}

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
        let page = PageId::from_wire(same[2]);
        assert_eq!(page.url(), "https://www.notion.so/2f1c7a904b3d80e29a51c0ffee11aa01");
    }

    #[test]
    fn an_id_that_is_none_says_nothing() {
        let odd = ["../users?a=b", "\u{1b}[2J", "a name of eight or more", "hunter2hunter2"];
        for text in odd {
            let id = CommentId::from_wire(text);
            assert!(id.as_str().starts_with("odd-") && id.as_str().len() == 12, "{id}");
            assert_eq!(id, CommentId::from_wire(text), "the same again is the same");
            assert_eq!(id, CommentId::from_wire(id.as_str()), "so does what was kept");
        }
        assert_eq!(CommentId::from_wire("").as_str(), "");
    }
}
