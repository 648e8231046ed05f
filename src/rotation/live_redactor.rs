//! A redactor that follows `.env`: it knows the present values, those of the backups, and former ones.
use super::backup;
use super::blocking::blocking;
use super::env_stamp::EnvStamp;
use super::former_values::{self, KeptValues};
use super::{EnvError, Project};
use crate::domain::redact::{KnownValues, Patterns, Redactor, SharedRedactor};
use secrecy::SecretString;
use std::sync::{Arc, Mutex, PoisonError};

/// A redactor that follows `.env`. Clones are the same redactor.
#[derive(Clone)]
pub struct LiveRedactor {
    shared: SharedRedactor,
    project: Arc<Project>,
    /// The secrets that lie elsewhere than in `.env`.
    elsewhere: Arc<Vec<NamedValue>>,
    identifiers: Arc<Vec<String>>,
    patterns: Arc<Patterns>,
    taken_in: Arc<Mutex<TakenIn>>,
}

/// `.env` as it was taken in last.
struct TakenIn {
    stamp: Option<EnvStamp>,
    /// Its values: those that are missing next time are former ones then.
    values: Vec<NamedValue>,
}

/// A secret under the name that stands in its place.
pub type NamedValue = (String, SecretString);

impl LiveRedactor {
    /// Knows what `.env` holds now, and `elsewhere`: secrets that lie in other places, such as the bot's token. `identifiers`: variables that are the public half of a pair. `patterns`: the built-in
    /// ones, or the project's own. Fails where there is a `.env` that cannot be read: who does not know the keys cannot mask
    /// them.
    pub fn new(
        project: Arc<Project>,
        elsewhere: Vec<NamedValue>,
        identifiers: Vec<String>,
        patterns: Arc<Patterns>,
    ) -> Result<Self, EnvError> {
        let stamp = EnvStamp::of(&project.env);
        let values = present(&project, &elsewhere)?;
        let redactor = keeping_redactor(&project, &identifiers, &patterns, &values, &[]);
        Ok(Self {
            shared: SharedRedactor::new(redactor),
            project,
            elsewhere: Arc::new(elsewhere),
            identifiers: Arc::new(identifiers),
            patterns,
            taken_in: Arc::new(Mutex::new(TakenIn { stamp, values })),
        })
    }

    /// The redactor for now: if `.env` changed since, its new values are taken in first. Asked before every read of
    /// comments, since a person may post a key in the moment in which it is made. All backups are read for that, so it is
    /// done beside the runtime: whoever needs no redactor goes on meanwhile.
    pub async fn current(&self) -> Arc<Redactor> {
        if self.is_current() {
            return self.shared.current();
        }
        let live = self.clone();
        blocking(move || live.take_in()).await
    }

    /// Whether `.env` is as it was taken in last; `false` also while it is being taken in.
    fn is_current(&self) -> bool {
        let last = self.taken_in.try_lock();
        last.is_ok_and(|last| last.stamp == EnvStamp::of(&self.project.env))
    }

    fn take_in(&self) -> Arc<Redactor> {
        let now = EnvStamp::of(&self.project.env);
        let mut last = self.taken_in.lock().unwrap_or_else(PoisonError::into_inner);
        if last.stamp != now {
            // What cannot be read has left nothing: its values stay known, and are no former ones.
            let read = present(&self.project, &self.elsewhere);
            if let Err(error) = &read {
                self.project.note(error.to_string());
            }
            let is_read = read.is_ok();
            let values = read.unwrap_or_else(|_| last.values.clone());
            self.shared.replace(keeping_redactor(
                &self.project,
                &self.identifiers,
                &self.patterns,
                &values,
                &last.values,
            ));
            // Only now: should that fail, the next one who asks takes it in again.
            *last = TakenIn { stamp: now, values };
            self.project.tell_notes();
            if is_read {
                tracing::info!("`.env` changed; its new values are known from now on");
            }
        }
        self.shared.current()
    }

    /// The redactor as it was when `.env` was last looked at, for those that only write.
    pub fn shared(&self) -> &SharedRedactor {
        &self.shared
    }
}

