//! Loads what batches are judged by.

use super::Group;
use crate::store::database::Value;
use crate::store::error::StoreError;
use crate::store::figures::{cell_state, period_of, standing};
use crate::store::page::entity_row;
use crate::store::{json, malformed, unreadable};
use crate::values;
use chitieu_domain::{PeriodId, ReporterId};
use chitieu_sync::entity::{Entity, EntityKey, Register, task_evidence};
use chitieu_sync::judge::Recorded;
use chitieu_sync::ledger::{Beyond, Loaded, ReadSet, StoredOp};
use chitieu_sync::raw::Raw;
use chitieu_sync::replica::{CellKey, SubmissionKey};
use chitieu_sync::{Base, Op, Outcome, StreamId};
use std::collections::BTreeSet;
use uuid::Uuid;

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

/// An attachment that does not read: it counts as there, so that a report never gets more than it may.
fn unread() -> Entity {
    let register = Register {
        value: Raw::of(&()),
        rev: 0,
        op_id: Uuid::nil(),
        author: String::new(),
        at: String::new(),
        reason: None,
    };
    Entity { fields: [(task_evidence::MEDIA.to_owned(), register)].into(), ..Entity::default() }
}

impl Group<'_> {
    pub(super) async fn load(&mut self, wanted: &ReadSet, known: &mut Loaded) -> Result<(), StoreError> {
        self.load_cells(wanted, known).await?;
        self.older.load(&mut self.tx, wanted, known).await?;
        self.load_submissions(wanted, known).await?;
        self.load_entities(wanted, known).await?;
        self.load_attachments(wanted, known).await?;
        self.load_ops(wanted, known).await?;
        self.load_columns(wanted, known).await
    }

    async fn load_cells(&mut self, wanted: &ReadSet, known: &mut Loaded) -> Result<(), StoreError> {
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

    async fn load_submissions(&mut self, wanted: &ReadSet, known: &mut Loaded) -> Result<(), StoreError> {
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
    async fn load_entities(&mut self, wanted: &ReadSet, known: &mut Loaded) -> Result<(), StoreError> {
        let is_known = |key: &&EntityKey| {
            key.stream.reporter().is_none_or(|reporter| self.model.reporter_ix(reporter).is_some())
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

    /// What stands behind reports; their streams were made with the reports.
    async fn load_attachments(&mut self, wanted: &ReadSet, known: &mut Loaded) -> Result<(), StoreError> {
        if wanted.attachments_of.is_empty() {
            return Ok(());
        }
        let keys = wanted.attachments_of.iter().map(|report| {
            // `0` follows `/`: what lies between them is behind this report, and behind none whose turn begins alike.
            let (from, to) = (format!("{}/", report.id), format!("{}0", report.id));
            (report.stream.clone(), [Value::Int(None), task_evidence::ID.into(), from.into(), to.into()])
        });
        let sql = "SELECT s.reporter, n.kind, n.id, n.rev, n.state, n.branches, n.author, n.received_at \
             FROM {values k} CROSS JOIN entities n CROSS JOIN streams s WHERE n.stream = k.column1 \
             AND n.kind = k.column2 AND n.id > k.column3 AND n.id < k.column4 AND s.id = n.stream";
        for row in self.tx.fetch_rows(sql, self.rows::<4>(keys)).await? {
            let (key, told) = entity_row(&row)?;
            // One of a later release, before this one was put back: nothing is judged by it but how many there are.
            let entity = Entity::read(&told).unwrap_or_else(unread);
            known.entities.entry(key).or_insert(entity);
        }
        Ok(())
    }

    async fn load_ops(&mut self, wanted: &ReadSet, known: &mut Loaded) -> Result<(), StoreError> {
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

    async fn load_columns(&mut self, wanted: &ReadSet, known: &mut Loaded) -> Result<(), StoreError> {
        let model = self.model;
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
}
