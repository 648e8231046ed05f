//! `keyminder page show`: the guide that a page makes, as the bot reads it; redacted.
use crate::cli::command::{page_option, runtime};
use crate::cli::preview::Preview;
use crate::cli::{CommandResult, Exit, ProjectArgs, table, token};
use crate::config::Settings;
use crate::domain::ids::{BlockId, PageId};
use crate::domain::page::{Criterion, Guide, Step};
use crate::intake;
use serde::Serialize;
use std::collections::BTreeMap;

/// The options of `page show`.
#[derive(clap::Args, Clone, Debug)]
pub struct ShowArgs {
    /// The page's URL, or its id
    #[arg(value_name = "URL", value_parser = page_option)]
    pub page: PageId,
    /// One object for programs
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
pub fn run(place: &ProjectArgs, args: &ShowArgs) -> CommandResult<Exit> {
    let settings = Settings::load(place)?;
    runtime()?.block_on(show(settings, args))
}

async fn show(settings: Settings, args: &ShowArgs) -> CommandResult<Exit> {
    let preview = Preview::open(settings).await?;
    let (token, _) = token::token(&preview.settings, &preview.project)?;
    let notion = token::client(&preview.settings, token)?;
    let (guide, boxes) = intake::read_guide(&notion, &args.page, &preview.ingest.redactor.current()).await?;
    let shown = ShownGuide::of(&guide, &boxes);
    if args.json {
        table::print_json(&shown)?;
    } else {
        print!("{}", shown.in_lines());
    }
    Ok(Exit::Done)
}

/// A guide as it is shown.
#[derive(Serialize)]
struct ShownGuide<'a> {
    title: &'a str,
    url: &'a str,
    /// What it takes in all, in minutes.
    minutes: Option<u32>,
    prerequisites: Vec<ShownBox<'a>>,
    steps: Vec<ShownStep<'a>>,
    criteria: Vec<ShownBox<'a>>,
    next_actions: &'a [String],
    remarks: Vec<String>,
}

#[derive(Serialize)]
struct ShownStep<'a> {
    number: u8,
    title: &'a str,
    minutes: Option<u32>,
    text: Option<&'a str>,
    commands: &'a [String],
    validation: Option<&'a str>,
    boxes: Vec<ShownBox<'a>>,
}

#[derive(Serialize)]
struct ShownBox<'a> {
    /// The number by which a description names it; `None`: it is a prerequisite.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<u8>,
    text: &'a str,
    /// `None`: there is no box.
    ticked: Option<bool>,
}

impl<'a> ShownGuide<'a> {
    fn of(guide: &'a Guide, boxes: &BTreeMap<BlockId, bool>) -> Self {
        let shown_box = |criterion: &'a Criterion| ShownBox {
            number: Some(criterion.number),
            text: &criterion.text,
            ticked: boxes.get(&criterion.block).copied(),
        };
        let of = |step: Option<u8>| {
            let criteria = guide.criteria.iter();
            let of_step = criteria.filter(move |criterion| criterion.step == step);
            of_step.map(shown_box).collect::<Vec<_>>()
        };
        let step = |step: &'a Step| ShownStep {
            number: step.number,
            title: &step.title,
            minutes: step.minutes,
            text: step.text.as_deref(),
            commands: &step.commands,
            validation: step.validation.as_deref(),
            boxes: of(Some(step.number)),
        };
        let prerequisites = guide.prerequisites.iter().map(|prerequisite| ShownBox {
            number: None,
            text: &prerequisite.text,
            ticked: prerequisite.ticked,
        });
        Self {
            title: &guide.title,
            url: &guide.url,
            minutes: guide.planned_minutes(),
            prerequisites: prerequisites.collect(),
            steps: guide.steps.iter().map(step).collect(),
            criteria: of(None),
            next_actions: &guide.next_actions,
            remarks: guide.remarks.iter().map(ToString::to_string).collect(),
        }
    }

    /// For a person: each thing under its name, in 80 columns.
    fn in_lines(&self) -> String {
        let mut told = table::line("page", self.title);
        told += &table::line("", self.url);
        told.extend(self.minutes.map(|minutes| table::line("takes", &in_minutes(minutes))));
        told.extend(
            self.prerequisites
                .iter()
                .map(|one| table::line("before", &one.in_words())),
        );
        told.extend(self.steps.iter().map(ShownStep::in_lines));
        let criteria = self.criteria.iter().map(|one| table::line("success", &one.in_words()));
        told.extend(criteria);
        told.extend(self.next_actions.iter().map(|next| table::line("next", next)));
        told.extend(self.remarks.iter().map(|remark| table::line("remark", remark)));
        told
    }
}

impl ShownStep<'_> {
    fn in_lines(&self) -> String {
        let title = match self.minutes {
            Some(minutes) => format!("{} ({})", self.title, in_minutes(minutes)),
            None => self.title.to_owned(),
        };
        let mut told = table::line(&format!("step {}", self.number), &title);
        let text = self.text.into_iter().flat_map(str::lines);
        told.extend(text.map(|line| table::line("", line)));
        told.extend(self.commands.iter().map(|command| table::line("  command", command)));
        told.extend(self.validation.map(|validation| table::line("  proof", validation)));
        told.extend(self.boxes.iter().map(|one| table::line("  box", &one.in_words())));
        told
    }
}

impl ShownBox<'_> {
    fn in_words(&self) -> String {
        let sign = match self.ticked {
            Some(true) => "[x] ",
            Some(false) => "[ ] ",
            None => "",
        };
        let number = self.number.map(|number| format!("{number}: ")).unwrap_or_default();
        format!("{sign}{number}{}", self.text)
    }
}

fn in_minutes(minutes: u32) -> String {
    if minutes == 1 {
        "1 minute".to_owned()
    } else {
        format!("{minutes} minutes")
    }
}
