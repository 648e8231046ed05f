//! References: values of `.env` that stand for a secret which another tool keeps. We write none of them over.
use serde::{Deserialize, Serialize};

/// Where a value really lives, and how it is changed there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptElsewhere {
    /// The tool, or what the value names.
    pub owner: String,
    /// What to do instead of writing the value here.
    pub instead: String,
    /// How a command is called so that it sees the value: `op run --env-file=.env --`.
    pub through: Option<String>,
    /// The variable of the same file or of the environment that holds the value.
    pub variable: Option<String>,
}

/// The tool that keeps the value, where it is a reference and no value. Sources: the documentation of dotenvx, 1Password's CLI,
/// SOPS and vals; `${NAME}` and `$(command)` as shells and most readers of `.env` expand them.
pub(super) fn reference(name: &str, value: &str) -> Option<KeptElsewhere> {
    let of = |owner: &str, instead: &str, through: Option<&str>| KeptElsewhere {
        owner: owner.to_owned(),
        instead: instead.to_owned(),
        through: through.map(str::to_owned),
        variable: None,
    };
    if value.starts_with("encrypted:") {
        let set = format!("run `dotenvx set {name}` with the new value");
        return Some(of("dotenvx", &set, Some("dotenvx run --")));
    }
    let known = KEEPERS.iter().find(|keeper| value.starts_with(keeper.begins));
    if let Some(keeper) = known {
        return Some(of(keeper.owner, keeper.instead, keeper.through));
    }
    // A template that names no place is there for somebody to fill in.
    let is_template = value.starts_with("{{") && value.contains("://") || value.starts_with("${{");
    let is_template = is_template || value.starts_with("{{") && value.ends_with("}}") && value.contains(':');
    let is_of_cloud = value.starts_with("projects/") && value.contains("/secrets/");
    if is_template || is_of_cloud {
        let owner = if is_of_cloud {
            "Google Secret Manager"
        } else {
            "a template"
        };
        return Some(of(owner, "change it where the reference points", None));
    }
    if runs_a_command(value) {
        return Some(of("a command", "change it where that command reads it", None));
    }
    if let Some(scheme) = store(value) {
        return Some(of(&format!("the store of {scheme}"), THERE, None));
    }
    let other = other_variable(value)?;
    Some(KeptElsewhere {
        variable: Some(other.to_owned()),
        ..of(
            &format!("the variable {other}"),
            &format!("change {other} where it is set instead"),
            None,
        )
    })
}

/// What tells a tool's reference from a value.
struct Keeper {
    begins: &'static str,
    owner: &'static str,
    instead: &'static str,
    through: Option<&'static str>,
}

const fn keeper(
    begins: &'static str,
    owner: &'static str,
    instead: &'static str,
    through: Option<&'static str>,
) -> Keeper {
    Keeper {
        begins,
        owner,
        instead,
        through,
    }
}

const THERE: &str = "change it there";

/// The tools by how their references begin. Sources: the documentation of each.
const KEEPERS: [Keeper; 21] = [
    keeper(
        "op://",
        "1Password",
        "change it there, or with `op item edit`",
        Some("op run --env-file=.env --"),
    ),
    keeper(
        "$(op ",
        "1Password",
        "change it there, or with `op item edit`",
        Some("op run --env-file=.env --"),
    ),
    keeper("op read ", "1Password", "change it there, or with `op item edit`", None),
    keeper(
        "ENC[",
        "SOPS",
        "change it with `sops edit .env`",
        Some("sops exec-env .env"),
    ),
    keeper(
        "ref+",
        "vals",
        "change it where the reference points",
        Some("vals exec -f .env --"),
    ),
    keeper("vault:", "Vault", THERE, None),
    keeper("vault://", "Vault", THERE, None),
    keeper("pass://", "Proton Pass", THERE, None),
    keeper("bw://", "Bitwarden", THERE, None),
    keeper("infisical://", "Infisical", THERE, Some("infisical run --")),
    keeper("doppler://", "Doppler", THERE, Some("doppler run --")),
    keeper("arn:aws:secretsmanager:", "AWS Secrets Manager", THERE, None),
    keeper("arn:aws:ssm:", "AWS Parameter Store", THERE, None),
    keeper("@Microsoft.KeyVault(", "Azure Key Vault", THERE, None),
    keeper("keyring:", "the system's keyring", THERE, None),
    keeper("secret://", "a store of secrets", THERE, None),
    keeper("secrets://", "a store of secrets", THERE, None),
    keeper("env://", "the environment", THERE, None),
    keeper("file://", "another file", "change it in that file", None),
    keeper("/run/secrets/", "another file", "change it in that file", None),
    keeper("$(", "a command", "change it where that command reads it", None),
];

/// A command in quotes of its own, whose words are more than a name: "`pass show groq`", the call of a function,
/// `exec('op read ...')` or `@keyvault(...)`, what a template runs, and the tags of YAML files that look a secret up.
fn runs_a_command(value: &str) -> bool {
    let in_ticks = value.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'));
    let called = value.strip_suffix(')').and_then(|rest| rest.split_once('('));
    let is_function = |name: &str| {
        let name = name.strip_prefix('@').unwrap_or(name);
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.')
    };
    in_ticks.is_some_and(|command| command.contains(' '))
        || called.is_some_and(|(name, _)| is_function(name))
        || value.starts_with("<%") && value.ends_with("%>")
        || ["!secret ", "!Ref ", "!Sub ", "!vault "]
            .iter()
            .any(|tag| value.starts_with(tag))
}

