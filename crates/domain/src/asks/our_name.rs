//! Our own name: who calls us by it speaks to us.
use crate::comment::CleanText;
use regex::Regex;
use std::sync::LazyLock;

/// A comment that calls us by our name, without it; the name alone asks what we can do. `None`: it does not call us.
pub fn without_our_name(text: &CleanText) -> Option<CleanText> {
    static CALLED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let greeting = r"(?:(?:hey|hi|hello|ok|okay|so|hoi|hallo|dag|zeg|bonjour|salut|hola|olá|oi)[\s,]+)?";
        Regex::new(&format!(
            r"(?i)(^\s*{greeting}keyminder\s*[,:!]|@keyminder\b(?:\s*[,:])?|[\s,]+keyminder\s*([.!?]*)\s*$)\s*"
        ))
        .ok()
    });
    let called = CALLED.as_ref().filter(|called| called.is_match(text.as_str()))?;
    let rest = called.replace_all(text.as_str(), "$2");
    Some(CleanText::passed(if rest.trim().is_empty() {
        "help".to_owned()
    } else {
        rest.into_owned()
    }))
}
