//! The daily monitor inside `run`: it looks at every key, tells the page and the channels what is new, keeps what it saw.
use super::tools::Tools;
use crate::config::PageSource;
use crate::domain::event::{Alert, Event};
use crate::monitor::Watcher;
use crate::monitor::alerts::KeyAlert;
use crate::monitor::channels::{AlertContext, ChannelError, Channels};
use crate::monitor::run::{self, AlertDelivery, MonitorRun};
use crate::pipeline::{PipelineHandle, PipelineInput};
use chrono::Utc;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What belongs on the page where the rotation is done. The rest (no backup yet, no schedule yet) is what the guide's
/// steps are about, and is told by `keyminder monitor`.
const ON_PAGE: [&str; 8] = [
    "key_dead",
    "key_unusable",
    "key_unknown",
    "rotation_due",
    "provider_expiry",
    "old_key_alive",
    "backup_bad",
    "env_open",
];

/// One run, kept whatever it saw; a fault of it is one line, never the end of the bot.
pub(super) async fn run_monitor(tools: &Tools, pipeline: &PipelineHandle) {
    let watcher = Watcher::new(Arc::clone(&tools.keys), &tools.settings);
    let ran = run::once(&watcher, Utc::now(), |_| {}).await;
    tracing::info!(
        keys = ran.report.keys.len(),
        findings = ran.findings.len(),
        "the monitor ran"
    );
    let on_page = tell_pages(tools, pipeline, &ran).await;
    let by_channels = match channels(tools) {
        Some((channels, context)) => all_took_it(&ran.tell(&channels, &context).await),
        None => false,
    };
    let told = if on_page || by_channels {
        AlertDelivery::Complete
    } else {
        AlertDelivery::Incomplete
    };
    if let Err(error) = ran.keep(&watcher, told).await {
        tracing::warn!("the monitor's record could not be kept: {error}");
    }
}

async fn tell_pages(tools: &Tools, pipeline: &PipelineHandle, ran: &MonitorRun) -> bool {
    let alerts = ran
        .alerts
        .iter()
        .filter(|alert| ON_PAGE.contains(&alert.condition.as_str()));
    tell(tools, pipeline, &alerts.map(worded).collect::<Vec<_>>()).await
}

/// Every watched page hears it; only those with checks of keys say it (the decision knows which).
pub(super) async fn tell(tools: &Tools, pipeline: &PipelineHandle, alerts: &[Alert]) -> bool {
    let mut inputs = Vec::new();
    for source in &tools.settings.pages {
        let PageSource::Page(page) = source else { continue };
        inputs.extend(alerts.iter().map(|alert| {
            let event = Event::AlertRaised(Box::new(alert.clone()));
            PipelineInput::new(page.clone(), event)
        }));
    }
    if inputs.is_empty() {
        return true;
    }
    // A page that stands still hears it the next time; the channels do now.
    match pipeline.submit(inputs).await {
        Ok(()) => true,
        Err(why) => {
            tracing::warn!("not every page could be told: {why}");
            false
        }
    }
}

fn worded(alert: &KeyAlert) -> Alert {
    // One subject is said once; a higher level or fewer days left are another subject.
    let days = alert.days_left.map(|days| format!("/{days}")).unwrap_or_default();
    let facts = BTreeMap::from([
        ("text".to_owned(), json!(alert.text)),
        ("level".to_owned(), json!(alert.level)),
    ]);
    Alert {
        subject: format!("{}/{:?}{days}/{}", alert.about, alert.level, Utc::now().date_naive()),
        prompt: "monitor".to_owned(),
        facts,
    }
}

/// Tells the channels alone, where one is configured: what cannot wait for the daily run.
pub(super) async fn tell_channels(tools: &Tools, alerts: &[KeyAlert]) {
    let Some((channels, context)) = channels(tools).filter(|_| !alerts.is_empty()) else {
        return;
    };
    for alert in alerts {
        all_took_it(&channels.tell(alert, &context).await);
    }
}

fn channels(tools: &Tools) -> Option<(Channels, AlertContext)> {
    let context = AlertContext {
        page_url: None,
        host: tools.keys.project.id.clone(),
        now: Utc::now(),
    };
    Channels::new(&tools.settings.alerts).map(|channels| (channels, context))
}

fn all_took_it(failed: &[ChannelError]) -> bool {
    for error in failed {
        tracing::warn!("{error}");
    }
    failed.is_empty()
}
