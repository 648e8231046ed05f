//! Reasons: what the second reader went by, in words.
use super::features::FeatureReader;
use super::labels::column;
use super::opinion::{SecondReader, percent};
use super::weights::WHOLE;
use crate::classify::reading::{Label, SUSPICIONS, Suspicion};
use crate::classify::trace::Trace;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// So many features are told of.
const TOLD: usize = 5;

/// Labels less likely than this are not told of, in percent.
const LIKELY: u8 = 5;

/// What the second reader made of a comment, and what it went by.
#[derive(Clone, Debug, Serialize)]
pub struct Reasons {
    /// How likely it holds each label to be for the whole comment, in percent; the likeliest first.
    pub chances: Vec<(Label, u8)>,
    /// What spoke most for the likeliest label rather than for the second one, strongest first.
    pub pro: Vec<String>,
    /// What spoke most for the second one.
    pub contra: Vec<String>,
    /// How likely it holds it to say each of these, in percent.
    pub suspicions: Vec<(Suspicion, u8)>,
}

impl SecondReader {
    /// Why it reads a comment as it does.
    pub(in crate::classify) fn reasons(&self, trace: &Trace) -> Reasons {
        let chances = self.opinion(trace).likeliest();
        let label_at = |place: usize| chances.get(place).map_or(Label::Chatter, |(label, _)| *label);
        let (label, other) = (label_at(0), label_at(1));
        let (features, told) = FeatureReader::told(&self.names, trace);
        let mut weights: BTreeMap<&str, f32> = BTreeMap::new();
        for feature in &features {
            if let Some(name) = told.get(&feature.row) {
                let speaks = self
                    .weights
                    .labels
                    .speaks(*feature, WHOLE + column(label), WHOLE + column(other));
                *weights.entry(name).or_default() += speaks;
            }
        }
        let strongest = |sign: f32| {
            let mut all: Vec<_> = weights.iter().filter(|(_, weight)| **weight * sign > 0.0).collect();
            all.sort_by(|one, other| (other.1 * sign).total_cmp(&(one.1 * sign)));
            all.iter().take(TOLD).map(|(name, _)| (**name).to_owned()).collect()
        };
        Reasons {
            pro: strongest(1.0),
            contra: strongest(-1.0),
            suspicions: SUSPICIONS.into_iter().zip(trace.suspicions.map(percent)).collect(),
            chances,
        }
    }
}

impl fmt::Display for Reasons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let likely = self.chances.iter().filter(|(_, percent)| *percent >= LIKELY);
        let likely: Vec<String> = likely
            .map(|(label, percent)| format!("{} {percent} %", label.name()))
            .collect();
        write!(f, "2nd reader {}", likely.join(", "))?;
        let name = |place: usize| self.chances.get(place).map_or("", |(label, _)| label.name());
        for (label, features) in [(name(0), &self.pro), (name(1), &self.contra)] {
            if !features.is_empty() {
                write!(f, "\n      for {label}: {}", features.join("; "))?;
            }
        }
        for (suspicion, percent) in self.suspicions.iter().filter(|(_, percent)| *percent >= LIKELY) {
            let says = match suspicion {
                Suspicion::Leak => "tells that a key leaked",
                Suspicion::Date => "wishes for another date",
            };
            write!(f, "\n      {percent} %: it {says}")?;
        }
        Ok(())
    }
}
