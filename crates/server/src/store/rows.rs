//! Statements for many rows at once, whose values are bound: SQLite takes them row by row, PostgreSQL column by column. JSON
//! would be written, quoted, read and looked through once more for each value.

use super::database::{Row, Tx, Value, without_nul};
use super::dialect::{Dialect, table};
use super::error::StoreError;
use chitieu_sync::message::MOST_OPS;
use sqlx::AssertSqlSafe;

/// How many rows a statement of SQLite has: each number makes a statement of its own, which stays prepared. The first is for
/// a push that is full.
const ROWS: [usize; 8] = [MOST_OPS, 128, 32, 16, 8, 4, 2, 1];

/// Binds the next rows of SQLite's; gives their statement.
macro_rules! next_rows {
    ($sql:expr, $rows:expr) => {{
        let count = ROWS.into_iter().find(|count| *count <= $rows.len()).unwrap_or(1);
        let are_numbers = $rows.as_slice()[0].each_ref().map(|value| matches!(value, Value::Int(_)));
        let mut query = sqlx::query(AssertSqlSafe(table($sql, Dialect::Sqlite, &are_numbers, count)));
        for value in $rows.by_ref().take(count).flatten() {
            query = match value {
                Value::Int(n) => query.bind(n),
                Value::Text(text) => query.bind(text.map(without_nul)),
            };
        }
        query
    }};
}

/// Binds rows column by column.
macro_rules! columns {
    ($sql:expr, $rows:expr) => {{
        let are_numbers = $rows[0].each_ref().map(|value| matches!(value, Value::Int(_)));
        let mut numbers = are_numbers.map(|_| Vec::<Option<i64>>::new());
        let mut texts = are_numbers.map(|_| Vec::<Option<String>>::new());
        for row in $rows {
            for (nth, value) in row.into_iter().enumerate() {
                match value {
                    Value::Int(n) => numbers[nth].push(n),
                    Value::Text(text) => texts[nth].push(text.map(without_nul)),
                }
            }
        }
        let mut query = sqlx::query(AssertSqlSafe(table($sql, Dialect::Postgres, &are_numbers, 0)));
        for ((is_number, numbers), texts) in are_numbers.into_iter().zip(numbers).zip(texts) {
            query = if is_number { query.bind(numbers) } else { query.bind(texts) };
        }
        query
    }};
}

impl Tx {
    /// Runs a statement for many rows, which it names `{values}`. A column holds numbers in all rows or texts in all.
    pub async fn execute_rows<const N: usize>(
        &mut self,
        sql: &str,
        rows: Vec<[Value; N]>,
    ) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        match self {
            Self::Sqlite(tx) => {
                let mut rows = rows.into_iter();
                while rows.len() > 0 {
                    next_rows!(sql, rows).execute(&mut **tx).await?;
                }
                Ok(())
            }
            Self::Postgres(tx) => {
                columns!(sql, rows).execute(&mut **tx).await?;
                Ok(())
            }
        }
    }

    /// Reads what belongs to many rows, which the statement names `{values k}`; in any order.
    pub async fn fetch_rows<const N: usize>(
        &mut self,
        sql: &str,
        rows: Vec<[Value; N]>,
    ) -> Result<Vec<Row>, StoreError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        match self {
            Self::Sqlite(tx) => {
                let mut rows = rows.into_iter();
                while rows.len() > 0 {
                    let read = next_rows!(sql, rows).fetch_all(&mut **tx).await?;
                    found.extend(read.into_iter().map(Row::Sqlite));
                }
            }
            Self::Postgres(tx) => {
                let read = columns!(sql, rows).fetch_all(&mut **tx).await?;
                found.extend(read.into_iter().map(Row::Postgres));
            }
        }
        Ok(found)
    }
}
