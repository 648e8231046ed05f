//! What a page's description names must be there, and must be something that a check can look at.
use crate::domain::evidence::Check;
use crate::domain::page::PageDescription;
use crate::evidence::is_ref_name;
use crate::outbound::destination;
use crate::rotation::providers::Providers;
use std::path::{Component, Path};

/// Everything that is wrong with a page's description.
pub(super) fn faults(page: &PageDescription, providers: Option<&Providers>) -> Vec<String> {
    let file = format!("config/pages/{}.toml", page.id);
    let of_checks = page.checks().flat_map(|check| {
        let faults = unknown_providers(check, providers).into_iter().chain(fault(check));
        faults.map(|fault| format!("{file}: check {} {fault}", check.kind()))
    });
    let unled = page.criteria.iter().filter(|criterion| {
        let led_to = page.steps.iter().any(|step| step.criteria.contains(&criterion.number));
        criterion.check.is_none() && criterion.words.is_none() && !led_to
    });
    let unled = unled.map(|criterion| {
        format!(
            "{file}: criterion {} has no check and no step leads to it; give it one of them, or leave it out",
            criterion.number
        )
    });
    of_checks.chain(unled).collect()
}

fn unknown_providers(check: &Check, providers: Option<&Providers>) -> Vec<String> {
    let (Check::KeysChanged { providers: named }, Some(known)) = (check, providers) else {
        return Vec::new();
    };
    let ids: Vec<&str> = known.all().iter().map(|provider| provider.id.as_str()).collect();
    let unknown = named.iter().filter(|name| !ids.contains(&name.as_str()));
    unknown
        .map(|name| {
            format!(
                "names the provider `{name}`, which config/providers.toml does not have; it has {}",
                ids.join(", ")
            )
        })
        .collect()
}

/// Why a check could never hold.
fn fault(check: &Check) -> Option<String> {
    match check {
        Check::File { path, mode, .. } => {
            let is_below = Path::new(path)
                .components()
                .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
            let is_mode = |mode: &String| u32::from_str_radix(mode, 8).is_ok_and(|mode| mode <= 0o7777);
            if path.is_empty() || !is_below {
                return Some("needs the path of a file below the project, without ..".to_owned());
            }
            let mode = mode.as_ref().filter(|mode| !is_mode(mode))?;
            Some(format!("has mode {mode:?}; write it in octal, such as \"600\""))
        }
        Check::Http { url, status, .. } => match destination(url) {
            // The address is not repeated: it may hold a secret.
            Err(fault) => Some(format!("needs another url: {fault}")),
            Ok(_) => {
                (!(100..600).contains(status)).then(|| format!("waits for status {status}, which no address answers"))
            }
        },
        Check::Date { property } => property
            .trim()
            .is_empty()
            .then(|| "needs the name of a date property of the page".to_owned()),
        Check::Git {
            branch_merged,
            into,
            tag_exists,
        } => {
            if branch_merged.is_some() == tag_exists.is_some() || into.is_some() && tag_exists.is_some() {
                return Some(
                    "needs either branch_merged, and into where that is not what is checked out, or tag_exists"
                        .to_owned(),
                );
            }
            let mut names = [branch_merged, into, tag_exists].into_iter().flatten();
            let name = names.find(|name| !is_ref_name(name))?;
            Some(format!("names {name:?}, which is no name of a branch or tag"))
        }
        Check::Command { run } => run
            .is_empty()
            .then(|| "needs a program: run = [\"make\", \"check\"]".to_owned()),
        Check::Backup
        | Check::Rotator { .. }
        | Check::KeysChanged { .. }
        | Check::KeysValid
        | Check::OldKeysDead
        | Check::MonitorRan
        | Check::ScheduleAhead => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(check: &str) -> Vec<String> {
        let text = format!("id = \"A\"\n[[criterion]]\nnumber = 1\ncheck = {{ {check} }}\n");
        faults(&PageDescription::parse(&text, "a.toml").expect(check), None)
    }

    #[test]
    fn a_check_that_can_hold_has_no_fault() {
        for check in [
            r#"kind = "file", path = "docs/a.md", mode = "600", contains = "x""#,
            r#"kind = "http", url = "https://example.com/health""#,
            r#"kind = "http", url = "http://127.0.0.1:8080/", status = 404, contains = "x""#,
            r#"kind = "date", property = "Review on""#,
            r#"kind = "git", branch_merged = "feature/a""#,
            r#"kind = "git", branch_merged = "feature/a", into = "main""#,
            r#"kind = "git", tag_exists = "v1.2""#,
            r#"kind = "command", run = ["make", "check"]"#,
        ] {
            assert_eq!(told(check), Vec::<String>::new(), "{check}");
        }
    }

    #[test]
    fn a_check_that_can_never_hold_is_a_fault() {
        for (check, why) in [
            (r#"kind = "file", path = "../a""#, "below the project"),
            (r#"kind = "file", path = "/etc/passwd""#, "below the project"),
            (r#"kind = "file", path = "a", mode = "rw""#, "octal"),
            (r#"kind = "http", url = "http://example.com""#, "https"),
            (r#"kind = "http", url = "https://10.0.0.1""#, "not public"),
            (r#"kind = "http", url = "https://a.example", status = 7"#, "status 7"),
            (r#"kind = "date", property = " ""#, "name of a date"),
            (r#"kind = "git""#, "either"),
            (r#"kind = "git", branch_merged = "a", tag_exists = "b""#, "either"),
            (r#"kind = "git", tag_exists = "-x""#, "no name of a branch"),
            (r#"kind = "command", run = []"#, "program"),
        ] {
            let told = told(check);
            assert!(told.len() == 1 && told[0].contains(why), "{check}: {told:?}");
        }
    }
}
