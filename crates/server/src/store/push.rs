//! Takes ops in: one transaction a batch, one result an op. The judgement is `chitieu_sync::ledger`; here its
//! questions are answered and its writings written, in the order that keeps several writers apart
//! (`peers/sync.md`, 3): the streams are locked in their order, and with them all that is numbered in them, then ops are
//! looked up, then judged.

use super::database::{Purpose, Tx, Value, may_retry};
use super::figures::{cell_state, period_of, standing};
use super::pull::entity_row;
use super::streams::{Stream, Streams};
use super::{Store, branches, cursor, json, malformed, refusals, unreadable};
use crate::problem::Problem;
use crate::session::hex;
use crate::values;
use chitieu_domain::{PeriodId, ReporterId};
use chitieu_sync::entity::{Entity, EntityKey};
use chitieu_sync::judge::Recorded;
use chitieu_sync::ledger::{self, Beyond, EPOCH_SIZE, Known, StoredOp, TakeError, Wanted, Written, take};
use chitieu_sync::message::PushResponse;
use chitieu_sync::replica::{CellKey, SubmissionKey};
use chitieu_sync::{Base, Op, Outcome, StreamId};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// How often a batch is tried that met another writer.
const TRIES: usize = 5;

impl Store {
    /// Judges a batch and keeps everything about it, or nothing. Gives the answer, and how many of the ops that do not
    /// read were taken. Of `push.refusals` what was recorded of this sender today is taken off.
    pub async fn push(
        &self,
        push: &ledger::Push<'_>,
        sender: Sender<'_>,
        ops: &[Op],
    ) -> Result<(PushResponse, usize), Problem> {
        let mut tries = 1;
        loop {
            match self.try_push(push, sender, ops).await {
                Err(Problem::Store(error)) if may_retry(&error) && tries < TRIES => tries += 1,
                other => {
                    self.health.note(&other, crate::state::now().timestamp());
                    return other;
                }
            }
        }
    }

    async fn try_push(
        &self,
        push: &ledger::Push<'_>,
        sender: Sender<'_>,
        ops: &[Op],
    ) -> Result<(PushResponse, usize), Problem> {
        let mut tx = self.database.begin(Purpose::Write).await?;
        let day = push.today.to_string();
        let left = push.refusals.saturating_sub(refusals::of(&mut tx, sender.author, &day).await?);
        let all_malformed = push.malformed.len();
        let malformed = &push.malformed[..push.malformed.len().min(left)];
        let push = &ledger::Push {
            // No other lifetime begins as long as this transaction lasts.
            epoch: cursor::epoch(&mut tx).await?,
            malformed,
            refusals: left - malformed.len(),
            ..*push
        };
        let mut batch = Batch { push, tx, streams: Streams::default(), older: branches::Older::default() };
        batch.streams.lock(&mut batch.tx, ops.iter().map(|op| &op.stream)).await?;
        let mut known = Known::default();
        loop {
            let wanted = known.wants(push, ops);
            if wanted.is_empty() {
                break;
            }
            batch.load(&wanted, &mut known).await?;
        }
        let mut written =
            take(push, ops, &mut known).map_err(|TakeError::DeviceCloned| Problem::DeviceCloned)?;
        if !sender.defers && (written.deferred > 0 || malformed.len() < all_malformed) {
            return Err(Problem::TooManyRefused);
        }
        batch.write(&mut written).await?;
        malformed::keep(&mut batch.tx, malformed, push.at).await?;
        refusals::add(&mut batch.tx, sender.author, &day, written.refused + malformed.len()).await?;
        let streams: Vec<String> = written.streams().iter().map(|(s, _)| s.to_string()).collect();
        self.news.before_commit(&mut batch.tx, &streams).await?;
        batch.tx.commit().await?;
        self.news.after_commit(streams);
        let answer = PushResponse { epoch: push.epoch, results: written.results(), at: push.at.to_owned() };
        Ok((answer, malformed.len()))
    }
}

