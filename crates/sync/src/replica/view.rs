//! A cell as the person sees it: what the server told, and the own unsent value over it.

use super::{CellKey, Replica, Waiting, is_recorded};
use crate::from_fields;
use crate::outcome::{Branch, Head, Outcome, Rejection};
use serde::Serialize;

/// How a cell stands on this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellStatus {
    /// Nothing was ever entered, or it was cleared.
    Empty,
    /// Durable here, not sent.
    Saved,
    /// On its way; the answer is not here yet.
    Sending,
    /// Recorded on the server.
    Sent,
    /// Two values.
    Contested,
    /// The server's program cannot take it; it is kept here and offered again at a later start.
    PassedOver,
    /// The server did not admit it; the value is kept.
    Rejected(Rejection),
}

/// A cell as the person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellView {
    /// The value, own unsent one first.
    pub value: Option<i64>,
    /// True when there is an answer, "no data yet" included.
    pub answered: bool,
    /// Why there is no value.
    pub reason: Option<String>,
    /// A remark on the figure.
    pub note: Option<String>,
    /// Ước thực hiện.
    pub estimated: bool,
    /// How it stands.
    pub status: CellStatus,
    /// What the server has, where it differs from `value`.
    pub head: Option<Head>,
    /// Values in contest with the head.
    pub branches: Vec<Branch>,
    /// The server's value changed since the unsent one was typed.
    pub changed_since: bool,
    /// The revision of the server's value, where it was not made here.
    pub foreign: Option<u64>,
}

/// What a person saw of a cell when they began to type, small enough to be kept with what they type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// There was an answer, "no data yet" included.
    pub answered: bool,
    /// Its value.
    pub value: Option<i64>,
    /// The revision of the server's value, where it was not made on this device.
    pub foreign: Option<u64>,
}

from_fields!(Seen { answered: need, value: maybe, foreign: maybe });

impl CellView {
    /// A cell that shows what this head says.
    fn of(shown: Option<Head>, status: CellStatus, branches: Vec<Branch>, foreign: Option<u64>) -> Self {
        let answered = shown.as_ref().is_some_and(|head| !head.cleared);
        let Head { value, reason, note, estimated, .. } = shown.unwrap_or_default();
        let (head, changed_since) = (None, false);
        Self { value, answered, reason, note, estimated, status, head, branches, changed_since, foreign }
    }

    /// What is in view, for [`CellView::unseen_since`].
    pub fn seen(&self) -> Seen {
        Seen { answered: self.answered, value: self.value, foreign: self.foreign }
    }

    /// The value that came since the person began to type, when the cell looked like `seen`: it may be replaced
    /// only once they have been told of it. An own unsent value hides what the server has, so that is looked at too.
    pub fn unseen_since(&self, seen: &Seen) -> Option<Option<i64>> {
        if (self.answered, self.value) != (seen.answered, seen.value) {
            return Some(self.value);
        }
        let hidden = self.changed_since && self.foreign != seen.foreign;
        hidden.then(|| self.head.as_ref().and_then(|head| head.value))
    }
}

impl Replica {
    /// A cell as the person sees it.
    pub fn cell(&self, key: &CellKey) -> CellView {
        self.view(key, self.last_of(key).map(|(_, waiting)| waiting))
    }

    /// The cell as it would be seen once its unsent figure was taken back; none where there is none.
    pub fn cell_below_unsent(&self, key: &CellKey) -> Option<CellView> {
        let mut waiting = self.outbox.of_cell(key).rev().map(|(_, waiting)| waiting);
        waiting.next().filter(|last| !last.frozen)?;
        Some(self.view(key, waiting.next()))
    }

    fn view(&self, key: &CellKey, last: Option<&Waiting>) -> CellView {
        let server = self.cells.get(key);
        let head = server.and_then(|c| c.head.clone());
        let branches = server.map(|c| c.branches.clone()).unwrap_or_default();
        let rev = head.as_ref().map_or(0, |h| h.rev);
        let foreign = head.as_ref().filter(|h| !self.is_own(h.op_id)).map(|h| h.rev);
        if let Some(w) = last {
            let status = match &w.outcome {
                Some(Outcome::Rejected { code }) => CellStatus::Rejected(*code),
                Some(Outcome::Conflict { .. }) => CellStatus::Contested,
                _ if w.is_passed_over() => CellStatus::PassedOver,
                _ if is_recorded(w) && branches.is_empty() => CellStatus::Sent,
                _ if !branches.is_empty() => CellStatus::Contested,
                _ if w.frozen => CellStatus::Sending,
                _ => CellStatus::Saved,
            };
            // What is contested has a head that stands; the own value is one of the branches.
            let shown = match &w.outcome {
                Some(Outcome::Conflict { head: told, .. }) if told.rev > rev => Some(told.clone()),
                Some(Outcome::Conflict { .. }) => head.clone(),
                _ => Some(w.op.said()),
            };
            let changed_since = self.changed_since(w, head.as_ref()) && !is_recorded(w);
            return CellView { head, changed_since, ..CellView::of(shown, status, branches, foreign) };
        }
        let status = match (&head, branches.is_empty()) {
            (_, false) => CellStatus::Contested,
            (Some(head), true) if !head.cleared => CellStatus::Sent,
            (_, true) => CellStatus::Empty,
        };
        CellView::of(head, status, branches, foreign)
    }
}
