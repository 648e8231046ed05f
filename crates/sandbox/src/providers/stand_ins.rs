//! The stand-ins together: the keys they know, the answers scripted for them, and the calls they had.
use super::answers::{self, Script};
use super::auth;
use super::catalog::{self, Auth, ProviderCall, StandIn};
use super::keys::{Key, KeyState, invent};
use super::reply::StandInReply;
use serde::Serialize;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What the stand-ins know. Clones are the same stand-ins.
#[derive(Clone, Default)]
pub struct StandIns {
    state: Arc<Mutex<StandInState>>,
}

#[derive(Default)]
struct StandInState {
    keys: Vec<Key>,
    scripts: BTreeMap<String, VecDeque<Script>>,
    journal: Vec<RecordedCall>,
    /// The providers' clocks against ours.
    clock_offset_ms: i64,
}

/// One call, as the journal tells it. No key is in it.
#[derive(Clone, Debug, Serialize)]
pub struct RecordedCall {
    /// Counts from 1.
    pub n: usize,
    /// When it came, in milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// The stand-in's id.
    pub provider: String,
    /// The `Host` header.
    pub host: String,
    /// The method, `GET` or `POST`.
    pub method: String,
    /// Without a token that stands in it, and without the query.
    pub path: String,
    /// The answer's status.
    pub status: u16,
    /// What the stand-in thought of the key: `live`, `deleted`, `unknown`, `scripted`, ...
    pub key: String,
}

impl StandIns {
    /// Makes a new live key of a provider, as its console would: variable to value. `None` for an unknown provider.
    pub fn issue(&self, provider: &str, rng: &mut fastrand::Rng) -> Option<BTreeMap<String, String>> {
        let values = invent(provider, rng)?;
        self.put(Key::new(provider, values.clone(), KeyState::Live));
        Some(values)
    }

    /// Says what a key is; a key with the same values is replaced.
    pub fn put(&self, key: Key) {
        let mut state = self.state();
        state
            .keys
            .retain(|known| known.provider != key.provider || known.values != key.values);
        state.keys.push(key);
    }

    /// Scripts an answer of a provider: it comes before all that the stand-in would say itself.
    pub fn script(&self, provider: &str, script: Script) {
        self.state()
            .scripts
            .entry(provider.to_owned())
            .or_default()
            .push_back(script);
    }

    /// Forgets the scripts of a provider.
    pub fn unscript(&self, provider: &str) {
        self.state().scripts.remove(provider);
    }

    /// Puts the providers' clocks ahead of ours.
    pub fn set_clock_offset_ms(&self, offset: i64) {
        self.state().clock_offset_ms = offset;
    }

    /// All calls so far.
    pub fn journal(&self) -> Vec<RecordedCall> {
        self.state().journal.clone()
    }

    /// The providers that there are stand-ins for.
    pub fn ids() -> impl Iterator<Item = &'static str> {
        catalog::ALL.iter().map(|stand_in| stand_in.id)
    }

    /// The reply to a call, and how long it is held back. The call goes into the journal.
    pub(super) fn reply(&self, stand_in: &StandIn, call: &ProviderCall<'_>) -> (StandInReply, Duration) {
        let now_ms = chrono::Utc::now().timestamp_millis();
        let mut state = self.state();
        let server_ms = now_ms + state.clock_offset_ms;
        let (reply, delay) = match stand_in.time(call, server_ms) {
            Some(time) => (time, Duration::ZERO),
            None => match answers::scripted(&mut state.scripts, stand_in.id) {
                Some((reply, delay)) => (reply, delay),
                None => (stand_in.answer(call, &state.keys, server_ms), Duration::ZERO),
            },
        };
        let call = RecordedCall {
            n: state.journal.len() + 1,
            at_ms: now_ms,
            provider: stand_in.id.to_owned(),
            host: call.host.to_owned(),
            method: call.method.to_owned(),
            path: stand_in.plain_path(call.path),
            status: reply.status,
            key: reply.key.clone(),
        };
        state.journal.push(call);
        (reply, delay)
    }

    fn state(&self) -> MutexGuard<'_, StandInState> {
        // The state is plain data: a panic elsewhere leaves it whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StandIn {
    /// What the provider would say to a call with one of these keys, or without.
    fn answer(&self, call: &ProviderCall<'_>, keys: &[Key], server_ms: i64) -> StandInReply {
        if !self.answers(call) {
            return answers::no_such_path(self.id);
        }
        let here: Vec<&Key> = keys.iter().filter(|key| self.lives_here(key, call.host)).collect();
        match self.auth {
            Auth::Bearer => self.by_token(auth::bearer(call), &here, server_ms),
            Auth::Header(name) => self.by_token(auth::header(call, name), &here, server_ms),
            Auth::Path => self.by_token(self.token_in_path(call.path), &here, server_ms),
            Auth::Bybit => answers::bybit(&auth::check_bybit(call, &here, server_ms), server_ms),
            Auth::Binance => answers::binance(&auth::check_binance(call, &here, server_ms), server_ms),
        }
    }

    fn lives_here(&self, key: &Key, host: &str) -> bool {
        let here = self.environment(host);
        let usual = here.is_empty() || here == "mainnet";
        key.provider == self.id && (key.environment == here || (key.environment.is_empty() && usual))
    }

    fn by_token(&self, token: Option<&str>, keys: &[&Key], server_ms: i64) -> StandInReply {
        match keys.iter().find(|key| token.is_some() && key.id() == token) {
            Some(key) => answers::to_key(self.id, key, server_ms),
            None => answers::to_unknown(self.id),
        }
    }
}
