//! `rotate finish`: from a new value to a dead old key. What is done is in `rotation::finish`; here it is told.
use super::context::RotateContext;
use super::new_value;
use super::show::{in_words, local, tell_exposed};
use crate::cli::holders;
use crate::cli::table::print_json;
use crate::cli::{CommandResult, Exit};
use crate::rotation::finish::{Finished, Finishing, RotationEvent};
use crate::rotation::rotations::RotationStage;
use crate::terminal::one_line;
use chrono::Utc;
use serde_json::json;
use std::path::PathBuf;

/// The options of `rotate finish`.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct FinishArgs {
    /// A provider or a variable
    provider: String,
    /// Ask for the new value; nothing typed is shown
    #[arg(long, conflicts_with = "from")]
    prompt: bool,
    /// Read the new value from a file, or from stdin with `-` [default: it was put into .env]
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Stay until all proofs are taken
    #[arg(long)]
    wait: bool,
}

pub(super) async fn run(context: &RotateContext, args: &FinishArgs) -> CommandResult<Exit> {
    let provider = context.keys.provider(&args.provider)?;
    let mut tell = |event| say(context, &event);
    let finishing = Finishing::begin(&context.keys, provider, &mut tell).await?;
    let given = match &args.from {
        Some(path) => Some(new_value::read(provider, path)?),
        None if args.prompt => Some(new_value::prompted(provider)?),
        None => None,
    };
    let finished = finishing.finish(given, &context.proof_at, args.wait, &mut tell).await?;
    told(context, &finished)
}

/// Progress goes to stderr, so that stdout holds the result alone.
fn say(context: &RotateContext, event: &RotationEvent) {
    if !context.json {
        eprintln!("{}", one_line(&event_in_words(context, event)));
    }
}

fn event_in_words(context: &RotateContext, event: &RotationEvent) -> String {
    match event {
        RotationEvent::OldValueBack => {
            "The old value is back in .env: did an editor save it? Put the new one there again.".to_owned()
        }
        RotationEvent::OthersChanged(names) => {
            format!("Changed too since the backup: {}. Was that meant?", names.join(", "))
        }
        RotationEvent::AskingProvider(title) => format!("Asking {title} about the new key ..."),
        RotationEvent::NewKeyUnknown { title, left } => format!(
            "{title} does not know it. New keys may need a moment: asking again for {} s ...",
            left.as_secs()
        ),
        RotationEvent::NewKeyLimited => {
            "The new key works and lacks a right that the probe asks for; so does, or did, the old one.".to_owned()
        }
        RotationEvent::NewKeyKeptElsewhere(owner) => {
            format!("{owner} keeps another value now. It was not looked up, so the provider was not asked about it.")
        }
        RotationEvent::EnvClosed(mode) => {
            format!(".env could be read by others (mode {mode:04o}); it is 0600 now.")
        }
        RotationEvent::NewKeyInUse(None) => "The new key works and stands in .env.".to_owned(),
        RotationEvent::NewKeyInUse(Some(owner)) => format!("The new key works; {owner} holds it."),
        RotationEvent::ChangedTogether(names) => {
            format!("{} held the same value and has the new one too.", names.join(", "))
        }
        RotationEvent::StillHeld { holder, is_dead } => {
            holder.in_words(*is_dead, Utc::now(), context.keys.project.zone)
        }
        RotationEvent::SearchCut => {
            "The project is large: not all of its files were looked through for the old value.".to_owned()
        }
        RotationEvent::SetElsewhere(other) => other.to_string(),
        RotationEvent::ExportedOtherwise(name) => holders::exported(name),
        RotationEvent::WaitingForProof(at) => format!(
            "Next proof at {}; Ctrl-C is safe, call finish again later.",
            local(context, *at)
        ),
        RotationEvent::ProofTaken(run) => format!(
            "Proof: the old key is {}, the new one {}.",
            run.old.as_str(),
            run.new.as_str()
        ),
    }
}

/// The end of every call: where it stands, and the one next step.
fn told(context: &RotateContext, finished: &Finished) -> CommandResult<Exit> {
    let rotation = &finished.rotation;
    let next = in_words(context, rotation, &finished.next, &finished.held_by);
    if let Some(why) = &finished.undated {
        eprintln!(
            "warning: the next rotation of {} was not noted: {why}",
            rotation.provider
        );
    }
    if context.json {
        print_json(&json!({
            "provider": rotation.provider,
            "stage": rotation.stage,
            "retirement": rotation.retirement,
            "proofs": rotation.proofs,
            "next_proof_at": rotation.next_proof_at,
            "held_by": finished.held_by,
            "exposures": finished.exposed,
            "next": next,
        }))?;
    } else {
        println!("{}: {}. Next: {next}", rotation.provider, rotation.stage.as_str());
        tell_exposed(&finished.exposed, Utc::now());
    }
    let is_over = matches!(rotation.stage, RotationStage::Retired | RotationStage::Claimed);
    let is_done = finished.took_over || is_over && finished.exposed.is_empty();
    Ok(if is_done { Exit::Done } else { Exit::Failed })
}
