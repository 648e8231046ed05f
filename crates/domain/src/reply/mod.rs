//! What a reply is made of: the prompts that say it, their markup turned into runs of rich text, and the reference by
//! which we, and people, find a reply again.
mod inline;
mod openers;
mod prompts;
mod reference;
mod run;

pub use inline::runs;
pub use prompts::{PromptCoverage, Prompts};
pub use reference::Reference;
pub use run::{Run, Style, plain};
