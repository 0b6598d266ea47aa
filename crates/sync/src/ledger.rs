//! The server's side of a push: what a batch must know, what becomes of it, what is to be written.
//!
//! A store loads what [`Known::wants`] asks for until nothing is asked any more, with the cells and
//! submissions of the batch locked *before* the first op is looked up. [`take`] then judges without IO. The
//! streams' counters are raised last and handed to [`Written::number`], so that no event becomes visible after
//! one with a higher number; then all is written and committed at once.

use crate::admit::{Circumstances, Place, admit, place};
use crate::entity::{self, Asking, Change, Entity, EntityKey, Kind, Merge};
use crate::grants::{Grants, went_on_from};
use crate::incoming::Malformed;
use crate::judge::{CellState, MOST_STEPS, Recorded, judge};
use crate::message::{Event, EventBody, OpResult, SubmissionStanding};
use crate::op::Cover;
use crate::outcome::Head;
use crate::plans::Accepted;
use crate::raw::Raw;
use crate::replica::{CellKey, SubmissionKey};
use crate::stream::StreamId;
use crate::submission::{Action, State};
use crate::{Act, Base, Op, Outcome, Rejection};
use chitieu_domain::{Figure, Figures, Model, ReporterId};
use chrono::NaiveDate;
use std::collections::{BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// Revisions and event numbers of an epoch start above this times the epoch, so that a restored server never
/// gives one out that its earlier lifetime gave to something else.
pub const EPOCH_SIZE: u64 = 1 << 40;

/// How many ops that build on one another are followed to the revision behind them; a device names revisions of entities, and no chain.
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
    /// Today.
    pub today: NaiveDate,
    /// Now, by the server's clock (RFC 3339).
    pub at: &'a str,
    /// Lifetime of the server's database.
    pub epoch: u64,
    /// What came with the batch and does not read.
    pub malformed: &'a [Malformed<'a>],
    /// How many ops that are rejected or held may still be recorded; beyond them the next is deferred.
    pub refusals: usize,
}

/// Most ops that do not read, are rejected or held which are recorded of a person a day.
pub const MOST_REFUSALS: usize = 2_000;

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

/// All cells of a reporter on a form.
pub type Column = (ReporterId, String);

/// What a store is to load.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Ops by id, and with each the ops that wait for it.
    pub ops: BTreeSet<Uuid>,
    /// Whose op has this number of this device.
    pub numbers: BTreeSet<(Uuid, u64)>,
    /// Cells, to be locked in this order.
    pub cells: BTreeSet<CellKey>,
    /// Conflicts of cells that ops settle or go on from. With the newest [`crate::judge::MOST_BRANCHES`] others of their
    /// cells they are all that can be told once the batch is judged.
    pub conflicts: BTreeSet<(CellKey, Uuid)>,
    /// Submissions, to be locked in this order.
    pub submissions: BTreeSet<SubmissionKey>,
    /// Entities, to be locked in this order.
    pub entities: BTreeSet<EntityKey>,
    /// All periods of these, for the rules of a form that is submitted. They are not locked.
    pub columns: BTreeSet<Column>,
}

impl Wanted {
    /// True when everything is there.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What a store has loaded. What it was asked for and did not find is not there.
#[derive(Debug, Default)]
pub struct Known {
    /// Ops by id.
    pub ops: HashMap<Uuid, StoredOp>,
    /// Ops of the log that only a later release reads: this one was put back on what that one wrote.
    pub beyond: HashMap<Uuid, Beyond>,
    /// Which ops are held, by the op they wait for.
    pub held: HashMap<Uuid, Vec<Uuid>>,
    /// Ops by device and number.
    pub numbers: HashMap<(Uuid, u64), Uuid>,
    /// Cells.
    pub cells: HashMap<CellKey, CellState>,
    /// Submissions.
    pub submissions: HashMap<SubmissionKey, SubmissionStanding>,
    /// Entities.
    pub entities: HashMap<EntityKey, Entity>,
    /// Ids under which something came that does not read.
    pub malformed: HashSet<Uuid>,
    asked: Wanted,
    /// Ops whose own questions were asked, and in how many rounds.
    looked_at: HashSet<Uuid>,
    rounds: usize,
}

/// Why nothing of a batch was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TakeError {
    /// Two devices count the same numbers: one is a copy of the other.
    #[error("this device's database was copied")]
    DeviceCloned,
}

