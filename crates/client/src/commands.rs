//! What a person commands, as changes of the replica: figures, steps of a form, changes of an entity. Each is admitted by the
//! function by which the server judges it, with the base that the person saw.
//!
//! A command is asked again where another tab wrote meanwhile, about the replica as it stands then; its ids stay.

use crate::history::{Answer, Step};
use chitieu_domain::{Figures, Model};
use chitieu_sync::admit::{Circumstances, Place, admit, place};
use chitieu_sync::entity::{self, EntityKey};
use chitieu_sync::grants::Grants;
use chitieu_sync::op::Cover;
use chitieu_sync::plans::Accepted;
use chitieu_sync::raw::Raw;
use chitieu_sync::replica::{CellKey, CellStatus, Change, Replica, Seen, SubmissionKey};
use chitieu_sync::submission::{Action, State};
use chitieu_sync::{Base, Op, OpBody, Rejection, StreamId};
use chrono::NaiveDate;
use uuid::Uuid;

/// A figure that a person gives.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Of which cell.
    pub key: CellKey,
    /// What they saw there when they began.
    pub seen: Seen,
    /// The value; none is "no data yet".
    pub value: Option<i64>,
    /// Why there is none, or why another.
    pub reason: Option<String>,
    /// The cell is answered no more.
    pub cleared: bool,
    /// The note, and that the figure is estimated; none: those in view stay.
    pub marks: Option<(Option<String>, bool)>,
    /// Conflicts it settles.
    pub resolves: Vec<Uuid>,
}

/// Who commands, and by what it is admitted.
#[derive(Clone, Copy)]
pub struct Author<'a> {
    /// Plan and units.
    pub model: &'a Model,
    /// The plan's version.
    pub plan: &'a str,
    /// Who.
    pub username: &'a str,
    /// What they may do.
    pub grants: &'a Grants,
    /// The figures in view: a submit is held to the form's rules.
    pub figures: &'a Figures,
    /// The day that counts.
    pub today: NaiveDate,
    /// The device's time (RFC 3339).
    pub entered_at: &'a str,
}

/// Why a figure was not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// Not allowed, by the rules that the server applies too.
    NotAdmitted(Rejection),
    /// Since the person began to type, another tab or the server gave the cell this value, which they have not seen.
    Became(Option<i64>),
}

/// What the schedule has to hear once a command is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// It leaves when it may be taken back no more.
    WhenRipe,
    /// It leaves as soon as what is before it has left.
    Now,
    /// It leaves, and with it all that is held on the device.
    WithAll,
}