/// A redactor that knows what `.env`, the backups and the kept former values hold now. Writes nothing. Fails as
/// [`LiveRedactor::new`] does.
pub fn redactor(
    project: &Project,
    elsewhere: &[NamedValue],
    identifiers: &[String],
    patterns: &Arc<Patterns>,
) -> Result<Redactor, EnvError> {
    let (known, _) = known_values(project, identifiers, &present(project, elsewhere)?, &[]);
    Ok(Redactor::new(Arc::clone(patterns), known))
}

/// As [`redactor`]; keeps what has left `.env`. `left`: values that stood there before, as far as somebody saw them.
fn keeping_redactor(
    project: &Project,
    identifiers: &[String],
    patterns: &Arc<Patterns>,
    present: &[NamedValue],
    left: &[NamedValue],
) -> Redactor {
    let lock = former_values::lock(project);
    let (known, kept) = known_values(project, identifiers, present, left);
    if lock.is_some()
        && let Err(error) = former_values::keep(project, &kept, &known, &KnownValues::from_env(present.to_vec()))
    {
        project.note(format!("former key values cannot be kept: {error}"));
    }
    Redactor::new(Arc::clone(patterns), known)
}

fn known_values(
    project: &Project,
    identifiers: &[String],
    present: &[NamedValue],
    left: &[NamedValue],
) -> (KnownValues, KeptValues) {
    let mut known = KnownValues::from_env(present.to_vec());
    known.set_identifiers(identifiers);
    let kept = former_values::read(project, &mut known);
    for (name, value) in left {
        known.add(name, value);
    }
    for copy in backup::list(project) {
        if let Ok(env) = backup::values(project, &copy) {
            for entry in env.entries().filter(|entry| entry.reference.is_none()) {
                known.add(&entry.name, &entry.value);
            }
        }
    }
    (known, kept)
}

/// The values of `.env`, none where there is no such file, and those that lie elsewhere.
fn present(project: &Project, elsewhere: &[NamedValue]) -> Result<Vec<NamedValue>, EnvError> {
    let in_env = match project.read_env() {
        Ok(env) => env.maskable_values(),
        Err(EnvError::Missing(_)) => Vec::new(),
        Err(error) => return Err(error),
    };
    Ok([&in_env, elsewhere].concat())
}

#[cfg(test)]
mod tests {
    use super::super::project::testing::{project, write_file};
    use super::super::replace;
    use super::*;
    use std::sync::mpsc;
    use std::time::Duration;

    fn live(project: Project) -> LiveRedactor {
        LiveRedactor::new(Arc::new(project), Vec::new(), Vec::new(), Patterns::builtin()).unwrap()
    }

    /// A slow disk that only a living runtime ends: the state folder is locked, as by another keyminder that is at it.
    #[tokio::test(flavor = "current_thread")]
    async fn the_runtime_goes_on_while_backups_are_read() {
        let (_dir, project) = project("API_Groq=gsk_made-up-old-value\n");
        let (state, env) = (project.state_dir.clone(), project.env.clone());
        let live = live(project);
        write_file(&env, "API_Groq=gsk_made-up-new-value-of-another-length\n");
        let locked = replace::lock(&state).unwrap();

        let (goes_on, heard) = mpsc::channel();
        let disk = std::thread::spawn(move || {
            let went_on = heard.recv_timeout(Duration::from_secs(8)).is_ok();
            drop(locked);
            went_on
        });
        let (redactor, ()) = tokio::join!(live.current(), async { goes_on.send(()).unwrap() });
        assert!(
            disk.join().unwrap(),
            "nothing else was done while the disk was waited for"
        );
        let said = redactor.redact_str("it is gsk_made-up-new-value-of-another-length");
        assert_eq!(said, "it is [redacted: API_Groq]", "the new value is known");
    }

    #[tokio::test]
    async fn a_piece_of_a_replaced_key_is_known_after_a_restart_without_any_backup() {
        let old = format!("gsk_{}", "q7Zt4Rk9Lm2Xw8Bv5Nc3");
        let (dir, project) = project(&format!("API_Groq={old}\n"));
        let env = project.env.clone();
        let first = live(project);
        write_file(&env, &format!("API_Groq=gsk_{}\n", "H6yTp1Sd0Jf7Gh4Kl9Az2Qe"));
        first.current().await;
        drop(first);
        let settings = super::super::project::testing::settings(dir.path());
        let again = live(Project::open(&settings).unwrap());
        let said = again
            .shared()
            .current()
            .redact_str("we had q7Zt4Rk9Lm2X there")
            .into_owned();
        assert_eq!(said, "we had [redacted: API_Groq] there");
    }

