//! A part of a page of which somebody can say that it is finished.
use crate::ids::BlockId;
use serde::{Deserialize, Serialize};

/// What is said to be finished. It is stored as a number, the id of a block, or nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Claimable {
    /// A step, by its number.
    Step(u8),
    /// A box, by its block: its number changes with the page.
    Box(BlockId),
    /// The whole item.
    All,
}

impl Claimable {
    /// The step or the box that it is, as clauses name them.
    pub fn steps_and_boxes(&self) -> (Vec<u8>, Vec<BlockId>) {
        match self {
            Self::Step(step) => (vec![*step], Vec::new()),
            Self::Box(block) => (Vec::new(), vec![block.clone()]),
            Self::All => (Vec::new(), Vec::new()),
        }
    }
}
