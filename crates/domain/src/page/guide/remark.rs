//! What is said of a page's form: what was not read, and what was read with a guess. All words for it are here.
use serde::{Deserialize, Serialize};
use std::fmt;

/// A fact about the form of a page, for whoever can change the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remark {
    /// Nothing on the page has the form of steps.
    NoSteps,
    /// There is not one box that could be ticked.
    NoBoxes,
    /// No heading says "Step 1": the steps were taken from another form.
    Guessed(StepForm),
    /// The steps have letters; they are counted.
    Lettered,
    /// Numbers stand twice in a way that none can be meant: the steps are counted in page order.
    CountedOn,
    /// A number stands twice and the next one is missing: the second is taken for the next.
    TakenForNext {
        /// The number that stands twice.
        written: u8,
        /// The number that the second is taken for.
        number: u8,
        /// The title of the second.
        title: String,
    },
    /// A number stands twice: the parts are read as one step.
    Joined {
        /// The number that stands twice.
        number: u8,
        /// The title of the part that came later.
        title: String,
    },
    /// Each phase has its own step 1: the steps are counted through, and named by their phase.
    CountedThrough,
    /// The steps have the numbers of parts alone, "1.1" and "1.2"; they are counted.
    PartsAreSteps,
    /// What is read as a part of the step whose number it begins with: "1.1", "2b".
    PartsOfSteps(Vec<String>),
    /// One heading for several steps, "Steps 1 to 3": they are read as one.
    OneForSeveral {
        /// How it is called.
        name: String,
        /// The step that it is read as.
        number: u8,
    },
    /// Numbers between the first and the last that no step has.
    Missing(Vec<u8>),
    /// The steps do not stand in the order of their numbers.
    OutOfOrder,
    /// "Step 0": read as what is needed before the first step.
    StepZero,
    /// Steps beyond the largest number that a comment can name.
    TooManySteps {
        /// How many are left out.
        left_out: usize,
    },
    /// Criteria stand in so many places; all of them count.
    CriteriaInPlaces(usize),
    /// Points under a heading of criteria that have no box.
    PointsWithoutBox {
        /// The heading that they stand under.
        heading: String,
        /// How many points there are.
        points: usize,
    },
    /// Boxes that belong to no step and stand under no heading of criteria.
    BoxesOfNothing(usize),
    /// Boxes under a heading that tells of another case than the usual one: "If it fails", "Optional".
    BoxesAside {
        /// The heading that they stand under.
        heading: String,
        /// How many they are.
        boxes: usize,
    },
    /// A column of the table of steps tells how far they are: nobody can tick a cell.
    MarksInTable(String),
    /// A numbered list that is no list of steps, for the boxes of the page are.
    ListNotRead(String),
    /// More criteria than are counted.
    TooManyBoxes {
        /// How many are left out.
        left_out: usize,
    },
    /// A table that no steps were read from, with the words of its first row.
    TableNotRead(String),
    /// Blocks of a kind that Notion does not give to us.
    NotGiven(usize),
    /// What is in a block could not be read; its text.
    ContentNotRead(String),
    /// There is more to be said than is kept.
    More(usize),
}

