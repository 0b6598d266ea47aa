//! The figures of forms that wait for a reviewer: they are on their device while they wait, and no longer.

use super::{CellKey, Change, Replica, SubmissionKey};
use crate::submission::State;

impl Replica {
    /// The cells that leave the device with what a page changes: those of forms that wait no more. `cells_of` names a form's
    /// cells, and none where the device follows its reporter anyway.
    pub fn let_go(
        &self,
        changes: &[Change],
        cells_of: &dyn Fn(&SubmissionKey) -> Vec<CellKey>,
    ) -> Vec<Change> {
        let mut gone = Vec::new();
        for (nth, change) in changes.iter().enumerate() {
            let Change::Submission(key, standing) = change else { continue };
            let again = |later: &Change| matches!(later, Change::Submission(other, _) if other == key);
            if standing.state == State::Submitted || changes.iter().skip(nth + 1).any(again) {
                continue;
            }
            let is_here = |cell: &CellKey| {
                let comes = |change: &Change| matches!(change, Change::Cell(other, _) if other == cell);
                self.cells.contains_key(cell) || changes.iter().any(comes)
            };
            gone.extend(cells_of(key).into_iter().filter(is_here).map(Change::NoCell));
        }
        gone
    }
}
