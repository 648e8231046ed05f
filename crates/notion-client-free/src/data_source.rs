//! The schema of a data source: which statuses there are, and how a number is shown.
use crate::answer::About;
use crate::client::{Call, Client};
use crate::error::Error;
use crate::ids;
use crate::listing::segment;
use crate::named::Named;
use crate::rich_text::RichText;
use crate::user_text::UserText;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

/// A data source: the schema of a database's rows.
#[derive(Clone, Debug)]
pub struct DataSource {
    /// The id as it came.
    pub id: String,
    /// The title that people gave it.
    pub title: UserText,
    /// The properties of its rows, by name.
    pub properties: Named<PropertySchema>,
}

/// What a property may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertySchema {
    /// Its id, percent-encoded as it came.
    pub id: String,
    /// Its kind, with what that kind allows.
    pub kind: Schema,
}

/// The kinds of properties that we use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schema {
    /// A status, with its options: group by group, each group in its own order.
    Status(Vec<StatusOption>),
    /// A choice, with the names of its options.
    Select(Vec<UserText>),
    /// A number; `percent` numbers hold 0.4 for 40 %.
    Number {
        /// Whether it is shown as a percentage.
        percent: bool,
    },
    /// A date, with or without a time.
    Date,
    /// A tick: set or not.
    Checkbox,
    /// The title of the row.
    Title,
    /// A kind of which nothing more is known here.
    Other,
}

/// A status that a row may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusOption {
    /// The id as it came.
    pub id: String,
    /// The name that people gave it.
    pub name: UserText,
    /// The group it belongs to.
    pub group: Option<StatusGroup>,
}

/// A group of statuses. There are three, but people may rename them, and Notion translates them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusGroup {
    /// `To-do`, `In progress` or `Complete`, unless renamed or translated.
    pub name: UserText,
    /// Its place among the groups, from 0.
    pub place: usize,
    /// How many groups there are.
    pub of: usize,
}

#[derive(Deserialize)]
struct DataSourceBody {
    id: String,
    #[serde(flatten)]
    rest: Map<String, Json>,
}

impl Client {
    /// The ids of the data sources of a database.
    pub async fn data_sources_of(&self, database: &str) -> Result<Vec<String>, Error> {
        let path = format!("/v1/databases/{}", segment(database));
        let about = About::read_content("read the database", database);
        let body: Json = self.read(Call::get(path, about)).await?;
        let sources = list(&body, "data_sources");
        Ok(sources
            .filter_map(|source| ids::normalise(source["id"].as_str()?))
            .collect())
    }

    /// The schema of a data source.
    pub async fn data_source(&self, id: &str) -> Result<DataSource, Error> {
        let path = format!("/v1/data_sources/{}", segment(id));
        let body: DataSourceBody = self
            .read(Call::get(path, About::read_content("read the data source", id)))
            .await?;
        let rest = Json::Object(body.rest);
        let properties = rest["properties"].as_object().into_iter().flatten();
        Ok(DataSource {
            id: body.id,
            title: RichText::at(&rest, "title").unwrap_or_default().text(),
            properties: properties.map(|(name, json)| (name.clone(), property(json))).collect(),
        })
    }
}

fn property(json: &Json) -> PropertySchema {
    let kind = json["type"].as_str().unwrap_or_default();
    let schema = match kind {
        "status" => Schema::Status(statuses(&json[kind])),
        "select" => Schema::Select(list(&json[kind], "options").map(name).collect()),
        "number" => Schema::Number {
            percent: json[kind]["format"].as_str() == Some("percent"),
        },
        "date" => Schema::Date,
        "checkbox" => Schema::Checkbox,
        "title" => Schema::Title,
        _ => Schema::Other,
    };
    PropertySchema {
        id: word(json, "id"),
        kind: schema,
    }
}

fn statuses(status: &Json) -> Vec<StatusOption> {
    let groups: Vec<&Json> = list(status, "groups").collect();
    let order = |id: &str| {
        let mut places = groups.iter().enumerate();
        places.find_map(|(place, group)| {
            let at = list(group, "option_ids").position(|option| option.as_str() == Some(id))?;
            Some((place, at))
        })
    };
    let mut options: Vec<_> = list(status, "options")
        .map(|option| (order(&word(option, "id")), option))
        .collect();
    // The sort is stable, so that options of no group keep their order, behind the others.
    options.sort_by_key(|(order, _)| order.unwrap_or((groups.len(), 0)));
    let named = |(order, option): (Option<(usize, usize)>, &Json)| StatusOption {
        id: word(option, "id"),
        name: name(option),
        group: order.map(|(place, _)| StatusGroup {
            name: name(groups[place]),
            place,
            of: groups.len(),
        }),
    };
    options.into_iter().map(named).collect()
}

fn list<'a>(json: &'a Json, key: &str) -> impl Iterator<Item = &'a Json> {
    json[key].as_array().into_iter().flatten()
}

fn name(json: &Json) -> UserText {
    UserText::plain(word(json, "name"))
}

fn word(json: &Json, key: &str) -> String {
    json[key].as_str().unwrap_or_default().to_owned()
}
