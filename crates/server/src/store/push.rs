//! Takes ops in: one transaction a batch, one result an op. The judgement is `chitieu_sync::ledger`; here its
//! questions are answered and its writings written, in the order that keeps several writers apart
//! (`peers/sync.md`, 3): cells and submissions are locked in key order, then ops are looked up, then judged;
//! the streams' counters are the last locks taken.

use super::database::{Purpose, Tx, Value, may_retry};
use super::figures::{cell_state, period_of, standing};
use super::pull::entity_row;
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
use serde_json::{Value as Json, json as list};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};

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
            // Another lifetime may have begun since the caller looked.
            epoch: cursor::epoch(&mut tx).await?,
            malformed,
            refusals: left - malformed.len(),
            ..*push
        };
        let mut batch = Batch { push, tx, older: branches::Older::default() };
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
    older: branches::Older,
}

/// A stream after its counter was raised: where it ends, and the last link of its chain of hashes.
#[derive(Default)]
struct Stream {
    last: u64,
    hash: String,
}

fn cell_row(key: &CellKey) -> Json {
    list!([key.reporter, key.period, key.element])
}

fn submission_row(key: &SubmissionKey) -> Json {
    list!([key.reporter, key.period, key.form])
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

    /// Makes each of these streams that is not there.
    async fn streams(&mut self, names: impl Iterator<Item = String>) -> Result<(), sqlx::Error> {
        let mut names: Vec<String> = names.collect();
        names.sort_unstable();
        names.dedup();
        let sql = "INSERT INTO streams (reporter, seq) SELECT k.value ->> 0, 0 FROM {rows $1} AS k WHERE true \
                   ORDER BY 1 ON CONFLICT DO NOTHING";
        let rows: Vec<Json> = names.iter().map(|name| list!([name])).collect();
        self.tx.execute(sql, values![json(&rows)?]).await
    }

    async fn load_cells(&mut self, wanted: &Wanted, known: &mut Known) -> Result<(), sqlx::Error> {
        if wanted.cells.is_empty() {
            return Ok(());
        }
        self.streams(wanted.cells.iter().map(|key| key.reporter.to_string())).await?;
        let keys = json(&wanted.cells.iter().map(cell_row).collect::<Vec<_>>())?;
        let missing = "INSERT INTO cells (stream, period, element, rev) \
             SELECT s.id, k.value ->> 1, k.value ->> 2, 0 FROM {rows $1} AS k \
             JOIN streams s ON s.reporter = k.value ->> 0 WHERE true ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING";
        self.tx.execute(missing, values![&keys]).await?;
        let locked = "SELECT c.id, s.reporter, c.period, c.element, c.rev, c.value, c.op_id, c.author, \
             c.received_at, c.reason, c.note, c.estimated, c.cleared, c.branches, c.more \
             FROM cells c JOIN streams s ON s.id = c.stream \
             JOIN {rows $1} AS k ON k.value ->> 0 = s.reporter AND k.value ->> 1 = c.period \
             AND k.value ->> 2 = c.element ORDER BY c.stream, c.period, c.element {lock c}";
        for row in self.tx.fetch(locked, values![keys]).await? {
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
        self.streams(wanted.submissions.iter().map(|key| key.reporter.to_string())).await?;
        let keys = json(&wanted.submissions.iter().map(submission_row).collect::<Vec<_>>())?;
        let missing = "INSERT INTO submissions (stream, period, form, state, rev, author, received_at) \
             SELECT s.id, k.value ->> 1, k.value ->> 2, 'draft', 0, '', '' FROM {rows $1} AS k \
             JOIN streams s ON s.reporter = k.value ->> 0 WHERE true ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING";
        self.tx.execute(missing, values![&keys]).await?;
        let locked = "SELECT s.reporter, u.period, u.form, u.state, u.rev, u.author, u.received_at, u.reason, u.asks \
             FROM submissions u JOIN streams s ON s.id = u.stream \
             JOIN {rows $1} AS k ON k.value ->> 0 = s.reporter AND k.value ->> 1 = u.period \
             AND k.value ->> 2 = u.form ORDER BY u.stream, u.period, u.form {lock u}";
        for row in self.tx.fetch(locked, values![keys]).await? {
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
        self.streams(wanted.iter().map(|key| key.stream.to_string())).await?;
        let keys = json(&wanted.iter().map(|key| list!([key.stream, key.kind, key.id])).collect::<Vec<_>>())?;
        let missing = "INSERT INTO entities (stream, kind, id, rev) \
             SELECT s.id, k.value ->> 1, k.value ->> 2, 0 FROM {rows $1} AS k \
             JOIN streams s ON s.reporter = k.value ->> 0 WHERE true ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING";
        self.tx.execute(missing, values![&keys]).await?;
        let locked = "SELECT s.reporter, n.kind, n.id, n.rev, n.state, n.branches, n.author, n.received_at \
             FROM entities n JOIN streams s ON s.id = n.stream \
             JOIN {rows $1} AS k ON k.value ->> 0 = s.reporter AND k.value ->> 1 = n.kind \
             AND k.value ->> 2 = n.id ORDER BY n.stream, n.kind, n.id {lock n}";
        for row in self.tx.fetch(locked, values![keys]).await? {
            let (key, told) = entity_row(&row)?;
            let entity = Entity::read(&told).ok_or_else(|| unreadable(std::fmt::Error))?;
            known.entities.insert(key, entity);
        }
        Ok(())
    }

    async fn load_ops(&mut self, wanted: &Wanted, known: &mut Known) -> Result<(), sqlx::Error> {
        let ids = json(&wanted.ops)?;
        known.malformed.extend(malformed::of(&mut self.tx, &ids).await?);
        let sql = "SELECT op_id, body, outcome, waits_for, stands_for FROM ops \
             WHERE op_id IN {list $1} OR waits_for IN {list $1}";
        for row in self.tx.fetch(sql, values![ids]).await? {
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
        let numbers: Vec<Json> = wanted.numbers.iter().map(|(device, seq)| list!([device, seq])).collect();
        let sql = "SELECT o.device_id, o.device_seq, o.op_id FROM ops o JOIN {rows $1} AS k \
                   ON o.device_id = k.value ->> 0 AND o.device_seq = CAST(k.value ->> 1 AS BIGINT)";
        for row in self.tx.fetch(sql, values![json(&numbers)?]).await? {
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
        let streams = self.raise(written).await?;
        let numbers = written.number(&streams.iter().map(|(id, stream)| (id.clone(), stream.last)).collect());
        let logs = self.write_ops(written, streams).await?;
        let made_by = written.made_by();
        let events: Result<Vec<Json>, sqlx::Error> = written
            .events
            .iter()
            .zip(numbers)
            .zip(made_by)
            .map(|((event, seq), op_id)| {
                let body = json(event)?;
                let log = logs.get(&event.stream).map_or("", String::as_str);
                let hash = cursor::event_hash(log, &body);
                Ok(list!([event.stream, seq, body, hash, event.kind(), op_id]))
            })
            .collect();
        let sql = "INSERT INTO events (stream, seq, body, hash, kind, op_id) SELECT s.id, CAST(k.value ->> 1 AS BIGINT), \
             k.value ->> 2, k.value ->> 3, k.value ->> 4, k.value ->> 5 \
             FROM {rows $1} AS k JOIN streams s ON s.reporter = k.value ->> 0";
        self.tx.execute(sql, values![json(&events?)?]).await?;
        let cells: Result<Vec<Json>, sqlx::Error> = written
            .cells
            .iter()
            .map(|(key, cell)| {
                let head = cell.head.as_ref();
                let (older, view) = cell.split();
                Ok(list!([
                    key.reporter,
                    key.period,
                    key.element,
                    cell.rev(),
                    head.and_then(|h| h.value),
                    head.map(|h| h.op_id),
                    head.map(|h| &h.author),
                    head.map(|h| &h.at),
                    head.and_then(|h| h.reason.as_ref()),
                    json(&view)?,
                    cell.more + older.len() as u64,
                    head.and_then(|h| h.note.as_ref()),
                    i64::from(head.is_some_and(|h| h.estimated)),
                    i64::from(head.is_some_and(|h| h.cleared))
                ]))
            })
            .collect();
        let sql = "INSERT INTO cells (stream, period, element, rev, value, op_id, author, received_at, reason, \
             branches, more, note, estimated, cleared) SELECT s.id, k.value ->> 1, k.value ->> 2, \
             CAST(k.value ->> 3 AS BIGINT), CAST(k.value ->> 4 AS BIGINT), k.value ->> 5, k.value ->> 6, \
             k.value ->> 7, k.value ->> 8, k.value ->> 9, CAST(k.value ->> 10 AS BIGINT), k.value ->> 11, \
             CAST(k.value ->> 12 AS BIGINT), CAST(k.value ->> 13 AS BIGINT) \
             FROM {rows $1} AS k JOIN streams s ON s.reporter = k.value ->> 0 WHERE true \
             ON CONFLICT (stream, period, element) DO UPDATE SET rev = excluded.rev, value = excluded.value, \
             op_id = excluded.op_id, author = excluded.author, received_at = excluded.received_at, \
             reason = excluded.reason, branches = excluded.branches, more = excluded.more, \
             note = excluded.note, estimated = excluded.estimated, cleared = excluded.cleared";
        self.tx.execute(sql, values![json(&cells?)?]).await?;
        self.older.write(&mut self.tx, &written.cells).await?;
        let submissions: Vec<Json> = written
            .submissions
            .iter()
            .map(|(key, s)| {
                list!([key.reporter, key.period, key.form, s.state, s.rev, s.author, s.at, s.reason, s.asks])
            })
            .collect();
        let sql = "INSERT INTO submissions (stream, period, form, state, rev, author, received_at, reason, asks) \
             SELECT s.id, k.value ->> 1, k.value ->> 2, k.value ->> 3, CAST(k.value ->> 4 AS BIGINT), \
             k.value ->> 5, k.value ->> 6, k.value ->> 7, k.value ->> 8 FROM {rows $1} AS k \
             JOIN streams s ON s.reporter = k.value ->> 0 WHERE true \
             ON CONFLICT (stream, period, form) DO UPDATE SET state = excluded.state, rev = excluded.rev, \
             author = excluded.author, received_at = excluded.received_at, reason = excluded.reason, \
             asks = excluded.asks";
        self.tx.execute(sql, values![json(&submissions)?]).await?;
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
        let row = |(key, entity): (&EntityKey, &Entity)| {
            let (fields, branches) = (json(&entity.fields)?, json(&entity.branches)?);
            let Entity { rev, author, at, .. } = entity;
            Ok(list!([key.stream, key.kind, key.id, rev, fields, branches, author, at]))
        };
        let rows: Result<Vec<Json>, sqlx::Error> = written.entities.iter().map(row).collect();
        let sql = "INSERT INTO entities (stream, kind, id, rev, state, branches, author, received_at) \
             SELECT s.id, k.value ->> 1, k.value ->> 2, CAST(k.value ->> 3 AS BIGINT), k.value ->> 4, \
             k.value ->> 5, k.value ->> 6, k.value ->> 7 FROM {rows $1} AS k \
             JOIN streams s ON s.reporter = k.value ->> 0 WHERE true \
             ON CONFLICT (stream, kind, id) DO UPDATE SET rev = excluded.rev, state = excluded.state, \
             branches = excluded.branches, author = excluded.author, received_at = excluded.received_at";
        self.tx.execute(sql, values![json(&rows?)?]).await
    }

    /// Raises the counter of every stream that gets events or ops: the last locks of the transaction, in the
    /// streams' order. Gives where each ends, and the last link of its chain of hashes.
    async fn raise(&mut self, written: &Written) -> Result<HashMap<StreamId, Stream>, sqlx::Error> {
        let floor = (self.push.epoch * EPOCH_SIZE) as i64;
        let sql = "UPDATE streams SET seq = CASE WHEN seq < $1 THEN $1 ELSE seq END + $2 WHERE reporter = $3 \
                   RETURNING seq, hash";
        let mut counts: BTreeMap<StreamId, u64> = written.streams().into_iter().collect();
        for (stored, _) in &written.ops {
            counts.entry(stored.op.stream.clone()).or_default();
        }
        let mut streams = HashMap::new();
        for (id, count) in counts {
            let rows = self.tx.fetch(sql, values![floor, count as i64, id.to_string()]).await?;
            // The plan may not know this reporter: its ops are rejected and have no stream.
            let stream = match rows.first() {
                Some(row) => Stream { last: row.int("seq")? as u64, hash: row.text("hash")? },
                None => Stream::default(),
            };
            streams.insert(id, stream);
        }
        Ok(streams)
    }

    /// Gives the last link of each stream's chain.
    async fn write_ops(
        &mut self,
        written: &Written,
        mut streams: HashMap<StreamId, Stream>,
    ) -> Result<HashMap<StreamId, String>, sqlx::Error> {
        let mut rows = Vec::with_capacity(written.ops.len());
        for (StoredOp { op, outcome, waits_for, stands_for }, _) in &written.ops {
            let body = json(op)?;
            let stream = streams.entry(op.stream.clone()).or_default();
            let link = Sha256::digest(format!("{}{body}", stream.hash));
            stream.hash = hex(&link);
            rows.push(list!([
                op.op_id,
                op.device_id,
                op.device_seq,
                op.author,
                op.stream,
                body,
                json(outcome)?,
                waits_for,
                stream.hash,
                stands_for.as_ref().map(json).transpose()?
            ]));
        }
        let sql = "INSERT INTO ops (op_id, device_id, device_seq, author, reporter, body, outcome, waits_for, \
             hash, stands_for, received_at) SELECT k.value ->> 0, k.value ->> 1, CAST(k.value ->> 2 AS BIGINT), \
             k.value ->> 3, k.value ->> 4, k.value ->> 5, k.value ->> 6, k.value ->> 7, k.value ->> 8, k.value ->> 9, $2 \
             FROM {rows $1} AS k";
        self.tx.execute(sql, values![json(&rows)?, self.push.at]).await?;
        let mut logs = HashMap::new();
        for (id, Stream { hash, .. }) in streams {
            let sql = "UPDATE streams SET hash = $1 WHERE reporter = $2";
            self.tx.execute(sql, values![&hash, id.to_string()]).await?;
            logs.insert(id, hash);
        }
        for (StoredOp { op, outcome, waits_for, stands_for }, _) in &written.released {
            let sql = "UPDATE ops SET outcome = $1, waits_for = $2, stands_for = $3 WHERE op_id = $4";
            let waits_for = Value::Text(waits_for.map(|id| id.to_string()));
            let stands_for = Value::Text(stands_for.as_ref().map(json).transpose()?);
            let values = [json(outcome)?.into(), waits_for, stands_for, op.op_id.to_string().into()];
            self.tx.execute(sql, &values).await?;
        }
        Ok(logs)
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
