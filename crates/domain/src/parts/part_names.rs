//! The names of a page's parts: the titles of its steps and the texts of its boxes, and which of them a sentence has.
use super::likeness::TellingWord;
use super::part_name::{Mention, PartName};
use super::question_words;
use super::words::{self, PartWord};
use crate::classify::Clause;
use crate::ids::BlockId;
use crate::page::{Claimable, Criterion, Guide, SaidLine, Step};
use std::collections::{BTreeSet, HashMap};

/// The titles and boxes of a page, as sentences are compared with them.
#[derive(Debug, Default)]
pub struct PartNames {
    names: Vec<PartName>,
    /// The boxes in steps, each with its step and its words, in the page's order.
    pub(super) boxes: Vec<(u8, String)>,
    /// The words of the page's own title.
    pub(super) title: Vec<TellingWord>,
    /// What the page says, line by line.
    pub(super) lines: Vec<NamedLine>,
    /// The numbers of its steps.
    steps: BTreeSet<u8>,
    /// Whether it is about keys.
    is_of_keys: bool,
    /// Whether the page has numbers like "1.2" of its own.
    pub(super) has_dotted: bool,
}

/// A line of the page with the words that tell what it is about.
#[derive(Debug)]
pub(super) struct NamedLine {
    pub(super) line: SaidLine,
    pub(super) words: Vec<TellingWord>,
    /// Whether it is a box or the title of a step: what is to be done.
    pub(super) is_task: bool,
}

impl PartNames {
    /// The names of a page's parts.
    pub fn of(guide: &Guide) -> Self {
        let numbered = guide.criteria.iter();
        let numbered = numbered.filter_map(|on_page| Some((on_page.step?, on_page.text.clone())));
        let numbered = numbered.collect();
        let boxes = guide.criteria.iter();
        // Where each box is a step, its text is the title.
        let is_title = |step: Option<u8>, text: &str| {
            let step = step.and_then(|step| guide.step(step));
            step.is_some_and(|step| step.title == text)
        };
        let boxes = boxes.filter(|on_page| !is_title(on_page.step, &on_page.text));
        let boxes: Vec<&Criterion> = boxes.collect();
        let in_step = |step: u8| boxes.iter().filter(|on_page| on_page.step == Some(step)).count();
        let of_box =
            |on_page: &&Criterion| PartName::new(Claimable::Box(on_page.block.clone()), on_page.step, 0, &on_page.text);
        let of_step = |step: &Step| {
            let (part, boxes) = (Claimable::Step(step.number), in_step(step.number));
            let named = |text: &str| PartName::new(part.clone(), Some(step.number), boxes, text);
            heads(&step.title).into_iter().map(named).collect::<Vec<_>>()
        };
        let steps = guide.steps.iter().flat_map(of_step);
        let mut names: Vec<PartName> = steps.chain(boxes.iter().map(of_box)).collect();
        names.retain(|name| !name.words.is_empty());
        let mut having: HashMap<String, BTreeSet<Claimable>> = HashMap::new();
        for name in &names {
            for word in &name.words {
                having
                    .entry(word.word.word.key())
                    .or_default()
                    .insert(name.part.clone());
            }
        }
        for word in names.iter_mut().flat_map(|name| &mut name.words) {
            let count = having.get(&word.word.word.key()).map_or(1, BTreeSet::len);
            word.weight = 1.0 / f32::from(u16::try_from(count).unwrap_or(u16::MAX));
        }
        let commands = guide.steps.iter().flat_map(|step| &step.commands);
        let lines = guide.lines.iter().map(|line| line.text.as_str());
        let mut said = lines.chain(commands.map(String::as_str)).chain([guide.title.as_str()]);
        let is_head = |block: &BlockId| guide.steps.iter().any(|step| step.blocks.first() == Some(block));
        let line = |line: &SaidLine| NamedLine {
            line: line.clone(),
            words: TellingWord::all(&line.text),
            is_task: guide.box_at(&line.block).is_some() || is_head(&line.block),
        };
        Self {
            names,
            boxes: numbered,
            lines: guide.lines.iter().map(line).collect(),
            title: TellingWord::all(&guide.title),
            is_of_keys: said.any(words::is_of_keys),
            steps: guide.steps.iter().map(|step| step.number).collect(),
            has_dotted: guide.has_dotted,
        }
    }

    /// Whether a question asks whether something is so: "is the build signed?", "deposit sorted?"
    pub fn asks_whether(text: &str) -> bool {
        let words = words::all(text);
        let is_state = |word: &PartWord| word.states() || word.is_denied_state();
        // "The car is ordered, right?" asks that too; "what is missing?" does not.
        let is_stated = || !question_words::begins(text) && words.iter().any(is_state);
        let says_done = || words.last().is_some_and(PartWord::says_done);
        words.first().is_some_and(is_state) || text.ends_with('?') && (says_done() || is_stated())
    }

