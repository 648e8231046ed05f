//! Words that mean the same, in six languages: what is said in one of them is compared with a page in another.
use super::words::PartWord;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A row of words a line, written as they are compared; `#` begins a remark.
const ROWS: &str = include_str!("meanings.txt");

/// The row in which a word stands; a word of two meanings stands in two.
pub(super) type Meaning = u16;

/// The words of all rows by their first letters.
static WORDS: LazyLock<HashMap<String, Vec<(PartWord, Meaning)>>> = LazyLock::new(|| {
    let rows = ROWS.lines().filter(|line| !line.starts_with('#')).zip(0..);
    let mut words: HashMap<String, Vec<(PartWord, Meaning)>> = HashMap::new();
    for (row, meaning) in rows {
        for word in row.split_whitespace().map(PartWord::new) {
            for key in word.keys() {
                words.entry(key).or_default().push((word.clone(), meaning));
            }
        }
    }
    words
});

/// What a word may mean, in forms of it and as the second half of a compound: "Eintrittspreis" is a price.
pub(super) fn of(word: &PartWord) -> Vec<Meaning> {
    let alike = |word: &PartWord| {
        let near = word.keys().into_iter().filter_map(|key| WORDS.get(&key)).flatten();
        let forms = near.filter(|(other, _)| word.is_form_of(other));
        forms.map(|(_, meaning)| *meaning).collect::<Vec<_>>()
    };
    let mut found = alike(word);
    if found.is_empty() {
        let halves = word.halves().map(|half| alike(&half));
        found = halves.into_iter().find(|found| !found.is_empty()).unwrap_or_default();
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether two words may mean the same.
pub(super) fn share(one: &[Meaning], other: &[Meaning]) -> bool {
    one.iter().any(|meaning| other.contains(meaning))
}

#[cfg(test)]
mod tests {
    use super::super::words::PartWord;

    fn mean_the_same(one: &str, other: &str) -> bool {
        let [one, other] = [one, other].map(|word| super::of(&PartWord::new(word)));
        super::share(&one, &other)
    }

    #[test]
    fn words_of_two_languages_mean_the_same_and_neighbours_do_not() {
        for pair in [
            "factuur invoice",
            "betaald paid",
            "eintrittspreis price",
            "zwaar weight",
            "enviado sent",
            "Schlussel key",
            "bestellt ordered",
        ] {
            let (one, other) = pair.split_once(' ').unwrap();
            assert!(mean_the_same(&one.to_lowercase(), other), "{pair}");
        }
        for pair in ["buy sell", "open close", "door key", "arrive leave", "floor room"] {
            let (one, other) = pair.split_once(' ').unwrap();
            assert!(!mean_the_same(one, other), "{pair}");
        }
    }

    #[test]
    fn rows_are_written_as_words_are_compared() {
        let rows: Vec<&str> = super::ROWS.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(rows.len() > 500);
        for row in rows {
            let words: Vec<&str> = row.split_whitespace().collect();
            assert!(words.len() > 1, "{row:?} has no two words");
            for word in words {
                assert_eq!(crate::classify::folded(word), word, "{row:?}");
            }
        }
    }
}
