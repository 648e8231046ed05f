//! Linux: `/proc`, one folder for each program. Any of its files may be closed to us or gone by the time we look.
use super::holder::Program;
use super::running::{Running, held_by, name_of};
use super::sought::Sought;
use crate::rotation::places::open_own;
use crate::rotation::wiped_read::read_all;
use chrono::{DateTime, TimeDelta, Utc};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The system lets no program begin with more.
const MAX_BYTES: u64 = 8 << 20;
/// In hundredths of a second the kernel tells programs how much time went by, on every machine that we are built for.
const TICKS: u64 = 100;
/// Programs that work in a folder and read no `.env` there.
const NO_READERS: [&str; 24] = [
    "bash",
    "zsh",
    "fish",
    "sh",
    "dash",
    "ksh",
    "nu",
    "tmux",
    "screen",
    "login",
    "sshd",
    "ssh",
    "sudo",
    "su",
    "vim",
    "nvim",
    "vi",
    "nano",
    "emacs",
    "less",
    "tail",
    "git",
    "man",
    "keyminder",
];

/// Everything that runs, by the folder that tells of it. `us`: our own number.
pub(super) fn running(proc: &Path, us: u32, sought: &Sought, project: &Path) -> Running {
    let mut running = Running::default();
    let project = project.canonicalize().unwrap_or_else(|_| project.to_owned());
    let owner = rustix::process::geteuid().as_raw();
    let booted = booted_at(proc);
    let above = above(proc, us);
    let ours = ProcFolder(proc.join(us.to_string()));
    let own_program = ours.link("exe");
    let mut here: Vec<(ProgramEnds, Option<Program>)> = Vec::new();
    let numbers = std::fs::read_dir(proc).into_iter().flatten().flatten();
    for pid in numbers.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok()) {
        let folder = ProcFolder(proc.join(pid.to_string()));
        running.is_seen |= pid == us;
        if pid == us || !folder.0.metadata().is_ok_and(|folder| folder.uid() == owner) {
            continue;
        }
        let called = folder.read("cmdline").unwrap_or_default();
        let (names, mut variables) = held_in(&folder.read("environ").unwrap_or_default(), sought);
        variables.extend(sought.variables_in(&called));
        variables.sort();
        variables.dedup();
        let is_here = || std::fs::read_link(folder.0.join("cwd")).is_ok_and(|cwd| cwd.starts_with(&project));
        let is_holder = !variables.is_empty();
        if !is_holder && !is_here() {
            continue;
        }
        let program = folder.program(pid, &called, booted, sought);
        // The bot follows `.env` by itself.
        let is_keyminder = own_program.is_some() && folder.link("exe") == own_program;
        let reads_none = is_keyminder || NO_READERS.contains(&program.name.as_str());
        if reads_none && above.contains(&pid) {
            running.shells.push(pid);
        }
        if is_holder {
            running.holding.push(held_by(program, names, variables));
        } else {
            let may_read = !reads_none && !above.contains(&pid);
            here.push((folder.ends(), may_read.then_some(program)));
        }
    }
    running.residents = beside_pipeline(&ours.ends(), &above, here);
    running
}

/// Where a program reads from and writes to, as the system names it, and what it belongs to.
#[derive(Default)]
struct ProgramEnds {
    from: Option<PathBuf>,
    to: Vec<PathBuf>,
    /// Its process group: a shell puts a pipeline into one.
    group: Option<u64>,
    parent: Option<u64>,
}

/// Those that are no part of the pipeline of our own command: `keyminder rotate finish groq | tee log` starts a `tee` that reads
/// us, and no `.env`. Whoever only writes where we write, or was started by another, is no part of it.
fn beside_pipeline(us: &ProgramEnds, above: &[u32], mut here: Vec<(ProgramEnds, Option<Program>)>) -> Vec<Program> {
    let is_ours = |ends: &ProgramEnds| {
        let is_above = |parent: u64| above.iter().any(|above| u64::from(*above) == parent);
        ends.group.is_some() && ends.group == us.group && ends.parent.is_some_and(is_above)
    };
    // What we write flows down, what we read came from above; neither turns round.
    let (mut down, mut up) = (us.to.clone(), Vec::from_iter(us.from.clone()));
    loop {
        let reads = |ends: &ProgramEnds, down: &[PathBuf]| ends.from.as_ref().is_some_and(|from| down.contains(from));
        let feeds = |ends: &ProgramEnds, up: &[PathBuf]| ends.to.iter().any(|to| up.contains(to));
        let is_of_it =
            |(ends, _): &(ProgramEnds, Option<Program>)| is_ours(ends) && (reads(ends, &down) || feeds(ends, &up));
        let Some(at) = here.iter().position(is_of_it) else {
            break;
        };
        let (ends, _) = here.swap_remove(at);
        if reads(&ends, &down) {
            down.extend(ends.to);
        } else {
            up.extend(ends.from);
        }
    }
    here.into_iter().filter_map(|(_, program)| program).collect()
}

