//! Who is who: ourselves and the members of the workspace.
use crate::answer::About;
use crate::client::{Call, Client};
use crate::error::{Error, Kind};
use crate::ids::PersonId;
use crate::listing::{paged, segment};
use crate::user_text::UserText;
use serde::Deserialize;

/// The bot, as Notion sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Me {
    /// The author of our comments.
    pub id: PersonId,
    /// The connection's name.
    pub name: Option<UserText>,
    /// The workspace's name.
    pub workspace: Option<UserText>,
    /// Whose connection it is.
    pub owner: Owner,
}

/// Who owns a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The workspace: an internal connection, as it should be.
    Workspace,
    /// A person: a public connection or a personal access token. Its comments may carry that person's id.
    Person,
    /// The answer does not say whose it is.
    Unknown,
}

/// A member of the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The id under which they write and are mentioned.
    pub id: PersonId,
    /// Their name; absent without the capability to read it.
    pub name: Option<UserText>,
    /// A person or a bot.
    pub kind: UserKind,
}

/// What a user is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserKind {
    /// A person who is a member of the workspace.
    Person,
    /// A connection: an integration, a bot.
    Bot,
    /// Something new, or not said.
    #[default]
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct UserBody {
    id: String,
    name: Option<String>,
    #[serde(rename = "type", default)]
    kind: UserKind,
    bot: Option<Bot>,
}

#[derive(Deserialize)]
struct Bot {
    owner: Option<BotOwner>,
    workspace_name: Option<String>,
}

#[derive(Deserialize)]
struct BotOwner {
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl UserBody {
    fn into_user(self) -> User {
        User {
            id: PersonId::from_wire(&self.id),
            name: self.name.map(UserText::plain),
            kind: self.kind,
        }
    }
}

impl Client {
    /// Who we are. A token of a person is an error: see [`Kind::PersonalToken`].
    pub async fn me(&self) -> Result<Me, Error> {
        let about = about("ask Notion who we are", "");
        let me: UserBody = self.read(Call::get("/v1/users/me".to_owned(), about)).await?;
        if me.kind == UserKind::Person {
            return Err(about.error(Kind::PersonalToken));
        }
        let (owner, workspace) = me.bot.map(|bot| (bot.owner, bot.workspace_name)).unwrap_or_default();
        let owner = match owner.and_then(|owner| owner.kind).as_deref() {
            Some("workspace") => Owner::Workspace,
            Some("user") => Owner::Person,
            _ => Owner::Unknown,
        };
        Ok(Me {
            id: PersonId::from_wire(&me.id),
            name: me.name.map(UserText::plain),
            workspace: workspace.map(UserText::plain),
            owner,
        })
    }

    /// The members of the workspace, bots among them; guests are not.
    pub async fn users(&self) -> Result<Vec<User>, Error> {
        let about = about("read the workspace's members", "");
        let listed = self
            .list(
                |portion| Call::get(paged("/v1/users".to_owned(), portion), about),
                |user: &UserBody| user.id.as_str(),
            )
            .await?;
        let members = listed.logged("the workspace's members");
        Ok(members.into_iter().map(UserBody::into_user).collect())
    }

    /// One user; `Kind::Gone` for whom the connection cannot see.
    pub async fn user(&self, id: &PersonId) -> Result<User, Error> {
        let path = format!("/v1/users/{}", segment(id.as_str()));
        let user: UserBody = self.read(Call::get(path, about("read the user", id.as_str()))).await?;
        Ok(user.into_user())
    }
}

fn about<'a>(doing: &'static str, id: &'a str) -> About<'a> {
    About::new(doing, id, "Read user information")
}
