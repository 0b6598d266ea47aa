//! Takes ops in: one transaction a batch, one result an op. The judgement is `chitieu_sync::ledger`; here its
//! questions are answered and its writings written, in the order that keeps several writers apart
//! (`docs/sync.md`, Several writers): the streams are locked in their order, and with them all that is numbered in them, then ops are
//! looked up, then judged.

mod load;
pub mod queue;

use super::database::{Purpose, Tx, Value};
use super::error::StoreError;
use super::streams::{Stream, Streams};
use super::{Store, branches, cursor, json, malformed, refusals};
use crate::bytes::hex;
use crate::values;
use chitieu_domain::Model;
use chitieu_sync::ledger::{self, EPOCH_SIZE, Loaded, MergeError, StoredOp, WriteSet, merge_batch};
use chitieu_sync::message::PushResponse;
use chitieu_sync::replica::SubmissionKey;
use chitieu_sync::{Op, StreamId};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// How often a batch is tried that met another writer.
const TRIES: usize = 5;

/// A batch as it came.
#[derive(Clone, Copy)]
pub struct SentBatch<'a> {
    /// Who pushes, when, under which plans. Its epoch is looked up where it is judged.
    pub push: ledger::Push<'a>,
    /// Who sends it.
    pub sender: Sender<'a>,
    /// The ops that read.
    pub ops: &'a [Op],
}

/// Why nothing of a batch is kept.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// Two devices count the same numbers: one has a copy of the other's database.
    #[error("this device's database was copied")]
    DeviceCloned,
    /// So much of this person's was refused today that no more of it is recorded, and the device does not know that an op
    /// may be deferred.
    #[error("too many ops were refused today")]
    TooManyRefused,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The answer to a batch, and how many of its ops that do not read were taken.
pub type Taken = (PushResponse, usize);

impl Store {
    /// Judges a batch and keeps everything about it, or nothing. Of `push.refusals` what was recorded of this sender today
    /// is taken off.
    pub async fn push(
        &self,
        push: &ledger::Push<'_>,
        sender: Sender<'_>,
        ops: &[Op],
    ) -> Result<Taken, PushError> {
        let batch = SentBatch { push: *push, sender, ops };
        let mut tries = 1;
        loop {
            match self.push_all(&[batch]).await {
                Err(PushError::Store(error)) if error.may_retry() && tries < TRIES => tries += 1,
                other => {
                    let other = other.map(|taken| taken.into_iter().next().unwrap_or_default());
                    let failure = match &other {
                        Err(PushError::Store(error)) => Some(Some(error)),
                        Err(_) => None,
                        Ok(_) => Some(None),
                    };
                    if let Some(failure) = failure {
                        self.health.note(failure, crate::clock::now().timestamp());
                    }
                    return other;
                }
            }
        }
    }

