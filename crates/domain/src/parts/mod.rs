//! The parts of a page by their own words: which step or box a sentence means that gives no number, and what it says of it.
//!
//! "The build is signed" is the commonest thing to say of a box that reads "Build signed". So the words of a page are part of
//! how its comments are read: they are compared by their stems with those of every title and box, and what is said of the one
//! that fits is told by the classifier.
mod likeness;
mod meanings;
mod other_numbers;
mod page_question;
mod part_lexicon;
mod part_name;
mod part_names;
mod question_words;
mod read_with_parts;
mod references;
mod said_of_parts;
mod words;

pub use page_question::{PageQuestion, answered_by_page};
pub use part_names::PartNames;
pub use read_with_parts::{stands_at, tell_of_parts};
pub use said_of_parts::{SaidOfParts, said_of_parts};
pub use words::tells_nothing;
