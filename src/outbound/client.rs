//! The one place where an HTTP client is built: no redirect is followed, no name leads to an address that is not public,
//! and a proxy is used only where the environment names one.
use super::address::is_public;
use super::destination::is_loopback;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, ClientBuilder, NoProxy, Proxy, Url};
use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

/// The variables that name a proxy for https, as curl reads them.
const PROXY_VARIABLES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// A name that leads to an address that is not public: a local one, a cloud's metadata, or nobody's.
#[derive(Debug, thiserror::Error)]
#[error("the host has no public address, so nothing is sent to it")]
struct RefusedAddress;

/// The client of these settings, with what holds for every client of the program: redirects off, no address that is not
/// public (but this machine's), and the proxy of the environment for https alone.
pub fn client(builder: ClientBuilder) -> reqwest::Result<Client> {
    let lookup = |name: String| async move { Ok(tokio::net::lookup_host((name, 0)).await?.collect()) };
    guarded(builder, proxy_of_environment(), lookup)
}

fn guarded<L, F>(builder: ClientBuilder, proxy: Option<Url>, lookup: L) -> reqwest::Result<Client>
where
    L: Fn(String) -> F + Send + Sync + 'static,
    F: Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'static,
{
    // Several parts of the program may be the first; the provider is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let resolver = PublicNames {
        proxy_host: proxy.as_ref().and_then(|url| Some(url.host_str()?.to_owned())),
        lookup,
    };
    let builder = builder
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .no_proxy()
        .dns_resolver(Arc::new(resolver));
    match proxy.and_then(|url| Proxy::https(url).ok()) {
        Some(proxy) => builder.proxy(proxy.no_proxy(NoProxy::from_env())),
        None => builder,
    }
    .build()
}

/// Whether a call failed because its host has no public address.
pub fn is_refused_address(error: &reqwest::Error) -> bool {
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(error) = cause {
        if error.is::<RefusedAddress>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The proxy for https that the environment names.
fn proxy_of_environment() -> Option<Url> {
    let named = PROXY_VARIABLES.iter().filter_map(std::env::var_os);
    let named = named.filter_map(|value| value.into_string().ok());
    let address = named
        .map(|value| value.trim().to_owned())
        .find(|value| !value.is_empty())?;
    Url::parse(&address)
        .ok()
        .filter(Url::has_host)
        .or_else(|| Url::parse(&format!("http://{address}")).ok())
}

/// Resolves names, at each connection anew, and gives out public addresses only. An address that stands in a URL itself
/// never comes here; `destination` judges those.
struct PublicNames<L> {
    /// The operator's own proxy may be on the local network.
    proxy_host: Option<String>,
    lookup: L,
}

impl<L, F> Resolve for PublicNames<L>
where
    L: Fn(String) -> F + Send + Sync + 'static,
    F: Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'static,
{
    fn resolve(&self, name: Name) -> Resolving {
        let proxy_host = self.proxy_host.clone();
        let found = (self.lookup)(name.as_str().to_owned());
        Box::pin(async move {
            let admitted = admitted(name.as_str(), proxy_host.as_deref(), found.await?)?;
            Ok(Box::new(admitted.into_iter()) as Addrs)
        })
    }
}

/// What of the addresses of a name may be connected to: this machine's for its own name, else public ones.
fn admitted(name: &str, proxy_host: Option<&str>, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, RefusedAddress> {
    let is_local = Url::parse(&format!("http://{name}")).is_ok_and(|url| is_loopback(&url));
    let fits = |address: &SocketAddr| match (is_local, Some(name) == proxy_host) {
        (_, true) => true,
        (true, false) => address.ip().is_loopback(),
        (false, false) => is_public(address.ip()),
    };
    let admitted: Vec<SocketAddr> = found.into_iter().filter(fits).collect();
    if admitted.is_empty() {
        Err(RefusedAddress)
    } else {
        Ok(admitted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    fn addresses(list: &[&str]) -> Vec<SocketAddr> {
        list.iter()
            .map(|text| SocketAddr::new(text.parse().unwrap(), 0))
            .collect()
    }

    fn asked(name: &str, list: &[&str]) -> Option<Vec<SocketAddr>> {
        admitted(name, Some("proxy.corp"), addresses(list)).ok()
    }

    #[test]
    fn a_name_leads_to_public_addresses_alone() {
        for local in [
            "127.0.0.1",
            "10.0.0.1",
            "169.254.169.254",
            "::1",
            "::ffff:10.0.0.1",
            "fd00:ec2::254",
        ] {
            assert_eq!(asked("evil.example", &[local]), None, "{local}");
            assert_eq!(
                asked("evil.example", &[local, "1.1.1.1"]),
                Some(addresses(&["1.1.1.1"])),
                "{local}"
            );
        }
        assert_eq!(asked("evil.example", &[]), None);
        assert_eq!(
            asked("localhost", &["127.0.0.1", "::1"]),
            Some(addresses(&["127.0.0.1", "::1"]))
        );
        assert_eq!(
            asked("localhost", &["10.0.0.1", "1.1.1.1"]),
            None,
            "this machine is nowhere else"
        );
        assert_eq!(asked("proxy.corp", &["10.0.0.1"]), Some(addresses(&["10.0.0.1"])));
    }

    #[test]
    fn a_second_answer_is_judged_like_the_first() {
        assert!(asked("rebinding.example", &["1.1.1.1"]).is_some());
        assert!(asked("rebinding.example", &["127.0.0.1"]).is_none());
    }

    /// A client for which every name leads where `answers` says, one answer after the other, and a server on this machine.
    async fn misled(answers: &'static [&'static str]) -> (Client, u16, Arc<AtomicUsize>) {
        let (asked, heard) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let lookup = move |_: String| {
            let n = asked.fetch_add(1, Ordering::SeqCst).min(answers.len() - 1);
            async move { Ok(addresses(&answers[n..=n])) }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let counted = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let end = b"HTTP/1.1 302 Found\r\nlocation: /again\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                let _ = stream.read(&mut [0; 1024]).await;
                let _ = stream.write_all(end).await;
            }
        });
        let builder = Client::builder().connect_timeout(Duration::from_millis(300));
        (guarded(builder, None, lookup).unwrap(), port, heard)
    }

    #[tokio::test]
    async fn a_name_that_leads_here_is_not_connected_to() {
        let (client, port, heard) = misled(&["127.0.0.1"]).await;
        let error = client
            .get(format!("http://evil.example:{port}/"))
            .send()
            .await
            .unwrap_err();
        assert!(is_refused_address(&error), "{error:?}");
        assert_eq!(heard.load(Ordering::SeqCst), 0);
        let answer = client.get(format!("http://localhost:{port}/")).send().await.unwrap();
        assert_eq!(answer.status(), 302, "no redirect is followed");
        assert_eq!(heard.load(Ordering::SeqCst), 1, "this machine by its own name");
    }

    #[tokio::test]
    async fn a_name_that_changes_its_answer_is_judged_at_each_connection() {
        // The first address is public by the table, and nobody answers there in time.
        let (client, port, heard) = misled(&["192.0.1.1", "127.0.0.1"]).await;
        let url = format!("http://rebinding.example:{port}/");
        let first = client.get(&url).send().await.unwrap_err();
        assert!(!is_refused_address(&first), "{first:?}");
        let second = client.get(&url).send().await.unwrap_err();
        assert!(is_refused_address(&second), "{second:?}");
        assert_eq!(heard.load(Ordering::SeqCst), 0);
    }
}
