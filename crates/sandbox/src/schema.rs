//! The database "Action items": its properties, their options and groups.
use super::ids::Id;
use super::wire::percent_decoded;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The properties of the data source, title first.
#[derive(Clone, Serialize, Deserialize)]
pub struct Schema {
    pub properties: Vec<Property>,
}

/// A property of the database.
#[derive(Clone, Serialize, Deserialize)]
pub struct Property {
    pub name: String,
    /// Percent-encoded, as ids come (recorded).
    pub id: String,
    pub kind: Kind,
    pub options: Vec<Choice>,
    /// Of a status: its groups in order.
    pub groups: Vec<Group>,
}

/// The types of property that the sandbox has.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Title,
    RichText,
    Status,
    Select,
    Date,
    Number,
    Checkbox,
    People,
}

/// One option of a status or select.
#[derive(Clone, Serialize, Deserialize)]
pub struct Choice {
    pub id: String,
    pub name: String,
    pub color: String,
}

/// One group of a status.
#[derive(Clone, Serialize, Deserialize)]
pub struct Group {
    pub id: String,
    pub name: String,
    pub color: String,
    pub option_ids: Vec<String>,
}

/// The groups that every status has, with their colours.
pub const GROUPS: [(&str, &str); 3] = [("To-do", "gray"), ("In progress", "blue"), ("Complete", "green")];

impl Kind {
    /// The name of the type in the API.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Title => "title",
            Kind::RichText => "rich_text",
            Kind::Status => "status",
            Kind::Select => "select",
            Kind::Date => "date",
            Kind::Number => "number",
            Kind::Checkbox => "checkbox",
            Kind::People => "people",
        }
    }

    /// The value of a property nobody has set; a status has its default option instead.
    pub fn empty(self) -> Value {
        match self {
            Kind::Title | Kind::RichText | Kind::People => json!([]),
            Kind::Status | Kind::Select | Kind::Date | Kind::Number => Value::Null,
            Kind::Checkbox => json!(false),
        }
    }
}

impl Choice {
    /// The value that a page shows.
    pub fn value(&self) -> Value {
        json!({ "id": self.id, "name": self.name, "color": self.color })
    }
}

impl Schema {
    /// The schema of "Action items".
    pub fn action_items(rng: &mut fastrand::Rng) -> Schema {
        let plain = |name: &str, id: &str, kind| Property {
            name: name.into(),
            id: id.into(),
            kind,
            options: Vec::new(),
            groups: Vec::new(),
        };
        let priorities = [("High", "red"), ("Medium", "yellow"), ("Low", "gray")];
        let options = priorities
            .iter()
            .map(|(name, color)| choice(name, color, rng))
            .collect();
        let mut properties = vec![
            plain("Name", "title", Kind::Title),
            plain("Status", "U%60%3BC", Kind::Status),
            Property {
                options,
                ..plain("Priority", "pR%3Ai", Kind::Select)
            },
            plain("Due date", "dUe%7C", Kind::Date),
            plain("Progress", "pGr%40", Kind::Number),
            plain("Next rotation", "nXt_", Kind::Date),
            plain("Last check", "lSt%5D", Kind::Date),
            plain("Quiet", "qUi%3E", Kind::Checkbox),
            plain("Owner", "oWn%5C", Kind::People),
            plain("Notes", "nTs%3F", Kind::RichText),
        ];
        let named = |name: &str, group: &str| (name.to_owned(), group.to_owned());
        properties[1].set_options(
            &[
                named("Not started", "To-do"),
                named("In Progress", "In progress"),
                named("Blocked", "In progress"),
                named("Done", "Complete"),
            ],
            rng,
        );
        Schema { properties }
    }

    /// The property of that name or id; ids are taken encoded and decoded.
    pub fn find(&self, key: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.is_called(key))
    }

    /// As [`Schema::find`], to change it.
    pub fn find_mut(&mut self, key: &str) -> Option<&mut Property> {
        self.properties.iter_mut().find(|property| property.is_called(key))
    }

    /// The name of the title property.
    pub fn title_name(&self) -> &str {
        self.properties
            .iter()
            .find(|property| property.kind == Kind::Title)
            .map_or("title", |title| &title.name)
    }

    /// All properties but the title.
    pub fn without_title(&self) -> impl Iterator<Item = &Property> {
        self.properties.iter().filter(|property| property.kind != Kind::Title)
    }
}

impl Property {
    fn is_called(&self, key: &str) -> bool {
        self.name == key || self.id == key || percent_decoded(&self.id) == key
    }

    /// What a page has here before anybody sets it.
    pub fn first_value(&self) -> Value {
        match self.kind {
            Kind::Status => self.options.first().map_or(Value::Null, Choice::value),
            kind => kind.empty(),
        }
    }

    /// Replaces the options of a status by names with their groups; options that stay keep their ids.
    pub fn set_options(&mut self, named: &[(String, String)], rng: &mut fastrand::Rng) {
        let mut groups: Vec<Group> = GROUPS
            .iter()
            .map(|(name, color)| self.group(name, color, rng))
            .collect();
        let mut options = Vec::new();
        for (name, group) in named {
            let group = groups
                .iter()
                .position(|known| known.name.eq_ignore_ascii_case(group))
                .unwrap_or(0);
            let kept = self.options.iter().find(|option| option.name == *name).cloned();
            let option = kept.unwrap_or_else(|| choice(name, GROUPS[group].1, rng));
            groups[group].option_ids.push(option.id.clone());
            options.push(option);
        }
        self.options = options;
        self.groups = groups;
    }

    fn group(&self, name: &str, color: &str, rng: &mut fastrand::Rng) -> Group {
        let kept = self
            .groups
            .iter()
            .find(|group| group.name == name)
            .map(|group| group.id.clone());
        let id = kept.unwrap_or_else(|| Id::object(rng).to_string());
        Group {
            id,
            name: name.into(),
            color: color.into(),
            option_ids: Vec::new(),
        }
    }

    /// The entry of the schema in a data source.
    pub fn value(&self) -> Value {
        let options = || -> Vec<Value> {
            let option = |choice: &Choice| json!({ "id": choice.id, "name": choice.name, "color": choice.color, "description": null });
            self.options.iter().map(option).collect()
        };
        let inner = match self.kind {
            Kind::Status => json!({ "options": options(), "groups": self.groups }),
            Kind::Select => json!({ "options": options() }),
            Kind::Number => json!({ "format": "percent" }),
            Kind::Title | Kind::RichText | Kind::Date | Kind::Checkbox | Kind::People => json!({}),
        };
        let kind = self.kind.name();
        let mut value = json!({ "id": self.id, "name": self.name, "description": null, "type": kind });
        value[kind] = inner;
        value
    }
}

/// A new option.
pub fn choice(name: &str, color: &str, rng: &mut fastrand::Rng) -> Choice {
    Choice {
        id: Id::object(rng).to_string(),
        name: name.into(),
        color: color.into(),
    }
}
