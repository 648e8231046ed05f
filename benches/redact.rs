//! How fast redaction is: a usual comment, a day's talk, the worst 2,000 characters, each stage's share by its input.
use divan::Bencher;
use divan::counter::BytesCount;
use keyminder::domain::redact::{KnownValues, Patterns, Redactor};

#[path = "../tests/it/redaction/keys.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod keys;

use keys::{KINDS, Keys};

fn main() {
    divan::main();
}

fn redactor(keys: &mut Keys) -> (Redactor, String) {
    let env: Vec<(String, String)> = KINDS
        .iter()
        .take(7)
        .map(|kind| (kind.name.to_owned(), keys.draw(kind)))
        .collect();
    let secret = env[1].1.clone();
    let known = KnownValues::from_env(env.into_iter().map(|(name, value)| (name, value.into())));
    (Redactor::new(Patterns::builtin(), known), secret)
}

/// Talk without a key.
#[divan::bench]
fn talk(bencher: Bencher) {
    let (redactor, _) = redactor(&mut Keys::new(1));
    let text = "Step 2 is done, the rotator wrote a new file. The key monitor still says that Groq is missing; is that my fault?";
    bencher
        .counter(BytesCount::of_str(text))
        .bench(|| redactor.redact_str(divan::black_box(text)).len());
}

/// A comment with a commit, a date and a posted key.
#[divan::bench]
fn posted_key(bencher: Bencher) {
    let mut keys = Keys::new(2);
    let (redactor, secret) = redactor(&mut keys);
    let text = format!(
        "Commit {} has the fix. The new Bybit secret is {secret}, please check.",
        keys.fill("{hex:40}")
    );
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| redactor.redact_str(divan::black_box(&text)).len());
}

/// The worst of the hostile texts: the figure to hold is 1 ms.
#[divan::bench(args = 0..31)]
fn hostile(bencher: Bencher, which: usize) {
    let mut keys = Keys::new(3);
    let (redactor, secret) = redactor(&mut keys);
    let text = keys.hostile(&secret).swap_remove(which);
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| redactor.redact_str(divan::black_box(&text)).len());
}

/// Known values made ready for a new `.env`.
#[divan::bench]
fn new_env(bencher: Bencher) {
    bencher
        .with_inputs(|| Keys::new(4))
        .bench_local_refs(|keys| redactor(keys).1.len());
}
