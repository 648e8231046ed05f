//! Keys by name: a service beside a word for key, a word for rotation or in a list; or a variable's own name.
use super::engine::Ground;
use super::lexicon::KindSet;
use super::token::{Token, Value};

/// A key as people name it. Which keys there are is data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyName {
    /// The variable in `.env`.
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
        Self { names }
    }

    /// The variables of a set, in the order of the file.
    pub(super) fn listed(&self, set: u64) -> Vec<String> {
        let named = self.names.iter().enumerate().filter(|(at, _)| set & (1 << at) != 0);
        named.map(|(_, name)| name.variable.clone()).collect()
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
    fn meant(&self, service: u64, part: Part) -> u64 {
        let secret = service & self.set(|name| name.secret_half);
        match part {
            Part::Both => service,
            Part::Secret if secret != 0 => secret,
            Part::Secret | Part::Key => service & !secret,
        }
    }
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
enum Part {
    Key,
    Secret,
    Both,
}

/// Turns the tokens that name a key into tokens that carry it; other mentions of a service are places.
pub(super) fn mark_keys(ground: &Ground, names: &KeyNames, text: &str, tokens: &mut Vec<Token>) {
    let symbols = &ground.kinds.symbols;
    let mut services = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let variable = names.variable(&text[tokens[at].start..tokens[at].end]);
        if variable != 0 {
            tokens[at].symbol = symbols.key;
            tokens[at].value = Value::Keys(variable);
        } else if let Some((length, set)) = service(names, text, &tokens[at..]) {
            let end = tokens[at + length - 1].end;
            tokens.drain(at + 1..at + length);
            tokens[at] = Token {
                end,
                symbol: symbols.service,
                ..tokens[at]
            };
            services.push((at, set));
        }
        at += 1;
    }
    let mut later: Option<(usize, Part)> = None;
    for &(at, set) in services.iter().rev() {
        let listed = later
            .filter(|(next, _)| joined(ground, tokens, at, *next))
            .map(|(_, part)| part);
        let Some(part) = part_beside(ground, tokens, at).or(listed) else {
            continue;
        };
        tokens[at].symbol = symbols.key;
        tokens[at].value = Value::Keys(names.meant(set, part));
        later = Some((at, part));
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
fn joined(ground: &Ground, tokens: &[Token], at: usize, next: usize) -> bool {
    let bits = &ground.kinds.bits;
    tokens[at + 1..next]
        .iter()
        .all(|token| ground.is(token, bits.and | bits.comma | bits.slash))
}

/// The word for key beside a service, if there is one near enough.
fn part_beside(ground: &Ground, tokens: &[Token], at: usize) -> Option<Part> {
    let bits = &ground.kinds.bits;
    let key_words = bits.keyword | bits.secretword | bits.pairword;
    let glue = bits.hyphen | bits.article | bits.aux | bits.of | bits.prep | bits.colon;
    let mut after = tokens[at + 1..].iter().take(4);
    let first = after.clone().next();
    let mut near = tokens[at + 1..]
        .iter()
        .take(3)
        .filter(|token| !ground.is(token, bits.hyphen));
    let next = near.next();
    let behind = next
        .filter(|token| ground.is(token, key_words))
        .or_else(|| near.next().filter(|token| ground.is(token, key_words)));
    if let Some(word) =
        behind.filter(|_| !first.is_some_and(|token| ground.is(token, bits.comma | bits.stop | bits.line)))
    {
        let all: KindSet = tokens[at + 1..]
            .iter()
            .take(3)
            .map(|token| ground.lexicon.symbols.set(token.symbol))
            .fold(KindSet::NONE, |all, set| all | set);
        return Some(part_of(ground, word, all));
    }
    let before = tokens[..at].iter().rev().take(4);
    let mut reach = before.take_while(|token| ground.is(token, glue | key_words | bits.rotated));
    if let Some(word) = reach.find(|token| ground.is(token, key_words)) {
        return Some(part_of(ground, word, KindSet::NONE));
    }
    let rotated_before = tokens[..at]
        .iter()
        .rev()
        .take(2)
        .any(|token| ground.is(token, bits.rotated));
    let rotated_after = after.any(|token| ground.is(token, bits.rotated));
    let listed = first.is_some_and(|token| ground.is(token, bits.colon))
        && tokens.get(at + 2).is_some_and(|token| token.symbol != 0)
        && (at == 0
            || ground.is(
                &tokens[at - 1],
                bits.dash | bits.line | bits.stop | bits.comma | bits.hyphen,
            ));
    let ticked = at > 0 && ground.is(&tokens[at - 1], bits.tick | bits.todo | bits.cross)
        || first.is_some_and(|token| ground.is(token, bits.tick | bits.todo | bits.cross | bits.fragment));
    if rotated_before || rotated_after {
        return Some(Part::Both);
    }
    (listed || ticked).then_some(Part::Key)
}

fn part_of(ground: &Ground, word: &Token, beside: KindSet) -> Part {
    let bits = &ground.kinds.bits;
    if ground.is(word, bits.pairword)
        || beside.meets(bits.pairword)
        || beside.meets(bits.keyword) && beside.meets(bits.secretword) && beside.meets(bits.and)
    {
        Part::Both
    } else if ground.is(word, bits.secretword) || beside.meets(bits.secretword) {
        Part::Secret
    } else {
        Part::Key
    }
}
