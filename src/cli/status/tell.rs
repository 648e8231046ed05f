//! `status` in words, for a terminal of 80 columns: a label, then what there is to say of it.
use super::pages::{PageStatus, State, Undone};
use super::report::{StatusReport, TokenStatus};
use crate::cli::table::line;
use crate::cli::words;
use crate::monitor::heartbeat::Requests;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// Effects of a page that are told one by one; `--json` has all.
const TOLD: usize = 10;

/// What is needed to tell a time.
#[derive(Clone, Copy)]
struct StatusClock {
    zone: Tz,
    now: DateTime<Utc>,
}

impl StatusClock {
    fn time(self, at: Option<DateTime<Utc>>) -> String {
        at.map_or_else(
            || "never".to_owned(),
            |at| at.with_timezone(&self.zone).format("%a %-d %b %H:%M:%S").to_string(),
        )
    }

    /// `since Sat 28 Nov 17:12:00, for 14 minutes`.
    fn since(self, at: DateTime<Utc>) -> String {
        format!("since {}, for {}", self.time(Some(at)), words::age(self.now - at))
    }
}

impl StatusReport {
    /// The whole report in lines for a terminal.
    pub(super) fn told(&self, zone: Tz, now: DateTime<Utc>) -> String {
        let clock = StatusClock { zone, now };
        let mut told = line("bot", &self.bot(clock));
        if let Some(requests) = &self.requests {
            told += &line("requests", &self::requests(requests));
        }
        let (last, next) = (clock.time(self.monitor_ran_at), clock.time(self.next_monitor_at));
        told += &line("monitor", &format!("last {last}, next {next}"));
        told += &self.token.told(self.running, clock);
        if let Some(fault) = &self.token_fault {
            let text = format!("Notion refuses it: {} ({})", fault.text, clock.since(fault.since));
            told += &line("", &text);
        }
        if !self.restarts.is_empty() {
            let each = self.restarts.iter().map(|(part, n)| format!("{part} {n}"));
            let all: Vec<String> = each.collect();
            let text = format!(
                "started again since the bot started: {}; its log says why",
                all.join(", ")
            );
            told += &line("restarts", &text);
        }
        for warning in &self.warnings {
            told += &line("warning", warning);
        }
        for exposed in words::exposed(&self.exposed, now) {
            told += &line("exposed", &exposed);
        }
        if let Some(why) = self.rules_alone {
            told += &line("reading", &format!("by the rules alone: {why}"));
        }
        if let Some(fault) = &self.state_fault {
            told += &line("state", fault);
        } else {
            let (comments, replies) = (self.counts.comments, self.counts.replies);
            told += &line("comments", &format!("{comments} seen, {replies} replies"));
            told += &line("effects", &self.effects(clock));
        }
        self.pages.iter().for_each(|page| told += &page.told(clock));
        told
    }

    fn bot(&self, clock: StatusClock) -> String {
        let sign = clock.time(self.heartbeat_at);
        if self.running {
            format!("running (last sign of life: {sign})")
        } else if self.silent {
            format!("a process has the state, but gives no sign of life (last: {sign}); its log says why")
        } else {
            format!("not running: start `keyminder run` (last sign of life: {sign})")
        }
    }

    fn effects(&self, clock: StatusClock) -> String {
        let counts = &self.counts;
        let mut line = format!("{} waiting", counts.open);
        if let Some(oldest) = counts.oldest_waiting_at {
            line = format!("{line}, the oldest for {}", words::age(clock.now - oldest));
        }
        let more = [
            (counts.unknown, "sent perhaps, and read back"),
            (counts.parked, "parked, to be tried again later"),
            (counts.failed, "refused"),
            (counts.stuck, "for over an hour without a worker of its project"),
        ];
        for (n, what) in more.iter().filter(|(n, _)| *n > 0) {
            line = format!("{line}; {n} {what}");
        }
        line
    }
}

impl TokenStatus {
    fn told(&self, running: bool, clock: StatusClock) -> String {
        let which = match (&self.from, &self.fault) {
            (Some(from), _) if running && self.since.is_some() => format!("{from}, since {}", clock.time(self.since)),
            (Some(from), _) => from.clone(),
            (None, fault) => fault.clone().unwrap_or_else(|| "none".to_owned()),
        };
        let another = match &self.another {
            Some(why) if running => format!(".env holds a different NOTION_TOKEN, not used: {why}"),
            Some(_) | None if self.another_in_env => {
                ".env holds a different NOTION_TOKEN; the bot does not use it".to_owned()
            }
            Some(_) | None => return line("token", &which),
        };
        line("token", &which) + &line("", &another)
    }
}

