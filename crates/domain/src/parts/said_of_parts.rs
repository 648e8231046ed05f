//! What a comment says of parts by their names: what it claims is taken out of it, and what else it says is lent the part it names.
use super::part_name::Mention;
use super::part_names::{ENOUGH, NEARLY, PartNames};
use super::question_words;
use super::words::{self, PartWord};
use crate::asks::{Ear, sentences, ways_apart, without};
use crate::classify::{Ask, Certainty, Clause, Label, Predicate, Reading, Role, Structure, Tense, hash_of_words};
use crate::comment::CleanText;
use crate::page::Claimable;
use crate::quotations::unquoted;
use std::ops::Range;

/// Bytes of a comment that is looked through: what is longer was pasted.
pub(super) const LONGEST: usize = 2_000;
/// So many sentences are looked at, and no more.
const SENTENCES: usize = 12;
/// So many words a question has at least: "right?" is none.
const QUESTION: usize = 3;
/// So many other words a claim may have: "I signed the build this morning with the new certificate".
const BESIDE: usize = 4;
/// As [`BESIDE`], where it is asked whether it is one.
const BESIDE_DOUBT: usize = 2;
/// The chance from which on a sentence asks something of us and claims nothing.
const ASKS: f32 = 0.6;
/// The rule that a claim by the words of the page counts as.
pub(super) const RULE: &str = "own-words";

/// What a comment says of parts by their names.
#[derive(Debug, Default)]
pub struct SaidOfParts {
    /// The claims that are sure, in the comment's order.
    pub sure: Vec<Clause>,
    /// What is said not to be so.
    pub denied: Vec<Clause>,
    /// What may be a claim, where the comment says nothing else.
    pub doubtful: Vec<Clause>,
    /// What else the comment says than what is sure; `None`: all of it.
    pub rest: Option<CleanText>,
}

/// The claims in a comment that name parts by their own words.
pub fn said_of_parts(text: &CleanText, names: &PartNames, ear: Ear<'_>) -> SaidOfParts {
    if text.as_str().len() > LONGEST {
        return SaidOfParts::default();
    }
    let said = unquoted(text.as_str());
    let whole = said.as_str();
    // Most comments have no word of any name.
    if !names.speak_of(&words::telling(whole)) {
        return SaidOfParts::default();
    }
    let mut all = SaidOfParts::default();
    let mut taken: Vec<Range<usize>> = Vec::new();
    let sentences = sentences(whole);
    for sentence in sentences.iter().take(SENTENCES) {
        let is_open = is_open(&whole[sentence.clone()]);
        let asks = whole[sentence.clone()].trim_end().ends_with('?');
        // What is asked, or listed as open, may only be denied.
        if is_open && !asks && !words::all(&whole[sentence.clone()]).iter().any(PartWord::denies) {
            continue;
        }
        for (mut claim, place) in of_sentence(whole, sentence, names, ear) {
            // "The hotel is booked, can you check?" asks something else; "..., right?" does not.
            let is_doubtful = is_open && !(asks && stands_before_a_question(whole, sentence, &place));
            if is_doubtful || doubts(whole, sentence, &sentences, names) {
                claim.certainty = Certainty::Unsure;
            }
            match (claim.label, claim.certainty) {
                (Label::Completion, Certainty::Sure) => {
                    all.sure.push(claim);
                    taken.push(place);
                }
                (Label::Completion, _) if is_doubtful => {}
                (Label::Completion, _) => all.doubtful.push(claim),
                _ => {
                    all.denied.push(claim);
                    taken.push(place);
                }
            }
        }
    }
    all.rest = (!taken.is_empty()).then(|| CleanText::passed(without(text.as_str(), &taken)));
    all
}

/// Whether a sentence asks, or lists what is open.
fn is_open(sentence: &str) -> bool {
    sentence.trim_end().ends_with('?') || words::is_marked_open(sentence) || PartNames::asks_whether(sentence)
}

/// Whether the last part of a sentence is a question to us or to somebody: "..., @Bram can you check the date?"
fn asks_itself(whole: &str, sentence: &Range<usize>, part: &Range<usize>) -> bool {
    let said = whole[part.clone()].trim();
    let is_last = part.end == sentence.end && said.ends_with('?');
    is_last && (said.starts_with('@') || question_words::begins(said)) && words::all(said).len() >= QUESTION
}

