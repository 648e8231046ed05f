//! Pages and their properties: reading, finding, setting.
use crate::answer::{About, Proof};
use crate::client::{Call, Client, ending, parse};
use crate::error::{Error, WriteError};
use crate::ids::{self, PageId};
use crate::listing::{Portion, segment};
use crate::named::Named;
use crate::rich_text::RichText;
use crate::unseen;
use crate::user_text::UserText;
use chrono::{DateTime, Utc};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use std::fmt;

/// A page. `Debug` elides what people named: its title, its address, its properties.
#[derive(Clone, Deserialize)]
#[serde(from = "PageBody")]
pub struct Page {
    /// The id of the page.
    pub id: PageId,
    /// The title that people gave it.
    pub title: UserText,
    /// Whatever else people wrote into it, to be searched: the names and values of its properties, its icon, its
    /// cover. Its address, which has the title in it, is not kept: see [`PageId::url`].
    pub written: UserText,
    /// Whether it lies in the trash: then it can be read, but not written.
    pub in_trash: bool,
    /// Whether people may not edit it. Notion would let us; we respect it.
    pub is_locked: bool,
    /// The data source whose row it is, if it is one.
    pub data_source: Option<String>,
    /// Server time, cut to the minute (recorded).
    pub last_edited: Option<DateTime<Utc>>,
    /// Its properties by name. A page outside a data source has its title alone.
    pub properties: Named<Property>,
}

/// A property of a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// Its id, percent-encoded as it came; it outlives a change of name.
    pub id: String,
    /// What it holds.
    pub value: Value,
}

/// What a property holds, for the kinds that we use.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// The name of a status.
    Status(Option<UserText>),
    /// The name of an option.
    Select(Option<UserText>),
    /// Any number of options.
    MultiSelect,
    /// The start of a date: `2027-02-18`, or with a time.
    Date(Option<String>),
    /// A number; `None` when there is none.
    Number(Option<f64>),
    /// A tick: set or not.
    Checkbox(bool),
    /// The title; see [`Page::title`].
    Title,
    /// A kind of which nothing more is known here.
    Other,
}

/// What we set a property to.
#[derive(Clone, Debug, PartialEq)]
pub enum PropertyValue {
    /// The name of an existing status; Notion refuses another.
    Status(String),
    /// The name of an existing option; Notion would *create* another.
    Select(String),
    /// `2027-02-18`, or with a time and an offset; `None` clears it.
    Date(Option<String>),
    /// A number; `None` clears it.
    Number(Option<f64>),
    /// A tick: set or not.
    Checkbox(bool),
}

#[derive(Deserialize)]
struct PageBody {
    id: String,
    icon: Option<Json>,
    cover: Option<Json>,
    in_trash: Option<bool>,
    archived: Option<bool>,
    is_locked: Option<bool>,
    parent: Option<PageParent>,
    last_edited_time: Option<String>,
    #[serde(default)]
    properties: Map<String, Json>,
}

#[derive(Deserialize)]
struct PageParent {
    data_source_id: Option<String>,
}

impl From<PageBody> for Page {
    fn from(body: PageBody) -> Self {
        let time = body.last_edited_time.and_then(|time| time.parse().ok());
        let title = body
            .properties
            .values()
            .find_map(|property| RichText::at(property, "title"));
        let names = body.properties.keys().cloned();
        let values = body.properties.values().chain(&body.icon).chain(&body.cover);
        let written = names.chain(values.flat_map(unseen::texts)).collect();
        let properties = body.properties.iter();
        Self {
            id: PageId::from_wire(&body.id),
            title: title.unwrap_or_default().text(),
            written: UserText::new(String::new(), written),
            in_trash: body.in_trash.unwrap_or(false) || body.archived.unwrap_or(false),
            is_locked: body.is_locked.unwrap_or(false),
            data_source: body.parent.and_then(|parent| ids::normalise(&parent.data_source_id?)),
            last_edited: time,
            properties: properties.map(|(name, json)| (name.clone(), property(json))).collect(),
        }
    }
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page")
            .field("id", &self.id)
            .field("in_trash", &self.in_trash)
            .field("is_locked", &self.is_locked)
            .field("last_edited", &self.last_edited)
            .finish_non_exhaustive()
    }
}

