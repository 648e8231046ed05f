//! The names of a page's parts: the titles of its steps and the texts of its boxes, and which of them a sentence has.
use super::words::{self, PartWord};
use crate::classify::Clause;
use crate::ids::BlockId;
use crate::page::{Claimable, Criterion, Guide, Step};
use std::collections::{BTreeSet, HashMap};

/// The titles and boxes of a page, as sentences are compared with them.
#[derive(Debug, Default)]
pub struct PartNames {
    names: Vec<PartName>,
    /// The boxes in steps, each with its step and its words, in the page's order.
    pub(super) boxes: Vec<(u8, String)>,
}

/// What a step or box is called.
#[derive(Debug)]
pub(super) struct PartName {
    pub(super) part: Claimable,
    /// The step itself, or that in which the box stands.
    pub(super) step: Option<u8>,
    pub(super) text: String,
    words: Vec<NameWord>,
    /// The boxes that stand in it, where it is a step.
    boxes: usize,
    /// All its words, also those that tell nothing, and those in brackets.
    pub(super) all: Vec<PartWord>,
}

#[derive(Debug)]
struct NameWord {
    word: PartWord,
    /// The rarer a word is on its page, the more it tells.
    weight: f32,
    /// Which of the things that it lists the word belongs to: "signed and uploaded".
    item: usize,
}

/// A name that a sentence has words of.
#[derive(Debug)]
pub(super) struct Mention<'n> {
    pub(super) name: &'n PartName,
    /// How much of the name is there: 1 is all of it.
    pub(super) share: f32,
    /// Whether of each thing that it lists something is there.
    pub(super) has_each: bool,
    /// The telling words of the sentence that are its own, by their place.
    pub(super) own: Vec<usize>,
    /// Whether each of its words is there in the form that it has.
    pub(super) is_verbatim: bool,
    /// Whether it is a step, and one of the boxes in it might be meant as well.
    pub(super) is_vague: bool,
}

impl Mention<'_> {
    /// Whether all of the name is there.
    pub(super) fn is_whole(&self) -> bool {
        self.share > 0.99
    }

    /// Whether another one means more: it has all of these words, and others.
    fn is_within(&self, other: &Self) -> bool {
        other.own.len() > self.own.len() && self.own.iter().all(|at| other.own.contains(at))
    }
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
                having.entry(word.word.key()).or_default().insert(name.part.clone());
            }
        }
        for word in names.iter_mut().flat_map(|name| &mut name.words) {
            let count = having.get(&word.word.key()).map_or(1, BTreeSet::len);
            word.weight = 1.0 / f32::from(u16::try_from(count).unwrap_or(u16::MAX));
        }
        Self { names, boxes: numbered }
    }

    /// Whether a question asks whether something is so: "is the build signed?"
    pub fn asks_whether(text: &str) -> bool {
        words::all(text)
            .first()
            .is_some_and(|word| word.states() || word.is_denied_state())
    }

    /// Whether a text has any word of any name.
    pub(super) fn has_any(&self, said: &[PartWord]) -> bool {
        let mut words = self.names.iter().flat_map(|name| &name.words);
        words.any(|name| said.iter().any(|said| said.is_like(&name.word)))
    }

    /// The steps and boxes of whose names a text has nearly all words: it asks about them.
    pub fn nearly_all_of(&self, text: &str) -> (Vec<u8>, Vec<BlockId>) {
        let mentions = self.mentioned(&words::telling(text));
        let named = mentions
            .iter()
            .filter(|mention| mention.has_each && mention.share >= NEARLY);
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

    /// The step in which a box stands.
    pub(super) fn step_of(&self, block: &BlockId) -> Option<u8> {
        let mut names = self.names.iter();
        names.find(|name| name.part == Claimable::Box(block.clone()))?.step
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
        let mentions = self.names.iter().map(|name| name.mention(sentence));
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
        let done = sentence.iter().filter(|word| word.says_done()).count();
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
                other.own == mention.own && !is_rather && !is_first
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

/// By so much the name that is meant is better than the next one.
const CLEAR: f32 = 0.1;

/// What stands between the things that a name lists.
const LISTS: [&str; 10] = [" and ", " en ", " und ", " et ", " y ", " e ", " & ", " + ", "/", ", "];

impl PartName {
    fn new(part: Claimable, step: Option<u8>, boxes: usize, text: &str) -> Self {
        let mut items = vec![without_brackets(text)];
        for mark in LISTS {
            items = items
                .iter()
                .flat_map(|item| item.split(mark).map(str::to_owned))
                .collect();
        }
        let items = items.iter().enumerate();
        let words = items.flat_map(|(item, text)| {
            let words = words::telling(text).into_iter();
            words.map(move |word| NameWord {
                word,
                weight: 1.0,
                item,
            })
        });
        let mut words: Vec<NameWord> = words.collect();
        // "The plaster is ready": that it is ready tells nothing of what; nor does the "no" of "No gas leak found".
        let tells = |name: &NameWord| !(name.word.says_done() || name.word.says_none());
        if words.iter().any(tells) {
            words.retain(tells);
        }
        Self {
            part,
            step,
            text: text.to_owned(),
            words,
            boxes,
            all: words::all(text),
        }
    }

    fn is_box(&self) -> bool {
        matches!(self.part, Claimable::Box(_))
    }

    fn mention(&self, sentence: &[PartWord]) -> Mention<'_> {
        let said = |word: &&NameWord| sentence.iter().any(|said| said.is_like(&word.word));
        let weight = |words: &[&NameWord]| words.iter().map(|word| word.weight).sum::<f32>();
        let says_none = |words: &[PartWord]| words.iter().any(PartWord::says_none);
        // "There are nuts in it" is not what "No nuts in it" says.
        let is_contrary = says_none(&self.all) && !says_none(sentence);
        let there: Vec<&NameWord> = self.words.iter().filter(said).filter(|_| !is_contrary).collect();
        let all: Vec<&NameWord> = self.words.iter().collect();
        let is_own = |word: &PartWord| !word.says_done() && self.all.iter().any(|own| own.is_like(word));
        let own = sentence.iter().enumerate().filter(|(_, word)| is_own(word));
        let own = own.map(|(at, _)| at).collect();
        Mention {
            name: self,
            share: weight(&there) / weight(&all),
            has_each: all.iter().all(|word| there.iter().any(|other| other.item == word.item)),
            own: if there.is_empty() { Vec::new() } else { own },
            is_verbatim: self
                .words
                .iter()
                .all(|name| sentence.iter().any(|said| said.is_same(&name.word))),
            is_vague: false,
        }
    }
}

/// A text without what stands in brackets: "Caterer booked (deposit paid)".
fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    let outside = text.chars().filter(|c| {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => return depth == 0,
        }
        false
    });
    outside.collect()
}

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
