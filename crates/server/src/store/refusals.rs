//! How much of what a person sends is recorded though it is not taken: a bound a day, counted in the database, which
//! several servers may share. A person has one row.

use super::database::Tx;
use crate::values;

/// How many were recorded of a person on a day. Others who write of that person wait until the transaction ends.
pub(super) async fn of(tx: &mut Tx, author: &str, day: &str) -> Result<usize, sqlx::Error> {
    let sql = "SELECT r.day, r.count FROM refusals r WHERE r.author = $1 {lock r}";
    for row in tx.fetch(sql, values![author]).await? {
        if row.text("day")? == day {
            return Ok(usize::try_from(row.int("count")?).unwrap_or(0));
        }
    }
    Ok(0)
}

/// Counts so many more.
pub(super) async fn add(tx: &mut Tx, author: &str, day: &str, more: usize) -> Result<(), sqlx::Error> {
    if more == 0 {
        return Ok(());
    }
    let sql = "INSERT INTO refusals (author, day, count) VALUES ($1, $2, $3) ON CONFLICT (author) DO UPDATE SET \
         count = excluded.count + CASE WHEN refusals.day = excluded.day THEN refusals.count ELSE 0 END, \
         day = excluded.day";
    tx.execute(sql, values![author, day, more as i64]).await
}
