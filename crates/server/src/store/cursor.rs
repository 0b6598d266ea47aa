//! Where a device stands, and what that tells of this database: one whose log lacks what was told to a device was put back
//! from a copy, however that came about. It then begins another lifetime by itself before it judges anything.
//!
//! A cursor names, for each stream, the last event and its hash, which is over the whole log of the stream up to it. It
//! is signed, so that nobody makes the server believe that it was put back.

use super::database::{Purpose, Tx};
use super::error::StoreError;
use super::page::entity_row;
use super::{Store, epoch_at, json};
use crate::clock::timestamp;
use crate::values;
use chitieu_sync::entity::Entity;
use chitieu_sync::kinds::Kinds;
use chitieu_sync::ledger::EPOCH_SIZE;
use chitieu_sync::{Op, Outcome};
use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Characters of an event's hash: enough to tell logs apart, nothing is kept secret by it.
const HASH: usize = 16;
/// How many lifetimes ahead of the clock's a cursor may be, in hours: whoever restores again and again within one.
const AHEAD: u64 = 1_000;

/// Where a device stands; opaque to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cursor {
    /// Epoch.
    pub e: u64,
    /// Last event seen, by stream.
    pub s: BTreeMap<i64, i64>,
    /// While a snapshot is being read: the last cell seen.
    pub a: Option<i64>,
    /// While a snapshot is being read and its cells and submissions are told: the last entity seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<i64>,
    /// The last event told of a stream, and its hash.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub h: BTreeMap<i64, (i64, String)>,
    /// What is told; not named where it is what v0.1.0 reads, so that a cursor of that release is of these.
    #[serde(default, skip_serializing_if = "Kinds::is_default")]
    pub k: Kinds,
    /// When an event or a snapshot was last told, by the server's clock: all that is told by it was recorded before.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub t: String,
    /// Names the person and their rights ([`super::followed`]); none where an older program told it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub g: String,
    /// What it is signed with; v0.1.0 signed nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub m: String,
}

/// A hash of an event and of its stream's log up to it.
pub(super) fn event_hash(log: &str, event: &str) -> String {
    let mut hash = crate::bytes::hex(&Sha256::digest(format!("{log}{event}")));
    hash.truncate(HASH);
    hash
}

/// The evidence that a log was put back.
struct PutBack {
    /// The lifetime in which the device was told what is missing.
    epoch: u64,
    /// Whatever was recorded after this time was recorded after the log was put back; empty where that is not known.
    since: String,
}

impl Cursor {
    fn signature(&self, key: &str) -> Result<String, StoreError> {
        let unsigned = json(&Self { m: String::new(), ..self.clone() })?;
        // Nested, so that nobody who has one signature makes another by adding text (RFC 2104 does it alike).
        let inner = crate::bytes::hex(&Sha256::digest(format!("{key}{unsigned}")));
        Ok(event_hash(key, &inner))
    }

    /// Names the last event told of each stream of which it names none yet.
    pub(super) async fn name_events(&mut self, tx: &mut Tx) -> Result<(), StoreError> {
        let unnamed: Vec<(i64, i64)> =
            self.s.iter().map(|(id, seq)| (*id, *seq)).filter(|(id, _)| !self.h.contains_key(id)).collect();
        if unnamed.is_empty() {
            return Ok(());
        }
        let sql = "SELECT e.stream, e.seq, e.hash FROM {rows $1} AS k JOIN events e \
             ON e.stream = CAST(k.value ->> 0 AS BIGINT) AND e.seq = (SELECT MAX(x.seq) FROM events x \
             WHERE x.stream = e.stream AND x.seq <= CAST(k.value ->> 1 AS BIGINT)) WHERE e.hash IS NOT NULL";
        for row in tx.fetch(sql, values![json(&unnamed)?]).await? {
            self.h.insert(row.int("stream")?, (row.int("seq")?, row.text("hash")?));
            self.t = timestamp();
        }
        Ok(())
    }

    /// As text, signed.
    pub(super) fn signed(mut self, key: &str) -> Result<String, StoreError> {
        self.m = self.signature(key)?;
        json(&self)
    }
}

