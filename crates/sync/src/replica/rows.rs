//! How a replica is stored: rows of text under speaking keys, and a version that every write raises.
//!
//! Several tabs work on one database, each with its own [`Replica`] in memory. A write names the version that its
//! replica has; the store refuses it where another tab has written since, so that no two tabs give out the
//! same number or name the same base for different things. Whoever was refused catches up and asks again.

use super::{CellKey, Change, Replica, SubmissionKey};
use crate::entity::EntityKey;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A key and what is stored under it from now on; none deletes.
pub type Row = (String, Option<String>);

/// What became of rows that another tab wrote.
#[derive(Debug, PartialEq, Eq)]
pub enum RemoteWrite {
    /// They were taken in: these cells and submissions look different now.
    Applied(Vec<CellKey>, Vec<SubmissionKey>),
    /// They were known already.
    Duplicate,
    /// Something before them was missed: everything must be read again.
    Gap,
}

pub(super) const DEVICE: &str = "k|device_id";
pub(super) const LAST_SEQ: &str = "k|last_seq";
pub(super) const CURSOR: &str = "k|cursor";

fn cell_key(key: &CellKey) -> String {
    format!("c|{}|{}|{}", key.reporter, key.period, key.element)
}

fn submission_key(key: &SubmissionKey) -> String {
    format!("s|{}|{}|{}", key.reporter, key.period, key.form)
}

fn entity_key(key: &EntityKey) -> String {
    format!("e|{}|{}|{}", key.stream, key.kind, key.id)
}

pub(super) fn outbox_key(seq: u64) -> String {
    format!("o|{seq:020}")
}

pub(super) fn sent_key(id: Uuid) -> String {
    format!("a|{id}")
}

fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("texts, numbers and lists of them are JSON")
}

/// A row as the change that wrote it; none for one that is not a replica's. What does not read is a later release's.
fn change_of(key: &str, value: Option<&str>) -> Option<Change> {
    // Before epochs were kept there was a cursor alone: the next pull starts over.
    if key == CURSOR {
        let (cursor, epoch) = json(value?)?;
        return Some(Change::Cursor(cursor, epoch));
    }
    // Answers of the server, drafts, sealed ops.
    if matches!(key.split('|').next(), Some("k" | "d" | "z")) {
        return None;
    }
    let unread = || Change::Unread(key.to_owned(), value.map(str::to_owned));
    Some(read(key, value).unwrap_or_else(unread))
}

fn json<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}

/// None where the row does not read.
fn read(key: &str, value: Option<&str>) -> Option<Change> {
    let mut parts = key.splitn(4, '|');
    let (kind, a, b, c) = (parts.next(), parts.next(), parts.next(), parts.next());
    Some(match (kind, a, b, c) {
        (Some(kind @ ("c" | "s")), Some(reporter), Some(period), Some(what)) => {
            let (reporter, period) = (reporter.parse().ok()?, period.parse().ok()?);
            let what = what.to_owned();
            if kind == "c" {
                let of = CellKey { reporter, period, element: what };
                match value {
                    Some(value) => Change::Cell(of, json(value)?),
                    None => Change::NoCell(of),
                }
            } else {
                let of = SubmissionKey { reporter, period, form: what };
                match value {
                    Some(value) => Change::Submission(of, json(value)?),
                    None => Change::NoSubmission(of),
                }
            }
        }
        (Some("e"), Some(stream), Some(kind), Some(id)) => {
            let stream = stream.parse().ok()?;
            let of = EntityKey { stream, kind: kind.to_owned(), id: id.to_owned() };
            match value {
                Some(value) => Change::Entity(of, json(value)?),
                None => Change::NoEntity(of),
            }
        }
        (Some("o"), Some(seq), ..) => {
            let seq = seq.parse().ok()?;
            match value {
                Some(value) => Change::Waiting(seq, json(value)?),
                None => Change::Done(seq),
            }
        }
        (Some("a"), Some(id), ..) => {
            let id = id.parse().ok()?;
            match value {
                // Its number in the outbox is freed by a row of its own, and may be another op's by now.
                Some(value) => Change::Kept(json(value)?),
                None => Change::Pruned(id),
            }
        }
        _ => return None,
    })
}

