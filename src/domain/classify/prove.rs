//! Proving: every rule's examples read as the rule says, and its counter-examples do not.
use super::rules::{Fault, Rule, fault};
use super::{About, Classifier, KeyNames, Reading};
use crate::domain::comment::CleanText;

/// The faults of all rules.
pub(super) fn prove(classifier: &Classifier) -> Vec<Fault> {
    let keys = KeyNames::default();
    let about = About {
        steps_total: 5,
        default_step: None,
        keys: &keys,
        plan_minutes: None,
    };
    let mut faults = Vec::new();
    for rule in &classifier.book().rules {
        if rule.examples.is_empty() {
            faults.push(fault(
                &rule.file,
                Some(&rule.id),
                "it has no example",
                "add a comment that it should read",
            ));
        }
        for example in &rule.examples {
            let reading = classifier.read(&CleanText::passed(example.clone()), &about);
            if !fires(rule, &reading) {
                let what = format!("its example {example:?} reads as {}", told(&reading));
                faults.push(fault(
                    &rule.file,
                    Some(&rule.id),
                    &what,
                    "change the pattern, or the example",
                ));
            }
        }
        for counter in &rule.counter_examples {
            let reading = classifier.read(&CleanText::passed(counter.clone()), &about);
            if fires(rule, &reading) {
                let what = format!("its counter-example {counter:?} reads as {}", told(&reading));
                faults.push(fault(
                    &rule.file,
                    Some(&rule.id),
                    &what,
                    "add a guard, or narrow the pattern",
                ));
            }
        }
    }
    faults
}

/// Whether the rule gave a clause its own label.
fn fires(rule: &Rule, reading: &Reading) -> bool {
    let by_rule = reading
        .clauses
        .iter()
        .filter(|clause| clause.rules.first() == Some(&rule.id));
    by_rule
        .into_iter()
        .any(|clause| clause.label == rule.label || rule.also == Some(clause.label))
}

fn told(reading: &Reading) -> String {
    format!("{:?} by {:?}", reading.labels, reading.rules)
}