/// An op and the event it made, as a place among the events written.
type Told = Option<usize>;

/// What is to be written.
#[derive(Debug, Default)]
pub struct Written {
    /// New in the log.
    pub ops: Vec<(StoredOp, Told)>,
    /// In the log already, held until now.
    pub released: Vec<(StoredOp, Told)>,
    /// Cells that changed, as they are now.
    pub cells: HashMap<CellKey, CellState>,
    /// Submissions that changed, as they are now.
    pub submissions: HashMap<SubmissionKey, SubmissionStanding>,
    /// Entities that changed, as they are now.
    pub entities: HashMap<EntityKey, Entity>,
    /// In order.
    pub events: Vec<Event>,
    /// What the public sees from now on.
    pub published: BTreeSet<SubmissionKey>,
    /// How many of the new ops are rejected or held.
    pub refused: usize,
    /// How many were to be, and are deferred since there were too many.
    pub deferred: usize,
    answers: Vec<Answer>,
}

/// Where an op's result stands.
#[derive(Debug)]
enum Answer {
    /// Its id is known with another content.
    Refused(Uuid),
    /// Too much was rejected today; it is not recorded.
    Deferred(Uuid),
    /// The stored one.
    Known(Box<OpResult>),
    /// That of an op written now, by its place.
    New(usize),
}

impl Known {
    /// What is still missing to judge these ops; asked for once.
    pub fn wants(&mut self, push: &Push<'_>, ops: &[Op]) -> Wanted {
        let mut wanted = Wanted::default();
        wanted.ops.extend(push.malformed.iter().filter_map(|m| m.op_id));
        for op in ops {
            wanted.numbers.insert((op.device_id, op.device_seq));
            want_op(push, op, &mut wanted);
        }
        self.rounds += 1;
        for (id, stored) in &self.ops {
            // A rejected op stands for its own base; a held one is judged as if it came now.
            match stored.outcome {
                Outcome::Rejected { .. } if self.rounds <= MOST_STEPS + 1 => {
                    wanted.ops.extend(id_of(stored.earlier()));
                }
                Outcome::Conflict { conflict_id, .. } => {
                    wanted.conflicts.extend(stored.op.cell().map(|cell| (cell, conflict_id)));
                }
                Outcome::Held if self.looked_at.insert(*id) => want_op(push, &stored.op, &mut wanted),
                _ => {}
            }
        }
        for op in ops.iter().filter(|op| matches!(op.act, Act::Entity { .. })) {
            wanted.ops.extend(self.bases(op));
        }
        // Which device made what stands.
        for entity in self.entities.values() {
            wanted.ops.extend(entity.fields.values().map(|register| register.op_id));
            wanted.ops.extend(entity.branches.iter().map(|branch| branch.op_id));
        }
        for beyond in self.beyond.values() {
            if let Recorded { outcome: Outcome::Rejected { .. }, base: Base::Op(id) } = &beyond.recorded {
                wanted.ops.insert(*id);
            }
        }
        let (asked, now) = (&mut self.asked, &mut wanted);
        ask(&mut asked.ops, &mut now.ops);
        ask(&mut asked.numbers, &mut now.numbers);
        ask(&mut asked.cells, &mut now.cells);
        ask(&mut asked.conflicts, &mut now.conflicts);
        ask(&mut asked.submissions, &mut now.submissions);
        ask(&mut asked.entities, &mut now.entities);
        ask(&mut asked.columns, &mut now.columns);
        wanted
    }

    /// The ops that an op builds on, one behind the other.
    fn bases(&self, op: &Op) -> Vec<Uuid> {
        let (mut bases, mut next) = (Vec::new(), op.based_on());
        while let Some(id) = next.filter(|_| bases.len() < LONGEST_CHAIN) {
            bases.push(id);
            next = self.ops.get(&id).and_then(|stored| stored.op.based_on());
        }
        bases
    }
}

/// Takes out what was asked for before and remembers the rest.
fn ask<T: Ord + Clone>(asked: &mut BTreeSet<T>, wanted: &mut BTreeSet<T>) {
    wanted.retain(|one| asked.insert(one.clone()));
}

