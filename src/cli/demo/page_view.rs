//! The page as anybody can see it, read from the API's JSON.
use serde_json::Value;

/// The page as anybody can see it.
pub(super) struct PageView {
    pub(super) status: String,
    pub(super) progress: Option<f64>,
    pub(super) next_rotation: Option<String>,
    /// The success criteria, and whether each is ticked.
    pub(super) boxes: Vec<(String, bool)>,
    /// Author and plain text of each comment.
    comments: Vec<(String, String)>,
    bot: String,
}

impl PageView {
    /// Reads the page, its blocks and its comments; `bot` is the id of our own user.
    pub(super) fn of(page: &Value, blocks: &Value, comments: &Value, bot: String) -> PageView {
        let properties = &page["properties"];
        PageView {
            status: properties["Status"]["status"]["name"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            progress: properties["Progress"]["number"].as_f64(),
            next_rotation: properties["Next rotation"]["date"]["start"].as_str().map(str::to_owned),
            boxes: criteria(blocks),
            comments: items(comments)
                .iter()
                .map(|comment| (id(&comment["created_by"]), text(&comment["rich_text"])))
                .collect(),
            bot,
        }
    }

    /// Our own comments.
    pub(super) fn ours(&self) -> impl Iterator<Item = &str> {
        self.comments
            .iter()
            .filter(|(author, _)| *author == self.bot)
            .map(|(_, text)| text.as_str())
    }
}

/// The entries of a list, a bare one or that of an answer.
pub(super) fn items(list: &Value) -> Vec<Value> {
    let entries = list.as_array().or_else(|| list["results"].as_array());
    entries.cloned().unwrap_or_default()
}

/// The id of an object.
pub(super) fn id(object: &Value) -> String {
    object["id"].as_str().unwrap_or_default().to_owned()
}

fn text(rich_text: &Value) -> String {
    items(rich_text)
        .iter()
        .filter_map(|item| item["plain_text"].as_str().map(str::to_owned))
        .collect()
}

/// The boxes under "Success criteria".
fn criteria(blocks: &Value) -> Vec<(String, bool)> {
    let mut under = false;
    let mut boxes = Vec::new();
    for block in items(blocks) {
        let kind = block["type"].as_str().unwrap_or_default();
        let content = &block[kind];
        if kind.starts_with("heading") {
            under = text(&content["rich_text"]).to_lowercase().contains("criteria");
        } else if under && kind == "to_do" {
            boxes.push((text(&content["rich_text"]), content["checked"] == true));
        }
    }
    boxes
}
