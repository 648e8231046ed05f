//! From the client's shapes to the domain's, and back.
use super::RawComment;
use crate::domain::comment::{Anchor, RawText};
use crate::domain::ids::PersonId;
use crate::domain::reply::{Reference, Run, Style};
use notion_client_free::{CommentParent, TextRun, TextStyle, UserText};

/// What people wrote, for redaction: the one way from the client's texts into this program.
pub fn raw_text(text: &UserText) -> RawText {
    RawText::new(text.expose()).with_unseen(text.expose_unseen().to_vec())
}

/// The page or the block under which a comment stands.
pub fn anchor(comment: &RawComment) -> Anchor {
    match &comment.parent {
        CommentParent::Page => Anchor::Page,
        CommentParent::Block(id) => Anchor::Block(id.clone()),
    }
}

/// The reference at the end of a reply, if one of our `own` ids wrote it: anybody can copy a reference.
pub fn own_reference(comment: &RawComment, own: &[PersonId]) -> Option<Reference> {
    let is_ours = own.contains(&comment.author);
    Reference::parse(comment.rich_text.last_item().filter(|_| is_ours)?)
}

/// A reply as it is sent.
pub fn text_runs(runs: &[Run]) -> Vec<TextRun<'_>> {
    let runs = runs.iter();
    runs.map(|run| TextRun {
        text: &run.text,
        style: text_style(run.style),
        link: run.link.as_deref(),
        mention: run.mention.as_ref(),
    })
    .collect()
}

fn text_style(style: Style) -> TextStyle {
    let Style {
        bold,
        italic,
        code,
        grey,
    } = style;
    TextStyle {
        bold,
        italic,
        code,
        grey,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value as Json, json};

    const ANA: &str = "7d9e1f20-3344-4c55-8899-aabbccddeeff";
    const BOT: &str = "90aa12bc-55de-4f01-92ab-3344556677aa";

    fn comment(author: &str, items: &Json) -> RawComment {
        let body = json!({ "id": "c", "created_by": { "id": author }, "rich_text": items });
        serde_json::from_value(body).unwrap()
    }

    #[test]
    fn our_reference_is_read_from_our_own_comments_alone() {
        let bot = [PersonId::from_wire(BOT)];
        let items = json!([{ "plain_text": "Backup verified." }, { "plain_text": " · k7p2-93qd" }]);
        let ours = own_reference(&comment(BOT, &items), &bot);
        assert_eq!(ours.as_ref().map(Reference::as_str), Some("k7p2-93qd"));
        assert_eq!(own_reference(&comment(ANA, &items), &bot), None);
        assert_eq!(own_reference(&comment(BOT, &json!([])), &bot), None);
    }
}