/// The names in an environment (`NAME=value`, each ended by a zero byte) whose values hold one of those sought, and whose
/// old values they are.
pub(super) fn held_in(environ: &[u8], sought: &Sought) -> (Vec<String>, Vec<String>) {
    let (mut names, mut variables) = (Vec::new(), Vec::new());
    for entry in environ.split(|byte| *byte == 0) {
        let Some(sign) = entry.iter().position(|byte| *byte == b'=') else {
            continue;
        };
        let held = sought.variables_in(&entry[sign + 1..]);
        if !held.is_empty() {
            names.push(String::from_utf8_lossy(&entry[..sign]).into_owned());
            variables.extend(held);
        }
    }
    (names, variables)
}

/// The programs from which we were started, the nearest first.
fn above(proc: &Path, us: u32) -> Vec<u32> {
    let mut above = Vec::new();
    let mut at = us;
    while let Some(parent) = ProcFolder(proc.join(at.to_string()))
        .read("stat")
        .and_then(|stat| stat_field(&stat, 4))
        .and_then(|parent| u32::try_from(parent).ok())
        .filter(|parent| *parent > 0 && !above.contains(parent))
    {
        above.push(parent);
        at = parent;
    }
    above
}

/// A field of `stat`, counted from 1 as the manual does. The second one, in brackets, may hold anything.
pub(super) fn stat_field(stat: &[u8], number: usize) -> Option<u64> {
    let end = stat.iter().rposition(|byte| *byte == b')')?;
    let rest = std::str::from_utf8(&stat[end + 1..]).ok()?;
    rest.split_whitespace().nth(number.checked_sub(3)?)?.parse().ok()
}

/// When the machine was started.
fn booted_at(proc: &Path) -> Option<DateTime<Utc>> {
    let text = ProcFolder(proc.to_owned()).read("uptime")?;
    let up: f64 = std::str::from_utf8(&text)
        .ok()?
        .split_whitespace()
        .next()?
        .parse()
        .ok()?;
    let up = std::time::Duration::try_from_secs_f64(up).ok()?;
    Utc::now().checked_sub_signed(TimeDelta::from_std(up).ok()?)
}

/// The command that starts a program anew, by the group that its service manager keeps it in.
pub(super) fn restart(cgroup: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(cgroup).ok()?;
    text.lines().find_map(|line| {
        let path = line.splitn(3, ':').nth(2)?;
        let last = path.rsplit('/').next()?;
        let plain = |name: &str| {
            name.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.@\\:".contains(&byte))
        };
        let container = last
            .strip_prefix("docker-")
            .and_then(|rest| rest.strip_suffix(".scope"));
        let container = container.or_else(|| path.rsplit('/').nth(1).filter(|above| *above == "docker").map(|_| last));
        if let Some(id) = container.filter(|id| id.len() >= 12 && id.bytes().all(|byte| byte.is_ascii_hexdigit())) {
            return Some(format!("docker restart {}", &id[..12]));
        }
        let is_service = last.ends_with(".service") && !last.starts_with("user@") && plain(last);
        let user = if path.contains("/user@") { "--user " } else { "" };
        is_service.then(|| format!("systemctl {user}restart {last}"))
    })
}

/// What `/proc` tells of one program.
struct ProcFolder(PathBuf);

impl ProcFolder {
    fn link(&self, name: &str) -> Option<PathBuf> {
        std::fs::read_link(self.0.join(name)).ok()
    }

    /// The pipes at its two ends, where a file or a terminal is none, and its group.
    fn ends(&self) -> ProgramEnds {
        let pipe = |name: &str| {
            self.link(name)
                .filter(|link| link.to_string_lossy().starts_with("pipe:"))
        };
        let stat = self.read("stat").unwrap_or_default();
        ProgramEnds {
            from: pipe("fd/0"),
            to: ["fd/1", "fd/2"].into_iter().filter_map(pipe).collect(),
            group: stat_field(&stat, 5),
            parent: stat_field(&stat, 4),
        }
    }

    fn read(&self, name: &str) -> Option<Zeroizing<Vec<u8>>> {
        let file = open_own(&self.0.join(name)).ok()?;
        if !file.metadata().ok()?.is_file() {
            return None;
        }
        read_all(file.take(MAX_BYTES)).ok()
    }

    fn program(&self, pid: u32, called: &[u8], booted: Option<DateTime<Utc>>, sought: &Sought) -> Program {
        let first = called.split(|byte| *byte == 0).next().unwrap_or_default();
        let own = || name_of(self.read("comm")?.trim_ascii(), sought);
        let ticks = self.read("stat").and_then(|stat| stat_field(&stat, 22));
        let since = ticks.zip(booted).and_then(|(ticks, booted)| {
            let after = i64::try_from(ticks.checked_mul(1000)? / TICKS).ok()?;
            booted.checked_add_signed(TimeDelta::try_milliseconds(after)?)
        });
        Program {
            name: name_of(first, sought)
                .or_else(own)
                .unwrap_or_else(|| "a program".to_owned()),
            pid,
            since,
            restart: self.read("cgroup").and_then(|cgroup| restart(&cgroup)),
        }
    }
}