/// Everything the judgement of one op looks at.
fn want_op(push: &Push<'_>, op: &Op, wanted: &mut Wanted) {
    wanted.ops.insert(op.op_id);
    wanted.ops.extend(op.based_on());
    wanted.entities.extend(op.entity().filter(|key| Kind::parse(&key.kind).is_some()));
    let Ok(place) = place(push.model, op) else { return };
    let form = push.model.form(place.form);
    wanted.submissions.insert(place.submission(push.model));
    match &op.act {
        Act::Figure { element, resolves, .. } => {
            let cell = cell_of(push.model, place, element);
            wanted.conflicts.extend(resolves.iter().map(|id| (cell.clone(), *id)));
            wanted.cells.insert(cell);
        }
        Act::Submission { action, covers, .. } => {
            for cover in covers.iter().filter(|c| push.model.element_ix(&c.element).is_some()) {
                wanted.cells.insert(cell_of(push.model, place, &cover.element));
                if let Base::Op(id) = cover.base {
                    wanted.ops.insert(id);
                }
            }
            if *action == Action::Submit {
                let reporter = push.model.reporter(place.reporter).id.clone();
                wanted.columns.insert((reporter, form.id.clone()));
                for before in went_on_from(push.model, place.reporter, place.form, push.today) {
                    wanted.columns.insert((push.model.reporter(before).id.clone(), form.id.clone()));
                }
            }
        }
        Act::Entity { .. } => {}
    }
}

fn cell_of(model: &Model, place: Place, element: &str) -> CellKey {
    let reporter = model.reporter(place.reporter).id.clone();
    CellKey { reporter, period: place.period, element: element.to_owned() }
}

/// Judges a batch, in its order, with everything loaded that [`Known::wants`] asked for.
pub fn take(push: &Push<'_>, ops: &[Op], known: &mut Known) -> Result<Written, TakeError> {
    let mut batch = Batch { push, known, written: Written::default() };
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

impl Written {
    /// How many events each stream gets, in the streams' order.
    pub fn streams(&self) -> Vec<(StreamId, u64)> {
        let mut streams: Vec<(StreamId, u64)> = Vec::new();
        for event in &self.events {
            match streams.iter_mut().find(|(stream, _)| *stream == event.stream) {
                Some((_, count)) => *count += 1,
                None => streams.push((event.stream.clone(), 1)),
            }
        }
        streams.sort_unstable();
        streams
    }

    /// Gives every event its number: `last` is the stream's counter after it was raised by its events.
    /// Gives the numbers, in the events' order.
    pub fn number(&mut self, last: &HashMap<StreamId, u64>) -> Vec<u64> {
        let mut next: HashMap<StreamId, u64> =
            self.streams().into_iter().map(|(r, count)| (r.clone(), last[&r] + 1 - count)).collect();
        let mut numbers = Vec::with_capacity(self.events.len());
        for event in &self.events {
            if let Some(next) = next.get_mut(&event.stream) {
                numbers.push(*next);
                *next += 1;
            }
        }
        for (stored, told) in self.ops.iter_mut().chain(&mut self.released) {
            if let (Outcome::Applied { seq, .. }, Some(event)) = (&mut stored.outcome, told) {
                *seq = numbers[*event];
            }
        }
        numbers
    }

    /// One result an op, in the batch's order. After [`Written::number`].
    pub fn results(&self) -> Vec<OpResult> {
        let result = |answer: &Answer| match answer {
            Answer::Refused(op_id) => {
                OpResult { op_id: *op_id, outcome: Outcome::Rejected { code: Rejection::PayloadDiffers } }
            }
            Answer::Deferred(op_id) => OpResult { op_id: *op_id, outcome: Outcome::Deferred },
            // It may have waited until an op of this batch came.
            Answer::Known(result) => {
                let released = self.released.iter().find(|(stored, _)| stored.op.op_id == result.op_id);
                let outcome = released.map_or(&result.outcome, |(stored, _)| &stored.outcome);
                OpResult { op_id: result.op_id, outcome: outcome.clone() }
            }
            Answer::New(place) => {
                let StoredOp { op, outcome, .. } = &self.ops[*place].0;
                OpResult { op_id: op.op_id, outcome: outcome.clone() }
            }
        };
        let told = |mut result: OpResult| {
            // What a later release recorded may be told by that release alone.
            if result.outcome == Outcome::Unknown {
                result.outcome = Outcome::Deferred;
            }
            result
        };
        self.answers.iter().map(result).map(told).collect()
    }
}

struct Batch<'a> {
    push: &'a Push<'a>,
    known: &'a mut Known,
    written: Written,
}

