//! The one way to the terminal: whatever is printed passes here, where nothing in it can move the cursor, turn the text
//! round or hide in it, no key that the project holds is shown, and an argument that looks like a key is not repeated. `println!`, `eprintln!`, `print!` and
//! `eprint!` of this crate are the ones of this file, so that no line can be printed past it.
mod arguments;
mod escape;
mod held;
mod json;

use arguments::Arguments;
pub use escape::{escape, escape_json, one_line};
pub use held::HeldSecrets;
use std::io::{self, Write};
use std::sync::OnceLock;

/// As the standard one, through [`out`].
macro_rules! print {
    ($($arg:tt)*) => { $crate::terminal::out(&format!($($arg)*)) };
}

/// As the standard one, through [`out`].
macro_rules! println {
    () => { $crate::terminal::out("\n") };
    ($($arg:tt)*) => { $crate::terminal::out(&format!("{}\n", format_args!($($arg)*))) };
}

/// As the standard one, through [`err`].
macro_rules! eprintln {
    () => { $crate::terminal::err("\n") };
    ($($arg:tt)*) => { $crate::terminal::err(&format!("{}\n", format_args!($($arg)*))) };
}

/// What must not be repeated of the command line, and what is held and not printed.
struct TerminalGuard {
    arguments: Vec<String>,
    /// Made when the first line is printed.
    held: OnceLock<HeldSecrets>,
    make: Box<dyn Fn() -> HeldSecrets + Send + Sync>,
    hidden: OnceLock<Arguments>,
}

static GUARD: OnceLock<TerminalGuard> = OnceLock::new();

impl TerminalGuard {
    fn held(&self) -> &HeldSecrets {
        self.held.get_or_init(|| (self.make)())
    }

    fn hidden(&self) -> &Arguments {
        self.hidden.get_or_init(|| Arguments::of(&self.arguments, self.held()))
    }
}

/// Says once what was asked for on the command line and in variables of the environment, and what is held.
pub fn guard(arguments: Vec<String>, make: impl Fn() -> HeldSecrets + Send + Sync + 'static) {
    // Whoever comes second guards the same.
    let _ = GUARD.set(TerminalGuard {
        arguments,
        held: OnceLock::new(),
        make: Box::new(make),
        hidden: OnceLock::new(),
    });
}

/// Prints text of any number of lines on stdout, without the keys that are held.
pub fn out(text: &str) {
    let Some(guard) = GUARD.get() else {
        return to_stdout(&escape(text));
    };
    to_stdout(&escape(&guard.held().hide(&guard.hidden().hide_keys(text))));
}

/// Prints JSON on stdout, its strings without the keys that are held; what a terminal would obey is written as JSON
/// writes it.
pub fn out_json(json: &str) {
    let Some(guard) = GUARD.get() else {
        return to_stdout(&escape_json(json));
    };
    to_stdout(&escape_json(
        &guard.held().hide_in_json(&guard.hidden().hide_keys(json)),
    ));
}

/// Prints text on stderr, without the keys that can be known here.
pub fn err(text: &str) {
    // Nothing is left to be done if even stderr is closed.
    let _ = io::stderr().lock().write_all(told(text).as_bytes());
}

/// A text as [`err`] prints it.
pub fn told(text: &str) -> String {
    let Some(guard) = GUARD.get() else {
        return escape(text).into_owned();
    };
    escape(&guard.held().hide_all(&guard.hidden().hide_all(text))).into_owned()
}

/// Shows how far something is, in one line of stderr that the next one takes the place of; empty: clears it.
pub fn progress(text: &str) {
    let _ = write!(io::stderr().lock(), "\r\u{1b}[K{}", one_line(&told(text)));
    let _ = io::stderr().flush();
}

fn to_stdout(text: &str) {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Ok(()) => {}
        // `keyminder backup list | head -1` closes our output early: that is the end, not a fault.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => panic!("failed printing to stdout: {error}"),
    }
}
