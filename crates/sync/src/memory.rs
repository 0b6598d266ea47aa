//! A server in memory: what the stores on disk must do, with nothing in between. It is the twin that the
//! state machine and the fleet run against, and passes the same conformance list.

use crate::cooperation::{Cooperation, Named, is_assignment};
use crate::entity::{Entity, EntityKey, task_evidence};
use crate::grants::Grants;
use crate::history::{Record, Thing};
use crate::judge::CellState;
use crate::kinds::Kinds;
use crate::ledger::{EPOCH_SIZE, Loaded, MergeError, Push, ReadSet, StoredOp, WriteSet, merge_batch};
use crate::message::{
    Event, EventBody, MOST_EVENTS, OpResult, PullRequest, PullResponse, SubmissionStanding,
};
use crate::op::Op;
use crate::outcome::Outcome;
use crate::replica::{CellKey, SubmissionKey};
use crate::stream::StreamId;
use crate::submission::State;
use chitieu_domain::{Model, ReporterId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// The database.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    epoch: u64,
    ops: BTreeMap<Uuid, StoredOp>,
    numbers: BTreeMap<(Uuid, u64), Uuid>,
    cells: BTreeMap<CellKey, CellState>,
    submissions: BTreeMap<SubmissionKey, SubmissionStanding>,
    entities: BTreeMap<EntityKey, Entity>,
    events: BTreeMap<StreamId, BTreeMap<u64, Event>>,
    made_by: BTreeMap<(StreamId, u64), Uuid>,
    counters: BTreeMap<StreamId, u64>,
    malformed: BTreeSet<Uuid>,
    at: String,
    locked: BTreeSet<CellKey>,
    locked_submissions: BTreeSet<SubmissionKey>,
    locked_entities: BTreeSet<EntityKey>,
}

/// A transaction that has judged and holds its locks, but is not committed.
#[derive(Debug)]
pub struct Pending {
    written: WriteSet,
    cells: BTreeSet<CellKey>,
    submissions: BTreeSet<SubmissionKey>,
    entities: BTreeSet<EntityKey>,
    malformed: Vec<Uuid>,
}

/// Where a device stands; opaque to it.
#[derive(Debug, Serialize, Deserialize)]
struct Cursor {
    /// Epoch.
    e: u64,
    /// Last event seen, by stream.
    s: BTreeMap<StreamId, u64>,
    /// While a snapshot is being read: how many of its rows were seen.
    a: Option<usize>,
    /// What is told.
    #[serde(default)]
    k: Kinds,
}

/// The cursor is of another lifetime, or of other streams than are followed now: the device starts over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cursor is gone")]
pub struct CursorGone;

impl Pending {
    /// What became of the batch's new ops.
    pub fn judged(&self) -> impl Iterator<Item = (Uuid, &Outcome)> {
        self.written.ops.iter().map(|(stored, _)| (stored.op.op_id, &stored.outcome))
    }
}

impl Memory {
    /// An empty database in this epoch.
    pub fn new(epoch: u64) -> Self {
        Self { epoch, ..Self::default() }
    }

    /// Its present lifetime.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The server's clock shows this time from now on (RFC 3339).
    pub fn set_time(&mut self, at: &str) {
        at.clone_into(&mut self.at);
    }

    /// What follows when this state was restored from a backup: another lifetime, in which nothing is locked.
    #[must_use]
    pub fn restored(mut self, epoch: u64) -> Self {
        (self.epoch, self.locked, self.locked_submissions) = (epoch, BTreeSet::new(), BTreeSet::new());
        self.locked_entities = BTreeSet::new();
        self
    }

    /// The log, by op id.
    pub fn ops(&self) -> impl Iterator<Item = &StoredOp> {
        self.ops.values()
    }

    /// The cells.
    pub fn cells(&self) -> &BTreeMap<CellKey, CellState> {
        &self.cells
    }

    /// The submissions.
    pub fn submissions(&self) -> &BTreeMap<SubmissionKey, SubmissionStanding> {
        &self.submissions
    }

    /// The reports of others that somebody with these grants fills in with them.
    pub fn cooperation(&self, model: &Model, grants: &Grants, today: NaiveDate) -> Cooperation {
        let assignments = self.entities.iter().filter(|(key, _)| is_assignment(key));
        let named = assignments.map(|(key, assignment)| (key.id.clone(), Named::from(assignment)));
        Cooperation::of(grants, model, today, &named.collect::<Vec<_>>())
    }

    /// The entities.
    pub fn entities(&self) -> &BTreeMap<EntityKey, Entity> {
        &self.entities
    }

    /// Puts a form into a state, as a later release that this one takes the place of may have done.
    pub fn put_state(&mut self, of: &SubmissionKey, state: State) {
        self.submissions.entry(of.clone()).or_default().state = state;
    }

