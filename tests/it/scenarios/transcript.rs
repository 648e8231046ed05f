//! A transcript: what people write and what the world is like stands at the margin; what the bot did stands indented.
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// A conversation, line by line.
pub struct Transcript {
    /// The page: an id of the sandbox's own pages, or a file of `pages/`.
    pub page: String,
    /// Settings that differ from the tests' own.
    pub settings: BTreeMap<String, String>,
    /// The lines at the margin, in order, comments and blank lines among them.
    pub lines: Vec<(String, Line)>,
}

/// A line at the margin.
#[derive(Clone, Debug)]
pub enum Line {
    /// A comment on the transcript itself, a blank line, a header.
    Silent,
    /// The world changes.
    Given(Given),
    /// The bot sees the page for the first time. Without this line it does so before the first act.
    BotStarts,
    /// Minutes go by.
    Later(i64),
    /// A person does something.
    Act { who: String, act: Act },
}

/// How the world changes.
#[derive(Clone, Debug)]
pub enum Given {
    /// `given no .env`
    NoEnv,
    /// `given all new`, `given bybit new`: `.env` holds the new value.
    New(String),
    /// `given groq old=deleted`, `given all old=deleted`, `given mistral new=down`.
    Key { provider: String, old: bool, state: String },
    /// `given status options Not started, In Progress, Shipped (Complete)`: each with its group.
    StatusOptions(Vec<(String, String)>),
    /// `given the status is called Fase`
    StatusCalled(String),
    /// `given the database is not shared`
    Unshared,
    /// `given the page stands outside of a database`
    Outside,
    /// `given groq due 2026-02-01`, `rotated`, `expires`, `exposed`: what is known of a key's dates.
    Date {
        provider: String,
        what: String,
        day: NaiveDate,
    },
    /// `given the file docs/notes.md`: the project has it now.
    File(String),
    /// `given looks are slow`: at exposed keys, until they are `quick`.
    SlowLooks(bool),
    /// `given groq taken back by hand`: by the command, and not on the page.
    TakenBack(String),
    /// `given gita is a guest`, `given robo is a bot`
    Somebody { who: String, kind: String },
}

/// What a person does.
#[derive(Clone, Debug)]
pub enum Act {
    Say {
        hours_ago: i64,
        step: Option<u8>,
        text: String,
    },
    Edit {
        text: String,
    },
    Delete,
    Resolve,
    Tick {
        number: u8,
        ticked: bool,
    },
    SetStatus(String),
    Rename(String),
    /// What was deleted or resolved is listed again.
    Return,
    Quiet(bool),
}

impl Transcript {
    /// Reads a transcript; what is indented is left out.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut transcript = Self {
            page: "ACT_011_SEC".to_owned(),
            settings: BTreeMap::new(),
            lines: Vec::new(),
        };
        for line in text.lines().filter(|line| !line.starts_with(' ')) {
            let parsed = transcript
                .line(line)
                .ok_or_else(|| format!("not understood: {line:?}"))?;
            transcript.lines.push((line.to_owned(), parsed));
        }
        Ok(transcript)
    }

    /// Whether it needs what only the first depth can do: a clock that jumps, a list that is wrong for a moment.
    pub fn jumps(&self) -> bool {
        let jumps = |line: &Line| match line {
            Line::Later(_) | Line::Given(Given::Date { .. } | Given::StatusCalled(_)) => true,
            Line::Act { act, .. } => matches!(act, Act::Quiet(_) | Act::Return),
            _ => false,
        };
        self.lines.iter().any(|(_, line)| jumps(line))
    }

    fn line(&mut self, line: &str) -> Option<Line> {
        if line.is_empty() || line.starts_with('#') {
            return Some(Line::Silent);
        }
        if let Some(page) = line.strip_prefix("page ") {
            page.clone_into(&mut self.page);
            return Some(Line::Silent);
        }
        if let Some((name, value)) = line.strip_prefix("set ").and_then(|set| set.split_once('=')) {
            self.settings.insert(name.to_owned(), value.to_owned());
            return Some(Line::Silent);
        }
        if let Some(given) = line.strip_prefix("given ") {
            return Given::parse(given).map(Line::Given);
        }
        if line == "the bot starts" {
            return Some(Line::BotStarts);
        }
        if let Some(minutes) = line
            .strip_prefix("later ")
            .and_then(|rest| rest.strip_suffix(" minutes"))
        {
            return minutes.parse().ok().map(Line::Later);
        }
        let who: String = line.chars().take_while(char::is_ascii_alphabetic).collect();
        let act = Act::parse(&line[who.len()..])?;
        Some(Line::Act { who, act })
    }
}

