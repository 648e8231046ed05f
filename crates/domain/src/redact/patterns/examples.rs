//! The table is checked by its own examples: they vanish, counter-examples stay, patterns compile.
use super::file::{Alphabet, TokenEntry};
use super::secret_pattern::compile;
use super::table::{PatternFault, Patterns};
use super::template;
use crate::redact::known::KnownValues;
use crate::redact::layers;
use crate::redact::span::{Hit, HitSource};

/// How often each example is filled with other characters.
const SEEDS: u64 = 5;

impl Patterns {
    /// Every example vanishes by its own pattern, every counter-example stays; what does not is a fault.
    pub fn check_examples(&self) -> Vec<PatternFault> {
        let mut faults = Vec::new();
        for (place, secret) in self.table.secret.iter().enumerate() {
            let entry = format!("secret {}", secret.id);
            let mut fault = |problem: String| faults.push(self.fault(&entry, problem));
            if let Err(error) = compile(&secret.pattern) {
                fault(format!("the pattern is no regex: {error}"));
                continue;
            }
            let own = |hit: &Hit| hit.source == HitSource::Pattern(place);
            self.examples(&secret.examples, own, &mut fault);
            self.counter_examples(&secret.counter_examples, &mut fault);
        }
        for (place, token) in self.table.token.iter().enumerate() {
            let place = place + self.table.secret.len();
            let entry = format!("token {}", token.starts.first().map_or("", String::as_str));
            let mut fault = |problem: String| faults.push(self.fault(&entry, problem));
            if token.source.is_empty() {
                fault("the source of its form is not said".to_owned());
            }
            let own = |hit: &Hit| hit.source == HitSource::Pattern(place);
            self.examples(&examples_of(token), own, &mut fault);
            self.counter_examples(&token.counter_examples, &mut fault);
        }
        for phrase in &self.table.phrase {
            let entry = format!("phrase {}", phrase.id);
            let mut fault = |problem: String| faults.push(self.fault(&entry, problem));
            self.examples(&phrase.examples, |_| true, &mut fault);
            self.counter_examples(&phrase.counter_examples, &mut fault);
        }
        faults
    }

    fn fault(&self, entry: &str, problem: String) -> PatternFault {
        PatternFault {
            file: self.file.clone(),
            entry: entry.to_owned(),
            problem,
        }
    }

    fn examples(&self, examples: &[String], own: impl Fn(&Hit) -> bool, fault: &mut impl FnMut(String)) {
        for (seed, example) in (0..SEEDS).flat_map(|seed| examples.iter().map(move |example| (seed, example))) {
            let Some((text, made)) = template::fill(example, seed) else {
                fault(format!(
                    "example `{example}`: a place is written {{kind:length}}, as in {{mixed:35}}"
                ));
                break;
            };
            let hits: Vec<Hit> = layers::search(self, &KnownValues::none(), None, &text)
                .into_iter()
                .filter(&own)
                .collect();
            let gone = |(start, end): &(usize, usize)| hits.iter().any(|hit| hit.start <= *start && hit.end >= *end);
            if !made.iter().all(gone) {
                fault(format!("example `{example}` is not masked by its own entry"));
                break;
            }
        }
    }

    fn counter_examples(&self, examples: &[String], fault: &mut impl FnMut(String)) {
        for example in examples {
            if !layers::search(self, &KnownValues::none(), None, example).is_empty() {
                fault(format!("counter-example `{example}` is masked"));
            }
        }
    }
}

/// Each beginning with a body of the alphabet, in a sentence.
fn examples_of(token: &TokenEntry) -> Vec<String> {
    let alphabet = match token.body {
        Alphabet::Mixed | Alphabet::Percent => "mixed",
        Alphabet::Url | Alphabet::Dotted => "url",
        Alphabet::Base64 => "base64",
    };
    let example = |start: &String| format!("see {start}{{{alphabet}:{}}}, please", token.whole);
    token.starts.iter().map(example).collect()
}
