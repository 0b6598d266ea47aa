//! A device's copy of what it follows, with everything it has not sent yet lying over it as a layer.
//!
//! Pure: every method says what must be written as [`Change`]s, to be stored in one transaction *before*
//! the screen calls anything saved. A pull never touches the layer; no outcome removes a value.

mod entities;
mod key;
pub mod leaving;
mod outbox;
mod passed_over;
mod review;
pub mod rows;
mod talk;
mod unread;
mod unsent;
mod view;

use crate::entity::{EntityKey, Told};
use crate::from_fields;
use crate::message::{Event, SubmissionStanding};
use crate::op::{Base, Op, OpBody};
use crate::outcome::{Branch, Head, Outcome};
use outbox::Outbox;
use serde::Serialize;
use std::collections::HashMap;
use uuid::Uuid;

pub use entities::{EntityView, FieldStatus, FieldView};
pub use key::{CellKey, SubmissionKey};
pub use view::{CellStatus, CellView, Seen};

/// A cell as the server last told.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ServerCell {
    /// Value in force.
    pub head: Option<Head>,
    /// Contested values.
    pub branches: Vec<Branch>,
    /// How many older ones there are besides.
    #[serde(skip_serializing_if = "crate::fields::is_zero")]
    pub more: u64,
}

from_fields!(ServerCell { head: maybe, branches: or_default, more: or_default });

impl ServerCell {
    /// True when this state came after the answer to an own op, which so needs nobody any more. A conflict is
    /// settled by a newer head alone, and may be among those that are not told here.
    fn shows(&self, waiting: &Waiting) -> bool {
        let rev = self.head.as_ref().map_or(0, |h| h.rev);
        match &waiting.outcome {
            Some(Outcome::Applied { rev: made, .. } | Outcome::SameValue { rev: made }) => *made <= rev,
            Some(Outcome::Conflict { conflict_id, head }) => {
                head.rev < rev
                    && self.more == 0
                    && !self.branches.iter().any(|b| b.conflict_id == *conflict_id)
            }
            _ => false,
        }
    }
}

/// True when this state came after the answer to an own op. A conflict is settled once nothing names it any more.
fn shows_change(told: &Told, waiting: &Waiting) -> bool {
    match &waiting.outcome {
        Some(Outcome::Applied { rev, .. } | Outcome::SameValue { rev }) => *rev <= told.rev,
        Some(Outcome::Conflict { conflict_id, head }) => {
            let id = conflict_id.to_string();
            head.rev < told.rev && !told.branches.as_ref().is_some_and(|all| all.text().contains(&id))
        }
        _ => false,
    }
}

fn shows_step(standing: &SubmissionStanding, waiting: &Waiting) -> bool {
    matches!(&waiting.outcome, Some(Outcome::Applied { rev, .. }) if *rev <= standing.rev)
}

/// An op that waits, or whose answer somebody has to see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// The op.
    pub op: Op,
    /// Has left the device, or may have: it never changes again.
    pub frozen: bool,
    /// The head's revision when the op was made; another one since means the server's value changed.
    pub seen_rev: u64,
    /// The answer, once there is one.
    pub outcome: Option<Outcome>,
    /// Lifetime of the server's database that gave the answer.
    pub epoch: u64,
    /// When the server gave the answer, by its clock (RFC 3339); empty where that is not known yet.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub at: String,
    /// Why a server refused the request with this op alone in it; it is passed over until a later start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

from_fields!(Waiting {
    op: demand,
    frozen: need,
    seen_rev: need,
    outcome: maybe,
    epoch: or_default,
    at: or_default,
    refused: maybe,
});

impl Waiting {
    /// True until the server's last word is known.
    pub fn is_open(&self) -> bool {
        matches!(self.outcome, None | Some(Outcome::Held | Outcome::Deferred | Outcome::Unknown))
    }

    /// True where the server did not admit it.
    fn is_rejected(&self) -> bool {
        matches!(self.outcome, Some(Outcome::Rejected { .. }))
    }
}