impl Batch<'_> {
    fn floor(&self) -> u64 {
        self.push.epoch * EPOCH_SIZE
    }

    fn take(&mut self, op: &Op) -> Result<(), TakeError> {
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
            return Err(TakeError::DeviceCloned);
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

    fn judge(&mut self, op: &Op) -> (Outcome, Told) {
        if let Act::Entity { kind, id, change, resolves } = &op.act {
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
        match &op.act {
            Act::Figure { element, .. } => self.figure(op, cell_of(self.push.model, place, element)),
            Act::Submission { action, covers, .. } => self.submission(op, place, *action, covers, &standing),
            Act::Entity { .. } => rejected(Rejection::Malformed),
        }
    }

    /// The figures in force that the rules of a submit look at.
    fn figures(&self, op: &Op, place: Place) -> Figures {
        let mut figures = Figures::default();
        let Act::Submission { action: Action::Submit, .. } = op.act else { return figures };
        let model = self.push.model;
        for (key, cell) in &self.known.cells {
            let (Some(reporter), Some(element), Some(head)) =
                (model.reporter_ix(&key.reporter), model.element_ix(&key.element), &cell.head)
            else {
                continue;
            };
            if model.form_of(element) == place.form && !head.cleared {
                let estimated = head.estimated;
                let figure = Figure { value: head.value, contested: false, approved: false, estimated };
                figures.set(reporter, key.period, element, figure);
            }
        }
        figures
    }

    fn figure(&mut self, op: &Op, key: CellKey) -> (Outcome, Told) {
        let mut cell = self.known.cells.get(&key).cloned().unwrap_or_default();
        let beyond = |id: &Uuid| {
            let is_it = |beyond: &&Beyond| beyond.author == op.author && beyond.cell.as_ref() == Some(&key);
            self.known.beyond.get(id).filter(is_it).map(|beyond| beyond.recorded.clone())
        };
        let is_here = |id: &Uuid| {
            let known = &self.known;
            known.ops.contains_key(id) || known.malformed.contains(id) || known.beyond.contains_key(id)
        };
        let recorded = |id| match self.made_here(id, &op.author, &key) {
            Some(stored) => Some(Recorded { outcome: stored.outcome.clone(), base: stored.earlier() }),
            // What did not read, another cell's op or another person's is here and no value that was looked at: it leads
            // nowhere, as what is based on itself does.
            None => beyond(&id).or_else(|| {
                is_here(&id).then(|| {
                    let outcome = Outcome::Rejected { code: Rejection::Malformed };
                    Recorded { outcome, base: Base::Op(op.op_id) }
                })
            }),
        };
        let judgement = judge(op, self.push.at, &cell, self.floor(), &recorded);
        judgement.carry_out(&mut cell);
        // The event's number is filled in when the stream's counter was raised.
        let outcome = judgement.outcome(&cell, 0);
        if !judgement.is_visible() {
            return (outcome, None);
        }
        let CellState { head, branches, more } = cell.clone().told();
        let element = key.element.clone();
        let told = self.tell(op, EventBody::Cell { period: key.period, element, head, branches, more });
        self.known.cells.insert(key.clone(), cell.clone());
        self.written.cells.insert(key, cell);
        (outcome, Some(told))
    }

    fn submission(
        &mut self,
        op: &Op,
        place: Place,
        action: Action,
        covers: &[Cover],
        standing: &SubmissionStanding,
    ) -> (Outcome, Told) {
        let rejected = |code| (Outcome::Rejected { code }, None);
        let is_here = op
            .based_on()
            .is_none_or(|id| id == op.op_id || self.has_come(id) || self.known.malformed.contains(&id));
        if !is_here {
            return (Outcome::Held, None);
        }
        let own_step = |id: Uuid| {
            let is_it = |base: &Op| base.author == op.author && base.submission() == op.submission();
            self.known.ops.get(&id).filter(|stored| is_it(&stored.op))
        };
        if rev_of(op.base, own_step) != Some(standing.rev) {
            return rejected(Rejection::MovedOn);
        }
        let mut covered = HashSet::new();
        for cover in covers {
            let key = cell_of(self.push.model, place, &cover.element);
            let cell = self.known.cells.get(&key);
            if cell.is_some_and(|cell| !cell.branches.is_empty()) {
                return rejected(Rejection::Contested);
            }
            let own_figure = |id| self.made_here(id, &op.author, &key);
            let moved = rev_of(cover.base, own_figure) != Some(cell.map_or(0, CellState::rev));
            if moved || !covered.insert(&cover.element) {
                return rejected(Rejection::CoverMoved);
            }
        }
        let Some(state) = standing.state.after(action) else { return rejected(Rejection::BadTransition) };
        let next = SubmissionStanding {
            state,
            rev: standing.rev.max(self.floor()) + 1,
            author: op.author.clone(),
            at: self.push.at.to_owned(),
            reason: op.reason.clone().filter(|_| action != Action::Ask),
            asks: op.reason.clone().filter(|_| action == Action::Ask),
        };
        let key = place.submission(self.push.model);
        if state == State::Published {
            self.written.published.insert(key.clone());
        }
        self.known.submissions.insert(key.clone(), next.clone());
        self.written.submissions.insert(key, next.clone());
        let rev = next.rev;
        let form = self.push.model.form(place.form).id.clone();
        let told = self.tell(op, EventBody::Submission { period: place.period, form, standing: next });
        (Outcome::Applied { rev, seq: 0 }, Some(told))
    }

    fn entity(&mut self, op: &Op, kind: &str, id: &str, change: &Raw, resolves: &[Uuid]) -> (Outcome, Told) {
        let rejected = |code| (Outcome::Rejected { code }, None);
        let (Some(known), Some(change)) = (Kind::parse(kind), change.read::<Change>()) else {
            return rejected(Rejection::Malformed);
        };
        let Ok(rev) = self.seen(op) else { return (Outcome::Held, None) };
        let key = EntityKey { stream: op.stream.clone(), kind: kind.to_owned(), id: id.to_owned() };
        let now = self.known.entities.get(&key).cloned().unwrap_or_default();
        let Push { model, grants, today, at, .. } = *self.push;
        let asking = Asking { model, grants, today, op, id, change: &change, now: &now };
        let change = match known.admit(&asking) {
            Ok(change) => change,
            Err(code) => return rejected(code),
        };
        let made_by = |id| self.known.ops.get(&id).map(|s| (s.op.device_id, s.op.device_seq));
        let base = entity::Base { rev, made_by: &made_by };
        let next = now.rev.max(self.floor()) + 1;
        let (next, is_contested) = match entity::merge(known, op, &change, resolves, &base, &now, (next, at))
        {
            Merge::Rejected(code) => return rejected(code),
            Merge::Unchanged => return (Outcome::SameValue { rev: now.rev }, None),
            Merge::Changed(next) => (next, false),
            Merge::Contested(next) => (next, true),
        };
        let outcome = if is_contested {
            let mine = next.branches.iter().find(|branch| branch.op_id == op.op_id);
            let conflict_id = mine.map_or(op.op_id, |branch| branch.conflict_id);
            // There is no one value that stands against it.
            Outcome::Conflict {
                conflict_id,
                head: Head { rev: next.rev, at: at.to_owned(), ..Head::default() },
            }
        } else {
            Outcome::Applied { rev: next.rev, seq: 0 }
        };
        let body = EventBody::Entity { kind: kind.to_owned(), id: id.to_owned(), told: next.told() };
        let told = self.tell(op, body);
        self.known.entities.insert(key.clone(), next.clone());
        self.written.entities.insert(key, next);
        (outcome, Some(told))
    }

    /// The revision of the entity that the author of an op saw, behind the ops that it builds on; none where that was never
    /// there. `Err` while one of them is not here.
    fn seen(&self, op: &Op) -> Result<Option<u64>, ()> {
        let mut base = op.base;
        for _ in 0..LONGEST_CHAIN {
            let id = match base {
                Base::Rev(rev) => return Ok(Some(rev)),
                Base::Op(id) if id == op.op_id => return Ok(None),
                Base::Op(id) => id,
            };
            match self.known.ops.get(&id) {
                Some(earlier) if earlier.waits_for.is_some() => return Err(()),
                Some(earlier) if earlier.op.author == op.author && earlier.op.entity() == op.entity() => {
                    base = earlier.op.base;
                }
                // Another thing, or what does not read: it says nothing about this one.
                Some(_) => return Ok(None),
                None if self.known.malformed.contains(&id) => return Ok(None),
                None => return Err(()),
            }
        }
        Ok(None)
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
