//! What becomes of a figure.

use super::{Batch, Beyond, EventIndex};
use crate::judge::{CellState, Recorded, judge};
use crate::message::EventBody;
use crate::replica::CellKey;
use crate::{Base, Op, Outcome, Rejection};
use uuid::Uuid;

impl Batch<'_> {
    pub(super) fn figure(&mut self, op: &Op, key: CellKey) -> (Outcome, EventIndex) {
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
}
