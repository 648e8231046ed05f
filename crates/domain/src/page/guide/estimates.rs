//! How long something takes, as pages say it: "(5 min)", "½ hour", "1h30", "5–10 Minuten", "Benodigde tijd: 2 uur".
use super::words::{PageWords, WORDS};
use crate::classify::folded;
use regex::Regex;
use std::sync::LazyLock;

/// No plan of a page is longer, in minutes.
const LONGEST: f64 = 100_000.0;

/// A span of time at the beginning of a folded text; `rest` is what stands behind it.
static SPAN: LazyLock<Regex> = LazyLock::new(|| span(&WORDS));
/// The label of a time, somewhere in a folded line.
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    let labels = alternatives(&WORDS.time_labels);
    Regex::new(&format!(r"(?:^|[^a-z])(?:{labels})\b[^a-z0-9.]*"))
        .expect("the words of this room are proven by its tests")
});

fn alternatives(words: &[String]) -> String {
    let words: Vec<String> = words
        .iter()
        .map(|word| regex::escape(word).replace(' ', r"[\s'-]+"))
        .collect();
    words.join("|")
}

fn span(words: &PageWords) -> Regex {
    let mut units: Vec<String> = words.units.keys().cloned().collect();
    units.sort_by_key(|unit| std::cmp::Reverse(unit.len()));
    let unit = alternatives(&units);
    let phrases: Vec<String> = words.spans.iter().map(|(phrase, _)| phrase.clone()).collect();
    let (about, to, and) = (
        alternatives(&words.about),
        alternatives(&words.to),
        alternatives(&words.and),
    );
    let number = r"\d+(?:[.,]\d+)?|[.]\d+";
    let pattern = format!(
        r"^[^a-z0-9.]*(?:(?:{about})\b\.?[^a-z0-9.]*)*(?:(?<phrase>{phrases})|(?<first>{number})(?:\s*(?:-|{to})\s*(?<last>{number}))?\s*(?<unit>{unit})\b\.?(?:\s*(?:(?:{and})\b)?\s*(?<more>\d+)\s*(?<more_unit>{unit})?\b\.?)?|(?<hours>\d+)(?:h|u)(?<minutes>\d\d?)\b)(?<rest>.*)$",
        phrases = alternatives(&phrases),
    );
    Regex::new(&pattern).expect("the words of this room are proven by its tests")
}

/// A text in which the fractions are figures.
fn prepared(text: &str) -> String {
    folded(&text.replace('¼', ".25").replace('¾', ".75")).replace("{emoji}", " ")
}

/// The minutes of the span at the beginning of a text, of a range its longer end, and what stands behind it.
fn leading(text: &str) -> Option<(u32, String)> {
    let prepared = prepared(text);
    let found = SPAN.captures(&prepared)?;
    let rest = found["rest"].to_owned();
    if rest.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    if let Some(phrase) = found.name("phrase") {
        let said = super::words::words_of(phrase.as_str());
        let (_, minutes) = WORDS.spans.iter().find(|(known, _)| *known == said)?;
        return Some((*minutes, rest));
    }
    let number = |name: &str| found.name(name)?.as_str().replace(',', ".").parse::<f64>().ok();
    let unit = |name: &str| WORDS.units.get(found.name(name)?.as_str()).copied();
    let minutes = if let (Some(hours), Some(minutes)) = (number("hours"), number("minutes")) {
        hours * 60.0 + minutes
    } else {
        let figure = number("last").or(number("first"))?;
        let more = number("more").map_or(0.0, |more| more * f64::from(unit("more_unit").unwrap_or(1)));
        figure * f64::from(unit("unit")?) + more
    };
    in_minutes(minutes).map(|minutes| (minutes, rest))
}

fn in_minutes(minutes: f64) -> Option<u32> {
    let minutes = minutes.round();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the line before bounds it"
    )]
    (0.0..=LONGEST).contains(&minutes).then_some(minutes as u32)
}

/// A text that says a span and nothing else.
fn whole(text: &str) -> Option<u32> {
    let text = LABEL
        .find(&prepared(text))
        .filter(|label| label.start() == 0)
        .map_or_else(|| text.to_owned(), |label| prepared(text)[label.end()..].to_owned());
    let (minutes, rest) = leading(&text)?;
    let is_nothing = rest.chars().all(|c| !c.is_ascii_alphanumeric());
    is_nothing.then_some(minutes)
}

