//! Judgement: what becomes of an admitted figure, given its cell and the ops before it.
//!
//! The order is that of the specification: base known (`held`)? base is the head (`applied`)? value is the
//! head's (`same_value`)? otherwise `conflict`.

use crate::op::Base;
use crate::outcome::{Branch, Head, Outcome};
use uuid::Uuid;

/// A cell as the server holds it: the value in force and those that contest it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CellState {
    /// None while nothing was ever applied.
    pub head: Option<Head>,
    /// Contested values, oldest first.
    pub branches: Vec<Branch>,
}

impl CellState {
    /// Revision of the head; 0 is empty.
    pub fn rev(&self) -> u64 {
        self.head.as_ref().map_or(0, |h| h.rev)
    }
}

/// A figure to be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Its op.
    pub op_id: Uuid,
    /// The value.
    pub value: Option<i64>,
    /// What was in view.
    pub base: Base,
    /// Conflicts it settles.
    pub resolves: &'a [Uuid],
    /// Who.
    pub author: &'a str,
    /// When the server took it, by its clock.
    pub at: &'a str,
    /// Why.
    pub reason: Option<&'a str>,
}

/// An earlier op, as far as a later one's base is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// What became of it.
    pub outcome: Outcome,
    /// Its own base.
    pub base: Base,
}

/// What an op's base turned out to be.
enum Standing {
    /// A revision.
    Rev(u64),
    /// A contested value.
    Branch(Uuid),
    /// Not here yet.
    Unknown,
    /// Ops that are based on one another; no device makes them.
    Nowhere,
}

/// What a judgement does to the cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// A new head, and the conflicts it closes.
    Apply {
        /// The new head.
        head: Head,
        /// Closed conflicts.
        closes: Vec<Uuid>,
    },
    /// The head has this value already.
    Same {
        /// Its revision.
        rev: u64,
    },
    /// A value beside the head; one with this conflict's id is replaced.
    Contest(Branch),
    /// Waits for another op.
    Hold,
}

fn standing(op_id: Uuid, base: Base, recorded: &dyn Fn(Uuid) -> Option<Recorded>) -> Standing {
    let mut base = base;
    let mut seen = vec![op_id];
    loop {
        let id = match base {
            Base::Rev(rev) => return Standing::Rev(rev),
            Base::Op(id) => id,
        };
        if seen.contains(&id) {
            return Standing::Nowhere;
        }
        seen.push(id);
        match recorded(id) {
            None => return Standing::Unknown,
            Some(Recorded { outcome, base: earlier }) => match outcome {
                Outcome::Applied { rev, .. } | Outcome::SameValue { rev } => return Standing::Rev(rev),
                Outcome::Conflict { conflict_id, .. } => return Standing::Branch(conflict_id),
                Outcome::Held | Outcome::Deferred | Outcome::Unknown => return Standing::Unknown,
                Outcome::Rejected { .. } => base = earlier,
            },
        }
    }
}

/// Judges a figure. `epoch_floor` is below every revision this epoch issues; `recorded` looks up earlier ops.
pub fn judge(
    entry: &Entry<'_>,
    cell: &CellState,
    epoch_floor: u64,
    recorded: &dyn Fn(Uuid) -> Option<Recorded>,
) -> Judgement {
    let contest = |conflict_id| {
        Judgement::Contest(Branch {
            conflict_id,
            value: entry.value,
            op_id: entry.op_id,
            author: entry.author.to_owned(),
            at: entry.at.to_owned(),
        })
    };
    let base = match standing(entry.op_id, entry.base, recorded) {
        Standing::Unknown => return Judgement::Hold,
        Standing::Branch(id) if cell.branches.iter().any(|b| b.conflict_id == id) => return contest(id),
        // Resolved meanwhile: what was in view is no longer there.
        Standing::Branch(_) | Standing::Nowhere => None,
        Standing::Rev(rev) => Some(rev),
    };
    if base == Some(cell.rev()) {
        let open = |id: &&Uuid| cell.branches.iter().any(|b| b.conflict_id == **id);
        return Judgement::Apply {
            head: Head {
                value: entry.value,
                rev: cell.rev().max(epoch_floor) + 1,
                op_id: entry.op_id,
                author: entry.author.to_owned(),
                at: entry.at.to_owned(),
                reason: entry.reason.map(str::to_owned),
            },
            closes: entry.resolves.iter().filter(open).copied().collect(),
        };
    }
    match &cell.head {
        Some(head) if head.value == entry.value => Judgement::Same { rev: head.rev },
        // The op's own id names the conflict it opens.
        _ => contest(entry.op_id),
    }
}

impl Judgement {
    /// Changes the cell as judged.
    pub fn carry_out(&self, cell: &mut CellState) {
        match self {
            Self::Apply { head, closes } => {
                cell.head = Some(head.clone());
                cell.branches.retain(|b| !closes.contains(&b.conflict_id));
            }
            Self::Contest(branch) => {
                cell.branches.retain(|b| b.conflict_id != branch.conflict_id);
                cell.branches.push(branch.clone());
            }
            Self::Same { .. } | Self::Hold => {}
        }
    }

    /// What the device is told; `seq` numbers the event where there is one.
    pub fn outcome(&self, cell: &CellState, seq: u64) -> Outcome {
        match self {
            Self::Apply { head, .. } => Outcome::Applied { rev: head.rev, seq },
            Self::Same { rev } => Outcome::SameValue { rev: *rev },
            Self::Contest(branch) => match &cell.head {
                Some(head) => Outcome::Conflict { conflict_id: branch.conflict_id, head: head.clone() },
                // A base that never existed on an empty cell: nothing stands against the value but its base.
                None => Outcome::Conflict {
                    conflict_id: branch.conflict_id,
                    head: Head {
                        value: None,
                        rev: 0,
                        op_id: Uuid::nil(),
                        author: String::new(),
                        at: String::new(),
                        reason: None,
                    },
                },
            },
            Self::Hold => Outcome::Held,
        }
    }

    /// True where others can see a change.
    pub fn is_visible(&self) -> bool {
        matches!(self, Self::Apply { .. } | Self::Contest(_))
    }
}
