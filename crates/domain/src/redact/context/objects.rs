//! What people name beside a key and a key never looks like: tickets, addresses of mail, versions of programs, paths.
use crate::redact::shape;

/// Whether a token names something that is no secret, as it is written. Of passwords some are words with dots between.
pub(super) fn is_object(said: &str, password: bool) -> bool {
    let signs: &[char] = if password { &['/'] } else { &[':', '/', '.'] };
    is_ticket(said) || is_mail(said) || is_pinned(said) || is_path(said, signs)
}

/// `OPS-4821`, `INC0012345`: capitals and a number.
fn is_ticket(said: &str) -> bool {
    const SERVICE_NOW: [&str; 6] = ["INC", "CHG", "REQ", "RITM", "PRB", "TASK"];
    let is_number = |part: &str| (1..=6).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let is_project = |part: &str| (2..=8).contains(&part.chars().count()) && part.chars().all(char::is_uppercase);
    let hyphened = said
        .split_once('-')
        .is_some_and(|(project, number)| is_project(project) && is_number(number.trim_end_matches(['a', 'b', 'c'])));
    let record = SERVICE_NOW.iter().find_map(|kind| said.strip_prefix(kind));
    hyphened || record.is_some_and(|number| number.len() == 7 && number.bytes().all(|b| b.is_ascii_digit()))
}

/// `jean.dupont2@example.com`: a name, and a host in small letters that ends with a country or the like.
fn is_mail(said: &str) -> bool {
    let Some((name, host)) = said.split_once('@') else {
        return false;
    };
    let labels = || host.split('.');
    let is_label = |label: &str| {
        let clean = label
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        clean && !label.is_empty() && shape::is_spoken(label.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-'))
    };
    let last = labels().next_back().unwrap_or_default();
    let is_name = name
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'+' | b'-'));
    is_name
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && labels().count() >= 2
        && (2..=6).contains(&last.len())
        && last.bytes().all(|b| b.is_ascii_lowercase())
        && labels().rev().skip(1).all(is_label)
}

/// `serde=1.0.219`, `react@18.3.1`, `rust-1.84.0`: a program and its version of three numbers, or two behind `==`.
fn is_pinned(said: &str) -> bool {
    let Some(at) = said.rfind(['=', '@', '-', ':', '^', '~', '>', '<']) else {
        return false;
    };
    let (mut program, mut version) = (&said[..at], &said[at + 1..]);
    // `-r0`, `-rc.1`: behind the version.
    if let Some((before, release)) = program
        .rsplit_once(['=', '@', '-', ':'])
        .filter(|_| !version.contains('.'))
    {
        (program, version) = (before, release);
    }
    let doubled = program.ends_with(['=', '>', '<', '~', '^']);
    let program = program.trim_end_matches(['=', '>', '<', '~', '^']);
    let numbers = version.trim_start_matches('v').split('.');
    let is_number = |part: &str| (1..=5).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let count = numbers.clone().count();
    let is_name = |part: &str| part.len() <= 3 || shape::is_spoken(part.trim_end_matches(|c: char| c.is_ascii_digit()));
    count >= if doubled { 2 } else { 3 }
        && numbers.clone().all(is_number)
        && program.starts_with(|c: char| c.is_ascii_lowercase() || c == '@')
        && program.split(['-', '_', '/', '@', '.']).all(is_name)
}

/// `basket:user:4711:profile`, `auth.errors.reset2fa.title`, `kv/prod/db2`: three words or more, of which short ones may
/// hold numbers.
fn is_path(said: &str, signs: &[char]) -> bool {
    const SHORT: usize = 10;
    let Some(sign) = said.chars().find(|c| signs.contains(c)) else {
        return false;
    };
    let (mut words, mut odd, mut parts) = (0, 0, 0);
    for part in said.split(sign).flat_map(|part| part.split(['_', '-'])) {
        let lower = part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let digits = part.bytes().filter(u8::is_ascii_digit).count();
        let word = part.trim_end_matches(|c: char| c.is_ascii_digit());
        parts += 1;
        if word.len() >= 3 && part.len() - word.len() <= 1 && shape::is_spoken(word) {
            words += 1;
        } else if part.len() <= SHORT && (digits == part.len() || lower && digits <= 2) {
            odd += usize::from(digits != part.len());
        } else {
            return false;
        }
    }
    said.split(sign).count() >= 3 && words >= 1 && odd <= words + 1 && parts <= 12
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_passwords() {
        for name in [
            "OPS-4821",
            "INC0012345",
            "ИБ-4821",
            "jean.dupont2@example.com",
            "serde=1.0.219",
            "numpy==2.1",
            "@types/node@22.10.1",
            "openssl=3.0.15-r0",
            "basket:user:4711:profile",
            "settings.security.password.reset2fa.title",
            "kv/prod/db2",
        ] {
            assert!(is_object(name, false), "{name}");
        }
        for password in [
            "harbour-77",
            "Harbour@2026.Nl",
            "mila@2026!",
            "P@ssw0rd.Ab",
            "ab:cd7kq2:x9",
            "k9Qm.Zx7L.p2Vt",
            "a1b2c3.d4e5f6.g7h8i9",
            "bot:harbour77",
            "AB1-4821x",
        ] {
            assert!(!is_object(password, true), "{password}");
        }
    }
}
