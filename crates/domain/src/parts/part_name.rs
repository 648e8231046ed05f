//! What a part of a page is called, and how much of that a sentence has.
use super::likeness::{Likeness, TellingWord};
use super::words::{self, PartWord};
use crate::page::Claimable;

/// What a step or box is called.
#[derive(Debug)]
pub(super) struct PartName {
    pub(super) part: Claimable,
    /// The step itself, or that in which the box stands.
    pub(super) step: Option<u8>,
    pub(super) text: String,
    pub(super) words: Vec<NameWord>,
    /// The boxes that stand in it, where it is a step.
    pub(super) boxes: usize,
    /// All its words, also those that tell nothing, and those in brackets.
    pub(super) all: Vec<PartWord>,
}

#[derive(Debug)]
pub(super) struct NameWord {
    pub(super) word: TellingWord,
    /// The rarer a word is on its page, the more it tells.
    pub(super) weight: f32,
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
    /// How its words are there: as the least alike of them is.
    likeness: Option<Likeness>,
    /// Whether it is a step, and one of the boxes in it might be meant as well.
    pub(super) is_vague: bool,
}

impl Mention<'_> {
    /// Whether each of its words is there in the form that it has.
    pub(super) fn is_verbatim(&self) -> bool {
        self.is_whole() && self.likeness == Some(Likeness::Same)
    }

    /// Whether a word of it is there in another word that means the same.
    pub(super) fn is_by_meaning(&self) -> bool {
        self.likeness == Some(Likeness::Meaning)
    }

    /// Whether a word of it may be there in another word, which may as well be none of it.
    pub(super) fn is_nearly(&self) -> bool {
        self.likeness == Some(Likeness::Near)
    }

    /// Whether it has its words in more alike forms than another one.
    pub(super) fn is_more_alike(&self, other: &Self) -> bool {
        self.likeness > other.likeness
    }

    /// Whether a sentence says the contrary of it: "moved in" for "moved out".
    pub(super) fn is_opposed(&self, sentence: &[PartWord]) -> bool {
        words::are_opposed(&self.name.all, sentence)
    }

    /// Whether all of the name is there.
    pub(super) fn is_whole(&self) -> bool {
        self.share > 0.99
    }

    /// Whether it is a step in which boxes stand.
    pub(super) fn is_step_with_boxes(&self) -> bool {
        self.name.boxes > 0
    }

    /// Whether another one means more: it has all of these words, and others.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        other.own.len() > self.own.len() && self.own.iter().all(|at| other.own.contains(at))
    }
}

/// What stands between the things that a name lists.
const LISTS: [&str; 10] = [" and ", " en ", " und ", " et ", " y ", " e ", " & ", " + ", "/", ", "];

impl PartName {
    /// The name of a part, in these words.
    pub(super) fn new(part: Claimable, step: Option<u8>, boxes: usize, text: &str) -> Self {
        let mut items = vec![without_brackets(text)];
        for mark in LISTS {
            items = items
                .iter()
                .flat_map(|item| item.split(mark).map(str::to_owned))
                .collect();
        }
        let items = items.iter().enumerate();
        let words = items.flat_map(|(item, text)| {
            let words = TellingWord::all(text).into_iter();
            words.map(move |word| NameWord {
                word,
                weight: 1.0,
                item,
            })
        });
        let mut words: Vec<NameWord> = words.collect();
        // "The plaster is ready": that it is ready tells nothing of what; nor does the "no" of "No gas leak found".
        let tells = |name: &NameWord| !(name.word.word.says_done() || name.word.word.says_none());
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

    pub(super) fn is_box(&self) -> bool {
        matches!(self.part, Claimable::Box(_))
    }

    pub(super) fn mention(&self, sentence: &[TellingWord]) -> Mention<'_> {
        let how = |word: &NameWord| word.word.among(sentence);
        let weight = |words: &[&NameWord]| words.iter().map(|word| word.weight).sum::<f32>();
        // "There are nuts in it" is not what "No nuts in it" says.
        let is_contrary =
            self.all.iter().any(PartWord::says_none) && !sentence.iter().any(|said| said.word.says_none());
        let words = self.words.iter().filter(|_| !is_contrary);
        let there: Vec<(&NameWord, Likeness)> = words.filter_map(|word| Some((word, how(word)?))).collect();
        let has = |said: &TellingWord| there.iter().any(|(word, _)| said.likeness(&word.word).is_some());
        let is_own = |said: &TellingWord| {
            !said.word.says_done() && (self.all.iter().any(|own| own.is_like(&said.word)) || has(said))
        };
        let own = sentence.iter().enumerate().filter(|(_, said)| is_own(said));
        let own = own.map(|(at, _)| at).collect();
        let said: Vec<&NameWord> = there.iter().map(|(word, _)| *word).collect();
        let all: Vec<&NameWord> = self.words.iter().collect();
        Mention {
            name: self,
            share: weight(&said) / weight(&all),
            has_each: all.iter().all(|word| said.iter().any(|other| other.item == word.item)),
            own: if there.is_empty() { Vec::new() } else { own },
            likeness: there.iter().map(|(_, how)| *how).min(),
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
