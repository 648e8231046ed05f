//! Faults on demand: which requests fail, and how. Everything is drawn from the seed given with the rules.
use super::rate;
use super::wire::Failure;
use serde::Deserialize;
use serde_json::Value;

/// The rules in force.
#[derive(Default)]
pub struct Faults {
    rules: Vec<ActiveRule>,
    rng: fastrand::Rng,
}

/// `PUT /sandbox/faults`; an empty list clears.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultPlan {
    #[serde(default)]
    seed: u64,
    rules: Vec<Rule>,
}

/// One rule: which requests it looks at, which of them fail, and how.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    method: Option<String>,
    /// A path such as `/v1/comments`; `*` stands for any text. All paths of the API when absent.
    path: Option<String>,
    fault: Fault,
    /// Of the requests that it looks at, each n-th one fails.
    every: Option<u64>,
    /// The first n of them fail.
    count: Option<u64>,
    /// Each fails with this probability, 0 to 1.
    probability: Option<f64>,
    status: Option<u16>,
    delay_ms: Option<u64>,
    /// Seconds, or any text for the header (an HTTP date, say).
    retry_after: Option<Value>,
    /// Of a 429: its reason.
    reason: Option<String>,
    /// Of `status`: the request is carried out all the same (a 503 after the write was saved).
    #[serde(default)]
    applied: bool,
}

/// What a rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The answer is held back for `delay_ms`; the request itself is carried out at once.
    Latency,
    /// An error of this `status` instead of the answer.
    Status,
    /// The connection is reset and nothing was done.
    ResetBefore,
    /// The connection is reset after it was done.
    ResetAfter,
    /// Done after `delay_ms`; answered at once with `status` (one that leaves the outcome open: 503, 504), or, without
    /// one, reset when it is done.
    Late,
    /// The connection is reset in the middle of the body.
    Truncated,
    /// An HTML page of the edge, with `status` (502).
    Html,
    /// The body comes at one byte every `delay_ms` (1000).
    Slow,
    /// A list of comments misses those younger than `delay_ms`.
    Stale,
    /// A list gives its last entry twice.
    RepeatItem,
    /// The last part of a list gives a cursor, which leads back to its first entry, and says that there is no more.
    CursorAtEnd,
    /// Every part of a list says that there is more, at a cursor that leads back to its first entry.
    SameCursor,
    /// A write lasts `delay_ms` (500); another one to the same page meanwhile is refused with 409 and not applied.
    Conflict,
}

struct ActiveRule {
    rule: Rule,
    seen: u64,
    struck: u64,
}

/// The faults that one request meets.
#[derive(Default)]
pub struct Injection {
    /// How long the answer waits, in milliseconds.
    pub latency_ms: u64,
    /// How old a comment must be to be listed, in milliseconds.
    pub stale_ms: u64,
    /// The first due rule whose fault is neither of these two.
    pub rule: Option<Rule>,
}

impl Faults {
    /// Replaces the rules.
    pub fn set(&mut self, plan: FaultPlan) {
        self.rng = fastrand::Rng::with_seed(plan.seed);
        self.rules = plan
            .rules
            .into_iter()
            .map(|rule| ActiveRule {
                rule,
                seen: 0,
                struck: 0,
            })
            .collect();
    }

    /// The faults that are due for this request.
    pub fn draw(&mut self, method: &str, path: &str) -> Injection {
        let mut injection = Injection::default();
        for active in &mut self.rules {
            if !active.rule.looks_at(method, path) || !active.strikes(&mut self.rng) {
                continue;
            }
            let delay_ms = active.rule.delay_ms.unwrap_or_default();
            match active.rule.fault {
                Fault::Latency => injection.latency_ms += delay_ms,
                Fault::Stale => injection.stale_ms = injection.stale_ms.max(delay_ms),
                _ if injection.rule.is_none() => injection.rule = Some(active.rule.clone()),
                _ => {}
            }
        }
        injection
    }
}

impl Injection {
    /// The fault's name for the journal.
    pub fn name(&self) -> Option<&'static str> {
        match &self.rule {
            Some(rule) => Some(rule.fault.name()),
            None if self.stale_ms > 0 => Some(Fault::Stale.name()),
            None => (self.latency_ms > 0).then(|| Fault::Latency.name()),
        }
    }
}

