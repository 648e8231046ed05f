//! `rotate finish`: from a new value to a dead old key. Each call does what can be done now and says what comes next.
use super::super::table::print_json;
use super::show::{local, next_step};
use super::{Exit, Keys, new_value};
use crate::rotation::acceptance::{Objection, objection, probe_fresh};
use crate::rotation::backup;
use crate::rotation::copies;
use crate::rotation::course::{self, Course, CourseError, Noticed, Stage, values_of};
use crate::rotation::probe::Prober;
use crate::rotation::providers::Provider;
use crate::rotation::proving::{schedule, take_proofs};
use crate::rotation::watch;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// The options of `rotate finish`.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct Args {
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

pub(super) async fn run(keys: &Keys, args: &Args) -> anyhow::Result<Exit> {
    let provider = keys.provider(&args.provider)?;
    let prober = keys.prober()?;
    let mut course = course::get(&keys.project, &provider.id)?;
    notice_return(keys, &mut course)?;
    if let Some(values) = given(provider, &course, args)? {
        write(keys, &prober, provider, &mut course, &values).await?;
    } else if course.stage == Stage::BackedUp && !notice(keys, &prober, provider, &mut course).await? {
        return told(keys, &course);
    }
    if !course.stage.is_over() {
        prove(keys, &prober, provider, &mut course, args.wait).await?;
    }
    told(keys, &course)
}

/// An editor that was open all the time may have saved the old value back.
fn notice_return(keys: &Keys, course: &mut Course) -> anyhow::Result<()> {
    let env = keys.project.read_env()?;
    if watch::went_back(&keys.project, &env, course, Utc::now())? {
        say(
            keys,
            "The old value is back in .env: did an editor save it? Put the new one there again.",
        );
    }
    Ok(())
}

fn given(provider: &Provider, course: &Course, args: &Args) -> anyhow::Result<Option<BTreeMap<String, SecretString>>> {
    match &args.from {
        Some(path) => new_value::read(provider, course, path).map(Some),
        None if args.prompt => new_value::prompted(provider, course).map(Some),
        None => Ok(None),
    }
}

/// Tests a value, and only then writes it.
async fn write(
    keys: &Keys,
    prober: &Prober,
    provider: &Provider,
    course: &mut Course,
    values: &BTreeMap<String, SecretString>,
) -> anyhow::Result<()> {
    let same = values
        .iter()
        .any(|(name, value)| course.old.get(name) == Some(&keys.project.fingerprint(name, value)));
    if same {
        return Err(CourseError::Refused(Objection::Same).into());
    }
    let expires_at = accept(keys, prober, provider, values).await?;
    let replaced = keys.project.write_values(values)?;
    if let Some(mode) = replaced.narrowed_from {
        say(
            keys,
            &format!(".env could be read by others (mode {mode:04o}); it is 0600 now."),
        );
    }
    written(keys, provider, course, expires_at)
}

/// Looks whether somebody edited `.env`, and tests what stands there.
async fn notice(keys: &Keys, prober: &Prober, provider: &Provider, course: &mut Course) -> anyhow::Result<bool> {
    let env = keys.project.read_env()?;
    if course.notice(&keys.project, &env) != Noticed::Changed {
        return Ok(false);
    }
    let at_backup = backup::find(&keys.project, &course.backup)?.fingerprints;
    let others = course.others_changed(&keys.project, &env, &at_backup);
    if !others.is_empty() {
        say(
            keys,
            &format!("Changed too since the backup: {}. Was that meant?", others.join(", ")),
        );
    }
    let expires_at = accept(keys, prober, provider, &new_value::in_env(&env, course)).await?;
    written(keys, provider, course, expires_at)?;
    Ok(true)
}

