//! A page as markdown: the cheap way to see which threads hang on its text. Nothing else is read from it.
use crate::answer::About;
use crate::client::{Call, Client};
use crate::error::Error;
use crate::ids::{DiscussionId, PageId};
use crate::listing::segment;
use crate::user_text::UserText;
use serde::Deserialize;

/// The attribute that carries the threads of a stretch of text.
const ATTRIBUTE: &str = "discussion-urls";

/// A page as markdown.
#[derive(Clone, Debug)]
pub struct Markdown {
    /// The whole text, wrappers and all.
    pub text: UserText,
    /// Whether Notion left something out (pages beyond some 20,000 records).
    pub truncated: bool,
    /// The threads whose anchors stand in the text, each once, in the order of the text.
    pub discussions: Vec<DiscussionId>,
}

#[derive(Deserialize)]
struct MarkdownBody {
    markdown: String,
    truncated: Option<bool>,
}

impl Client {
    /// The page as markdown.
    pub async fn markdown(&self, page: &PageId) -> Result<Markdown, Error> {
        let about = About::read_content("read the text of the page", page.as_str());
        let path = format!("/v1/pages/{}/markdown", segment(page.as_str()));
        let body: MarkdownBody = self.read(Call::get(path, about)).await?;
        Ok(Markdown {
            discussions: anchors(&body.markdown),
            truncated: body.truncated.unwrap_or(false),
            text: UserText::new(body.markdown, Vec::new()),
        })
    }
}

/// The ids in every `discussion-urls="..."`, whatever stands around them: quotes of either kind or escaped ones,
/// `discussion://` or another form of address, one id or several.
pub(crate) fn anchors(markdown: &str) -> Vec<DiscussionId> {
    let mut found: Vec<DiscussionId> = Vec::new();
    for after in markdown.split(ATTRIBUTE).skip(1) {
        for url in attribute(after).split([',', ' ']) {
            if let Some(id) = DiscussionId::parse(url.trim_end_matches(['/', '\\']))
                && !found.contains(&id)
            {
                found.push(id);
            }
        }
    }
    found
}

/// The value of an attribute whose name ends right before `after`; empty when none follows.
fn attribute(after: &str) -> &str {
    let Some(value) = after.trim_start().strip_prefix('=') else {
        return "";
    };
    let value = value.trim_start().trim_start_matches('\\');
    let Some(quote) = value.chars().next().filter(|quote| matches!(quote, '"' | '\'')) else {
        return value.split([' ', '>']).next().unwrap_or_default();
    };
    let value = &value[1..];
    value.split([quote, '>']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "31a0c4de-77b2-8044-b0d9-001c99aa88bb";
    const B: &str = "31a0c4de-77b2-8044-b0d9-001c99aa88cc";

    #[track_caller]
    fn check(markdown: &str, expected: &[&str]) {
        let found = anchors(markdown);
        assert_eq!(
            found.iter().map(DiscussionId::as_str).collect::<Vec<_>>(),
            expected,
            "{markdown}"
        );
    }

    #[test]
    fn threads_are_found_in_any_form_of_the_attribute() {
        check("# A page\n- [x] nothing here", &[]);
        check(
            &format!("<span discussion-urls=\"discussion://{A}\">Step 1</span>"),
            &[A],
        );
        check(
            &format!("<span discussion-urls=\"discussion://{A},discussion://{B}\">x</span>"),
            &[A, B],
        );
        check(
            &format!("<span discussion-urls=\"discussion://{A}, discussion://{B}\">x</span>"),
            &[A, B],
        );
        check(
            &format!("<span color=\"red\" discussion-urls='discussion://{B}/'>x</span>"),
            &[B],
        );
        check(
            &format!("<span discussion-urls = \"{}\">x", A.replace('-', "").to_uppercase()),
            &[A],
        );
        check(
            &format!("a <span discussion-urls=\\\"discussion://{A}\\\">x</span>"),
            &[A],
        );
        check(&format!("<span discussion-urls=discussion://{A}>x</span>"), &[A]);
        let twice = format!("<span discussion-urls=\"discussion://{A}\">x</span>").repeat(2);
        check(&twice, &[A]);
    }

    #[test]
    fn what_is_no_anchor_is_passed_over() {
        check(
            "the words discussion-urls alone, and discussion-urls=\"\" or discussion-urls=\"discussion://short\"",
            &[],
        );
        check("cut off discussion-urls=\"discussion://31a0", &[]);
        check("discussion-urls", &[]);
        check("discussion-urls=", &[]);
    }
}
