//! The client as this program uses it.
use super::{Client, Connection};
use anyhow::Context as _;
use secrecy::SecretString;
use std::time::Duration;

/// A client of the Notion at `url` that calls itself by this program's name. `requests_per_minute` 0: no limit of our
/// own. Fails when the address is none.
pub fn connect(
    url: &str,
    token: SecretString,
    requests_per_minute: u32,
    call_timeout: Duration,
) -> anyhow::Result<Client> {
    let connection = Connection {
        url: url.to_owned(),
        token,
        user_agent: concat!("keyminder/", env!("CARGO_PKG_VERSION")).to_owned(),
        requests_per_minute,
        call_timeout,
    };
    Client::new(connection).context("mend notion.url")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_none_names_its_setting() {
        for url in ["not an address", "ftp://127.0.0.1", "http:"] {
            let refused = connect(url, SecretString::from("t"), 0, Duration::from_secs(1));
            let error = format!("{:#}", refused.err().unwrap());
            assert!(error.contains("notion.url"), "{error}");
        }
    }
}
