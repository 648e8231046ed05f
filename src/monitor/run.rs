//! One whole run of the monitor, as `monitor` and the daily work of `run` do it: look, judge, say what is new, keep it.
use super::alerts::{self, KeyAlert};
use super::channels::{AlertContext, ChannelError, Channels};
use super::findings::{self, MonitorFinding};
use super::plugin::{self, PluginAnswer};
use super::record::{MonitorRecord, Sent};
use super::report::{self, MonitorReport, Watcher};
use crate::rotation::key_ends;
use crate::rotation::probe::Probed;
use chrono::{DateTime, Utc};
use std::io;

/// What a run saw, and what is to be said about it.
pub struct MonitorRun {
    /// What the run saw.
    pub report: MonitorReport,
    /// What that means, the worst first.
    pub findings: Vec<MonitorFinding>,
    /// The plugin's answer; its code goes to the dead man's switch.
    pub answer: PluginAnswer,
    /// What is new since the last alerts: for the page, or for the channels.
    pub alerts: Vec<KeyAlert>,
    record: MonitorRecord,
    sent: Sent,
}

/// Whether the alerts of a run reached somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertDelivery {
    /// They did, at least by one way; they are not said again.
    Complete,
    /// They did not, or nobody was to be told; the next run says them again.
    Incomplete,
}

/// Looks at everything once and judges it. It writes nothing but the proofs that it took.
pub async fn once(watcher: &Watcher, now: DateTime<Utc>, heard: impl FnMut(&Probed)) -> MonitorRun {
    let report = report::gather(watcher, now, heard).await;
    let findings = findings::of(&report);
    let before = watcher.keys.blocking(MonitorRecord::read).await;
    let (alerts, sent) = alerts::due(&findings, &before.sent, now);
    MonitorRun {
        answer: plugin::answer(&report, &findings),
        record: report.record_after(&before),
        report,
        findings,
        alerts,
        sent,
    }
}

impl MonitorRun {
    /// Tells the channels what is new, and the dead man's switch how the run ended. Gives the channels that failed; an
    /// alert counts as told when none did.
    pub async fn tell(&self, channels: &Channels, context: &AlertContext) -> Vec<ChannelError> {
        let mut failed = Vec::new();
        for alert in &self.alerts {
            failed.extend(channels.tell(alert, context).await);
        }
        let summary = self.answer.text.lines().next().unwrap_or_default();
        failed.extend(channels.ping_end(self.answer.code, summary).await.err());
        failed
    }

    /// Keeps that the monitor ran, and what was said.
    pub async fn keep(self, watcher: &Watcher, told: AlertDelivery) -> io::Result<()> {
        let mut record = self.record;
        if told == AlertDelivery::Complete {
            record.sent = self.sent;
        }
        let (answering, at) = (self.report.answering(), self.report.checked_at);
        let kept = watcher.keys.blocking(move |project| {
            record.write(project)?;
            key_ends::keep(project, answering, at).map_err(io::Error::other)
        });
        kept.await
    }
}
