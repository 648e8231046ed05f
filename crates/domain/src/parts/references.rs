//! Boxes that are called by their numbers: "2.3", "box 3 of step 2", "derde vakje bij stap 2". They are spelt out before
//! what a comment says of the page is read.
use super::part_names::PartNames;
use crate::comment::CleanText;
use regex::{Captures, Regex};
use std::sync::LazyLock;

/// Numbers in words, in the order of what they stand for.
const NUMBERS: [&str; 6] = [
    "one first een eerste eins erste ersten erstes une premiere première uno primera primeiro primeira",
    "two second twee tweede zwei zweite zweiten zweites deux deuxieme deuxième dos segunda segundo dois duas",
    "three third drie derde drei dritte dritten drittes trois troisieme troisième tres tercera terceiro terceira três",
    "four fourth vier vierde vierte vierten viertes quatre quatrieme quatrième cuatro cuarta quatro quarta quarto",
    "five fifth vijf vijfde funf fünf funfte fünfte fünften cinq cinquieme cinquième cinco quinta quinto",
    "six sixth zes zesde sechs sechste sechsten sixieme sixième seis sexta sexto",
];

/// What a box is called, and a step.
const BOX: &str = "box|checkbox|tickbox|item|vakje|hokje|kästchen|kastchen|case|casilla|caixa";
pub(super) const STEP: &str = "step|stap|schritt|étape|etape|paso|passo|phase|fase";
/// What stands between a box and the step it belongs to.
const OF: &str = "of|in|under|from|at|van|bij|onder|uit|von|bei|unter|im|de|sous|del|da|do|em";

/// "2.3" where a name would stand: at the beginning, in a list, behind a word for it.
static DOTTED: LazyLock<Regex> = LazyLock::new(|| {
    let lists = "and|en|und|et|y|e|did|boxes|vakjes|steps|items|point|points|punt|punten|punkt|task|tasks|taak|taken";
    let behind = format!(r"^\s*(?:[-*•#]\s*)?|[.!?;:,&+]\s+|\(\s*|\b(?:{lists}|{BOX}|{STEP})\s+");
    pattern(&format!(r"(?m)(?:{behind})((?P<step>[1-9][0-9]?)\.(?P<box>[1-9]))"))
});

/// "Step 2 box 3", "box 3 of step 2", "the third box of step 2".
static NAMED: LazyLock<[Regex; 3]> = LazyLock::new(|| {
    let number = format!("[0-9]{{1,2}}|{}", NUMBERS.join(" ").replace(' ', "|"));
    let (step, one) = (
        format!(r"(?:{STEP})\s+(?P<step>{number})"),
        format!("(?P<box>{number})"),
    );
    [
        format!(r"\b{step},?\s+(?:{BOX})\s+{one}\b"),
        format!(r"\b(?:{BOX})\s+{one}\s+(?:{OF})\s+{step}\b"),
        format!(r"\b(?:(?:the|het|das|la|le)\s+)?{one}\s+(?:{BOX})\s+(?:{OF})\s+{step}\b"),
    ]
    .map(|named| pattern(&named))
});

/// Words behind which a number is an amount or a time.
const UNITS: [&str; 50] = [
    "uur", "uren", "hour", "hours", "hr", "hrs", "h", "min", "mins", "minute", "minutes", "minuten", "day", "days",
    "dag", "dagen", "week", "weeks", "weken", "euro", "euros", "eur", "km", "m", "gb", "mb", "kg", "stuks", "times",
    "x", "keer", "pm", "am", "stunde", "stunden", "tage", "wochen", "heure", "heures", "jours", "semaines", "hora",
    "horas", "dias", "percent", "procent", "prozent", "million", "miljoen", "mio",
];

/// What makes another number, or a step, of a box's words.
static OTHER_NUMBERS: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"^\s*[0-9]|\b(?:{STEP})s?\b")));

pub(super) fn pattern(text: &str) -> Regex {
    Regex::new(&format!("(?i){text}")).expect("the pattern is compiled by this file's tests")
}

impl PartNames {
    /// A text with the words of each box in the place of its number; `None` where it names none so.
    pub fn spelt_out(&self, text: &CleanText) -> Option<CleanText> {
        if self.boxes.is_empty() {
            return None;
        }
        let named = NAMED.iter().fold(text.as_str().to_owned(), |text, named| {
            let spell = |found: &Captures<'_>| self.box_found(found).unwrap_or(&found[0]).to_owned();
            named.replace_all(&text, spell).into_owned()
        });
        // "1.2" is what the page itself calls so.
        let spelt_out = if self.has_dotted {
            named
        } else {
            self.with_dotted(&named)
        };
        (spelt_out != text.as_str()).then(|| CleanText::passed(spelt_out))
    }

