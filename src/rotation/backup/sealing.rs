//! Encryption of backups to age recipients: cargo feature `age`. A build without it says so and writes nothing.
use super::super::atomic_write::create_atomic;
use super::super::places::private_dir;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Why a backup was not encrypted or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// Built without the feature.
    #[error(
        "this keyminder was built without encryption; build it with `cargo build --release --features age`, or empty \
         rotation.recipients to write plain files that only you can read"
    )]
    NotBuilt,
    /// Nobody said with what to open it.
    #[error("this backup is encrypted; name your identity with --identity FILE, or open it with `age -d -i FILE`")]
    NoIdentity,
    /// The setting is wrong.
    #[error("rotation.recipients: {0} is no age recipient (age1...)")]
    Recipient(String),
    /// The file does not open anything.
    #[error("{path} is no age identity ({why})")]
    Identity {
        /// The file that could not be used.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Wrong identity, or a damaged file.
    #[error("the backup could not be {doing}: {why}")]
    Failed {
        /// `encrypted` or `opened`.
        doing: &'static str,
        /// What age said.
        why: String,
    },
}

type IdentityText = Zeroizing<String>;

/// What is stored, and what opens it again while it is being made.
pub(super) struct Sealed {
    pub(super) stored: Zeroizing<Vec<u8>>,
    witness: Option<cipher::OneTimeIdentity>,
}

/// Encrypts to the recipients; with none, what is stored is what was given.
pub(super) fn seal(recipients: &[String], plain: &[u8]) -> Result<Sealed, SealError> {
    if recipients.is_empty() {
        let stored = Zeroizing::new(plain.to_vec());
        return Ok(Sealed { stored, witness: None });
    }
    let (stored, witness) = cipher::seal(recipients, plain)?;
    Ok(Sealed {
        stored,
        witness: Some(witness),
    })
}

/// What is wrong with the recipients that were set, if anything.
pub fn recipients_fault(recipients: &[String]) -> Option<SealError> {
    (!recipients.is_empty())
        .then(|| cipher::prove(recipients).err())
        .flatten()
}

impl Sealed {
    /// Opens what was stored, to prove it. The identity for that lives for one backup and in memory only: those of the
    /// recipients are not here.
    pub(super) fn open_again(&self, stored: &Zeroizing<Vec<u8>>) -> Result<Zeroizing<Vec<u8>>, SealError> {
        match &self.witness {
            Some(witness) => cipher::open_again(witness, stored),
            None => Ok(stored.clone()),
        }
    }
}

/// Opens an encrypted backup with an identity file.
pub(super) fn open(identity: Option<&Path>, stored: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    cipher::open(identity.ok_or(SealError::NoIdentity)?, stored)
}

/// Makes an identity file (0600; an existing one stays) and gives its public half.
pub fn new_identity(path: &Path) -> Result<String, SealError> {
    let (text, recipient) = cipher::identity()?;
    let failed = |error: std::io::Error| SealError::Identity {
        path: path.to_owned(),
        why: error.to_string(),
    };
    if let Some(folder) = path.parent() {
        private_dir(folder).map_err(|error| failed(std::io::Error::other(error)))?;
    }
    create_atomic(path, text.as_bytes(), 0o600).map_err(failed)?;
    Ok(recipient)
}

#[cfg(not(feature = "age"))]
mod cipher {
    use super::{Path, SealError, Zeroizing};

    type Bytes = Zeroizing<Vec<u8>>;

    /// There is none without encryption.
    pub(super) enum OneTimeIdentity {}

    pub(super) fn seal(_recipients: &[String], _plain: &[u8]) -> Result<(Bytes, OneTimeIdentity), SealError> {
        Err(SealError::NotBuilt)
    }

    pub(super) fn prove(_recipients: &[String]) -> Result<(), SealError> {
        Err(SealError::NotBuilt)
    }

