//! Keeps the text of what came as an op and does not read, so that somebody can find out what it was.

use crate::bytes::hex;
use crate::store::database::{Tx, Value};
use crate::store::error::StoreError;
use crate::values;
use chitieu_sync::incoming::Malformed;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use uuid::Uuid;

/// Most bytes that are kept of one.
const MOST_BYTES: usize = 64 * 1024;
/// Most that are kept of one person.
const MOST_OF_ONE: i64 = 1_000;

/// Keeps each once, however often it comes.
pub(super) async fn keep(tx: &mut Tx, malformed: &[Malformed], received_at: &str) -> Result<(), StoreError> {
    let sql = "INSERT INTO malformed (hash, op_id, author, received_at, why, raw) \
         SELECT $1, CAST($2 AS TEXT), $3, $4, $5, $6 WHERE (SELECT COUNT(*) FROM malformed WHERE author = $3) < $7 \
         ON CONFLICT DO NOTHING";
    for Malformed { op_id, author, raw, why } in malformed {
        let hash = hex(&Sha256::digest(format!("{author}\n{raw}")));
        let op_id = Value::Text(op_id.map(|id| id.to_string()));
        let raw = raw.get(..raw.floor_char_boundary(MOST_BYTES)).unwrap_or_default();
        let rest = [author, received_at, why, raw].map(Value::from);
        let values: Vec<Value> =
            [Value::from(hash), op_id].into_iter().chain(rest).chain([Value::from(MOST_OF_ONE)]).collect();
        tx.execute(sql, &values).await?;
    }
    Ok(())
}

/// Which of these ids something came under that does not read.
pub(super) async fn of(tx: &mut Tx, ids: &str) -> Result<HashSet<Uuid>, StoreError> {
    let rows = tx.fetch("SELECT op_id FROM malformed WHERE op_id IN {list $1}", values![ids]).await?;
    rows.iter().map(|row| row.text("op_id")?.parse().map_err(super::unreadable)).collect()
}