/// As much of an op as a later one's base looks at. One whose base does not read either stands for nothing that is known.
fn beyond(body: &str, outcome: Outcome, stands_for: Option<Base>) -> Beyond {
    #[derive(serde::Deserialize)]
    struct Based {
        base: Base,
    }
    #[derive(serde::Deserialize)]
    struct Of {
        author: String,
        reporter: ReporterId,
        period: PeriodId,
        element: String,
    }
    let base = stands_for.or_else(|| serde_json::from_str(body).ok().map(|Based { base }| base));
    let is_lost = base.is_none() && matches!(outcome, Outcome::Rejected { .. });
    let outcome = if is_lost { Outcome::Unknown } else { outcome };
    let recorded = Recorded { outcome, base: base.unwrap_or(Base::Rev(0)) };
    match serde_json::from_str(body) {
        Ok(Of { author, reporter, period, element }) => {
            Beyond { author, cell: Some(CellKey { reporter, period, element }), recorded }
        }
        Err(_) => Beyond { author: String::new(), cell: None, recorded },
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

struct Batch<'a> {
    push: &'a ledger::Push<'a>,
    tx: Tx,
    streams: Streams,
    older: branches::Older,
}

impl Batch<'_> {
    async fn load(&mut self, wanted: &Wanted, known: &mut Known) -> Result<(), sqlx::Error> {
        self.load_cells(wanted, known).await?;
        self.older.load(&mut self.tx, wanted, known).await?;
        self.load_submissions(wanted, known).await?;
        self.load_entities(wanted, known).await?;
        self.load_ops(wanted, known).await?;
        self.load_columns(wanted, known).await
    }

    /// One row a thing of a stream that has a place, by what names it there.
    fn rows<const N: usize>(&self, of: impl Iterator<Item = (StreamId, [Value; N])>) -> Vec<[Value; N]> {
        let placed = |(stream, mut row): (StreamId, [Value; N])| {
            row[0] = self.streams.place(&stream)?.into();
            Some(row)
        };
        of.filter_map(placed).collect()
    }

    async fn load_cells(&mut self, wanted: &Wanted, known: &mut Known) -> Result<(), sqlx::Error> {
        if wanted.cells.is_empty() {
            return Ok(());
        }
        let streams: BTreeSet<StreamId> =
            wanted.cells.iter().map(|key| key.reporter.clone().into()).collect();
        self.streams.make(&mut self.tx, streams.iter()).await?;
        let keys = wanted.cells.iter().map(|key| {
            (
                key.reporter.clone().into(),
                [Value::Int(None), key.period.to_string().into(), (&key.element).into()],
            )
        });
        let sql = "SELECT c.id, s.reporter, c.period, c.element, c.rev, c.value, c.op_id, c.author, \
             c.received_at, c.reason, c.note, c.estimated, c.cleared, c.branches, c.more \
             FROM {values k} CROSS JOIN cells c CROSS JOIN streams s WHERE c.stream = k.column1 \
             AND c.period = k.column2 AND c.element = k.column3 AND s.id = c.stream";
        for row in self.tx.fetch_rows(sql, self.rows::<3>(keys)).await? {
            let reporter = row.text("reporter")?.parse().map_err(unreadable)?;
            let key = CellKey { reporter, period: period_of(&row)?, element: row.text("element")? };
            let cell = cell_state(&row)?;
            self.older.lock(key.clone(), row.int("id")?, cell.clone());
            known.cells.insert(key, cell);
        }
        Ok(())
    }

    async fn load_submissions(&mut self, wanted: &Wanted, known: &mut Known) -> Result<(), sqlx::Error> {
        if wanted.submissions.is_empty() {
            return Ok(());
        }
        let streams: BTreeSet<StreamId> =
            wanted.submissions.iter().map(|key| key.reporter.clone().into()).collect();
        self.streams.make(&mut self.tx, streams.iter()).await?;
        let keys = wanted.submissions.iter().map(|key| {
            (
                key.reporter.clone().into(),
                [Value::Int(None), key.period.to_string().into(), (&key.form).into()],
            )
        });
        let sql = "SELECT s.reporter, u.period, u.form, u.state, u.rev, u.author, u.received_at, u.reason, u.asks \
             FROM {values k} CROSS JOIN submissions u CROSS JOIN streams s WHERE u.stream = k.column1 \
             AND u.period = k.column2 AND u.form = k.column3 AND s.id = u.stream";
        for row in self.tx.fetch_rows(sql, self.rows::<3>(keys)).await? {
            let reporter = row.text("reporter")?.parse().map_err(unreadable)?;
            let key = SubmissionKey { reporter, period: period_of(&row)?, form: row.text("form")? };
            known.submissions.insert(key, standing(&row)?);
        }
        Ok(())
    }

    /// Of whatever kind they are.
    async fn load_entities(&mut self, wanted: &Wanted, known: &mut Known) -> Result<(), sqlx::Error> {
        let is_known = |key: &&EntityKey| {
            key.stream.reporter().is_none_or(|reporter| self.push.model.reporter_ix(reporter).is_some())
        };
        let wanted: Vec<&EntityKey> = wanted.entities.iter().filter(is_known).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        self.streams.make(&mut self.tx, wanted.iter().map(|key| &key.stream)).await?;
        let keys = wanted
            .iter()
            .map(|key| (key.stream.clone(), [Value::Int(None), (&key.kind).into(), (&key.id).into()]));
        let sql = "SELECT s.reporter, n.kind, n.id, n.rev, n.state, n.branches, n.author, n.received_at \
             FROM {values k} CROSS JOIN entities n CROSS JOIN streams s WHERE n.stream = k.column1 \
             AND n.kind = k.column2 AND n.id = k.column3 AND s.id = n.stream";
        for row in self.tx.fetch_rows(sql, self.rows::<3>(keys)).await? {
            let (key, told) = entity_row(&row)?;
            let entity = Entity::read(&told).ok_or_else(|| unreadable(std::fmt::Error))?;
            known.entities.insert(key, entity);
        }
        Ok(())
    }

    async fn load_ops(&mut self, wanted: &Wanted, known: &mut Known) -> Result<(), sqlx::Error> {
        let ids = json(&wanted.ops)?;
        let mut rows = Vec::new();
        if !wanted.ops.is_empty() {
            known.malformed.extend(malformed::of(&mut self.tx, &ids).await?);
            // Asked for one after the other, each has its index.
            let sql = "SELECT op_id, body, outcome, waits_for, stands_for FROM ops WHERE op_id IN {list $1} \
                 UNION ALL SELECT op_id, body, outcome, waits_for, stands_for FROM ops \
                 WHERE waits_for IS NOT NULL AND waits_for IN {list $1}";
            rows = self.tx.fetch(sql, values![ids]).await?;
        }
        for row in rows {
            let (body, outcome) = (row.text("body")?, row.text("outcome")?);
            // What does not read was written by a later release, before this one was put back.
            let outcome = serde_json::from_str(&outcome).unwrap_or(Outcome::Unknown);
            let stands_for = row.maybe_text("stands_for")?.and_then(|base| serde_json::from_str(&base).ok());
            let Ok(op) = serde_json::from_str::<Op>(&body) else {
                let id = row.text("op_id")?.parse().map_err(unreadable)?;
                known.beyond.insert(id, beyond(&body, outcome, stands_for));
                continue;
            };
            let waits_for =
                row.maybe_text("waits_for")?.map(|id| id.parse()).transpose().map_err(unreadable)?;
            let id = op.op_id;
            let is_new = known.ops.insert(id, StoredOp { op, outcome, waits_for, stands_for }).is_none();
            if let Some(other) = waits_for.filter(|_| is_new) {
                known.held.entry(other).or_default().push(id);
            }
        }
        let numbers =
            wanted.numbers.iter().map(|(device, seq)| [device.to_string().into(), (*seq as i64).into()]);
        let sql = "SELECT o.device_id, o.device_seq, o.op_id FROM {values k} CROSS JOIN ops o \
                   WHERE o.device_id = k.column1 AND o.device_seq = k.column2";
        for row in self.tx.fetch_rows::<2>(sql, numbers.collect()).await? {
            let number = (row.text("device_id")?.parse().map_err(unreadable)?, row.int("device_seq")? as u64);
            known.numbers.insert(number, row.text("op_id")?.parse().map_err(unreadable)?);
        }
        Ok(())
    }

    async fn load_columns(&mut self, wanted: &Wanted, known: &mut Known) -> Result<(), sqlx::Error> {
        let model = self.push.model;
        for (reporter, form) in &wanted.columns {
            let form = model.form_ix(form).map(|f| model.form(f));
            let elements: Vec<&str> =
                form.iter().flat_map(|f| f.elements.iter().map(|e| e.id.as_str())).collect();
            let sql = "SELECT c.period, c.element, c.rev, c.value, c.op_id, c.author, c.received_at, c.reason, \
                 c.note, c.estimated, c.cleared, c.branches, c.more FROM cells c JOIN streams s ON s.id = c.stream \
                 WHERE s.reporter = $1 AND c.element IN {list $2}";
            for row in self.tx.fetch(sql, values![reporter.to_string(), json(&elements)?]).await? {
                let (period, element) = (period_of(&row)?, row.text("element")?);
                let key = CellKey { reporter: reporter.clone(), period, element };
                // A cell that was locked is as it was found then.
                known.cells.entry(key).or_insert(cell_state(&row)?);
            }
        }
        Ok(())
    }

    async fn write(&mut self, written: &mut Written) -> Result<(), sqlx::Error> {
        let numbers = self.raise(written).await?;
        self.write_ops(written).await?;
        let mut rows = Vec::with_capacity(written.events.len());
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
        let sql = "INSERT INTO events (stream, seq, body, hash, kind, op_id) {values}";
        self.tx.execute_rows::<6>(sql, rows).await?;
        self.write_cells(written).await?;
        self.older.write(&mut self.tx, &written.cells).await?;
        let submissions = written.submissions.iter().map(|(key, s)| {
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
        self.write_entities(written).await?;
        for key in &written.published {
            self.publish(key).await?;
        }
        if !written.published.is_empty() {
            let sql = "INSERT INTO meta (key, value) VALUES ('publication', '1') ON CONFLICT (key) \
                 DO UPDATE SET value = CAST(CAST(meta.value AS BIGINT) + 1 AS TEXT)";
            self.tx.execute(sql, values![]).await?;
        }
        Ok(())
    }

    async fn write_entities(&mut self, written: &Written) -> Result<(), sqlx::Error> {
        if written.entities.is_empty() {
            return Ok(());
        }
        let mut rows = Vec::with_capacity(written.entities.len());
        for (key, entity) in &written.entities {
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

    /// Raises the counter of every stream that gets events or ops; gives the events' numbers.
    async fn raise(&mut self, written: &mut Written) -> Result<Vec<u64>, sqlx::Error> {
        let floor = self.push.epoch * EPOCH_SIZE;
        let counts: BTreeMap<StreamId, u64> = written.streams().into_iter().collect();
        // One that only rejected ops name was not asked for before.
        self.streams.lock(&mut self.tx, written.ops.iter().map(|(stored, _)| &stored.op.stream)).await?;
        for (stored, _) in &written.ops {
            let stream = self.streams.get(&stored.op.stream);
            stream.last = stream.last.max(floor);
        }
        for (id, count) in &counts {
            let stream = self.streams.get(id);
            stream.last = stream.last.max(floor) + count;
        }
        Ok(written.number(&self.streams.ends().map(|(id, last)| (id.clone(), last)).collect()))
    }

    /// Writes the log, and where the streams end.
    async fn write_ops(&mut self, written: &Written) -> Result<(), sqlx::Error> {
        let mut rows = Vec::with_capacity(written.ops.len());
        let mut changed: BTreeSet<StreamId> = written.streams().into_iter().map(|(id, _)| id).collect();
        for (StoredOp { op, outcome, waits_for, stands_for }, _) in &written.ops {
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
                self.push.at.into(),
            ]);
            if !changed.contains(&op.stream) {
                changed.insert(op.stream.clone());
            }
        }
        let sql = "INSERT INTO ops (op_id, device_id, device_seq, author, reporter, body, outcome, waits_for, \
             hash, stands_for, received_at) {values}";
        self.tx.execute_rows::<11>(sql, rows).await?;
        self.streams.write(&mut self.tx, &changed).await?;
        for (StoredOp { op, outcome, waits_for, stands_for }, _) in &written.released {
            let sql = "UPDATE ops SET outcome = $1, waits_for = $2, stands_for = $3 WHERE op_id = $4";
            let waits_for = Value::Text(waits_for.map(|id| id.to_string()));
            let stands_for = Value::Text(stands_for.as_ref().map(json).transpose()?);
            let values = [json(outcome)?.into(), waits_for, stands_for, op.op_id.to_string().into()];
            self.tx.execute(sql, &values).await?;
        }
        Ok(())
    }

    async fn write_cells(&mut self, written: &Written) -> Result<(), sqlx::Error> {
        let mut rows = Vec::with_capacity(written.cells.len());
        for (key, cell) in &written.cells {
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
    async fn publish(&mut self, key: &SubmissionKey) -> Result<(), sqlx::Error> {
        let model = self.push.model;
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
        let values = values![self.push.at, key.reporter.to_string(), period, json(&elements)?];
        self.tx.execute(sql, values).await
    }
}
