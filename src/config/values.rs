//! Single values as people write them, and names of settings.
use super::settings::PageSource;
use crate::domain::ids::{self, PageId};
use chrono_tz::Tz;
use std::time::Duration;
use toml::de::DeValue;

/// `poll.active` as `KEYMINDER_POLL_ACTIVE`.
pub(super) fn environment_name(setting: &str) -> String {
    format!("KEYMINDER_{}", setting.replace('.', "_").to_ascii_uppercase())
}

/// A value of the file as its environment variable would say it.
pub(super) fn plain(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| plain(item.get_ref())).collect();
            items.join(",")
        }
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or_else(|_| number.as_str().to_owned(), |number| number.to_string()),
        DeValue::Float(number) => number.as_str().to_owned(),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(time) => time.to_string(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

/// A list by comma.
pub(super) fn split(text: &str) -> Vec<String> {
    text.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// `500ms`, `5s`, `2m`, `1h`, `1d`.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: u64 = text[..digits].parse().ok()?;
    let unit_ms: u64 = match text[digits..].trim() {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    Some(Duration::from_millis(number.checked_mul(unit_ms)?))
}

/// A page, or `data_source:<id>[?prefix=ACT_]`.
pub(super) fn page_source(text: &str) -> Option<PageSource> {
    let Some(rest) = text.strip_prefix("data_source:") else {
        return PageId::parse(text).map(PageSource::Page);
    };
    let (id, prefix) = rest
        .split_once("?prefix=")
        .map_or((rest, None), |(id, prefix)| (id, Some(prefix.to_owned())));
    Some(PageSource::DataSource {
        id: ids::normalise(id)?,
        prefix,
    })
}

/// A zone by its name, or by an offset that does not change: `+05:30`. Of those with a half hour, the zone that keeps it.
pub(super) fn zone_named(text: &str) -> Option<Tz> {
    const HALVES: [(&str, Tz); 8] = [
        ("-09:30", Tz::Pacific__Marquesas),
        ("+03:30", Tz::Asia__Tehran),
        ("+04:30", Tz::Asia__Kabul),
        ("+05:30", Tz::Asia__Kolkata),
        ("+05:45", Tz::Asia__Kathmandu),
        ("+06:30", Tz::Asia__Yangon),
        ("+08:45", Tz::Australia__Eucla),
        ("+09:30", Tz::Australia__Darwin),
    ];
    let text = text.trim();
    let half = HALVES.iter().find(|(offset, _)| *offset == text).map(|(_, zone)| *zone);
    let whole = || {
        let hours: i8 = text
            .strip_suffix(":00")?
            .parse()
            .ok()
            .filter(|_| text.starts_with(['+', '-']))?;
        // The names of these zones count the other way round.
        format!("Etc/GMT{:+}", -hours).parse().ok()
    };
    text.parse().ok().or(half).or_else(whole)
}

/// The machine's own zone.
pub(super) fn system_zone() -> Option<String> {
    let link = std::fs::read_link("/etc/localtime").ok()?;
    link.to_str()?.split_once("zoneinfo/").map(|(_, zone)| zone.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Offset, TimeZone};

    #[test]
    fn a_zone_may_be_an_offset() {
        let june = chrono::NaiveDate::from_ymd_opt(2026, 6, 1)
            .and_then(|day| day.and_hms_opt(9, 0, 0))
            .unwrap();
        for (text, minutes) in [
            ("+05:30", 330),
            ("+02:00", 120),
            ("-03:00", -180),
            ("+00:00", 0),
            ("Europe/Amsterdam", 120),
        ] {
            let zone = zone_named(text).unwrap_or_else(|| panic!("{text}"));
            let offset = zone.offset_from_utc_datetime(&june).fix().local_minus_utc();
            assert_eq!(offset, minutes * 60, "{text}");
        }
        for text in ["+05:31", "+25:00", "5", "", "05:00", "tomorrow"] {
            assert_eq!(zone_named(text), None, "{text}");
        }
    }
}