/// A title without the estimate at its end, and the estimate: "Write it (45 min)", "Write it – 45 min".
pub(super) fn of_title(title: &str) -> (&str, Option<u32>) {
    let title = trimmed(title);
    if let Some(open) = title.rfind(['(', '['])
        && let Some(inner) = title[open + 1..].strip_suffix([')', ']'])
    {
        let mut parts = inner.split([',', ';', '|', '·', '/']);
        return match (whole(inner), parts.find_map(whole)) {
            (Some(minutes), _) => (trimmed(&title[..open]), Some(minutes)),
            (None, minutes) => (title, minutes),
        };
    }
    let ends = title
        .char_indices()
        .rev()
        .filter(|(_, c)| matches!(c, '-' | '–' | '—' | '|' | '·' | ':' | '⏱' | '⏰' | '~'));
    for (at, sign) in ends.take(3) {
        if let Some(minutes) = whole(&title[at + sign.len_utf8()..]) {
            return (
                trimmed(title[..at].trim_end_matches(['-', '–', '—', '|', '·', ':', ' '])),
                Some(minutes),
            );
        }
    }
    (title, None)
}

fn trimmed(title: &str) -> &str {
    title.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '\u{fe0f}' | '\u{200b}'))
}

/// The time that a line of text states: behind a label, "Time required: 2 hours".
pub(super) fn labelled(text: &str) -> Option<u32> {
    text.lines().take(20).find_map(|line| {
        let prepared = prepared(line);
        let mut labels = LABEL.find_iter(&prepared);
        labels.find_map(|label| leading(&prepared[label.end()..]).map(|(minutes, _)| minutes))
    })
}

/// The time that a line states which says nothing else: "⏱ 20 min".
pub(super) fn alone(text: &str) -> Option<u32> {
    (text.len() < 60).then(|| whole(text)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_at_the_end_of_a_title_is_taken_off() {
        let cases = [
            ("Go (5 minutes)", 5),
            ("Go (5 min)", 5),
            ("Go (5 min.)", 5),
            ("Go (5–10 minutes)", 10),
            ("Go (5 to 10 min)", 10),
            ("Go (½ hour)", 30),
            ("Go (1½ hours)", 90),
            ("Go (1h30)", 90),
            ("Go (1 h 30 min)", 90),
            ("Go (1 hour and 15 minutes)", 75),
            ("Go (30 Min.)", 30),
            ("Go (2 uur)", 120),
            ("Go (1,5 uur)", 90),
            ("Go (ca. 20 min)", 20),
            ("Go (~15 min)", 15),
            ("Go – 20 min", 20),
            ("Go | 20 min", 20),
            ("Go: 20 min", 20),
            ("Go [20 min]", 20),
            ("Go (half an hour)", 30),
            ("Go (een half uur)", 30),
            ("Go (une demi-heure)", 30),
            ("Go (anderhalf uur)", 90),
            ("Go (kwartier)", 15),
            ("Go (2 Std.)", 120),
            ("Go (¾ hour)", 45),
            ("Go (est. 10 min)", 10),
            ("Go (duration: 10 min)", 10),
            ("**Go** (5 min)", 5),
            ("Go (5m)", 5),
            ("Go (1u30)", 90),
            ("Go (30-45 min)", 45),
            ("Go ⏱ 5 min", 5),
            ("Go (environ 2 heures)", 120),
        ];
        for (title, minutes) in cases {
            let (rest, found) = of_title(title);
            assert_eq!((rest.trim_matches('*'), found), ("Go", Some(minutes)), "{title}");
        }
    }

    #[test]
    fn what_is_no_estimate_stays() {
        for title in [
            "Go (Bybit)",
            "Go",
            "Go (see step 2)",
            "Go – now",
            "Wait 5 minutes",
            "Go (priority 1)",
            "Go (2 people)",
            "Version 1.5",
        ] {
            assert_eq!(of_title(title), (title, None));
        }
        assert_eq!(of_title("Go (5 min, Ana)"), ("Go (5 min, Ana)", Some(5)));
    }

    #[test]
    fn a_line_states_a_time_behind_a_label() {
        let cases = [
            ("⏱️ Time Required: 2 hours", Some(120)),
            ("Time required: about 2 hours, with a break", Some(120)),
            ("Why: it is time\nBenodigde tijd: 1,5 uur", Some(90)),
            ("Zeitbedarf: 30 Min.", Some(30)),
            ("Durée estimée : 45 minutes", Some(45)),
            ("It takes time.", None),
            ("Timeout: 5 s", None),
        ];
        for (text, minutes) in cases {
            assert_eq!(labelled(text), minutes, "{text}");
        }
        assert_eq!(alone("⏱ 20 min"), Some(20));
        assert_eq!(alone("Wait 20 min"), None);
    }
}
