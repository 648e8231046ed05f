//! Patterns: regular expressions whose letters are words. Each is an automaton with one bit for each place in it,
//! so a clause is read in one pass whatever it says, and a pattern is skipped at once if a kind that it needs is absent.
use super::lexicon::KindSet;

/// What stands between two marks of the text: a word's kinds, or one of its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Letter {
    /// Before the first word.
    Start,
    /// A word of these kinds.
    Word(KindSet),
    /// After the last word.
    End,
}

/// What a place in a pattern takes.
#[derive(Clone, Copy, Debug)]
enum Place {
    Start,
    End,
    Any,
    Of(KindSet),
    NotOf(KindSet),
}

impl Place {
    fn takes(self, letter: Letter) -> bool {
        match (self, letter) {
            (Self::Start, Letter::Start) | (Self::End, Letter::End) | (Self::Any, Letter::Word(_)) => true,
            (Self::Of(kinds), Letter::Word(word)) => word.meets(kinds),
            (Self::NotOf(kinds), Letter::Word(word)) => !word.meets(kinds),
            _ => false,
        }
    }
}

/// A pattern as parsed.
#[derive(Clone, Debug)]
enum Node {
    One(Place),
    Row(Vec<Node>),
    Either(Vec<Node>),
    /// At least so often; at most so often, or without end.
    Repeat(Box<Node>, usize, Option<usize>),
}

/// A compiled pattern: places as bits.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    places: Vec<Place>,
    follow: Vec<u128>,
    first: u128,
    last: u128,
    /// Kinds of which the text must have one each; two tell nearly all, and lie where the look at a pattern starts.
    needs: [KindSet; 2],
}

/// More places than this a pattern cannot have.
const MOST_PLACES: usize = 128;

impl Pattern {
    /// Compiles a pattern; `kinds_of` knows the names.
    pub(super) fn new(source: &str, kinds_of: &dyn Fn(&str) -> Result<KindSet, String>) -> Result<Self, String> {
        let mut parser = Parser {
            rest: source,
            kinds_of,
            depth: 0,
        };
        let node = parser.either()?;
        if !parser.rest.trim_start().is_empty() {
            return Err(format!("`{}` cannot follow", parser.rest.trim()));
        }
        let mut pattern = Self {
            places: Vec::new(),
            follow: Vec::new(),
            first: 0,
            last: 0,
            needs: first_two(&needs(&node)),
        };
        let ends = pattern.lay(&node)?;
        if ends.empty {
            return Err("it fits an empty text".to_owned());
        }
        pattern.first = ends.first;
        pattern.last = ends.last;
        Ok(pattern)
    }

    /// Whether it fits somewhere; `all` are the kinds of all words together.
    pub(super) fn fits(&self, letters: &[Letter], all: KindSet) -> bool {
        self.needs
            .iter()
            .all(|&kinds| kinds == KindSet::NONE || all.meets(kinds))
            && self.runs(letters)
    }

    fn runs(&self, letters: &[Letter]) -> bool {
        let mut active = 0u128;
        for &letter in letters {
            let mut next = self.first;
            for place in bits(active) {
                next |= self.follow[place];
            }
            active = bits(next)
                .filter(|&place| self.places[place].takes(letter))
                .fold(0, |set, place| set | 1 << place);
            if active & self.last != 0 {
                return true;
            }
        }
        false
    }

    /// Lays a node's places out and ties them; gives the places at its ends.
    fn lay(&mut self, node: &Node) -> Result<Ends, String> {
        match node {
            Node::One(place) => {
                let at = self.places.len();
                if at == MOST_PLACES {
                    return Err(format!("it has more than {MOST_PLACES} places"));
                }
                self.places.push(*place);
                self.follow.push(0);
                Ok(Ends {
                    first: 1 << at,
                    last: 1 << at,
                    empty: false,
                })
            }
            Node::Row(nodes) => {
                let mut row = Ends {
                    first: 0,
                    last: 0,
                    empty: true,
                };
                for node in nodes {
                    let next = self.lay(node)?;
                    row = self.tie(row, next);
                }
                Ok(row)
            }
            Node::Either(nodes) => {
                let mut either = Ends {
                    first: 0,
                    last: 0,
                    empty: false,
                };
                for node in nodes {
                    let next = self.lay(node)?;
                    either = Ends {
                        first: either.first | next.first,
                        last: either.last | next.last,
                        empty: either.empty || next.empty,
                    };
                }
                Ok(either)
            }
            Node::Repeat(node, least, most) => self.lay_repeat(node, *least, *most),
        }
    }

