//! Writes what the ledger judged in memory into a database that is empty: the illustrative data, many batches at once.
//! What then stands there is what pushes of the same ops at the same times would have left.

use super::database::{Purpose, Tx};
use super::error::StoreError;
use super::{Store, cursor, json};
use crate::bytes::hex;
use crate::values;
use chitieu_sync::StreamId;
use chitieu_sync::entity::{Entity, EntityKey};
use chitieu_sync::judge::CellState;
use chitieu_sync::ledger::{EPOCH_SIZE, WriteSet};
use chitieu_sync::replica::{CellKey, SubmissionKey};
use serde_json::{Value as Json, json as list};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};

/// Rows that are written at once.
const ROWS: usize = 20_000;

/// A transaction that fills a database in its first lifetime.
pub struct Filling {
    tx: Tx,
    /// Where each stream ends, and the last link of its chain.
    streams: HashMap<StreamId, (u64, String)>,
    ops: Vec<Json>,
    events: Vec<Json>,
    cells: Vec<Json>,
    submissions: Vec<Json>,
    published: Vec<Json>,
    /// As they stand after all that was taken; one is changed over years, so they are written last.
    entities: HashMap<EntityKey, Entity>,
}

impl Store {
    /// Begins to fill the database, with these streams.
    pub async fn begin_filling(&self, streams: &[StreamId]) -> Result<Filling, StoreError> {
        let mut tx = self.database.begin(Purpose::Write).await?;
        // The plan's own is there from the beginning.
        let sql = "INSERT INTO streams (reporter, seq) SELECT value, $2 FROM {list $1} AS names WHERE TRUE \
             ON CONFLICT (reporter) DO UPDATE SET seq = excluded.seq";
        tx.execute(sql, values![json(&streams)?, EPOCH_SIZE as i64]).await?;
        let streams = streams.iter().map(|stream| (stream.clone(), (EPOCH_SIZE, String::new()))).collect();
        let (ops, events, cells) = (Vec::new(), Vec::new(), Vec::new());
        let (submissions, published) = (Vec::new(), Vec::new());
        Ok(Filling { tx, streams, ops, events, cells, submissions, published, entities: HashMap::new() })
    }
}

impl Filling {
    /// Takes what became of batches, each with the time at which it came: of one reporter and form, where `stands` is what
    /// stands in the form's cells after all of them, or of entities, which stand as the last batch has them.
    pub async fn take(
        &mut self,
        batches: Vec<(String, WriteSet)>,
        stands: &[(CellKey, CellState)],
    ) -> Result<(), StoreError> {
        let mut submissions = BTreeMap::new();
        for (at, mut written) in batches {
            self.number(&at, &mut written)?;
            if !written.published.is_empty() {
                self.published.extend(stands.iter().filter_map(|(key, cell)| {
                    let head = cell.head.as_ref()?;
                    let CellKey { reporter, period, element } = key;
                    let estimated = i64::from(head.estimated);
                    Some(list!([reporter, period, element, head.value, head.rev, at, estimated]))
                }));
            }
            submissions.extend(written.submissions);
            self.entities.extend(written.entities);
        }
        for (key, cell) in stands {
            let Some(head) = &cell.head else { continue };
            let CellKey { reporter, period, element } = key;
            self.cells.push(list!([
                reporter,
                period,
                element,
                head.rev,
                head.value,
                head.op_id,
                head.author,
                head.at,
                head.reason,
                head.note
            ]));
        }
        self.submissions.extend(submissions.into_iter().map(
            |(SubmissionKey { reporter, period, form }, s)| {
                list!([reporter, period, form, s.state, s.rev, s.author, s.at, s.reason, s.asks])
            },
        ));
        if self.ops.len() >= ROWS { self.flush().await } else { Ok(()) }
    }