    pub(super) fn identity() -> Result<(super::IdentityText, String), SealError> {
        Err(SealError::NotBuilt)
    }

    pub(super) fn open_again(witness: &OneTimeIdentity, _stored: &[u8]) -> Result<Bytes, SealError> {
        match *witness {}
    }

    pub(super) fn open(_identity: &Path, _stored: &[u8]) -> Result<Bytes, SealError> {
        Err(SealError::NotBuilt)
    }
}

#[cfg(feature = "age")]
mod cipher {
    use super::{Path, SealError, Zeroizing};
    use crate::rotation::wiped_read::read_all;
    use age::secrecy::ExposeSecret;
    use age::x25519::{Identity, Recipient};
    use age::{Decryptor, Encryptor, IdentityFile};
    use std::io::Write;

    type Bytes = Zeroizing<Vec<u8>>;

    /// One recipient more, for the time of one backup.
    pub(super) struct OneTimeIdentity(Identity);

    pub(super) fn prove(recipients: &[String]) -> Result<(), SealError> {
        parsed(recipients).map(drop)
    }

    fn parsed(recipients: &[String]) -> Result<Vec<Recipient>, SealError> {
        let parse = |text: &String| text.parse().map_err(|_| SealError::Recipient(text.clone()));
        recipients.iter().map(parse).collect()
    }

    pub(super) fn seal(recipients: &[String], plain: &[u8]) -> Result<(Bytes, OneTimeIdentity), SealError> {
        let witness = Identity::generate();
        let mut known = vec![witness.to_public()];
        known.extend(parsed(recipients)?);
        let failed = |why: String| SealError::Failed {
            doing: "encrypted",
            why,
        };
        let encryptor = Encryptor::with_recipients(known.iter().map(|recipient| recipient as &dyn age::Recipient));
        let encryptor = encryptor.map_err(|error| failed(error.to_string()))?;
        let mut stored = Vec::with_capacity(plain.len() + 1024);
        let mut writer = encryptor
            .wrap_output(&mut stored)
            .map_err(|error| failed(error.to_string()))?;
        writer.write_all(plain).map_err(|error| failed(error.to_string()))?;
        writer.finish().map_err(|error| failed(error.to_string()))?;
        Ok((Zeroizing::new(stored), OneTimeIdentity(witness)))
    }

    /// An identity file as `age-keygen` writes it, and its recipient.
    pub(super) fn identity() -> Result<(super::IdentityText, String), SealError> {
        let identity = Identity::generate();
        let recipient = identity.to_public().to_string();
        let secret = identity.to_string();
        let text = format!("# public key: {recipient}\n{}\n", secret.expose_secret());
        Ok((Zeroizing::new(text), recipient))
    }

    pub(super) fn open_again(witness: &OneTimeIdentity, stored: &[u8]) -> Result<Bytes, SealError> {
        decrypt(stored, std::iter::once(&witness.0 as &dyn age::Identity))
    }

    pub(super) fn open(identity: &Path, stored: &[u8]) -> Result<Bytes, SealError> {
        let wrong = |why: String| SealError::Identity {
            path: identity.to_owned(),
            why,
        };
        let file = IdentityFile::from_file(identity.display().to_string()).map_err(|error| wrong(error.to_string()))?;
        let identities = file.into_identities().map_err(|error| wrong(error.to_string()))?;
        decrypt(
            stored,
            identities.iter().map(|identity| &**identity as &dyn age::Identity),
        )
    }

    fn decrypt<'a>(stored: &[u8], identities: impl Iterator<Item = &'a dyn age::Identity>) -> Result<Bytes, SealError> {
        let failed = |why: String| SealError::Failed { doing: "opened", why };
        let decryptor = Decryptor::new(stored).map_err(|error| failed(error.to_string()))?;
        let reader = decryptor.decrypt(identities);
        let plain = reader.map_err(|error| failed(error.to_string()))?;
        read_all(plain).map_err(|error| failed(error.to_string()))
    }
}
