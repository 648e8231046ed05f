//! Comments: listing, asking for one, adding, changing and deleting our own.
use crate::answer::{About, Failed, Proof};
use crate::client::{Call, Client, WriteTurn, ending, parse};
use crate::error::{Error, Kind, OF_COMMENTS, WriteError};
use crate::ids::{BlockId, CommentId, DiscussionId, PageId, PersonId};
use crate::listing::{Allowance, Cut, paged, segment};
use crate::rich_text::RichText;
use crate::text_run::{Pieces, TextRun};
use crate::unseen;
use crate::user_text::UserText;
use chrono::{DateTime, Utc};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::fmt;

const READ: &str = "Read comments";
const INSERT: &str = "Insert comments";

/// The open comments under a page or a block, in Notion's order, the oldest first (recorded).
#[derive(Clone, Debug)]
pub struct Listing {
    /// The comments. Those of resolved threads are not among them: Notion leaves them out without a word.
    pub comments: Vec<RawComment>,
    /// Whether the list was read from its beginning to its end; only then may anything be called absent.
    pub complete: bool,
    /// Why reading ended before the list did.
    pub cut: Option<Cut>,
    /// Where the next reading can go on ([`Client::comments_from`]) after this one was cut.
    pub next: Option<String>,
}

/// A comment as Notion gives it.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "CommentBody")]
pub struct RawComment {
    /// The id of the comment, opaque.
    pub id: CommentId,
    /// The thread it stands in.
    pub discussion: DiscussionId,
    /// Where its thread hangs; a form that is not known here counts as the page.
    pub parent: CommentParent,
    /// Who wrote it; the only thing that says so. Empty when the connection may not read comments.
    pub author: PersonId,
    /// The name that Notion shows; anybody may choose one, so it proves nothing.
    pub display_name: DisplayName,
    /// Server time, cut to the minute (recorded): never used for order.
    pub created_time: DateTime<Utc>,
    /// What it says.
    pub rich_text: RichText,
    /// The names and addresses of the files that hang on it, to be searched.
    pub attached: UserText,
}

/// Where a thread of comments hangs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommentParent {
    /// On the page itself: all such comments of a page share one thread (recorded).
    Page,
    /// On a block of the page, or on a part of its text.
    Block(BlockId),
}

/// The name shown beside a comment. Anybody may choose it, so `Debug` shows only whose it is.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct DisplayName {
    /// Whose name it is.
    pub kind: NameKind,
    /// The name, when Notion gives one.
    pub name: Option<UserText>,
}

impl fmt::Debug for DisplayName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DisplayName")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// Whose name is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameKind {
    /// The name of a person.
    User,
    /// A connection's; the documentation also writes `connection`.
    #[serde(alias = "connection")]
    Integration,
    /// One that the author chose.
    Custom,
    /// A kind that is not known here.
    #[default]
    #[serde(other)]
    Other,
}

/// Where a new comment goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The page's own thread.
    Page(PageId),
    /// A thread on a block.
    Block(BlockId),
    /// An answer in a thread.
    Discussion(DiscussionId),
}

impl RawComment {
    /// Its text, and what stands behind it: the targets of its links, the names of its files.
    pub fn text(&self) -> UserText {
        RichText::join(
            std::slice::from_ref(&self.rich_text),
            &[],
            self.attached.expose_unseen().to_vec(),
        )
    }

    /// Whether it shows the name of a connection, as a bot's comment does. A person cannot choose that form of name.
    pub fn is_by_connection(&self) -> bool {
        self.display_name.kind == NameKind::Integration
    }
}

#[derive(Deserialize)]
struct CommentBody {
    id: String,
    discussion_id: Option<String>,
    parent: Option<BodyParent>,
    created_by: Option<Author>,
    created_time: Option<String>,
    display_name: Option<Shown>,
    rich_text: Option<RichText>,
    attachments: Option<Json>,
}

#[derive(Deserialize)]
struct BodyParent {
    block_id: Option<String>,
}

