//! Which keys a sentence names: variables as they stand in `.env`, and providers by what people call them.
use super::prepared::{OTHER, folded};
use super::report::LeakedKeys;
use super::rules::LeakRules;
use std::collections::BTreeMap;

/// Words that say no more than that a key is open.
const ALONE_WITH: [&str; 10] = [
    "plain", "key", "leaked", "lies", "open", "place", "seen", "accident", "rotated", "and",
];

/// The keys that people may name.
pub(super) struct NamedKeys {
    /// What a provider is called, as words, and its variables.
    services: Vec<(Vec<String>, Vec<String>)>,
    /// Every variable that is known.
    variables: Vec<String>,
}

impl NamedKeys {
    /// From the variables of all providers with the providers' titles.
    pub(super) fn new(rules: &LeakRules, providers: &BTreeMap<String, String>) -> Self {
        let mut by_title: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (variable, title) in providers {
            by_title.entry(title).or_default().push(variable.clone());
        }
        let mut services = Vec::new();
        for (title, variables) in &by_title {
            let called = words(&folded(title));
            if called.len() > 1 {
                services.push((vec![called.concat()], variables.clone()));
            }
            services.push((called, variables.clone()));
        }
        for (name, title) in &rules.also {
            if let Some(variables) = by_title.get(title.as_str()) {
                services.push((words(name), variables.clone()));
            }
        }
        services.sort_by_key(|(called, _)| std::cmp::Reverse(called.len()));
        Self {
            services,
            variables: providers.keys().cloned().collect(),
        }
    }

    /// The variables of all providers that a folded text names, each once.
    pub(super) fn services_in(&self, rules: &LeakRules, text: &str) -> Vec<String> {
        let tokens = words(text);
        let mut named: Vec<String> = Vec::new();
        for name in self.key_spans(rules, &tokens).iter().flat_map(|span| span.variables) {
            if !named.contains(name) {
                named.push(name.clone());
            }
        }
        named
    }

    /// The variables that a folded clause names, told apart by which of their values it means: "the old Groq key", "our former API
    /// key for Stripe". `written`: the variables that it names as they are.
    pub(super) fn values_in(&self, rules: &LeakRules, text: &str, written: &[String]) -> NamedValues {
        let tokens = words(text);
        let mut spans = self.key_spans(rules, &tokens);
        for (at, token) in tokens.iter().enumerate() {
            let named = written.iter().position(|name| name.eq_ignore_ascii_case(token));
            spans.extend(named.map(|named| ServiceSpan {
                at,
                end: at + 1,
                variables: &written[named..=named],
            }));
        }
        let before = rules.has("formerly", text);
        let is_former = |span: &&ServiceSpan<'_>| before || is_former(rules, &tokens, span);
        let (former, present): (Vec<_>, Vec<_>) = spans.iter().partition(is_former);
        let named = |spans: Vec<&ServiceSpan<'_>>| spans.iter().flat_map(|span| span.variables).cloned().collect();
        NamedValues {
            present: named(present),
            former: named(former),
        }
    }

    /// Whether a folded text names a provider, and has no word beside it that would say something else of it.
    pub(super) fn stand_alone_in(&self, rules: &LeakRules, text: &str) -> bool {
        let tokens = words(text);
        let spans = self.spans(&tokens);
        let is_service = |at: usize| spans.iter().any(|span| (span.at..span.end).contains(&at));
        let says_nothing = |token: &str| ALONE_WITH.iter().any(|list| rules.has(list, token));
        let mut others = tokens.iter().enumerate().filter(|(at, _)| !is_service(*at));
        others.all(|(_, token)| says_nothing(token))
    }

