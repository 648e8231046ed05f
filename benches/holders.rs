//! How long the search for holders of an old key lasts: 300 running programs and a project of 20,000 files. The figure to
//! hold is 2 s.
use divan::Bencher;
use keyminder::cli::ProjectArgs;
use keyminder::config::Settings;
use keyminder::rotation::providers::Providers;
use keyminder::rotation::{HolderSearch, Project};
use std::path::Path;
use std::process::{Child, Command};

const PROGRAMS: usize = 300;
const FOLDERS: usize = 200;
const FILES_IN_A_FOLDER: usize = 100;
/// The usual size of a source file.
const FILE_BYTES: usize = 8 << 10;
const OLD: &str = "gsk_invented0for0the0measure0invented0for0the0measure00";

fn main() {
    divan::main();
}

/// Programs that end with the measure.
struct RunningPrograms(Vec<Child>);

impl Drop for RunningPrograms {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// As many programs as a busy machine has, with an environment of a usual size; one of them holds the key.
fn programs() -> RunningPrograms {
    let start = |nth: usize| {
        let mut sleep = Command::new("sleep");
        sleep.arg("600").env("FILLER", "x".repeat(2_000));
        if nth == PROGRAMS / 2 {
            sleep.env("API_Groq", OLD);
        }
        sleep.spawn().ok()
    };
    RunningPrograms((0..PROGRAMS).filter_map(start).collect())
}

/// A project whose last file holds the key.
fn fill(dir: &Path) -> std::io::Result<()> {
    let text = "let total = items.iter().map(|item| item.price * item.count).sum();\n".repeat(FILE_BYTES / 68);
    for folder in 0..FOLDERS {
        let folder = dir.join(format!("src/{}/{folder}", folder % 10));
        std::fs::create_dir_all(&folder)?;
        for file in 0..FILES_IN_A_FOLDER {
            std::fs::write(folder.join(format!("{file}.rs")), &text)?;
        }
    }
    std::fs::write(dir.join("src/0/0/99.rs"), format!("{text}{OLD}\n"))?;
    std::fs::write(dir.join(".env"), "API_Groq=new\n")
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn search(bencher: Bencher) {
    let dir = tempfile::tempdir().expect("a scratch folder");
    fill(dir.path()).expect("a scratch project");
    let place = ProjectArgs {
        project: Some(dir.path().to_owned()),
        config: None,
    };
    let settings = Settings::read(&place, std::collections::BTreeMap::new()).expect("settings");
    let project = Project::open(&settings).expect("a project");
    let search = HolderSearch::new(&settings);
    let providers = Providers::builtin();
    let values = [("API_Groq".to_owned(), OLD.into())];
    let _programs = programs();
    bencher.bench_local(|| {
        let found = search
            .find(&project, &providers, &values)
            .of(&["API_Groq".to_owned()], None);
        assert_eq!(found.len(), 2, "one program and one file hold it");
    });
}