impl Store {
    /// Holds the database to what it told a device: where its log lacks that, it was put back, and another lifetime
    /// begins. To be called before anything is judged or told.
    pub async fn hold_to(&self, cursor: &str, now: DateTime<FixedOffset>) -> Result<(), StoreError> {
        // What does not read is of no lifetime: the device starts over.
        let Ok(cursor) = serde_json::from_str::<Cursor>(cursor) else { return Ok(()) };
        let mut tx = self.database.begin(Purpose::Read).await?;
        let found = contradicted(&mut tx, &cursor, now).await?;
        tx.commit().await?;
        if found.is_none() {
            return Ok(());
        }
        let mut tx = self.database.begin(Purpose::Write).await?;
        // Another request may have been first; the servers that share the database wait here for one another.
        tx.fetch("SELECT m.value FROM meta m WHERE m.key = 'epoch' {lock m}", values![]).await?;
        let Some(put_back) = contradicted(&mut tx, &cursor, now).await? else { return Ok(()) };
        let own = epoch(&mut tx).await?;
        let next = epoch_at(now).max(own + 1).max(put_back.epoch + 1);
        number_anew(&mut tx, own, next, &put_back.since).await?;
        tx.execute("UPDATE meta SET value = $1 WHERE key = 'epoch'", values![next.to_string()]).await?;
        tx.commit().await?;
        tracing::warn!(epoch = next, since = put_back.since, "the database was put back from a copy");
        Ok(())
    }
}

/// The present lifetime, and what cursors are signed with.
pub(super) async fn epoch_and_key(tx: &mut Tx) -> Result<(u64, String), StoreError> {
    let (mut epoch, mut cursor_key) = (1, String::new());
    let sql = "SELECT key, value FROM meta WHERE key IN ('epoch', 'cursor_key')";
    for row in tx.fetch(sql, values![]).await? {
        let value = row.text("value")?;
        match row.text("key")?.as_str() {
            "epoch" => epoch = value.parse().unwrap_or(epoch),
            _ => cursor_key = value,
        }
    }
    Ok((epoch, cursor_key))
}

/// The present lifetime, as a transaction sees it.
pub(super) async fn epoch(tx: &mut Tx) -> Result<u64, StoreError> {
    // Whoever begins another lifetime waits for all that is judged in this one.
    let sql = "SELECT m.value FROM meta m WHERE m.key = 'epoch' {share m}";
    let rows = tx.fetch(sql, values![]).await?;
    Ok(rows.first().map(|row| row.text("value")).transpose()?.and_then(|e| e.parse().ok()).unwrap_or(1))
}

/// Whether the log lacks what a cursor says that it was told.
async fn contradicted(
    tx: &mut Tx,
    cursor: &Cursor,
    now: DateTime<FixedOffset>,
) -> Result<Option<PutBack>, StoreError> {
    let sql = "SELECT key, value FROM meta WHERE key IN ('epoch', 'cursor_key', 'unsigned_epoch')";
    let mut kept = BTreeMap::new();
    for row in tx.fetch(sql, values![]).await? {
        kept.insert(row.text("key")?, row.text("value")?);
    }
    let number = |key: &str| kept.get(key).and_then(|value| value.parse::<u64>().ok());
    let own = number("epoch").unwrap_or(1);
    if cursor.e < own || cursor.e > epoch_at(now).max(own) + AHEAD {
        return Ok(None);
    }
    let key = kept.get("cursor_key").map_or("", String::as_str);
    let is_signed = !cursor.m.is_empty() && cursor.m == cursor.signature(key)?;
    // What nobody signed says something as long as this lifetime began under a program that signed nothing.
    if !is_signed && own > number("unsigned_epoch").unwrap_or(0) {
        return Ok(None);
    }
    let put_back = PutBack { epoch: cursor.e, since: cursor.t.clone() };
    if cursor.e > own {
        return Ok(Some(put_back));
    }
    let streams = json(&cursor.s.keys().collect::<Vec<_>>())?;
    let rows = tx.fetch("SELECT id, seq FROM streams WHERE id IN {ints $1}", values![streams]).await?;
    let ends: Result<BTreeMap<i64, i64>, StoreError> =
        rows.iter().map(|row| Ok((row.int("id")?, row.int("seq")?))).collect();
    let ends = ends?;
    // 0 stands for a stream of which nothing was told.
    let is_ahead = |(stream, seq): (&i64, &i64)| *seq > ends.get(stream).copied().unwrap_or(0);
    if cursor.s.iter().any(is_ahead) {
        return Ok(Some(put_back));
    }
    let told: Vec<(i64, i64)> = cursor.h.iter().map(|(stream, (seq, _))| (*stream, *seq)).collect();
    let sql = "SELECT e.stream, e.seq, e.hash FROM {rows $1} AS k JOIN events e \
         ON e.stream = CAST(k.value ->> 0 AS BIGINT) AND e.seq = CAST(k.value ->> 1 AS BIGINT)";
    let mut there = BTreeMap::new();
    for row in tx.fetch(sql, values![json(&told)?]).await? {
        there.insert(row.int("stream")?, (row.int("seq")?, row.text("hash")?));
    }
    Ok((there != cursor.h).then_some(put_back))
}

