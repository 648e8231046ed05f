//! The rule set: all rule files compiled into one lexicon and one list of patterns over its symbols.
use super::cause_words::CauseWords;
use super::kinds::Kinds;
use super::lexicon::{COMMON, KindSet, LANGUAGES, Lexicon};
use super::normalise::Emoji;
use super::pattern::{Pattern, PatternText};
use super::rule_file::{Cause, ClauseRule, Guard, Meanings, PatternList, RuleFault, RuleFile, Slot};
use super::structure::StructureTable;
use super::token::Token;
use crate::toml_fault;
use std::collections::{BTreeMap, HashMap};

/// Everything that the rule files say, compiled.
#[derive(Debug)]
pub(super) struct RuleSet {
    pub(super) lexicon: Lexicon,
    pub(super) cause_words: CauseWords,
    pub(super) kinds: Kinds,
    pub(super) emoji: Emoji,
    pub(super) groups: HashMap<String, KindSet>,
    /// Kinds by what their words say; for checks only.
    pub(super) meanings: Meanings,
    /// By rank, highest first; equal ranks in file order.
    pub(super) rules: Vec<ClauseRule>,
    pub(super) guards: Vec<Guard>,
    /// Guards that rules name together.
    pub(super) guard_lists: BTreeMap<String, Vec<String>>,
    pub(super) causes: Vec<Cause>,
    pub(super) slots: Vec<Slot>,
    pub(super) structures: StructureTable,
}

impl RuleSet {
    /// Reads and compiles the files; every fault of every file is told.
    pub(super) fn compile(files: &[(String, String)]) -> Result<Self, Vec<RuleFault>> {
        let mut faults = Vec::new();
        let mut parsed = Vec::new();
        for (name, text) in files {
            match toml::from_str::<RuleFile>(text) {
                Ok(file) => parsed.push((name.as_str(), file)),
                Err(error) => faults.push(RuleFault::new(
                    name,
                    None,
                    &toml_fault::in_words(text, &error),
                    "see config/README.md for the form of a rule file",
                )),
            }
        }
        let mut lexicon = Lexicon::new();
        let mut cause_words = CauseWords::default();
        let kinds = Kinds::declare(&mut lexicon.symbols);
        for (name, file) in &parsed {
            if let Err(what) = fill(&mut lexicon, &mut cause_words, &kinds, language_of(name), file) {
                faults.push(RuleFault::new(name, None, &what, "join two kinds of words into one"));
            }
        }
        lexicon.complete();
        let rule_set = collect(parsed, lexicon, cause_words, &kinds, &mut faults);
        if faults.is_empty() { Ok(rule_set) } else { Err(faults) }
    }

    /// Whether a slot's pattern fits.
    pub(super) fn fills(&self, slot: &str, text: &PatternText) -> bool {
        let mut slots = self.slots.iter().filter(|known| known.id == slot);
        slots.any(|slot| slot.pattern.fit(text))
    }

    /// A run of tokens as patterns read it.
    pub(super) fn text_of(&self, tokens: &[Token]) -> PatternText {
        PatternText::of_tokens(&self.lexicon.symbols, tokens)
    }
}

/// `en.toml` and `en-workshop.toml` hold English; whatever begins with no language is common to all.
pub(super) fn language_of(name: &str) -> usize {
    let file = name.rsplit('/').next().unwrap_or(name);
    let beginning = file.split(['-', '.']).next();
    LANGUAGES
        .iter()
        .position(|&language| Some(language) == beginning)
        .unwrap_or(COMMON)
}

pub(super) fn entries(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|entry| !entry.is_empty())
}

fn fill(
    lexicon: &mut Lexicon,
    cause_words: &mut CauseWords,
    kinds: &Kinds,
    language: usize,
    file: &RuleFile,
) -> Result<(), String> {
    let too_many = |kind: &str| format!("`{kind}` is one kind of word too many ({} at most)", KindSet::MOST);
    for (kind, list) in &file.cause_words {
        let bit = lexicon.symbols.declare(kind).ok_or_else(|| too_many(kind))?;
        for entry in entries(list) {
            cause_words.add(language, bit, entry);
        }
    }
    for (kind, list) in &file.words {
        let bit = if kind == "plain" {
            Some(KindSet::NONE)
        } else {
            lexicon.symbols.declare(kind)
        };
        let bit = bit.ok_or_else(|| too_many(kind))?;
        for entry in entries(list) {
            lexicon.add(language, bit, entry);
        }
    }
    let amounts = [
        (&file.numbers, kinds.bits.numword),
        (&file.ordinals, kinds.bits.ordword),
        (&file.minutes, kinds.bits.duration),
    ];
    for (list, bit) in amounts {
        for (amount, words) in list {
            for entry in entries(words) {
                lexicon.add_amount(language, bit, entry, *amount);
            }
        }
    }
    for name in file.emoji.keys() {
        let bit = lexicon
            .symbols
            .declare(name)
            .ok_or_else(|| format!("`{name}` is one kind of word too many"))?;
        lexicon.add(COMMON, bit, &format!("{{{name}}}"));
    }
    Ok(())
}

