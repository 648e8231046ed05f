//! What of an address is secret: its password, the parameters that are called so, and the path where the path is what
//! opens it.
use super::names::NameWords;
use super::random::{is_id, is_said, is_surely_random, is_uuid};
use crate::redact::shape;

/// Hosts and paths of which whoever has the whole may use it (providers' documentation of incoming webhooks, bots,
/// calendars and nodes of blockchains).
const CAPABILITIES: [&str; 26] = [
    "ntfy.sh/",
    "requestbin.com/",
    "hooks.slack.com/",
    "/api/webhooks/",
    "webhook.office.com/",
    "api.telegram.org/bot",
    "hooks.zapier.com/",
    ".make.com/",
    "maker.ifttt.com/",
    "chat.googleapis.com/",
    "calendar.google.com/calendar/ical/",
    "events.pagerduty.com/integration/",
    "hc-ping.com/",
    "healthchecks.io/ping/",
    "uptime.betterstack.com/api/v1/heartbeat/",
    ".quiknode.pro/",
    ".infura.io/",
    ".alchemy.com/",
    ".alchemyapi.io/",
    "rpc.ankr.com/",
    ".chainstack.com/",
    ".getblock.io/",
    "getblock.io/",
    ".blastapi.io/",
    ".nodereal.io/",
    "open.feishu.cn/open-apis/bot/",
];

/// Segments behind which what opens something stands, in addresses of any host.
const OPENING: [&str; 11] = [
    "hook",
    "hooks",
    "webhook",
    "webhooks",
    "incoming",
    "invite",
    "join",
    "ping",
    "heartbeat",
    "trigger",
    "secret",
];

/// The longest name of a scheme: `jdbc:postgresql`, `mongodb+srv`.
const LONGEST_SCHEME: usize = 32;

/// What follows the scheme of an address; `None` if the value does not begin with one. `://` further on is no scheme.
pub(in crate::redact) fn after_scheme(value: &str) -> Option<&str> {
    let (scheme, rest) = value.split_once("://")?;
    let signs = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'+' | b'.' | b'-' | b':');
    let of_case = |own: fn(&u8) -> bool| scheme.bytes().all(|byte| own(&byte) || signs(byte));
    let is_scheme = (2..=LONGEST_SCHEME).contains(&scheme.len())
        && scheme.as_bytes()[0].is_ascii_alphabetic()
        && (of_case(u8::is_ascii_lowercase) || of_case(u8::is_ascii_uppercase));
    is_scheme.then_some(rest)
}

/// An address, cut where its parts meet.
pub(super) struct Address<'a> {
    /// What stands before the host: a user, perhaps with a password.
    pub(super) user: Option<&'a str>,
    pub(super) password: Option<&'a str>,
    host_and_path: &'a str,
    /// Behind the first `?`, `#` or `;`.
    pub(super) parameters: &'a str,
}

impl<'a> Address<'a> {
    /// Of what follows the scheme.
    pub(super) fn of(rest: &'a str) -> Self {
        let (before, rest) = match end_of_user(rest) {
            Some(at) => (Some(&rest[..at]), &rest[at + 1..]),
            None => (None, rest),
        };
        let (user, password) = match before.map(|before| before.split_once(':').ok_or(before)) {
            Some(Ok((user, password))) => (Some(user), Some(password)),
            Some(Err(user)) => (Some(user), None),
            None => (None, None),
        };
        let path_end = rest.find(['?', '#', ';']).unwrap_or(rest.len());
        Self {
            user: user.filter(|user| !user.is_empty()),
            password: password.filter(|password| !password.is_empty()),
            host_and_path: &rest[..path_end],
            parameters: rest.get(path_end + 1..).unwrap_or(""),
        }
    }

    /// The segments of the path that open it: all that look like a key where host, name or path say so, the one behind a
    /// version (`/v3/…`), and what nobody thought of.
    pub(super) fn keys_of_path(&self, name: &NameWords) -> impl Iterator<Item = &'a str> {
        let known = CAPABILITIES.iter().any(|part| self.host_and_path.contains(part));
        let least = match (known, name.is_capability() || self.leads_to_capability()) {
            (true, _) => 6,
            (false, true) => 10,
            (false, false) => usize::MAX,
        };
        let mut before = "";
        let path = self.host_and_path.split('/').skip(1).filter_map(move |segment| {
            let versioned = is_version(std::mem::replace(&mut before, segment)) && segment.len() >= 20;
            let segment = if known {
                segment.strip_prefix("bot").unwrap_or(segment)
            } else {
                segment
            };
            ((segment.len() >= least || versioned) && looks_like_a_key(segment) || is_mixed(segment)).then_some(segment)
        });
        path.chain(
            self.bare_parameters()
                .filter(|part| is_surely_random(part) && !is_uuid(part)),
        )
    }

    /// Whether something random stands in the path that may be a key, or the id of a page or an account.
    pub(super) fn may_hold_key(&self, name: &NameWords) -> bool {
        let mut before = "";
        let mut segments = self.host_and_path.split('/').skip(1);
        let is_notion = self.host_and_path.contains("notion.so/") || self.host_and_path.contains("notion.site/");
        segments.any(|segment| {
            let kind = NameWords::of(std::mem::replace(&mut before, segment)).singular();
            let id = segment
                .rsplit('-')
                .next()
                .filter(|id| id.len() == 32)
                .unwrap_or(segment);
            let is_public = is_uuid(id) || is_id(name, id) || is_id(&kind, id) || is_notion;
            is_surely_random(segment) && !is_public
        })
    }

    /// Whether a segment before the last one is called as what opens something is: `/hooks/…`.
    fn leads_to_capability(&self) -> bool {
        let path = self.host_and_path.split('/').skip(1);
        path.filter(|segment| shape::is_word(segment))
            .any(|segment| OPENING.contains(&segment.to_ascii_lowercase().as_str()))
    }

    /// What stands behind the path without a name.
    fn bare_parameters(&self) -> impl Iterator<Item = &'a str> {
        let parts = self.parameters.split(['?', '#', '&', ';', '/']);
        parts.filter(|part| !part.trim_end_matches('=').contains('='))
    }
}

