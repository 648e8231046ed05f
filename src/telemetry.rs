//! Logs behind the redacting writer: the last bytes of every event, of foreign crates too, pass the redactor
//! before they reach stderr. One event is one line; nothing in it can move the cursor or turn the text round.
use crate::domain::redact::SharedRedactor;
use crate::terminal::one_line;
use std::io::{self, Write};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// How events are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people at a terminal.
    Human,
    /// One JSON object a line.
    Json,
}

/// Events cannot be written as asked.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryFault {
    /// The level is no filter.
    #[error("log level: {0}; write error, warn, info, debug or trace, or `keyminder=debug,warn`")]
    Level(#[from] tracing_subscriber::filter::ParseError),
    /// Somebody was here before.
    #[error("logging was set up twice")]
    Twice,
}

/// Sends events of this level and above to stderr, and prints panics as one redacted line.
pub fn init(redactor: &SharedRedactor, format: Format, level: &str) -> Result<(), TelemetryFault> {
    let filter = EnvFilter::try_new(level)?;
    let panics = redactor.clone();
    hook_panics(move |line| one_line(&panics.current().redact_str(line)).into_owned());
    let events = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(Redacting::stderr(redactor.clone()));
    match format {
        Format::Human => events.with_target(false).compact().try_init(),
        Format::Json => events.json().flatten_event(true).try_init(),
    }
    .map_err(|_| TelemetryFault::Twice)
}

/// Panics print where they happened and their message as `clean` leaves it; no payload, no backtrace of values. A reader
/// who closes our output early (`keyminder backup list | head -1`) ends the program: that is no fault.
pub fn hook_panics(clean: impl Fn(&str) -> String + Send + Sync + 'static) {
    std::panic::set_hook(Box::new(move |panic| {
        let message = panic
            .payload()
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| panic.payload().downcast_ref::<String>().map(String::as_str))
            // The message of a fault in redaction could quote what it could not redact.
            .filter(|_| !panic.location().is_some_and(|place| place.file().contains("redact")))
            .unwrap_or("no message");
        if message.starts_with("failed printing to stdout") && message.contains("Broken pipe") {
            std::process::exit(0);
        }
        let place = panic
            .location()
            .map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        let line = format!("keyminder: internal error at {place}: {message}");
        // Nothing is left to be done if even stderr is closed.
        let _ = writeln!(io::stderr(), "{}", clean(&line));
    }));
}

/// Makes writers that redact.
#[derive(Clone)]
pub struct Redacting<M> {
    redactor: SharedRedactor,
    inner: M,
}

impl Redacting<fn() -> io::Stderr> {
    fn stderr(redactor: SharedRedactor) -> Self {
        Self {
            redactor,
            inner: io::stderr,
        }
    }
}

impl<M> Redacting<M> {
    /// Redacts whatever is written through `inner`.
    pub fn new(redactor: SharedRedactor, inner: M) -> Self {
        Self { redactor, inner }
    }
}

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for Redacting<M> {
    type Writer = RedactingWriter<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        RedactingWriter {
            redactor: self.redactor.clone(),
            inner: self.inner.make_writer(),
        }
    }
}

/// Redacts each write as one whole: the subscriber hands over an event in a single call.
pub struct RedactingWriter<W> {
    redactor: SharedRedactor,
    inner: W,
}

impl<W: Write> Write for RedactingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let (event, end) = match text.strip_suffix('\n') {
            Some(event) => (event, "\n"),
            None => (&*text, ""),
        };
        let redactor = self.redactor.current();
        let clean = redactor.redact_str(event);
        self.inner.write_all(format!("{}{end}", one_line(&clean)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::redact::{KnownValues, Patterns, Redactor};
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Sink {
        type Writer = Sink;

        fn make_writer(&'a self) -> Sink {
            self.clone()
        }
    }

    fn written(format: Format, log: impl FnOnce(&str)) -> String {
        let key: String = std::iter::repeat_with(fastrand::alphanumeric).take(36).collect();
        let known = KnownValues::from_env([("BYBIT_API_SECRET".to_owned(), key.clone().into())]);
        let shared = SharedRedactor::new(Redactor::new(Patterns::builtin(), known));
        let sink = Sink::default();
        let events = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(Redacting::new(shared, sink.clone()));
        match format {
            Format::Human => tracing::subscriber::with_default(events.compact().finish(), || log(&key)),
            Format::Json => tracing::subscriber::with_default(events.json().finish(), || log(&key)),
        }
        let bytes = sink.0.lock().unwrap().clone();
        let text = String::from_utf8(bytes).unwrap();
        assert!(
            !key.as_bytes()
                .windows(8)
                .any(|window| text.as_bytes().windows(8).any(|other| other == window)),
            "{text}"
        );
        text
    }

    #[test]
    fn no_key_reaches_a_log_and_one_event_is_one_line() {
        for format in [Format::Human, Format::Json] {
            let text = written(format, |key| {
                tracing::info!(field = key, "got {key}\nand \u{1b}[31mred\u{202e}");
            });
            assert_eq!(text.matches('\n').count(), 1, "{text}");
            assert!(text.contains("[redacted: BYBIT_API_SECRET]"), "{text}");
            assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
        }
    }

    #[test]
    fn json_stays_json() {
        let text = written(
            Format::Json,
            |key| tracing::warn!(url = %format!("https://x/?k={key}&b=1"), "\u{9b}x"),
        );
        serde_json::from_str::<serde_json::Value>(&text).unwrap();
    }
}
