//! Copies of a database. A backup is one SQLite file with all tables, of one moment, whichever database it comes from;
//! it is restored into either. On PostgreSQL it needs no programs of the database's, and it moves a server from one kind to
//! the other.

use super::database::{Database, OpenError, Purpose, Row, Tx, Value};
use super::error::StoreError;
use super::file::{beside, create_private, path_of, sync_folder};
use super::{Store, json};
use crate::bytes::hex;
use crate::values;
use chrono::{DateTime, FixedOffset};
use futures_util::TryStreamExt;
use serde_json::Value as Json;
use sqlx::{Connection, PgConnection};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Rows that are copied at a time.
const CHUNK: usize = 2_000;
/// The same of a table whose rows hold parts of files.
const HEAVY_CHUNK: usize = 16;

/// Why there is no backup, or nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file to write is there already.
    #[error("the file is there already")]
    Exists,
    /// The file to restore does not read, or is damaged.
    #[error("not a backup: {0}")]
    NotABackup(String),
    /// A server runs on the database.
    #[error("a server runs on the database")]
    Served,
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] io::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What was restored.
#[derive(Debug)]
pub struct Restored {
    /// The lifetime that began.
    pub epoch: u64,
    /// Where the former database's file is kept.
    pub kept: Option<PathBuf>,
}

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Number,
    Text,
    Bytes,
}

/// A table, its columns, and what each holds.
struct Table {
    name: String,
    columns: Vec<(String, Holds)>,
}

fn sqlite(path: &Path) -> String {
    format!("sqlite:{}", path.display())
}

/// Writes a backup; the database goes on being written to meanwhile.
pub async fn write(store: &Store, to: &Path) -> Result<(), BackupError> {
    if to.exists() {
        return Err(BackupError::Exists);
    }
    let part = beside(to, ".part");
    fs::remove_file(&part).or_else(|e| if e.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(e) })?;
    create_private(&part)?;
    let done = fill(store, &part).await;
    if done.is_ok() {
        File::open(&part)?.sync_all()?;
        // Never over what somebody else has put there meanwhile.
        fs::hard_link(&part, to).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => BackupError::Exists,
            _ => error.into(),
        })?;
        sync_folder(to)?;
    }
    fs::remove_file(&part)?;
    done
}

async fn fill(store: &Store, part: &Path) -> Result<(), BackupError> {
    match &store.database {
        Database::Sqlite { .. } => {
            let part = part.to_str().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidFilename))?;
            store.database.execute("VACUUM INTO $1", values![part]).await?;
        }
        Database::Postgres { .. } => {
            let copy = Database::open(&sqlite(part)).await?;
            let tables = tables(&copy).await?;
            let mut from = store.database.begin(Purpose::Read).await?;
            let mut to = copy.begin(Purpose::Write).await?;
            for table in &tables {
                to.execute(&format!("DELETE FROM {}", table.name), values![]).await?;
                table.copy(&mut from, &mut to).await?;
            }
            to.commit().await?;
            copy.close().await;
        }
    }
    Ok(())
}

/// Puts a backup in the place of a database that nobody serves, and begins a lifetime above all that are known of.
pub async fn restore(url: &str, from: &Path, now: DateTime<FixedOffset>) -> Result<Restored, BackupError> {
    let file = path_of(url)?;
    let beside_it = |path: &PathBuf| beside(path, ".restoring");
    let scratch = file.as_ref().map_or_else(
        || std::env::temp_dir().join(format!("chitieu-restoring-{}.db", std::process::id())),
        beside_it,
    );
    let done = match read(from, &scratch).await {
        Ok(copy) => match &file {
            Some(file) => into_file(copy, &scratch, file, now).await,
            None => into_postgres(copy, url, now).await,
        },
        Err(error) => Err(error),
    };
    for ending in ["", "-wal", "-shm"] {
        // Renamed by now, or never made.
        fs::remove_file(beside(&scratch, ending)).ok();
    }
    done
}

