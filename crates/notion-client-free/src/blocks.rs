//! Blocks: the content of a page in reading order, and the two changes that we make to it.
use crate::answer::About;
use crate::block::{Block, BlockKind};
use crate::client::{Call, Client};
use crate::error::{Error, Kind, WriteError};
use crate::ids::BlockId;
use crate::listing::{Allowance, Cut, Listed, Portion, paged, segment};
use reqwest::Method;
use serde_json::json;
use std::collections::HashSet;
use std::time::Duration;
use tokio::time::Instant;

/// When parts of a page have cost this much time in vain, the rest of its nested parts is not asked for.
const LOST_ON_PARTS: Duration = Duration::from_secs(45);

/// What stands under a page or a block, as far as it could be read.
#[derive(Clone, Debug)]
pub struct Blocks {
    /// The blocks in reading order, each followed by what is in it.
    pub found: Vec<Block>,
    /// The blocks whose content is missing from `found`, or may be; they themselves are in it. The page's own id stands
    /// here when its first level did not come whole. Where the page as a whole is larger than what is read of one, the
    /// first block that was not entered stands for all that follow.
    pub unread: Vec<Unread>,
}

/// A block whose content could not be read, or not to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The block whose content is missing.
    pub block: BlockId,
    /// Why its content could not be read.
    pub error: Error,
}

impl Unread {
    /// Whether a later look may find the content. Else it stays hidden from us: not shared, or of a kind that Notion's
    /// API does not give away.
    pub fn is_passing(&self) -> bool {
        is_passing(&self.error.kind)
    }
}

fn is_passing(kind: &Kind) -> bool {
    match kind {
        Kind::Gone | Kind::IsDatabase { .. } | Kind::Forbidden { .. } | Kind::Invalid | Kind::TooLarge => false,
        Kind::Later { .. }
        | Kind::Unauthorized
        | Kind::PersonalToken
        | Kind::Blocked
        | Kind::Network { .. }
        | Kind::Unexpected => true,
    }
}

/// A walk through nested blocks, and what it has cost so far.
struct Walk {
    /// What may yet be read, all lists together.
    allowance: Allowance,
    /// That the allowance is used up was noted.
    ended: bool,
    unread: Vec<Unread>,
    /// How long parts that failed in passing were waited for.
    lost: Duration,
    /// The first such failure, which used up all its tries: from then on one try must do.
    failed: Option<Error>,
}

impl Walk {
    fn note(&mut self, block: &str, error: Error) {
        self.unread.push(Unread {
            block: BlockId::from_wire(block),
            error,
        });
    }

    /// What was read of a block, noted when that was not all.
    fn take(&mut self, block: &str, listed: Listed<Block>) -> std::vec::IntoIter<Block> {
        match listed.cut {
            Some(cut @ (Cut::Pages | Cut::Entries | Cut::Bytes | Cut::Time | Cut::Entry)) => {
                self.ended = self.allowance.spent().is_some();
                self.note(block, cut_short(block, cut));
            }
            Some(Cut::Circle) | None if !listed.complete => {
                self.note(block, content_of(block).error(Kind::Unexpected));
            }
            Some(Cut::Circle) | None => {}
        }
        listed.items.into_iter()
    }
}

impl Client {
    /// The blocks under a page or a block in reading order, to `depth` levels below the first. Child pages are named,
    /// not entered. A nested part that cannot be read is left out and named; an error is what the first level met, or
    /// what concerns every request: a refused token, a block, a silence that outlasts patience.
    pub async fn blocks(&self, parent: &str, depth: usize) -> Result<Blocks, Error> {
        let mut visited = HashSet::from([parent.to_owned()]);
        let mut walk = Walk {
            allowance: Allowance::of_a_page(),
            ended: false,
            unread: Vec::new(),
            lost: Duration::ZERO,
            failed: None,
        };
        let first = self.children(parent, Call::TRIES, &mut walk.allowance).await?;
        let mut open = vec![walk.take(parent, first)];
        let mut found = Vec::new();
        while let Some(level) = open.last_mut() {
            let Some(mut block) = level.next() else {
                open.pop();
                continue;
            };
            block.depth = open.len() - 1;
            // What a copy shows is read once, where its original stands on the page as well.
            let original = block
                .original()
                .filter(|original| visited.insert(original.as_str().to_owned()));
            let holds = block.has_children || original.is_some();
            let enter = holds && block.kind != BlockKind::Child && block.depth < depth;
            if enter && visited.insert(block.id.as_str().to_owned()) {
                open.extend(self.enter(&block, original, &mut walk).await?);
            }
            found.push(block);
        }
        Ok(Blocks {
            found,
            unread: walk.unread,
        })
    }

