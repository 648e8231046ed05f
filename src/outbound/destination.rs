//! What may stand as an address in the settings: https to a public place, or this machine. An address is judged as the
//! client will read it (WHATWG's rules), so `0x7f.1`, `①②⑦.0.0.1` and `127.0.0.1.` are all 127.0.0.1.
use super::address::is_public;
use reqwest::Url;
use std::net::IpAddr;

/// Ends of names that lead into a local network or to a cloud's metadata: RFC 6761, 6762 and 8375, ICANN's `.internal`,
/// and the ends that routers and companies use.
const LOCAL_ENDS: [&str; 9] = [
    ".localhost",
    ".local",
    ".internal",
    ".localdomain",
    ".lan",
    ".home",
    ".intranet",
    ".corp",
    ".arpa",
];

/// Why an address is not taken. The texts never repeat it: it may hold a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DestinationFault {
    /// It cannot be read as an address with a host.
    #[error("it is no address")]
    NoAddress,
    /// Somebody could read along.
    #[error("only https is allowed there (http for 127.0.0.1 alone)")]
    NotHttps,
    /// `https://name@host`: what stands before the `@` only looks like the host.
    #[error("a name before an @ may not stand in it: the host is what follows")]
    UserInfo,
    /// A name of a local network, or an address that is not public.
    #[error("its host is local or not public")]
    NotPublic,
}

/// An address to which something may be sent, as the client reads it. Whether a name leads to a public address is seen
/// when it is resolved.
pub fn destination(text: &str) -> Result<Url, DestinationFault> {
    let url = Url::parse(text.trim()).map_err(|_| DestinationFault::NoAddress)?;
    if !url.has_host() || !matches!(url.scheme(), "http" | "https") {
        return Err(DestinationFault::NoAddress);
    }
    // `@` may stand in a path, but never before it.
    if !url.username().is_empty() || url.password().is_some() || before_path(text).contains('@') {
        return Err(DestinationFault::UserInfo);
    }
    if is_loopback(&url) {
        return Ok(url);
    }
    if url.scheme() != "https" {
        return Err(DestinationFault::NotHttps);
    }
    let public = match literal(&url) {
        Some(address) => is_public(address),
        None => is_public_name(name(&url)),
    };
    if public {
        Ok(url)
    } else {
        Err(DestinationFault::NotPublic)
    }
}

/// Whether an address is this machine.
pub fn is_loopback(url: &Url) -> bool {
    match literal(url) {
        Some(address) => address.is_loopback(),
        None => name(url) == "localhost",
    }
}

/// The host of an address as people agree to it, with its port where that is not the usual one.
pub fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn before_path(text: &str) -> &str {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    rest.split(['/', '\\', '?', '#']).next().unwrap_or_default()
}

/// The host when it is an address itself, in whatever form it was written: such a host never reaches a resolver.
fn literal(url: &Url) -> Option<IpAddr> {
    url.host_str()?.trim_matches(['[', ']']).parse().ok()
}

fn name(url: &Url) -> &str {
    url.host_str().unwrap_or_default().trim_end_matches('.')
}

/// Whether a name can be one of the public internet: its parser has made it lower case already.
fn is_public_name(name: &str) -> bool {
    name.contains('.') && !LOCAL_ENDS.iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_and_public_https_are_taken() {
        for text in [
            "http://127.0.0.1",
            "http://127.0.0.1:8080/v1",
            "http://localhost:1",
            "http://[::1]:2/x",
            "https://localhost/",
            "https://api.notion.com",
            "https://Hooks.Slack.com/services/T0/B0/x@y",
            "https://1.1.1.1/",
            "https://[2606:4700::1111]:8443",
            "https://127.0.0.1.example.com",
        ] {
            assert!(destination(text).is_ok(), "{text}");
        }
        assert!(!is_loopback(&destination("https://127.0.0.1.example.com").unwrap()));
    }

    #[test]
    fn whatever_leads_elsewhere_is_not() {
        use DestinationFault::{NoAddress, NotHttps, NotPublic, UserInfo};
        for (text, fault) in [
            ("", NoAddress),
            ("api.notion.com", NoAddress),
            ("ftp://example.com", NoAddress),
            ("file:///etc/passwd", NoAddress),
            ("https://", NoAddress),
            ("http://localhost.evil.com", NotHttps),
            ("http://127.0.0.1.evil.com", NotHttps),
            ("http://127.0.0.1@evil.com", UserInfo),
            ("http://127.0.0.1:80@evil.com", UserInfo),
            ("https://api.notion.com@evil.com", UserInfo),
            ("https://@evil.com", UserInfo),
            ("https://:@evil.com", UserInfo),
            ("http://evil.com\\@127.0.0.1", NotHttps),
            ("http://evil.com#@127.0.0.1", NotHttps),
            ("http://1.1.1.1", NotHttps),
            ("https://10.0.0.1", NotPublic),
            ("https://0/", NotPublic),
            ("https://169.254.169.254/latest", NotPublic),
            ("https://2852039166/", NotPublic),
            ("https://0xa9.0xfe.0xa9.0xfe", NotPublic),
            ("https://0251.0376.0251.0376", NotPublic),
            ("https://192.168.257", NotPublic),
            ("https://①⑥⑨.②⑤④.①⑥⑨.②⑤④", NotPublic),
            ("https://１０．０．０．１", NotPublic),
            ("https://10。0。0。1", NotPublic),
            ("https://10.0.0.1.", NotPublic),
            ("https://metadata.google.internal", NotPublic),
            ("https://METADATA.google.INTERNAL.", NotPublic),
            ("https://metadata", NotPublic),
            ("https://printer.local", NotPublic),
            ("https://a.localhost", NotPublic),
            ("https://nas.lan:5000", NotPublic),
            ("https://[fd00:ec2::254]", NotPublic),
            ("https://[::ffff:127.0.0.1]", NotPublic),
            ("https://[::ffff:a9fe:a9fe]", NotPublic),
            ("https://[64:ff9b::a9fe:a9fe]", NotPublic),
            ("https://[2002:7f00:1::]", NotPublic),
            ("https://[::]", NotPublic),
        ] {
            assert_eq!(destination(text), Err(fault), "{text}");
        }
    }

    #[test]
    fn every_way_to_write_this_machine_is_this_machine() {
        for text in [
            "http://127.1",
            "http://0x7f.0.0.1",
            "http://2130706433",
            "http://0177.0.0.1",
            "http://127.0.0.1.",
            "http://①②⑦.0.0.1",
            "http://127。0。0。1",
            "http://LOCALHOST.",
        ] {
            assert!(is_loopback(&destination(text).unwrap()), "{text}");
        }
    }

    #[test]
    fn a_host_is_agreed_to_with_its_port() {
        let of = |text| authority(&destination(text).unwrap());
        assert_eq!(of("https://Notion.Example.com/v1"), "notion.example.com");
        assert_eq!(of("https://notion.example.com.:443"), "notion.example.com");
        assert_eq!(of("https://notion.example.com:8443"), "notion.example.com:8443");
    }
}
