//! What of a value is secret: of a URL its password, of a connection string the settings that its names call secret, of
//! JSON the fields that are; of everything else all.
use super::secret_variables::is_secret;
use crate::domain::redact::shape;
use zeroize::Zeroizing;

/// JSON within JSON is read to this depth.
const DEEPEST: usize = 4;

/// Shorter parts are settings: `?pass=1`.
const SHORTEST: usize = 6;

/// The secret parts of a variable's value; none if it is a plain setting.
pub(super) fn secret_parts(name: &str, value: &str) -> Vec<Zeroizing<String>> {
    let mut parts = Vec::new();
    gather(name, value.trim(), DEEPEST, &mut parts);
    parts
}

fn gather(name: &str, value: &str, depth: usize, parts: &mut Vec<Zeroizing<String>>) {
    let before = parts.len();
    let mut add = |part: &str| parts.push(Zeroizing::new(part.to_owned()));
    if value.starts_with(['{', '['])
        && let Ok(json) = serde_json::from_str(value)
    {
        return fields(name, &json, depth, parts);
    }
    if let Some((_, rest)) = value.split_once("://") {
        return of_url(rest).into_iter().for_each(add);
    }
    if let Some(password) = driver_password(value) {
        return add(password);
    }
    if value.contains("-----BEGIN ") {
        return pem_bodies(value).for_each(add);
    }
    if value.contains(';') {
        let settings = value.split(';').filter_map(|setting| setting.split_once('='));
        named(settings).for_each(&mut add);
    }
    if parts.len() == before && is_secret(name, value) {
        parts.push(Zeroizing::new(
            value.strip_prefix("Bearer ").unwrap_or(value).to_owned(),
        ));
    }
}

/// The secret ones of the fields of a JSON value.
fn fields(name: &str, json: &serde_json::Value, depth: usize, parts: &mut Vec<Zeroizing<String>>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match json {
        serde_json::Value::String(text) => gather(name, text, depth, parts),
        serde_json::Value::Array(list) => list.iter().for_each(|item| fields(name, item, depth, parts)),
        serde_json::Value::Object(map) => map.iter().for_each(|(name, item)| fields(name, item, depth, parts)),
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {}
    }
}

/// Of what follows the scheme: the password, or the token in its place; secret parameters; the path of a webhook.
fn of_url(rest: &str) -> Vec<&str> {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let user = authority.rsplit_once('@').map(|(user, _)| user);
    let given = user.and_then(|user| match user.split_once(':') {
        Some((_, password)) => (!password.is_empty()).then_some(password),
        None => (user.len() >= 16 && (shape::is_random(user) || shape::is_hex(user))).then_some(user),
    });
    let query = rest.split_once('?').map_or("", |(_, query)| query);
    let parameters = query
        .split(['&', '#'])
        .filter_map(|parameter| parameter.split_once('='));
    let path = is_webhook(rest)
        .then(|| rest.split_once('/').map(|(_, path)| path))
        .flatten();
    given.into_iter().chain(named(parameters)).chain(path).collect()
}

/// The values of those pairs whose names call them secret.
fn named<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> impl Iterator<Item = &'a str> {
    pairs
        .map(|(name, value)| (name.trim(), value.trim()))
        .filter(|(name, value)| value.len() >= SHORTEST && is_secret(name, value))
        .map(|(_, value)| value)
}

/// `user:password@tcp(host)`, as drivers without a scheme have it.
fn driver_password(value: &str) -> Option<&str> {
    let (user, host) = value.rsplit_once('@')?;
    let (_, password) = user.split_once(':')?;
    (host.contains('(') && host.contains(')') && !password.is_empty()).then_some(password)
}

/// What stands between the lines that frame a private key: those lines are in every text about keys.
fn pem_bodies(value: &str) -> impl Iterator<Item = &str> {
    let blocks = value.split("-----BEGIN ").skip(1);
    blocks.filter_map(|block| {
        let (kind, body) = block.split_once("-----")?;
        let body = body.split("-----").next()?;
        (kind.contains("PRIVATE")).then_some(body.trim())
    })
}

fn is_webhook(url: &str) -> bool {
    ["hooks.slack.com/services/", "/api/webhooks/", "webhook.office.com/"]
        .iter()
        .any(|part| url.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_gives_what_is_secret_in_it() {
        let cases: [(&str, &str, &[&str]); 12] = [
            (
                "DATABASE_URL",
                "postgres://app:not-a-real-one@db/x",
                &["not-a-real-one"],
            ),
            (
                "SITE",
                "https://example.org/hook?password=q7Hx77kk&lang=en",
                &["q7Hx77kk"],
            ),
            (
                "SENTRY_DSN",
                "https://0a1b2c3d4e5f60718293@o1.example.org/42",
                &["0a1b2c3d4e5f60718293"],
            ),
            ("SITE", "https://example.org/?lang=en", &[]),
            ("DB", "Server=db;User Id=sa;Password=Harbour-77!;", &["Harbour-77!"]),
            ("DB_DSN", "app:harbour77@tcp(db:3306)/x", &["harbour77"]),
            (
                "JWT_PRIVATE_KEY",
                "-----BEGIN PRIVATE KEY-----\nq7Hx\n-----END PRIVATE KEY-----",
                &["q7Hx"],
            ),
            (
                "GOOGLE_CREDENTIALS",
                r#"{"type":"service_account","project_id":"orion","client_secret":"q7Hx77kkLm92"}"#,
                &["q7Hx77kkLm92"],
            ),
            ("SETTINGS", r#"{"mode":"dark"}"#, &[]),
            ("API_KEY_ENV", "Hx7kQ2mZ9pLwR4tY", &["Hx7kQ2mZ9pLwR4tY"]),
            ("AUTHORIZATION", "Bearer q7Hx77kkLm92", &["q7Hx77kkLm92"]),
            ("LOG_LEVEL", "info", &[]),
        ];
        for (name, value, expected) in cases {
            let parts = secret_parts(name, value);
            let parts: Vec<&str> = parts.iter().map(|part| part.as_str()).collect();
            assert_eq!(parts, expected, "{name}");
        }
    }
}
