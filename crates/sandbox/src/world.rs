//! What the workspace holds: people, pages, blocks, threads and comments, with the indexes that keep every request cheap.
use super::block::Block;
use super::capabilities::UserInformation;
use super::ids::Id;
use super::items::Item;
use super::markdown::BlockDraft;
use super::schema::Schema;
use super::wire::{Failure, minute, partial_user, quoted};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

/// Everything that outlives a restart when there is a state file.
#[derive(Clone, Serialize, Deserialize)]
pub struct World {
    pub workspace: Id,
    pub integration: Id,
    /// The bot user: the author of all that comes through `/v1`.
    pub bot: Id,
    /// The page above the database; never shared with the connection.
    pub home: Id,
    pub database: Id,
    pub data_source: Id,
    /// When the workspace was made, in milliseconds.
    pub created_ms: u64,
    pub schema: Schema,
    pub users: Vec<User>,
    /// Pages in the order in which they were made.
    pub page_order: Vec<Id>,
    pub pages: HashMap<Id, Page>,
    pub blocks: HashMap<Id, Block>,
    pub discussions: HashMap<Id, Discussion>,
    pub comments: HashMap<Id, Comment>,
    /// The originals of synced blocks, by the name that their Markdown gave them.
    #[serde(default)]
    pub originals: HashMap<String, Id>,
    /// Whether a synced copy lists nothing itself, so that its original must be asked.
    #[serde(default)]
    pub copies_are_empty: bool,
    /// The place of the last comment in the order of all comments.
    pub last_place: u64,
    /// The comments of each page or block, by their place. Rebuilt after a restart.
    #[serde(skip)]
    pub threads: HashMap<Id, BTreeMap<u64, Id>>,
}

/// What kind of user it is.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UserKind {
    Person,
    /// Comments on pages, but is not in the list of users.
    Guest,
    Bot,
}

/// A person, a guest or a bot of the workspace.
#[derive(Clone, Serialize, Deserialize)]
pub struct User {
    pub id: Id,
    pub name: String,
    pub kind: UserKind,
}

/// A page, in the database or beside it.
#[expect(clippy::struct_excessive_bools, reason = "the flags of the API's object")]
#[derive(Clone, Serialize, Deserialize)]
pub struct Page {
    pub id: Id,
    /// The title as rich text.
    pub title: Vec<Item>,
    /// Whether it is a row of the database.
    pub in_database: bool,
    /// Typed values by the property's name, the title apart.
    pub properties: BTreeMap<String, Value>,
    pub blocks: Vec<Id>,
    /// The open discussion of page-level comments (recorded: there is one).
    pub discussion: Option<Id>,
    pub shared: bool,
    pub in_trash: bool,
    pub is_locked: bool,
    pub icon: Value,
    pub created_ms: u64,
    pub edited_ms: u64,
    pub created_by: Id,
    pub edited_by: Id,
}

/// A thread of comments on a page or a block.
#[derive(Clone, Serialize, Deserialize)]
pub struct Discussion {
    pub id: Id,
    pub page: Id,
    /// The page or block under which it is listed.
    pub target: Id,
    pub resolved: bool,
    /// How many comments it holds; with the last one it goes.
    pub comments: usize,
}

/// A comment in a thread.
#[derive(Clone, Serialize, Deserialize)]
pub struct Comment {
    pub id: Id,
    /// Creation order; times have minute precision and tie.
    pub place: u64,
    pub discussion: Id,
    pub author: Id,
    pub created_ms: u64,
    pub edited_ms: u64,
    /// `user`, `integration` or `custom`.
    pub display_type: String,
    pub display_name: String,
    /// The object as it is sent, without `request_id`: lists only join these. It alone holds the text.
    pub json: String,
}

impl World {
    /// The user of that id.
    pub fn user(&self, id: Id) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    /// A user by id or name.
    pub fn user_named(&self, name: &str) -> Option<&User> {
        let by_id = Id::parse(name).and_then(|id| self.user(id));
        by_id.or_else(|| self.users.iter().find(|user| user.name.eq_ignore_ascii_case(name)))
    }

