//! keyminder walks people through an action item on a Notion page, by its comments.
//!
//! ```text
//!  Notion ──poll──▶ intake ─▶ pipeline ───────────────────────────────────────────┐
//!     ▲   (a webhook only rings)   │ redact ─▶ classify ─▶ decide ─▶ commit        │
//!     │                            │  pure      pure        pure     one transaction│
//!     │                            ▼                                                │
//!     └────── effects ◀── worker ◀─ outbox ◀────────────────────────────────────────┘
//!                          └── outcome = a new event ─▶ pipeline
//! ```
//!
//! What holds everywhere:
//! 1. There is one way in: the poller reads comments.
//! 2. Raw text lives for one call; only [`domain::redact`] can read [`domain::comment::RawText`].
//! 3. Deciding is a function of state, event, time and playbook.
//! 4. A decision is committed whole, then done.
//! 5. An outcome is an event like any other.
//! 6. What was seen is what is committed: a fault anywhere is met by looking again.
//! 7. A comment is a claim; a box is ticked by evidence.

pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod effects;
pub mod evidence;
pub mod health;
pub mod intake;
pub mod monitor;
pub mod notion;
pub mod pipeline;
pub mod replies;
pub mod rotation;
pub mod sandbox;
pub mod store;
pub mod telemetry;
