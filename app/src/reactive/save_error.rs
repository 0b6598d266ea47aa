//! Why a figure or a step was not kept.

use crate::storage::indexed_db::StoreError;
use chitieu_client::commands::Refused;
use chitieu_sync::Rejection;

/// Why a figure or a step was not kept.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SaveError {
    /// Not allowed, by the rules that the server applies too.
    #[error("{0:?}")]
    NotAdmitted(Rejection),
    /// Since the person began to type, another tab or the server gave the cell this value, which they have not
    /// seen.
    #[error("it became {0:?}")]
    Became(Option<i64>),
    /// The browser did not store it.
    #[error(transparent)]
    NotStored(#[from] StoreError),
}

impl From<Refused> for SaveError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotAdmitted(why) => Self::NotAdmitted(why),
            Refused::Became(value) => Self::Became(value),
        }
    }
}