    /// The full user object; `with_email` as the capability says.
    pub fn user_value(&self, user: &User, with_email: bool) -> Value {
        let mut value = json!({ "object": "user", "id": user.id, "name": user.name, "avatar_url": null });
        let (kind, inner) = match user.kind {
            UserKind::Person | UserKind::Guest if with_email => ("person", json!({ "email": user.email() })),
            UserKind::Person | UserKind::Guest => ("person", json!({})),
            UserKind::Bot if user.id == self.bot => ("bot", self.own_bot()),
            UserKind::Bot => ("bot", json!({})),
        };
        value["type"] = kind.into();
        value[kind] = inner;
        value
    }

    /// The user object as the capability "user information" shows it.
    pub fn user_seen(&self, user: &User, information: UserInformation) -> Value {
        self.user_value(user, information == UserInformation::WithEmail)
    }

    fn own_bot(&self) -> Value {
        json!({
            "owner": { "type": "workspace", "workspace": true },
            "workspace_id": self.workspace,
            "workspace_name": "Orion",
            "workspace_limits": { "max_file_upload_size_in_bytes": 5_242_880 },
        })
    }

    /// 404 for an object that is not there, or not shared with the connection.
    pub fn missing(&self, kind: &str, id: Id) -> Failure {
        Failure::not_found(kind, id, self.integration)
    }

    /// The page of that id, if the connection may see it.
    pub fn visible_page(&self, id: Id) -> Result<&Page, Failure> {
        let page = self.pages.get(&id).filter(|page| page.shared);
        page.ok_or_else(|| self.missing("page", id))
    }

    /// The block of that id, if the connection may see its page.
    pub fn visible_block(&self, id: Id) -> Result<&Block, Failure> {
        let block = self
            .blocks
            .get(&id)
            .filter(|block| self.visible_page(block.page).is_ok());
        block.ok_or_else(|| self.missing("block", id))
    }

    /// The page that a page id or block id belongs to, if the connection may see it.
    pub fn page_of(&self, target: Id) -> Result<Id, Failure> {
        match self.blocks.get(&target) {
            Some(block) => self.visible_page(block.page).map(|page| page.id),
            None => self.visible_page(target).map(|page| page.id),
        }
        .map_err(|_| self.missing("block", target))
    }

    /// Puts drafts into the world as blocks of a page; gives the ids of the top ones.
    pub fn insert_blocks(
        &mut self,
        drafts: Vec<BlockDraft>,
        insertion: &Insertion,
        rng: &mut fastrand::Rng,
    ) -> Vec<Id> {
        drafts
            .into_iter()
            .map(|draft| self.insert_block(draft, insertion, rng))
            .collect()
    }

    fn insert_block(&mut self, draft: BlockDraft, insertion: &Insertion, rng: &mut fastrand::Rng) -> Id {
        let id = Id::object(rng);
        let inner = Insertion {
            within: Some(id),
            ..*insertion
        };
        let children = self.insert_blocks(draft.children, &inner, rng);
        let block = Block {
            id,
            page: insertion.page,
            within: insertion.within,
            kind: draft.kind,
            value: draft.value,
            children,
            discussions: Vec::new(),
            in_trash: false,
            created_ms: insertion.now_ms,
            edited_ms: insertion.now_ms,
            created_by: insertion.author,
            edited_by: insertion.author,
        };
        self.blocks.insert(id, block);
        id
    }

    /// The order of comments under each target, which the state file leaves out.
    pub fn rebuild(&mut self) {
        for comment in self.comments.values() {
            if let Some(discussion) = self.discussions.get(&comment.discussion) {
                self.threads
                    .entry(discussion.target)
                    .or_default()
                    .insert(comment.place, comment.id);
            }
        }
    }