/// The forms that steps are read from when no heading says "Step 1".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepForm {
    /// Headings, toggles, bold lines or paragraphs that begin with a number.
    Numbered,
    /// Lists, boxes or paragraphs that begin with the word for a step.
    Worded,
    /// What stands under a heading that says "Steps".
    UnderSteps,
    /// The rows of a table.
    Rows,
    /// Toggles without numbers.
    Toggles,
    /// The items of numbered lists.
    NumberedList,
    /// Headings that boxes stand under.
    AboveBoxes,
    /// Boxes that can be ticked.
    Boxes,
    /// Lines in bold.
    BoldLines,
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSteps => {
                f.write_str("the page has no steps that I can read: a heading \"Step 1: title\" makes one")
            }
            Self::NoBoxes => f.write_str("the page has no boxes: a to-do under \"Success criteria\" makes one"),
            Self::Guessed(form) => write!(f, "no heading says \"Step 1\"; the steps are {form}"),
            Self::Lettered => f.write_str("the steps have letters; A is step 1, B is step 2"),
            Self::CountedOn => {
                f.write_str("the numbers of the steps cannot all be meant; they are counted from the top")
            }
            Self::TakenForNext { written, number, title } => {
                write!(
                    f,
                    "step {written} stands twice and step {number} is missing; \"{title}\" is step {number}"
                )
            }
            Self::Joined { number, title } if title.is_empty() => {
                write!(f, "step {number} stands twice; both are read as one step")
            }
            Self::Joined { number, title } => write!(f, "step {number} stands twice; \"{title}\" is a part of it"),
            Self::CountedThrough => f.write_str(
                "each phase has its own step 1; the steps are counted through, and each is named by its phase",
            ),
            Self::PartsAreSteps => {
                f.write_str("the steps have numbers such as 1.1 or 1a alone; they are counted from the top")
            }
            Self::PartsOfSteps(names) => {
                write!(
                    f,
                    "read as parts of the step whose number stands in front: {}",
                    names.join(", ")
                )
            }
            Self::OneForSeveral { name, number } => {
                write!(
                    f,
                    "\"{name}\" is one heading for several steps; they are read as step {number}"
                )
            }
            Self::Missing(numbers) => {
                let listed: Vec<String> = numbers.iter().map(u8::to_string).collect();
                write!(
                    f,
                    "between the first step and the last there is no step {}",
                    listed.join(", ")
                )
            }
            Self::OutOfOrder => f.write_str("the steps do not stand in the order of their numbers"),
            Self::StepZero => f.write_str("step 0 is read as what is needed before step 1"),
            Self::TooManySteps { left_out } => write!(f, "beyond the first 63 steps {left_out} more are not read"),
            Self::CriteriaInPlaces(places) => write!(f, "criteria stand in {places} places; all of them count"),
            Self::PointsWithoutBox { heading, points } => {
                let points = counted(*points, "point", "points");
                write!(
                    f,
                    "under \"{heading}\" {points} without a box: only a to-do can be ticked"
                )
            }
            Self::BoxesOfNothing(boxes) => {
                let boxes = counted(*boxes, "box", "boxes");
                write!(f, "{boxes} in no step and under no heading of criteria: not counted")
            }
            Self::BoxesAside { heading, boxes } => {
                let boxes = counted(*boxes, "box", "boxes");
                write!(f, "under \"{heading}\" {boxes} for another case: not counted")
            }
            Self::MarksInTable(column) => write!(
                f,
                "what the column \"{column}\" of the table says is not read, nor written: only a to-do can be ticked"
            ),
            Self::ListNotRead(heading) => {
                write!(
                    f,
                    "the numbered list under \"{heading}\" is not read as steps: the boxes are"
                )
            }
            Self::TooManyBoxes { left_out } => write!(f, "beyond the first 255 boxes {left_out} more are not counted"),
            Self::TableNotRead(words) => write!(f, "a table is not read as steps: {words}"),
            Self::NotGiven(blocks) => {
                let blocks = counted(*blocks, "block", "blocks");
                write!(f, "{blocks} that Notion does not give to connections: not read")
            }
            Self::ContentNotRead(text) => write!(f, "what is in {text} cannot be read"),
            Self::More(remarks) => write!(f, "and {remarks} more of that kind"),
        }
    }
}

fn counted(number: usize, one: &str, more: &str) -> String {
    if number == 1 {
        format!("there is 1 {one}")
    } else {
        format!("there are {number} {more}")
    }
}

impl fmt::Display for StepForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Numbered => "the lines that begin with a number",
            Self::Worded => "the lines that begin with \"Step\"",
            Self::UnderSteps => "what stands under the heading of the steps",
            Self::Rows => "the rows of the table",
            Self::Toggles => "the toggles",
            Self::NumberedList => "the items of the numbered lists",
            Self::AboveBoxes => "the headings that boxes stand under",
            Self::Boxes => "the boxes",
            Self::BoldLines => "the lines in bold",
        })
    }
}
