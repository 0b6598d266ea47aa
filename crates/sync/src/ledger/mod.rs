//! The server's side of a push: what a batch must know, what becomes of it, what is to be written.
//!
//! A store loads what [`Loaded::wants`] asks for until nothing is asked any more, with the cells and
//! submissions of the batch locked *before* the first op is looked up. [`merge_batch`] then judges without IO. The
//! streams' counters are raised last and handed to [`WriteSet::number`], so that no event becomes visible after
//! one with a higher number; then all is written and committed at once.

mod entity;
mod figure;
mod load;
mod submission;
mod written;

use crate::admit::{Circumstances, Place, admit, place};
use crate::cooperation::Cooperation;
use crate::grants::Grants;
use crate::incoming::Malformed;
use crate::judge::{MOST_STEPS, Recorded};
use crate::message::{Event, EventBody, OpResult};
use crate::plans::Accepted;
use crate::replica::CellKey;
use crate::{Base, Op, OpBody, Outcome, Rejection};
use chitieu_domain::Model;
use chrono::NaiveDate;
use uuid::Uuid;
use written::Answer;

pub use load::{Column, Loaded, ReadSet};
pub use written::WriteSet;

/// Revisions and event numbers of an epoch start above this times the epoch, so that a restored server never
/// gives one out that its earlier lifetime gave to something else.
pub const EPOCH_SIZE: u64 = 1 << 40;

/// Most ops that do not read, are rejected or held which are recorded of a person a day.
pub const MOST_REFUSALS: usize = 2_000;

/// How many ops that build on one another are followed to the revision behind them; a device names revisions of
/// entities, and no chain.
const LONGEST_CHAIN: usize = 16;

/// Who pushes, when, under which plans.
#[derive(Clone, Copy)]
pub struct Push<'a> {
    /// Plan and units.
    pub model: &'a Model,
    /// The versions of the plan that ops may name.
    pub plans: &'a Accepted,
    /// The author's rights.
    pub grants: &'a Grants,
    /// The reports of others that the author fills in with them.
    pub cooperation: &'a Cooperation,
    /// Today.
    pub today: NaiveDate,
    /// Now, by the server's clock (RFC 3339).
    pub at: &'a str,
    /// Lifetime of the server's database.
    pub epoch: u64,
    /// What came with the batch and does not read.
    pub malformed: &'a [Malformed],
    /// How many ops that are rejected or held may still be recorded; beyond them the next is deferred.
    pub refusals: usize,
}

/// An op in the log, with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredOp {
    /// The op.
    pub op: Op,
    /// Its result, the same for ever but for `held`.
    pub outcome: Outcome,
    /// The op a held one waits for: its base, or that of a rejected base.
    pub waits_for: Option<Uuid>,
    /// What a rejected figure stands for where another is based on it: the first base before it that was not rejected,
    /// as far as it was here. None otherwise, and of ops that were recorded before it was kept.
    pub stands_for: Option<Base>,
}

impl StoredOp {
    /// The base that a later op has which is based on this one, where this was rejected.
    fn earlier(&self) -> Base {
        self.stands_for.unwrap_or(self.op.base)
    }
}

/// As much as a later op's base looks at of one that only a later release reads.
#[derive(Debug, Clone)]
pub struct Beyond {
    /// Who made it.
    pub author: String,
    /// The cell that it gives a value, where that is known.
    pub cell: Option<CellKey>,
    /// What became of it.
    pub recorded: Recorded,
}

fn id_of(base: Base) -> Option<Uuid> {
    match base {
        Base::Op(id) => Some(id),
        Base::Rev(_) => None,
    }
}

/// Why nothing of a batch was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// Two devices count the same numbers: one is a copy of the other.
    #[error("this device's database was copied")]
    DeviceCloned,
}

/// An op and the event it made, as a place among the events written.
type EventIndex = Option<usize>;