#[derive(Deserialize)]
struct Author {
    id: Option<String>,
}

#[derive(Deserialize)]
struct Shown {
    #[serde(rename = "type", default)]
    kind: NameKind,
    resolved_name: Option<String>,
}

impl From<CommentBody> for RawComment {
    fn from(body: CommentBody) -> Self {
        let block = body.parent.and_then(|parent| parent.block_id);
        let author = body.created_by.and_then(|author| author.id).unwrap_or_default();
        let time = body.created_time.and_then(|time| time.parse().ok());
        let name = body.display_name.map(|shown| DisplayName {
            kind: shown.kind,
            name: shown.resolved_name.map(UserText::plain),
        });
        Self {
            id: CommentId::from_wire(&body.id),
            discussion: DiscussionId::from_wire(&body.discussion_id.unwrap_or_default()),
            parent: block.map_or(CommentParent::Page, |id| CommentParent::Block(BlockId::from_wire(&id))),
            author: PersonId::from_wire(&author),
            display_name: name.unwrap_or_default(),
            created_time: time.unwrap_or_default(),
            rich_text: body.rich_text.unwrap_or_default(),
            attached: UserText::new("", body.attachments.iter().flat_map(unseen::texts).collect()),
        }
    }
}

/// What is sent to add or change a comment.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<NewParent<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    discussion_id: Option<&'a str>,
    rich_text: Pieces<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum NewParent<'a> {
    PageId(&'a str),
    BlockId(&'a str),
}

impl Client {
    /// All open comments under a page or a block. A page's list lacks the threads on its blocks.
    pub async fn comments(&self, parent: &str) -> Result<Listing, Error> {
        self.comments_from(parent, None).await
    }

    /// The same from where an earlier reading was cut ([`Listing::next`]). A cursor that Notion no longer takes is left:
    /// then the list is read from its beginning.
    pub async fn comments_from(&self, parent: &str, cursor: Option<&str>) -> Result<Listing, Error> {
        let about = reading(OF_COMMENTS, parent);
        let path = format!("/v1/comments?block_id={}", segment(parent));
        let listed = self
            .list_from(
                cursor,
                &mut Allowance::of_comments(),
                |portion| Call::get(paged(path.clone(), portion), about),
                |comment: &RawComment| comment.id.as_str(),
            )
            .await?;
        Ok(Listing {
            comments: listed.items,
            complete: listed.complete,
            cut: listed.cut,
            next: listed.next,
        })
    }

    /// One comment; `Kind::Gone` when it was deleted.
    pub async fn comment(&self, id: &CommentId) -> Result<RawComment, Error> {
        self.read(one(id)).await
    }

    /// Adds a comment, after waiting for a place in the budget.
    pub async fn create_comment(&self, target: Target, runs: &[TextRun<'_>]) -> Result<RawComment, WriteError> {
        let turn = self.write_turn().await.map_err(|error| WriteError::NotDone { error })?;
        self.post_comment(turn, &target, runs).await
    }

    /// Adds a comment, at once and once: the only POST that changes anything.
    pub async fn post_comment(
        &self,
        turn: WriteTurn,
        target: &Target,
        runs: &[TextRun<'_>],
    ) -> Result<RawComment, WriteError> {
        let about = target.about();
        let (parent, discussion_id) = target.parts();
        let body = comment_body(parent, discussion_id, runs, about)?;
        let call = Call::with_body(Method::POST, "/v1/comments".to_owned(), body, about);
        let posted = match self.add(turn, call).await {
            // It happened, but without an id we could not find it again: as good as unknown.
            Ok(body) => parse(body.as_deref(), about).map_err(|error| ending(error, Proof::Nothing)),
            Err(failed) => self.saved_all_the_same(failed).await,
        };
        posted.map(|comment| target.complete(comment))
    }

    /// Replaces the text of one of our comments.
    pub async fn update_comment(&self, id: &CommentId, runs: &[TextRun<'_>]) -> Result<(), WriteError> {
        let about = writing("change the comment", id.as_str());
        let body = comment_body(None, None, runs, about)?;
        self.set(Call::with_body(Method::PATCH, comment_path(id), body, about))
            .await?;
        Ok(())
    }

    /// Deletes one of our comments; the thread goes with its last one.
    pub async fn delete_comment(&self, id: &CommentId) -> Result<(), WriteError> {
        let about = writing("delete the comment", id.as_str());
        self.set(Call::with_body(Method::DELETE, comment_path(id), Vec::new(), about))
            .await?;
        Ok(())
    }

    /// Whether the connection may write comments, asked without writing one: a comment that cannot exist is deleted, which
    /// answers 403 without the right. Notion documents the right for delete as for create; any other answer proves
    /// nothing against it.
    pub async fn may_write_comments(&self) -> Result<(), Error> {
        const NONE: &str = "00000000-0000-4000-8000-000000000000";
        let about = writing("write comments", "");
        let call = Call::with_body(
            Method::DELETE,
            comment_path(&CommentId::from_wire(NONE)),
            Vec::new(),
            about,
        );
        match self.set(call).await {
            Err(WriteError::NotDone { error } | WriteError::Unknown { error, .. })
                if matches!(error.kind, Kind::Forbidden { .. } | Kind::Unauthorized) =>
            {
                Err(error)
            }
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// A 503 near Notion's deadline may name what it saved. If that is a comment, it is ours.
    async fn saved_all_the_same(&self, failed: Box<Failed>) -> Result<RawComment, WriteError> {
        if let Some(id) = &failed.committed
            && let Ok(comment) = self.look(one(&CommentId::from_wire(id))).await
        {
            return Ok(comment);
        }
        Err(ending(failed.error, failed.proof))
    }
}

impl Target {
    fn parts(&self) -> (Option<NewParent<'_>>, Option<&str>) {
        match self {
            Self::Page(id) => (Some(NewParent::PageId(id.as_str())), None),
            Self::Block(id) => (Some(NewParent::BlockId(id.as_str())), None),
            Self::Discussion(id) => (None, Some(id.as_str())),
        }
    }

    fn about(&self) -> About<'_> {
        match self {
            Self::Page(id) => writing("comment on the page", id.as_str()),
            Self::Block(id) => writing("comment on the block", id.as_str()),
            Self::Discussion(id) => writing("reply in the thread", id.as_str()),
        }
    }

    /// Without the right to read comments Notion answers with the id alone: what we asked for fills the rest.
    fn complete(&self, mut comment: RawComment) -> RawComment {
        match self {
            Self::Discussion(id) if comment.discussion.as_str().is_empty() => comment.discussion = id.clone(),
            Self::Block(id) if comment.parent == CommentParent::Page => {
                comment.parent = CommentParent::Block(id.clone());
            }
            Self::Discussion(_) | Self::Block(_) | Self::Page(_) => {}
        }
        comment
    }
}

fn one(id: &CommentId) -> Call<'_> {
    Call::get(comment_path(id), reading("read the comment", id.as_str()))
}

fn comment_path(id: &CommentId) -> String {
    format!("/v1/comments/{}", segment(id.as_str()))
}

fn comment_body(
    parent: Option<NewParent<'_>>,
    discussion_id: Option<&str>,
    runs: &[TextRun<'_>],
    about: About<'_>,
) -> Result<Vec<u8>, WriteError> {
    let refused = || WriteError::NotDone {
        error: about.error(Kind::Invalid),
    };
    let rich_text = Pieces::cut(runs).ok_or_else(refused)?;
    let body = Body {
        parent,
        discussion_id,
        rich_text,
    };
    serde_json::to_vec(&body).map_err(|_| refused())
}

fn reading<'a>(doing: &'static str, id: &'a str) -> About<'a> {
    About::new(doing, id, READ)
}

fn writing<'a>(doing: &'static str, id: &'a str) -> About<'a> {
    About::new(doing, id, INSERT)
}
