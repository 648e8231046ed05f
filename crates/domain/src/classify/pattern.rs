//! Patterns: regular expressions whose letters are words. Each is a Glushkov automaton, one bit for each position in it,
//! so a clause is read in one pass whatever it says, and a pattern is skipped at once if a kind that it needs is absent.
use super::lexicon::{KindSet, SymbolTable};
use super::symbols::bits;
use super::token::Token;

/// A run of words as patterns read it: the kinds of each are a letter, and so are the two ends.
#[derive(Clone, Debug, Default)]
pub(super) struct PatternText {
    letters: Vec<KindSet>,
    /// All kinds together.
    all: KindSet,
}

impl PatternText {
    /// Words of these kinds.
    pub(super) fn of_kinds(kinds: impl Iterator<Item = KindSet>) -> Self {
        let mut letters = Vec::with_capacity(kinds.size_hint().0 + 2);
        letters.push(KindSet::START);
        letters.extend(kinds);
        letters.push(KindSet::END);
        let all = letters.iter().fold(KindSet::NONE, |all, &kinds| all | kinds);
        Self { letters, all }
    }

    /// The words of a run of tokens.
    pub(super) fn of_tokens(symbols: &SymbolTable, tokens: &[Token]) -> Self {
        Self::of_kinds(tokens.iter().map(|token| symbols.set(token.symbol)))
    }
}

/// The letters that a position of a pattern accepts: those with one of the kinds, or those with none of them.
#[derive(Clone, Copy, Debug)]
struct LetterClass {
    kinds: KindSet,
    negated: bool,
}

impl LetterClass {
    fn of(kinds: KindSet) -> PatternNode {
        PatternNode::Single(Self { kinds, negated: false })
    }

    /// A word that has none of the kinds; the ends of the text are no words.
    fn word_not_of(kinds: KindSet) -> PatternNode {
        PatternNode::Single(Self {
            kinds: kinds | KindSet::START | KindSet::END,
            negated: true,
        })
    }

    fn accepts(self, letter: KindSet) -> bool {
        letter.meets(self.kinds) != self.negated
    }

    /// The kinds of which a letter that it accepts has one, if it must have any.
    fn kinds_accepted(self) -> Option<KindSet> {
        (!self.negated).then_some(self.kinds)
    }

    /// The kinds of which a text must have one, if a word of it must.
    fn needs(self) -> Option<KindSet> {
        (!self.negated && !self.kinds.meets(KindSet::START | KindSet::END)).then_some(self.kinds)
    }
}

/// A pattern as parsed, before its positions are numbered.
#[derive(Clone, Debug)]
enum PatternNode {
    Single(LetterClass),
    Sequence(Vec<PatternNode>),
    Alternatives(Vec<PatternNode>),
    /// At least so often; at most so often, or without end.
    Repeat(Box<PatternNode>, usize, Option<usize>),
}

/// A compiled pattern: sets of positions as bits.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    positions: Vec<LetterClass>,
    follow: Vec<u128>,
    first: u128,
    /// Those of the first positions that do not stand at the start of the text.
    inner: u128,
    /// Kinds of which a word must have one for one of these to take it; `None` if a word without any may do.
    opens: Option<KindSet>,
    last: u128,
    /// Kinds of which the text must have one each. Two rule out nearly all patterns, and lie beside each other in memory.
    needs: [KindSet; 2],
}

/// More positions than this a pattern cannot have.
const MOST_POSITIONS: usize = 128;

