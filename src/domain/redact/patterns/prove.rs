//! The proof of the table: examples vanish, counter-examples stay, patterns compile.
use super::{Fault, Patterns, compile, example};
use crate::domain::redact::span::{Hit, Source};
use crate::domain::redact::{find, known::KnownValues};

const SEEDS: u64 = 5;

pub(super) fn faults(patterns: &Patterns) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (place, secret) in patterns.table.secret.iter().enumerate() {
        let entry = format!("secret {}", secret.id);
        let mut fault = |problem: String| faults.push(patterns.fault(&entry, problem));
        if let Err(error) = compile(&secret.pattern) {
            fault(format!("the pattern is no regex: {error}"));
            continue;
        }
        let own = |hit: &Hit| hit.source == Source::Pattern(place);
        patterns.examples(&secret.examples, own, &mut fault);
        patterns.counter_examples(&secret.counter_examples, &mut fault);
    }
    for phrase in &patterns.table.phrase {
        let entry = format!("phrase {}", phrase.id);
        let mut fault = |problem: String| faults.push(patterns.fault(&entry, problem));
        patterns.examples(&phrase.examples, |_| true, &mut fault);
        patterns.counter_examples(&phrase.counter_examples, &mut fault);
    }
    faults
}

impl Patterns {
    fn fault(&self, entry: &str, problem: String) -> Fault {
        Fault {
            file: self.file.clone(),
            entry: entry.to_owned(),
            problem,
        }
    }

    fn examples(&self, examples: &[String], own: impl Fn(&Hit) -> bool, fault: &mut impl FnMut(String)) {
        for (seed, example) in (0..SEEDS).flat_map(|seed| examples.iter().map(move |example| (seed, example))) {
            let Some((text, made)) = example::fill(example, seed) else {
                fault(format!(
                    "example `{example}`: a place is written {{kind:length}}, as in {{mixed:35}}"
                ));
                break;
            };
            let hits: Vec<Hit> = find(self, &KnownValues::none(), None, &text)
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
            if !find(self, &KnownValues::none(), None, example).is_empty() {
                fault(format!("counter-example `{example}` is masked"));
            }
        }
    }
}