/// What nobody would think of for a page.
fn is_mixed(segment: &str) -> bool {
    let last = segment.rsplit('-').next().unwrap_or(segment);
    let hex = |part: &str| part.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    !(hex(segment) || last.len() >= 16 && hex(last)) && looks_like_a_key(segment) && is_surely_random(segment)
}

/// Where the `@` behind the user is. A password may hold signs that nobody encoded, but then no host or port can be meant
/// where they seem to end it.
fn end_of_user(rest: &str) -> Option<usize> {
    let authority = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let is_host = |at: usize| {
        let hosts = rest[at..authority].split([',', ';']);
        hosts.take(1).all(|host| {
            let port = host.trim_end_matches(|c: char| c.is_ascii_digit());
            !port.trim_end_matches(':').contains(':') || host.contains('[')
        })
    };
    if let Some(at) = rest[..authority].rfind('@').filter(|at| is_host(at + 1)) {
        return Some(at);
    }
    let at = rest.rfind('@').filter(|_| !is_host(0))?;
    rest[at + 1..]
        .starts_with(|c: char| c.is_ascii_alphanumeric())
        .then_some(at)
}

fn is_version(segment: &str) -> bool {
    segment
        .strip_prefix('v')
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// Letters with digits among them, and no name put together of words, numbers and dates.
fn looks_like_a_key(segment: &str) -> bool {
    let counts = shape::CharCounts::of(segment);
    let clean = segment
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b':' | b'~' | b'=' | b'@'));
    clean
        && shape::is_random(segment)
        && (counts.digit > 0 || segment.len() >= 16)
        && !segment.split(['_', '-', ':', '~', '=', '@']).all(is_said)
}

/// `%41` as the character it stands for; `None` if there is none, or what they stand for is no text.
pub(super) fn decoded(part: &str) -> Option<String> {
    if !part.contains('%') {
        return None;
    }
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let hex = |at: usize| char::from(*behind.get(at)?).to_digit(16);
        let escaped = (*first == b'%').then(|| Some(hex(0)? * 16 + hex(1)?)).flatten();
        let read = escaped.and_then(|byte| u8::try_from(byte).ok());
        bytes.push(read.unwrap_or(*first));
        rest = if read.is_some() { &behind[2..] } else { behind };
    }
    String::from_utf8(bytes).ok().filter(|decoded| decoded != part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_begin_with_a_scheme_and_are_cut_where_their_parts_meet() {
        assert_eq!(after_scheme("jdbc:sqlserver://db;a=b"), Some("db;a=b"));
        for value in [
            "Endpoint=sb://ns/;Key=x",
            "q7H://x",
            "7a://b",
            "a://b",
            "://x",
            "my pass://x",
        ] {
            assert_eq!(after_scheme(value), None, "{value}");
        }
        let address = Address::of("app:a/b@db:5432/x?sslmode=require");
        assert_eq!(
            (address.user, address.password, address.parameters),
            (Some("app"), Some("a/b"), "sslmode=require")
        );
        for rest in ["app:p@ss:w0rd#1@db/x", "app:p@ss:w0rd#1@db:5432"] {
            assert_eq!(Address::of(rest).password, Some("p@ss:w0rd#1"), "{rest}");
        }
        let address = Address::of("u:a@db1:1,db2:2/x@y");
        assert_eq!(address.password, Some("a"));
        let address = Address::of("h:80/a@b");
        assert_eq!((address.user, address.password), (None, None));
        let address = Address::of("Token16@h/");
        assert_eq!((address.user, address.password), (Some("Token16"), None));
    }

    #[test]
    fn the_path_is_secret_where_it_opens_something() {
        let hex = "0a1b2c3d".repeat(4);
        let cases = [
            ("ETH_RPC_URL", format!("mainnet.example.org/v3/{hex}"), true),
            ("NODE", format!("a.quiknode.pro/{hex}/"), true),
            ("FEED_URL", format!("example.org/feed/{hex}.xml"), false),
            ("FEED_URL", format!("example.org/feed/{hex}"), true),
            ("FEED_URL", "example.org/feed/release-notes-2026-11".to_owned(), false),
            ("PAGE_URL", format!("www.notion.so/Keys-{hex}"), false),
            ("API_URL", format!("api.example.org/v1/databases/{hex}"), false),
            ("TOKEN_URL", format!("login.example.org/{hex}/oauth2/v2.0/token"), false),
        ];
        for (name, rest, secret) in cases {
            let keys = Address::of(&rest).keys_of_path(&NameWords::of(name)).count();
            assert_eq!(keys == 1, secret, "{name} {rest}");
        }
    }

    #[test]
    fn escapes_are_read_as_what_they_stand_for() {
        assert_eq!(decoded("p%40ss%21").as_deref(), Some("p@ss!"));
        assert_eq!(decoded("100%").as_deref(), None);
        assert_eq!(decoded("plain"), None);
    }
}
