//! Every transcript of `tests/scenarios/` at two depths: `decide` alone, and the whole bot over HTTP. What stands
//! indented there was written by these tests: `KEYMINDER_REWRITE=1 cargo test scenarios` writes it anew, for the diff.
pub mod agenda;
mod exposures;
pub mod guide;
pub mod looks;
mod paper;
pub mod sheet;
pub mod transcript;
mod view;
mod whole;
pub mod world;

use paper::Paper;
use std::path::{Path, PathBuf};
use transcript::{Line, Transcript};
use view::View;
use whole::Whole;
use world::World;

/// Bots at once: they mostly wait.
const AT_ONCE: usize = 6;

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let wanted = std::env::var_os("KEYMINDER_SCENARIO").unwrap_or_default();
    let wanted = wanted.to_string_lossy();
    let entries = std::fs::read_dir(folder).expect("the transcripts");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|found| found == "txt"));
    files.retain(|path| path.display().to_string().contains(&*wanted));
    files.sort();
    files
}

/// The lines that a transcript should have beside the ones that it has.
struct Told {
    text: String,
    before: View,
    starts_alone: bool,
}

impl Told {
    fn new(transcript: &Transcript, before: View) -> Self {
        let starts_alone = !transcript.lines.iter().any(|(_, line)| matches!(line, Line::BotStarts));
        Self {
            text: String::new(),
            before,
            starts_alone,
        }
    }