    /// Numbers and links a batch's events and ops.
    fn number(&mut self, at: &str, written: &mut WriteSet) -> Result<(), StoreError> {
        let mut last = HashMap::new();
        for (stream, count) in written.streams() {
            let (end, _) = self.streams.entry(stream.clone()).or_default();
            *end += count;
            last.insert(stream, *end);
        }
        let numbers = written.number(|stream| last[stream]);
        for (stored, _) in &written.ops {
            let body = json(&stored.op)?;
            let (_, hash) = self.streams.entry(stored.op.stream.clone()).or_default();
            *hash = hex(&Sha256::digest(format!("{hash}{body}")));
            let op = &stored.op;
            self.ops.push(list!([
                op.op_id,
                op.device_id,
                op.device_seq,
                op.author,
                op.stream,
                body,
                json(&stored.outcome)?,
                hash,
                at
            ]));
        }
        for ((event, seq), op_id) in written.events.iter().zip(numbers).zip(written.made_by()) {
            let body = json(event)?;
            let log = self.streams.get(&event.stream).map_or("", |(_, hash)| hash);
            let hash = cursor::event_hash(log, &body);
            self.events.push(list!([event.stream, seq, body, hash, event.kind(), op_id]));
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), StoreError> {
        let Self { tx, ops, events, cells, submissions, published, .. } = self;
        for (rows, sql) in [
            (
                ops,
                "INSERT INTO ops (op_id, device_id, device_seq, author, reporter, body, outcome, hash, received_at) \
                 SELECT k.value ->> 0, k.value ->> 1, CAST(k.value ->> 2 AS BIGINT), k.value ->> 3, k.value ->> 4, \
                 k.value ->> 5, k.value ->> 6, k.value ->> 7, k.value ->> 8 FROM {rows $1} AS k",
            ),
            (
                events,
                "INSERT INTO events (stream, seq, body, hash, kind, op_id) SELECT s.id, CAST(k.value ->> 1 AS BIGINT), \
                 k.value ->> 2, k.value ->> 3, k.value ->> 4, k.value ->> 5 FROM {rows $1} AS k \
                 JOIN streams s ON s.reporter = k.value ->> 0",
            ),
            (
                cells,
                "INSERT INTO cells (stream, period, element, rev, value, op_id, author, received_at, reason, note) \
                 SELECT s.id, k.value ->> 1, k.value ->> 2, CAST(k.value ->> 3 AS BIGINT), \
                 CAST(k.value ->> 4 AS BIGINT), k.value ->> 5, k.value ->> 6, k.value ->> 7, k.value ->> 8, k.value ->> 9 \
                 FROM {rows $1} AS k JOIN streams s ON s.reporter = k.value ->> 0",
            ),
            (
                submissions,
                "INSERT INTO submissions (stream, period, form, state, rev, author, received_at, reason, asks) \
                 SELECT s.id, k.value ->> 1, k.value ->> 2, k.value ->> 3, CAST(k.value ->> 4 AS BIGINT), \
                 k.value ->> 5, k.value ->> 6, k.value ->> 7, k.value ->> 8 \
                 FROM {rows $1} AS k JOIN streams s ON s.reporter = k.value ->> 0",
            ),
            (
                published,
                "INSERT INTO published (stream, period, element, value, rev, published_at, estimated) \
                 SELECT s.id, k.value ->> 1, k.value ->> 2, CAST(k.value ->> 3 AS BIGINT), \
                 CAST(k.value ->> 4 AS BIGINT), k.value ->> 5, CAST(k.value ->> 6 AS BIGINT) \
                 FROM {rows $1} AS k JOIN streams s ON s.reporter = k.value ->> 0",
            ),
        ] {
            let rows = std::mem::take(rows);
            tx.execute(sql, values![json(&rows)?]).await?;
        }
        Ok(())
    }

    async fn write_entities(&mut self) -> Result<(), StoreError> {
        let mut all: Vec<_> = std::mem::take(&mut self.entities).into_iter().collect();
        // The same database each time.
        all.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        let row = |(EntityKey { stream, kind, id }, entity): &(EntityKey, Entity)| {
            let Entity { rev, fields, branches, author, at } = entity;
            Ok(list!([stream, kind, id, rev, json(fields)?, json(branches)?, author, at]))
        };
        let rows = all.iter().map(row).collect::<Result<Vec<_>, StoreError>>()?;
        let sql = "INSERT INTO entities (stream, kind, id, rev, state, branches, author, received_at) \
             SELECT s.id, k.value ->> 1, k.value ->> 2, CAST(k.value ->> 3 AS BIGINT), k.value ->> 4, k.value ->> 5, \
             k.value ->> 6, k.value ->> 7 FROM {rows $1} AS k JOIN streams s ON s.reporter = k.value ->> 0";
        self.tx.execute(sql, values![json(&rows)?]).await?;
        Ok(())
    }

    /// Writes what is left, and makes all of it last.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        self.flush().await?;
        self.write_entities().await?;
        let ends: Vec<Json> = self.streams.iter().map(|(id, (seq, hash))| list!([id, seq, hash])).collect();
        let sql = "UPDATE streams SET seq = CAST(k.value ->> 1 AS BIGINT), hash = k.value ->> 2 \
             FROM {rows $1} AS k WHERE streams.reporter = k.value ->> 0";
        self.tx.execute(sql, values![json(&ends)?]).await?;
        self.tx.commit().await
    }
}