    fn load(&self, model: &Model, wanted: &ReadSet, known: &mut Loaded) {
        for id in &wanted.ops {
            known.ops.extend(self.ops.get(id).map(|stored| (*id, stored.clone())));
            known.malformed.extend(self.malformed.get(id));
            let waiting = self.ops.values().filter(|stored| stored.waits_for == Some(*id));
            for stored in waiting {
                known.held.entry(*id).or_default().push(stored.op.op_id);
                known.ops.insert(stored.op.op_id, stored.clone());
            }
        }
        let numbers = wanted.numbers.iter().filter_map(|n| Some((*n, *self.numbers.get(n)?)));
        known.numbers.extend(numbers);
        let cells = wanted.cells.iter().filter_map(|key| Some((key.clone(), self.cells.get(key)?.clone())));
        known.cells.extend(cells);
        for (reporter, form) in &wanted.columns {
            let on_form = |key: &CellKey| {
                let element = model.element_ix(&key.element);
                key.reporter == *reporter && element.is_some_and(|e| model.form(model.form_of(e)).id == *form)
            };
            for (key, cell) in self.cells.iter().filter(|(key, _)| on_form(key)) {
                known.cells.entry(key.clone()).or_insert_with(|| cell.clone());
            }
        }
        let standings = wanted
            .submissions
            .iter()
            .filter_map(|key| Some((key.clone(), self.submissions.get(key)?.clone())));
        known.submissions.extend(standings);
        let entities = wanted.entities.iter();
        known
            .entities
            .extend(entities.filter_map(|key| Some((key.clone(), self.entities.get(key)?.clone()))));
        for report in &wanted.attachments_of {
            let behind = self.entities.iter().filter(|(key, _)| task_evidence::is_behind(key, report));
            known.entities.extend(behind.map(|(key, entity)| (key.clone(), entity.clone())));
        }
    }

    /// Locks what the batch is about and judges it. None where another transaction holds one of the locks:
    /// then nothing has happened.
    pub fn begin(&mut self, push: &Push<'_>, ops: &[Op]) -> Result<Option<Pending>, MergeError> {
        let mut known = Loaded::default();
        let (mut cells, mut submissions, mut entities) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        loop {
            let wanted = known.wants(&[(*push, ops)]);
            if wanted.is_empty() {
                break;
            }
            if !wanted.cells.is_disjoint(&self.locked)
                || !wanted.submissions.is_disjoint(&self.locked_submissions)
                || !wanted.entities.is_disjoint(&self.locked_entities)
            {
                return Ok(None);
            }
            self.load(push.model, &wanted, &mut known);
            cells.extend(wanted.cells);
            submissions.extend(wanted.submissions);
            entities.extend(wanted.entities);
        }
        let written = merge_batch(push, ops, &mut known)?;
        self.locked.extend(cells.iter().cloned());
        self.locked_submissions.extend(submissions.iter().cloned());
        self.locked_entities.extend(entities.iter().cloned());
        let malformed = push.malformed.iter().filter_map(|m| m.op_id).collect();
        Ok(Some(Pending { written, cells, submissions, entities, malformed }))
    }

    /// Gives up: nothing of it is there.
    pub fn roll_back(&mut self, pending: &Pending) {
        self.locked.retain(|key| !pending.cells.contains(key));
        self.locked_submissions.retain(|key| !pending.submissions.contains(key));
        self.locked_entities.retain(|key| !pending.entities.contains(key));
    }

    /// Raises the counters, writes everything, and lets the locks go.
    pub fn commit(&mut self, mut pending: Pending) -> Vec<OpResult> {
        self.roll_back(&pending);
        self.malformed.extend(&pending.malformed);
        let written = &mut pending.written;
        let last = self.raise(written);
        let numbers = written.number(|stream| last[stream]);
        for ((event, number), op_id) in written.events.iter().zip(numbers).zip(written.made_by()) {
            self.made_by.extend(op_id.map(|id| ((event.stream.clone(), number), id)));
            self.events.entry(event.stream.clone()).or_default().insert(number, event.clone());
        }
        for (stored, _) in written.ops.iter().chain(&written.released) {
            let op = &stored.op;
            self.numbers.insert((op.device_id, op.device_seq), op.op_id);
            self.ops.insert(op.op_id, stored.clone());
        }
        self.cells.extend(written.cells.iter().map(|(key, cell)| (key.clone(), cell.clone())));
        self.submissions.extend(written.submissions.iter().map(|(key, s)| (key.clone(), s.clone())));
        self.entities.extend(written.entities.iter().map(|(key, entity)| (key.clone(), entity.clone())));
        written.results()
    }

    fn raise(&mut self, written: &WriteSet) -> HashMap<StreamId, u64> {
        let floor = self.epoch * EPOCH_SIZE;
        let raised = written.streams().into_iter().map(|(stream, count)| {
            let counter = self.counters.entry(stream.clone()).or_default();
            *counter = (*counter).max(floor) + count;
            (stream, *counter)
        });
        raised.collect()
    }

    /// Judges and records a batch at once.
    pub fn push(&mut self, push: &Push<'_>, ops: &[Op]) -> Result<Vec<OpResult>, MergeError> {
        let pending = self.begin(push, ops)?.expect("nobody else holds a lock");
        Ok(self.commit(pending))
    }