/// What must be written down, all of it in one transaction and in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A cell of the server's.
    Cell(CellKey, ServerCell),
    /// A cell that the device does not follow any more.
    NoCell(CellKey),
    /// A submission of the server's.
    Submission(SubmissionKey, SubmissionStanding),
    /// A submission that the device does not follow any more.
    NoSubmission(SubmissionKey),
    /// An entity of the server's.
    Entity(EntityKey, Told),
    /// An entity that the device does not follow any more.
    NoEntity(EntityKey),
    /// An op of the outbox, by `device_seq`.
    Waiting(u64, Box<Waiting>),
    /// An op that leaves the outbox: it is recorded on the server. It is kept for the day on which the server
    /// is restored from a backup and has forgotten it.
    Archived(u64, Box<Waiting>),
    /// What is kept of a sent op, written anew.
    Kept(Box<Waiting>),
    /// A number of the outbox that is free again: its op gets another, after this database was renamed or an earlier
    /// op was taken back.
    Done(u64),
    /// The last number that is given out: ops were taken back, and the next one follows this.
    Numbered(u64),
    /// A sent op that need not be kept any longer.
    Pruned(Uuid),
    /// Where the device stands in the server's streams, and the lifetime of the server's database; stored
    /// with its page.
    Cursor(String, u64),
    /// A new name for this database, after it was found to be a copy: numbers begin again.
    Device(Uuid),
    /// A row that only a later release reads, by its key; none where it is gone.
    Unread(String, Option<String>),
}

/// What stands in the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Durable here and not known to be on the server.
    pub waiting: usize,
    /// In contest.
    pub contested: usize,
    /// Not admitted, or refused by the server in a way that names no reason; the latter waits as well.
    pub rejected: usize,
}

/// The device's copy.
#[derive(Debug, Clone, Default)]
pub struct Replica {
    cells: HashMap<CellKey, ServerCell>,
    submissions: HashMap<SubmissionKey, SubmissionStanding>,
    entities: HashMap<EntityKey, Told>,
    outbox: Outbox,
    /// The cells that hold more than one value, in order: few.
    contested: Vec<CellKey>,
    sent: HashMap<Uuid, Waiting>,
    cursor: Option<String>,
    epoch: Option<u64>,
    device_id: Uuid,
    last_seq: u64,
    store_version: u64,
    reading: Option<Reading>,
    /// Rows that only a later release reads, by their keys: kept as they are.
    unread: HashMap<String, String>,
}

/// A snapshot of which some pages are here; nothing of it shows before all are.
#[derive(Debug, Clone, Default)]
struct Reading {
    events: Vec<Event>,
    cursor: String,
}

impl Replica {
    /// Takes a change that was stored.
    fn apply(&mut self, change: &Change) {
        match change {
            Change::Cell(key, cell) => {
                self.contest(key, !cell.branches.is_empty());
                self.cells.insert(key.clone(), cell.clone());
            }
            Change::NoCell(key) => {
                self.contest(key, false);
                self.cells.remove(key);
            }
            Change::Submission(key, standing) => {
                self.submissions.insert(key.clone(), standing.clone());
            }
            Change::NoSubmission(key) => {
                self.submissions.remove(key);
            }
            Change::Entity(key, told) => {
                self.entities.insert(key.clone(), told.clone());
            }
            Change::NoEntity(key) => {
                self.entities.remove(key);
            }
            Change::Waiting(seq, waiting) => {
                self.last_seq = self.last_seq.max(*seq);
                self.outbox.put(*seq, (**waiting).clone());
            }
            Change::Archived(seq, waiting) => {
                self.outbox.remove(*seq);
                self.sent.insert(waiting.op.op_id, (**waiting).clone());
            }
            Change::Kept(waiting) => {
                self.sent.insert(waiting.op.op_id, (**waiting).clone());
            }
            Change::Done(seq) => self.outbox.remove(*seq),
            Change::Pruned(id) => {
                self.sent.remove(id);
            }
            Change::Cursor(cursor, epoch) => {
                (self.cursor, self.epoch) = (Some(cursor.clone()), Some(*epoch));
                self.reading = None;
            }
            Change::Device(id) => (self.device_id, self.last_seq) = (*id, 0),
            Change::Numbered(seq) => self.last_seq = *seq,
            Change::Unread(key, value) => self.keep_unread(key, value.as_deref()),
        }
    }