impl ActiveRule {
    fn strikes(&mut self, rng: &mut fastrand::Rng) -> bool {
        self.seen += 1;
        let rule = &self.rule;
        let due = rule
            .every
            .is_none_or(|every| every > 0 && self.seen.is_multiple_of(every))
            && rule.count.is_none_or(|count| self.struck < count)
            && rule.probability.is_none_or(|probability| rng.f64() < probability);
        self.struck += u64::from(due);
        due
    }
}

impl Fault {
    fn name(self) -> &'static str {
        match self {
            Fault::Latency => "latency",
            Fault::Status => "status",
            Fault::ResetBefore => "reset_before",
            Fault::ResetAfter => "reset_after",
            Fault::Late => "late",
            Fault::Truncated => "truncated",
            Fault::Html => "html",
            Fault::Slow => "slow",
            Fault::Stale => "stale",
            Fault::RepeatItem => "repeat_item",
            Fault::CursorAtEnd => "cursor_at_end",
            Fault::SameCursor => "same_cursor",
            Fault::Conflict => "conflict",
        }
    }
}

impl Rule {
    fn looks_at(&self, method: &str, path: &str) -> bool {
        self.method
            .as_ref()
            .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && self.path.as_ref().is_none_or(|pattern| matches(pattern, path))
    }

    /// The fault that the rule injects.
    pub fn fault(&self) -> Fault {
        self.fault
    }

    /// Whether the request is carried out although it is answered with an error.
    pub fn applied(&self) -> bool {
        self.applied
    }

    /// The status of the answer, if the rule names one.
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// The delay, or `usual` when the rule names none.
    pub fn delay_ms(&self, usual: u64) -> u64 {
        self.delay_ms.unwrap_or(usual)
    }

    /// The error body of its status; `usual` when the rule names none.
    pub fn failure(&self, usual: u16) -> Failure {
        let retry_after = self.retry_after.as_ref().map(|wait| match wait {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        let status = self.status.unwrap_or(usual);
        if status == 429 {
            let reason = self.reason.as_deref().unwrap_or("public_api_request_rate_limit");
            return rate::limited(reason, retry_after);
        }
        let message = "Injected by the sandbox.";
        Failure {
            retry_after,
            ..Failure::new(status, code(status), message)
        }
    }
}

fn code(status: u16) -> &'static str {
    match status {
        400 => "validation_error",
        401 => "unauthorized",
        403 => "restricted_resource",
        404 => "object_not_found",
        409 => "conflict_error",
        502 => "bad_gateway",
        503 => "service_unavailable",
        504 => "gateway_timeout",
        529 => "service_overload",
        _ => "internal_server_error",
    }
}

/// `*` stands for any text.
fn matches(pattern: &str, path: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else {
        return pattern == path;
    };
    let Some(rest) = path.strip_prefix(head) else {
        return false;
    };
    (0..=rest.len()).any(|at| rest.is_char_boundary(at) && matches(tail, &rest[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn struck(rule: &Value, requests: usize) -> String {
        let mut faults = Faults::default();
        faults.set(serde_json::from_value(json!({ "seed": 1, "rules": [rule] })).unwrap());
        let one = |_| {
            if faults.draw("POST", "/v1/comments").rule.is_some() {
                'x'
            } else {
                '.'
            }
        };
        (0..requests).map(one).collect()
    }

    #[test]
    fn rules_strike_by_number_or_chance() {
        assert_eq!(struck(&json!({ "fault": "status", "status": 503 }), 3), "xxx");
        assert_eq!(struck(&json!({ "fault": "status", "every": 3 }), 7), "..x..x.");
        assert_eq!(
            struck(&json!({ "fault": "reset_after", "count": 2, "path": "/v1/*" }), 4),
            "xx.."
        );
        assert_eq!(struck(&json!({ "fault": "html", "method": "get" }), 2), "..");
        let chance = struck(&json!({ "fault": "html", "probability": 0.5 }), 1000);
        assert_eq!(chance, struck(&json!({ "fault": "html", "probability": 0.5 }), 1000));
        assert!((400..600).contains(&chance.matches('x').count()));
    }

    #[test]
    fn paths_match_with_stars() {
        assert!(matches("/v1/blocks/*/children", "/v1/blocks/abc/children"));
        assert!(!matches("/v1/blocks/*/children", "/v1/blocks/abc"));
        assert!(matches("/v1/comments*", "/v1/comments"));
    }
}
