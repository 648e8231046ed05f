//! Every target over its seeds and over mutations of them: no panic, no residue, no input that takes long.
use keyminder_fuzz::mutate::mutated;
use keyminder_fuzz::{TARGETS, Target};
use std::path::Path;
use std::time::{Duration, Instant};

/// Mutations of a target in one run of the tests; more are libFuzzer's work.
const ROUNDS: usize = 2_000;

/// A file of rules takes longer: its regular expressions are compiled.
const ROUNDS_OF_RULES: usize = 200;

/// What no input of four kilobytes takes, also on a busy machine without optimisation.
const HANGS: Duration = Duration::from_secs(20);

/// The seeds of a target.
fn seeds(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(name);
    let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = files.map(|file| file.expect("an entry").path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).expect("a seed")).collect()
}

fn run((name, target): Target, rounds: usize) {
    let seeds = seeds(name);
    let mut dice = fastrand::Rng::with_seed(2026);
    let mut inputs = seeds.clone();
    inputs.extend((0..rounds).map(|_| {
        let [seed, other] = [(); 2].map(|()| &seeds[dice.usize(..seeds.len())]);
        mutated(&mut dice, seed, other)
    }));
    for input in inputs {
        let began = Instant::now();
        // A panic tells what is wrong; the input, which tells how to see it again, has to be said by us.
        let ended = std::panic::catch_unwind(|| target(&input));
        assert!(ended.is_ok(), "{name} fails on \"{}\"", input.escape_ascii());
        assert!(
            began.elapsed() < HANGS,
            "{name} takes long on \"{}\"",
            input.escape_ascii()
        );
    }
}

#[test]
fn redaction_leaves_nothing() {
    run(TARGETS[0], ROUNDS);
}

#[test]
fn env_files_are_edited_in_one_place() {
    run(TARGETS[1], ROUNDS);
}

#[test]
fn rules_say_their_faults() {
    run(TARGETS[2], ROUNDS_OF_RULES);
}

#[test]
fn any_blocks_are_a_guide() {
    run(TARGETS[3], ROUNDS);
}

#[test]
fn notion_may_answer_anything() {
    run(TARGETS[4], ROUNDS);
}