impl Author<'_> {
    /// An op but for its base and number.
    fn op(&self, op_id: Uuid, stream: StreamId, reason: Option<String>, body: OpBody) -> Op {
        Op {
            op_id,
            device_id: Uuid::nil(),
            device_seq: 0,
            author: self.username.to_owned(),
            stream,
            base: Base::Rev(0),
            plan: self.plan.to_owned(),
            entered_at: self.entered_at.to_owned(),
            reason,
            note: None,
            body,
        }
    }

    fn admit(&self, op: &Op, plans: &Accepted, state: State) -> Result<(), Rejection> {
        let Self { model, grants, figures, today, .. } = *self;
        admit(op, &Circumstances { model, plans, grants, state, figures, today }).map(drop)
    }

    /// Whether a figure that waits would still be taken under the plan in force here, whatever state its form is in by now.
    pub fn fits(&self, op: &Op) -> Result<(), Rejection> {
        let OpBody::Figure { .. } = &op.body else { return Ok(()) };
        self.admit(op, &Accepted::only(op.plan.as_str()), State::Draft)
    }

    /// Keeps figures, each given what the person saw when they began to type; a result each, in their order, with an id each
    /// for the op that it may become. What equals the value in view makes no op.
    pub fn save_many(
        &self,
        replica: &Replica,
        entries: &[Entry],
        ids: &[Uuid],
    ) -> (Vec<Change>, Vec<Result<Option<Step>, Refused>>) {
        let mut batch = Batch {
            author: self,
            replica,
            plans: Accepted::only(self.plan),
            next: replica.next_seq(),
            state: None,
            changes: Vec::with_capacity(entries.len()),
        };
        let results = entries.iter().zip(ids).map(|(entry, id)| batch.take(entry, *id)).collect();
        (batch.changes, results)
    }

    /// Keeps a step on a form's road.
    pub fn step(
        &self,
        replica: &Replica,
        op_id: Uuid,
        of: &SubmissionKey,
        action: Action,
        reason: Option<String>,
    ) -> Result<(Change, Urgency), Rejection> {
        let cells = if action == Action::Submit { of.cells(self.model) } else { Vec::new() };
        let cover = |key: CellKey| {
            let base = replica.cover_of(&key);
            Cover::of(key.element, base)
        };
        let covers = cells.into_iter().map(cover).collect();
        let body = OpBody::Submission { period: of.period, form: of.form.clone(), action, covers };
        let standing = replica.submission(of);
        let op = Op {
            device_id: replica.device_id(),
            device_seq: replica.next_seq(),
            base: Base::Rev(standing.rev),
            ..self.op(op_id, of.reporter.clone().into(), reason, body)
        };
        self.admit(&op, &Accepted::only(self.plan), standing.state)?;
        let urgency = if action == Action::Submit { Urgency::WithAll } else { Urgency::Now };
        Ok((replica.keep(op), urgency))
    }

    /// Keeps a change of an entity.
    pub fn change_entity(
        &self,
        replica: &Replica,
        op_id: Uuid,
        of: &EntityKey,
        change: &entity::Change,
        (resolves, reason): (Vec<Uuid>, Option<String>),
    ) -> Result<(Vec<Change>, Urgency), Rejection> {
        let (kind, id, change) = (of.kind.clone(), of.id.clone(), Raw::of(change));
        let op = self.op(op_id, of.stream.clone(), reason, OpBody::Entity { kind, id, change, resolves });
        let changes = replica.change_entity(op, self.model, self.grants, self.today)?;
        Ok((changes, Urgency::Now))
    }

    /// Keeps changes of several entities together, each of another one: all of them, or none where one is not allowed.
    pub fn change_entities(
        &self,
        replica: &Replica,
        changes: &[(EntityKey, entity::Change)],
        ids: &[Uuid],
    ) -> Result<(Vec<Change>, Urgency), Rejection> {
        let mut next = replica.next_seq();
        let mut kept = Vec::with_capacity(changes.len());
        for ((of, change), id) in changes.iter().zip(ids) {
            let (made, _) = self.change_entity(replica, *id, of, change, (Vec::new(), None))?;
            for one in made {
                kept.push(match one {
                    // Each was given the next free number by itself; what took another's place keeps that one's.
                    Change::Waiting(seq, mut waiting) if seq == replica.next_seq() => {
                        waiting.op.device_seq = next;
                        next += 1;
                        Change::Waiting(waiting.op.device_seq, waiting)
                    }
                    other => other,
                });
            }
        }
        Ok((kept, Urgency::Now))
    }
}

/// Figures that are kept together.
struct Batch<'a> {
    author: &'a Author<'a>,
    replica: &'a Replica,
    plans: Accepted,
    /// The next free number.
    next: u64,
    /// Where the form of the figure before stands: most are of one form.
    state: Option<(Place, State)>,
    changes: Vec<Change>,
}

impl Batch<'_> {
    fn take(&mut self, entry: &Entry, op_id: Uuid) -> Result<Option<Step>, Refused> {
        let Self { author, replica, .. } = *self;
        let Entry { key, value, reason, cleared, resolves, .. } = entry;
        let view = replica.cell(key);
        let (note, estimated) = match &entry.marks {
            _ if *cleared => (None, false),
            Some(marks) => marks.clone(),
            None => (view.note.clone(), view.estimated),
        };
        let after = Answer {
            answered: !cleared,
            value: *value,
            reason: reason.clone(),
            note,
            estimated,
            is_unsent: true,
        };
        let before = Answer::from(&view);
        let is_same = Answer { is_unsent: true, ..before.clone() } == after;
        let is_rejected = matches!(view.status, CellStatus::Rejected(_));
        if is_same && !view.changed_since && !is_rejected && resolves.is_empty() {
            return Ok(None);
        }
        if let Some(value) = view.unseen_since(&entry.seen) {
            return Err(Refused::Became(value));
        }
        let body = OpBody::Figure {
            period: key.period,
            element: key.element.clone(),
            value: *value,
            estimated,
            cleared: *cleared,
            resolves: resolves.clone(),
        };
        let (base, replaces) = replica.base_for(key);
        let op = Op {
            base,
            device_seq: replaces.unwrap_or(self.next),
            device_id: replica.device_id(),
            note: after.note.clone(),
            ..author.op(op_id, key.reporter.clone().into(), reason.clone(), body)
        };
        self.admit(&op).map_err(Refused::NotAdmitted)?;
        self.next += u64::from(replaces.is_none());
        self.changes.push(replica.keep(op));
        Ok(Some(Step { key: key.clone(), before, after }))
    }

    fn admit(&mut self, op: &Op) -> Result<(), Rejection> {
        let place = place(self.author.model, op)?;
        let state = match self.state {
            Some((of, state)) if of == place => state,
            _ => self.replica.submission(&place.submission(self.author.model)).state,
        };
        self.state = Some((place, state));
        self.author.admit(op, &self.plans, state)
    }
}