    /// The variables that a text names as they are written: known ones, and others in capitals whose
    /// name tells that they hold a key.
    pub(super) fn variables_in(&self, rules: &LeakRules, text: &str) -> Vec<String> {
        let mut named = Vec::new();
        for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')) {
            let known = self.variables.iter().find(|known| known.eq_ignore_ascii_case(word));
            let is_name = word.contains('_') && word.bytes().any(|byte| byte.is_ascii_uppercase());
            let tells = || word.split('_').any(|part| rules.has("telling", &folded(part)));
            let in_capitals = is_name && !word.starts_with('_') && !word.bytes().any(|byte| byte.is_ascii_lowercase());
            let found = known
                .cloned()
                .or_else(|| (in_capitals && tells()).then(|| word.to_owned()));
            named.extend(found.filter(|name| !named.contains(name)));
        }
        named
    }

    /// The names of providers that mean their keys, and no place where keys stand.
    fn key_spans(&self, rules: &LeakRules, tokens: &[String]) -> Vec<ServiceSpan<'_>> {
        let spans = self.spans(tokens);
        let is_key = |span: &&ServiceSpan<'_>| {
            let site = rules.has("site", &tokens[span.at..span.end].join(" "));
            !site || has_key(rules, tokens, span) || joined(rules, tokens, &spans, span)
        };
        spans.iter().filter(is_key).copied().collect()
    }

    fn spans(&self, tokens: &[String]) -> Vec<ServiceSpan<'_>> {
        let mut spans = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let here = |called: &&(Vec<String>, Vec<String>)| tokens[at..].starts_with(&called.0);
            let found = self.services.iter().find(here);
            let end = at + found.map_or(1, |(called, _)| called.len());
            // "The Groq public key", "the public key of Groq": another thing is meant.
            let is_other = |at: Option<usize>| at.and_then(|at| tokens.get(at)).is_some_and(|token| token == OTHER);
            let meant = !is_other(Some(end)) && !is_other(at.checked_sub(2));
            let found = found.filter(|_| meant);
            spans.extend(found.map(|(_, variables)| ServiceSpan { at, end, variables }));
            at = end;
        }
        spans
    }
}

/// Variables that are named, by which of their values is meant; both may be.
#[derive(Default)]
pub(super) struct NamedValues {
    pub(super) present: Vec<String>,
    pub(super) former: Vec<String>,
}

impl NamedValues {
    pub(super) fn is_empty(&self) -> bool {
        self.present.is_empty() && self.former.is_empty()
    }

    pub(super) fn add(&mut self, other: Self) {
        self.present.extend(other.present);
        self.former.extend(other.former);
    }

    /// Whether it names keys, and none of these.
    pub(super) fn is_of_others(&self, keys: &[String]) -> bool {
        let mut named = self.present.iter().chain(&self.former);
        !self.is_empty() && named.all(|name| !keys.contains(name))
    }

    /// Of keys that are named, those whose present values are meant, and those whose former ones are.
    pub(super) fn of(mut self, mut keys: LeakedKeys) -> (LeakedKeys, Vec<String>) {
        if let LeakedKeys::Named(names) = &mut keys {
            names.retain(|name| self.present.contains(name) || !self.former.contains(name));
        }
        self.former.sort();
        self.former.dedup();
        (keys, self.former)
    }
}

/// A provider's name among the words of a sentence.
#[derive(Clone, Copy)]
struct ServiceSpan<'k> {
    at: usize,
    end: usize,
    variables: &'k [String],
}

/// Whether a word for key, or for what opens as one does, belongs to a service: "GitHub access token", "la cle de GitHub",
/// "the Slack webhook".
fn has_key(rules: &LeakRules, tokens: &[String], span: &ServiceSpan<'_>) -> bool {
    let is = |list: &str, at: usize| tokens.get(at).is_some_and(|token| rules.has(list, token));
    let mut after = span.end;
    while is("qualifier", after) && !is("keylike", after) {
        after += 1;
    }
    let mut before = span.at;
    while before > 0 && is("of", before - 1) && span.at - before < 2 {
        before -= 1;
    }
    is("keylike", after) || before > 0 && is("keylike", before - 1)
}

/// Whether a word beside the name of a key, or beside the word for key next to it, says that it is a former one.
fn is_former(rules: &LeakRules, tokens: &[String], span: &ServiceSpan<'_>) -> bool {
    let is = |list: &str, token: &&String| rules.has(list, token);
    let is_filler = |token: &&String| ["keylike", "qualifier", "of"].iter().any(|list| is(list, token));
    let mut before = tokens[..span.at].iter().rev().skip_while(is_filler);
    let mut after = tokens[span.end..].iter().skip_while(|token| is("keylike", token));
    before.next().is_some_and(|token| is("former", &token)) || after.next().is_some_and(|token| is("former", &token))
}

/// Whether it stands in a list with a service that is no place: "Notion and Groq".
fn joined(rules: &LeakRules, tokens: &[String], spans: &[ServiceSpan<'_>], span: &ServiceSpan<'_>) -> bool {
    let between = |list: &str, from: usize, to: usize| {
        from < to && to - from <= 2 && tokens[from..to].iter().all(|token| rules.has(list, token))
    };
    spans.iter().any(|other| {
        let site = rules.has("site", &tokens[other.at..other.end].join(" "));
        !site && (between("andbefore", span.end, other.at) || between("and", other.end, span.at))
    })
}

fn words(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    parts.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
