//! The rate limit: so many requests in a window, which may be spent in one burst (as Notion documents it today), or a
//! bucket that fills evenly (as it was for years: three requests a second on average).
use super::wire::Failure;
use serde_json::json;
use std::str::FromStr;

/// The limit of the connection and what is used of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rate {
    /// `None` stands for no limit.
    limit: Option<Limit>,
    /// When the window began, or the bucket was last looked at.
    since_ms: u64,
    /// Requests of this window; of a bucket, what is missing in it, in parts of a request: one is worth `per_ms` parts.
    used: u64,
}

#[derive(Clone, Copy, Debug)]
struct Limit {
    requests: u64,
    per_ms: u64,
    shape: Shape,
}

#[derive(Clone, Copy, Debug)]
enum Shape {
    Window,
    Bucket,
}

impl Rate {
    /// A connection without limit.
    pub fn off() -> Rate {
        Rate::default()
    }

    /// Counts a request, or refuses it until there is room.
    pub fn count(&mut self, now_ms: u64) -> Result<(), Failure> {
        let Some(limit) = self.limit else { return Ok(()) };
        let wait_ms = match limit.shape {
            Shape::Window => self.count_in_window(limit, now_ms),
            Shape::Bucket => self.count_in_bucket(limit, now_ms),
        };
        wait_ms.map_or(Ok(()), |wait_ms| {
            let seconds = wait_ms.div_ceil(1000).to_string();
            Err(limited("public_api_request_rate_limit", Some(seconds)))
        })
    }

    fn count_in_window(&mut self, limit: Limit, now_ms: u64) -> Option<u64> {
        if now_ms >= self.since_ms + limit.per_ms {
            self.since_ms = now_ms;
            self.used = 0;
        }
        if self.used >= limit.requests {
            return Some(self.since_ms + limit.per_ms - now_ms);
        }
        self.used += 1;
        None
    }

    fn count_in_bucket(&mut self, limit: Limit, now_ms: u64) -> Option<u64> {
        let filled = now_ms.saturating_sub(self.since_ms).saturating_mul(limit.requests);
        self.used = self.used.saturating_sub(filled);
        self.since_ms = now_ms;
        let over = (self.used + limit.per_ms).saturating_sub(limit.requests * limit.per_ms);
        if over > 0 {
            return Some(over.div_ceil(limit.requests.max(1)));
        }
        self.used += limit.per_ms;
        None
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

    /// Reads `180/60s`, `bucket:3/1s` or `off`.
    fn from_str(text: &str) -> Result<Rate, String> {
        if text == "off" {
            return Ok(Rate::off());
        }
        let wrong = || format!("`{text}` is no rate; write requests/seconds such as 180/60s or bucket:3/1s, or off");
        let (rest, shape) = match text.strip_prefix("bucket:") {
            Some(rest) => (rest, Shape::Bucket),
            None => (text, Shape::Window),
        };
        let (requests, seconds) = rest.split_once('/').ok_or_else(wrong)?;
        let requests: u64 = requests.parse().map_err(|_| wrong())?;
        let seconds: u64 = seconds
            .strip_suffix('s')
            .unwrap_or(seconds)
            .parse()
            .map_err(|_| wrong())?;
        let per_ms = seconds.checked_mul(1000).filter(|ms| *ms > 0).ok_or_else(wrong)?;
        let limit = Limit {
            requests,
            per_ms,
            shape,
        };
        Ok(Rate {
            limit: Some(limit),
            ..Rate::default()
        })
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
    fn a_bucket_fills_evenly() {
        let mut rate: Rate = "bucket:3/1s".parse().unwrap();
        let mut answers = String::new();
        for ms in [0, 0, 0, 0, 333, 334, 667, 668, 3000, 3000, 3000, 3000] {
            answers.push(if rate.count(100_000 + ms).is_ok() { '+' } else { '-' });
        }
        assert_eq!(answers, "+++--++-+++-");
        assert_eq!(rate.count(103_000).unwrap_err().retry_after.as_deref(), Some("1"));
    }

    #[test]
    fn rates_are_read() {
        for wrong in ["", "x", "180", "180/x", "180/0s", "/60s", "bucket:", "bucket:3"] {
            assert!(wrong.parse::<Rate>().is_err(), "{wrong}");
        }
        assert!("off".parse::<Rate>().is_ok());
    }
}
