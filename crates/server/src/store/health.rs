//! Whether the database does its work, for whoever decides if requests are sent here (`readyz`).

use super::Store;
use super::error::{StoreError, Trouble};
use crate::values;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// For how many seconds a write that failed is remembered: a small write may succeed where a push finds no room.
const REMEMBERED: i64 = 15;
/// For how many seconds a finding holds. Everybody may ask, and asking costs a write.
const HOLDS: i64 = 5;
/// How long a write may take.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// What was found, and when (seconds since 1970).
type Found = Option<(Option<Trouble>, i64)>;

/// What is known of a store's health.
#[derive(Clone, Default)]
pub struct Health {
    failed: Arc<Mutex<Option<(Trouble, i64)>>>,
    found: Arc<tokio::sync::Mutex<Found>>,
}

impl Health {
    fn failed(&self) -> Option<(Trouble, i64)> {
        *self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes notice of how a push ended: with what the store failed, if it did.
    pub(super) fn note(&self, failure: Option<&StoreError>, now: i64) {
        let failed = match failure.map(StoreError::trouble) {
            None => None,
            // That others write is no fault.
            Some(None | Some(Trouble::Busy)) => return,
            Some(Some(trouble)) => Some((trouble, now)),
        };
        *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = failed;
    }
}

impl Store {
    /// Finds out whether the database can be read, and written so that it lasts.
    pub async fn ready(&self, now: i64) -> Result<(), StoreError> {
        if let Some((trouble, _)) = self.health.failed().filter(|(_, at)| now - at < REMEMBERED) {
            return Err(StoreError::Trouble(trouble));
        }
        let mut found = self.health.found.lock().await;
        let known = found.filter(|(_, at)| (0..HOLDS).contains(&(now - at)));
        let trouble = match known {
            Some((trouble, _)) => trouble,
            None => match self.probe().await {
                Ok(trouble) => trouble,
                Err(error) => Some(error.trouble().ok_or(error)?),
            },
        };
        if known.is_none() {
            *found = Some((trouble, now));
        }
        trouble.map_or(Ok(()), |trouble| Err(StoreError::Trouble(trouble)))
    }

    async fn probe(&self) -> Result<Option<Trouble>, StoreError> {
        // Who does not answer this is away; who answers it and does not write in time is busy.
        self.database.fetch("SELECT value FROM meta WHERE key = 'epoch'", values![]).await?;
        match tokio::time::timeout(PROBE_TIMEOUT, self.set_meta("probed", "1")).await {
            Ok(written) => written.map(|()| None),
            Err(_) => Ok(Some(Trouble::Busy)),
        }
    }
}
