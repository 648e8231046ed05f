//! Ids as Notion makes them: UUID text whose version nibble is 8; comments and discussions show their kind in the last
//! group (recorded: `-001d...` and `-001c...`).
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;
use std::fmt;

/// The id of any object. Read in any usual form, written dashed and in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(u128);

impl Id {
    /// Reads a dashed or undashed UUID in any case; `None` when it is neither.
    pub fn parse(text: &str) -> Option<Id> {
        let dashed = text.len() == 36;
        if !dashed && text.len() != 32 {
            return None;
        }
        let mut value = 0_u128;
        for (at, byte) in text.bytes().enumerate() {
            if dashed && matches!(at, 8 | 13 | 18 | 23) {
                if byte != b'-' {
                    return None;
                }
                continue;
            }
            value = value << 4 | u128::from(char::from(byte).to_digit(16)?);
        }
        Some(Id(value))
    }

    /// The id that a JSON string holds; `None` for any other value.
    pub fn of(value: &Value) -> Option<Id> {
        Id::parse(value.as_str()?)
    }

    /// A new id of an object that is neither a comment nor a discussion.
    pub fn object(rng: &mut fastrand::Rng) -> Id {
        Id(notion_uuid(rng))
    }

    /// A new id of a comment: its last group begins with `001d`.
    pub fn comment(rng: &mut fastrand::Rng) -> Id {
        Id(with_last_group(notion_uuid(rng), 0x001d))
    }

    /// A new id of a discussion: its last group begins with `001c`.
    pub fn discussion(rng: &mut fastrand::Rng) -> Id {
        Id(with_last_group(notion_uuid(rng), 0x001c))
    }

    /// The 32 digits without dashes, as they stand in a page's address.
    pub fn undashed(self) -> String {
        format!("{:032x}", self.0)
    }
}

/// A new `request_id`: a random UUID of version 4.
pub fn request_id(rng: &mut fastrand::Rng) -> String {
    Id(notion_uuid(rng) & !(0xf << 76) | 0x4 << 76).to_string()
}

/// A token in the form of an internal connection's: `ntn_`, 11 digits, 35 letters and digits.
pub fn new_token(rng: &mut fastrand::Rng) -> String {
    let mut token = String::from("ntn_");
    token.extend((0..11).map(|_| rng.digit(10)));
    token.extend((0..35).map(|_| rng.alphanumeric()));
    token
}

fn notion_uuid(rng: &mut fastrand::Rng) -> u128 {
    let random = rng.u128(..);
    let versioned = random & !(0xf << 76) | 0x8 << 76;
    versioned & !(0xc << 60) | 0x8 << 60
}

fn with_last_group(uuid: u128, head: u128) -> u128 {
    uuid & !(0xffff << 32) | head << 32
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [b'-'; 36];
        let mut shift = 128_u32;
        for (at, place) in text.iter_mut().enumerate() {
            if !matches!(at, 8 | 13 | 18 | 23) {
                shift -= 4;
                *place = DIGITS[(self.0 >> shift) as usize & 0xf];
            }
        }
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Id, D::Error> {
        let text = String::deserialize(deserializer)?;
        Id::parse(&text).ok_or_else(|| de::Error::custom(format!("`{text}` is no id")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_one_id() {
        let dashed = "31a0c4de-77b2-80f1-a3c5-001d5e6f7a8b";
        let id = Id::parse(dashed).unwrap();
        assert_eq!(id.to_string(), dashed);
        assert_eq!(Id::parse(&dashed.to_uppercase()), Some(id));
        assert_eq!(Id::parse(&id.undashed()), Some(id));
        for wrong in [
            "",
            "abc",
            "31a0c4de_77b2-80f1-a3c5-001d5e6f7a8b",
            "é1a0c4de77b280f1a3c5001d5e6f7a8",
        ] {
            assert_eq!(Id::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn ids_show_their_kind() {
        let mut rng = fastrand::Rng::with_seed(7);
        let comment = Id::comment(&mut rng).to_string();
        assert_eq!((&comment[14..15], &comment[24..28]), ("8", "001d"));
        assert_eq!(&Id::discussion(&mut rng).to_string()[24..28], "001c");
    }
}
