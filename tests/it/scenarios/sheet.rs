//! The page's properties on paper: what is there, read and written as the bot does.
use keyminder::domain::comment::RawText;
use keyminder::domain::effect::{Done, Status};
use keyminder::domain::ids::PageId;
use keyminder::domain::page::{Observed, PropertyNames};
use keyminder::domain::redact::{KnownValues, Patterns, Redactor};
use keyminder::notion::{
    Named, Page, PropertySchema, PropertyValue, Schema, StatusGroup, StatusOption, UserText, Value, WritableProperties,
};
use std::sync::Arc;

/// The name of an option as the intake has it.
fn clean(name: &RawText) -> String {
    let redactor = Redactor::new(Patterns::builtin(), KnownValues::default());
    redactor.redact(name).text.to_string()
}

const GROUPS: [&str; 3] = ["To-do", "In progress", "Complete"];

/// The properties of a page, and the schema of its database.
pub struct Sheet {
    names: PropertyNames,
    /// What its Status is called.
    status: String,
    page: Page,
    options: Vec<StatusOption>,
    shared: bool,
}

impl Sheet {
    /// As the sandbox has them.
    pub fn new(names: PropertyNames) -> Self {
        let property = |value| keyminder::notion::Property {
            id: "id".to_owned(),
            value,
        };
        let properties = [
            (&names.status, Value::Status(Some(UserText::plain(&names.not_started)))),
            (&names.progress, Value::Number(None)),
            (&names.next_rotation, Value::Date(None)),
            (&names.last_check, Value::Date(None)),
        ];
        let page = Page {
            id: PageId::from_wire("page"),
            title: UserText::default(),
            written: UserText::default(),
            in_trash: false,
            is_locked: false,
            data_source: Some("source".to_owned()),
            last_edited: None,
            properties: properties
                .map(|(name, value)| (name.clone(), property(value)))
                .into_iter()
                .collect(),
        };
        let usual = ["Not started", "In Progress", "Blocked", "Done"];
        let usual: Vec<_> = usual
            .into_iter()
            .zip([0, 1, 1, 2])
            .map(|(name, group)| (name.to_owned(), GROUPS[group].to_owned()))
            .collect();
        let mut sheet = Self {
            status: names.status.clone(),
            names,
            page,
            options: Vec::new(),
            shared: true,
        };
        sheet.offer(&usual);
        sheet
    }

    /// Gives its Status these options, each with its group; where the present one is gone, the first takes its place.
    pub fn offer(&mut self, options: &[(String, String)]) {
        let option = |(name, group): &(String, String)| StatusOption {
            id: name.clone(),
            name: UserText::plain(name),
            group: GROUPS.iter().position(|known| known == group).map(|place| StatusGroup {
                name: UserText::plain(group),
                place,
                of: GROUPS.len(),
            }),
        };
        self.options = options.iter().map(option).collect();
        self.options
            .sort_by_key(|option| option.group.as_ref().map(|group| group.place));
        let shown = self.shown();
        if !options.iter().any(|(name, _)| Some(name) == shown.as_ref()) {
            self.set(&options[0].0);
        }
    }

    /// Its Status has this name from now on.
    pub fn call(&mut self, name: &str) {
        let named = self.page.properties.named();
        let renamed = named.map(|(old, property)| {
            let is_status = old.expose() == self.status;
            let name = if is_status { name } else { old.expose() };
            (name.to_owned(), property.clone())
        });
        self.page.properties = renamed.collect();
        name.clone_into(&mut self.status);
    }

    /// The page leaves its database.
    pub fn leave(&mut self) {
        self.page.data_source = None;
        self.page.properties = Named::default();
    }

    /// The database is shared with the connection no longer.
    pub fn unshare(&mut self) {
        self.shared = false;
    }

    /// Whether the page is a row of a database that can be read.
    pub fn is_shared(&self) -> bool {
        self.shared && self.page.data_source.is_some()
    }

    /// A person chooses an option.
    pub fn set(&mut self, option: &str) {
        if let Some(status) = self.page.properties.get_mut(&self.status) {
            status.value = Value::Status(Some(UserText::plain(option)));
        }
    }

    /// The bot writes a Status, if the page has an option for it.
    pub fn write(&mut self, to: Status) -> Done {
        match self.writable().status_value(to) {
            Some((_, PropertyValue::Status(option))) => {
                self.set(&option);
                Done::Changed
            }
            _ => Done::Skipped {
                why: "no such option".to_owned(),
            },
        }
    }

    /// The option that the page shows.
    pub fn shown(&self) -> Option<String> {
        self.writable().shown(&self.page, &self.names).as_ref().map(clean)
    }

    /// What the intake would read of it.
    pub fn observed(&self) -> Observed {
        let writable = self.writable();
        Observed {
            status: writable.standing(&self.page, &self.names),
            shown: self.shown(),
            statuses: writable
                .statuses()
                .into_iter()
                .map(|(status, name)| (status, clean(&name)))
                .collect(),
            properties: writable.properties(),
            notes: writable.notes().map(|note| clean(&note)).collect(),
            ..Observed::default()
        }
    }

    fn writable(&self) -> WritableProperties {
        let property = |kind| PropertySchema {
            id: "id".to_owned(),
            kind,
        };
        let schema: Named<PropertySchema> = [
            (&self.status, property(Schema::Status(self.options.clone()))),
            (&self.names.progress, property(Schema::Number { percent: true })),
        ]
        .map(|(name, kind)| (name.clone(), kind))
        .into_iter()
        .collect();
        WritableProperties::of(&self.page, self.is_shared().then(|| Arc::new(schema)), &self.names)
    }
}