    /// The comment object, without `request_id`.
    pub fn render(&self, comment: &Comment, items: &[Item]) -> String {
        let target = self
            .discussions
            .get(&comment.discussion)
            .map_or(comment.discussion, |thread| thread.target);
        let parent = if self.blocks.contains_key(&target) {
            "block_id"
        } else {
            "page_id"
        };
        let items = serde_json::to_string(items).unwrap_or_else(|_| "[]".into());
        let mut json = String::with_capacity(items.len() + 640);
        // Writing into a String cannot fail.
        let _ = write!(
            json,
            "{{\"object\":\"comment\",\"id\":\"{}\",\"parent\":{{\"type\":\"{parent}\",\"{parent}\":\"{target}\"}},\
             \"discussion_id\":\"{}\",\"created_time\":\"{}\",\"last_edited_time\":\"{}\",\
             \"created_by\":{{\"object\":\"user\",\"id\":\"{}\"}},\"rich_text\":{},\
             \"display_name\":{{\"type\":\"{}\",\"resolved_name\":{}}}}}",
            comment.id,
            comment.discussion,
            minute(comment.created_ms),
            minute(comment.edited_ms),
            comment.author,
            items,
            comment.display_type,
            quoted(&comment.display_name),
        );
        json.shrink_to_fit();
        json
    }
}

/// Where and by whom blocks are put.
#[derive(Clone, Copy)]
pub struct Insertion {
    pub page: Id,
    pub within: Option<Id>,
    pub author: Id,
    pub now_ms: u64,
}

impl Comment {
    /// Its items of rich text.
    pub fn items(&self) -> Value {
        let object: Value = serde_json::from_str(&self.json).unwrap_or_default();
        object.get("rich_text").cloned().unwrap_or_default()
    }
}

impl User {
    fn email(&self) -> String {
        let local: Vec<String> = self.name.to_lowercase().split_whitespace().map(str::to_owned).collect();
        format!("{}@example.org", local.join("."))
    }
}

impl Page {
    /// The title as plain text.
    pub fn title_text(&self) -> String {
        self.title.iter().map(|item| item.plain_text.as_str()).collect()
    }

    /// The page's address at Notion, in the recorded form; the sandbox shows the page itself under `/p/{id}`.
    pub fn url(&self) -> String {
        let slug: Vec<String> = self
            .title_text()
            .split(|letter: char| !letter.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
        format!("https://app.notion.com/p/{}-{}", slug.join("-"), self.id.undashed())
    }

    /// The page object, without `request_id`.
    pub fn value(&self, world: &World) -> Value {
        json!({
            "object": "page", "id": self.id,
            "created_time": minute(self.created_ms), "last_edited_time": minute(self.edited_ms),
            "created_by": partial_user(self.created_by), "last_edited_by": partial_user(self.edited_by),
            "in_trash": self.in_trash, "is_archived": false, "is_locked": self.is_locked,
            "icon": self.icon, "cover": null,
            "parent": self.parent(world),
            "properties": self.property_values(world),
            "url": self.url(), "public_url": null,
        })
    }

    fn parent(&self, world: &World) -> Value {
        if !self.in_database {
            return json!({ "type": "workspace", "workspace": true });
        }
        json!({ "type": "data_source_id", "data_source_id": world.data_source, "database_id": world.database })
    }

    fn property_values(&self, world: &World) -> Value {
        let title_name = if self.in_database {
            world.schema.title_name()
        } else {
            "title"
        };
        let mut all = Map::new();
        all.insert(
            title_name.into(),
            json!({ "id": "title", "type": "title", "title": self.title }),
        );
        for property in world.schema.without_title().filter(|_| self.in_database) {
            let kind = property.kind.name();
            let mut value = json!({ "id": property.id, "type": kind });
            value[kind] = self.properties.get(&property.name).cloned().unwrap_or(Value::Null);
            all.insert(property.name.clone(), value);
        }
        Value::Object(all)
    }
}