/// Whether a statement is followed by a question of its own, in the same sentence.
fn stands_before_a_question(whole: &str, sentence: &Range<usize>, place: &Range<usize>) -> bool {
    let statement = &whole[place.clone()];
    let question = words::all(&whole[place.end..sentence.end]);
    !words::is_marked_open(&whole[sentence.clone()])
        && !PartNames::asks_whether(&whole[sentence.start..place.end])
        && !question_words::asks(statement)
        && question.len() >= QUESTION
}

/// Whether another sentence takes something from what this one claims: "Just kidding." What it says of another part does not.
fn doubts(whole: &str, sentence: &Range<usize>, all: &[Range<usize>], names: &PartNames) -> bool {
    let takes = |other: &Range<usize>| {
        let words = words::telling(&whole[other.clone()]);
        // "What is missing?" asks us something.
        let is_question =
            whole[other.clone()].trim_end().ends_with('?') && question_words::begins(&whole[other.clone()]);
        !is_question && words.iter().any(PartWord::is_reserve) && names.mentioned(&words).is_empty()
    };
    all.iter().take(SENTENCES).filter(|other| *other != sentence).any(takes)
}

/// The claims of a sentence, each with its place: of all of it, else of its parts.
fn of_sentence(whole: &str, sentence: &Range<usize>, names: &PartNames, ear: Ear<'_>) -> Vec<(Clause, Range<usize>)> {
    for parts in ways_apart(whole, sentence) {
        let (mut claims, mut others) = (Vec::new(), Vec::new());
        for part in parts {
            match said(&whole[part.clone()], names, ear) {
                Some(said) => claims.push((said, part)),
                None => others.push(part),
            }
        }
        let said = &whole[sentence.clone()];
        let is_contrast = words::all(said).iter().any(PartWord::limits);
        for (claim, place) in claims.iter_mut().filter(|(claim, _)| claim.label == Label::Completion) {
            // "Remaining: the oven is ordered"; "I want the oven ordered", where "want" tells no reason.
            let before = &whole[sentence.start..place.start];
            let is_led = before.ends_with(": ") || before.ends_with(" want ") && words::all(before).len() <= 3;
            let is_unclear = |part: &Range<usize>| {
                let names_none = || names.mentioned(&words::telling(&whole[part.clone()])).is_empty();
                let is_question = asks_itself(whole, sentence, part);
                !is_question && (limits(&whole[part.clone()], claim, names) || is_contrast && names_none())
            };
            if is_led || others.iter().any(is_unclear) {
                claim.certainty = Certainty::Unsure;
            }
        }
        if !claims.is_empty() {
            return claims;
        }
    }
    Vec::new()
}

/// Whether a part of a sentence takes something from what is claimed beside it: "the deposit only when my salary is in". What it says of
/// another box does not.
fn limits(said: &str, claim: &Clause, names: &PartNames) -> bool {
    let words = words::telling(said);
    let is_of_claim = || {
        let own = names.all_words(claim);
        own.iter().any(|word| words.iter().any(|said| said.is_like(word)))
    };
    words.iter().any(PartWord::is_reserve) && (is_of_claim() || names.mentioned(&words).is_empty())
}

/// What a part of a sentence says of the parts of the page that it names.
fn said(said: &str, names: &PartNames, ear: Ear<'_>) -> Option<Clause> {
    let saying = PartSaying::of(said, names, ear)?;
    if saying.denies() {
        return Some(saying.clause(Label::Progress, Role::Denied, Certainty::Sure));
    }
    let certainty = saying.claims(ear)?;
    Some(saying.clause(Label::Completion, Role::Report, certainty))
}

/// A part of a sentence that names parts of the page.
struct PartSaying<'s> {
    said: &'s str,
    all: Vec<PartWord>,
    mentions: Vec<Mention<'s>>,
    /// The telling words that belong to none of the names.
    others: Vec<PartWord>,
    reading: Reading,
    structures: Vec<Structure>,
}

