//! References: values of `.env` that stand for a secret which another tool keeps. We write none of them over.

/// Where a value really lives, and how it is changed there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeptElsewhere {
    /// The tool, or what the value names.
    pub(super) owner: String,
    /// What to do instead of writing the value here.
    pub(super) instead: String,
}

/// The tool that keeps the value, where it is a reference and no value. Sources: the documentation of dotenvx, 1Password's CLI,
/// SOPS and vals; `${NAME}` and `$(command)` as shells and most readers of `.env` expand them.
pub(super) fn reference(name: &str, value: &str) -> Option<KeptElsewhere> {
    let of = |owner: &str, instead: String| {
        Some(KeptElsewhere {
            owner: owner.to_owned(),
            instead,
        })
    };
    if value.starts_with("encrypted:") {
        return of("dotenvx", format!("run `dotenvx set {name}` with the new value"));
    }
    if value.starts_with("op://") || value.starts_with("$(op ") {
        return of("1Password", "change it there, or with `op item edit`".to_owned());
    }
    if value.starts_with("ENC[") {
        return of("SOPS", "change it with `sops edit`".to_owned());
    }
    if value.starts_with("ref+") {
        return of("vals", "change it where the reference points".to_owned());
    }
    if value.starts_with("$(") || value.starts_with('`') && value.ends_with('`') && value.contains(' ') {
        return of("a command", "change it where that command reads it".to_owned());
    }
    other_variable(value).and_then(|other| of(&format!("the variable {other}"), format!("rotate {other} instead")))
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
            "pa$$word",
            "`gsk_madeup`",
            "",
            "https://example.com/${X}",
        ] {
            assert_eq!(reference("X", value), None, "{value}");
        }
    }
}