fn cell_of(model: &Model, place: Place, element: &str) -> CellKey {
    let reporter = model.reporter(place.reporter).id.clone();
    CellKey { reporter, period: place.period, element: element.to_owned() }
}

/// Judges a batch, in its order, with everything loaded that [`Loaded::wants`] asked for.
pub fn merge_batch(push: &Push<'_>, ops: &[Op], known: &mut Loaded) -> Result<WriteSet, MergeError> {
    let mut batch = Batch { push, known, written: WriteSet::default() };
    for id in push.malformed.iter().filter_map(|m| m.op_id) {
        // What waited for it waits in vain.
        batch.known.malformed.insert(id);
        batch.release(id);
    }
    for op in ops {
        batch.take(op)?;
    }
    Ok(batch.written)
}

struct Batch<'a> {
    push: &'a Push<'a>,
    known: &'a mut Loaded,
    written: WriteSet,
}

impl Batch<'_> {
    fn floor(&self) -> u64 {
        self.push.epoch * EPOCH_SIZE
    }

    fn take(&mut self, op: &Op) -> Result<(), MergeError> {
        if let Some(stored) = self.known.ops.get(&op.op_id) {
            let here = self.written.ops.iter().position(|(s, _)| s.op.op_id == op.op_id);
            self.written.answers.push(if stored.op.fingerprint() != op.fingerprint() {
                Answer::Refused(op.op_id)
            } else if let Some(place) = here {
                Answer::New(place)
            } else {
                Answer::Known(Box::new(OpResult { op_id: op.op_id, outcome: stored.outcome.clone() }))
            });
            // Its base came while a program served that could not judge it.
            if let Some(base) = stored.waits_for.filter(|base| self.has_come(*base)) {
                self.release(base);
            }
            return Ok(());
        }
        if let Some(beyond) = self.known.beyond.get(&op.op_id) {
            let outcome = beyond.recorded.outcome.clone();
            self.written.answers.push(Answer::Known(Box::new(OpResult { op_id: op.op_id, outcome })));
            return Ok(());
        }
        if self.is_beyond(op) {
            self.written.answers.push(Answer::Deferred(op.op_id));
            return Ok(());
        }
        let number = (op.device_id, op.device_seq);
        if self.known.numbers.insert(number, op.op_id).is_some_and(|other| other != op.op_id) {
            return Err(MergeError::DeviceCloned);
        }
        let (outcome, told) = self.judge(op);
        if matches!(outcome, Outcome::Rejected { .. } | Outcome::Held) {
            if self.written.refused >= self.push.refusals {
                self.known.numbers.remove(&number);
                self.written.deferred += 1;
                self.written.answers.push(Answer::Deferred(op.op_id));
                return Ok(());
            }
            self.written.refused += 1;
        }
        let stored = self.stored(op.clone(), outcome);
        let waits_for = stored.waits_for;
        self.known.ops.insert(op.op_id, stored.clone());
        self.written.answers.push(Answer::New(self.written.ops.len()));
        self.written.ops.push((stored, told));
        match waits_for {
            Some(id) => self.known.held.entry(id).or_default().push(op.op_id),
            None => self.release(op.op_id),
        }
        Ok(())
    }

    /// True for an op on a form in a state of a later release: nothing says what may be done there, so nothing is
    /// refused either.
    fn is_beyond(&self, op: &Op) -> bool {
        let Ok(place) = place(self.push.model, op) else { return false };
        let standing = self.known.submissions.get(&place.submission(self.push.model));
        standing.is_some_and(|standing| standing.state.is_unknown())
    }

    /// True once an op was judged.
    fn has_come(&self, id: Uuid) -> bool {
        let outcome = self.known.ops.get(&id).map(|stored| &stored.outcome);
        let outcome = outcome.or_else(|| Some(&self.known.beyond.get(&id)?.recorded.outcome));
        outcome.is_some_and(|outcome| *outcome != Outcome::Held)
    }

    /// A judged op, with what it waits or stands for.
    fn stored(&self, op: Op, outcome: Outcome) -> StoredOp {
        let end = match outcome {
            Outcome::Held | Outcome::Rejected { .. } => self.end(op.base),
            _ => op.base,
        };
        let waits_for = id_of(end).filter(|_| outcome == Outcome::Held);
        let stands_for = matches!(outcome, Outcome::Rejected { .. }).then_some(end);
        StoredOp { op, outcome, waits_for, stands_for }
    }

    /// The first base that was not rejected, as far as it is here and not too far away.
    fn end(&self, mut base: Base) -> Base {
        for _ in 0..MOST_STEPS {
            let known = id_of(base).and_then(|id| self.known.ops.get(&id));
            let Some(stored @ StoredOp { outcome: Outcome::Rejected { .. }, .. }) = known else { break };
            base = stored.earlier();
        }
        base
    }

    /// The op of this id where it gave this cell a value that this author made. A base that is anything else is none.
    fn made_here(&self, id: Uuid, author: &str, cell: &CellKey) -> Option<&StoredOp> {
        let is_it = |base: &Op| base.author == author && base.cell().as_ref() == Some(cell);
        self.known.ops.get(&id).filter(|stored| is_it(&stored.op))
    }

    /// Judges the ops that waited for this one, and those that waited for them.
    fn release(&mut self, arrived: Uuid) {
        let mut arrived = vec![arrived];
        while let Some(base) = arrived.pop() {
            for id in self.known.held.remove(&base).unwrap_or_default() {
                let Some(op) = self.known.ops.get(&id).map(|stored| stored.op.clone()) else { continue };
                let (outcome, told) = self.judge(&op);
                let stored = self.stored(op, outcome);
                match stored.waits_for {
                    Some(other) => self.known.held.entry(other).or_default().push(id),
                    None => arrived.push(id),
                }
                self.known.ops.insert(id, stored.clone());
                match self.written.ops.iter_mut().find(|(s, _)| s.op.op_id == id) {
                    Some(here) => *here = (stored, told),
                    None => self.written.released.push((stored, told)),
                }
            }
        }
    }

    fn judge(&mut self, op: &Op) -> (Outcome, EventIndex) {
        if let OpBody::Entity { kind, id, change, resolves } = &op.body {
            return self.entity(op, kind, id, change, resolves);
        }
        let rejected = |code| (Outcome::Rejected { code }, None);
        let place = match place(self.push.model, op) {
            Ok(place) => place,
            Err(code) => return rejected(code),
        };
        let key = place.submission(self.push.model);
        let standing = self.known.submissions.get(&key).cloned().unwrap_or_default();
        let figures = self.figures(op, place);
        let circumstances = Circumstances {
            model: self.push.model,
            plans: self.push.plans,
            grants: self.push.grants,
            state: standing.state,
            figures: &figures,
            today: self.push.today,
        };
        if let Err(code) = admit(op, &circumstances) {
            return rejected(code);
        }
        match &op.body {
            OpBody::Figure { element, .. } => self.figure(op, cell_of(self.push.model, place, element)),
            OpBody::Submission { action, covers, .. } => {
                self.submission(op, place, *action, covers, &standing)
            }
            OpBody::Entity { .. } => rejected(Rejection::Malformed),
        }
    }

    /// Gives the event's place among those written.
    fn tell(&mut self, op: &Op, body: EventBody) -> usize {
        self.written.events.push(Event { stream: op.stream.clone(), body });
        self.written.events.len() - 1
    }
}

/// The revision a base stands for, given the ops that may be one; none while it is not here or has none.
fn rev_of<'a>(base: Base, made_here: impl Fn(Uuid) -> Option<&'a StoredOp>) -> Option<u64> {
    let id = match base {
        Base::Rev(rev) => return Some(rev),
        Base::Op(id) => id,
    };
    match made_here(id)?.outcome {
        Outcome::Applied { rev, .. } | Outcome::SameValue { rev } => Some(rev),
        _ => None,
    }
}