    /// Whether a number is that of a step, as far as that is known.
    pub(super) fn has_step(&self, number: u8) -> bool {
        self.steps.is_empty() || self.steps.contains(&number)
    }

    /// The steps and boxes of whose names a text has nearly all words: it asks about them.
    pub fn nearly_all_of(&self, text: &str) -> (Vec<u8>, Vec<BlockId>) {
        let mentions = self.mentioned(&words::telling(text));
        // "Deposit sorted?" asks that of the one that it can mean.
        let is_plain = mentions.len() == 1 && words::all(text).iter().any(PartWord::says_done);
        let least = if is_plain { ENOUGH } else { NEARLY };
        let named = mentions
            .iter()
            .filter(|mention| mention.has_each && mention.share >= least);
        let (mut steps, mut boxes) = (Vec::new(), Vec::new());
        for mention in named {
            match &mention.name.part {
                Claimable::Step(step) => steps.push(*step),
                Claimable::Box(block) => boxes.push(block.clone()),
                Claimable::All => {}
            }
        }
        (steps, boxes)
    }

    /// Whether keys are a matter of the page, or of a comment on it: elsewhere "to Friday" moves no rotation. A page of which nothing is
    /// known may be about anything.
    pub fn are_of_keys(&self, text: &str) -> bool {
        self.is_of_keys || self.lines.is_empty() || words::is_of_keys(text)
    }

    /// Whether a comment may tell of a leak: on a page about keys, or where it has a word for one.
    pub fn may_tell_of_leaks(&self, text: &str) -> bool {
        self.are_of_keys(text) || words::names_keys(text)
    }

    /// Whether nothing is known of what the page says.
    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty() && self.lines.is_empty()
    }

    /// Whether a title or a box has any word of a text that tells something.
    pub(super) fn speak_of(&self, said: &[PartWord]) -> bool {
        let said: Vec<TellingWord> = said.iter().cloned().map(TellingWord::new).collect();
        let mut words = self.names.iter().flat_map(|name| &name.words);
        words.any(|name| name.word.among(&said).is_some())
    }

    /// The box, or the step without boxes, that has the most of a text's words, if it is one alone.
    pub fn nearest(&self, text: &str) -> Option<&Claimable> {
        if text.len() > LONGEST {
            return None;
        }
        let said = TellingWord::all(text);
        let least = self.names.iter().filter(|name| name.boxes == 0);
        let near = least.map(|name| (name.mention(&said).share, &name.part));
        let mut near: Vec<(f32, &Claimable)> = near.filter(|(share, _)| *share >= NEAR).collect();
        near.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        let (share, part) = *near.first()?;
        let mut others = near.iter().filter(|(_, other)| *other != part);
        let is_alone = others.next().is_none_or(|(other, _)| share - other >= CLEAR);
        is_alone.then_some(part)
    }

    /// The step in which a box stands.
    pub(super) fn step_of(&self, block: &BlockId) -> Option<u8> {
        let mut names = self.names.iter();
        names.find(|name| name.part == Claimable::Box(block.clone()))?.step
    }

    /// The boxes that stand in a step.
    pub(super) fn boxes_of(&self, step: u8) -> impl Iterator<Item = &BlockId> {
        let in_step = self.names.iter().filter(move |name| name.step == Some(step));
        in_step.filter_map(|name| match &name.part {
            Claimable::Box(block) => Some(block),
            Claimable::Step(_) | Claimable::All => None,
        })
    }

    /// All words of the parts that a clause names.
    pub(super) fn all_words(&self, clause: &Clause) -> Vec<&PartWord> {
        let is_named = |name: &&PartName| match &name.part {
            Claimable::Step(step) => clause.steps.contains(step),
            Claimable::Box(block) => clause.boxes.contains(block),
            Claimable::All => false,
        };
        let names = self.names.iter().filter(is_named);
        names.flat_map(|name| words::telling_of(&name.all)).collect()
    }

    /// The names of which a sentence has words: all that it has as a whole, else the one of which it has the most, if that is one alone.
    pub(super) fn mentioned(&self, sentence: &[PartWord]) -> Vec<Mention<'_>> {
        let said: Vec<TellingWord> = sentence.iter().cloned().map(TellingWord::new).collect();
        let mentions = self.names.iter().map(|name| name.mention(&said));
        let mut all: Vec<Mention<'_>> = mentions.filter(|mention| !mention.own.is_empty()).collect();
        let of_boxes: Vec<u8> = all
            .iter()
            .filter(|mention| mention.name.is_box())
            .filter_map(|mention| mention.name.step)
            .collect();
        for mention in &mut all {
            let is_in_box = mention.name.step.is_some_and(|step| of_boxes.contains(&step));
            mention.is_vague = !mention.name.is_box() && is_in_box;
        }
        // The title of a step with boxes is meant where nothing else is said: "the freeze is done".
        let done = sentence
            .iter()
            .filter(|word| word.says_done() || word.says_all())
            .count();
        all.retain(|mention| mention.name.boxes == 0 || mention.own.len() + done >= sentence.len());
        let (mut whole, mut partly): (Vec<_>, Vec<_>) = all.into_iter().partition(Mention::is_whole);
        if !whole.is_empty() {
            let is_least: Vec<bool> = whole
                .iter()
                .map(|mention| whole.iter().any(|other| mention.is_within(other)))
                .collect();
            let mut is_least = is_least.into_iter();
            whole.retain(|_| !is_least.next().unwrap_or_default());
            return without_doubles(whole);
        }
        partly.sort_by(|one, other| other.share.total_cmp(&one.share));
        let best = partly.first().map(|first| (first.name.part.clone(), first.share));
        let is_rival = |mention: &Mention<'_>| {
            let is_near =
                |(part, share): &(Claimable, f32)| mention.name.part != *part && mention.share > share - CLEAR;
            best.as_ref().is_some_and(is_near)
        };
        let is_alone = !partly.iter().any(is_rival);
        partly.truncate(usize::from(is_alone));
        partly
    }
}