impl Pattern {
    /// Compiles a pattern; `kinds_of` knows the names.
    pub(super) fn new(source: &str, kinds_of: &dyn Fn(&str) -> Result<KindSet, String>) -> Result<Self, String> {
        let mut parser = PatternParser {
            rest: source,
            kinds_of,
            depth: 0,
        };
        let node = parser.alternatives()?;
        if !parser.rest.trim_start().is_empty() {
            return Err(format!("`{}` cannot follow", parser.rest.trim()));
        }
        // The sets of fewest kinds rule out most.
        let mut needs = needs(&node);
        needs.sort_by_key(KindSet::len);
        let mut pattern = Self {
            positions: Vec::new(),
            follow: Vec::new(),
            first: 0,
            inner: 0,
            opens: None,
            last: 0,
            needs: [0, 1].map(|at| needs.get(at).copied().unwrap_or(KindSet::START)),
        };
        let sets = pattern.add_node(&node)?;
        if sets.nullable {
            return Err("it fits an empty text".to_owned());
        }
        pattern.first = sets.first;
        pattern.inner = bits(sets.first)
            .filter(|&at| !pattern.positions[at].accepts(KindSet::START))
            .fold(0, |set, at| set | 1 << at);
        let mut openings = bits(pattern.inner).map(|at| pattern.positions[at].kinds_accepted());
        pattern.opens = openings.try_fold(KindSet::NONE, |all, kinds| Some(all | kinds?));
        pattern.last = sets.last;
        Ok(pattern)
    }

    /// Whether it fits somewhere.
    #[inline]
    pub(super) fn fits(&self, text: &PatternText) -> bool {
        self.needs.iter().all(|&kinds| text.all.meets(kinds)) && self.runs(&text.letters)
    }

    #[inline(never)]
    fn runs(&self, letters: &[KindSet]) -> bool {
        let mut first = self.first;
        let mut active = 0u128;
        for &letter in letters {
            if active == 0 && first == self.inner && self.opens.is_some_and(|opens| !letter.meets(opens)) {
                continue;
            }
            let next = bits(active).fold(first, |next, position| next | self.follow[position]);
            if next == 0 {
                return false;
            }
            first = self.inner;
            active = bits(next)
                .filter(|&position| self.positions[position].accepts(letter))
                .fold(0, |set, position| set | 1 << position);
            if active & self.last != 0 {
                return true;
            }
        }
        false
    }

    /// Numbers a node's positions and tells which follow which; returns those at its ends.
    fn add_node(&mut self, node: &PatternNode) -> Result<PositionSets, String> {
        match node {
            PatternNode::Single(position) => {
                let at = self.positions.len();
                if at == MOST_POSITIONS {
                    return Err(format!("it has more than {MOST_POSITIONS} positions"));
                }
                self.positions.push(*position);
                self.follow.push(0);
                Ok(PositionSets {
                    first: 1 << at,
                    last: 1 << at,
                    nullable: false,
                })
            }
            PatternNode::Sequence(nodes) => nodes.iter().try_fold(PositionSets::EMPTY, |before, node| {
                let after = self.add_node(node)?;
                Ok(self.concatenate(before, after))
            }),
            PatternNode::Alternatives(nodes) => nodes.iter().try_fold(PositionSets::NONE, |all, node| {
                let one = self.add_node(node)?;
                Ok(PositionSets {
                    first: all.first | one.first,
                    last: all.last | one.last,
                    nullable: all.nullable || one.nullable,
                })
            }),
            PatternNode::Repeat(node, least, most) => self.add_repeat(node, *least, *most),
        }
    }

    fn add_repeat(&mut self, node: &PatternNode, least: usize, most: Option<usize>) -> Result<PositionSets, String> {
        let mut sets = PositionSets::EMPTY;
        for time in 0..most.unwrap_or(least.max(1)) {
            let mut next = self.add_node(node)?;
            next.nullable |= time >= least;
            if most.is_none() && time + 1 == least.max(1) {
                self.add_follow(next.last, next.first);
            }
            sets = self.concatenate(sets, next);
        }
        Ok(sets)
    }

    fn concatenate(&mut self, before: PositionSets, after: PositionSets) -> PositionSets {
        self.add_follow(before.last, after.first);
        PositionSets {
            first: before.first | if before.nullable { after.first } else { 0 },
            last: after.last | if after.nullable { before.last } else { 0 },
            nullable: before.nullable && after.nullable,
        }
    }

    fn add_follow(&mut self, from: u128, to: u128) {
        for position in bits(from) {
            self.follow[position] |= to;
        }
    }
}

/// The positions that can come first and last in a node, and whether the node may be left out.
#[derive(Clone, Copy)]
struct PositionSets {
    first: u128,
    last: u128,
    nullable: bool,
}

