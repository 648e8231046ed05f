//! What the connection is allowed to do, as switched in Notion's settings; a missing one answers 403.
use super::wire::Failure;
use serde::{Deserialize, Serialize};

/// The switches of the connection.
#[expect(clippy::struct_excessive_bools, reason = "they are switches, as Notion shows them")]
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Capabilities {
    pub read_content: bool,
    pub update_content: bool,
    pub insert_content: bool,
    pub read_comments: bool,
    pub insert_comments: bool,
    pub user_information: UserInformation,
}

/// How much of the users it may see.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserInformation {
    None,
    WithoutEmail,
    WithEmail,
}

impl Default for Capabilities {
    fn default() -> Capabilities {
        Capabilities {
            read_content: true,
            update_content: true,
            insert_content: true,
            read_comments: true,
            insert_comments: true,
            user_information: UserInformation::WithEmail,
        }
    }
}

impl Capabilities {
    pub fn read_content(self) -> Result<(), Failure> {
        allowed(self.read_content, "read content")
    }

    pub fn update_content(self) -> Result<(), Failure> {
        allowed(self.update_content, "update content")
    }

    pub fn insert_content(self) -> Result<(), Failure> {
        allowed(self.insert_content, "insert content")
    }

    pub fn read_comments(self) -> Result<(), Failure> {
        allowed(self.read_comments, "read comments")
    }

    pub fn insert_comments(self) -> Result<(), Failure> {
        allowed(self.insert_comments, "insert comments")
    }

    pub fn read_users(self) -> Result<(), Failure> {
        allowed(self.user_information != UserInformation::None, "read user information")
    }
}

fn allowed(on: bool, name: &str) -> Result<(), Failure> {
    if on { Ok(()) } else { Err(Failure::restricted(name)) }
}
