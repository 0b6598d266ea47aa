//! SQLite and PostgreSQL behind one face. Every statement is written once, in the SQL that both read, with
//! `$1` for what is bound and the words of `dialect.rs` where they differ.

use super::dialect::{Dialect, translate};
use super::error::StoreError;
use super::file;
use futures_util::stream::{BoxStream, StreamExt, TryStreamExt};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgRow};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteRow, SqliteSynchronous};
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, Error, PgPool, Postgres, Row as _, Sqlite,
    SqliteConnection, SqlitePool, Transaction,
};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// The connections. What reads has its own, so that it is not kept waiting by writers that wait for one another.
#[derive(Clone)]
pub enum Database {
    /// One file, or memory.
    Sqlite {
        /// For reading alone.
        reads: SqlitePool,
        /// The one writer's.
        writes: SqlitePool,
    },
    /// A server of its own; several of ours may share it.
    Postgres {
        /// For reading alone.
        reads: PgPool,
        /// For writing.
        writes: PgPool,
    },
}

/// What PostgreSQL knows the connections of this program by.
pub const NAME: &str = "chitieu";

/// Why a database was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no such file.
    #[error("{} is missing", .0.display())]
    Missing(PathBuf),
    /// It is there and holds no table of this program.
    #[error("the database is empty")]
    Empty,
    /// Anything else.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<std::io::Error> for OpenError {
    fn from(error: std::io::Error) -> Self {
        Self::Store(error.into())
    }
}

/// How long a read waits for a connection, and a connection for a server that does not answer.
const READ_WAIT: Duration = Duration::from_secs(4);
/// How long a write waits for its turn among this server's.
pub(super) const WRITE_WAIT: Duration = Duration::from_secs(20);
/// How long a write waits for a lock that another program has.
const LOCK_WAIT: Duration = Duration::from_secs(5);
/// What the writer keeps of the file in memory, in KiB below 0 as SQLite has it: what a full push changes goes into the
/// write-ahead file once, not each time that room is needed.
const WRITER_CACHE: &str = "-8192";
/// Connections that read: twice as many as the machine has cores, within bounds. More only wait for one another, and each
/// prepares every statement for itself. PostgreSQL's listener for news has one besides.
fn readers() -> u32 {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    u32::try_from(2 * cores).unwrap_or(8).clamp(4, 8)
}

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// It writes.
    Write,
    /// All it reads is of one moment.
    Read,
}

/// A transaction; without a commit nothing of it was.
pub enum Tx {
    /// On SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

/// Something bound to a statement.
#[derive(Debug, Clone)]
pub enum Value {
    /// A whole number, or none.
    Int(Option<i64>),
    /// A text, or none.
    Text(Option<String>),
}

impl From<i64> for Value {
    fn from(n: i64) -> Self {
        Self::Int(Some(n))
    }
}
impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}
impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}
impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(Some(text.clone()))
    }
}

impl From<Option<i64>> for Value {
    fn from(n: Option<i64>) -> Self {
        Self::Int(n)
    }
}
impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

/// The values of a statement, in the order of their numbers.
#[macro_export]
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::store::database::Value::from($value)),*] };
}

/// A row that was read.
pub enum Row {
    /// Of SQLite.
    Sqlite(SqliteRow),
    /// Of PostgreSQL.
    Postgres(PgRow),
}

impl Row {
    /// A text.
    pub fn text(&self, column: &str) -> Result<String, StoreError> {
        Ok(self.maybe_text(column)?.unwrap_or_default())
    }

    /// A text, or none.
    pub fn maybe_text(&self, column: &str) -> Result<Option<String>, StoreError> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }

    /// The bytes of a text, which is not copied for it; 0 where there is none.
    pub fn len_of(&self, column: &str) -> Result<usize, StoreError> {
        let text: Option<&str> = match self {
            Self::Sqlite(row) => row.try_get(column),
            Self::Postgres(row) => row.try_get(column),
        }?;
        Ok(text.map_or(0, str::len))
    }

    /// Bytes.
    pub fn bytes(&self, column: &str) -> Result<Vec<u8>, StoreError> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }

    /// A whole number.
    pub fn int(&self, column: &str) -> Result<i64, StoreError> {
        Ok(self.maybe_int(column)?.unwrap_or_default())
    }

    /// A whole number, or none.
    pub fn maybe_int(&self, column: &str) -> Result<Option<i64>, StoreError> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }
}

macro_rules! bound {
    ($sql:expr, $dialect:expr, $values:expr) => {{
        // Only the words in braces are put in here; whatever anybody typed is bound.
        let mut query = sqlx::query(AssertSqlSafe(translate($sql, $dialect)));
        for value in $values {
            query = match value {
                Value::Int(n) => query.bind(*n),
                Value::Text(text) => query.bind(text.clone().map(without_nul)),
            };
        }
        query
    }};
}

/// PostgreSQL keeps no NUL. What has one is nobody's name and found nowhere.
pub(super) fn without_nul(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }
}

