//! Http: an address answers as it should. It is https, or this machine; no redirect is followed, and no name leads into a local
//! network.
use super::observation::Observation;
use crate::outbound::{self, authority, destination, is_refused_address};
use reqwest::{Client, StatusCode, Url};
use std::time::Duration;

/// An answer that takes longer is none.
const LONGEST: Duration = Duration::from_secs(8);
/// What is read of an answer: no page that says that all is well is larger.
const LARGEST: usize = 1024 * 1024;

/// `Err`: what ended the look early.
pub(super) async fn observe(text: &str, wanted: u16, contains: Option<&str>) -> Result<Observation, Observation> {
    let Ok(url) = destination(text) else {
        // What cannot be read as an address is not repeated: it may hold anything.
        return Err(Observation::missing("http_refused").with("url", ""));
    };
    let about = |observation: Observation| observation.with("url", shown(&url));
    let builder = Client::builder().timeout(LONGEST).user_agent("keyminder");
    let client = outbound::client(builder).map_err(|_| about(Observation::unknown("http_silent")))?;
    let answer = client.get(url.clone()).send().await.map_err(|error| {
        about(if is_refused_address(&error) {
            Observation::missing("http_refused")
        } else {
            Observation::unknown("http_silent")
        })
    })?;
    let status = answer.status();
    if status.as_u16() != wanted {
        return Err(about(if comes_again(status) {
            Observation::unknown("http_silent")
        } else {
            Observation::missing("http_status")
                .with("status", status.as_u16())
                .with("wanted", wanted)
        }));
    }
    let ok = Observation::proven("http_ok").with("status", wanted);
    let Some(wanted) = contains else {
        return Ok(about(ok));
    };
    let body = body(answer)
        .await
        .ok_or_else(|| about(Observation::unknown("http_silent")))?;
    Ok(about(if body.contains(wanted) {
        ok
    } else {
        Observation::missing("http_lacks")
    }))
}

/// An address as it is told: without its path and its query, which may hold a secret.
fn shown(url: &Url) -> String {
    format!("{}://{}", url.scheme(), authority(url))
}

/// Whether an answer says that it is not the last word.
fn comes_again(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    )
}

/// The text of an answer, as far as it is read; `None` where it breaks off.
async fn body(mut answer: reqwest::Response) -> Option<String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.ok()? {
        let left = LARGEST - bytes.len();
        bytes.extend(chunk.iter().take(left));
        if bytes.len() == LARGEST {
            break;
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