impl PositionSets {
    /// Of a node that is no alternative at all.
    const NONE: Self = Self {
        first: 0,
        last: 0,
        nullable: false,
    };
    /// Of a node that takes no word.
    const EMPTY: Self = Self {
        nullable: true,
        ..Self::NONE
    };
}

/// Kinds of which a fitting text must have one each.
fn needs(node: &PatternNode) -> Vec<KindSet> {
    match node {
        PatternNode::Single(class) => class.needs().into_iter().collect(),
        PatternNode::Repeat(_, 0, _) => Vec::new(),
        PatternNode::Sequence(nodes) => nodes.iter().flat_map(needs).collect(),
        PatternNode::Alternatives(nodes) => {
            let mut firsts = nodes.iter().map(|node| needs(node).first().copied());
            let union = firsts.try_fold(KindSet::NONE, |all, kinds| Some(all | kinds?));
            union.into_iter().collect()
        }
        PatternNode::Repeat(node, _, _) => needs(node),
    }
}

struct PatternParser<'a> {
    rest: &'a str,
    kinds_of: &'a dyn Fn(&str) -> Result<KindSet, String>,
    depth: usize,
}

impl PatternParser<'_> {
    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start();
        self.rest.chars().next()
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.rest = &self.rest[wanted.len_utf8()..];
        }
        found
    }

    fn alternatives(&mut self) -> Result<PatternNode, String> {
        self.depth += 1;
        if self.depth > 16 {
            return Err("it is nested too deep".to_owned());
        }
        let mut branches = vec![self.sequence()?];
        while self.eat('|') {
            branches.push(self.sequence()?);
        }
        self.depth -= 1;
        Ok(if branches.len() == 1 {
            branches.remove(0)
        } else {
            PatternNode::Alternatives(branches)
        })
    }

    fn sequence(&mut self) -> Result<PatternNode, String> {
        let mut nodes = Vec::new();
        while let Some(next) = self.peek() {
            if matches!(next, '|' | ')') {
                break;
            }
            let node = self.atom()?;
            nodes.push(self.repeated(node)?);
        }
        Ok(PatternNode::Sequence(nodes))
    }

    fn atom(&mut self) -> Result<PatternNode, String> {
        let letter = self.peek().unwrap_or(' ');
        self.rest = self.rest.get(letter.len_utf8()..).unwrap_or_default();
        match letter {
            '.' => Ok(LetterClass::word_not_of(KindSet::NONE)),
            '^' => Ok(LetterClass::of(KindSet::START)),
            '$' => Ok(LetterClass::of(KindSet::END)),
            '(' => {
                let inner = self.alternatives()?;
                if self.eat(')') {
                    Ok(inner)
                } else {
                    Err("a `(` has no `)`".to_owned())
                }
            }
            '<' => {
                let (name, after) = self.rest.split_once('>').ok_or_else(|| "a `<` has no `>`".to_owned())?;
                self.rest = after;
                let negated = name.strip_prefix('!');
                let kinds = (self.kinds_of)(&negated.unwrap_or(name).replace('|', ","))?;
                Ok(if negated.is_some() {
                    LetterClass::word_not_of(kinds)
                } else {
                    LetterClass::of(kinds)
                })
            }
            other => Err(format!("`{other}` is no part of a pattern")),
        }
    }

    fn repeated(&mut self, node: PatternNode) -> Result<PatternNode, String> {
        let repeat = |least, most| Ok(PatternNode::Repeat(Box::new(node.clone()), least, most));
        if self.eat('*') {
            repeat(0, None)
        } else if self.eat('+') {
            repeat(1, None)
        } else if self.eat('?') {
            repeat(0, Some(1))
        } else if self.eat('{') {
            let (counts, after) = self.rest.split_once('}').ok_or_else(|| "a `{` has no `}`".to_owned())?;
            self.rest = after;
            let (least, most) = counts.split_once(',').unwrap_or((counts, counts));
            let number = |text: &str| text.trim().parse().map_err(|_| format!("`{{{counts}}}` is no count"));
            let unlimited = most.trim().is_empty();
            repeat(number(least)?, if unlimited { None } else { Some(number(most)?) })
        } else {
            Ok(node)
        }
    }
}
