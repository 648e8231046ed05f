//! Keys that were pasted in the wrong place of the command line, in every place that it has: nothing repeats them.
use crate::canary::{Canary, leaks};
use crate::child::{self, program};
use std::io::Read as _;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How long a command may run that took the key for an argument; a server is stopped then.
const PATIENCE: Duration = Duration::from_secs(4);

fn canary(name: &'static str, prefix: &str) -> Canary {
    // Letters and digits in turn, so that no piece of it is a word.
    let letters = std::iter::repeat_with(|| fastrand::alphabetic().to_ascii_lowercase());
    let secret: String = letters
        .zip((2..10).cycle())
        .flat_map(|(letter, digit)| [letter, char::from(b'0' + digit)])
        .take(32)
        .collect();
    let whole = format!("{prefix}{secret}");
    Canary { name, secret, whole }
}

/// Every way to write `key` somewhere behind this command, and behind those in it.
fn places(command: &clap::Command, path: &[String], key: &str, found: &mut Vec<Vec<String>>) {
    let mut write = |words: &[String]| found.push(path.iter().chain(words).cloned().collect());
    write(&[key.to_owned()]);
    write(&["--".to_owned(), key.to_owned()]);
    write(&[format!("--{key}")]);
    write(&[format!("--token={key}")]);
    write(&[format!("-{key}")]);
    write(&["--token".to_owned(), key.to_owned()]);
    for argument in command.get_arguments() {
        if let Some(long) = argument.get_long() {
            write(&[format!("--{long}={key}")]);
            write(&[format!("--{long}"), key.to_owned()]);
            write(&[format!("--{long}{key}")]);
        }
    }
    for below in command.get_subcommands() {
        let path: Vec<String> = path.iter().cloned().chain([below.get_name().to_owned()]).collect();
        places(below, &path, key, found);
    }
}

/// What these commands are for: `explain` shows a comment as redaction leaves it, and a bare word without a form may stay;
/// `sandbox --token` says with which token it is to be asked.
fn is_shown_by_purpose(words: &[String], canary: &Canary) -> bool {
    match words.first().map(String::as_str) {
        Some("explain") => canary.name == "BARE",
        Some("sandbox") => words.iter().any(|word| word.starts_with("--token")),
        _ => false,
    }
}

/// What a command says on both outputs, until it ends or is stopped.
fn said(project: &std::path::Path, words: &[String]) -> Vec<u8> {
    let mut command = Command::new(program());
    command
        .args(words)
        .env_clear()
        .env("KEYMINDER_PROJECT", project)
        .current_dir(project);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let (mut out, mut err) = (
        child.stdout.take().expect("a pipe"),
        child.stderr.take().expect("a pipe"),
    );
    let read = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = out.read_to_end(&mut bytes);
        let _ = err.read_to_end(&mut bytes);
        bytes
    });
    let begun = Instant::now();
    while child.try_wait().expect("it is ours").is_none() {
        if begun.elapsed() > PATIENCE {
            let _ = child.kill();
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let _ = child.wait();
    read.join().expect("it was read")
}

#[test]
fn no_command_repeats_a_key_that_was_pasted_into_it() {
    let canaries = [
        canary("A_HELD_SECRET", ""),
        canary("UNKNOWN", "gsk_"),
        canary("BARE", ""),
    ];
    let folder = child::project(&format!("A_HELD_SECRET={}\n", canaries[0].whole));
    let mut all = Vec::new();
    for (number, canary) in canaries.iter().enumerate() {
        let mut found = Vec::new();
        places(&keyminder::cli::commands(), &[], &canary.whole, &mut found);
        assert!(found.len() > 150, "{} places: the tree was not walked", found.len());
        // A third of the places for each kind of key; together they are all of them.
        all.extend(
            found
                .into_iter()
                .enumerate()
                .filter(|(at, words)| at % 3 == number && !is_shown_by_purpose(words, canary))
                .map(|(_, words)| words),
        );
    }
    // The search finds what is there.
    assert_eq!(leaks(&canaries, canaries[1].whole.as_bytes()).len(), 1);
    let (all, faults) = (Mutex::new(all), Mutex::new(Vec::new()));
    let work = || {
        while let Some(words) = { all.lock().expect("no panic").pop() } {
            let said = said(folder.path(), &words);
            if !leaks(&canaries, &said).is_empty() {
                let said = String::from_utf8_lossy(&said).into_owned();
                faults.lock().expect("no panic").push(format!("{words:?}: {said}"));
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(work);
        }
    });
    let faults = faults.into_inner().expect("no panic");
    assert!(
        faults.is_empty(),
        "{} places repeat it:\n{}",
        faults.len(),
        faults.join("\n")
    );
}
