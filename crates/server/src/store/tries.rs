//! Tries to sign in, counted for all servers that share the database. How many are taken is not decided here: what is counted
//! of says so itself ([`Counted`]).

use super::database::{Purpose, Row, Tx};
use super::error::StoreError;
use super::{Store, json};
use crate::values;

/// Seconds after which nothing is known of what nobody tried at.
pub const FORGOTTEN: i64 = 24 * 3600;

/// Most rows that are kept, the latest: what made-up names may fill.
const MOST_ROWS: i64 = 20_000;

/// The tries that were counted of something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tries {
    /// How many.
    pub count: i64,
    /// When the last one was (seconds since 1970).
    pub last_at: i64,
    /// From when on another one is taken.
    pub free_at: i64,
}

/// What tries are counted of.
pub trait Counted: Send + Sync {
    /// Under which it is kept.
    fn key(&self) -> String;

    /// The count with another try, or for how many seconds none is taken.
    fn another(&self, tries: Tries, now: i64) -> Result<Tries, i64>;

    /// True where a try that was right wipes the count; else that one try is taken back.
    fn is_wiped(&self) -> bool;
}

/// How often it is tried to count where two counted at once.
const AGAIN: usize = 3;

fn kept(row: &Row) -> Result<(String, Tries), StoreError> {
    let tries =
        Tries { count: row.int("count")?, last_at: row.int("last_at")?, free_at: row.int("free_at")? };
    Ok((row.text("key")?, tries))
}

/// What becomes of the lanes with another try; or for how many seconds none is taken of one of them.
fn another(
    lanes: &[impl Counted],
    rows: &[Row],
    now: i64,
) -> Result<Result<Vec<(String, Tries)>, i64>, StoreError> {
    let kept: Vec<(String, Tries)> = rows.iter().map(kept).collect::<Result<_, _>>()?;
    let (mut after, mut wait) = (Vec::new(), 0);
    for lane in lanes {
        let key = lane.key();
        let tries = kept.iter().find(|(k, _)| *k == key).map_or_else(Tries::default, |(_, tries)| *tries);
        match lane.another(tries, now) {
            Ok(tries) => after.push((key, tries)),
            Err(seconds) => wait = wait.max(seconds),
        }
    }
    Ok(if wait > 0 { Err(wait) } else { Ok(after) })
}

fn keys(lanes: &[impl Counted]) -> Result<String, StoreError> {
    json(&lanes.iter().map(Counted::key).collect::<Vec<_>>())
}

impl Store {
    /// For how many seconds no try is taken of these; none where one is. Nothing is counted: refusing costs no write.
    pub async fn must_wait(&self, lanes: &[impl Counted], now: i64) -> Result<Option<i64>, StoreError> {
        let sql = "SELECT key, count, last_at, free_at FROM tries WHERE key IN {list $1}";
        let rows = self.database.fetch(sql, values![keys(lanes)?]).await?;
        Ok(another(lanes, &rows, now)?.err())
    }

    /// Counts a try, before its password is compared; or says for how many seconds none is taken, and counts nothing.
    pub async fn count_try(&self, lanes: &[impl Counted], now: i64) -> Result<Option<i64>, StoreError> {
        let mut tries = 1;
        let wait = loop {
            match self.count_once(lanes, now).await {
                Err(error) if error.may_retry() && tries < AGAIN => tries += 1,
                other => break other?,
            }
        };
        if wait.is_none() {
            // What made-up names leave is bounded. Where this fails, the next try does it.
            self.forget_tries(now).await.ok();
        }
        Ok(wait)
    }