    /// What is in a nested block; `None` when that cannot be read, which is then noted. A synced copy may list nothing:
    /// then its `original` is asked.
    async fn enter(
        &self,
        block: &Block,
        original: Option<&BlockId>,
        walk: &mut Walk,
    ) -> Result<Option<std::vec::IntoIter<Block>>, Error> {
        let id = block.id.as_str();
        let begun = Instant::now();
        if let Some(cut) = walk.allowance.spent() {
            if !walk.ended {
                walk.ended = true;
                walk.note(id, cut_short(id, cut));
            }
            return Ok(None);
        }
        let read = match &walk.failed {
            // Notion says that such blocks have children, and refuses to list them (400).
            _ if block.kind == BlockKind::Unsupported => Err(content_of(id).error(Kind::Invalid)),
            Some(error) if walk.lost > LOST_ON_PARTS => Err(error.clone()),
            Some(_) => self.content(id, original, 1, &mut walk.allowance).await,
            None => self.content(id, original, Call::TRIES, &mut walk.allowance).await,
        };
        let error = match read {
            Ok(listed) => return Ok(Some(walk.take(id, listed))),
            Err(error) if concerns_every_request(&error) => return Err(error),
            Err(error) => error,
        };
        if is_passing(&error.kind) {
            walk.lost += begun.elapsed();
            walk.failed.get_or_insert_with(|| error.clone());
        }
        walk.note(id, error);
        Ok(None)
    }

    /// The blocks that a block holds, or that its original holds.
    async fn content(
        &self,
        id: &str,
        original: Option<&BlockId>,
        tries: u32,
        allowance: &mut Allowance,
    ) -> Result<Listed<Block>, Error> {
        let listed = self.children(id, tries, allowance).await?;
        match original {
            Some(original) if listed.items.is_empty() => self.children(original.as_str(), tries, allowance).await,
            Some(_) | None => Ok(listed),
        }
    }

    async fn children(&self, parent: &str, tries: u32, allowance: &mut Allowance) -> Result<Listed<Block>, Error> {
        let path = format!("/v1/blocks/{}/children", segment(parent));
        let ask = |portion: Portion<'_>| Call {
            tries,
            ..Call::get(paged(path.clone(), portion), content_of(parent))
        };
        self.list_from(None, allowance, ask, |block: &Block| block.id.as_str())
            .await
    }

    /// One block, without what is in it.
    pub async fn block(&self, id: &BlockId) -> Result<Block, Error> {
        self.read(Call::get(
            block_path(id),
            About::read_content("read the block", id.as_str()),
        ))
        .await
    }

    /// Ticks a check-box, or takes the tick away. Its text, and threads on its text, stay as they are.
    pub async fn check_to_do(&self, id: &BlockId, checked: bool) -> Result<(), WriteError> {
        let body = json!({ "to_do": { "checked": checked } });
        let (body, about) = (body.to_string().into_bytes(), changing("tick the box", id));
        self.set(Call::with_body(Method::PATCH, block_path(id), body, about))
            .await?;
        Ok(())
    }
}

/// Whether the next request would meet the same. A conflict (409) is about the one block alone.
fn concerns_every_request(error: &Error) -> bool {
    match error.kind {
        Kind::Unauthorized | Kind::PersonalToken | Kind::Blocked => true,
        Kind::Later { .. } => error.status != Some(409),
        Kind::Forbidden { .. }
        | Kind::Gone
        | Kind::IsDatabase { .. }
        | Kind::Invalid
        | Kind::Network { .. }
        | Kind::TooLarge
        | Kind::Unexpected => false,
    }
}

/// Why the content of a block is not all there: another look may be faster, but none makes it smaller.
fn cut_short(block: &str, cut: Cut) -> Error {
    match cut {
        Cut::Time => content_of(block).network("it took too long"),
        Cut::Circle | Cut::Pages | Cut::Entries | Cut::Bytes | Cut::Entry => content_of(block).error(Kind::TooLarge),
    }
}

fn content_of(parent: &str) -> About<'_> {
    About::read_content("read the content of", parent)
}

pub(crate) fn block_path(id: &BlockId) -> String {
    format!("/v1/blocks/{}", segment(id.as_str()))
}

pub(crate) fn changing<'a>(doing: &'static str, id: &'a BlockId) -> About<'a> {
    About::update_content(doing, id.as_str())
}
