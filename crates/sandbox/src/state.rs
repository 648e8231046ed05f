//! The state behind one lock: the world, and all that a restart may forget (faults, rate, journal, webhooks).
use super::capabilities::Capabilities;
use super::change::Change;
use super::faults::Faults;
use super::ids::Id;
use super::journal::Journal;
use super::markdown::{self, PageSource};
use super::rate::Rate;
use super::schema::Schema;
use super::synced;
use super::values;
use super::webhooks::{Delivery, Webhooks};
use super::wire::{Failure, Request};
use super::world::{Insertion, Page, User, UserKind, World};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};

/// Everything that a request can touch.
pub struct State {
    pub world: World,
    pub capabilities: Capabilities,
    /// The accepted tokens, each with its connection. Compared, never shown.
    pub tokens: HashMap<String, Connection>,
    pub rate: Rate,
    pub faults: Faults,
    pub journal: Journal,
    pub webhooks: Webhooks,
    /// Whether the database is shared with the connection; a page of it can be shared alone.
    pub database_shared: bool,
    pub rng: fastrand::Rng,
    /// The time of the request in hand, in milliseconds since 1970.
    pub now_ms: u64,
    /// Comment lists of the request in hand miss what is younger than this.
    pub stale_ms: u64,
    /// What the request in hand changed.
    pub changes: Vec<Change>,
    /// Requests that were answered and are applied later, with their time.
    pub late: Vec<(u64, Request)>,
    /// Pages that a write holds until a time, while writes can meet.
    pub writing: Vec<(Id, u64)>,
    /// Whether the state file is behind.
    pub dirty: bool,
}

/// Whose token it is: the first connection's, or that of another one with a bot user of its own.
#[derive(Clone, Copy)]
pub struct Connection {
    pub bot: Id,
    /// What it may do; `None`: what the workspace's switches say.
    pub capabilities: Option<Capabilities>,
}

impl State {
    /// A fresh workspace without pages.
    pub fn new(mut rng: fastrand::Rng, now_ms: u64, rate: Rate) -> State {
        let world = fresh_world(&mut rng, now_ms);
        State::with_world(world, rng, now_ms, rate)
    }

    /// A workspace read back from a state file.
    pub fn with_world(mut world: World, rng: fastrand::Rng, now_ms: u64, rate: Rate) -> State {
        world.rebuild();
        State {
            world,
            capabilities: Capabilities::default(),
            tokens: HashMap::new(),
            rate,
            faults: Faults::default(),
            journal: Journal::default(),
            webhooks: Webhooks::default(),
            database_shared: true,
            rng,
            now_ms,
            stale_ms: 0,
            changes: Vec::new(),
            late: Vec::new(),
            writing: Vec::new(),
            dirty: true,
        }
    }

    /// Records a change for the journal and the webhooks.
    pub fn changed(&mut self, change: Change) {
        self.changes.push(change);
        self.dirty = true;
    }

    /// Records a change of a page: of the page itself, or of the block `id` in it.
    pub fn page_changed(&mut self, event: &'static str, page: Id, id: Id, author: Id, detail: Value) {
        self.changed(Change {
            event,
            id,
            page,
            parent: page,
            author,
            detail,
        });
    }

    /// Ends the request in hand: its change for the journal, and the webhooks that follow from all of them.
    pub fn settle(&mut self) -> (Option<String>, Vec<Delivery>) {
        let changes = std::mem::take(&mut self.changes);
        let mut deliveries = Vec::new();
        for change in &changes {
            if self.is_announced(change) {
                deliveries.extend(self.webhooks.announce(&self.world, change, self.now_ms, &mut self.rng));
            }
        }
        (changes.first().map(Change::json), deliveries)
    }

    /// Without the right to read comments, and of pages that are not shared, nothing is announced (documented).
    fn is_announced(&self, change: &Change) -> bool {
        let readable = self.capabilities.read_comments || !change.event.starts_with("comment.");
        readable && self.world.visible_page(change.page).is_ok()
    }

    /// Makes a page from Markdown; its front matter sets first values of properties.
    pub fn add_page(&mut self, text: &str, in_database: bool) -> Result<Id, Failure> {
        let guide = markdown::parse(text);
        let author = self.world.users[0].id;
        let id = Id::object(&mut self.rng);
        let insertion = Insertion {
            page: id,
            within: None,
            author,
            now_ms: self.now_ms,
        };
        let blocks = self
            .world
            .insert_blocks(guide.blocks.clone(), &insertion, &mut self.rng);
        synced::resolve(&mut self.world, &mut self.rng, id);
        let page = Page {
            id,
            title: super::items::plain(&guide.title),
            in_database,
            properties: self.first_properties(&guide, in_database)?,
            blocks,
            discussion: None,
            shared: true,
            in_trash: false,
            is_locked: false,
            icon: Value::Null,
            created_ms: self.now_ms,
            edited_ms: self.now_ms,
            created_by: author,
            edited_by: author,
        };
        self.world.pages.insert(id, page);
        self.world.page_order.push(id);
        let detail = json!({ "title": guide.title });
        self.page_changed("page.created", id, id, author, detail);
        Ok(id)
    }

    fn first_properties(&mut self, guide: &PageSource, in_database: bool) -> Result<BTreeMap<String, Value>, Failure> {
        let mut properties = BTreeMap::new();
        if !in_database {
            return Ok(properties);
        }
        for property in self.world.schema.without_title() {
            properties.insert(property.name.clone(), property.first_value());
        }
        for (name, text) in &guide.properties {
            let (name, value) = values::from_text(&mut self.world, &mut self.rng, name, text)?;
            properties.insert(name, value);
        }
        Ok(properties)
    }
}

fn fresh_world(rng: &mut fastrand::Rng, now_ms: u64) -> World {
    let mut user = |name: &str, kind| User {
        id: Id::object(rng),
        name: name.into(),
        kind,
    };
    let users = vec![
        user("Ana Silva", UserKind::Person),
        user("Bram de Vries", UserKind::Person),
        user("Gita Rao", UserKind::Guest),
        user("Deploy Bot", UserKind::Bot),
        user(super::wire::BOT_NAME, UserKind::Bot),
    ];
    let bot = users[4].id;
    World {
        workspace: Id::object(rng),
        integration: Id::object(rng),
        bot,
        home: Id::object(rng),
        database: Id::object(rng),
        data_source: Id::object(rng),
        created_ms: now_ms,
        schema: Schema::action_items(rng),
        users,
        page_order: Vec::new(),
        pages: HashMap::new(),
        blocks: HashMap::new(),
        discussions: HashMap::new(),
        comments: HashMap::new(),
        last_place: 0,
        originals: HashMap::new(),
        copies_are_empty: false,
        threads: HashMap::new(),
    }
}
