//! Encryption of backups to age recipients: cargo feature `age`. A build without it says so and writes nothing.
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
        /// Which file.
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

pub(super) use sealed::{Sealed, open, seal};

#[cfg(not(feature = "age"))]
mod sealed {
    use super::{Path, SealError, Zeroizing};

    /// What is stored.
    pub(in super::super) struct Sealed {
        pub(in super::super) stored: Zeroizing<Vec<u8>>,
    }

    impl Sealed {
        pub(in super::super) fn open_again(
            &self,
            stored: &Zeroizing<Vec<u8>>,
        ) -> Result<Zeroizing<Vec<u8>>, SealError> {
            Ok(stored.clone())
        }
    }

    pub(in super::super) fn seal(recipients: &[String], plain: &[u8]) -> Result<Sealed, SealError> {
        if recipients.is_empty() {
            Ok(Sealed {
                stored: Zeroizing::new(plain.to_vec()),
            })
        } else {
            Err(SealError::NotBuilt)
        }
    }

    pub(in super::super) fn open(_identity: Option<&Path>, _stored: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        Err(SealError::NotBuilt)
    }
}