    #[test]
    fn what_no_reader_takes_for_a_variable_is_masked_all_the_same() {
        let pem =
            "-----BEGIN PRIVATE KEY-----\nMIIEZb1Xc9Vl4Nk7Mj2Gh8Fd5Sa3Po6Iu0Yt1Re9Wq4Lk7Jh2\n-----END PRIVATE KEY-----";
        let (_dir, project) = project(&format!(
            "#OLD_SECRET=Zx8Cv2Bn6Mq4We1Rt9Yu\n1PASSWORD_TOKEN=q7Zt4Rk9Lm2Xw8Bv5Nc3Hd6\nПАРОЛЬ=H6yTp1Sd0Jf7Gh4Kl9Az2Qe\nACME_TOKEN: 'w3Er5Ty7Ui9Op1As2Df4Gh6'\nKEY={pem}\n"
        ));
        let live = live(project);
        let redactor = live.shared().current();
        for (said, masked) in [
            ("see Cv2Bn6Mq4We1 there", "see [redacted: OLD_SECRET] there"),
            ("see Rk9Lm2Xw8Bv5 there", "see [redacted: 1PASSWORD_TOKEN] there"),
            ("see H6yTp1Sd0Jf7Gh4 there", "see [redacted: ПАРОЛЬ] there"),
            ("see Ty7Ui9Op1As2 there", "see [redacted: ACME_TOKEN] there"),
            ("see 4Nk7Mj2Gh8Fd5Sa3Po there", "see [redacted: .env line 6] there"),
        ] {
            assert_eq!(redactor.redact_str(said), masked);
        }
    }

    #[tokio::test]
    async fn a_secret_that_lies_elsewhere_is_masked_and_is_no_former_one() {
        let (_dir, project) = project("A=b\n");
        let (env, state) = (project.env.clone(), project.state_dir.clone());
        let token = (
            "NOTION_TOKEN".to_owned(),
            format!("{}_{}", "ntn", "q7Zt4Rk9Lm2Xw8Bv5Nc3Hd6Fs1").into(),
        );
        let live = LiveRedactor::new(Arc::new(project), vec![token], Vec::new(), Patterns::builtin()).unwrap();
        for text in ["A=b\n", "A=c\nB=d\n"] {
            write_file(&env, text);
            let redactor = live.current().await;
            assert_eq!(
                redactor.redact_str("is Rk9Lm2Xw8B it?"),
                "is [redacted: NOTION_TOKEN] it?"
            );
        }
        assert!(!state.join("former-values.sealed").exists());
    }

    #[test]
    fn nothing_starts_without_the_values_of_a_file_that_is_there() {
        let (_dir, project) = project("");
        std::fs::write(&project.env, b"A\0=\0b\0\n\0").unwrap();
        let none = LiveRedactor::new(Arc::new(project), Vec::new(), Vec::new(), Patterns::builtin());
        assert!(none.is_err_and(|error| error.to_string().starts_with("line 1 of .env")));
    }

    #[tokio::test]
    async fn values_stay_known_while_the_file_cannot_be_read_and_are_no_former_ones() {
        let (_dir, project) = project("API_Groq=gsk_q7Zt4Rk9Lm2Xw8Bv5Nc3\n");
        let (env, state) = (project.env.clone(), project.state_dir.clone());
        let live = live(project);
        let former = || std::fs::read(state.join("former-values.sealed")).ok();
        let before = former();
        write_file(&env, "NOTE='it is open\nAPI_Groq=gsk_q7Zt4Rk9Lm2Xw8Bv5Nc3\n");
        let said = live
            .current()
            .await
            .redact_str("we have q7Zt4Rk9Lm2X there")
            .into_owned();
        assert_eq!(said, "we have [redacted: API_Groq] there");
        assert_eq!(former(), before, "nothing has left `.env`");
    }
}
