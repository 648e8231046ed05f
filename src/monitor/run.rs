//! One whole run of the monitor, as `monitor` and the daily work of `run` do it: look, judge, say what is new, keep it.
use super::alerts::{self, Alert, Sent};
use super::channels::{ChannelError, Channels, Context};
use super::findings::{self, Finding};
use super::plugin::{self, Answer};
use super::record::Record;
use super::report::{self, Report, Watcher};
use crate::rotation::on_disk;
use crate::rotation::probe::Probed;
use chrono::{DateTime, Utc};
use std::io;

/// What a run saw, and what is to be said about it.
pub struct Ran {
    /// What it saw.
    pub report: Report,
    /// What that means, the worst first.
    pub findings: Vec<Finding>,
    /// The plugin's answer; its code goes to the dead man's switch.
    pub answer: Answer,
    /// What is new since the last alerts: for the page, or for the channels.
    pub alerts: Vec<Alert>,
    record: Record,
    sent: Sent,
}

/// Whether the alerts of a run reached somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// They did: they are not said again.
    Yes,
    /// They did not, or nobody was to be told.
    No,
}

/// Looks at everything once and judges it. Writes nothing.
pub async fn once(watcher: &Watcher, now: DateTime<Utc>, heard: impl FnMut(&Probed)) -> Ran {
    let report = report::gather(watcher, now, heard).await;
    let findings = findings::of(&report);
    let before = on_disk(&watcher.project, Record::read).await;
    let (alerts, sent) = alerts::due(&findings, &before.sent, now);
    Ran {
        answer: plugin::answer(&report, &findings),
        record: before.after(&report),
        report,
        findings,
        alerts,
        sent,
    }
}

impl Ran {
    /// Tells the channels what is new, and the dead man's switch how the run ended. Gives the channels that failed; an
    /// alert counts as told when none did.
    pub async fn tell(&self, channels: &Channels, context: &Context) -> Vec<ChannelError> {
        let mut failed = Vec::new();
        for alert in &self.alerts {
            failed.extend(channels.tell(alert, context).await);
        }
        let summary = self.answer.text.lines().next().unwrap_or_default();
        failed.extend(channels.ping_end(self.answer.code, summary).await.err());
        failed
    }

    /// Keeps that the monitor ran, and what was said.
    pub async fn keep(self, watcher: &Watcher, told: Told) -> io::Result<()> {
        let mut record = self.record;
        if told == Told::Yes {
            record.sent = self.sent;
        }
        on_disk(&watcher.project, move |project| record.write(project)).await
    }
}