/// Where two names have the same words, a box means more than the step that it is all of; of two that nothing tells apart none is meant.
fn without_doubles(mentions: Vec<Mention<'_>>) -> Vec<Mention<'_>> {
    let is_box = |mention: &Mention<'_>| mention.name.is_box();
    let doubled: Vec<bool> = mentions
        .iter()
        .enumerate()
        .map(|(at, mention)| {
            let mut others = mentions.iter().enumerate().filter(|(other, _)| *other != at);
            others.any(|(other_at, other)| {
                let is_rather = is_box(mention) && !is_box(other) && mention.name.step == other.name.step;
                // A title and one side of it are the same step.
                let is_first = mention.name.part == other.name.part && at < other_at;
                // "Contract signed" is meant by its own words beside "Subcontract signed".
                let is_of_box = is_box(other) && !is_box(mention) && mention.name.step == other.name.step;
                let is_better = !is_of_box && mention.is_more_alike(other);
                other.own == mention.own && !is_rather && !is_first && !is_better
            })
        })
        .collect();
    let kept = mentions.into_iter().zip(doubled).filter(|(_, doubled)| !doubled);
    kept.map(|(mention, _)| mention).collect()
}

/// What a title is called by: all of it, and each side of what divides it: "Phase C – The first month".
fn heads(title: &str) -> Vec<&str> {
    const DIVIDES: [&str; 4] = [" – ", " — ", " - ", ": "];
    let sides = DIVIDES.iter().find_map(|mark| title.split_once(mark));
    let sides = sides.map(<[&str; 2]>::from).into_iter().flatten();
    std::iter::once(title).chain(sides).collect()
}

/// How much of a name must be there where a word says that it is done: "notes done" for "The notes are written".
pub(super) const ENOUGH: f32 = 0.4;

/// How much of a name must be there to be no doubt.
pub(super) const NEARLY: f32 = 0.6;

/// Bytes of a text that is compared with the names.
const LONGEST: usize = 2_000;

/// How much of a name must be there for it to be asked about, where nothing tells what is finished.
const NEAR: f32 = 0.2;

/// By so much the name that is meant is better than the next one.
const CLEAR: f32 = 0.1;

#[cfg(test)]
mod tests {
    use super::super::words;
    use super::*;
    use crate::ids::BlockId;

    /// The parts that a sentence has words of, on a page of these steps, each with its boxes.
    fn mentioned(steps: &[(&str, &[&str])], said: &str) -> Vec<String> {
        let mut guide = Guide::default();
        for (number, (title, boxes)) in (1..).zip(steps) {
            guide.steps.push(Step {
                number,
                title: (*title).to_owned(),
                ..Step::default()
            });
            for text in *boxes {
                guide.criteria.push(Criterion {
                    number: u8::try_from(guide.criteria.len() + 1).unwrap(),
                    text: (*text).to_owned(),
                    block: BlockId::from_wire(text),
                    step: Some(number),
                });
            }
        }
        let names = PartNames::of(&guide);
        let mentions = names.mentioned(&words::telling(said));
        let share = |mention: Mention<'_>| format!("{} {:.1}", mention.name.text, mention.share);
        mentions.into_iter().map(share).collect()
    }

    #[test]
    fn the_part_is_meant_that_shares_the_most_words() {
        let page: &[(&str, &[&str])] = &[
            ("Phase A – Before the first day", &["Laptop ordered", "Accounts made"]),
            ("Phase C – The first fortnight", &["Keys handed in", "Keys copied"]),
        ];
        for (said, meant) in [
            ("Phase C done", vec!["Phase C 1.0"]),
            ("the laptop is ordered", vec!["Laptop ordered 1.0"]),
            (
                "keys handed in and copied",
                vec!["Keys handed in 1.0", "Keys copied 1.0"],
            ),
            ("the keys", vec![]),
            ("the laptop", vec!["Laptop ordered 0.5"]),
        ] {
            assert_eq!(mentioned(page, said), meant, "{said}");
        }
    }
}
