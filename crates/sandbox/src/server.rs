//! A sandbox that listens: its options, its start, its orderly end.
use super::http::{self, FaultyListener, Peer};
use super::ids::new_token;
use super::rate::Rate;
use super::service::{Clock, OWN_PAGES, Sandbox};
use super::state::State;
use super::state_file;
use axum::Router;
use secrecy::SecretString;
use serde_json::Value;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How often the state file is brought up to date.
const SAVE_EVERY: Duration = Duration::from_millis(250);
/// How long open connections may take to end.
const GRACE: Duration = Duration::from_secs(1);

/// What a sandbox serves, and where.
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The connection's token; one is made when absent.
    pub token: Option<SecretString>,
    /// Pages as Markdown, beside the two own ones.
    pub pages: Vec<String>,
    /// The rate limit of the connection.
    pub rate: Rate,
    /// Where the state survives a restart.
    pub state_file: Option<PathBuf>,
    /// The time that the sandbox goes by.
    pub clock: Clock,
    /// The seed of all ids and draws.
    pub seed: u64,
    /// The stand-ins of the providers, to be served on a port of their own.
    pub providers: Option<Router>,
}

impl Default for Options {
    /// A free port of this machine, the own pages, no rate limit, system clock, random ids, no state file.
    fn default() -> Options {
        Options {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            token: None,
            pages: Vec::new(),
            rate: Rate::off(),
            state_file: None,
            clock: Arc::new(system_ms),
            seed: fastrand::u64(..),
            providers: None,
        }
    }
}

fn system_ms() -> u64 {
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// A sandbox that serves until [`Running::stop`].
pub struct Running {
    /// The address and port on which it listens.
    pub addr: SocketAddr,
    /// Its address without `/v1`, the form that a client's base URL has.
    pub url: String,
    /// The connection's token.
    pub token: SecretString,
    /// Where the stand-ins of the providers listen, if they do.
    pub providers_url: Option<String>,
    /// What `keyminder sandbox` prints first: `{"url","token","pages","people","bot",...}`.
    pub first_line: Value,
    /// The service itself, to look inside or act without a socket.
    pub sandbox: Arc<Sandbox>,
    stop: watch::Sender<bool>,
    servers: Vec<JoinHandle<io::Result<()>>>,
}

impl Running {
    /// Ends it: open answers get a second, the state file is written.
    pub async fn stop(self) -> io::Result<()> {
        let _ = self.stop.send(true);
        for mut server in self.servers {
            match tokio::time::timeout(GRACE, &mut server).await {
                Ok(Ok(ended)) => ended?,
                Ok(Err(failed)) => return Err(io::Error::other(failed)),
                Err(_) => server.abort(),
            }
        }
        Ok(())
    }
}

/// Starts a sandbox on the running runtime.
pub async fn serve(options: Options) -> io::Result<Running> {
    let mut rng = fastrand::Rng::with_seed(options.seed);
    let token = options.token.clone().unwrap_or_else(|| new_token(&mut rng).into());
    let sandbox = Arc::new(opened(&options, rng, &token)?);
    let listener = TcpListener::bind(options.listen).await?;
    let addr = listener.local_addr()?;
    let (stop, stopped) = watch::channel(false);
    let service = http::router(sandbox.clone()).into_make_service_with_connect_info::<Peer>();
    let server = axum::serve(FaultyListener(listener), service).with_graceful_shutdown(ended(stopped.clone()));
    let mut servers = vec![tokio::spawn(server.into_future())];
    let mut providers_url = None;
    if let Some(router) = options.providers {
        let listener = TcpListener::bind((options.listen.ip(), 0)).await?;
        providers_url = Some(format!("http://{}", listener.local_addr()?));
        let server = axum::serve(listener, router).with_graceful_shutdown(ended(stopped.clone()));
        servers.push(tokio::spawn(server.into_future()));
    }
    if let Some(file) = options.state_file {
        save(&sandbox, &file)?;
        servers.push(tokio::spawn(keep_saved(sandbox.clone(), file, stopped)));
    }
    let url = format!("http://{addr}");
    let first_line = sandbox.first_line(&url, &token, providers_url.as_deref());
    Ok(Running {
        addr,
        url,
        token,
        providers_url,
        first_line,
        sandbox,
        stop,
        servers,
    })
}

/// The world of the state file, or a fresh one with the own pages; pages that were given come on top.
fn opened(options: &Options, rng: fastrand::Rng, token: &SecretString) -> io::Result<Sandbox> {
    let now_ms = (options.clock)();
    let kept = match &options.state_file {
        Some(file) => state_file::load(file)?,
        None => None,
    };
    let is_fresh = kept.is_none();
    let state = match kept {
        Some(world) => State::with_world(world, rng, now_ms, options.rate),
        None => State::new(rng, now_ms, options.rate),
    };
    let sandbox = Sandbox::of(options.clock.clone(), state, token);
    let own = OWN_PAGES.into_iter().map(str::to_owned);
    let given = options.pages.iter().cloned();
    for page in own.chain(given).filter(|_| is_fresh) {
        sandbox
            .add_page(&page)
            .map_err(|refusal| io::Error::new(io::ErrorKind::InvalidInput, refusal.message))?;
    }
    Ok(sandbox)
}

async fn ended(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone, which is an end as well.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

async fn keep_saved(sandbox: Arc<Sandbox>, file: PathBuf, mut stopped: watch::Receiver<bool>) -> io::Result<()> {
    loop {
        let is_over = tokio::time::timeout(SAVE_EVERY, stopped.wait_for(|stopped| *stopped))
            .await
            .is_ok();
        save(&sandbox, &file)?;
        if is_over {
            return Ok(());
        }
    }
}

fn save(sandbox: &Sandbox, file: &Path) -> io::Result<()> {
    match sandbox.changed_world() {
        Some(world) => state_file::save(file, &world),
        None => Ok(()),
    }
}
