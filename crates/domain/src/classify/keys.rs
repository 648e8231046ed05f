//! Keys by name: a service beside a word for key, a word for rotation or in a list; or a variable's own name.
use super::grammar::Grammar;
use super::lexicon::KindSet;
use super::token::{Token, TokenValue};

/// A key as people name it. Which keys there are is data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyName {
    /// The name of its variable in `.env`.
    pub variable: String,
    /// What people call its service, folded: `notion`, `hugging face`.
    pub services: Vec<String>,
    /// Whether it is the secret half of a pair: named by "secret", "pair" or a plural, not by "key".
    pub secret_half: bool,
}

/// The keys that comments may name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyNames {
    names: Vec<KeyName>,
    /// The first letters of all that they are called, as bits: most words begin with none of them.
    initials: u128,
}

impl KeyNames {
    /// Names as `config/providers.toml` gives them; at most 64 count.
    pub fn new(mut names: Vec<KeyName>) -> Self {
        names.truncate(64);
        for name in &mut names {
            for service in &mut name.services {
                service.make_ascii_lowercase();
            }
        }
        let called = |name: &KeyName| name.services.iter().chain([&name.variable]).fold(0, initials_with);
        let initials = names.iter().map(called).fold(0, |all, some| all | some);
        Self { names, initials }
    }

    /// Whether a word that begins so can name one of them.
    fn may_begin(&self, word: &str) -> bool {
        self.initials & initials_with(0, word) != 0
    }

    /// The variables of a set, in the order of the file.
    pub(super) fn listed(&self, set: u64) -> Vec<String> {
        let named = self.names.iter().enumerate().filter(|(at, _)| set & (1 << at) != 0);
        named.map(|(_, name)| name.variable.clone()).collect()
    }

    /// A folded text with `mark` in the place of each key that it names, by its service or its variable, and the variables of
    /// all of them.
    pub fn marked(&self, folded: &str, mark: &str) -> (String, Vec<String>) {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let (mut marked, mut named, mut at) = (String::with_capacity(folded.len()), 0, 0);
        while let Some(first) = folded[at..].chars().next() {
            let end_of = |from: usize| {
                folded[from..]
                    .find(|c| !is_word(c))
                    .map_or(folded.len(), |length| from + length)
            };
            let end = end_of(at);
            if end == at {
                marked.push(first);
                at += first.len_utf8();
                continue;
            }
            let second = folded[end..]
                .starts_with([' ', '-'])
                .then(|| end_of(end + 1))
                .filter(|other| *other > end + 1);
            let whole = second.map(|other| (other, self.called(&folded[at..other].replace('-', " "))));
            let (length, set) = whole
                .filter(|(_, set)| *set != 0)
                .unwrap_or((end, self.called(&folded[at..end])));
            if set == 0 {
                marked.push_str(&folded[at..end]);
                at = end;
            } else {
                marked.push_str(mark);
                at = length;
            }
            named |= set;
        }
        (marked, self.listed(named))
    }

    /// The keys that a word, or two, may name.
    fn called(&self, words: &str) -> u64 {
        if !self.may_begin(words) {
            return 0;
        }
        self.variable(words) | self.set(|name| name.services.iter().any(|service| service == words))
    }

    fn variable(&self, word: &str) -> u64 {
        self.set(|name| name.variable.eq_ignore_ascii_case(word))
    }

    fn set(&self, wanted: impl Fn(&KeyName) -> bool) -> u64 {
        let all = self.names.iter().enumerate();
        all.filter(|(_, name)| wanted(name))
            .fold(0, |set, (at, _)| set | 1 << at)
    }

    /// Of a service's keys, those that the word beside it means.
    fn meant(&self, service: u64, half: KeyHalf) -> u64 {
        let secret = service & self.set(|name| name.secret_half);
        match half {
            KeyHalf::Both => service,
            KeyHalf::Secret if secret != 0 => secret,
            KeyHalf::Secret | KeyHalf::Key => service & !secret,
        }
    }
}

/// A set of first letters, small ones, with that of one more name.
fn initials_with(initials: u128, name: impl AsRef<str>) -> u128 {
    let first = name.as_ref().bytes().next().unwrap_or_default();
    initials | 1u128.checked_shl(first.to_ascii_lowercase().into()).unwrap_or_default()
}

impl Default for KeyNames {
    /// The six keys of the guide.
    fn default() -> Self {
        let name = |variable: &str, services: &[&str], secret_half| KeyName {
            variable: variable.to_owned(),
            services: services.iter().map(|&service| service.to_owned()).collect(),
            secret_half,
        };
        Self::new(vec![
            name("BYBIT_API_KEY", &["bybit"], false),
            name("BYBIT_API_SECRET", &["bybit"], true),
            name("NOTION_TOKEN", &["notion"], false),
            name("HUGGINGFACE_TOKEN", &["huggingface", "hugging face", "hf"], false),
            name("API_Groq", &["groq"], false),
            name("API_Mistral", &["mistral"], false),
        ])
    }
}

