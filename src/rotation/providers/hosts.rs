//! Where a file of providers may send keys: to a public name over https, as the client reads it, and past nobody's `Host`.
use crate::outbound::{authority, destination, is_loopback};
use reqwest::Url;

/// Headers that the client sets itself: another `Host` would lead a key past what somebody agreed to.
const OF_THE_WIRE: [&str; 8] = [
    "host",
    "connection",
    "content-length",
    "forwarded",
    "te",
    "transfer-encoding",
    "upgrade",
    "x-forwarded-host",
];

/// Whether a header says where or how a request goes.
pub(super) fn is_of_the_wire(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("proxy-") || OF_THE_WIRE.contains(&name.as_str())
}

/// A file must not be able to send keys into the local network.
pub(super) fn unsafe_host(host: &str) -> Option<String> {
    let public = destination(&format!("https://{host}"));
    let named = public.is_ok_and(|url| !is_loopback(&url) && url.domain().is_some());
    (!named).then(|| format!("host `{host}` is local or a bare address; a probe goes to a public name"))
}

/// An address as its base and its path.
pub(super) fn split_url(url: &str) -> Result<(String, String), String> {
    let rest = url
        .strip_prefix("https://")
        .ok_or(format!("`{url}` must begin with https://"))?;
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let no_host = || format!("`{url}` has no plain host");
    if host.is_empty() || host.contains(['@', '{', '?', '#', ' ', '\\']) {
        return Err(no_host());
    }
    // As the client will read it: `%2e` is a dot there, and what people agree to must be what is meant.
    let read = Url::parse(&format!("https://{host}")).map_err(|_| no_host())?;
    Ok((format!("https://{}", authority(&read)), path.to_owned()))
}