    /// The next page for somebody who follows these streams.
    pub fn pull(&self, follows: &[StreamId], request: &PullRequest) -> Result<PullResponse, CursorGone> {
        let limit = request.limit.unwrap_or(1_000).clamp(1, MOST_EVENTS);
        let end = |stream: &StreamId| self.counters.get(stream).copied().unwrap_or(0);
        let present = || follows.iter().map(|r| (r.clone(), end(r))).collect::<BTreeMap<_, _>>();
        let kinds = request.kinds.clone().unwrap_or_default();
        let mut cursor = match &request.cursor {
            None => Cursor { e: self.epoch, s: present(), a: Some(0), k: kinds.clone() },
            Some(text) => {
                let mut cursor: Cursor = serde_json::from_str(text).map_err(|_| CursorGone)?;
                if !cursor.k.cover(&kinds) {
                    return Err(CursorGone);
                }
                cursor.k.clone_from(&kinds);
                if cursor.e != self.epoch || !cursor.s.keys().eq(present().keys()) {
                    return Err(CursorGone);
                }
                cursor
            }
        };
        let is_snapshot = cursor.a.is_some();
        let (events, has_more) = if let Some(after) = cursor.a {
            let mut rows: Vec<Event> = self.rows(follows).skip(after).take(limit).collect();
            let has_more = rows.len() == limit;
            cursor.a = has_more.then_some(after + rows.len());
            rows.retain(|event| kinds.has(event.kind()));
            (rows, has_more)
        } else {
            let mut events = Vec::new();
            for (stream, seen) in &mut cursor.s {
                let stream = self.events.get(stream).into_iter();
                let after = *seen + 1;
                let news = stream.flat_map(|stream| stream.range(after..));
                for (number, event) in news {
                    if events.len() == limit {
                        break;
                    }
                    if kinds.has(event.kind()) {
                        events.push(event.clone());
                    }
                    *seen = *number;
                }
            }
            let has_more = events.len() == limit;
            (events, has_more)
        };
        let late = request.held.iter().filter_map(|id| {
            let stored = self.ops.get(id).filter(|stored| stored.outcome != Outcome::Held)?;
            Some(OpResult { op_id: *id, outcome: stored.outcome.clone() })
        });
        Ok(PullResponse {
            epoch: self.epoch,
            events,
            is_snapshot,
            next_cursor: serde_json::to_string(&cursor).expect("a cursor has only string keys"),
            has_more,
            ack_device_seq: request.device_id.map_or(0, |device| self.recorded_up_to(device)),
            late: late.collect(),
            at: self.at.clone(),
        })
    }

    /// What happened to a thing, oldest first. No people are known here, and no names of devices.
    pub fn history(&self, thing: &Thing) -> Vec<Record> {
        let stream = thing.stream();
        let events = self.events.get(&stream).into_iter().flatten();
        let record = |(seq, event): (&u64, &Event)| {
            let op_id = self.made_by.get(&(stream.clone(), *seq)).copied();
            let op = op_id.and_then(|id| self.ops.get(&id)).map(|stored| &stored.op);
            let (base, reason) = (op.map(|op| op.base), op.and_then(|op| op.reason.clone()));
            Record { seq: *seq, event: event.clone(), op_id, base, reason, device: None, by: None }
        };
        events.filter(|(_, event)| thing.has(event)).map(record).collect()
    }

    /// Everything that stands, as events.
    fn rows<'a>(&'a self, follows: &'a [StreamId]) -> impl Iterator<Item = Event> + 'a {
        let is_followed = move |reporter: &ReporterId| follows.iter().any(|stream| stream.is(reporter));
        let cells =
            self.cells.iter().filter(move |(key, _)| is_followed(&key.reporter)).map(|(key, cell)| {
                let CellState { head, branches, more } = cell.clone().told();
                let element = key.element.clone();
                let body = EventBody::Cell { period: key.period, element, head, branches, more };
                Event { stream: key.reporter.clone().into(), body }
            });
        let submissions = self.submissions.iter().filter(move |(key, _)| is_followed(&key.reporter));
        let submissions = submissions.map(|(key, standing)| {
            let body = EventBody::Submission {
                period: key.period,
                form: key.form.clone(),
                standing: standing.clone(),
            };
            Event { stream: key.reporter.clone().into(), body }
        });
        let entities = self.entities.iter().filter(move |(key, _)| follows.contains(&key.stream));
        let entities = entities.map(|(key, entity)| {
            let (kind, id, told) = (key.kind.clone(), key.id.clone(), entity.told());
            Event { stream: key.stream.clone(), body: EventBody::Entity { kind, id, told } }
        });
        cells.chain(submissions).chain(entities)
    }

    fn recorded_up_to(&self, device: Uuid) -> u64 {
        let own = self.numbers.range((device, 0)..=(device, u64::MAX)).map(|((_, seq), _)| *seq);
        own.zip(1..).take_while(|(seq, nth)| seq == nth).last().map_or(0, |(seq, _)| seq)
    }
}