impl Database {
    /// Opens or makes the database (`sqlite:FILE`, `sqlite::memory:`, `postgres://…`) and brings it to the
    /// present shape.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        if let Some(path) = file::path_of(url)? {
            file::create_private(&path)?;
        }
        let database = Self::connect(url).await?;
        database.migrate().await?;
        Ok(database)
    }

    /// Opens a database that `init` or `demo` made; makes nothing.
    pub async fn open_existing(url: &str) -> Result<Self, OpenError> {
        if let Some(path) = file::path_of(url)? {
            if !path.is_file() {
                return Err(OpenError::Missing(path));
            }
            file::make_private(&path)?;
        }
        let database = Self::connect(url).await?;
        if !database.has_tables().await? {
            database.close().await;
            return Err(OpenError::Empty);
        }
        database.migrate().await?;
        Ok(database)
    }

    async fn connect(url: &str) -> Result<Self, StoreError> {
        if url.starts_with("postgres") {
            let options = PgConnectOptions::from_str(url)?.application_name(NAME);
            let pool = |most| PgPoolOptions::new().max_connections(most).acquire_timeout(READ_WAIT);
            let reads = pool(readers() + 1).connect_with(options.clone()).await?;
            let lock_wait = LOCK_WAIT.as_millis().to_string();
            let writes = pool(readers()).acquire_timeout(WRITE_WAIT);
            let writes = writes.connect_lazy_with(options.options([("lock_timeout", lock_wait)]));
            return Ok(Self::Postgres { reads, writes });
        }
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(false)
            .synchronous(SqliteSynchronous::Full)
            // The running server alone writes into the file itself ([`file::Watch`]).
            .pragma("wal_autocheckpoint", "0")
            .foreign_keys(true)
            .busy_timeout(LOCK_WAIT);
        // There is one writer at a time: whoever waits does so here, in order, and not for the file's lock by turns.
        let writes = sqlite_pool(1).acquire_timeout(WRITE_WAIT);
        let writes = writes.connect_with(options.clone().pragma("cache_size", WRITER_CACHE)).await?;
        // Once, and it stays with the file: a later connection to a file that was exchanged writes nothing into it.
        sqlx::query("PRAGMA journal_mode = WAL").execute(&writes).await?;
        // A database in memory belongs to its connection.
        if url.contains(":memory:") {
            return Ok(Self::Sqlite { reads: writes.clone(), writes });
        }
        let reads = sqlite_pool(readers()).acquire_timeout(READ_WAIT);
        let reads = reads.connect_with(options.pragma("query_only", "on")).await?;
        Ok(Self::Sqlite { reads, writes })
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        // A later release may have made its own steps before this one was put back.
        let done = match self {
            Self::Sqlite { writes, .. } => {
                sqlx::migrate!("migrations/sqlite").set_ignore_missing(true).run(writes).await
            }
            Self::Postgres { writes, .. } => {
                sqlx::migrate!("migrations/postgres").set_ignore_missing(true).run(writes).await
            }
        };
        Ok(done.map_err(|error| Error::Migrate(Box::new(error)))?)
    }

    /// True where the tables of this program are there.
    async fn has_tables(&self) -> Result<bool, StoreError> {
        let sql = match self {
            Self::Sqlite { .. } => "SELECT name FROM sqlite_master WHERE name = 'meta'",
            Self::Postgres { .. } => {
                "SELECT CAST(table_name AS TEXT) AS name FROM information_schema.tables \
                 WHERE table_schema = current_schema() AND table_name = 'meta'"
            }
        };
        Ok(!self.fetch(sql, &[]).await?.is_empty())
    }

    /// A connection of its own to the file; none where the database is none.
    pub async fn connection_to_file(&self) -> Result<Option<SqliteConnection>, StoreError> {
        match self {
            Self::Sqlite { writes, .. } => Ok(Some(writes.connect_options().connect().await?)),
            Self::Postgres { .. } => Ok(None),
        }
    }

    /// Begins a transaction.
    pub async fn begin(&self, purpose: Purpose) -> Result<Tx, StoreError> {
        Ok(match (self, purpose) {
            (Self::Sqlite { writes, .. }, Purpose::Write) => {
                Tx::Sqlite(writes.begin_with("BEGIN IMMEDIATE").await?)
            }
            (Self::Sqlite { reads, .. }, Purpose::Read) => Tx::Sqlite(reads.begin().await?),
            // What committed while a lock was waited for is seen by the statements after it.
            (Self::Postgres { writes, .. }, Purpose::Write) => {
                let begun = writes.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await;
                Tx::Postgres(begun.map_err(|error| away(writes, error))?)
            }
            (Self::Postgres { reads, .. }, Purpose::Read) => {
                let begun = reads.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await;
                Tx::Postgres(begun.map_err(|error| away(reads, error))?)
            }
        })
    }

    /// Reads rows.
    pub async fn fetch(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        Ok(match self {
            Self::Sqlite { reads, .. } => {
                let rows = bound!(sql, Dialect::Sqlite, values).fetch_all(reads).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres { reads, .. } => {
                let rows = bound!(sql, Dialect::Postgres, values).fetch_all(reads).await;
                rows.map_err(|error| away(reads, error))?.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// Runs one statement as a transaction of its own.
    pub async fn execute(&self, sql: &str, values: &[Value]) -> Result<(), StoreError> {
        match self {
            Self::Sqlite { writes, .. } => {
                bound!(sql, Dialect::Sqlite, values).execute(writes).await?;
            }
            Self::Postgres { writes, .. } => {
                let done = bound!(sql, Dialect::Postgres, values).execute(writes).await;
                done.map_err(|error| away(writes, error))?;
            }
        }
        Ok(())
    }

    /// Closes all connections; what was committed is on disk already.
    pub async fn close(&self) {
        match self {
            // The writer's last: it is the one that may tidy the file up.
            Self::Sqlite { reads, writes } => {
                reads.close().await;
                writes.close().await;
            }
            Self::Postgres { reads, writes } => {
                reads.close().await;
                writes.close().await;
            }
        }
    }
}

impl Tx {
    /// Reads rows.
    pub async fn fetch(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        Ok(match self {
            Self::Sqlite(tx) => {
                let rows = bound!(sql, Dialect::Sqlite, values).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres(tx) => {
                let rows = bound!(sql, Dialect::Postgres, values).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// Reads rows until together they weigh more than `most`, one at least; true where others were left. What is left is
    /// never in memory.
    pub async fn fetch_page(
        &mut self,
        sql: &str,
        values: &[Value],
        most: usize,
        weigh: impl Fn(&Row) -> Result<usize, StoreError>,
    ) -> Result<(Vec<Row>, bool), StoreError> {
        let mut stream = match self {
            Self::Sqlite(tx) => {
                bound!(sql, Dialect::Sqlite, values).fetch(&mut **tx).map_ok(Row::Sqlite).boxed()
            }
            Self::Postgres(tx) => {
                bound!(sql, Dialect::Postgres, values).fetch(&mut **tx).map_ok(Row::Postgres).boxed()
            }
        };
        let (mut rows, mut weight) = (Vec::new(), 0);
        while let Some(row) = stream.try_next().await? {
            weight += weigh(&row)?;
            if weight > most && !rows.is_empty() {
                return Ok((rows, true));
            }
            rows.push(row);
        }
        Ok((rows, false))
    }

    /// Reads rows one after another; they need not all fit into memory.
    pub fn stream(&mut self, sql: &str) -> BoxStream<'_, Result<Row, StoreError>> {
        match self {
            Self::Sqlite(tx) => {
                let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch(&mut **tx);
                rows.map_ok(Row::Sqlite).err_into().boxed()
            }
            Self::Postgres(tx) => {
                let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch(&mut **tx);
                rows.map_ok(Row::Postgres).err_into().boxed()
            }
        }
    }

    /// Runs a statement.
    pub async fn execute(&mut self, sql: &str, values: &[Value]) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => {
                bound!(sql, Dialect::Sqlite, values).execute(&mut **tx).await?;
            }
            Self::Postgres(tx) => {
                bound!(sql, Dialect::Postgres, values).execute(&mut **tx).await?;
            }
        }
        Ok(())
    }

    /// Whether what is deleted from now on is overwritten in the file, and not only free for something else. PostgreSQL has no
    /// such thing: there it is gone with the next vacuum.
    pub async fn overwrite_deleted(&mut self, is_on: bool) -> Result<(), StoreError> {
        if let Self::Sqlite(tx) = self {
            let sql = if is_on { "PRAGMA secure_delete = 1" } else { "PRAGMA secure_delete = 0" };
            sqlx::query(sql).execute(&mut **tx).await?;
        }
        Ok(())
    }

    /// Makes it last.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// A pool that lets a connection go whose transaction did not end. Where a disk is full SQLite takes a transaction back by
/// itself, and the library goes on counting it: the connection would refuse every other one for good.
fn sqlite_pool(connections: u32) -> SqlitePoolOptions {
    // All are opened at once and none is replaced by and by: one that is opened when the file was exchanged already, before
    // that was noticed, would find the write-ahead file of another database, and destroy both when it is closed.
    let options = SqlitePoolOptions::new().min_connections(connections).max_connections(connections);
    // None of them goes away by itself.
    options.test_before_acquire(false).idle_timeout(None).max_lifetime(None).after_release(|connection, _| {
        Box::pin(async move {
            // What is to be taken back is, by then.
            connection.ping().await?;
            Ok(!connection.is_in_transaction())
        })
    })
}

/// Who waited in vain while there were fewer connections than there may be waited for a server that does not answer.
fn away(pool: &PgPool, error: Error) -> Error {
    let is_away = pool.size() < pool.options().get_max_connections();
    if matches!(error, Error::PoolTimedOut) && is_away {
        return Error::Io(std::io::ErrorKind::NotConnected.into());
    }
    error
}
