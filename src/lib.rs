//! keyminder walks people through an action item on a Notion page, by its comments.
//!
//! ```text
//!  Notion ──poll──▶ intake ─▶ ingest ─▶ pipeline ─────────────────────────────────┐
//!     ▲                       │ redact     │ decide ─▶ commit                      │
//!     │                       │ classify   │  pure     one transaction             │
//!     │                       ▼ pure       ▼                                       │
//!     └────── effects ◀── worker ◀─ outbox ◀───────────────────────────────────────┘
//!                          └── outcome = a new event ─▶ pipeline
//! ```
//!
//! What holds everywhere:
//! 1. There is one way in: the poller reads comments, and [`intake::Ingest`] makes reports of them.
//! 2. Raw text lives for one call; only [`domain::redact`] can read [`domain::comment::RawText`].
//! 3. Deciding is a function of state, event, time and playbook.
//! 4. A decision is committed whole, then done.
//! 5. An outcome is an event like any other.
//! 6. What was seen is what is committed: a fault anywhere is met by looking again.
//! 7. A comment is a claim; a box is ticked by evidence.
//! 8. Whatever people wrote at Notion leaves [`notion`] as raw text; whatever is printed passes [`terminal`].
//!
//! # Words
//!
//! One word, one meaning; log, audit and replies use the same ones.
//!
//! | word | means |
//! |---|---|
//! | claim | what a comment says is done; never more than that |
//! | check, evidence | a question that a look at files or providers can answer, and what the look found |
//! | report | a comment that was taken in: redacted, classified, with its author's authority and its step |
//! | reading | what the classifier understood: labels, steps, keys, times |
//! | guide | the steps and check-boxes of a page, as its text gives them |
//! | description | what a file in `config/pages` says of a page: which check proves which step |
//! | conversation | a comment whose reply waits for evidence |
//! | event, decision | what happened, and what follows from it: the new state, effects, notes for the audit |
//! | pipeline input | an event with the rows that are committed together with it |
//! | effect, outbox | something to do outside, stored before it is done; all of them that are not done |
//! | lease | a worker's hold on an effect for a while; its epoch is the fence that keeps a late worker from writing |
//! | outcome | how an effect ended: done, refused, moot, later, unknown, absent |
//! | send in doubt | a reply that may have been sent: it is read back before it is sent again |
//! | parked | given up for now: shown in `status`, woken later |
//! | playbook | everything that decisions go by: settings, descriptions, prompts, names |
//! | keyring | the project's files, the providers of its keys, and the prober that asks them |
//! | probe, verdict | one harmless authenticated question about a key, and what its answer proves |
//! | rotation | the way of one provider's keys from the old value to the proven end of it |
//! | cycle | one round of rotations of all keys of a page |
//! | reference | the mark at the end of a reply (`k7p2-93qd`), by which we know it as ours |
//! | span, label | the place of a key in a text, and what stands there instead |

pub use keyminder_domain as domain;

#[macro_use]
pub mod terminal;

pub mod cli;
pub mod clock;
pub mod config;
pub mod effects;
pub mod evidence;
pub mod health;
pub mod intake;
pub mod live;
pub mod monitor;
pub mod notion;
pub mod outbound;
pub mod pipeline;
pub mod process;
pub mod replies;
pub mod rotation;
pub mod store;
pub mod telemetry;
