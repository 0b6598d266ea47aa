//! What each record of a history changed: the difference from the one before it of the same thing.

use super::{By, Record, what};
use crate::entity::{Contested, Fields, Told};
use crate::message::{EventBody, SubmissionStanding};
use crate::op::{Base, Op, OpBody};
use crate::outcome::{Branch, Head};
use crate::raw::Raw;
use crate::submission::{Action, State};
use uuid::Uuid;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the stream's order.
    pub seq: u64,
    /// The op, where it is known.
    pub op_id: Option<Uuid>,
    /// When the server took it, by its clock (RFC 3339).
    pub at: String,
    /// User name of who did it.
    pub author: String,
    /// Who that is; none where it is not known here.
    pub by: Option<By>,
    /// The machine, by the name that its person gave it.
    pub device: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// What was done.
    pub what: What,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A cell has another value in force.
    Figure {
        /// The one before; none where the cell was empty, or where that is not known here.
        old: Option<Head>,
        /// The value, or that the cell is answered no more.
        new: Head,
        /// The contested values that were settled by it.
        settled: Vec<Branch>,
    },
    /// A value stands beside the one in force, whose author had not seen it.
    Contested {
        /// The value.
        new: Head,
        /// The one in force.
        stands: Option<Head>,
        /// What its author was looking at.
        saw: Saw,
    },
    /// A form moved on its road.
    Step(Action),
    /// A form is in a state that only a later release knows.
    Unknown,
    /// Fields of an entity changed.
    Fields(Vec<FieldChange>),
}

/// What somebody was looking at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saw {
    /// A cell without a value.
    Nothing,
    /// This value.
    Value(Head),
    /// Something that is not among the records.
    Unknown,
}

/// A field that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// Its name.
    pub field: String,
    /// What stood there; none where nothing did, or where that is not known here.
    pub old: Option<Raw>,
    /// What stands there now, or beside it.
    pub new: Raw,
    /// It stands beside what is in force.
    pub is_contested: bool,
    /// It settled what contested the field.
    pub settles: bool,
}

/// A cell's own state in a record.
type Cell<'a> = (&'a Option<Head>, &'a [Branch]);

fn cell(record: &Record) -> Option<Cell<'_>> {
    match &record.event.body {
        EventBody::Cell { head, branches, .. } => Some((head, branches)),
        _ => None,
    }
}

fn head_of(branch: &Branch) -> Head {
    let Branch { value, op_id, author, at, note, estimated, cleared, .. } = branch.clone();
    Head { value, rev: 0, op_id, author, at, reason: None, note, estimated, cleared }
}

/// What happened, oldest first, from records in the order of their numbers. Where they do not begin with the first one of a
/// thing (`is_whole` is false), what stood before the oldest is not known.
pub fn entries(records: &[Record], is_whole: bool) -> Vec<Entry> {
    let mut entries = Vec::with_capacity(records.len());
    for (nth, record) in records.iter().enumerate() {
        let name = what(&record.event.body);
        let before = records[..nth].iter().rev().find(|other| what(&other.event.body) == name);
        let is_first = before.is_none() && is_whole;
        let made = match &record.event.body {
            EventBody::Cell { head, branches, .. } => {
                figure(&records[..nth], record, before, (head, branches))
            }
            EventBody::Submission { standing, .. } => Some(step(before, standing, is_first)),
            EventBody::Entity { told, .. } => fields(record, before, told),
            EventBody::Unknown(_) => None,
        };
        let Some((what, author, at, reason)) = made else { continue };
        let (by, device) = (record.by.clone(), record.device.clone());
        let reason = record.reason.clone().or(reason).filter(|text| !text.trim().is_empty());
        entries.push(Entry { seq: record.seq, op_id: record.op_id, at, author, by, device, reason, what });
    }
    entries
}

type Made = (What, String, String, Option<String>);

fn figure(
    earlier: &[Record],
    record: &Record,
    before: Option<&Record>,
    (head, branches): Cell<'_>,
) -> Option<Made> {
    let (old, earlier_branches) = before.and_then(cell).unwrap_or((&None, &[]));
    let is_new = |head: &&Head| old.as_ref().is_none_or(|old| (old.op_id, old.rev) != (head.op_id, head.rev));
    // The oldest record that is here may be of a value beside the head.
    let is_beside =
        before.is_none() && record.op_id.is_some_and(|id| branches.iter().any(|branch| branch.op_id == id));
    if let Some(new) = head.as_ref().filter(is_new).filter(|_| !is_beside) {
        let stays = |branch: &&Branch| branches.iter().all(|b| b.conflict_id != branch.conflict_id);
        let settled = earlier_branches.iter().filter(stays).cloned().collect();
        let (author, at, reason) = (new.author.clone(), new.at.clone(), new.reason.clone());
        return Some((What::Figure { old: old.clone(), new: new.clone(), settled }, author, at, reason));
    }
    let is_known = |id: Uuid| earlier_branches.iter().any(|branch| branch.op_id == id);
    let branch = branches.iter().rev().find(|branch| !is_known(branch.op_id))?;
    let (author, at) = (branch.author.clone(), branch.at.clone());
    let saw = saw(earlier, record.base);
    Some((What::Contested { new: head_of(branch), stands: head.clone(), saw }, author, at, None))
}

