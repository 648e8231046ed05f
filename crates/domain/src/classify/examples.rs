//! The examples in the rule files: every rule's examples read as the rule says, its counter-examples do not, and every
//! pattern of it is needed by one of them.
use super::context::ReadingContext;
use super::judge::{Basis, Judgement};
use super::keys::KeyNames;
use super::read::read;
use super::reading::Reading;
use super::rule_file::{ClauseRule, RuleFault};
use super::rule_set::RuleSet;
use std::collections::HashSet;

/// Reads the examples and counter-examples of all rules, on a page of five steps; what is not as a rule says is a fault.
pub(super) fn check_examples(rule_set: &RuleSet) -> Vec<RuleFault> {
    let keys = KeyNames::default();
    let context = five_steps(&keys);
    let mut faults = Vec::new();
    for rule in &rule_set.rules {
        let mut fault = |what: &str, mend: &str| faults.push(RuleFault::new(&rule.file, Some(&rule.id), what, mend));
        if rule.examples.is_empty() {
            fault("it has no example", "add a comment that it should read");
        }
        for example in &rule.examples {
            let (reading, _) = read(rule_set, None, example, &context);
            if !fires(rule, &reading) {
                let what = format!("its example {example:?} reads as {}", described(&reading));
                fault(&what, "change the pattern, or the example");
            }
        }
        for counter in &rule.counter_examples {
            let (reading, _) = read(rule_set, None, counter, &context);
            if fires(rule, &reading) {
                let what = format!("its counter-example {counter:?} reads as {}", described(&reading));
                fault(&what, "add a guard, or narrow the pattern");
            }
        }
    }
    let rows = &rule_set.structures.rows;
    for (at, row) in rows.iter().enumerate() {
        for example in &row.examples {
            let (reading, trace) = read(rule_set, None, example, &context);
            let by_structure = trace.judged.iter().filter(|clause| {
                let judgement = clause.judgement.as_ref();
                judgement.is_some_and(|judgement| judgement.basis == Some(Basis::Structure))
            });
            let mut structures = by_structure.filter_map(|clause| trace.structures.get(clause.at));
            let first = |structure| rows.iter().position(|row| row.fits(structure));
            let decides = structures.any(|structure| first(*structure) == Some(at));
            if !decides || reading.primary() != row.label {
                faults.push(RuleFault::new(
                    "structure.toml",
                    None,
                    &format!("the example {example:?} of a row reads as {}", described(&reading)),
                    "change the row, or the example",
                ));
            }
        }
    }
    faults
}

fn five_steps(keys: &KeyNames) -> ReadingContext<'_> {
    ReadingContext {
        steps_total: 5,
        default_step: None,
        keys,
    }
}

/// The patterns that could go without any example being read by another rule: each of a rule's patterns must alone decide a
/// clause of an example. A rule's only pattern is proven by its examples.
pub(super) fn unneeded_patterns(rule_set: &RuleSet) -> Vec<RuleFault> {
    let keys = KeyNames::default();
    let context = five_steps(&keys);
    let mut needed = HashSet::new();
    let of_rule = |rule: &ClauseRule| [rule.examples.clone(), rule.counter_examples.clone()].concat();
    for example in rule_set.rules.iter().flat_map(of_rule) {
        let (_, trace) = read(rule_set, None, &example, &context);
        for clause in &trace.judged {
            let Some(rule) = clause.judgement.as_ref().and_then(Judgement::rule) else {
                continue;
            };
            let tokens = &trace.tokens[trace.clause_spans[clause.at].tokens.clone()];
            let text = rule_set.text_of(tokens);
            let patterns = rule_set.rules[rule].pattern.compiled.iter().enumerate();
            let mut fitting = patterns.filter(|(_, pattern)| pattern.fits(&text));
            if let (Some((only, _)), None) = (fitting.next(), fitting.next()) {
                needed.insert((rule, only));
            }
        }
    }
    let mut faults = Vec::new();
    for (at, rule) in rule_set.rules.iter().enumerate() {
        let patterns = rule.pattern.sources.iter().enumerate();
        for (_, pattern) in patterns.filter(|(number, _)| !needed.contains(&(at, *number))) {
            if rule.pattern.sources.len() > 1 {
                let what = format!("no example needs its pattern `{pattern}`");
                faults.push(RuleFault::new(
                    &rule.file,
                    Some(&rule.id),
                    &what,
                    "add an example, or take it out",
                ));
            }
        }
    }
    faults
}

/// Whether the rule gave a clause its own label.
fn fires(rule: &ClauseRule, reading: &Reading) -> bool {
    let mut by_rule = reading
        .clauses
        .iter()
        .filter(|clause| clause.rules.first() == Some(&rule.id));
    by_rule.any(|clause| clause.label == rule.label || rule.also == Some(clause.label))
}

fn described(reading: &Reading) -> String {
    format!("{:?} by {:?}", reading.labels, reading.rules)
}
