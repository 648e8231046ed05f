//! `keyminder page init`: drafts `config/pages/<ID>.toml` from a page as it is read. No file is ever written over.
use super::draft::draft;
use crate::cli::command::{page_option, runtime};
use crate::cli::preview::Preview;
use crate::cli::{CommandResult, Exit, ProjectArgs, token};
use crate::config::Settings;
use crate::domain::ids::PageId;
use crate::intake;
use crate::notion::{Client, Value, raw_text};
use crate::rotation::atomic_write::create_atomic;
use crate::rotation::places::leads_out;
use anyhow::{Context as _, anyhow};
use std::io::ErrorKind;

/// The longest name of a description.
const LONGEST: usize = 60;

/// The options of `page init`.
#[derive(clap::Args, Clone, Debug)]
pub struct PageInitArgs {
    /// The page's URL, or its id
    #[arg(value_name = "URL", value_parser = page_option)]
    pub page: PageId,
    /// The name of the description; else the id that the title begins with, or words of the title
    #[arg(long, value_parser = name_option)]
    pub id: Option<String>,
}

/// Runs the command.
pub fn run(place: &ProjectArgs, args: &PageInitArgs) -> CommandResult<Exit> {
    let settings = Settings::load(place)?;
    runtime()?.block_on(init(settings, args))
}

async fn init(settings: Settings, args: &PageInitArgs) -> CommandResult<Exit> {
    let preview = Preview::open(settings).await?;
    let (token, _) = token::token(&preview.settings, &preview.project)?;
    let notion = token::client(&preview.settings, token)?;
    let (guide, _) = intake::read_guide(&notion, &args.page, &preview.ingest.redactor.current()).await?;
    let dates = dates(&preview, &notion, &args.page).await?;
    let known = &preview.playbook.pages;
    if let Some(described) = known.values().find(|description| description.is_of(&args.page)) {
        return Err(anyhow!(
            "config/pages/{}.toml describes that page already; I leave it as it is",
            described.id
        )
        .into());
    }
    let id = args
        .id
        .clone()
        .or_else(|| guide.id.clone())
        .unwrap_or_else(|| slug(&guide.title));
    if known.contains_key(&id) {
        return Err(
            anyhow!("there is a description of {id} already; I leave it as it is (another name: --id NAME)").into(),
        );
    }
    // A title that begins with the id tells by itself which page is meant.
    let page = (guide.id.as_ref() != Some(&id)).then_some(&args.page);
    let drafted = draft(&id, page, &guide, &dates);
    let name = format!("config/pages/{id}.toml");
    write(&preview.settings, &name, &drafted.text)?;
    let boxes = guide.criteria.len();
    println!(
        "{name}: {} steps and {boxes} boxes of \"{}\".",
        guide.steps.len(),
        guide.title
    );
    match drafted.kinds.as_slice() {
        [] => println!("No box tells of a check that I know: all of them are ticked on somebody's word."),
        kinds => println!(
            "Checks are proposed for {} of the boxes ({}); the others are ticked on somebody's word.",
            kinds.len(),
            kinds.join(", ")
        ),
    }
    for remark in &guide.remarks {
        println!("{remark}");
    }
    println!("Look it through, then: keyminder check");
    Ok(Exit::Done)
}

/// The dates of a page, by name; a name that holds something to be masked is left out.
async fn dates(preview: &Preview, notion: &Client, page: &PageId) -> CommandResult<Vec<String>> {
    let names = &preview.settings.properties;
    let redactor = preview.ingest.redactor.current();
    let page = notion.page(page).await?;
    let dates = page
        .properties
        .named()
        .filter(|(_, property)| matches!(property.value, Value::Date(_)));
    let clean = dates.filter_map(|(name, _)| {
        let shown = redactor.redact_shown(&raw_text(&name));
        let name = shown.text.to_string();
        let is_ours = [&names.next_rotation, &names.last_check].contains(&&name);
        (shown.findings.is_empty() && !is_ours).then_some(name)
    });
    Ok(clean.collect())
}

fn write(settings: &Settings, name: &str, text: &str) -> CommandResult<()> {
    let path = settings.project.join(name);
    if leads_out(&settings.project, &path) {
        return Err(anyhow!("{name}: a link on the way leads out of the project, so nothing is written there").into());
    }
    let folder = settings.project.join("config/pages");
    std::fs::create_dir_all(&folder).context("config/pages cannot be made")?;
    create_atomic(&path, text.as_bytes(), 0o644).map_err(|error| {
        let why = match error.kind() {
            ErrorKind::AlreadyExists => "it is there already; I leave it as it is".to_owned(),
            _ => error.to_string(),
        };
        anyhow!("{name} cannot be written: {why}").into()
    })
}

/// Words of a title as the name of a file.
fn slug(title: &str) -> String {
    let plain = title.to_lowercase();
    let words = plain
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    let mut slug = String::new();
    for word in words {
        if slug.len() + word.len() >= LONGEST {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(word);
    }
    if slug.is_empty() { "page".to_owned() } else { slug }
}

fn name_option(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !text.is_empty() && text.len() <= LONGEST && text.chars().all(fits) {
        return Ok(text.to_owned());
    }
    Err(format!("letters, digits, _ and -, up to {LONGEST} of them"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_becomes_a_name() {
        for (title, name) in [
            ("Move of the office, 2027!", "move-of-the-office-2027"),
            ("🚀 Café / Überblick", "caf-berblick"),
            ("…", "page"),
            ("../../etc/passwd", "etc-passwd"),
        ] {
            assert_eq!(slug(title), name);
            assert_eq!(name_option(&slug(title)).as_deref(), Ok(name));
        }
        assert!(slug(&"word ".repeat(60)).len() <= LONGEST);
        assert!(name_option("../a").is_err() && name_option("").is_err());
    }
}
