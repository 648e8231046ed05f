//! The play: the guide's own comments in the order in which a rotation has them, keys really replaced, old ones
//! deleted at the provider, one comment edited, one corrected, one new key rolled back, one old key forgotten.
use super::stage::{Seen, Stage};
use std::collections::BTreeMap;

const ANA: &str = "Ana Silva";
const BRAM: &str = "Bram de Vries";

/// One act: something is done, and something is expected of it.
pub(super) struct Act {
    pub(super) doing: Doing,
    pub(super) expected: Vec<Expected>,
}

/// What somebody does.
pub(super) enum Doing {
    /// Writes a comment on the page.
    Say { who: &'static str, text: String },
    /// Changes the comment written last.
    Edit { who: &'static str, text: String },
    /// Deletes the comment written last.
    Delete { who: &'static str },
    /// Makes new keys at the providers and puts them into `.env`.
    ReplaceKeys,
    /// Deletes the old key of these providers.
    DeleteOldKeys(&'static [&'static str]),
    /// `rotate start` of these providers.
    Start(&'static [&'static str]),
    /// The new key of this provider turns out to be a bad one.
    Spoil(&'static str),
    /// `rotate rollback` of this provider.
    RollBack(&'static str),
    /// Another new key of this provider is made and put into `.env`.
    Renew(&'static str),
}

/// What can be seen afterwards.
pub(super) enum Expected {
    /// The reply to the comment written last holds this.
    Says(&'static str),
    /// No text of ours anywhere on the page holds this.
    NowhereSays(String),
    /// The page's Status.
    Status(&'static str),
    /// The box with this number is ticked, or not.
    Box(usize, bool),
    /// The file of the project exists.
    File(&'static str),
    /// `.env` holds the old key of this provider.
    OldIsBack(&'static str),
    /// `.env` holds the new key of this provider.
    NewStands(&'static str),
    /// The key of this provider is not due any more.
    NotDue(&'static str),
    /// The command said this.
    Told(&'static str),
    /// The command would not do it.
    Refused,
}

impl Act {
    /// The act in a few words, for faults.
    pub(super) fn title(&self) -> String {
        match &self.doing {
            Doing::Say { who, text } | Doing::Edit { who, text } => {
                let first: String = text.lines().next().unwrap_or_default().chars().take(40).collect();
                // The new key is part of one comment; a fault must not print it.
                if first.contains('🔑') {
                    format!("{who} posts a key")
                } else {
                    format!("{who}: {first}")
                }
            }
            Doing::Delete { who } => format!("{who} deletes the comment"),
            Doing::ReplaceKeys => "keys are replaced".to_owned(),
            Doing::DeleteOldKeys(_) => "old keys are deleted".to_owned(),
            Doing::Start(_) => "rotate start".to_owned(),
            Doing::Spoil(provider) => format!("{provider}'s new key is a bad one"),
            Doing::RollBack(provider) => format!("rotate rollback {provider}"),
            Doing::Renew(provider) => format!("{provider} gets another new key"),
        }
    }
}

impl Doing {
    /// Whether something was done to a comment.
    pub(super) fn is_comment(&self) -> bool {
        matches!(self, Self::Say { .. } | Self::Edit { .. } | Self::Delete { .. })
    }

    /// Whether it is a comment to which a reply is due.
    pub(super) fn is_said(&self) -> bool {
        matches!(self, Self::Say { .. })
    }
}

impl Expected {
    /// What is missing, if it is.
    pub(super) fn missing(&self, stage: &Stage, seen: &Seen) -> Option<String> {
        let reply = || stage.reply(seen).unwrap_or_default();
        match self {
            Self::Says(text) => {
                (!reply().contains(text)).then(|| format!("the reply does not say {text:?}: {:?}", reply()))
            }
            Self::NowhereSays(text) => seen
                .ours()
                .any(|said| said.contains(text))
                .then(|| "a piece of a key is in a reply".to_owned()),
            Self::Status(status) => {
                (seen.status != *status).then(|| format!("Status is {:?}, not {status:?}", seen.status))
            }
            Self::Box(number, ticked) => {
                let found = seen.boxes.get(number - 1).is_some_and(|(_, found)| found == ticked);
                (!found).then(|| format!("box {number} is not {}", if *ticked { "ticked" } else { "open" }))
            }
            Self::OldIsBack(provider) => {
                let holds = stage.old.get(*provider).is_some_and(|values| stage.env_holds(values));
                (!holds).then(|| format!(".env does not hold the old key of {provider}"))
            }
            Self::NewStands(provider) => {
                let holds = stage.new.get(*provider).is_some_and(|values| stage.env_holds(values));
                (!holds).then(|| format!(".env does not hold the new key of {provider}"))
            }
            Self::NotDue(provider) => {
                (stage.is_due(provider)).then(|| format!("the key of {provider} is due yet, though it is new"))
            }
            Self::Told(text) => {
                let lines = &stage.told.lines;
                let is_told = lines.iter().any(|line| line.contains(text));
                (!is_told).then(|| format!("the command does not say {text:?}: {lines:?}"))
            }
            Self::Refused => (!stage.told.refused).then(|| "the command did not refuse".to_owned()),
            Self::File(path) => (!stage.project.join(path).is_file()).then(|| format!("there is no {path}")),
        }
    }
}

fn say(who: &'static str, text: impl Into<String>, expected: Vec<Expected>) -> Act {
    Act {
        doing: Doing::Say { who, text: text.into() },
        expected,
    }
}

fn world(doing: Doing) -> Act {
    Act {
        doing,
        expected: Vec::new(),
    }
}

/// The whole play.
pub(super) fn acts(stage: &Stage) -> Vec<Act> {
    let mut acts = first_steps();
    acts.extend(new_keys(&stage.new_values()));
    acts.extend(rollback());
    acts.extend(ending());
    acts
}

/// Backup, planner, two people who are stuck.
fn first_steps() -> Vec<Act> {
    use Expected::{Box, Says, Status};
    let (ana, bram) = (ANA, BRAM);
    vec![
        say(
            ana,
            "Started step 1 - backup created successfully",
            vec![Says("tep 1"), Status("In Progress")],
        ),
        say(
            ana,
            "✅ Step 1 completed - backup created",
            vec![Box(1, true), Says("1 of 5"), Says("step 2"), Says("0600")],
        ),
        say(bram, "Step 2 done", vec![Box(2, true), Says("2 of 5")]),
        say(
            bram,
            "Sorry, ignore that, step 2 is not done yet",
            vec![Box(2, false), Says("open again"), Says("1 of 5")],
        ),
        say(
            bram,
            "Step 2 is finished now, the planner runs",
            vec![Box(2, true), Says("2 of 5")],
        ),
        say(
            bram,
            "❌ Stuck on step 3 - getting permission error",
            vec![Status("Blocked"), Says("chmod"), Says("step 3")],
        ),
        Act {
            doing: Doing::Edit {
                who: bram,
                text: "Step 3 is done, all APIs answer".to_owned(),
            },
            expected: vec![Status("In Progress"), Says("3 of 5")],
        },
        say(
            ana,
            "BLOCKED: Permission denied on step 4. Need help with crontab.",
            vec![Status("Blocked"), Says("Full Disk Access"), Says("step 5")],
        ),
        say(
            ana,
            "Crontab is fixed, step 4 is no longer blocked",
            vec![Status("In Progress")],
        ),
    ]
}

/// Keys are replaced; a piece of one is posted, and the comment deleted.
fn new_keys(new: &BTreeMap<String, String>) -> Vec<Act> {
    use Expected::{NewStands, NowhereSays, OldIsBack, Says, Told};
    let ana = ANA;
    let (bybit, notion) = (new["BYBIT_API_KEY"].clone(), new["NOTION_TOKEN"].clone());
    let configured = format!(
        "New API keys configured:\n- Bybit: {}... (working)\n- Notion: {}... (tested)",
        &bybit[..8],
        &notion[..8]
    );
    vec![
        Act {
            doing: Doing::Start(&["mistral", "huggingface"]),
            expected: vec![Told("mistral: the old value is safe in"), OldIsBack("mistral")],
        },
        Act {
            doing: Doing::ReplaceKeys,
            expected: vec![NewStands("mistral")],
        },
        say(
            ana,
            format!("🔑 New Bybit API key: {bybit} (first 20 chars for reference)"),
            vec![
                Says("18 characters"),
                Says("delete your comment"),
                NowhereSays(bybit[..6].to_owned()),
            ],
        ),
        Act {
            doing: Doing::Delete { who: ana },
            expected: vec![Says("Thank you")],
        },
        say(
            ana,
            configured,
            vec![
                Says("Bybit"),
                Says("Notion"),
                Says("is new"),
                NowhereSays(notion[4..10].to_owned()),
            ],
        ),
    ]
}

/// A new key is a bad one: the old value comes back, until there is a better one.
fn rollback() -> Vec<Act> {
    use Expected::{Box, NewStands, OldIsBack, Status, Told};
    vec![
        world(Doing::Spoil("mistral")),
        Act {
            doing: Doing::RollBack("mistral"),
            expected: vec![
                OldIsBack("mistral"),
                NewStands("bybit"),
                NewStands("groq"),
                Told("The old key was asked first: valid."),
                Told("What it replaced is in backups/"),
                Told("says valid about what stands in .env now"),
                Box(5, true),
                Box(6, false),
                Status("In Progress"),
            ],
        },
        Act {
            doing: Doing::Renew("mistral"),
            expected: vec![NewStands("mistral")],
        },
    ]
}

/// A dead key is not brought back. One old key is forgotten, then deleted too.
fn ending() -> Vec<Act> {
    use Expected::{Box, File, NewStands, NotDue, Refused, Says, Status, Told};
    let ana = ANA;
    vec![
        world(Doing::DeleteOldKeys(&["bybit", "notion", "huggingface", "mistral"])),
        Act {
            doing: Doing::RollBack("huggingface"),
            expected: vec![
                Refused,
                Told("says that the old key in backups/"),
                Told("Create a new one: https://huggingface.co/"),
                NewStands("huggingface"),
            ],
        },
        say(
            ana,
            "📅 Completed in 1.5 hours instead of 2",
            vec![
                Says("missing"),
                Says("Groq"),
                Status("In Progress"),
                Box(6, false),
                Box(3, true),
                Box(4, true),
                Box(5, true),
                Box(7, true),
            ],
        ),
        world(Doing::DeleteOldKeys(&["groq"])),
        say(
            ana,
            "Completed! Total time: 1.5 hours. Ready for next action.",
            vec![
                Status("Done"),
                Box(6, true),
                Box(8, true),
                Says("90 minutes"),
                Says("Next rotation"),
                Says("ACT_034_TRA"),
                File("config/rotation_schedule.json"),
                NotDue("mistral"),
            ],
        ),
    ]
}