/// Gives every value that was recorded since a time another revision: the number that it has may have been given to a
/// value that is lost, and what is based on that one must not be taken for based on this one.
async fn number_anew(tx: &mut Tx, own: u64, next: u64, since: &str) -> Result<(), StoreError> {
    let (floor, next_floor) = ((own * EPOCH_SIZE) as i64, (next * EPOCH_SIZE) as i64);
    // Where the time is not known, of all this lifetime.
    let mut changed: BTreeSet<(String, String, String)> = BTreeSet::new();
    let sql = "SELECT s.reporter, c.period, c.element FROM cells c JOIN streams s ON s.id = c.stream \
         WHERE c.rev > $1 AND c.received_at > $2";
    for row in tx.fetch(sql, values![floor, since]).await? {
        changed.insert((row.text("reporter")?, row.text("period")?, row.text("element")?));
    }
    for table in ["cells", "submissions"] {
        let sql = format!("UPDATE {table} SET rev = rev - $1 + $2 WHERE rev > $1 AND received_at > $3");
        tx.execute(&sql, values![floor, next_floor, since]).await?;
    }
    let sql = "SELECT n.nth, s.reporter, n.kind, n.id, n.rev, n.state, n.branches, n.author, n.received_at \
         FROM entities n JOIN streams s ON s.id = n.stream WHERE n.rev > $1 AND n.received_at > $2";
    let mut entities = BTreeSet::new();
    for row in tx.fetch(sql, values![floor, since]).await? {
        let (key, told) = entity_row(&row)?;
        entities.insert(key);
        let Some(mut entity) = Entity::read(&told) else { continue };
        let anew = |rev: u64| rev - floor as u64 + next_floor as u64;
        for register in entity.fields.values_mut().filter(|r| r.rev > floor as u64 && r.at.as_str() > since) {
            register.rev = anew(register.rev);
        }
        let sql = "UPDATE entities SET rev = $1, state = $2 WHERE nth = $3";
        let values = values![anew(entity.rev) as i64, json(&entity.fields)?, row.int("nth")?];
        tx.execute(sql, values).await?;
    }
    // What became of an op stands for the revision that it made or equalled.
    let sql = "SELECT op_id, body, outcome FROM ops WHERE received_at > $1";
    for row in tx.fetch(sql, values![since]).await? {
        // Of an op that only a later release reads the cell is not known: another number never makes a false match.
        let op: Option<Op> = serde_json::from_str(&row.text("body")?).ok();
        let mut outcome = serde_json::from_str(&row.text("outcome")?).unwrap_or(Outcome::Unknown);
        let of_entity = op.as_ref().and_then(Op::entity).map(|key| entities.contains(&key));
        let is_changed = of_entity.unwrap_or_else(|| {
            op.and_then(|op| op.cell()).is_none_or(|key| {
                changed.contains(&(key.reporter.to_string(), key.period.to_string(), key.element))
            })
        });
        let (Outcome::Applied { rev, .. } | Outcome::SameValue { rev }) = &mut outcome else { continue };
        if !is_changed || *rev <= floor as u64 {
            continue;
        }
        *rev = *rev - floor as u64 + next_floor as u64;
        let sql = "UPDATE ops SET outcome = $1 WHERE op_id = $2";
        tx.execute(sql, values![json(&outcome)?, row.text("op_id")?]).await?;
    }
    Ok(())
}
