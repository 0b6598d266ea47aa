//! The databases without a server over them: the rows that a server wrote, written into an empty database of the same
//! shape with the same durability, in transactions of as many ops.

use crate::processor;
use crate::sync::start;
use chitieu_sync::message::MOST_OPS;
use rusqlite::Connection;
use rusqlite::types::Value;
use sqlx::{AssertSqlSafe, PgConnection, Row as _};
use std::error::Error;
use std::time::Duration;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// What a push leaves behind, and the order in which it was written.
const TABLES: [(&str, &str); 4] = [
    ("streams", "id"),
    ("ops", "device_id, device_seq"),
    ("events", "stream, seq"),
    ("cells", "stream, period, element"),
];

/// What writing took.
#[derive(Debug, Clone, Copy, Default)]
pub struct Took {
    /// By the clock.
    pub waited: Duration,
    /// On a processor.
    pub processor: Duration,
}

fn open(file: &str) -> Result<Connection> {
    let connection = Connection::open(file)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA foreign_keys = ON",
    )?;
    Ok(connection)
}

/// The n-th part of the rows of a table: as many transactions write it as there are of ops. Streams are there first.
fn part<'a, T>(table: &str, rows: &'a [T], nth: usize, parts: usize) -> &'a [T] {
    if table == "streams" {
        return if nth == 0 { rows } else { &[] };
    }
    &rows[rows.len() * nth / parts..rows.len() * (nth + 1) / parts]
}

/// Writes what is in one SQLite file into another, a prepared statement a table, row by row.
pub fn sqlite(from: &str, into: &str) -> Result<Took> {
    let source = open(from)?;
    let mut tables = Vec::new();
    for (table, order) in TABLES {
        let mut read = source.prepare(&format!("SELECT * FROM {table} ORDER BY {order}"))?;
        let columns: Vec<String> = read.column_names().into_iter().map(str::to_owned).collect();
        let row = |row: &rusqlite::Row<'_>| (0..columns.len()).map(|nth| row.get(nth)).collect();
        let rows: Vec<Vec<Value>> = read.query_map([], row)?.collect::<std::result::Result<_, _>>()?;
        let marks = vec!["?"; columns.len()].join(", ");
        let insert = format!("INSERT INTO {table} ({}) VALUES ({marks})", columns.join(", "));
        tables.push((table, insert, rows));
    }
    let parts = tables[1].2.len().div_ceil(MOST_OPS);
    let mut target = open(into)?;
    target.execute_batch("DELETE FROM streams")?;
    let (begun, before) = (start(), processor::of_this_thread());
    for nth in 0..parts {
        let transaction = target.transaction()?;
        for (table, sql, rows) in &tables {
            let mut insert = transaction.prepare(sql)?;
            for row in part(table, rows, nth, parts) {
                insert.execute(rusqlite::params_from_iter(row))?;
            }
        }
        transaction.commit()?;
    }
    Ok(Took { waited: begun.elapsed(), processor: processor::of_this_thread().saturating_sub(before) })
}

/// A column of a table: its name, and whether it holds numbers.
type Column = (String, bool);

/// The values of a column.
enum Values {
    Numbers(Vec<Option<i64>>),
    Texts(Vec<Option<String>>),
}

async fn columns(connection: &mut PgConnection, table: &str) -> Result<Vec<Column>> {
    let sql = "SELECT CAST(column_name AS TEXT), CAST(data_type AS TEXT) FROM information_schema.columns \
               WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position";
    let rows = sqlx::query(sql).bind(table).fetch_all(connection).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get::<String, _>(1) != "text")).collect())
}

/// Writes what is in one PostgreSQL database into another of the same server, one statement a table and transaction: all
/// its rows as lists, column by column.
pub async fn postgres(from: &mut PgConnection, into: &mut PgConnection) -> Result<Took> {
    let mut tables = Vec::new();
    let mut ops = 0;
    for (table, order) in TABLES {
        let columns = columns(from, table).await?;
        let sql = format!("SELECT * FROM {table} ORDER BY {order}");
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut *from).await?;
        if table == "ops" {
            ops = rows.len();
        }
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let kind = |is_number| if is_number { "bigint" } else { "text" };
        let lists: Vec<String> =
            columns.iter().zip(1..).map(|((_, n), nth)| format!("${nth}::{}[]", kind(*n))).collect();
        let insert =
            format!("INSERT INTO {table} ({}) SELECT * FROM UNNEST({})", names.join(", "), lists.join(", "));
        tables.push((table, insert, columns, rows));
    }
    let parts = ops.div_ceil(MOST_OPS);
    sqlx::query("DELETE FROM streams").execute(&mut *into).await?;
    // The rows are cut up before, so that the clock runs for the database alone.
    let mut batches = Vec::new();
    for nth in 0..parts {
        for (table, insert, columns, rows) in &tables {
            let rows = part(table, rows, nth, parts);
            if rows.is_empty() {
                continue;
            }
            let values = columns.iter().enumerate().map(|(place, (_, is_number))| {
                if *is_number {
                    Values::Numbers(rows.iter().map(|row| row.get(place)).collect())
                } else {
                    Values::Texts(rows.iter().map(|row| row.get(place)).collect())
                }
            });
            batches.push((nth, insert, values.collect::<Vec<_>>()));
        }
    }
    let server = postmaster(into).await?;
    let before = processor::of_family(server) + processor::of_process(std::process::id());
    let begun = start();
    for batch in batches.chunk_by(|a, b| a.0 == b.0) {
        sqlx::query("BEGIN").execute(&mut *into).await?;
        for (_, insert, values) in batch {
            let mut query = sqlx::query(AssertSqlSafe((*insert).clone()));
            for column in values {
                query = match column {
                    Values::Numbers(numbers) => query.bind(numbers),
                    Values::Texts(texts) => query.bind(texts),
                };
            }
            query.execute(&mut *into).await?;
        }
        sqlx::query("COMMIT").execute(&mut *into).await?;
    }
    let waited = begun.elapsed();
    let after = processor::of_family(server) + processor::of_process(std::process::id());
    Ok(Took { waited, processor: after.saturating_sub(before) })
}

/// The process that the server of a connection was started as.
pub async fn postmaster(connection: &mut PgConnection) -> Result<u32> {
    let own: i32 = sqlx::query("SELECT pg_backend_pid()").fetch_one(connection).await?.get(0);
    Ok(processor::parent_of(own as u32).ok_or("PostgreSQL runs on another machine")?)
}