    fn margin(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn tell(&mut self, world: &World, reading: Option<String>, now: View) {
        for (_, text) in &now.said {
            assert!(!world.leaks_into(text), "a piece of a key is in a reply: {text}");
        }
        for line in reading.into_iter().chain(view::told(&self.before, &now)) {
            self.margin(&line);
        }
        self.before = now;
    }
}

/// A transcript with what the bot on paper does in it.
pub fn on_paper(transcript: &Transcript) -> Result<String, String> {
    let mut world = World::new();
    let mut bot = Paper::new(&world, transcript);
    let mut told = Told::new(transcript, bot.view());
    let mut started = false;
    for (text, line) in &transcript.lines {
        told.margin(text);
        let mut reading = None;
        match line {
            Line::Silent => continue,
            Line::Given(given) => {
                world.given(given);
                bot.given(given);
                told.before = bot.view();
                continue;
            }
            Line::BotStarts => bot.start(&world),
            Line::Later(minutes) => bot.later(&world, *minutes),
            Line::Act { who, act } => {
                if told.starts_alone && !started {
                    bot.start(&world);
                }
                reading = bot.act(&world, who, act).map(|reading| view::read(&reading));
            }
        }
        started = true;
        told.tell(&world, reading.filter(|_| bot.has_started()), bot.view());
    }
    match bot.left().as_slice() {
        [] => Ok(told.text),
        left => Err(left.join("; ")),
    }
}

async fn whole(transcript: &Transcript) -> Result<String, String> {
    let mut world = World::new();
    let mut bot = Whole::new(&world, transcript).await;
    let mut told = Told::new(transcript, bot.view().await);
    let mut started = false;
    for (text, line) in &transcript.lines {
        told.margin(text);
        let mut reading = None;
        match line {
            Line::Silent => continue,
            Line::Given(given) => {
                world.given(given);
                bot.given(&world, given, transcript).await;
                told.before = bot.view().await;
                continue;
            }
            Line::BotStarts => bot.start(&world).await,
            Line::Later(_) => return Err("only on paper".to_owned()),
            Line::Act { who, act } => {
                if told.starts_alone && !started {
                    bot.start(&world).await;
                }
                reading = bot.act(&world, who, act).await.map(|reading| view::read(&reading));
            }
        }
        started = true;
        told.tell(&world, reading, bot.view().await);
    }
    match bot.leave().await.as_slice() {
        [] => Ok(told.text),
        left => Err(left.join("; ")),
    }
}

/// The first line in which two texts differ, for people.
fn difference(expected: &str, found: &str) -> Option<String> {
    if expected == found {
        return None;
    }
    let (mut left, mut right) = (expected.lines(), found.lines());
    let mut number = 0;
    loop {
        number += 1;
        let (expected, found) = (left.next(), right.next());
        if expected != found {
            return Some(format!(
                "line {number}\n  expected {}\n  found    {}",
                expected.unwrap_or("(the end)"),
                found.unwrap_or("(the end)")
            ));
        }
    }
}

/// `KEYMINDER_REWRITE=1` writes all transcripts anew, `KEYMINDER_REWRITE=170` only those with this in their name.
#[test]
fn every_transcript_holds_on_paper() {
    let rewrite = std::env::var_os("KEYMINDER_REWRITE");
    let rewrite = rewrite.as_ref().map(|names| names.to_string_lossy());
    let only = rewrite.as_deref().filter(|wanted| *wanted != "1");
    let mut faults = Vec::new();
    for file in files() {
        let name = file.file_name().unwrap_or_default().display().to_string();
        if only.is_some_and(|only| !name.contains(only)) {
            continue;
        }
        let text = std::fs::read_to_string(&file).expect("a transcript");
        let found = Transcript::parse(&text).and_then(|transcript| on_paper(&transcript));
        match found {
            Err(fault) => faults.push(format!("{name}: {fault}")),
            Ok(found) if rewrite.is_some() => std::fs::write(&file, found).expect("a transcript is written"),
            Ok(found) => faults.extend(difference(&text, &found).map(|difference| format!("{name}: {difference}"))),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_transcript_holds_with_the_whole_bot() {
    let mut waiting = files().into_iter();
    let mut running = tokio::task::JoinSet::new();
    let mut faults = Vec::new();
    loop {
        while running.len() < AT_ONCE
            && let Some(file) = waiting.next()
        {
            running.spawn(async move {
                let text = std::fs::read_to_string(&file).expect("a transcript");
                let name = file.file_name().unwrap_or_default().display().to_string();
                let transcript = Transcript::parse(&text).expect("a transcript that the first depth reads too");
                if transcript.jumps() {
                    return None;
                }
                let found = whole(&transcript).await.map(|found| difference(&text, &found));
                found.unwrap_or_else(Some).map(|fault| format!("{name}: {fault}"))
            });
        }
        match running.join_next().await {
            Some(ended) => faults.extend(ended.unwrap_or_else(|panic| Some(panic.to_string()))),
            None => break,
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Real files: what a comment moves is written into the schedule, and is set back by "undo" and by the comment's deletion.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_date_that_a_comment_moves_is_written_and_set_back() {
    let transcript = Transcript::parse("").expect("a transcript");
    let world = World::new();
    let mut bot = Whole::new(&world, &transcript).await;
    let path = world.dir().join("config/rotation_schedule.json");
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a scratch folder");
    let year = chrono::Datelike::year(&chrono::Utc::now()) + 1;
    let set = format!("{{\"next_rotation_date\": \"{year}-03-01T09:00:00\", \"rotation_frequency\": \"4 weeks\"}}");
    std::fs::write(&path, set).expect("a schedule");
    bot.start(&world).await;
    let due = |provider: &str| {
        let text = std::fs::read_to_string(&path).expect("the schedule");
        let schedule: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let own = &schedule["keys"][provider]["next_at"];
        own.as_str().unwrap_or_default().chars().take(16).collect::<String>()
    };
    let say = |text: String| transcript::Act::Say {
        hours_ago: 0,
        step: None,
        text,
    };
    bot.act(&world, "ana", &say(format!("move groq to 15 April {year}")))
        .await;
    assert_eq!(due("groq"), format!("{year}-04-15T09:00"));
    assert_eq!(due("bybit"), format!("{year}-03-01T09:00"));
    bot.act(&world, "ana", &say("undo".to_owned())).await;
    assert_eq!(due("groq"), format!("{year}-03-01T09:00"));
    // Bybit ends its keys before that, and a key is not put off beyond its end.
    bot.act(&world, "bram", &say("postpone mistral by two weeks".to_owned()))
        .await;
    assert_eq!(due("mistral"), format!("{year}-03-15T09:00"));
    bot.act(&world, "bram", &transcript::Act::Delete).await;
    assert_eq!(due("mistral"), format!("{year}-03-01T09:00"));
    bot.act(&world, "gita", &say(format!("move groq to 15 April {year}")))
        .await;
    assert_eq!(due("groq"), format!("{year}-03-01T09:00"));
    let said: Vec<String> = bot.view().await.said.into_iter().map(|(_, text)| text).collect();
    let command = format!("keyminder schedule set {year}-04-15 --key groq");
    assert!(said.iter().any(|text| text.contains(&command)), "{said:?}");
    assert!(bot.leave().await.is_empty());
}
