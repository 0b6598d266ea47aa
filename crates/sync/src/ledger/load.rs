//! What a store is to load before a batch is judged.

use super::{Beyond, LONGEST_CHAIN, Push, StoredOp, cell_of, id_of};
use crate::admit::place;
use crate::entity::{Entity, EntityKey, Kind, task_evidence};
use crate::judge::{CellState, MOST_STEPS, Recorded};
use crate::message::SubmissionStanding;
use crate::op::Covered;
use crate::replica::{CellKey, SubmissionKey};
use crate::rights::went_on_from;
use crate::submission::Action;
use crate::{Base, Op, OpBody, Outcome};
use chitieu_domain::ReporterId;
use std::collections::{BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// All cells of a reporter on a form.
pub type Column = (ReporterId, String);

/// What a store is to load.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadSet {
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
    /// Reports, of which all attachments are wanted. The stream's lock keeps others from being added meanwhile.
    pub attachments_of: BTreeSet<EntityKey>,
    /// All periods of these, for the rules of a form that is submitted. They are not locked.
    pub columns: BTreeSet<Column>,
}

impl ReadSet {
    /// True when everything is there.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What a store has loaded. What it was asked for and did not find is not there.
#[derive(Debug, Default)]
pub struct Loaded {
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
    asked: ReadSet,
    /// Ops whose own questions were asked, and in how many rounds.
    looked_at: HashSet<Uuid>,
    rounds: usize,
}

impl Loaded {
    /// What is still missing to judge these batches one after another; asked for once.
    pub fn wants(&mut self, batches: &[(Push<'_>, &[Op])]) -> ReadSet {
        let mut wanted = ReadSet::default();
        let Some((first, _)) = batches.first() else { return wanted };
        // What an op itself looks at does not depend on what was found.
        if self.rounds == 0 {
            for (push, ops) in batches {
                wanted.ops.extend(push.malformed.iter().filter_map(|m| m.op_id));
                for op in *ops {
                    wanted.numbers.insert((op.device_id, op.device_seq));
                    want_op(push, op, &mut wanted);
                }
            }
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
                Outcome::Held if self.looked_at.insert(*id) => want_op(first, &stored.op, &mut wanted),
                _ => {}
            }
        }
        let ops = batches.iter().flat_map(|(_, ops)| *ops);
        for op in ops.filter(|op| matches!(op.body, OpBody::Entity { .. })) {
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
        ask(&mut asked.attachments_of, &mut now.attachments_of);
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
    if asked.is_empty() {
        return asked.clone_from(wanted);
    }
    wanted.retain(|one| asked.insert(one.clone()));
}

/// An entity that a submit covers: one of its own stream.
pub(super) fn covered_entity(op: &Op, kind: &str, id: &str) -> EntityKey {
    EntityKey { stream: op.stream.clone(), kind: kind.to_owned(), id: id.to_owned() }
}

/// Everything the judgement of one op looks at.
fn want_op(push: &Push<'_>, op: &Op, wanted: &mut ReadSet) {
    wanted.ops.insert(op.op_id);
    wanted.ops.extend(op.based_on());
    if let Some(key) = op.entity().filter(|key| Kind::parse(&key.kind).is_some()) {
        // Whether anything may change behind a report is the report's to say.
        let report = task_evidence::report_of(&key);
        wanted.entities.extend(report.clone());
        wanted.attachments_of.extend(report);
        wanted.entities.insert(key);
    }
    let Ok(place) = place(push.model, op) else { return };
    let form = push.model.form(place.form);
    wanted.submissions.insert(place.submission(push.model));
    match &op.body {
        OpBody::Figure { element, resolves, .. } => {
            let cell = cell_of(push.model, place, element);
            wanted.conflicts.extend(resolves.iter().map(|id| (cell.clone(), *id)));
            wanted.cells.insert(cell);
        }
        OpBody::Submission { action, covers, .. } => {
            for cover in covers {
                match &cover.what {
                    Covered::Element(element) if push.model.element_ix(element).is_some() => {
                        wanted.cells.insert(cell_of(push.model, place, element));
                    }
                    Covered::Entity { kind, id } if Kind::parse(kind).is_some() => {
                        wanted.entities.insert(covered_entity(op, kind, id));
                    }
                    _ => continue,
                }
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
        OpBody::Entity { .. } => {}
    }
}