impl<'s> PartSaying<'s> {
    fn of(said: &'s str, names: &'s PartNames, ear: Ear<'_>) -> Option<Self> {
        let words = words::telling(said);
        let mentions = names.mentioned(&words);
        // "Everything under Food is done" says it of the part of that name, and not of the item.
        let is_of_steps = mentions
            .iter()
            .all(|mention| mention.is_step_with_boxes() && mention.is_whole());
        let is_own =
            |at: usize| mentions.iter().any(|mention| mention.own.contains(&at)) || is_of_steps && words[at].says_all();
        let others: Vec<PartWord> = words
            .iter()
            .enumerate()
            .filter(|(at, _)| !is_own(*at))
            .map(|(_, word)| word.clone())
            .collect();
        let beside = others.iter().filter(|word| !word.says_done()).count();
        if mentions.is_empty()
            || beside > BESIDE
            || mentions
                .iter()
                .any(|mention| !mention.has_each || mention.share < ENOUGH)
        {
            return None;
        }
        let all = words::all(said);
        if mentions.iter().any(|mention| mention.is_opposed(&all)) {
            return None;
        }
        let text = CleanText::passed(said.to_owned());
        let (reading, structures) = ear.classifier.read_with_structures(&text, ear.context);
        let is_of_item = reading.all_done && !is_of_steps;
        if reading.to_somebody || is_of_item || !reading.steps.is_empty() {
            return None;
        }
        Some(Self {
            said,
            all,
            mentions,
            others,
            reading,
            structures,
        })
    }

    /// How the names themselves read.
    fn of_names(&self, ear: Ear<'_>) -> impl Iterator<Item = Reading> {
        let names = self.mentions.iter().map(|mention| &mention.name.text);
        names.map(move |name| ear.classifier.read(&CleanText::passed(name.clone()), ear.context))
    }

    /// How sure it is that it claims what it names; `None`: it claims nothing.
    fn claims(&self, ear: Ear<'_>) -> Option<Certainty> {
        let others = self.others.iter();
        let has_reserve = others.clone().any(PartWord::is_reserve) || words::count_a_part(&self.all);
        let wants_tick = others.clone().any(PartWord::asks_for_tick);
        let says_done = others.clone().any(PartWord::says_done);
        let beside = others.clone().filter(|word| !word.says_done()).count();
        let how = words::telling_but_how(self.said);
        let tells = |word: &&PartWord| !word.says_done() && how.iter().any(|other| other.is_same(word));
        let unclear = others.filter(tells).count();
        let clauses = &self.reading.clauses;
        // Words that are all the page's own say no more than the page: "the branch is frozen".
        let is_own = |clause: &Clause| unclear == 0 && clause.label == Label::Blocker;
        let says_itself = |clause: &Clause| self.of_names(ear).any(|own| has_alike(&own, clause));
        let is_against = |clause: &Clause| denies(clause, wants_tick) && !is_own(clause) && !says_itself(clause);
        let telling = words::telling(self.said);
        let goes_on = |mention: &Mention<'_>| {
            let mut own = mention.own.iter().filter_map(|at| telling.get(*at));
            own.any(|word| mention.name.all.iter().any(|own| word.goes_on(own)))
        };
        if has_reserve
            || clauses.iter().any(is_against)
            || self.mentions.iter().any(goes_on)
            || beside > 0 && asks(self.said, ear)
        {
            return None;
        }
        let is_whole = self.mentions.iter().all(Mention::is_whole);
        let is_near = says_done && self.mentions.iter().all(|mention| mention.share >= NEARLY);
        let is_clear = self.mentions.iter().all(|mention| !mention.is_vague) && !self.all.iter().any(PartWord::is_day);
        let is_stated = says_done || self.is_stated(ear);
        // What stands beside may say anything: "fully", "incorrectly", "by the neighbours".
        // In other words than the page's all of it must be said, and nothing else.
        let is_translated = self.mentions.iter().any(Mention::is_by_meaning);
        let is_said = if self.mentions.iter().any(Mention::is_nearly) {
            false
        } else if is_translated {
            is_whole && beside == 0
        } else {
            is_whole || wants_tick || is_near
        };
        if is_stated && is_clear && unclear == 0 && is_said {
            return Some(Certainty::Sure);
        }
        let may_be = is_stated || is_whole && beside == 0;
        (may_be && beside <= BESIDE_DOUBT).then_some(Certainty::Unsure)
    }

    /// Whether it says that what it names is so, and does not only name it: a box may say "Sign the build".
    fn is_stated(&self, ear: Ear<'_>) -> bool {
        let clauses = &self.reading.clauses;
        let is_finish = |clause: &Clause| clause.label == Label::Completion && clause.certainty == Certainty::Sure;
        let is_told = clauses.iter().any(|clause| is_finish(clause) && !clause.guessed);
        let mut structures = self.structures.iter().copied();
        // "No alarm for an hour" says by itself that there was none.
        let is_of_name =
            |mention: &Mention<'_>| mention.is_whole() && mention.name.all.iter().any(PartWord::is_reserve);
        // "Garage locked" for "Lock the garage".
        let is_done =
            |mention: &Mention<'_>| mention.is_whole() && !mention.name.all.iter().any(PartWord::is_participle);
        is_told
            || self.all.iter().any(PartWord::is_participle) && self.mentions.iter().all(is_done)
            || self.all.iter().any(PartWord::states)
            || structures.any(has_happened)
            || self.mentions.iter().all(Mention::is_verbatim) && self.of_names(ear).all(|name| says_finish(&name))
            || self.mentions.iter().all(is_of_name)
    }

    /// Whether it says that what it names is not so.
    fn denies(&self) -> bool {
        let is_denial = |word: &&PartWord| word.denies();
        let is_plain = |word: &PartWord| !word.is_reserve() || word.denies() || word.is_beside_denial();
        // What else it tells may be why: that is read by itself.
        let tells = |word: &&PartWord| !(word.denies() || word.is_beside_denial());
        let is_short = self.others.iter().filter(tells).count() <= 1;
        let negated = self.others.iter().filter(is_denial).count() == 1;
        let clauses = &self.reading.clauses;
        let is_other = |clause: &Clause| matches!(clause.label, Label::Question | Label::KeyReport);
        // "The changelog isn't": nothing else may be meant.
        let says_only_that = self.others.iter().all(|word| !tells(&word));
        let least = if says_only_that { ENOUGH } else { NEARLY };
        (negated && is_short)
            && self.mentions.len() == 1
            && self.others.iter().all(is_plain)
            && self.all.iter().any(|word| word.states() || word.is_denied_state())
            && self
                .mentions
                .iter()
                .all(|mention| mention.share >= least && !mention.is_nearly())
            && !clauses.iter().any(is_other)
    }

    fn clause(&self, label: Label, role: Role, certainty: Certainty) -> Clause {
        let mut clause = Clause {
            label,
            steps: Vec::new(),
            boxes: Vec::new(),
            role,
            certainty,
            keys: Vec::new(),
            rules: vec![RULE.to_owned()],
            no_such_step: None,
            guessed: false,
            hash: hash_of_words(self.said),
        };
        for name in self.mentions.iter().map(|mention| mention.name) {
            match &name.part {
                Claimable::Step(step) => clause.steps.push(*step),
                Claimable::Box(block) => {
                    clause.boxes.push(block.clone());
                    // Of a box its finish is no finish of its step.
                    clause.steps.extend(name.step.filter(|_| label != Label::Completion));
                }
                Claimable::All => {}
            }
        }
        clause.steps.sort_unstable();
        clause.steps.dedup();
        clause
    }
}