    async fn count_once(&self, lanes: &[impl Counted], now: i64) -> Result<Option<i64>, StoreError> {
        let keys = keys(lanes)?;
        let mut tx = self.database.begin(Purpose::Write).await?;
        let missing = "INSERT INTO tries (key, count, last_at, free_at) SELECT k.value ->> 0, 0, $2, 0 \
                       FROM {rows $1} AS k WHERE true ORDER BY 1 ON CONFLICT DO NOTHING";
        let rows: Vec<[String; 1]> = lanes.iter().map(|lane| [lane.key()]).collect();
        tx.execute(missing, values![json(&rows)?, now]).await?;
        let sql =
            "SELECT key, count, last_at, free_at FROM tries t WHERE key IN {list $1} ORDER BY key {lock t}";
        let rows = tx.fetch(sql, values![keys]).await?;
        match another(lanes, &rows, now)? {
            Err(wait) => Ok(Some(wait)),
            Ok(after) => {
                for (key, Tries { count, last_at, free_at }) in after {
                    let sql = "UPDATE tries SET count = $2, last_at = $3, free_at = $4 WHERE key = $1";
                    tx.execute(sql, values![key, count, last_at, free_at]).await?;
                }
                tx.commit().await?;
                Ok(None)
            }
        }
    }

    async fn forget_tries(&self, now: i64) -> Result<(), StoreError> {
        let old = "DELETE FROM tries WHERE last_at < $1";
        self.database.execute(old, values![now - FORGOTTEN]).await?;
        let many = "DELETE FROM tries WHERE key IN \
                    (SELECT key FROM tries ORDER BY last_at DESC LIMIT 1000 OFFSET $1)";
        self.database.execute(many, values![MOST_ROWS]).await
    }
}

/// Takes a try back that was right.
pub(super) async fn take_back(tx: &mut Tx, lanes: &[impl Counted]) -> Result<(), StoreError> {
    for lane in lanes {
        let sql = if lane.is_wiped() {
            "DELETE FROM tries WHERE key = $1"
        } else {
            "UPDATE tries SET count = count - 1, free_at = 0 WHERE key = $1 AND count > 0"
        };
        tx.execute(sql, values![lane.key()]).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::throttle::Lane;

    async fn rows(store: &Store) -> i64 {
        let rows = store.database.fetch("SELECT COUNT(*) AS n FROM tries", values![]).await.expect("rows");
        rows[0].int("n").expect("a count")
    }

    #[tokio::test]
    async fn what_is_counted_of_one_account_is_not_of_another_and_a_refusal_counts_nothing() {
        let store = Store::open("sqlite::memory:").await.expect("a database in memory");
        let (lan, an) = ([Lane::Account("lan".into())], [Lane::Account("an".into())]);
        for _ in 0..5 {
            assert_eq!(store.count_try(&lan, 1_000).await.expect("counted"), None);
        }
        for _ in 0..3 {
            assert_eq!(store.count_try(&lan, 1_000).await.expect("asked"), Some(60));
        }
        assert_eq!(store.must_wait(&lan, 1_059).await.expect("asked"), Some(1));
        assert_eq!(store.must_wait(&lan, 1_060).await.expect("asked"), None);
        assert_eq!(store.must_wait(&an, 1_000).await.expect("asked"), None);
    }

    #[tokio::test]
    async fn what_made_up_names_leave_is_forgotten_after_a_day() {
        let store = Store::open("sqlite::memory:").await.expect("a database in memory");
        for n in 0..20 {
            store.count_try(&[Lane::Account(format!("name-{n}"))], 1_000).await.expect("counted");
        }
        assert_eq!(rows(&store).await, 20);
        let next_day = 1_001 + FORGOTTEN;
        store.count_try(&[Lane::Account("lan".into())], next_day).await.expect("counted");
        assert_eq!(rows(&store).await, 1);
    }

    #[tokio::test]
    async fn the_oldest_go_where_there_are_more_than_are_kept() {
        let store = Store::open("sqlite::memory:").await.expect("a database in memory");
        let many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) \
                    INSERT INTO tries SELECT 'made up ' || i, 1, 500, 0 FROM n";
        store.database.execute(many, values![MOST_ROWS]).await.expect("they are there");
        store.count_try(&[Lane::Account("lan".into())], 1_000).await.expect("counted");
        assert_eq!(rows(&store).await, MOST_ROWS);
    }
}