fn property(json: &Json) -> Property {
    let kind = json["type"].as_str().unwrap_or_default();
    let held = &json[kind];
    let name = || held["name"].as_str().map(UserText::plain);
    let value = match kind {
        "status" => Value::Status(name()),
        "select" => Value::Select(name()),
        "multi_select" => Value::MultiSelect,
        "date" => Value::Date(held["start"].as_str().map(str::to_owned)),
        "number" => Value::Number(held.as_f64()),
        "checkbox" => Value::Checkbox(held.as_bool().unwrap_or(false)),
        "title" => Value::Title,
        _ => Value::Other,
    };
    Property {
        id: json["id"].as_str().unwrap_or_default().to_owned(),
        value,
    }
}

impl PropertyValue {
    fn to_json(&self) -> Json {
        match self {
            Self::Status(name) => json!({ "status": { "name": name } }),
            Self::Select(name) => json!({ "select": { "name": name } }),
            Self::Date(Some(start)) => json!({ "date": { "start": start } }),
            Self::Date(None) => json!({ "date": null }),
            Self::Number(number) => json!({ "number": number }),
            Self::Checkbox(ticked) => json!({ "checkbox": ticked }),
        }
    }
}

impl Client {
    /// A page, also one in the trash.
    pub async fn page(&self, id: &PageId) -> Result<Page, Error> {
        self.read(one(id)).await
    }

    /// Sets properties, named by their ids as they came, and gives back the page as it then is.
    pub async fn update_properties(&self, id: &PageId, values: &[(String, PropertyValue)]) -> Result<Page, WriteError> {
        let about = About::update_content("set properties of the page", id.as_str());
        let values: Map<String, Json> = values.iter().map(|(id, value)| (id.clone(), value.to_json())).collect();
        let body = json!({ "properties": values }).to_string().into_bytes();
        let answer = self
            .set(Call::with_body(Method::PATCH, page_path(id), body, about))
            .await?;
        match parse(answer.as_deref(), about) {
            Ok(page) => Ok(page),
            // It happened; only the picture of the page is missing.
            Err(_) => self.look(one(id)).await.map_err(|error| ending(error, Proof::Nothing)),
        }
    }

    /// The rows of a data source that a filter lets through, last edited first. `Json::Null`: all of them.
    pub async fn query(&self, data_source: &str, filter: Json) -> Result<Vec<Page>, Error> {
        let about = About::read_content("query the data source", data_source);
        let path = format!("/v1/data_sources/{}/query", segment(data_source));
        let mut body = json!({ "sorts": [last_edited_first()] });
        if !filter.is_null() {
            body["filter"] = filter;
        }
        self.pages(&path, &body, about).await
    }

    /// Pages whose title resembles `text`. The search is fuzzy and lags: never take the first hit unseen.
    pub async fn search(&self, text: &str) -> Result<Vec<Page>, Error> {
        let body = json!({
            "query": text,
            "filter": { "property": "object", "value": "page" },
            "sort": last_edited_first(),
        });
        self.pages("/v1/search", &body, About::read_content("search for pages", ""))
            .await
    }

    async fn pages(&self, path: &str, body: &Json, about: About<'_>) -> Result<Vec<Page>, Error> {
        let ask = |portion: Portion<'_>| {
            let mut body = body.clone();
            body["page_size"] = portion.size.into();
            if let Some(cursor) = portion.cursor {
                body["start_cursor"] = cursor.into();
            }
            Call::with_body(Method::POST, path.to_owned(), body.to_string().into_bytes(), about)
        };
        let listed = self.list(ask, Row::id).await?;
        let rows = listed.logged("the pages of a data source");
        Ok(rows.into_iter().filter_map(Row::into_page).collect())
    }
}

fn last_edited_first() -> Json {
    json!({ "timestamp": "last_edited_time", "direction": "descending" })
}

/// A row of an answer: a page, or something else that is passed over.
#[derive(Deserialize)]
struct Row {
    object: Option<String>,
    #[serde(flatten)]
    rest: Map<String, Json>,
}

impl Row {
    fn id(&self) -> &str {
        self.rest.get("id").and_then(Json::as_str).unwrap_or_default()
    }

    fn into_page(self) -> Option<Page> {
        if self.object.as_deref() != Some("page") {
            return None;
        }
        serde_json::from_value(Json::Object(self.rest)).ok()
    }
}

fn one(id: &PageId) -> Call<'_> {
    Call::get(page_path(id), About::read_content("read the page", id.as_str()))
}

fn page_path(id: &PageId) -> String {
    format!("/v1/pages/{}", segment(id.as_str()))
}
