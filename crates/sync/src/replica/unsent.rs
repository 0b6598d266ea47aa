//! What never left the device: it may be taken back, and the numbers of what comes after it stay dense.

use super::{CellKey, Change, Replica, SubmissionKey, Tally, Waiting};
use crate::op::OpBody;
use crate::outcome::Outcome;
use uuid::Uuid;

impl Replica {
    /// What takes the unsent figure of a cell back, so that the cell is again as it was before: ops behind it move
    /// up by one number. None where there is no such figure, or where it or one behind it may have left already, or
    /// where the form was submitted with it.
    pub fn take_back(&self, key: &CellKey) -> Option<Vec<Change>> {
        let (seq, _) = self.last_of(key)?;
        let behind: Vec<&Waiting> = self.outbox.range(seq..).map(|(_, waiting)| waiting).collect();
        let is_step = |w: &Waiting| {
            matches!(w.op.body, OpBody::Submission { period, .. } if period == key.period)
                && w.op.stream.is(&key.reporter)
        };
        let is_last = behind.last().is_some_and(|w| w.op.device_seq == self.last_seq);
        if !is_last || self.has_unread_from(seq) || behind.iter().any(|w| w.frozen || is_step(w)) {
            return None;
        }
        let mut changes = Vec::with_capacity(behind.len() + 1);
        for (waiting, seq) in behind[1..].iter().zip(seq..) {
            let mut waiting = (*waiting).clone();
            waiting.op.device_seq = seq;
            changes.push(Change::Waiting(seq, Box::new(waiting)));
        }
        changes.push(Change::Done(self.last_seq));
        changes.push(Change::Numbered(self.last_seq - 1));
        Some(changes)
    }

    /// True where a cell is empty once its unsent figure was taken back: nothing else stands in it.
    pub fn is_empty_without_unsent(&self, key: &CellKey) -> bool {
        let is_answered = self.cells.get(key).and_then(|cell| cell.head.as_ref()).is_some_and(|h| !h.cleared);
        !is_answered && self.outbox.of_cell(key).count() == 1
    }

    /// Takes a rejected op out of the outbox after a person has seen why; its value is on the server, in
    /// quarantine.
    pub fn dismiss(&self, op_id: Uuid) -> Vec<Change> {
        let found = self.outbox.by_id(op_id).filter(|(_, w)| w.is_rejected());
        found.map(|(seq, w)| Change::Archived(seq, Box::new(w.clone()))).into_iter().collect()
    }

    /// What waits, what is contested, what was rejected.
    pub fn tally(&self) -> Tally {
        Tally {
            waiting: self.outbox.open() + self.unread_ops(),
            contested: self.contested.len(),
            rejected: self.outbox.rejected(),
        }
    }

    /// What is kept of a sent op.
    pub fn sent_op(&self, op_id: Uuid) -> Option<&Waiting> {
        self.sent.get(&op_id)
    }

    /// The ops that never left this device, oldest first.
    pub fn unsent_ids(&self) -> impl Iterator<Item = Uuid> {
        self.outbox.values().filter(|w| !w.frozen).map(|w| w.op.op_id)
    }

    /// The choice among the values of a cell that came too late: the head moved on while it was made, so that it
    /// stands beside the others now.
    pub fn late_choice(&self, key: &CellKey) -> Option<&Waiting> {
        self.last_of(key).map(|(_, waiting)| waiting).filter(|w| {
            let settles = matches!(&w.op.body, OpBody::Figure { resolves, .. } if !resolves.is_empty());
            settles && matches!(w.outcome, Some(Outcome::Conflict { .. }))
        })
    }

    /// The cells and submissions that look different after these changes; asked before they are taken in.
    pub fn touched(&self, changes: &[Change]) -> (Vec<CellKey>, Vec<SubmissionKey>) {
        let (mut cells, mut submissions) = (Vec::new(), Vec::new());
        let here = |seq: &u64| self.outbox.get(seq).and_then(|w| w.op.cell());
        for change in changes {
            match change {
                Change::Cell(key, _) | Change::NoCell(key) => cells.push(key.clone()),
                Change::Waiting(seq, waiting) | Change::Archived(seq, waiting) => {
                    cells.extend(here(seq));
                    cells.extend(waiting.op.cell());
                }
                Change::Done(seq) => cells.extend(here(seq)),
                Change::Kept(waiting) => cells.extend(waiting.op.cell()),
                Change::Submission(key, _) | Change::NoSubmission(key) => submissions.push(key.clone()),
                Change::Entity(..)
                | Change::NoEntity(_)
                | Change::Pruned(_)
                | Change::Cursor(..)
                | Change::Device(_)
                | Change::Numbered(_)
                | Change::Unread(..) => {}
            }
        }
        (cells, submissions)
    }
}
