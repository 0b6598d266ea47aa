//! How much of what a person sends is recorded though it is not taken: a bound a day, counted in the database, which
//! several servers may share. A person has one row.

use super::database::{Row, Tx};
use super::error::StoreError;
use super::json;
use crate::values;
use chrono::NaiveDate;
use std::collections::{BTreeSet, HashMap};

/// The day and the number of what was recorded last, by person.
pub(super) struct Refusals(HashMap<String, (String, usize)>);

impl Refusals {
    /// How many were recorded of a person on a day.
    pub(super) fn on(&self, author: &str, day: NaiveDate) -> usize {
        self.0.get(author).filter(|(last, _)| *last == day.to_string()).map_or(0, |(_, count)| *count)
    }
}

/// How many were recorded of these. Others who write of them wait until the transaction ends.
pub(super) async fn of(tx: &mut Tx, authors: &BTreeSet<&str>) -> Result<Refusals, StoreError> {
    let sql = "SELECT r.author, r.day, r.count FROM refusals r WHERE r.author IN {list $1} ORDER BY r.author {lock r}";
    let rows = tx.fetch(sql, values![json(authors)?]).await?;
    let refusals = |row: &Row| {
        let count = usize::try_from(row.int("count")?).unwrap_or(0);
        Ok((row.text("author")?, (row.text("day")?, count)))
    };
    rows.iter().map(refusals).collect::<Result<_, _>>().map(Refusals)
}

/// Counts so many more.
pub(super) async fn add(tx: &mut Tx, author: &str, day: NaiveDate, more: usize) -> Result<(), StoreError> {
    if more == 0 {
        return Ok(());
    }
    let sql = "INSERT INTO refusals (author, day, count) VALUES ($1, $2, $3) ON CONFLICT (author) DO UPDATE SET \
         count = excluded.count + CASE WHEN refusals.day = excluded.day THEN refusals.count ELSE 0 END, \
         day = excluded.day";
    tx.execute(sql, values![author, day.to_string(), more as i64]).await
}