/// Whether what a clause says came about, as its structure tells.
fn has_happened(structure: Structure) -> bool {
    let is_plain = !structure.negated && matches!(structure.tense, Tense::Past | Tense::Now);
    is_plain && (structure.tense == Tense::Past || structure.predicate == Predicate::Finish)
}

fn says_finish(reading: &Reading) -> bool {
    let mut clauses = reading.clauses.iter();
    clauses.any(|clause| clause.label == Label::Completion || clause.resolves())
}

/// Whether a rule reads in a clause that it is not so, or not yet.
fn denies(clause: &Clause, wants_tick: bool) -> bool {
    let is_against = match clause.label {
        Label::Completion => clause.certainty != Certainty::Sure,
        Label::Progress => {
            let is_ahead =
                clause.role.is_open() || matches!(clause.role, Role::Plan | Role::Doubt | Role::Start | Role::SetAside);
            is_ahead || clause.certainty == Certainty::Hedged
        }
        Label::Chatter => false,
        // "Tick the build off, please" asks for no more than that.
        Label::Question => !wants_tick,
        Label::Blocker | Label::Correction | Label::KeyReport => true,
    };
    is_against && !clause.guessed
}

/// Whether a name says itself what a clause does, so that it is no word against it: "Nobody works on main any more".
fn has_alike(name: &Reading, clause: &Clause) -> bool {
    let mut own = name.clauses.iter();
    own.any(|own| own.label == clause.label && own.role == clause.role)
}

/// Whether a sentence rather asks something of us.
fn asks(said: &str, ear: Ear<'_>) -> bool {
    let is_talk = |ask: Ask| matches!(ask, Ask::Chat | Ask::Dispute | Ask::Misread);
    let ask = ear.classifier.ask(said);
    ask.is_some_and(|opinion| opinion.chance >= ASKS && !is_talk(opinion.ask))
}