impl Replica {
    /// Takes up what is stored, in the order of the keys. A database that is new gets `fresh` for its name, to
    /// be stored by [`Replica::name_row`] before anything else.
    pub fn read<'a>(
        store_version: u64,
        rows: impl IntoIterator<Item = (&'a str, &'a str)>,
        fresh: Uuid,
    ) -> Self {
        let mut replica = Self { device_id: fresh, store_version, ..Self::default() };
        replica.take(rows.into_iter().map(|(key, value)| (key, Some(value))));
        // What the server told and does not read here is told again.
        if replica.misses_what_was_told() {
            replica.start_over();
        }
        replica
    }

    /// The row that gives a new database its name.
    pub fn name_row(&self) -> Row {
        (DEVICE.to_owned(), Some(self.device_id.to_string()))
    }

    /// True where the database has this name already.
    pub fn is_named<'a>(mut rows: impl Iterator<Item = (&'a str, &'a str)>) -> bool {
        rows.any(|(key, _)| key == DEVICE)
    }

    fn take<'a>(
        &mut self,
        rows: impl Iterator<Item = (&'a str, Option<&'a str>)>,
    ) -> (Vec<CellKey>, Vec<SubmissionKey>) {
        let mut changes = Vec::new();
        let (mut device, mut last_seq) = (None, None);
        for (key, value) in rows {
            // Another tab may have written it so that it reads.
            if !self.unread.is_empty() {
                self.unread.remove(key);
            }
            match (key, value) {
                (DEVICE, Some(value)) => device = value.parse().ok(),
                (LAST_SEQ, Some(value)) => last_seq = value.parse().ok(),
                _ => changes.extend(change_of(key, value)),
            }
        }
        let touched = self.touched(&changes);
        for change in changes {
            match change {
                // The most by far at a start: kept, and not copied.
                Change::Entity(key, told) => drop(self.entities.insert(key, told)),
                other => self.apply(&other),
            }
        }
        self.device_id = device.unwrap_or(self.device_id);
        // Lower than before only where what had the number never left, or where all begin anew.
        self.last_seq = last_seq.unwrap_or(self.last_seq);
        touched
    }

    /// The write that this replica's database is at.
    pub fn store_version(&self) -> u64 {
        self.store_version
    }

    /// What is to be written for these changes, all of it in one transaction, if the database is still at
    /// [`Replica::store_version`].
    pub fn rows(&self, changes: &[Change]) -> Vec<Row> {
        let mut rows = Vec::with_capacity(changes.len() + 1);
        let mut last_seq = None;
        for change in changes {
            let row = match change {
                Change::Cell(key, cell) => (cell_key(key), Some(text(cell))),
                Change::NoCell(key) => (cell_key(key), None),
                Change::Submission(key, standing) => (submission_key(key), Some(text(standing))),
                Change::NoSubmission(key) => (submission_key(key), None),
                Change::Entity(key, told) => (entity_key(key), Some(text(told))),
                Change::NoEntity(key) => (entity_key(key), None),
                Change::Waiting(seq, waiting) => {
                    last_seq = Some(last_seq.unwrap_or(self.last_seq).max(*seq));
                    (outbox_key(*seq), Some(text(waiting)))
                }
                Change::Archived(seq, waiting) => {
                    rows.push((outbox_key(*seq), None));
                    (sent_key(waiting.op.op_id), Some(text(waiting)))
                }
                Change::Kept(waiting) => (sent_key(waiting.op.op_id), Some(text(waiting))),
                Change::Done(seq) => (outbox_key(*seq), None),
                Change::Pruned(id) => (sent_key(*id), None),
                Change::Cursor(cursor, epoch) => (CURSOR.into(), Some(text(&(cursor, epoch)))),
                Change::Device(id) => {
                    last_seq = Some(0);
                    (DEVICE.into(), Some(id.to_string()))
                }
                Change::Numbered(seq) => {
                    last_seq = Some(*seq);
                    continue;
                }
                Change::Unread(key, value) => (key.clone(), value.clone()),
            };
            rows.push(row);
        }
        rows.extend(last_seq.map(|seq| (LAST_SEQ.to_owned(), Some(seq.to_string()))));
        rows
    }

    /// Takes changes that were written, as `store_version`.
    pub fn written(&mut self, store_version: u64, changes: &[Change]) {
        if store_version > self.store_version {
            self.store_version = store_version;
            for change in changes {
                self.apply(change);
            }
        }
    }

    /// Takes in what another tab wrote as `store_version`.
    pub fn apply_remote_write<'a>(
        &mut self,
        store_version: u64,
        rows: impl Iterator<Item = (&'a str, Option<&'a str>)>,
    ) -> RemoteWrite {
        if store_version <= self.store_version {
            return RemoteWrite::Duplicate;
        }
        if store_version > self.store_version + 1 {
            return RemoteWrite::Gap;
        }
        let (cells, submissions) = self.take(rows);
        self.store_version = store_version;
        RemoteWrite::Applied(cells, submissions)
    }

    /// Everything, to be written again: somebody cleared the browser's data while this was open, and what is here in
    /// memory is all there is.
    pub fn everything(&self) -> Vec<Row> {
        let cells = self.cells.iter().map(|(key, cell)| Change::Cell(key.clone(), cell.clone()));
        let submissions = self.submissions.iter().map(|(key, s)| Change::Submission(key.clone(), s.clone()));
        let entities = self.entities.iter().map(|(key, told)| Change::Entity(key.clone(), told.clone()));
        let sent = self.sent.values().map(|w| Change::Kept(Box::new(w.clone())));
        let outbox = self.outbox.iter().map(|(seq, w)| Change::Waiting(*seq, Box::new(w.clone())));
        let cursor = self.cursor.iter().zip(self.epoch).map(|(c, epoch)| Change::Cursor(c.clone(), epoch));
        let changes: Vec<Change> =
            sent.chain(cells).chain(submissions).chain(entities).chain(outbox).chain(cursor).collect();
        let mut rows = self.rows(&changes);
        // There is nothing to delete.
        rows.retain(|(_, value)| value.is_some());
        rows.extend(self.unread.iter().map(|(key, value)| (key.clone(), Some(value.clone()))));
        rows.push(self.name_row());
        rows.push((LAST_SEQ.to_owned(), Some(self.last_seq.to_string())));
        rows
    }

    /// Everything was written again, as `store_version` of a new database.
    pub fn started_anew(&mut self, store_version: u64) {
        self.store_version = store_version;
    }

    /// Puts what was read again in this one's place. A snapshot that is being read goes on.
    pub fn catch_up(&mut self, read: Self) {
        if read.store_version > self.store_version {
            let reading = self.reading.take();
            *self = Self { reading, ..read };
        }
    }
}

/// A database in memory, with nothing in between: the twin of the browser's.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    store_version: u64,
    rows: BTreeMap<String, String>,
}

/// Another tab has written since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stale;

impl MemoryStore {
    /// The version and everything that is stored.
    pub fn read(&self) -> (u64, impl Iterator<Item = (&str, &str)>) {
        (self.store_version, self.rows.iter().map(|(key, value)| (key.as_str(), value.as_str())))
    }

    /// Writes all rows, in their order, or nothing; gives the new version.
    pub fn write(&mut self, store_version: u64, rows: Vec<Row>) -> Result<u64, Stale> {
        if store_version != self.store_version {
            return Err(Stale);
        }
        self.put(rows);
        self.store_version += 1;
        Ok(self.store_version)
    }

    /// Writes rows that are no part of a replica, whatever the version.
    pub fn put(&mut self, rows: Vec<Row>) {
        for (key, value) in rows {
            match value {
                Some(value) => drop(self.rows.insert(key, value)),
                None => drop(self.rows.remove(&key)),
            }
        }
    }
}
