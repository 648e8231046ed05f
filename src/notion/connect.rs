//! The client as this program uses it.
use super::transport::HttpTransport;
use super::{Client, Connection};
use crate::outbound;
use anyhow::Context as _;
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;

/// A client of the Notion at `url` that calls itself by this program's name. `requests_per_minute` 0: no limit of our
/// own. Fails when the address is none that a token may go to. Whether somebody agreed to it the caller has asked.
pub fn connect(
    url: &str,
    token: SecretString,
    requests_per_minute: u32,
    call_timeout: Duration,
) -> anyhow::Result<Client> {
    outbound::destination(url).context("mend notion.url")?;
    let connection = Connection {
        url: url.to_owned(),
        token,
        user_agent: concat!("keyminder/", env!("CARGO_PKG_VERSION")).to_owned(),
        requests_per_minute,
        call_timeout,
    };
    let builder = HttpTransport::builder(url, &connection.user_agent).context("mend notion.url")?;
    let http = outbound::client(builder).context("the HTTP client cannot be set up")?;
    let transport = HttpTransport::over(http, url, call_timeout).context("mend notion.url")?;
    Ok(Client::with_transport(connection, Arc::new(transport)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_none_names_its_setting() {
        for url in [
            "not an address",
            "ftp://127.0.0.1",
            "http:",
            "http://example.com",
            "https://10.0.0.1",
        ] {
            let refused = connect(url, SecretString::from("t"), 0, Duration::from_secs(1));
            let error = format!("{:#}", refused.err().unwrap());
            assert!(error.contains("notion.url"), "{error}");
        }
    }
}
