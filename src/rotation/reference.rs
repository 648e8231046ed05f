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
        Some(of("dotenvx", &set, Some("dotenvx run --")))
    } else if value.starts_with("op://") || value.starts_with("$(op ") {
        let edit = "change it there, or with `op item edit`";
        Some(of("1Password", edit, Some("op run --env-file=.env --")))
    } else if value.starts_with("ENC[") {
        let edit = "change it with `sops edit .env`";
        Some(of("SOPS", edit, Some("sops exec-env .env")))
    } else if value.starts_with("ref+") {
        let edit = "change it where the reference points";
        Some(of("vals", edit, Some("vals exec -f .env --")))
    } else if value.starts_with("$(") {
        Some(of("a command", "change it where that command reads it", None))
    } else {
        let other = other_variable(value)?;
        Some(KeptElsewhere {
            variable: Some(other.to_owned()),
            ..of(
                &format!("the variable {other}"),
                &format!("rotate {other} instead"),
                None,
            )
        })
    }
}

/// `${OTHER}` and `$OTHER` as a whole: the other variable.
pub(super) fn other_variable(value: &str) -> Option<&str> {
    let rest = value.strip_prefix('$')?;
    let name = rest
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
        .unwrap_or(rest);
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
            "`cat key.txt`",
            "pa$$word",
            "`gsk_madeup`",
            "",
            "https://example.com/${X}",
        ] {
            assert_eq!(reference("X", value), None, "{value}");
        }
    }
}