fn collect(
    parsed: Vec<(&str, RuleFile)>,
    lexicon: Lexicon,
    cause_words: CauseWords,
    kinds: &Kinds,
    faults: &mut Vec<RuleFault>,
) -> RuleSet {
    let mut rule_set = RuleSet {
        lexicon,
        cause_words,
        kinds: *kinds,
        emoji: Emoji::new(),
        groups: HashMap::new(),
        meanings: Meanings::default(),
        rules: Vec::new(),
        guards: Vec::new(),
        guard_lists: BTreeMap::new(),
        causes: Vec::new(),
        slots: Vec::new(),
        structures: StructureTable::default(),
    };
    let mut structures = None;
    for (name, file) in parsed {
        for (kind, list) in file.emoji {
            rule_set
                .emoji
                .extend(list.chars().filter(|c| !c.is_whitespace()).map(|c| (c, kind.clone())));
        }
        for (group, list) in file.groups {
            if rule_set.lexicon.symbols.bit(&group).is_some() {
                let what = format!("`{group}` is the name of a group and of a kind of words");
                faults.push(RuleFault::new(
                    name,
                    None,
                    &what,
                    "call the kind otherwise, or use one of the group",
                ));
            }
            match bits_of(&rule_set, &list) {
                Ok(bits) => {
                    let group = rule_set.groups.entry(group).or_default();
                    *group = *group | bits;
                }
                Err(what) => faults.push(RuleFault::new(name, None, &what, "name a kind that has words")),
            }
        }
        rule_set.meanings = file.meanings.unwrap_or(rule_set.meanings);
        rule_set.rules.extend(file.rule.into_iter().map(|rule| ClauseRule {
            file: name.to_owned(),
            ..rule
        }));
        rule_set.guards.extend(file.guard);
        rule_set.guard_lists.extend(file.guard_lists);
        rule_set.causes.extend(file.cause);
        rule_set.slots.extend(file.slot);
        structures = file.structure.map(|source| (name, source)).or(structures);
    }
    if let Some((name, source)) = structures {
        match source.compile(|list| bits_of(&rule_set, list)) {
            Ok(compiled) => rule_set.structures = compiled,
            Err(what) => faults.push(RuleFault::new(name, None, &what, "name a kind or group that has words")),
        }
    }
    rule_set.rules.sort_by_key(|rule| std::cmp::Reverse(rule.rank));
    tie_guards(&mut rule_set, faults);
    compile_patterns(&mut rule_set, faults);
    rule_set
}

pub(super) fn bits_of(rule_set: &RuleSet, list: &str) -> Result<KindSet, String> {
    entries(list).try_fold(KindSet::NONE, |bits, name| {
        let known = rule_set
            .lexicon
            .symbols
            .bit(name)
            .or_else(|| rule_set.groups.get(name).copied());
        known
            .map(|bit| bits | bit)
            .ok_or_else(|| format!("no kind of word is called `{name}`"))
    })
}

fn tie_guards(rule_set: &mut RuleSet, faults: &mut Vec<RuleFault>) {
    let RuleSet {
        rules,
        guards,
        guard_lists,
        ..
    } = rule_set;
    for rule in rules {
        let named = |name| guard_lists.get(name).map_or(std::slice::from_ref(name), Vec::as_slice);
        for name in rule.guards.iter().flat_map(named) {
            match guards.iter().position(|guard| guard.id == *name) {
                Some(at) => rule.guard_at.push(at),
                None => faults.push(RuleFault::new(
                    &rule.file,
                    Some(&rule.id),
                    &format!("no guard is called `{name}`"),
                    "add it, or take it out of `guards`",
                )),
            }
        }
    }
}

/// Compiles every pattern and tells the faulty ones.
fn compile_patterns(rule_set: &mut RuleSet, faults: &mut Vec<RuleFault>) {
    let mut rules = std::mem::take(&mut rule_set.rules);
    let mut guards = std::mem::take(&mut rule_set.guards);
    let mut causes = std::mem::take(&mut rule_set.causes);
    let mut slots = std::mem::take(&mut rule_set.slots);
    let of_rules = rules.iter_mut().map(|rule| (&rule.id, &mut rule.pattern));
    let of_guards = guards.iter_mut().map(|guard| (&guard.id, &mut guard.pattern));
    let of_causes = causes.iter_mut().map(|cause| (&cause.id, &mut cause.pattern));
    let of_slots = slots.iter_mut().map(|slot| (&slot.id, &mut slot.pattern));
    for (id, PatternList { sources, compiled }) in of_rules.chain(of_guards).chain(of_causes).chain(of_slots) {
        for source in sources {
            match Pattern::new(source, &|names| bits_of(rule_set, names)) {
                Ok(pattern) => compiled.push(pattern),
                Err(what) => faults.push(RuleFault::new(
                    "config/rules",
                    Some(id),
                    &what,
                    &format!("correct the pattern `{source}`"),
                )),
            }
        }
    }
    (rule_set.rules, rule_set.guards) = (rules, guards);
    (rule_set.causes, rule_set.slots) = (causes, slots);
}