    /// Judges batches one after another in one transaction; where one fails nothing of any is kept. No two of them have a
    /// stream or an author in common, since a statement changes a row once.
    pub(super) async fn push_all(&self, sent: &[SentBatch<'_>]) -> Result<Vec<Taken>, PushError> {
        let Some(first) = sent.first() else { return Ok(Vec::new()) };
        let mut tx = self.database.begin(Purpose::Write).await?;
        // No other lifetime begins as long as this transaction lasts.
        let epoch = cursor::epoch(&mut tx).await?;
        let recorded = refusals::of(&mut tx, &sent.iter().map(|batch| batch.sender.author).collect()).await?;
        let mut batches = Vec::with_capacity(sent.len());
        for SentBatch { push, sender, ops } in sent.iter().copied() {
            let left = push.refusals.saturating_sub(recorded.on(sender.author, push.today));
            let malformed = &push.malformed[..push.malformed.len().min(left)];
            batches.push((ledger::Push { epoch, malformed, refusals: left - malformed.len(), ..push }, ops));
        }
        let model = first.push.model;
        let mut group =
            Group { model, epoch, tx, streams: Streams::default(), older: branches::Older::default() };
        let ops = sent.iter().flat_map(|batch| batch.ops);
        group.streams.lock(&mut group.tx, ops.map(|op| &op.stream)).await?;
        let mut known = Loaded::default();
        loop {
            let wanted = known.wants(&batches);
            if wanted.is_empty() {
                break;
            }
            group.load(&wanted, &mut known).await?;
        }
        let mut all = Vec::with_capacity(sent.len());
        for ((push, ops), batch) in batches.iter().zip(sent) {
            let written = merge_batch(push, ops, &mut known)
                .map_err(|MergeError::DeviceCloned| PushError::DeviceCloned)?;
            let is_short = push.malformed.len() < batch.push.malformed.len();
            if !batch.sender.defers && (written.deferred > 0 || is_short) {
                return Err(PushError::TooManyRefused);
            }
            all.push(Judged { written, at: push.at });
        }
        group.write(&mut all).await?;
        for ((push, _), (Judged { written, at }, batch)) in batches.iter().zip(all.iter().zip(sent)) {
            malformed::keep(&mut group.tx, push.malformed, at).await?;
            let refused = written.refused + push.malformed.len();
            refusals::add(&mut group.tx, batch.sender.author, push.today, refused).await?;
        }
        let streams: BTreeSet<StreamId> =
            all.iter().flat_map(|j| j.written.streams()).map(|(s, _)| s).collect();
        let streams: Vec<String> = streams.iter().map(StreamId::to_string).collect();
        self.news.before_commit(&mut group.tx, &streams).await?;
        group.tx.commit().await?;
        self.news.after_commit(streams);
        let answer = |(Judged { written, at }, (push, _)): (&Judged<'_>, &(ledger::Push<'_>, _))| {
            let answer = PushResponse { epoch, results: written.results(), at: (*at).to_owned() };
            (answer, push.malformed.len())
        };
        Ok(all.iter().zip(&batches).map(answer).collect())
    }
}

/// Who sends a push.
#[derive(Debug, Clone, Copy)]
pub struct Sender<'a> {
    /// User name.
    pub author: &'a str,
    /// Reads that an op is deferred; v0.1.0 does not.
    pub defers: bool,
}

/// What becomes of a batch, and when it came.
struct Judged<'a> {
    written: WriteSet,
    at: &'a str,
}

/// Batches that are judged and written together.
struct Group<'a> {
    model: &'a Model,
    epoch: u64,
    tx: Tx,
    streams: Streams,
    older: branches::Older,
}

