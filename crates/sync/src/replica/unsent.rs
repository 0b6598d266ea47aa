//! What never left the device: it may be taken back, and the numbers of what comes after it stay dense.

use super::{CellKey, Change, Replica, SubmissionKey, Tally, Waiting};
use crate::op::OpBody;
use crate::outcome::Outcome;
use uuid::Uuid;

impl Replica {
    /// What takes the unsent figure of a cell back, so that the cell is again as it was before. None where it is not to be had
    /// ([`Self::take_back_all`]).
    pub fn take_back(&self, key: &CellKey) -> Option<Vec<Change>> {
        let (changes, taken) = self.take_back_all(&[key]);
        taken.contains(&true).then_some(changes)
    }

    /// What takes the unsent figures of cells back together, and of which cells that is: ops behind them move up. A figure stays
    /// that may have left already, or one behind it, and one whose form was submitted with it.
    pub fn take_back_all(&self, keys: &[&CellKey]) -> (Vec<Change>, Vec<bool>) {
        let is_step = |w: &Waiting| {
            let OpBody::Submission { period, .. } = w.op.body else { return false };
            keys.iter().any(|key| period == key.period && w.op.stream.is(&key.reporter))
        };
        let stays = |w: &&Waiting| w.frozen || is_step(w);
        let after = |seq: u64| seq + 1;
        let last_seq = self.outbox.last_key_value().map_or(0, |(seq, _)| *seq);
        let first_free = if last_seq == self.last_seq {
            let last_stays = self.outbox.values().rfind(stays).map(|w| w.op.device_seq);
            last_stays.max(self.last_unread_op()).map_or(0, after)
        } else {
            after(self.last_seq)
        };
        let (mut seqs, mut taken) = (Vec::new(), Vec::new());
        for key in keys {
            let seq = self.last_of(key).map(|(seq, _)| seq).filter(|seq| *seq >= first_free);
            seqs.extend(seq);
            taken.push(seq.is_some());
        }
        seqs.sort_unstable();
        let mut changes = Vec::new();
        if let Some(first) = seqs.first() {
            let behind = self.outbox.range(first..).filter(|(seq, _)| seqs.binary_search(seq).is_err());
            let mut next = *first;
            for (_, waiting) in behind {
                let mut waiting = waiting.clone();
                waiting.op.device_seq = next;
                changes.push(Change::Waiting(next, Box::new(waiting)));
                next += 1;
            }
            changes.extend((next..=self.last_seq).map(Change::Done));
            changes.push(Change::Numbered(next - 1));
        }
        (changes, taken)
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
