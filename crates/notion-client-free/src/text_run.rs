//! Text to be sent: runs of one style each, split where Notion limits an item, written straight to JSON.
use crate::ids::PersonId;
use serde::{Serialize, Serializer};

/// As many UTF-16 units may stand in an item's text, and in a link.
const UNITS: usize = 2000;
/// As many items may be in one rich text; Notion refuses more with a 400.
pub const MAX_ITEMS: usize = 100;
/// A cut moves back over at most so many characters to spare a joined emoji.
const SPARE: usize = 32;

/// A stretch of text of one style, or a mention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextRun<'a> {
    /// The text, of any length: it is sent in as many items as Notion's limit of 2000 UTF-16 units asks for.
    pub text: &'a str,
    /// How it looks.
    pub style: TextStyle,
    /// Where it leads. An address of more than 2000 UTF-16 units is left out: Notion would refuse the whole text.
    pub link: Option<&'a str>,
    /// Mentions this person, who is notified; `text` and `link` are then not sent.
    pub mention: Option<&'a PersonId>,
}

impl<'a> TextRun<'a> {
    /// Text without a style, a link or a mention.
    pub fn plain(text: &'a str) -> Self {
        Self {
            text,
            ..Self::default()
        }
    }
}

/// How a run looks: those of Notion's annotations that can be set here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "Notion's annotations are independent switches"
)]
pub struct TextStyle {
    /// Whether its letters are heavy.
    pub bold: bool,
    /// Whether its letters are slanted.
    pub italic: bool,
    /// Letters of one width on a grey ground.
    pub code: bool,
    /// Whether its letters are grey.
    pub grey: bool,
}

/// Cuts a text into the parts that each fit into one item: 2000 UTF-16 units, never within a character, and not within
/// a joined emoji or a flag either where that can be helped.
pub fn fit_into_items(text: &str) -> impl Iterator<Item = &str> {
    Chunks(text)
}

/// Runs cut to Notion's measure. `None` when they need more items than a comment can hold.
pub(crate) struct Pieces<'a>(Vec<Piece<'a>>);

#[derive(Clone, Copy)]
struct Piece<'a> {
    text: &'a str,
    run: TextRun<'a>,
}

impl<'a> Pieces<'a> {
    pub(crate) fn cut(runs: &[TextRun<'a>]) -> Option<Self> {
        let mut pieces = Vec::with_capacity(runs.len());
        for &run in runs {
            if run.mention.is_some() {
                pieces.push(Piece { text: "", run });
                continue;
            }
            pieces.extend(Chunks(run.text).map(|text| Piece { text, run }));
        }
        (pieces.len() <= MAX_ITEMS).then_some(Self(pieces))
    }
}

/// The parts of a text that each fit into one item.
struct Chunks<'a>(&'a str);

impl<'a> Iterator for Chunks<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        if self.0.is_empty() {
            return None;
        }
        let (head, tail) = self.0.split_at(fitting(self.0));
        self.0 = tail;
        Some(head)
    }
}

/// How many bytes of `text` fit into one item, cut between characters and, if one is near, between visible ones.
fn fitting(text: &str) -> usize {
    // A unit is never longer than a byte.
    if text.len() <= UNITS {
        return text.len();
    }
    let mut units = 0;
    let over = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > UNITS
    });
    let Some((end, _)) = over else {
        return text.len();
    };
    let spared = text[..end].char_indices().rev().take(SPARE).map(|(at, _)| at);
    let mut cuts = std::iter::once(end).chain(spared);
    cuts.find(|at| *at > 0 && !joins(text, *at)).unwrap_or(end)
}

/// Whether the characters beside `at` are shown as one.
fn joins(text: &str, at: usize) -> bool {
    let (Some(left), Some(right)) = (text[..at].chars().next_back(), text[at..].chars().next()) else {
        return false;
    };
    let flags = text[..at].chars().rev().take_while(|c| is_flag_half(*c)).count();
    left == '\u{200d}' || extends(right) || (is_flag_half(right) && flags % 2 == 1)
}

/// Joiner, variation selectors, combining marks, skin tones, tags: what belongs to the character before it.
fn extends(c: char) -> bool {
    matches!(c, '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{300}'..='\u{36f}' | '\u{20d0}'..='\u{20ff}'
        | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}')
}

fn is_flag_half(c: char) -> bool {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}')
}

impl Serialize for Pieces<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.iter().map(|piece| piece.to_item()))
    }
}

#[derive(Serialize)]
struct SentItem<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<SentText<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mention: Option<SentMention<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<Annotations>,
}

#[derive(Serialize)]
struct SentText<'a> {
    content: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<SentLink<'a>>,
}

#[derive(Serialize)]
struct SentLink<'a> {
    url: &'a str,
}

#[derive(Serialize)]
struct SentMention<'a> {
    user: PersonRef<'a>,
}