/// Which half of a pair the words mean.
#[derive(Clone, Copy)]
enum KeyHalf {
    Key,
    Secret,
    Both,
}

/// Turns the tokens that name a key into tokens that carry it; other mentions of a service are places.
pub(super) fn mark_keys(grammar: &Grammar, names: &KeyNames, text: &str, tokens: &mut Vec<Token>) {
    let symbols = grammar.symbols;
    let mut services = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let word = &text[tokens[at].start..tokens[at].end];
        if !names.may_begin(word) {
            at += 1;
            continue;
        }
        let variable = names.variable(word);
        if variable != 0 {
            tokens[at].symbol = symbols.key;
            tokens[at].value = TokenValue::Keys(variable);
        } else if let Some((length, set)) = service(names, text, &tokens[at..]) {
            let end = tokens[at + length - 1].end;
            tokens.drain(at + 1..at + length);
            tokens[at] = Token {
                end,
                symbol: symbols.service,
                value: TokenValue::Service(set),
                ..tokens[at]
            };
            services.push((at, set));
        }
        at += 1;
    }
    let mut later: Option<(usize, KeyHalf)> = None;
    for &(at, set) in services.iter().rev() {
        let listed = later
            .filter(|(next, _)| joined(grammar, tokens, at, *next))
            .map(|(_, half)| half);
        let Some(half) = half_beside(grammar, tokens, at).or(listed) else {
            continue;
        };
        tokens[at].symbol = symbols.key;
        tokens[at].value = TokenValue::Keys(names.meant(set, half));
        later = Some((at, half));
    }
}

/// The service that starts here, in one word or two.
fn service(names: &KeyNames, text: &str, tokens: &[Token]) -> Option<(usize, u64)> {
    [2, 1].into_iter().find_map(|length| {
        let span = &text[tokens.first()?.start..tokens.get(length - 1)?.end];
        let set = names.set(|name| name.services.iter().any(|service| service == span));
        (set != 0).then_some((length, set))
    })
}

/// "Groq and Mistral keys", "Groq/Mistral keys": what is said of the last is said of all.
fn joined(grammar: &Grammar, tokens: &[Token], at: usize, next: usize) -> bool {
    let bits = grammar.bits;
    tokens[at + 1..next]
        .iter()
        .all(|token| grammar.is(token, bits.and | bits.comma | bits.slash))
}

/// Which half is meant by the words around a service, if they speak of a key at all.
fn half_beside(grammar: &Grammar, tokens: &[Token], at: usize) -> Option<KeyHalf> {
    let bits = grammar.bits;
    let key_words = bits.keyword | bits.secretword | bits.pairword;
    let list_marks = bits.tick | bits.todo | bits.cross;
    let ends = bits.dash | bits.line | bits.stop | bits.comma | bits.hyphen;
    let glue = bits.hyphen | bits.article | bits.aux | bits.of | bits.prep | bits.colon;
    let (before, after) = (tokens[..at].iter().rev(), tokens[at + 1..].iter());
    let is_key_word = |token: &&Token| grammar.is(token, key_words);
    let is_rotated = |token: &Token| grammar.is(token, bits.rotated);
    let next_is = |kinds| grammar.is_at(tokens, at + 1, kinds);

    let mut near = after
        .clone()
        .take(3)
        .filter(|token| !grammar.is(token, bits.hyphen))
        .take(2);
    if let Some(word) = near
        .find(is_key_word)
        .filter(|_| !next_is(bits.comma | bits.stop | bits.line))
    {
        let beside = after.take(3).map(|token| grammar.kinds_of(token));
        return Some(half_of(
            grammar,
            word,
            beside.fold(KindSet::NONE, |all, kinds| all | kinds),
        ));
    }
    let mut reach = before
        .clone()
        .take(4)
        .take_while(|token| grammar.is(token, glue | key_words | bits.rotated));
    if let Some(word) = reach.find(is_key_word) {
        return Some(half_of(grammar, word, KindSet::NONE));
    }
    if before.take(2).any(is_rotated) || after.take(4).any(is_rotated) {
        return Some(KeyHalf::Both);
    }
    let listed = next_is(bits.colon)
        && tokens.get(at + 2).is_some_and(|token| token.symbol != 0)
        && (at == 0 || grammar.is_before(tokens, at, ends));
    let ticked = grammar.is_before(tokens, at, list_marks) || next_is(list_marks | bits.fragment);
    (listed || ticked).then_some(KeyHalf::Key)
}

/// The half that a word for key means, given the kinds of the words beside it.
fn half_of(grammar: &Grammar, word: &Token, beside: KindSet) -> KeyHalf {
    let bits = grammar.bits;
    if grammar.is(word, bits.pairword)
        || beside.meets(bits.pairword)
        || beside.meets(bits.keyword) && beside.meets(bits.secretword) && beside.meets(bits.and)
    {
        KeyHalf::Both
    } else if grammar.is(word, bits.secretword) || beside.meets(bits.secretword) {
        KeyHalf::Secret
    } else {
        KeyHalf::Key
    }
}