    fn lay_repeat(&mut self, node: &Node, least: usize, most: Option<usize>) -> Result<Ends, String> {
        let mut row = Ends {
            first: 0,
            last: 0,
            empty: true,
        };
        for time in 0..most.unwrap_or(least.max(1)) {
            let mut next = self.lay(node)?;
            next.empty |= time >= least;
            if most.is_none() && time + 1 == least.max(1) {
                self.tie_follow(next.last, next.first);
            }
            row = self.tie(row, next);
        }
        Ok(row)
    }

    fn tie(&mut self, before: Ends, after: Ends) -> Ends {
        self.tie_follow(before.last, after.first);
        Ends {
            first: before.first | if before.empty { after.first } else { 0 },
            last: after.last | if after.empty { before.last } else { 0 },
            empty: before.empty && after.empty,
        }
    }

    fn tie_follow(&mut self, from: u128, to: u128) {
        for place in bits(from) {
            self.follow[place] |= to;
        }
    }
}

/// The places at both ends of a part, and whether the part may be left out.
#[derive(Clone, Copy)]
struct Ends {
    first: u128,
    last: u128,
    empty: bool,
}

fn bits(mut set: u128) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lowest = (set != 0).then(|| set.trailing_zeros() as usize);
        set &= set.wrapping_sub(1);
        lowest
    })
}

fn first_two(needs: &[KindSet]) -> [KindSet; 2] {
    let need = |at: usize| needs.get(at).copied().unwrap_or_default();
    [need(0), need(1)]
}

/// Kinds of which a fitting text must have one each.
fn needs(node: &Node) -> Vec<KindSet> {
    match node {
        Node::One(Place::Of(kinds)) => vec![*kinds],
        Node::One(Place::Start | Place::End | Place::Any | Place::NotOf(_)) | Node::Repeat(_, 0, _) => Vec::new(),
        Node::Row(nodes) => nodes.iter().flat_map(needs).collect(),
        Node::Either(nodes) => {
            let firsts: Option<Vec<KindSet>> = nodes.iter().map(|node| needs(node).first().copied()).collect();
            firsts
                .map(|firsts| firsts.into_iter().fold(KindSet::NONE, |all, kinds| all | kinds))
                .into_iter()
                .collect()
        }
        Node::Repeat(node, _, _) => needs(node),
    }
}

struct Parser<'a> {
    rest: &'a str,
    kinds_of: &'a dyn Fn(&str) -> Result<KindSet, String>,
    depth: usize,
}

impl Parser<'_> {
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

    fn either(&mut self) -> Result<Node, String> {
        self.depth += 1;
        if self.depth > 16 {
            return Err("it is nested too deep".to_owned());
        }
        let mut branches = vec![self.row()?];
        while self.eat('|') {
            branches.push(self.row()?);
        }
        self.depth -= 1;
        Ok(if branches.len() == 1 {
            branches.remove(0)
        } else {
            Node::Either(branches)
        })
    }

    fn row(&mut self) -> Result<Node, String> {
        let mut nodes = Vec::new();
        while let Some(next) = self.peek() {
            if matches!(next, '|' | ')') {
                break;
            }
            let node = self.atom()?;
            nodes.push(self.repeated(node)?);
        }
        Ok(Node::Row(nodes))
    }

    fn atom(&mut self) -> Result<Node, String> {
        let letter = self.peek().unwrap_or(' ');
        self.rest = self.rest.get(letter.len_utf8()..).unwrap_or_default();
        match letter {
            '.' => Ok(Node::One(Place::Any)),
            '^' => Ok(Node::One(Place::Start)),
            '$' => Ok(Node::One(Place::End)),
            '(' => {
                let inner = self.either()?;
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
                Ok(Node::One(if negated.is_some() {
                    Place::NotOf(kinds)
                } else {
                    Place::Of(kinds)
                }))
            }
            other => Err(format!("`{other}` is no part of a pattern")),
        }
    }

    fn repeated(&mut self, node: Node) -> Result<Node, String> {
        let repeat = |least, most| Ok(Node::Repeat(Box::new(node.clone()), least, most));
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
            let least = least
                .trim()
                .parse()
                .map_err(|_| format!("`{{{counts}}}` is no count"))?;
            let most = if most.trim().is_empty() {
                None
            } else {
                Some(most.trim().parse().map_err(|_| format!("`{{{counts}}}` is no count"))?)
            };
            repeat(least, most)
        } else {
            Ok(node)
        }
    }
}