#[derive(Serialize)]
struct PersonRef<'a> {
    id: &'a str,
}

#[derive(Serialize)]
struct Annotations {
    #[serde(skip_serializing_if = "is_off")]
    bold: bool,
    #[serde(skip_serializing_if = "is_off")]
    italic: bool,
    #[serde(skip_serializing_if = "is_off")]
    code: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<&'static str>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_off(flag: &bool) -> bool {
    !*flag
}

impl<'a> Piece<'a> {
    fn to_item(self) -> SentItem<'a> {
        let TextStyle {
            bold,
            italic,
            code,
            grey,
        } = self.run.style;
        let mention = self.run.mention.map(|person| SentMention {
            user: PersonRef { id: person.as_str() },
        });
        // A link that Notion would refuse is left out: the words alone are better than no reply.
        let link = self.run.link.filter(|url| url.encode_utf16().count() <= UNITS);
        SentItem {
            text: mention.is_none().then(|| SentText {
                content: self.text,
                link: link.map(|url| SentLink { url }),
            }),
            mention,
            annotations: (self.run.style != TextStyle::default()).then(|| Annotations {
                bold,
                italic,
                code,
                color: grey.then_some("gray"),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str) -> TextRun<'_> {
        TextRun::plain(text)
    }

    fn json(runs: &[TextRun<'_>]) -> serde_json::Value {
        serde_json::to_value(Pieces::cut(runs).unwrap()).unwrap()
    }

    const PARTS: [&str; 6] = ["a", "é", "🔐", "👩\u{200d}💻", "🇳🇱", "❤\u{fe0f}"];

    /// Cuts a text and gives the length of each part in UTF-16 units.
    #[track_caller]
    fn check(text: &str, expected: &[usize]) {
        let parts: Vec<&str> = Chunks(text).collect();
        assert_eq!(parts.concat(), text, "nothing is lost");
        let units: Vec<usize> = parts.iter().map(|part| part.encode_utf16().count()).collect();
        assert_eq!(units, expected);
    }

    #[test]
    fn text_is_cut_at_2000_units_and_never_inside_a_visible_character() {
        check("", &[]);
        check(&"a".repeat(2000), &[2000]);
        check(&"a".repeat(2001), &[2000, 1]);
        check(&"é".repeat(2000), &[2000]);
        check(&format!("{}🔐", "a".repeat(1999)), &[1999, 2]);
        check(&format!("{}👩\u{200d}💻!", "a".repeat(1997)), &[1997, 6]);
        check(&format!("{}❤\u{fe0f}", "a".repeat(1999)), &[1999, 2]);
        check(&format!("{}e\u{301}", "a".repeat(1999)), &[1999, 2]);
        check(&format!("{}🇳🇱", "a".repeat(1998)), &[1998, 4]);
        check(&format!("{}🇳🇱🇩🇪", "a".repeat(1996)), &[2000, 4]);
        check(&"\u{200d}".repeat(2100), &[2000, 100]);
    }

    #[test]
    fn runs_become_items() {
        let mut bold = run("done");
        bold.style.bold = true;
        bold.link = Some("https://example.org");
        let mut grey = run(" · k7p2");
        grey.style.grey = true;
        let mut person = run("ignored");
        let ana = PersonId::parse("7d9e1f2033444c558899aabbccddeeff");
        person.mention = ana.as_ref();
        let expected = serde_json::json!([
            {"mention": {"user": {"id": "7d9e1f20-3344-4c55-8899-aabbccddeeff"}}},
            {"text": {"content": "done", "link": {"url": "https://example.org"}}, "annotations": {"bold": true}},
            {"text": {"content": " · k7p2"}, "annotations": {"color": "gray"}},
        ]);
        assert_eq!(json(&[person, run(""), bold, grey]), expected);
    }

    #[test]
    fn more_than_a_comment_can_hold_is_refused_here() {
        assert!(Pieces::cut(&vec![run("a"); 100]).is_some());
        assert!(Pieces::cut(&vec![run("a"); 101]).is_none());
        assert!(Pieces::cut(&[run(&"a".repeat(200_001))]).is_none());
    }

    #[test]
    fn a_link_that_is_too_long_is_left_out() {
        let mut linked = run("here");
        let address = "x".repeat(2001);
        linked.link = Some(&address);
        assert_eq!(json(&[linked]), serde_json::json!([{"text": {"content": "here"}}]));
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
        #[test]
        fn any_text_is_cut_into_parts_that_fit(words in proptest::collection::vec(0..PARTS.len(), 0..3000)) {
            let text: String = words.into_iter().map(|word| PARTS[word]).collect();
            let parts: Vec<&str> = Chunks(&text).collect();
            proptest::prop_assert_eq!(&parts.concat(), &text);
            for part in parts {
                proptest::prop_assert!(part.encode_utf16().count() <= UNITS);
                proptest::prop_assert!(!part.starts_with(extends));
            }
        }
    }
}
