//! The whole service as a value: requests in, answers out, state behind one lock.
use super::ids::Id;
use super::journal::Entry;
use super::rate::Rate;
use super::state::{Connection, State};
use super::webhooks::Delivery;
use super::wire::{Answer, Failure, Request};
use super::world::UserKind;
use super::{api, control_api, view};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The time in milliseconds since 1970.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// The pages every sandbox begins with.
pub const OWN_PAGES: [&str; 2] = [
    include_str!("../../../config/pages/ACT_011_SEC.md"),
    include_str!("../../../config/pages/ACT_034_TRA.md"),
];

/// The service: state behind one lock, held for the microseconds of one request.
pub struct Sandbox {
    clock: Clock,
    state: Mutex<State>,
    outgoing: Mutex<Vec<Delivery>>,
}

impl Sandbox {
    /// A fresh workspace that knows one token and has no pages.
    pub fn new(clock: Clock, seed: u64, rate: Rate, token: &SecretString) -> Sandbox {
        let state = State::new(fastrand::Rng::with_seed(seed), clock(), rate);
        Sandbox::of(clock, state, token)
    }

    /// A workspace that is there already, and the one token that it knows.
    pub(crate) fn of(clock: Clock, mut state: State, token: &SecretString) -> Sandbox {
        let own = Connection {
            bot: state.world.bot,
            capabilities: None,
        };
        state.tokens.insert(token.expose_secret().to_owned(), own);
        Sandbox {
            clock,
            state: Mutex::new(state),
            outgoing: Mutex::default(),
        }
    }

    /// Adds a page of the database from Markdown; fails when its front matter names a property or option wrongly.
    pub fn add_page(&self, markdown: &str) -> Result<Id, Failure> {
        let mut state = self.state();
        state.now_ms = (self.clock)();
        let id = state.add_page(markdown, true);
        state.settle();
        id
    }

    /// Answers one request. A reset or late answer says so; carrying that out is the caller's.
    pub fn handle(&self, request: &Request) -> Answer {
        let mut state = self.state();
        state.now_ms = (self.clock)();
        self.apply_due(&mut state);
        if request.path.starts_with("/v1") {
            let who = if api::is_bot(&state, request) { "bot" } else { "unknown" };
            let (answer, fault) = api::answer(&mut state, request);
            self.enter(&mut state, request, who.to_owned(), answer.status, fault);
            return answer;
        }
        if request.path.starts_with("/sandbox/") {
            let served = control_api::answer(&mut state, request);
            self.announce(served.deliveries);
            if request.method != "GET" {
                self.enter(&mut state, request, served.who, served.answer.status, None);
            }
            return served.answer;
        }
        view::answer(&state, request)
    }

    /// The time by the sandbox's clock, in milliseconds since 1970 UTC.
    pub fn now_ms(&self) -> u64 {
        (self.clock)()
    }

    /// Carries out the requests whose late application is due.
    pub fn run_due(&self) {
        let mut state = self.state();
        state.now_ms = (self.clock)();
        self.apply_due(&mut state);
    }

    /// Webhooks that wait to be sent.
    pub fn take_deliveries(&self) -> Vec<Delivery> {
        std::mem::take(&mut *self.outgoing.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The first line of `keyminder sandbox`; `url` and `providers_url` are where it listens.
    pub fn first_line(&self, url: &str, token: &SecretString, providers_url: Option<&str>) -> Value {
        let state = self.state();
        let world = &state.world;
        let pages: Vec<Value> = world
            .page_order
            .iter()
            .filter_map(|id| world.pages.get(id))
            .map(|page| json!({ "id": page.id, "title": page.title_text(), "url": format!("{url}/p/{}", page.id.undashed()) }))
            .collect();
        let people = world.users.iter().filter(|user| user.kind != UserKind::Bot);
        let people: Vec<Value> = people.map(|user| json!({ "id": user.id, "name": user.name })).collect();
        json!({
            "url": url, "token": token.expose_secret(), "pages": pages, "people": people,
            "bot": { "id": world.bot }, "data_source": { "id": world.data_source }, "providers_url": providers_url,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn apply_due(&self, state: &mut State) {
        let now_ms = state.now_ms;
        while let Some(at) = state.late.iter().position(|(due_ms, _)| *due_ms <= now_ms) {
            let (_, request) = state.late.remove(at);
            let answer = api::serve(state, &request);
            self.enter(state, &request, "bot, late".to_owned(), answer.status, None);
        }
    }

    fn enter(&self, state: &mut State, request: &Request, who: String, status: u16, fault: Option<&'static str>) {
        let (change, deliveries) = state.settle();
        self.announce(deliveries);
        let path = match request.query.as_str() {
            "" => request.path.clone(),
            query => format!("{}?{query}", request.path),
        };
        let (at_ms, method) = (state.now_ms, request.method.clone());
        state.journal.add(Entry {
            at_ms,
            who,
            method,
            path,
            status,
            fault,
            change,
        });
    }

    fn announce(&self, deliveries: Vec<Delivery>) {
        if !deliveries.is_empty() {
            self.outgoing
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .extend(deliveries);
        }
    }

    /// The world as JSON if it changed since the last call.
    pub(crate) fn changed_world(&self) -> Option<Vec<u8>> {
        let mut state = self.state();
        std::mem::take(&mut state.dirty).then(|| serde_json::to_vec(&state.world).unwrap_or_default())
    }
}
