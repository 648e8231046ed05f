//! One known value, folded, with its windows of six characters.
use crate::domain::redact::fold::FoldedText;
use crate::domain::redact::shape;
use zeroize::Zeroizing;

/// The first part of a token that tells its provider and is no secret.
const PUBLIC_PREFIXES: [&str; 27] = [
    "ntn_",
    "secret_",
    "gsk_",
    "hf_",
    "api_org_",
    "sk-proj-",
    "sk-svcacct-",
    "sk-ant-api03-",
    "sk-ant-admin01-",
    "sk-or-v1-",
    "sk-",
    "xai-",
    "r8_",
    "ghp_",
    "gho_",
    "ghs_",
    "ghu_",
    "github_pat_",
    "glpat-",
    "npm_",
    "pypi-",
    "xoxb-",
    "xoxp-",
    "sk_live_",
    "rk_live_",
    "AIza",
    "AKIA",
];

/// The shortest piece that is looked for, in folded characters.
pub(super) const WINDOW: usize = 6;

/// A value as it is looked for. No `Debug`: it holds a key.
pub(super) struct KnownValue {
    /// Which variable it belongs to.
    pub(super) variable: usize,
    /// The codes that folding gives its characters.
    pub(super) codes: Zeroizing<Vec<u8>>,
    /// The characters behind the codes.
    pub(super) exact: Zeroizing<Vec<u8>>,
    /// How many of them are a public prefix.
    pub(super) public: usize,
    /// A password a person made up: only the whole of it counts, its parts are words.
    pub(super) weak: bool,
}

impl KnownValue {
    /// Folds a value. `None` if it is too short or too plain to be masked without masking half the text.
    pub(super) fn of(variable: usize, value: &str) -> Option<Self> {
        let secret = secret_part(value.trim());
        let mut stream = FoldedText::of(secret);
        let public = public_prefix(secret).map_or(0, |prefix| FoldedText::of(prefix).codes.len());
        let weak = public == 0 && shape::is_weak(secret);
        let short = stream.codes.len() < WINDOW;
        if short || (weak && secret.chars().all(char::is_lowercase)) {
            zeroize::Zeroize::zeroize(&mut stream.exact);
            return None;
        }
        Some(Self {
            variable,
            codes: Zeroizing::new(stream.codes),
            exact: Zeroizing::new(stream.exact),
            public,
            weak,
        })
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.variable == other.variable && self.exact == other.exact
    }

    /// How many of its characters are secret.
    pub(super) fn secret_len(&self) -> usize {
        self.codes.len().saturating_sub(self.public).max(1)
    }

    /// Every window of six codes that says enough to be looked up, with its place.
    pub(super) fn windows(&self) -> impl Iterator<Item = (u64, usize)> + '_ {
        let places = if self.weak {
            1
        } else {
            (self.codes.len() + 1).saturating_sub(WINDOW)
        };
        (0..places).filter_map(|place| {
            let window = &self.codes[place..place + WINDOW];
            (self.weak || is_telling(window)).then(|| (pack(window), place))
        })
    }
}

/// Six codes in 36 bits.
pub(super) fn pack(window: &[u8]) -> u64 {
    window.iter().fold(0, |key, code| key << 6 | u64::from(*code))
}

/// At least three different characters, and no character that breaks a stream.
fn is_telling(window: &[u8]) -> bool {
    let seen = window.iter().fold(0_u64, |set, code| set | 1 << (code & 63));
    seen.count_ones() >= 3 && !window.contains(&crate::domain::redact::fold::BREAK)
}

fn public_prefix(secret: &str) -> Option<&'static str> {
    PUBLIC_PREFIXES.into_iter().find(|prefix| secret.starts_with(prefix))
}

/// The password of a URL, the path of a webhook; of everything else, all.
fn secret_part(value: &str) -> &str {
    let value = value.strip_prefix("Bearer ").unwrap_or(value);
    let Some((_, rest)) = value.split_once("://") else {
        return value;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    if let Some((user, _)) = authority.rsplit_once('@')
        && let Some((_, password)) = user.split_once(':')
    {
        return password;
    }
    rest.split_once('/').map_or(value, |(_, path)| path)
}