impl Group<'_> {
    /// One row a thing of a stream that has a place, by what names it there.
    fn rows<const N: usize>(&self, of: impl Iterator<Item = (StreamId, [Value; N])>) -> Vec<[Value; N]> {
        let placed = |(stream, mut row): (StreamId, [Value; N])| {
            row[0] = self.streams.place(&stream)?.into();
            Some(row)
        };
        of.filter_map(placed).collect()
    }

    async fn write(&mut self, all: &mut [Judged<'_>]) -> Result<(), StoreError> {
        let numbers = self.raise(all).await?;
        self.write_ops(all).await?;
        let mut rows = Vec::with_capacity(numbers.iter().map(Vec::len).sum());
        for (Judged { written, .. }, numbers) in all.iter().zip(numbers) {
            for ((event, seq), made_by) in written.events.iter().zip(numbers).zip(written.made_by()) {
                let Stream { id: Some(place), hash, .. } = self.streams.get(&event.stream) else { continue };
                let body = json(event)?;
                let hash = cursor::event_hash(hash, &body);
                let op = made_by.map(|op| op.to_string());
                rows.push([
                    (*place).into(),
                    (seq as i64).into(),
                    body.into(),
                    hash.into(),
                    event.kind().into(),
                    op.into(),
                ]);
            }
        }
        let sql = "INSERT INTO events (stream, seq, body, hash, kind, op_id) {values}";
        self.tx.execute_rows::<6>(sql, rows).await?;
        self.write_cells(all).await?;
        for Judged { written, .. } in all.iter() {
            self.older.write(&mut self.tx, &written.cells).await?;
        }
        let submissions = all.iter().flat_map(|judged| &judged.written.submissions).map(|(key, s)| {
            let row = [
                Value::Int(None),
                key.period.to_string().into(),
                (&key.form).into(),
                s.state.word().into(),
                (s.rev as i64).into(),
                (&s.author).into(),
                (&s.at).into(),
                s.reason.clone().into(),
                s.asks.clone().into(),
            ];
            (key.reporter.clone().into(), row)
        });
        let rows = self.rows::<9>(submissions);
        let sql = "INSERT INTO submissions (stream, period, form, state, rev, author, received_at, reason, asks) \
             {values} ON CONFLICT (stream, period, form) DO UPDATE SET state = excluded.state, rev = excluded.rev, \
             author = excluded.author, received_at = excluded.received_at, reason = excluded.reason, \
             asks = excluded.asks";
        self.tx.execute_rows(sql, rows).await?;
        self.write_entities(all).await?;
        for Judged { written, at } in all.iter() {
            for key in &written.published {
                self.publish(key, at).await?;
            }
        }
        if all.iter().any(|judged| !judged.written.published.is_empty()) {
            let sql = "INSERT INTO meta (key, value) VALUES ('publication', '1') ON CONFLICT (key) \
                 DO UPDATE SET value = CAST(CAST(meta.value AS BIGINT) + 1 AS TEXT)";
            self.tx.execute(sql, values![]).await?;
        }
        Ok(())
    }

    async fn write_entities(&mut self, all: &[Judged<'_>]) -> Result<(), StoreError> {
        let mut rows = Vec::new();
        for (key, entity) in all.iter().flat_map(|judged| &judged.written.entities) {
            let row = [
                Value::Int(None),
                (&key.kind).into(),
                (&key.id).into(),
                (entity.rev as i64).into(),
                json(&entity.fields)?.into(),
                json(&entity.branches)?.into(),
                (&entity.author).into(),
                (&entity.at).into(),
            ];
            rows.push((key.stream.clone(), row));
        }
        let rows = self.rows::<8>(rows.into_iter());
        let sql = "INSERT INTO entities (stream, kind, id, rev, state, branches, author, received_at) {values} \
             ON CONFLICT (stream, kind, id) DO UPDATE SET rev = excluded.rev, state = excluded.state, \
             branches = excluded.branches, author = excluded.author, received_at = excluded.received_at";
        self.tx.execute_rows(sql, rows).await
    }

    /// Raises the counter of every stream that gets events or ops; gives the events' numbers, a list a batch.
    async fn raise(&mut self, all: &mut [Judged<'_>]) -> Result<Vec<Vec<u64>>, StoreError> {
        let floor = self.epoch * EPOCH_SIZE;
        let ops = || all.iter().flat_map(|judged| &judged.written.ops).map(|(stored, _)| &stored.op.stream);
        // One that only rejected ops name was not asked for before.
        self.streams.lock(&mut self.tx, ops()).await?;
        for id in ops() {
            let stream = self.streams.get(id);
            stream.last = stream.last.max(floor);
        }
        let mut numbers = Vec::with_capacity(all.len());
        for Judged { written, .. } in all {
            for (id, count) in written.streams() {
                let stream = self.streams.get(&id);
                stream.last = stream.last.max(floor) + count;
            }
            numbers.push(written.number(|id| self.streams.last(id)));
        }
        Ok(numbers)
    }

    /// Writes the log, and where the streams end.
    async fn write_ops(&mut self, all: &[Judged<'_>]) -> Result<(), StoreError> {
        let mut rows = Vec::with_capacity(all.iter().map(|judged| judged.written.ops.len()).sum());
        let streams = all.iter().flat_map(|judged| judged.written.streams());
        let mut changed: BTreeSet<StreamId> = streams.map(|(id, _)| id).collect();
        let ops =
            all.iter().flat_map(|Judged { written, at }| written.ops.iter().zip(std::iter::repeat(*at)));
        for ((StoredOp { op, outcome, waits_for, stands_for }, _), at) in ops {
            let body = json(op)?;
            let stream = self.streams.get(&op.stream);
            stream.hash = hex(&Sha256::digest(format!("{}{body}", stream.hash)));
            rows.push([
                op.op_id.to_string().into(),
                op.device_id.to_string().into(),
                (op.device_seq as i64).into(),
                (&op.author).into(),
                op.stream.to_string().into(),
                body.into(),
                json(outcome)?.into(),
                Value::Text(waits_for.map(|id| id.to_string())),
                (&stream.hash).into(),
                Value::Text(stands_for.as_ref().map(json).transpose()?),
                at.into(),
            ]);
            if !changed.contains(&op.stream) {
                changed.insert(op.stream.clone());
            }
        }
        let sql = "INSERT INTO ops (op_id, device_id, device_seq, author, reporter, body, outcome, waits_for, \
             hash, stands_for, received_at) {values}";
        self.tx.execute_rows::<11>(sql, rows).await?;
        self.streams.write(&mut self.tx, &changed).await?;
        let released = all.iter().flat_map(|judged| &judged.written.released);
        for (StoredOp { op, outcome, waits_for, stands_for }, _) in released {
            let sql = "UPDATE ops SET outcome = $1, waits_for = $2, stands_for = $3 WHERE op_id = $4";
            let waits_for = Value::Text(waits_for.map(|id| id.to_string()));
            let stands_for = Value::Text(stands_for.as_ref().map(json).transpose()?);
            let values = [json(outcome)?.into(), waits_for, stands_for, op.op_id.to_string().into()];
            self.tx.execute(sql, &values).await?;
        }
        Ok(())
    }

    async fn write_cells(&mut self, all: &[Judged<'_>]) -> Result<(), StoreError> {
        let mut rows = Vec::with_capacity(all.iter().map(|judged| judged.written.cells.len()).sum());
        for (key, cell) in all.iter().flat_map(|judged| &judged.written.cells) {
            let head = cell.head.as_ref();
            let (older, view) = cell.split();
            let text = |of: Option<&String>| Value::Text(of.cloned());
            let row = [
                Value::Int(None),
                key.period.to_string().into(),
                (&key.element).into(),
                (cell.rev() as i64).into(),
                head.and_then(|h| h.value).into(),
                Value::Text(head.map(|h| h.op_id.to_string())),
                text(head.map(|h| &h.author)),
                text(head.map(|h| &h.at)),
                text(head.and_then(|h| h.reason.as_ref())),
                json(&view)?.into(),
                ((cell.more + older.len() as u64) as i64).into(),
                text(head.and_then(|h| h.note.as_ref())),
                i64::from(head.is_some_and(|h| h.estimated)).into(),
                i64::from(head.is_some_and(|h| h.cleared)).into(),
            ];
            rows.push((key.reporter.clone().into(), row));
        }
        let rows = self.rows::<14>(rows.into_iter());
        let sql = "INSERT INTO cells (stream, period, element, rev, value, op_id, author, received_at, reason, \
             branches, more, note, estimated, cleared) {values} \
             ON CONFLICT (stream, period, element) DO UPDATE SET rev = excluded.rev, value = excluded.value, \
             op_id = excluded.op_id, author = excluded.author, received_at = excluded.received_at, \
             reason = excluded.reason, branches = excluded.branches, more = excluded.more, \
             note = excluded.note, estimated = excluded.estimated, cleared = excluded.cleared";
        self.tx.execute_rows(sql, rows).await
    }

    /// Freezes what the public sees of a form at the revisions in force now.
    async fn publish(&mut self, key: &SubmissionKey, at: &str) -> Result<(), StoreError> {
        let model = self.model;
        let form = model.form_ix(&key.form).map(|f| model.form(f));
        let elements: Vec<&str> =
            form.iter().flat_map(|f| f.elements.iter().map(|e| e.id.as_str())).collect();
        let sql = "INSERT INTO published (stream, period, element, value, rev, published_at, estimated) \
             SELECT c.stream, c.period, c.element, c.value, c.rev, $1, c.estimated FROM cells c \
             JOIN streams s ON s.id = c.stream WHERE s.reporter = $2 AND c.period = $3 AND c.rev > 0 \
             AND c.element IN {list $4} ON CONFLICT (stream, period, element) DO UPDATE SET \
             value = excluded.value, rev = excluded.rev, published_at = excluded.published_at, \
             estimated = excluded.estimated";
        let period = key.period.to_string();
        let values = values![at, key.reporter.to_string(), period, json(&elements)?];
        self.tx.execute(sql, values).await
    }
}
