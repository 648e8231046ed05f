//! The store's part of 10,000 comments: commit, lease, settle, in groups, with `synchronous=FULL`.
//!
//! `cargo bench --bench store` measures; `cargo bench --bench store -- once [COMMENTS [IN_FLIGHT]]` runs it one time
//! and prints CPU seconds, comments a second and the largest resident size.
#[expect(dead_code, reason = "the tests use the rest")]
#[path = "../tests/it/store/rows.rs"]
mod rows;

use keyminder::store::sqlite::SqliteStore;
use keyminder::store::{Commit, Store};
use rows::{NOW, decision, done, lease, page, settle};
use std::sync::Arc;
use std::time::Instant;
use tokio::task::JoinSet;

/// Effects that one lease leases.
const LEASES: usize = 64;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().position(|argument| argument == "once") {
        Some(at) => {
            let number = |place: usize, default| {
                arguments
                    .get(place)
                    .and_then(|text| text.parse().ok())
                    .unwrap_or(default)
            };
            once(number(at + 1, 10_000), number(at + 2, 64));
        }
        None => divan::main(),
    }
}

/// Comments through the whole of the store, with so many commits in flight.
#[divan::bench(args = [1, 8, 64], sample_count = 3, sample_size = 1)]
fn comments_1000(bencher: divan::Bencher, in_flight: u64) {
    bencher.bench_local(|| through(1_000, in_flight));
}

fn once(comments: u64, in_flight: u64) {
    let (before, start) = (cpu_seconds(), Instant::now());
    let kib = through(comments, in_flight);
    let (cpu, wall) = (cpu_seconds() - before, start.elapsed().as_secs_f64());
    println!(
        "{comments} comments, {in_flight} in flight: {cpu:.2} CPU s, {wall:.2} s, {:.0} comments/s, {:.1} MiB resident, {kib} KiB file",
        comments as f64 / wall,
        peak_kib() as f64 / 1024.0
    );
}

/// Every comment committed with its reply, leased, settled. Gives the file's size in KiB.
fn through(comments: u64, in_flight: u64) -> u64 {
    let folder = tempfile::tempdir().expect("a folder for the state");
    let path = folder.path().join("keyminder.db");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let store = Arc::new(SqliteStore::open(&path).await.expect("a new store"));
        for first in (0..comments).step_by(usize::try_from(in_flight).expect("a small number")) {
            let last = comments.min(first + in_flight);
            commit_all(&store, (first..last).map(|number| decision(&page(1), number, None))).await;
            drain(&store).await;
        }
        let waiting = store.waiting(NOW).await.expect("counts");
        assert_eq!((waiting.open, waiting.replies), (0, comments));
        let store = Arc::into_inner(store).expect("every commit was answered");
        store.close().await.expect("an orderly end");
    });
    path.metadata().expect("the state's file").len() / 1024
}

/// Leases and settles until nothing is due. One settlement a commit, all of a lease in flight at once.
async fn drain(store: &Arc<SqliteStore>) {
    loop {
        let leased = store.lease(lease(LEASES, NOW)).await.expect("a lease").leased;
        if leased.is_empty() {
            return;
        }
        let commits = leased.iter().map(|leased| {
            let id = leased.id.as_str();
            Commit {
                at_ms: NOW,
                settled: vec![settle(leased, done(id))],
                audit: vec![rows::audit(
                    &leased.page,
                    u64::from_str_radix(&id[..8], 16).unwrap_or(0),
                    "done",
                )],
                ..Commit::default()
            }
        });
        commit_all(store, commits).await;
    }
}

/// Commits side by side, each as its own call.
async fn commit_all(store: &Arc<SqliteStore>, commits: impl Iterator<Item = Commit>) {
    let mut calls = JoinSet::new();
    for commit in commits {
        let store = Arc::clone(store);
        calls.spawn(async move { store.commit(commit).await });
    }
    for result in calls.join_all().await {
        result.expect("a commit");
    }
}

/// User and system time of this process and its threads, from `/proc` (hundredths of a second).
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: f64 = after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|text| text.parse::<f64>().ok())
        .sum();
    ticks / 100.0
}

/// The largest resident size so far, from `/proc`.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}