fn requests(requests: &Requests) -> String {
    let mut line = match requests.limit {
        0 => "no limit".to_owned(),
        limit => format!("{} of {limit} within the last minute", requests.used),
    };
    if let Some(seconds) = requests.blocked_for {
        let reason = requests.reason.as_deref().unwrap_or("no reason given");
        line = format!("{line}; Notion wants silence for {seconds} s more ({reason})");
    }
    line
}

impl PageStatus {
    fn told(&self, clock: StatusClock) -> String {
        let state = self.state.as_ref();
        let title = match state.map(|state| state.title.as_str()) {
            None => "what the bot knows of it cannot be read",
            Some("") if self.read_at.is_none() => "not read yet",
            Some("") => "without a title",
            Some(title) => title,
        };
        let url = state.map(|state| state.url.as_str()).filter(|url| !url.is_empty());
        let mut told = "\n".to_owned() + &line("page", title) + &line("", url.unwrap_or(self.id.as_str()));
        if self.read_at.is_some() {
            told += &line("", &format!("last read {}", clock.time(self.read_at)));
        }
        if let Some(fault) = &self.fault {
            let since = self.fault_since.map(|at| format!(" ({})", clock.since(at)));
            told += &line("  fault", &format!("{fault}{}", since.unwrap_or_default()));
        }
        for note in &self.notes {
            told += &line("  note", note);
        }
        if let Some(state) = state.filter(|state| self.read_at.is_some() || !state.title.is_empty()) {
            told += &state.told(clock);
        }
        for row in &self.unreadable {
            told += &line("  unread", &format!("{} {}: {}", row.what, row.id, row.why));
        }
        for effect in self.effects.iter().take(TOLD) {
            told += &effect.told(clock);
        }
        if self.effects.len() > TOLD {
            let more = self.effects.len() - TOLD;
            told += &line("", &format!("and {more} more effects; `status --json` has them all"));
        }
        told
    }
}

impl State {
    fn told(&self, clock: StatusClock) -> String {
        let status = self.option.as_deref().or(self.status.as_deref()).unwrap_or("none");
        let steps = format!(
            "Status {status}; {} of {} steps proven, {} claimed",
            self.proven, self.steps, self.claimed
        );
        let mut told = line("", &steps);
        if self.next_rotation.is_some() {
            told += &line("", &format!("next rotation {}", clock.time(self.next_rotation)));
        }
        if self.conversations + self.posted + self.held > 0 {
            let text = format!(
                "{} open conversations, {} comments that hold a key, {} places of the page that do",
                self.conversations, self.posted, self.held
            );
            told += &line("", &text);
        }
        for blocker in &self.blockers {
            let step = blocker.step.map(|step| format!(" on step {step}")).unwrap_or_default();
            let name = blocker.name.as_deref().unwrap_or("somebody");
            let since = clock.time(Some(blocker.since));
            // What has to change, where that is known.
            let kind = match blocker.kind.as_str() {
                "other" => String::new(),
                kind => format!(": {kind}"),
            };
            told += &line("  blocked", &format!("{name}{step}{kind} since {since}"));
        }
        for aside in &self.not_applicable {
            let step = aside.step.map(|step| format!("step {step}"));
            let what = step.or_else(|| aside.key.clone()).unwrap_or_default();
            let name = aside.name.as_deref().unwrap_or("somebody");
            told += &line("", &format!("{what}: not applicable, says {name}"));
        }
        told
    }
}

impl Undone {
    /// `  parked   k7p2-93qd post reply: Notion answered 503; next try ...`.
    fn told(&self, clock: StatusClock) -> String {
        let effect = self.effect.replace('_', " ");
        let mut text = match &self.reference {
            Some(reference) => format!("{reference} {effect}"),
            None => effect,
        };
        if let Some(why) = &self.why {
            text = format!("{text}: {why}");
        }
        if let Some(next) = self.not_before.filter(|at| *at > clock.now) {
            text = format!("{text}; next try {}", clock.time(Some(next)));
        }
        if let Some(reference) = self.reference.as_ref().filter(|_| self.state == "parked") {
            text = format!("{text}; now: keyminder audit --retry {reference}");
        }
        line(&format!("  {}", self.state), &text)
    }
}