/// An option and its group: `Shipped (Complete)`; the usual ones need none.
fn option(text: &str) -> (String, String) {
    let (name, group) = match text.strip_suffix(')').and_then(|text| text.split_once(" (")) {
        Some(named) => named,
        None if text == "Not started" => (text, "To-do"),
        None if text == "Done" => (text, "Complete"),
        None => (text, "In progress"),
    };
    (name.to_owned(), group.to_owned())
}

impl Given {
    fn parse(text: &str) -> Option<Self> {
        if let Some(options) = text.strip_prefix("status options ") {
            return Some(Self::StatusOptions(options.split(", ").map(option).collect()));
        }
        let words: Vec<&str> = text.split(' ').collect();
        match words.as_slice() {
            ["no", ".env"] => Some(Self::NoEnv),
            ["the", "database", "is", "not", "shared"] => Some(Self::Unshared),
            ["the", "page", "stands", "outside", "of", "a", "database"] => Some(Self::Outside),
            ["the", "status", "is", "called", name] => Some(Self::StatusCalled((*name).to_owned())),
            ["the", "file", path] => Some(Self::File((*path).to_owned())),
            [provider, "new"] => Some(Self::New((*provider).to_owned())),
            [provider, what @ ("due" | "rotated" | "expires" | "exposed"), day] => Some(Self::Date {
                provider: (*provider).to_owned(),
                what: (*what).to_owned(),
                day: day.parse().ok()?,
            }),
            ["looks", "are", how @ ("slow" | "quick")] => Some(Self::SlowLooks(*how == "slow")),
            [provider, "taken", "back", "by", "hand"] => Some(Self::TakenBack((*provider).to_owned())),
            [who, "is", "a", kind] => Some(Self::Somebody {
                who: (*who).to_owned(),
                kind: (*kind).to_owned(),
            }),
            [provider, which] => {
                let (which, state) = which.split_once('=')?;
                let (provider, state) = ((*provider).to_owned(), state.to_owned());
                Some(Self::Key {
                    provider,
                    old: which == "old",
                    state,
                })
            }
            _ => None,
        }
    }
}

impl Act {
    fn parse(rest: &str) -> Option<Self> {
        match rest {
            " deletes" => return Some(Self::Delete),
            " resolves" => return Some(Self::Resolve),
            " returns" => return Some(Self::Return),
            " says quiet" => return Some(Self::Quiet(true)),
            " says speak" => return Some(Self::Quiet(false)),
            _ => {}
        }
        if let Some(number) = rest.strip_prefix(" ticks ") {
            return Some(Self::Tick {
                number: number.parse().ok()?,
                ticked: true,
            });
        }
        if let Some(number) = rest.strip_prefix(" unticks ") {
            return Some(Self::Tick {
                number: number.parse().ok()?,
                ticked: false,
            });
        }
        if let Some(status) = rest.strip_prefix(" sets ") {
            return Some(Self::SetStatus(status.to_owned()));
        }
        let (head, text) = rest.split_once(": ")?;
        let text = text.replace("\\n", "\n");
        if head == " edits" {
            return Some(Self::Edit { text });
        }
        if head == " renames" {
            return Some(Self::Rename(text));
        }
        let hours_ago = head.strip_prefix(", ").and_then(|ago| ago.strip_suffix(" hours ago"));
        let hours_ago = hours_ago.map_or(Some(0), |hours| hours.parse().ok())?;
        let step = head.strip_prefix(" on step ").map(str::parse).transpose().ok()?;
        Some(Self::Say { hours_ago, step, text })
    }
}
