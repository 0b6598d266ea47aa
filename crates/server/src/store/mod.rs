//! What is durable: users, sessions, the op log, cells, submissions, streams and the published snapshot.
//!
//! On SQLite in one file, or on PostgreSQL; either is written through to disk before a transaction is reported
//! done. [`push`] takes ops in, [`pull`] gives events out, [`history`] tells what happened, [`figures`] loads what an evaluation needs, and
//! [`database`] is the one place that knows which of the two it is.

pub mod attachments;
pub mod backup;
pub mod branches;
mod cursor;
pub mod database;
pub mod devices;
mod dialect;
pub mod error;
pub mod figures;
pub mod file;
pub mod filled;
pub mod followed;
mod health;
pub mod history;
pub mod import;
mod malformed;
pub mod news;
mod page;
pub mod personal_data;
pub mod pull;
pub mod push;
mod refusals;
mod review;
mod rows;
pub mod sessions;
mod streams;
pub mod tries;
pub mod users;

use crate::values;
use chitieu_sync::plans::Accepted;
use chrono::{DateTime, FixedOffset, NaiveDate};
use database::{Database, OpenError, Purpose, Row};
use error::StoreError;

/// The database.
#[derive(Clone)]
pub struct Store {
    pub(crate) database: Database,
    /// Who hears of changes.
    pub news: news::Teller,
    health: health::Health,
}

impl Store {
    /// Opens or makes the database (`sqlite:FILE`, `sqlite::memory:` or `postgres://…`).
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Self::of(Database::open(url).await?).await
    }

    /// Opens a database that is there.
    pub async fn open_existing(url: &str) -> Result<Self, OpenError> {
        Ok(Self::of(Database::open_existing(url).await?).await?)
    }

    async fn of(database: Database) -> Result<Self, StoreError> {
        let first = "INSERT INTO meta (key, value) VALUES ('epoch', '1') ON CONFLICT DO NOTHING";
        database.execute(first, values![]).await?;
        let news = news::Teller::new(&database).await?;
        Ok(Self { database, news, health: <_>::default() })
    }

    /// One of the things there is one of.
    pub async fn meta(&self, key: &str) -> Result<Option<String>, StoreError> {
        let rows = self.database.fetch("SELECT value FROM meta WHERE key = $1", values![key]).await?;
        rows.first().map(|row| row.text("value")).transpose()
    }

    /// Sets one of them.
    pub async fn set_meta(&self, key: &str, value: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO meta (key, value) VALUES ($1, $2) \
                   ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        self.database.execute(sql, values![key, value]).await
    }

    /// The database's present lifetime.
    pub async fn epoch(&self) -> Result<u64, StoreError> {
        Ok(self.meta("epoch").await?.and_then(|e| e.parse().ok()).unwrap_or(1))
    }

    /// Begins another lifetime, after the database was restored from a backup. Its number is above that of any
    /// lifetime that began up to now, those that the backup does not know of included: it counts the hours
    /// since 2025 (`docs/sync.md`, Restore from a backup), and is `above` the one that is known to have been there.
    pub async fn begin_epoch(&self, now: DateTime<FixedOffset>, above: u64) -> Result<u64, StoreError> {
        let epoch = epoch_at(now).max(self.epoch().await? + 1).max(above + 1);
        self.set_meta("epoch", &epoch.to_string()).await?;
        Ok(epoch)
    }

    /// Takes the database for a plan; gives the id of the one that it is of, where that is another one.
    pub async fn claim_plan(&self, id: &str) -> Result<Option<String>, StoreError> {
        let first = "INSERT INTO meta (key, value) VALUES ('plan', $1) ON CONFLICT DO NOTHING";
        self.database.execute(first, values![id]).await?;
        Ok(self.meta("plan").await?.filter(|plan| plan != id))
    }

    /// Takes a plan into service on a day: whatever was in force before is replaced from now on, and a version that
    /// comes back is in force again. Gives what ops may name.
    pub async fn serve_plan(&self, version: &str, today: NaiveDate) -> Result<Accepted, StoreError> {
        let mut tx = self.database.begin(Purpose::Write).await?;
        let replace = "UPDATE plans SET replaced_on = $1 WHERE replaced_on IS NULL AND version <> $2";
        tx.execute(replace, values![today.to_string(), version]).await?;
        let serve = "INSERT INTO plans (version, replaced_on) VALUES ($1, NULL) \
                     ON CONFLICT (version) DO UPDATE SET replaced_on = NULL";
        tx.execute(serve, values![version]).await?;
        let sql = "SELECT version, replaced_on FROM plans WHERE replaced_on IS NOT NULL";
        let rows = tx.fetch(sql, values![]).await?;
        tx.commit().await?;
        let replaced =
            |row: &Row| Ok((row.text("version")?, row.text("replaced_on")?.parse().map_err(unreadable)?));
        let replaced: Result<_, StoreError> = rows.iter().map(replaced).collect();
        Ok(Accepted::after(version, replaced?))
    }

    /// Closes the database; what was committed is on disk already.
    pub async fn close(&self) {
        self.database.close().await;
    }
}

/// The lifetime that begins at a time: the hours since 2025.
fn epoch_at(now: DateTime<FixedOffset>) -> u64 {
    const START_OF_2025: i64 = 1_735_689_600;
    u64::try_from((now.timestamp() - START_OF_2025) / 3_600).unwrap_or(0)
}

/// What a column holds that this program wrote but cannot read: the database is damaged or of a newer program.
pub(crate) fn unreadable(error: impl std::error::Error) -> StoreError {
    StoreError::Unreadable(error.to_string())
}

/// Anything as JSON text, to be bound.
pub(crate) fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(unreadable)
}
