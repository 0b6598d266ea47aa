//! What is durable: users, sessions, the op log, cells, submissions, streams and the published snapshot.
//!
//! SQLite in one file, written through to disk before a transaction is reported done. [`push`] takes ops in,
//! [`pull`] gives events out, [`figures`] loads what an evaluation needs.

pub mod figures;
pub mod pull;
pub mod push;
pub mod users;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::str::FromStr;
use std::time::Duration;

/// The database.
#[derive(Clone)]
pub struct Store {
    pub(crate) pool: SqlitePool,
}

/// Revisions and sequence numbers of an epoch start above this times the epoch.
pub const EPOCH_SIZE: u64 = 1 << 40;

impl Store {
    /// Opens or makes the database (`sqlite:FILE` or `sqlite::memory:`) and brings it to the present shape.
    pub async fn open(url: &str) -> Result<Self, sqlx::Error> {
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10));
        // A database in memory belongs to its connection.
        let connections = if url.contains(":memory:") { 1 } else { 4 };
        let pool = SqlitePoolOptions::new().max_connections(connections).connect_with(options).await?;
        sqlx::migrate!().run(&pool).await.map_err(|e| sqlx::Error::Migrate(Box::new(e)))?;
        sqlx::query("INSERT OR IGNORE INTO meta (key, value) VALUES ('epoch', '1')").execute(&pool).await?;
        Ok(Self { pool })
    }

    /// One of the things there is one of.
    pub async fn meta(&self, key: &str) -> Result<Option<String>, sqlx::Error> {
        sqlx::query_scalar("SELECT value FROM meta WHERE key = ?").bind(key).fetch_optional(&self.pool).await
    }

    /// Sets one of them.
    pub async fn set_meta(&self, key: &str, value: &str) -> Result<(), sqlx::Error> {
        sqlx::query("INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value")
            .bind(key)
            .bind(value)
            .execute(&self.pool)
            .await
            .map(drop)
    }

    /// The database's present lifetime.
    pub async fn epoch(&self) -> Result<u64, sqlx::Error> {
        Ok(self.meta("epoch").await?.and_then(|e| e.parse().ok()).unwrap_or(1))
    }

    /// Closes the database; what was committed is on disk already.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// What a column holds that this program wrote but cannot read: the database is damaged or of a newer program.
pub(crate) fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}