/// A copy of a backup, whole and in the present shape.
async fn read(from: &Path, scratch: &Path) -> Result<Store, BackupError> {
    let not_one = |error: OpenError| BackupError::NotABackup(error.to_string());
    fs::remove_file(scratch).ok();
    create_private(scratch)?;
    fs::copy(from, scratch)?;
    fs::set_permissions(scratch, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    let copy = Store::open_existing(&sqlite(scratch)).await.map_err(not_one)?;
    let rows = copy.database.fetch("PRAGMA quick_check(1)", values![]).await?;
    let said = rows.first().map(|row| row.text("quick_check")).transpose()?.unwrap_or_default();
    if said == "ok" { Ok(copy) } else { Err(BackupError::NotABackup(said)) }
}

async fn into_file(
    copy: Store,
    scratch: &Path,
    file: &Path,
    now: DateTime<FixedOffset>,
) -> Result<Restored, BackupError> {
    // One that does not open any more has no lifetime to be told from.
    let mut above = 0;
    if let Ok(present) = Store::open_existing(&sqlite(file)).await {
        above = present.epoch().await.unwrap_or_default();
        present.close().await;
    }
    let epoch = copy.begin_epoch(now, above).await?;
    copy.close().await;
    File::open(scratch)?.sync_all()?;
    let kept = beside(file, &format!(".before-{}", now.format("%Y%m%d-%H%M%S")));
    let is_kept = file.exists();
    for ending in ["", "-wal", "-shm"] {
        let (old, new) = (beside(file, ending), beside(&kept, ending));
        if old.exists() {
            fs::rename(old, new)?;
        }
    }
    fs::rename(scratch, file)?;
    sync_folder(file)?;
    Ok(Restored { epoch, kept: is_kept.then_some(kept) })
}

async fn into_postgres(copy: Store, url: &str, now: DateTime<FixedOffset>) -> Result<Restored, BackupError> {
    if is_served(url).await? {
        return Err(BackupError::Served);
    }
    let present = Store::open(url).await?;
    let above = present.epoch().await?;
    let epoch = copy.begin_epoch(now, above).await?;
    let tables = tables(&copy.database).await?;
    let mut from = copy.database.begin(Purpose::Read).await?;
    let mut to = present.database.begin(Purpose::Write).await?;
    let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
    to.execute(&format!("TRUNCATE {}", names.join(", ")), values![]).await?;
    for table in &tables {
        table.copy(&mut from, &mut to).await?;
        let counts = |column: &str| matches!(column, "id" | "nth");
        // An entity's id is a text, and its place is counted.
        for (column, _) in
            table.columns.iter().filter(|(column, holds)| *holds == Holds::Number && counts(column))
        {
            let name = &table.name;
            let sql = format!(
                "SELECT setval(pg_get_serial_sequence('{name}', '{column}'), COALESCE(MAX({column}), 0) + 1, false) \
                 FROM {name}"
            );
            to.execute(&sql, values![]).await?;
        }
    }
    to.commit().await?;
    drop(from);
    copy.close().await;
    present.close().await;
    Ok(Restored { epoch, kept: None })
}

/// True where some process of this program is connected.
async fn is_served(url: &str) -> Result<bool, StoreError> {
    let mut connection = PgConnection::connect(url).await?;
    let sql = "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() \
               AND application_name = $1)";
    let is_served = sqlx::query_scalar(sql).bind(super::database::NAME).fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(is_served)
}

/// All tables of a database on SQLite, in the order in which they were made: none refers to a later one.
async fn tables(database: &Database) -> Result<Vec<Table>, StoreError> {
    let sql = "SELECT m.name AS name, p.name AS part, p.type AS kind FROM sqlite_master m \
               JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
               AND m.name <> '_sqlx_migrations' ORDER BY m.rowid, p.cid";
    let mut tables: Vec<Table> = Vec::new();
    for row in database.fetch(sql, values![]).await? {
        let holds = match row.text("kind")?.as_str() {
            "INTEGER" => Holds::Number,
            "BLOB" => Holds::Bytes,
            _ => Holds::Text,
        };
        let (name, column) = (row.text("name")?, (row.text("part")?, holds));
        match tables.last_mut().filter(|table| table.name == name) {
            Some(table) => table.columns.push(column),
            None => tables.push(Table { name, columns: vec![column] }),
        }
    }
    Ok(tables)
}

impl Table {
    async fn copy(&self, from: &mut Tx, to: &mut Tx) -> Result<(), StoreError> {
        let names: Vec<&str> = self.columns.iter().map(|(column, _)| column.as_str()).collect();
        let names = names.join(", ");
        let casts = self.columns.iter().enumerate().map(|(nth, (_, holds))| match holds {
            Holds::Number => format!("CAST(k.value ->> {nth} AS BIGINT)"),
            Holds::Text => format!("CAST(k.value ->> {nth} AS TEXT)"),
            Holds::Bytes => format!("{{bytes k.value ->> {nth}}}"),
        });
        let casts = casts.collect::<Vec<_>>().join(", ");
        let insert = format!("INSERT INTO {} ({names}) SELECT {casts} FROM {{rows $1}} AS k", self.name);
        let select = format!("SELECT {names} FROM {}", self.name);
        let is_heavy = self.columns.iter().any(|(_, holds)| *holds == Holds::Bytes);
        let mut rows = from.stream(&select).try_chunks(if is_heavy { HEAVY_CHUNK } else { CHUNK });
        while let Some(chunk) = rows.try_next().await.map_err(|error| error.1)? {
            let lists: Result<Vec<Json>, StoreError> = chunk.iter().map(|row| self.list(row)).collect();
            to.execute(&insert, &[Value::from(json(&lists?)?)]).await?;
        }
        Ok(())
    }

    fn list(&self, row: &Row) -> Result<Json, StoreError> {
        let value = |(column, holds): &(String, Holds)| {
            Ok(match holds {
                Holds::Number => row.maybe_int(column)?.into(),
                Holds::Text => row.maybe_text(column)?.into(),
                Holds::Bytes => hex(&row.bytes(column)?).into(),
            })
        };
        self.columns.iter().map(value).collect::<Result<Vec<Json>, StoreError>>().map(Json::Array)
    }
}