async fn accept(
    keys: &Keys,
    prober: &Prober,
    provider: &Provider,
    values: &BTreeMap<String, SecretString>,
) -> anyhow::Result<Option<DateTime<Utc>>> {
    say(keys, &format!("Asking {} about the new key ...", provider.title));
    let mut told = false;
    let refused = |left: Duration| {
        if !std::mem::replace(&mut told, true) {
            let title = &provider.title;
            say(
                keys,
                &format!(
                    "{title} does not know it. New keys may need a moment: asking again for {} s ...",
                    left.as_secs()
                ),
            );
        }
    };
    let answer = probe_fresh(prober, provider, values, Utc::now(), refused).await;
    match objection(provider, &answer) {
        Some(objection) => Err(CourseError::Refused(objection).into()),
        None => Ok(answer.captures.expires_at),
    }
}

fn written(
    keys: &Keys,
    provider: &Provider,
    course: &mut Course,
    expires_at: Option<DateTime<Utc>>,
) -> anyhow::Result<()> {
    let now = Utc::now();
    course.written(&keys.project, &keys.project.read_env()?, expires_at, now);
    course.save(&keys.project)?;
    schedule(&keys.project, &keys.providers, provider, course, now)?;
    say(keys, "The new key works and stands in .env.");
    for copy in other_copies(keys, course) {
        say(
            keys,
            &format!(
                "The old value of {} also stands in {}, line {}: change it there.",
                copy.variable, copy.file, copy.line
            ),
        );
    }
    Ok(())
}

/// Best effort: an encrypted backup without its identity hides what to look for.
fn other_copies(keys: &Keys, course: &Course) -> Vec<copies::Copy> {
    let backup = backup::find(&keys.project, &course.backup);
    let old = backup.and_then(|backup| backup::values(&keys.project, &backup));
    old.map(|env| copies::find(&keys.project, &values_of(&env, course.old.keys())))
        .unwrap_or_default()
}

async fn prove(
    keys: &Keys,
    prober: &Prober,
    provider: &Provider,
    course: &mut Course,
    wait: bool,
) -> anyhow::Result<()> {
    loop {
        if let Some(due) = course.next_proof_at
            && let Ok(time) = (due - Utc::now()).to_std()
        {
            if !wait {
                return Ok(());
            }
            say(
                keys,
                &format!(
                    "Next proof at {}; Ctrl-C is safe, call finish again later.",
                    local(keys, due)
                ),
            );
            tokio::time::sleep(time).await;
        }
        let proofs_before = course.proofs;
        let runs = take_proofs(&keys.project, prober, provider, course, &keys.proof_at, Utc::now()).await?;
        for run in runs {
            say(
                keys,
                &format!(
                    "Proof: the old key is {}, the new one {}.",
                    run.old.as_str(),
                    run.new.as_str()
                ),
            );
        }
        let goes_on = course.stage == Stage::Inconclusive && course.proofs > proofs_before;
        if !wait || !goes_on {
            break;
        }
    }
    schedule(&keys.project, &keys.providers, provider, course, Utc::now())?;
    if course.stage == Stage::Retired {
        course::remember_retired(&keys.project, course)?;
        backup::retain(&keys.project, Utc::now(), &course::retired(&keys.project))?;
    }
    Ok(())
}

/// The end of every call: where it stands, and the one next step.
fn told(keys: &Keys, course: &Course) -> anyhow::Result<Exit> {
    let now = Utc::now();
    let next = next_step(keys, course, now);
    if keys.json {
        print_json(&json!({
            "provider": course.provider,
            "stage": course.stage,
            "retirement": course.retirement,
            "proofs": course.proofs,
            "next_proof_at": course.next_proof_at,
            "copies": other_copies(keys, course),
            "next": next,
        }))?;
    } else {
        println!("{}: {}. Next: {next}", course.provider, course.stage.as_str());
    }
    Ok(if course.stage == Stage::Retired {
        Exit::Done
    } else {
        Exit::Failed
    })
}

/// Progress goes to stderr, so that stdout holds the result alone.
fn say(keys: &Keys, text: &str) {
    if !keys.json {
        eprintln!("{text}");
    }
}
