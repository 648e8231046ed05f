//! The script: the guide's own comments in the order in which a rotation has them, keys really replaced, old ones
//! deleted at the provider, a leak told, one comment edited, one corrected, one new key rolled back, one old key forgotten
//! that a program still holds.
use std::collections::BTreeMap;

const ANA: &str = "Ana Silva";
const BRAM: &str = "Bram de Vries";

/// One step: something is done, and something is expected of it.
pub(super) struct DemoStep {
    pub(super) action: DemoAction,
    pub(super) expected: Vec<Expectation>,
}

/// What somebody does.
pub(super) enum DemoAction {
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
    /// Runs `rotate start` for these providers.
    Start(&'static [&'static str]),
    /// The new key of this provider turns out to be a bad one.
    Spoil(&'static str),
    /// Runs `rotate rollback` for this provider.
    RollBack(&'static str),
    /// Another new key of this provider is made and put into `.env`.
    Renew(&'static str),
    /// A program is started that has the key of this provider in its environment.
    StartProgram(&'static str),
    /// That program is restarted: it holds the old key no more.
    RestartProgram,
}

/// What can be seen after a step.
pub(super) enum Expectation {
    /// The reply to the comment written last holds this.
    Says(&'static str),
    /// Some text of ours on the page holds this.
    SomewhereSays(&'static str),
    /// No text of ours anywhere on the page holds this.
    NowhereSays(String),
    /// The page has this Status.
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

impl DemoStep {
    /// The step in a few words, for faults.
    pub(super) fn title(&self) -> String {
        match &self.action {
            DemoAction::Say { who, text } | DemoAction::Edit { who, text } => {
                let first: String = text.lines().next().unwrap_or_default().chars().take(40).collect();
                // The new key is part of one comment; a fault must not print it.
                if first.contains('🔑') {
                    format!("{who} posts a key")
                } else {
                    format!("{who}: {first}")
                }
            }
            DemoAction::Delete { who } => format!("{who} deletes the comment"),
            DemoAction::ReplaceKeys => "keys are replaced".to_owned(),
            DemoAction::DeleteOldKeys(_) => "old keys are deleted".to_owned(),
            DemoAction::Start(_) => "rotate start".to_owned(),
            DemoAction::Spoil(provider) => format!("{provider}'s new key is a bad one"),
            DemoAction::RollBack(provider) => format!("rotate rollback {provider}"),
            DemoAction::Renew(provider) => format!("{provider} gets another new key"),
            DemoAction::StartProgram(_) => "a program is started".to_owned(),
            DemoAction::RestartProgram => "the program is restarted".to_owned(),
        }
    }
}

impl DemoAction {
    /// Whether something was done to a comment.
    pub(super) fn is_comment(&self) -> bool {
        matches!(self, Self::Say { .. } | Self::Edit { .. } | Self::Delete { .. })
    }

    /// Whether it is a comment to which a reply is due.
    pub(super) fn is_said(&self) -> bool {
        matches!(self, Self::Say { .. })
    }
}

fn say(who: &'static str, text: impl Into<String>, expected: Vec<Expectation>) -> DemoStep {
    DemoStep {
        action: DemoAction::Say { who, text: text.into() },
        expected,
    }
}

fn unseen(action: DemoAction) -> DemoStep {
    DemoStep {
        action,
        expected: Vec::new(),
    }
}

/// All steps, in their order.
pub(super) fn steps(new_values: &BTreeMap<String, String>) -> Vec<DemoStep> {
    let mut steps = first_steps();
    steps.extend(new_keys(new_values));
    steps.extend(rollback());
    steps.extend(ending());
    steps
}

/// Backup, planner, two people who are stuck.
fn first_steps() -> Vec<DemoStep> {
    use Expectation::{Box, Says, Status};
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
        DemoStep {
            action: DemoAction::Edit {
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

/// A leak is told; keys are replaced; a piece of one is posted, and the comment deleted.
fn new_keys(new: &BTreeMap<String, String>) -> Vec<DemoStep> {
    use Expectation::{NewStands, NowhereSays, OldIsBack, Says, Told};
    let (ana, bram) = (ANA, BRAM);
    let (bybit, notion) = (new["BYBIT_API_KEY"].clone(), new["NOTION_TOKEN"].clone());
    let configured = format!(
        "New API keys configured:\n- Bybit: {}... (working)\n- Notion: {}... (tested)",
        &bybit[..8],
        &notion[..8]
    );
    vec![
        unseen(DemoAction::StartProgram("groq")),
        DemoStep {
            action: DemoAction::Start(&["mistral", "huggingface"]),
            expected: vec![Told("mistral: the old value is safe in"), OldIsBack("mistral")],
        },
        say(
            bram,
            "GitGuardian found our Hugging Face token in a public repo",
            vec![
                Says("Hugging Face counts as exposed"),
                Says("the exposed key is alive"),
                Says("keyminder rotate finish huggingface"),
            ],
        ),
        DemoStep {
            action: DemoAction::ReplaceKeys,
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
        DemoStep {
            action: DemoAction::Delete { who: ana },
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
fn rollback() -> Vec<DemoStep> {
    use Expectation::{Box, NewStands, OldIsBack, Status, Told};
    vec![
        unseen(DemoAction::Spoil("mistral")),
        DemoStep {
            action: DemoAction::RollBack("mistral"),
            expected: vec![
                OldIsBack("mistral"),
                NewStands("bybit"),
                NewStands("groq"),
                Told("The key that was in use before was asked first: valid."),
                Told("What it replaced is in backups/"),
                Told("says valid about what stands in .env now"),
                Box(5, true),
                Box(6, false),
                Status("In Progress"),
            ],
        },
        DemoStep {
            action: DemoAction::Renew("mistral"),
            expected: vec![NewStands("mistral")],
        },
    ]
}

/// A dead key is not brought back. One old key is forgotten, then deleted too.
fn ending() -> Vec<DemoStep> {
    use Expectation::{Box, File, NewStands, NotDue, Refused, Says, SomewhereSays, Status, Told};
    let ana = ANA;
    vec![
        unseen(DemoAction::DeleteOldKeys(&[
            "bybit",
            "notion",
            "huggingface",
            "mistral",
        ])),
        DemoStep {
            action: DemoAction::RollBack("huggingface"),
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
                Says("first restart or change what still holds them (sleep (pid"),
                SomewhereSays("Hugging Face: the exposed key is dead, after"),
                Says("Groq"),
                Status("In Progress"),
                Box(6, false),
                Box(3, true),
                Box(4, true),
                Box(5, true),
                Box(7, true),
            ],
        ),
        unseen(DemoAction::RestartProgram),
        unseen(DemoAction::DeleteOldKeys(&["groq"])),
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