    /// Notes whether a cell holds more than one value.
    fn contest(&mut self, key: &CellKey, is_contested: bool) {
        match self.contested.binary_search(key) {
            Ok(at) if !is_contested => drop(self.contested.remove(at)),
            Err(at) if is_contested => self.contested.insert(at, key.clone()),
            _ => {}
        }
    }

    /// This database's name among all devices.
    pub fn device_id(&self) -> Uuid {
        self.device_id
    }

    /// Where the device stands in the server's streams.
    pub fn cursor(&self) -> Option<&str> {
        self.reading.as_ref().map(|reading| reading.cursor.as_str()).or(self.cursor.as_deref())
    }

    /// True once all that the server had for this device has come: what is not here then was never entered.
    pub fn is_whole(&self) -> bool {
        self.cursor.is_some()
    }

    /// True once all of it has come some time, and while it is being read anew.
    pub fn was_whole(&self) -> bool {
        self.is_whole() || !self.entities.is_empty()
    }

    /// Ops that were held when last heard of.
    pub fn held(&self) -> Vec<Uuid> {
        let held =
            self.outbox.values().filter(|w| matches!(w.outcome, Some(Outcome::Held | Outcome::Unknown)));
        held.map(|w| w.op.op_id).collect()
    }

    /// Forgets the cursor, so that the next pull starts with a snapshot. The outbox is untouched.
    pub fn start_over(&mut self) {
        (self.cursor, self.reading) = (None, None);
    }

    /// The next free `device_seq`.
    pub fn next_seq(&self) -> u64 {
        self.last_seq + 1
    }

    /// All server cells.
    pub fn server_cells(&self) -> impl Iterator<Item = (&CellKey, &ServerCell)> {
        self.cells.iter()
    }

    /// A cell as the server last told.
    pub fn server_cell(&self, key: &CellKey) -> Option<&ServerCell> {
        self.cells.get(key)
    }

    /// True for an op that was made in this database, as far as it remembers.
    pub fn is_own(&self, op_id: Uuid) -> bool {
        self.sent.contains_key(&op_id) || self.outbox.by_id(op_id).is_some()
    }

    /// The outbox, oldest first.
    pub fn outbox(&self) -> impl Iterator<Item = &Waiting> {
        self.outbox.values()
    }

    /// The ops that are shown as sent.
    pub fn sent_ids(&self) -> impl Iterator<Item = Uuid> {
        self.sent.keys().copied()
    }

    /// The cells that hold more than one value, in order.
    pub fn contested(&self) -> impl Iterator<Item = &CellKey> {
        self.contested.iter()
    }

    fn last_of(&self, key: &CellKey) -> Option<(u64, &Waiting)> {
        self.outbox.last_of_cell(key)
    }

    /// The base a new figure for this cell has, given that the person sees what [`Replica::cell`] shows, and
    /// the op it takes the place of, where that one never left the device.
    pub fn base_for(&self, key: &CellKey) -> (Base, Option<u64>) {
        let head = self.cells.get(key).and_then(|c| c.head.as_ref());
        let rev = head.map_or(0, |h| h.rev);
        match self.last_of(key) {
            // The server's value changed since, and is in view now: it is the base, coalesced or not.
            Some((seq, w)) if self.changed_since(w, head) => (Base::Rev(rev), (!w.frozen).then_some(seq)),
            Some((seq, w)) if !w.frozen => (w.op.base, Some(seq)),
            Some((_, w)) if needs_person(w) => (Base::Rev(rev), None),
            Some((_, w)) => (Base::Op(w.op.op_id), None),
            None => (self.made_here(head).unwrap_or(Base::Rev(rev)), None),
        }
    }