    /// What follows a number belongs to it, or to the next one: so it is looked at, and not taken in.
    fn with_dotted(&self, text: &str) -> String {
        let (mut spelt_out, mut at) = (String::new(), 0);
        while let Some(found) = DOTTED.captures_at(text, at) {
            let place = found.get(1).map_or(0..0, |number| number.range());
            let name = self.box_found(&found).filter(|_| may_follow(&text[place.end..]));
            spelt_out += &text[at..place.start];
            spelt_out += name.unwrap_or(&text[place.clone()]);
            at = place.end;
        }
        spelt_out + &text[at..]
    }

    fn box_found(&self, found: &Captures<'_>) -> Option<&str> {
        let (step, one) = (number(&found["step"])?, number(&found["box"])?);
        let mut of_step = self.boxes.iter().filter(|(of, _)| *of == step);
        let (_, name) = of_step.nth(usize::from(one.checked_sub(1)?))?;
        // Words that name steps or numbers themselves would be read as those.
        (!OTHER_NUMBERS.is_match(name)).then_some(name)
    }
}

/// A number in figures or words.
fn number(text: &str) -> Option<u8> {
    let word = text.to_lowercase();
    let in_words = || {
        NUMBERS
            .iter()
            .position(|words| words.split(' ').any(|known| known == word))
            .and_then(|at| u8::try_from(at + 1).ok())
    };
    text.parse().ok().or_else(in_words)
}

/// Whether what stands behind a number leaves it a name: a word that is no unit, or the mark at an end.
fn may_follow(behind: &str) -> bool {
    let is_mark = |c: char| matches!(c, ',' | '!' | '?' | ';' | ')' | ':' | '.' | '\n');
    let rest = behind.trim_start_matches(is_mark);
    if rest.len() < behind.len() {
        return rest.is_empty() || rest.starts_with(char::is_whitespace);
    }
    let is_part = |c: char| !c.is_whitespace();
    let word = behind
        .trim_start()
        .split(|c: char| !c.is_alphabetic())
        .next()
        .unwrap_or_default();
    !behind.starts_with(is_part) && !UNITS.contains(&word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::BlockId;
    use crate::page::{Criterion, Guide, Step};

    #[test]
    fn a_number_that_stands_for_a_box_is_spelt_out_and_no_other() {
        let mut guide = Guide::default();
        for (number, text, step) in [(1, "Cut the branch", 1), (2, "Run the suite", 2), (3, "Pay by card", 2)] {
            guide.criteria.push(Criterion {
                number,
                text: text.to_owned(),
                block: BlockId::from_wire(text),
                step: Some(step),
            });
        }
        guide.steps = [1, 2]
            .map(|number| Step {
                number,
                ..Step::default()
            })
            .into();
        let names = PartNames::of(&guide);
        for (said, meant) in [
            ("2.2 is done", "Pay by card is done"),
            ("2.2 ✔️", "Pay by card ✔️"),
            ("1.1 and 2.1 are done", "Cut the branch and Run the suite are done"),
            ("hello, 2.2 klaar", "hello, Pay by card klaar"),
            (
                "2.1, 2.2 klaar (1.1 too)",
                "Run the suite, Pay by card klaar (Cut the branch too)",
            ),
            ("I did box 1.1!", "I did box Cut the branch!"),
            ("2.2: the bank declines", "Pay by card: the bank declines"),
            ("step 2 box 1 finished", "Run the suite finished"),
            ("box 2 of step two is done", "Pay by card is done"),
            ("Het tweede vakje bij stap 2 mag aan", "Pay by card mag aan"),
            ("first box under step 1: did it", "Cut the branch: did it"),
        ] {
            let spelt_out = names.spelt_out(&CleanText::passed(said.to_owned()));
            assert_eq!(spelt_out.as_ref().map(CleanText::as_str), Some(meant), "{said}");
        }
        for same in [
            "2.3 is done",
            "version 2.1 is out",
            "we meet at 2.1",
            "2.1 hours spent",
            "that costs 2.1 euro",
            "2.1.4 is released",
            "2.10 is late",
            "1.1% done",
            "1.02 klaar",
            "1.1 Stunden gebraucht, fertig",
            "box 3 of step 1 is done",
            "the first step is done",
        ] {
            assert_eq!(names.spelt_out(&CleanText::passed(same.to_owned())), None, "{same}");
        }
    }
}