/// The value that a base names, among the records before it.
fn saw(earlier: &[Record], base: Option<Base>) -> Saw {
    if base == Some(Base::Rev(0)) {
        return Saw::Nothing;
    }
    let found = earlier.iter().rev().filter_map(cell).find_map(|(head, branches)| match base? {
        Base::Rev(rev) => head.as_ref().filter(|head| head.rev == rev).cloned(),
        Base::Op(id) => {
            let head = head.as_ref().filter(|head| head.op_id == id).cloned();
            head.or_else(|| branches.iter().find(|branch| branch.op_id == id).map(head_of))
        }
    });
    found.map_or(Saw::Unknown, Saw::Value)
}

fn step(before: Option<&Record>, now: &SubmissionStanding, is_first: bool) -> Made {
    let old = before.and_then(|record| match &record.event.body {
        EventBody::Submission { standing, .. } => Some(standing),
        _ => None,
    });
    let was = old.map(|old| old.state).or(is_first.then_some(State::Draft));
    let action = match now.state {
        _ if now.asks.is_some() => Some(Action::Ask),
        State::Submitted => Some(Action::Submit),
        State::Returned if matches!(was, Some(State::Approved | State::Published)) => Some(Action::Reopen),
        State::Returned => Some(Action::Return),
        State::Approved => Some(Action::Approve),
        State::Published => Some(Action::Publish),
        State::Draft | State::Unknown(_) => None,
    };
    let reason = now.asks.clone().or_else(|| now.reason.clone());
    (action.map_or(What::Unknown, What::Step), now.author.clone(), now.at.clone(), reason)
}

fn fields(record: &Record, before: Option<&Record>, told: &Told) -> Option<Made> {
    let read = |told: &Told| {
        let branches = told.branches.as_ref().and_then(Raw::read::<Vec<Contested>>).unwrap_or_default();
        Some((told.state.read::<Fields>()?, branches))
    };
    let (now, beside) = read(told)?;
    let (had, contested) = before
        .and_then(|record| match &record.event.body {
            EventBody::Entity { told, .. } => read(told),
            _ => None,
        })
        .unwrap_or_default();
    // Of the oldest record that is here only what its own op brought is a change.
    let is_its = |id: Uuid| before.is_some() || record.op_id.is_none_or(|op| op == id);
    let written = now.iter().filter(|(name, field)| {
        let is_new = had.get(*name).is_none_or(|old| (old.op_id, old.rev) != (field.op_id, field.rev));
        is_new && is_its(field.op_id)
    });
    let settled = |field: &str| {
        let is_gone =
            |c: &Contested| c.field == field && beside.iter().all(|b| b.conflict_id != c.conflict_id);
        contested.iter().any(is_gone)
    };
    let mut changes: Vec<FieldChange> = written
        .map(|(name, field)| FieldChange {
            field: name.clone(),
            old: had.get(name).map(|old| old.value.clone()),
            new: field.value.clone(),
            is_contested: false,
            settles: settled(name),
        })
        .collect();
    let is_new = |branch: &&Contested| {
        contested.iter().all(|old| old.op_id != branch.op_id || old.field != branch.field)
    };
    changes.extend(beside.iter().filter(is_new).filter(|branch| is_its(branch.op_id)).map(|branch| {
        let old = now.get(&branch.field).map(|field| field.value.clone());
        let (field, new) = (branch.field.clone(), branch.value.clone());
        FieldChange { field, old, new, is_contested: true, settles: false }
    }));
    let reason = now.values().find(|field| Some(field.op_id) == record.op_id).and_then(|f| f.reason.clone());
    (!changes.is_empty()).then(|| (What::Fields(changes), told.author.clone(), told.at.clone(), reason))
}

/// What an op that the records do not have is about to do, as far as it can be said without the server.
pub fn of_op(op: &Op, old: Option<Head>, by: Option<By>) -> Entry {
    let what = match &op.body {
        OpBody::Figure { .. } => What::Figure { old, new: op.said(), settled: Vec::new() },
        OpBody::Submission { action, .. } => What::Step(*action),
        OpBody::Entity { change, .. } => {
            let change: crate::entity::Change = change.read().unwrap_or_default();
            let change = change.into_iter().map(|(field, new)| FieldChange {
                field,
                old: None,
                new,
                is_contested: false,
                settles: false,
            });
            What::Fields(change.collect())
        }
    };
    Entry {
        seq: u64::MAX,
        op_id: Some(op.op_id),
        at: op.entered_at.clone(),
        author: op.author.clone(),
        by,
        device: None,
        reason: op.reason.clone(),
        what,
    }
}

/// True where the records have what an op did.
pub fn has(records: &[Record], id: Uuid) -> bool {
    records.iter().any(|record| record.op_id == Some(id) || carries(record, id))
}

/// True where a value that an op brought stands in a record.
fn carries(record: &Record, id: Uuid) -> bool {
    cell(record).is_some_and(|(head, branches)| {
        head.as_ref().is_some_and(|head| head.op_id == id) || branches.iter().any(|b| b.op_id == id)
    })
}
