//! The draft of a page's description: every step and box of its guide with its words, and a check where they tell of one.
use super::proposals;
use crate::domain::evidence::Check;
use crate::domain::ids::PageId;
use crate::domain::page::{Criterion, Guide, Step};
use serde_json::Value as Json;
use std::fmt::Write as _;

/// Characters of a box by which it is found; more are only needed where another box begins alike.
const MATCH: usize = 60;

/// A draft, and what is in it.
pub(super) struct Draft {
    pub(super) text: String,
    /// The kinds of the checks that are proposed, in the order of the boxes.
    pub(super) kinds: Vec<&'static str>,
}

/// Drafts the description of a page. `page`: the page itself, where its title begins with no id; `dates`: its dates, by name.
pub(super) fn draft(id: &str, page: Option<&PageId>, guide: &Guide, dates: &[String]) -> Draft {
    let mut draft = Draft {
        text: format!(
            "# What can be checked of \"{}\": a draft, made from the page's words. Mend what does not fit; `keyminder check`\n\
             # proves it, and config/README.md of keyminder says each kind of check. A box with a check is ticked by evidence\n\
             # alone; one without is ticked when somebody says that it is done (evidence.claims).\n\
             id = {}\n",
            in_a_comment(&guide.title),
            quoted(id)
        ),
        kinds: Vec::new(),
    };
    if let Some(page) = page {
        let _ = writeln!(draft.text, "page = {}", quoted(page.as_str()));
    }
    if let Some(next) = guide.next_actions.first() {
        let _ = writeln!(draft.text, "next_action = {}", quoted(next));
    }
    for step in &guide.steps {
        draft.step(guide, step, dates);
    }
    let of_page = guide.criteria.iter().filter(|criterion| criterion.step.is_none());
    for (at, criterion) in of_page.enumerate() {
        if at == 0 {
            draft.text += "\n# The criteria of the whole page. A step that leads to one says so: criteria = [1].\n";
        }
        draft.criterion(guide, criterion, proposals::check(&criterion.text, dates));
    }
    draft
}

impl Draft {
    fn step(&mut self, guide: &Guide, step: &Step, dates: &[String]) {
        let boxes: Vec<&Criterion> = guide
            .criteria
            .iter()
            .filter(|one| one.step == Some(step.number))
            .collect();
        let numbers: Vec<String> = boxes.iter().map(|one| one.number.to_string()).collect();
        let (title, number) = (in_a_comment(&step.title), step.number);
        let _ = write!(
            self.text,
            "\n# Step {number}: {title}\n[[step]]\nnumber = {number}\ncriteria = [{}]\n",
            numbers.join(", ")
        );
        let told = [step.validation.as_deref(), step.text.as_deref()];
        let told: Vec<&str> = told.into_iter().flatten().collect();
        if boxes.is_empty() {
            let proposed = told.iter().find_map(|text| proposals::check(text, dates));
            self.proposed(proposed.as_ref(), "proposed by what the step says");
        }
        for command in step.commands.iter().filter_map(|line| proposals::command(line)) {
            self.proposed(Some(&command), "needs evidence.allow_commands = true");
        }
        for criterion in &boxes {
            let of_step = || match boxes.as_slice() {
                [_] => told.iter().find_map(|text| proposals::address(text)),
                _ => None,
            };
            let check = proposals::check(&criterion.text, dates).or_else(of_step);
            self.criterion(guide, criterion, check);
        }
    }

    /// A check that somebody has to turn on.
    fn proposed(&mut self, check: Option<&Check>, why: &str) {
        if let Some(check) = check {
            let _ = writeln!(self.text, "# check = {}   # {why}", inline(check));
        }
    }

    fn criterion(&mut self, guide: &Guide, criterion: &Criterion, check: Option<Check>) {
        let (text, number) = (in_a_comment(&criterion.text), criterion.number);
        let _ = write!(self.text, "\n# [ ] {text}\n[[criterion]]\nnumber = {number}\n");
        if let Some(words) = words(guide, criterion) {
            let _ = writeln!(self.text, "match = {}", quoted(&words));
        }
        match check {
            Some(check) => {
                let _ = writeln!(self.text, "check = {}", inline(&check));
                self.kinds.push(check.kind());
            }
            None => self.text += "# no check: it is ticked on somebody's word\n",
        }
    }
}

/// The words by which a box is found, and no other one; `None` where only its number tells it from another.
fn words(guide: &Guide, criterion: &Criterion) -> Option<String> {
    let text = criterion.text.to_lowercase();
    let short: String = text.chars().take(MATCH).collect();
    let is_own = |words: &String| {
        let mut others = guide.criteria.iter().filter(|other| other.number != criterion.number);
        !words.trim().is_empty() && !others.any(|other| other.text.to_lowercase().contains(words.as_str()))
    };
    [short, text].into_iter().find(is_own)
}

