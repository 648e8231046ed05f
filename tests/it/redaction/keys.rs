//! Keys, ids and noise made at run time.

/// How keys of one maker look.
pub struct Kind {
    /// The maker as people write it.
    pub maker: &'static str,
    /// The usual variable.
    pub name: &'static str,
    /// The public beginning.
    pub prefix: &'static str,
    /// What follows, as a place of [`Keys::fill`].
    pub body: &'static str,
}

const fn kind(maker: &'static str, name: &'static str, prefix: &'static str, body: &'static str) -> Kind {
    Kind {
        maker,
        name,
        prefix,
        body,
    }
}

/// The guide's seven first, then others.
pub const KINDS: &[Kind] = &[
    kind("Bybit", "BYBIT_API_KEY", "", "{mixed:18}"),
    kind("Bybit", "BYBIT_API_SECRET", "", "{mixed:36}"),
    kind("Notion", "NOTION_TOKEN", "ntn_", "{digit:11}{mixed:35}"),
    kind("Notion", "NOTION_TOKEN", "secret_", "{mixed:43}"),
    kind("Groq", "API_Groq", "gsk_", "{mixed:52}"),
    kind("HuggingFace", "HUGGINGFACE_TOKEN", "hf_", "{letter:34}"),
    kind("Mistral", "API_Mistral", "", "{mixed:32}"),
    kind("OpenAI", "OPENAI_API_KEY", "sk-proj-", "{mixed:150}"),
    kind("Anthropic", "ANTHROPIC_API_KEY", "sk-ant-api03-", "{mixed:95}"),
    kind("GitHub", "GITHUB_TOKEN", "ghp_", "{mixed:36}"),
    kind("xAI", "XAI_API_KEY", "xai-", "{mixed:80}"),
    kind("Stripe", "STRIPE_SECRET_KEY", "rk_live_", "{mixed:24}"),
    kind("Google", "GOOGLE_API_KEY", "AIza", "{mixed:35}"),
    kind("Binance", "BINANCE_API_KEY", "", "{mixed:64}"),
    kind("DigitalOcean", "DIGITALOCEAN_TOKEN", "dop_v1_", "{hex:64}"),
    kind("Kraken", "KRAKEN_API_SECRET", "", "{mixed:48}"),
    kind("Coinglass", "COINGLASS_API_KEY", "", "{hex:32}"),
];

/// A seeded source of keys.
pub struct Keys(fastrand::Rng);

impl Keys {
    pub fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    pub fn draw(&mut self, kind: &Kind) -> String {
        format!("{}{}", kind.prefix, self.fill(kind.body))
    }

    /// Fills `{kind:length}` with characters of that kind.
    pub fn fill(&mut self, template: &str) -> String {
        let mut text = String::new();
        let mut rest = template;
        while let Some((before, place, after)) = place(rest) {
            text.push_str(before);
            let (kind, length) = place;
            text.push_str(&self.string(kind, length));
            rest = after;
        }
        text + rest
    }

    fn string(&mut self, kind: &str, length: usize) -> String {
        match kind {
            "word" => return WORDS[self.0.usize(..WORDS.len())].to_owned(),
            "b64pair" => return base64(&format!("{}:{}7!", self.fill("{word}"), self.fill("{word}{digit:3}"))),
            "digit1" => {
                return format!(
                    "{}{}",
                    self.0.u8(1..10),
                    self.fill(&format!("{{digit:{}}}", length - 1))
                );
            }
            _ => {}
        }
        let alphabet: &[u8] = match kind {
            "digit" => b"0123456789",
            "hex" => b"0123456789abcdef",
            "lower" => b"abcdefghijklmnopqrstuvwxyz",
            "lower36" => b"abcdefghijklmnopqrstuvwxyz0123456789",
            "upper" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
            "base32" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
            "url" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
            "letter" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
            "base64" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
            _ => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        };
        loop {
            let text: String = (0..length)
                .map(|_| char::from(alphabet[self.0.usize(..alphabet.len())]))
                .collect();
            let has = |test: fn(&u8) -> bool| text.as_bytes().iter().any(test);
            let mixed = has(u8::is_ascii_digit) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase);
            if !matches!(kind, "mixed" | "url" | "base64") || length < 6 || mixed {
                return text;
            }
        }
    }

    /// Texts of 2,000 characters that are as bad as we could make them.
    pub fn hostile(&mut self, key: &str) -> Vec<String> {
        let units = [
            key[..5].to_owned(),
            format!("{} ", &key[..7]),
            "ends in ".into(),
            "key ".into(),
            "key: x9 ".into(),
            "last 4 ".into(),
            "sk-".into(),
            "sk-ant-".into(),
            "a****b".into(),
            "…".into(),
            "...a".into(),
            "https://a:".into(),
            "https://a:b@".into(),
            "-----BEGIN PRIVATE KEY-----\n".into(),
            "%41".into(),
            "\u{200b}".into(),
            "eyJaaaaaaaa.".into(),
            "[redacted: ".into(),
            "[redacted: key]".into(),
            "Ab1".into(),
            "ntn_a1".into(),
            "key=a1B2c3D4 ".into(),
            "first 8 chars of the key: ".into(),
            "Bearer a".into(),
            "0123456789:A".into(),
            "x".into(),
            "ﷺ".into(),
            "K9x ".into(),
            "password=a1! ".into(),
        ];
        units
            .iter()
            .map(|unit| unit.chars().cycle().take(2000).collect())
            .chain([self.fill("{mixed:2000}"), self.fill("{hex:2000}")])
            .collect()
    }

    /// A short text of words, keys, signs and any character at all.
    pub fn noise(&mut self, key: &str) -> String {
        const PARTS: [&str; 24] = [
            "key",
            "token",
            "Bybit",
            "ends in",
            "starts with",
            "last 4",
            "password",
            "is",
            ":",
            "=",
            "…",
            "****",
            "...",
            "[redacted: key]",
            "ntn_",
            "sk-",
            "https://u:",
            "@",
            "Bearer ",
            "\n",
            "\u{200b}",
            "%",
            "commit",
            "[",
        ];
        let mut text = String::new();
        for _ in 0..self.0.usize(1..12) {
            match self.0.u8(0..6) {
                0 => text.push_str(&self.fill("{mixed:9}")),
                1 => text.push(self.0.char(..)),
                2 => {
                    let start = self.0.usize(..key.len() - 6);
                    text.push_str(&key[start..start + 6]);
                }
                _ => text.push_str(PARTS[self.0.usize(..PARTS.len())]),
            }
            if self.0.bool() {
                text.push(' ');
            }
        }
        text
    }
}

fn place(template: &str) -> Option<(&str, (&str, usize), &str)> {
    let (before, rest) = template.split_once('{')?;
    let (place, after) = rest.split_once('}')?;
    let (kind, length) = place.split_once(':').unwrap_or((place, "1"));
    Some((before, (kind, length.parse().ok()?), after))
}

/// What people make passwords of.
const WORDS: [&str; 16] = [
    "sunflower",
    "harbour",
    "walnut",
    "tandem",
    "ember",
    "lantern",
    "granite",
    "meadow",
    "Bluebird",
    "Winter",
    "Saturn",
    "Copper",
    "Tulip",
    "Falcon",
    "pelican",
    "orchard",
];

fn base64(text: &str) -> String {
    const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for group in text.as_bytes().chunks(3) {
        let bits = group.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let sign = char::from(SIGNS[bits >> (18 - 6 * place) & 63]);
            out.push(if place <= group.len() { sign } else { '=' });
        }
    }
    out
}
