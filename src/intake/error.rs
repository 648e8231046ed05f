//! Why a page, or all of them, cannot be read.
use crate::notion::{Error, Kind};
use crate::pipeline::SubmitError;
use crate::store::StoreError;

/// Why pages cannot be read, all of them or one.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// Notion did not answer, or not with that.
    #[error("{0}")]
    Notion(#[from] Error),
    /// The store cannot be read.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// What was found could not be committed.
    #[error("{0}")]
    SubmitError(#[from] SubmitError),
    /// None of the pages can be read.
    #[error("no page can be read: {0}")]
    NoPage(String),
}

impl IntakeError {
    /// What is wrong, in the same words each time.
    pub(super) fn summary(&self) -> String {
        match self {
            Self::Notion(error) => error.summary(),
            other => other.to_string(),
        }
    }

    /// Whether the intake cannot go on at all: the store or the pipeline is gone.
    pub(super) fn is_fatal(&self) -> bool {
        matches!(
            self,
            Self::Store(StoreError::Unusable(_)) | Self::SubmitError(SubmitError::Ended) | Self::NoPage(_)
        )
    }

    /// Whether it speaks for every other request too: there is no point in asking on.
    pub(super) fn concerns_all(&self) -> bool {
        match self {
            Self::Notion(error) => error.is_of_token() || matches!(error.kind, Kind::Later { .. }),
            Self::Store(error) => matches!(error, StoreError::Unusable(_)),
            Self::SubmitError(_) | Self::NoPage(_) => true,
        }
    }

    /// Whether it says that the thing is not there, or not for us.
    pub(super) fn is_gone(&self) -> bool {
        matches!(self, Self::Notion(error) if error.kind == Kind::Gone)
    }

    /// Whether time alone will not mend it.
    pub(super) fn is_lasting(&self) -> bool {
        matches!(self, Self::Notion(error) if error.is_lasting())
    }

    pub(super) fn is_of_token(&self) -> bool {
        matches!(self, Self::Notion(error) if error.is_of_token())
    }
}
