//! The rate limit: so many requests in a window, which may be spent in one burst.
use super::wire::Failure;
use serde_json::json;
use std::str::FromStr;

/// The limit of the connection and what is used of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rate {
    /// Requests and milliseconds of a window; none: no limit.
    limit: Option<(u64, u64)>,
    window_began_ms: u64,
    used: u64,
}

impl Rate {
    /// No limit.
    pub fn off() -> Rate {
        Rate::default()
    }

    /// So many requests in a window of so many milliseconds.
    pub fn new(requests: u64, window_ms: u64) -> Rate {
        Rate {
            limit: Some((requests, window_ms.max(1))),
            ..Rate::default()
        }
    }

    /// Counts a request, or refuses it until the window ends.
    pub fn count(&mut self, now_ms: u64) -> Result<(), Failure> {
        let Some((requests, window_ms)) = self.limit else {
            return Ok(());
        };
        if now_ms >= self.window_began_ms + window_ms {
            self.window_began_ms = now_ms;
            self.used = 0;
        }
        if self.used >= requests {
            let wait_ms = self.window_began_ms + window_ms - now_ms;
            return Err(limited(
                "public_api_request_rate_limit",
                Some(wait_ms.div_ceil(1000).to_string()),
            ));
        }
        self.used += 1;
        Ok(())
    }
}

/// 429 with its reason; the seconds stand in the header and, as a string, in the body.
pub fn limited(reason: &str, retry_after: Option<String>) -> Failure {
    let mut data = json!({ "rate_limit_reason": reason });
    if let Some(seconds) = &retry_after {
        data["retry_after"] = json!(seconds);
    }
    let refusal = Failure::new(
        429,
        "rate_limited",
        "You have been rate limited. Please try again later.",
    );
    Failure {
        additional_data: Some(data),
        retry_after,
        ..refusal
    }
}

impl FromStr for Rate {
    type Err = String;

    /// Reads `180/60s` or `off`.
    fn from_str(text: &str) -> Result<Rate, String> {
        if text == "off" {
            return Ok(Rate::off());
        }
        let wrong = || format!("`{text}` is no rate; write requests/seconds such as 180/60s, or off");
        let (requests, seconds) = text.split_once('/').ok_or_else(wrong)?;
        let requests: u64 = requests.parse().map_err(|_| wrong())?;
        let seconds: u64 = seconds
            .strip_suffix('s')
            .unwrap_or(seconds)
            .parse()
            .map_err(|_| wrong())?;
        let window_ms = seconds.checked_mul(1000).filter(|ms| *ms > 0).ok_or_else(wrong)?;
        Ok(Rate::new(requests, window_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_may_be_spent_in_a_burst() {
        let mut rate: Rate = "3/60s".parse().unwrap();
        for _ in 0..3 {
            rate.count(100_000).unwrap();
        }
        let refusal = rate.count(112_500).unwrap_err();
        assert_eq!(refusal.retry_after.as_deref(), Some("48"));
        assert_eq!(refusal.additional_data.unwrap()["retry_after"], "48");
        rate.count(160_000).unwrap();
    }

    #[test]
    fn rates_are_read() {
        for wrong in ["", "x", "180", "180/x", "180/0s", "/60s"] {
            assert!(wrong.parse::<Rate>().is_err(), "{wrong}");
        }
        assert!("off".parse::<Rate>().is_ok());
    }
}
