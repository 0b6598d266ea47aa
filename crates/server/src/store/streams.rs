//! The streams of a batch: locked before anything of them is read, and written last. Whoever has a stream has all that is
//! numbered in it, its cells, submissions and entities; so batches of one stream come one after the other, and no number
//! becomes visible after a higher one.

use super::database::{Tx, Value};
use super::error::StoreError;
use super::json;
use crate::values;
use chitieu_sync::StreamId;
use std::collections::{BTreeMap, BTreeSet};

/// A stream that is locked.
#[derive(Debug, Clone, Default)]
pub(super) struct Stream {
    /// Its place in the database; none of a reporter that the plan may not know: its ops are rejected and have no stream.
    pub id: Option<i64>,
    /// The number of its last event.
    pub last: u64,
    /// The last link of the chain of its ops' hashes.
    pub hash: String,
}

/// The streams of a batch.
#[derive(Debug, Default)]
pub(super) struct Streams(BTreeMap<StreamId, Stream>);

impl Streams {
    /// Locks those that are there, in their order.
    pub(super) async fn lock<'a>(
        &mut self,
        tx: &mut Tx,
        of: impl Iterator<Item = &'a StreamId>,
    ) -> Result<(), StoreError> {
        let new: BTreeSet<&StreamId> = of.filter(|id| !self.0.contains_key(id)).collect();
        if new.is_empty() {
            return Ok(());
        }
        let sql = "SELECT s.id, s.reporter, s.seq, s.hash FROM streams s WHERE s.reporter IN {list $1} \
                   ORDER BY s.reporter {lock s}";
        for row in tx.fetch(sql, values![json(&new)?]).await? {
            let id = row.text("reporter")?.parse().map_err(super::unreadable)?;
            let (place, last) = (Some(row.int("id")?), row.int("seq")? as u64);
            self.0.insert(id, Stream { id: place, last, hash: row.text("hash")? });
        }
        Ok(())
    }

    /// Locks them, and makes those that are not there.
    pub(super) async fn make<'a>(
        &mut self,
        tx: &mut Tx,
        of: impl Iterator<Item = &'a StreamId> + Clone,
    ) -> Result<(), StoreError> {
        self.lock(tx, of.clone()).await?;
        let new: BTreeSet<&StreamId> = of.filter(|id| !self.0.contains_key(id)).collect();
        let rows: Vec<[Value; 2]> =
            new.iter().map(|id| [id.to_string().into(), Value::Int(Some(0))]).collect();
        let sql = "INSERT INTO streams (reporter, seq) {values} ON CONFLICT DO NOTHING";
        tx.execute_rows(sql, rows).await?;
        self.lock(tx, new.into_iter()).await
    }

    /// A stream's place.
    pub(super) fn place(&self, id: &StreamId) -> Option<i64> {
        self.0.get(id)?.id
    }

    /// A stream, to be gone on with.
    pub(super) fn get(&mut self, id: &StreamId) -> &mut Stream {
        self.0.entry(id.clone()).or_default()
    }

    /// Where a stream ends.
    pub(super) fn last(&self, id: &StreamId) -> u64 {
        self.0.get(id).map_or(0, |stream| stream.last)
    }

    /// Writes where these end.
    pub(super) async fn write(&self, tx: &mut Tx, changed: &BTreeSet<StreamId>) -> Result<(), StoreError> {
        let row = |(id, stream): (&StreamId, &Stream)| {
            let place = stream.id.filter(|_| changed.contains(id))?;
            Some([place.into(), (stream.last as i64).into(), stream.hash.clone().into()])
        };
        let rows: Vec<[Value; 3]> = self.0.iter().filter_map(row).collect();
        let sql = "UPDATE streams SET seq = k.column2, hash = k.column3 FROM {values k} WHERE streams.id = k.column1";
        tx.execute_rows(sql, rows).await
    }
}
