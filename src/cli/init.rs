//! `keyminder init`: sets a project up by questions; with `--yes` by sensible answers. Overwrites nothing.
mod asks;
mod encryption;
pub(super) mod files;
mod summary;

use super::table::print_json;
use super::{CommandResult, Exit, ProjectArgs};
use crate::config::{PageSource, Settings};
use crate::domain::ids::PageId;
use crate::rotation::Project;
use anyhow::Context;
use asks::Asks;
use std::io::{IsTerminal, stdin, stdout};
use std::path::{Path, PathBuf};
use summary::InitSummary;

/// The options of `init`.
#[derive(clap::Args, Clone, Debug)]
pub struct InitArgs {
    /// Ask nothing; take the sensible answer to each question
    #[arg(long, short)]
    yes: bool,
    /// A Notion page to watch: its URL or id (may be repeated)
    #[arg(long, value_name = "PAGE")]
    page: Vec<String>,
    /// Encrypt backups: make an age identity outside the project
    #[arg(long)]
    encrypt: bool,
    /// Print one JSON object on stdout
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(place: &ProjectArgs, args: &InitArgs) -> CommandResult<Exit> {
    let dir = folder(place)?;
    let place = ProjectArgs {
        project: Some(dir.clone()),
        ..place.clone()
    };
    let asks = Asks {
        silent: args.yes || args.json || !stdin().is_terminal() || !stdout().is_terminal(),
    };
    let mut done = InitSummary::default();
    let pages = pages(&asks, &args.page)?;
    let settings_file = place
        .config
        .clone()
        .unwrap_or_else(|| dir.join("config/keyminder.toml"));
    files::settings(&settings_file, &pages, &mut done)?;
    let settings = Settings::load(&place)?;
    let project = Project::open(&settings)?;
    if args.encrypt {
        encryption::set_up(&project, &settings_file, &mut done)?;
    }
    files::env(&asks, &project, &mut done)?;
    files::ignore(&asks, &settings, &mut done)?;
    say_next(&settings, &project, &mut done);
    told(&project, &done, args.json)
}

/// The project's folder, made when somebody named one that is not there.
fn folder(place: &ProjectArgs) -> CommandResult<PathBuf> {
    let dir = match &place.project {
        Some(dir) => std::path::absolute(dir)?,
        None => std::env::current_dir().context("finding the current folder")?,
    };
    std::fs::create_dir_all(&dir).with_context(|| format!("making {}", dir.display()))?;
    Ok(dir)
}

fn pages(asks: &Asks, given: &[String]) -> CommandResult<Vec<String>> {
    let mut pages = given.to_vec();
    if pages.is_empty() {
        let answer = asks.text("Which Notion page shall be watched?", "its URL or id; empty: none yet")?;
        pages.extend(
            answer
                .split([',', ' '])
                .filter(|page| !page.is_empty())
                .map(str::to_owned),
        );
    }
    for page in &pages {
        if PageId::parse(page).is_none() && !page.starts_with("data_source:") {
            return Err(anyhow::anyhow!("{page:?} is no Notion page: give its URL or its 32-digit id").into());
        }
    }
    Ok(pages)
}

fn say_next(settings: &Settings, project: &Project, done: &mut InitSummary) {
    let env = project.relative(&project.env);
    match project.read_env() {
        Ok(env) if env.entries().next().is_some() => {
            done.next
                .push("keyminder backup create      a proven copy of .env".to_owned());
            done.next
                .push("keyminder probe              which keys work".to_owned());
            done.next
                .push("keyminder rotate plan        what is to be rotated, and when".to_owned());
        }
        Ok(_) => done
            .next
            .push(format!("put your keys into {env}, one NAME=value a line")),
        Err(error) => done.next.push(error.to_string()),
    }
    let watches = |source: &PageSource| matches!(source, PageSource::Page(_) | PageSource::DataSource { .. });
    if settings.pages.iter().any(watches) {
        done.next
            .push("keyminder run --dry-run      what the bot would do; needs NOTION_TOKEN".to_owned());
    } else {
        done.next
            .push("keyminder demo               the whole, without any account".to_owned());
    }
}

fn told(project: &Project, done: &InitSummary, as_json: bool) -> CommandResult<Exit> {
    if as_json {
        print_json(done)?;
        return Ok(Exit::Done);
    }
    let name = |path: &String| project.relative(Path::new(path));
    for (label, paths) in [("made", &done.made), ("changed", &done.changed), ("kept", &done.kept)] {
        for path in paths {
            println!("{label:8} {}", name(path));
        }
    }
    println!("\nNext:");
    for step in &done.next {
        println!("  {step}");
    }
    Ok(Exit::Done)
}