    /// True where the server's value is another than when the op was made, and none that was made here.
    fn changed_since(&self, waiting: &Waiting, head: Option<&Head>) -> bool {
        let rev = head.map_or(0, |head| head.rev);
        waiting.seen_rev != rev && !head.is_some_and(|head| self.is_own(head.op_id))
    }

    /// A value that was made on this device is named by its op: its revision may be one that a restored
    /// server has forgotten.
    fn made_here(&self, head: Option<&Head>) -> Option<Base> {
        let id = head?.op_id;
        self.sent.contains_key(&id).then_some(Base::Op(id))
    }

    /// The value in view as a submit covers it: an unsent op, or the server's revision.
    pub fn cover_of(&self, key: &CellKey) -> Base {
        match self.last_of(key) {
            Some((_, w)) if !needs_person(w) => Base::Op(w.op.op_id),
            _ => Base::Rev(self.cells.get(key).and_then(|c| c.head.as_ref()).map_or(0, |h| h.rev)),
        }
    }

    /// The change that keeps a new op. It must be stored before it is applied.
    pub fn keep(&self, op: Op) -> Change {
        let of_cell = op.cell().and_then(|key| Some(self.cells.get(&key)?.head.as_ref()?.rev));
        let of_step = || Some(self.submission(&op.submission()?).rev);
        let of_entity = || Some(self.entities.get(&op.entity()?)?.rev);
        let seen_rev = of_cell.or_else(of_step).or_else(of_entity).unwrap_or(0);
        Change::Waiting(
            op.device_seq,
            Box::new(Waiting {
                op,
                frozen: false,
                seen_rev,
                outcome: None,
                epoch: 0,
                at: String::new(),
                refused: None,
            }),
        )
    }

    /// Where a submission stands, own unsent steps included.
    pub fn submission(&self, key: &SubmissionKey) -> SubmissionStanding {
        let mut standing = self.submissions.get(key).cloned().unwrap_or_default();
        let steps = self.outbox.of_submission(key).map(|(_, waiting)| waiting);
        for waiting in steps.filter(|w| is_under_way(w) || is_recorded(w)) {
            let OpBody::Submission { action, .. } = &waiting.op.body else { continue };
            standing.state = standing.state.after(*action).unwrap_or(standing.state);
            if let Some(Outcome::Applied { rev, .. }) = waiting.outcome {
                standing.rev = rev;
            }
        }
        standing
    }

    /// Every submission the server told of.
    pub fn submissions(&self) -> impl Iterator<Item = (&SubmissionKey, &SubmissionStanding)> {
        self.submissions.iter()
    }
}

/// True where no answer is here and one may come.
fn is_under_way(waiting: &Waiting) -> bool {
    matches!(waiting.outcome, None | Some(Outcome::Unknown)) && waiting.refused.is_none()
}

/// True where another figure must not be based on it: a person has to look at it first, or the server never heard
/// of it and knows nothing to compare with.
fn needs_person(waiting: &Waiting) -> bool {
    waiting.refused.is_some()
        || matches!(waiting.outcome, Some(Outcome::Rejected { .. } | Outcome::Conflict { .. }))
}

fn is_about(op: &Op, key: &CellKey) -> bool {
    let same = matches!(&op.body, OpBody::Figure { period, element, .. } if *period == key.period && *element == key.element);
    same && op.stream.is(&key.reporter)
}

fn changes(op: &Op, key: &EntityKey) -> bool {
    matches!(&op.body, OpBody::Entity { kind, id, .. } if *kind == key.kind && *id == key.id)
        && op.stream == key.stream
}

fn is_step(op: &Op, key: &SubmissionKey) -> bool {
    let same = matches!(&op.body, OpBody::Submission { period, form, .. } if *period == key.period && *form == key.form);
    same && op.stream.is(&key.reporter)
}

/// True for an answer that says the value or step is on the server as it was meant.
fn is_recorded(waiting: &Waiting) -> bool {
    matches!(waiting.outcome, Some(Outcome::Applied { .. } | Outcome::SameValue { .. }))
}