/// A text as it can stand behind a #.
fn in_a_comment(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A text as TOML has it: JSON's strings are its strings, but for one sign.
fn quoted(text: &str) -> String {
    in_toml(&Json::from(text))
}

fn in_toml(value: &Json) -> String {
    value.to_string().replace('\u{7f}', "\\u007F")
}

/// A check as one line: what is not set, or has its usual value, is left out.
fn inline(check: &Check) -> String {
    let value = serde_json::to_value(check).unwrap_or_default();
    let usual = [Json::Null, Json::from(200)];
    let set = value.as_object().into_iter().flatten();
    let mut fields: Vec<_> = set.filter(|(_, value)| !usual.contains(value)).collect();
    fields.sort_by_key(|(name, _)| *name != "kind");
    let fields: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name} = {}", in_toml(value)))
        .collect();
    format!("{{ {} }}", fields.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::BlockId;
    use crate::domain::page::PageDescription;

    fn guide(steps: &[(&str, Option<&str>, &[&str])], boxes: &[(Option<u8>, &str)]) -> Guide {
        let step = |(number, (title, text, commands)): (u8, &(&str, Option<&str>, &[&str]))| Step {
            number,
            title: (*title).to_owned(),
            text: text.map(str::to_owned),
            commands: commands.iter().map(|line| (*line).to_owned()).collect(),
            ..Step::default()
        };
        let criterion = |(number, (step, text)): (u8, &(Option<u8>, &str))| Criterion {
            number,
            text: (*text).to_owned(),
            block: BlockId::from_wire(&number.to_string()),
            step: *step,
        };
        Guide {
            title: "Release \"2.4\"".to_owned(),
            steps: (1..).zip(steps).map(step).collect(),
            criteria: (1..).zip(boxes).map(criterion).collect(),
            ..Guide::default()
        }
    }

    #[test]
    fn a_draft_has_every_step_and_box_and_can_be_read() {
        let guide = guide(
            &[
                ("Write", None, &[]),
                ("Publish", Some("See https://example.com/2.4"), &["make dist", "a | b"]),
                ("Tell", Some("Write docs/told.md"), &[]),
            ],
            &[
                (None, "Notes are in docs/release.md"),
                (None, "Support knows"),
                (Some(2), "It is \"live\"\\ now"),
                (Some(1), "Checked"),
                (Some(1), "Checked"),
            ],
        );
        let page = PageId::from_wire("2f1c7a90-4b3d-80e2-9a51-c0ffee11aa01");
        let drafted = draft("release", Some(&page), &guide, &[]);
        let read =
            PageDescription::parse(&drafted.text, "a.toml").unwrap_or_else(|fault| panic!("{fault}\n{}", drafted.text));
        assert!(read.is_of(&page));
        assert_eq!(read.steps.len(), 3);
        assert_eq!(read.step(1).unwrap().criteria, [4, 5]);
        let kinds: Vec<_> = (1..=5).map(|number| read.check(number).map(Check::kind)).collect();
        assert_eq!(kinds, [Some("file"), None, Some("http"), None, None]);
        assert_eq!(drafted.kinds, ["http", "file"]);
        for criterion in &read.criteria {
            assert_eq!(read.box_of(&guide, criterion), Some(criterion.number), "{criterion:?}");
        }
        let asleep = drafted
            .text
            .lines()
            .filter(|line| line.starts_with("# check = "))
            .count();
        assert_eq!(asleep, 2, "the command, and what step 3 says:\n{}", drafted.text);
    }

    #[test]
    fn whatever_a_page_says_is_a_draft_that_can_be_read() {
        let mut dice = fastrand::Rng::with_seed(7);
        let pieces = [
            "\"",
            "'''",
            "\"\"\"",
            "\\",
            "\n",
            "\t",
            "#",
            "[[step]]",
            "é",
            "🚀",
            " ",
            "=",
            "\u{7f}",
            "{",
            "docs/a.md",
            "\r",
        ];
        for _ in 0..300 {
            let text = |dice: &mut fastrand::Rng| {
                (0..dice.usize(0..12))
                    .map(|_| pieces[dice.usize(0..pieces.len())])
                    .collect::<String>()
            };
            let texts: Vec<String> = (0..6).map(|_| text(&mut dice)).collect();
            let guide = guide(
                &[(&texts[0], Some(&texts[1]), &[&texts[2]])],
                &[(Some(1), &texts[3]), (None, &texts[4]), (None, &texts[5])],
            );
            let drafted = draft("a", None, &guide, &[texts[5].clone()]);
            let read = PageDescription::parse(&drafted.text, "a.toml");
            assert!(read.is_ok(), "{:?}\n{}", read.err(), drafted.text);
        }
    }
}