/// Schemes of addresses: what they begin is a place, or a connection with its own secret in it.
const ADDRESSES: [&str; 38] = [
    "http",
    "https",
    "ws",
    "wss",
    "ftp",
    "ftps",
    "sftp",
    "ssh",
    "git",
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "redis",
    "rediss",
    "mongodb",
    "mongodb+srv",
    "amqp",
    "amqps",
    "smtp",
    "smtps",
    "imap",
    "imaps",
    "ldap",
    "ldaps",
    "kafka",
    "nats",
    "mqtt",
    "mqtts",
    "s3",
    "gs",
    "sqlite",
    "sqlserver",
    "mssql",
    "tcp",
    "udp",
    "unix",
    "otpauth",
];

/// Stores that are named without an address: `pass:groq/key`, `kms:AQIC...`.
const STORES: [&str; 20] = [
    "1password",
    "age",
    "awssm",
    "bitwarden",
    "bw",
    "chamber",
    "doppler",
    "dotenvx",
    "gopass",
    "infisical",
    "keychain",
    "kms",
    "lpass",
    "op",
    "pass",
    "secret",
    "secrets",
    "sops",
    "ssm",
    "vals",
];

/// The scheme of a store of secrets, `bws` of `bws://1234`: any that is none of an address, with no password in it.
fn store(value: &str) -> Option<&str> {
    let short = value.split_once(':').filter(|(scheme, _)| STORES.contains(scheme));
    if let Some((scheme, rest)) = short {
        return (!rest.is_empty()).then_some(scheme);
    }
    let (scheme, rest) = value.split_once("://")?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_lowercase())
        && scheme.len() <= MOST_OF_SCHEME
        && scheme
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "+-.".contains(c));
    let is_address = ADDRESSES.contains(&scheme) || rest.contains('@') || scheme.contains("sql");
    (is_scheme && !is_address && !rest.is_empty()).then_some(scheme)
}

/// No name of a store is longer.
const MOST_OF_SCHEME: usize = 20;

/// `${OTHER}`, `${OTHER:-default}`, `$OTHER` and `%OTHER%` as a whole: the other variable.
pub(super) fn other_variable(value: &str) -> Option<&str> {
    let in_signs = value.strip_prefix('%').and_then(|rest| rest.strip_suffix('%'));
    let rest = in_signs.or_else(|| value.strip_prefix('$'))?;
    let in_braces = rest.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    let name = in_braces.map_or(rest, |name| name.split([':', '-', '?']).next().unwrap_or(name));
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    (begins && name.chars().all(is_name)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_of_another_tool_is_told_from_a_key() {
        for (value, owner) in [
            ("encrypted:BDqNotAKey", "dotenvx"),
            ("op://Vault/Groq/credential", "1Password"),
            ("$(op read op://Vault/Groq/credential)", "1Password"),
            ("ENC[AES256_GCM,data:xx,type:str]", "SOPS"),
            ("ref+vault://secret/groq#key", "vals"),
            ("$(cat key.txt)", "a command"),
            ("${API_Groq}", "the variable API_Groq"),
            ("$API_Groq", "the variable API_Groq"),
            ("${API_Groq:-none}", "the variable API_Groq"),
            ("%API_Groq%", "the variable API_Groq"),
            ("{{ op://Vault/Groq/credential }}", "a template"),
            ("${{ secrets.GROQ }}", "a template"),
            ("vault:secret/data/groq#key", "Vault"),
            ("arn:aws:secretsmanager:eu-west-1:1:secret:groq", "AWS Secrets Manager"),
            ("projects/p/secrets/groq/versions/latest", "Google Secret Manager"),
            ("@Microsoft.KeyVault(SecretUri=x)", "Azure Key Vault"),
            ("file:///run/secrets/groq", "another file"),
            ("infisical://groq", "Infisical"),
            ("bws://1234", "the store of bws"),
            ("pass:groq/key", "the store of pass"),
            ("bitwarden:groq", "the store of bitwarden"),
            ("sops:groq", "the store of sops"),
            ("/run/secrets/groq", "another file"),
            ("varlock(\"groq\")", "a command"),
            ("@keyvault(https://v.vault.example/secrets/groq)", "a command"),
            ("<%= ENV[\"GROQ\"] %>", "a command"),
            ("aws-sm://groq", "the store of aws-sm"),
            ("gcp:///projects/p/secrets/groq", "the store of gcp"),
            ("`pass show groq`", "a command"),
            ("exec('op read \"op://V/G/c\"')", "a command"),
            ("!secret groq", "a command"),
            ("{{resolve:secretsmanager:groq}}", "a template"),
        ] {
            assert_eq!(
                reference("GROQ_API_KEY", value).map(|found| found.owner).as_deref(),
                Some(owner),
                "{value}"
            );
        }
        for value in [
            "gsk_madeup",
            "$2b$10$abc",
            "postgres://ana@db/x",
            "jdbc:sqlserver://db",
            "pa$$word",
            "`gsk_madeup`",
            "",
            "https://example.com/${X}",
        ] {
            assert_eq!(reference("X", value), None, "{value}");
        }
    }
}
