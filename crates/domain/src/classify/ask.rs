//! What people ask of us on a page: questions that the page or its state answers, and requests.
use serde::{Deserialize, Serialize};

macro_rules! asks {
    ($($(#[$doc:meta])* $name:ident = $id:literal),* $(,)?) => {
        /// What a sentence asks of us.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Ask { $($(#[$doc])* $name,)* }

        /// All of them, in the order of their columns.
        pub(super) const ASKS: [Ask; [$($id),*].len()] = [$(Ask::$name),*];

        impl Ask {
            /// Its name, that of the prompt in `question/` that answers it.
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }
        }
    };
}

asks! {
    /// Where to begin.
    First = "first",
    /// What comes now.
    Next = "next",
    /// What a step is about.
    About = "about",
    /// How a step is done: its text and its commands.
    How = "how",
    /// How one sees that a step worked.
    Validate = "validate",
    /// Why a step or a box is still open.
    WhyOpen = "why_open",
    /// What is not done yet.
    Missing = "missing",
    /// Who is stuck.
    Blocked = "blocked",
    /// How far it is.
    Status = "status",
    /// Which steps there are.
    Overview = "overview",
    /// How much time is planned.
    HowLong = "how_long",
    /// How much time it took.
    Took = "took",
    /// When it is due.
    Due = "due",
    /// Who or what we are.
    WhoAreYou = "who_are_you",
    /// What we can do.
    Help = "help",
    /// Who works on a step.
    WhoDoes = "who_does",
    /// What is left for the one who asks.
    Mine = "mine",
    /// What is needed before the first step.
    Prerequisites = "prerequisites",
    /// Where something is.
    Where = "where",
    /// What happened lately.
    Changed = "changed",
    /// Who reported a step, and when.
    ByWhom = "by_whom",
    /// Make a backup.
    Backup = "backup",
    /// Look again, and tick what is proven.
    Recheck = "recheck",
    /// Say nothing more.
    Quiet = "quiet",
    /// Speak up at a later time.
    Remind = "remind",
    /// The author does a step.
    Take = "take",
    /// Somebody else does a step.
    Assign = "assign",
    /// Somebody no longer does a step.
    Release = "release",
    /// A step is left out.
    Skip = "skip",
    /// The page's own text is to be changed, or something done that no bot on a page can do.
    Edit = "edit",
    /// We are wrong about how things stand: look again.
    Dispute = "dispute",
    /// We misunderstood a comment.
    Misread = "misread",
    /// Nothing: it is talk among people.
    Chat = "chat",
}

/// What a sentence asks of us, as the second reader sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AskOpinion {
    /// What it asks most likely.
    pub ask: Ask,
    /// The chance that it asks this.
    pub chance: f32,
    /// The chance that it asks anything of us, or is talk among people.
    pub asks_something: f32,
}

/// What a lesson tells of what is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskLesson {
    /// It is not known whether anything is.
    Untold,
    /// Nothing is asked of us.
    Nothing,
    /// This is asked.
    Asks(Ask),
}

impl Ask {
    /// Whether it wants something done: it may come without the form of a question.
    pub fn is_request(self) -> bool {
        matches!(
            self,
            Self::Backup
                | Self::Recheck
                | Self::Quiet
                | Self::Remind
                | Self::Take
                | Self::Assign
                | Self::Release
                | Self::Skip
                | Self::Edit
                | Self::Dispute
                | Self::Misread
        )
    }

    /// Whether it is asked of a step.
    pub fn is_of_step(self) -> bool {
        matches!(
            self,
            Self::About
                | Self::How
                | Self::Validate
                | Self::WhyOpen
                | Self::Status
                | Self::HowLong
                | Self::WhoDoes
                | Self::Where
                | Self::ByWhom
                | Self::Recheck
                | Self::Take
                | Self::Assign
                | Self::Release
                | Self::Skip
        )
    }

    /// Those that a prompt in `question/` answers.
    pub fn answered() -> impl Iterator<Item = Self> {
        let of_their_own = |ask: &Self| {
            matches!(
                ask,
                Self::Take | Self::Assign | Self::Release | Self::Dispute | Self::Misread | Self::Chat
            )
        };
        ASKS.into_iter().filter(move |ask| !of_their_own(ask))
    }

    /// By its name.
    pub fn by_id(id: &str) -> Option<Self> {
        ASKS.into_iter().find(|ask| ask.id() == id)
    }
}
