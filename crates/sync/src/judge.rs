//! Judgement: what becomes of an admitted figure, given its cell and the ops before it.
//!
//! The order is that of the specification: base known (`held`)? base is the head (`applied`)? the head says the
//! same (`same_value`)? otherwise `conflict`.

use crate::op::{Base, Op};
use crate::outcome::{Branch, Head, Outcome};
use uuid::Uuid;

/// Most contested values that are told with a cell, the newest ones. Of the others their number is told.
pub const MOST_BRANCHES: usize = 20;
/// How many rejected bases are followed from one to the next. An op that is rejected keeps what its own base stands for,
/// so that those of one device take one step each; only who sends a chain backwards makes a longer one.
pub const MOST_STEPS: usize = 50;

/// A cell as the server holds it: the value in force and those that contest it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CellState {
    /// None while nothing was ever applied.
    pub head: Option<Head>,
    /// Contested values, oldest first: all, or the newest and those that a batch is about.
    pub branches: Vec<Branch>,
    /// How many older ones there are besides.
    pub more: u64,
}

impl CellState {
    /// Revision of the head; 0 is empty.
    pub fn rev(&self) -> u64 {
        self.head.as_ref().map_or(0, |h| h.rev)
    }

    /// The contested values that are not told with the cell, as far as they are here, and those that are.
    pub fn split(&self) -> (&[Branch], &[Branch]) {
        self.branches.split_at(self.branches.len().saturating_sub(MOST_BRANCHES))
    }

    /// The cell as it is told.
    pub fn told(self) -> Self {
        let (older, view) = self.split();
        Self { more: self.more + older.len() as u64, branches: view.to_vec(), head: self.head }
    }
}

/// An earlier op, as far as a later one's base is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// What became of it.
    pub outcome: Outcome,
    /// Its own base, or of a rejected one what that stands for.
    pub base: Base,
}

/// What an op's base turned out to be.
enum ResolvedBase {
    /// A revision.
    Rev(u64),
    /// A contested value.
    Branch(Uuid),
    /// Not here yet.
    Unknown,
    /// No value of this cell that its author made: ops that are based on one another, or on another cell's or another
    /// person's. No device makes them.
    Cyclic,
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
    /// The head says so already.
    Same {
        /// Its revision.
        rev: u64,
    },
    /// A value beside the head; one with this conflict's id is replaced.
    Contest(Branch),
    /// Waits for another op.
    Hold,
}

fn resolve_base(op_id: Uuid, base: Base, recorded: &dyn Fn(Uuid) -> Option<Recorded>) -> ResolvedBase {
    let mut base = base;
    for _ in 0..=MOST_STEPS {
        let id = match base {
            Base::Rev(rev) => return ResolvedBase::Rev(rev),
            Base::Op(id) if id == op_id => return ResolvedBase::Cyclic,
            Base::Op(id) => id,
        };
        match recorded(id) {
            None => return ResolvedBase::Unknown,
            Some(Recorded { outcome, base: earlier }) => match outcome {
                Outcome::Applied { rev, .. } | Outcome::SameValue { rev } => return ResolvedBase::Rev(rev),
                Outcome::Conflict { conflict_id, .. } => return ResolvedBase::Branch(conflict_id),
                Outcome::Held | Outcome::Deferred | Outcome::Unknown => return ResolvedBase::Unknown,
                Outcome::Rejected { .. } => base = earlier,
            },
        }
    }
    ResolvedBase::Cyclic
}

/// Judges a figure that the server took `at` a time of its clock. `epoch_floor` is below every revision this epoch
/// issues; `recorded` looks up earlier ops.
pub fn judge(
    op: &Op,
    at: &str,
    cell: &CellState,
    epoch_floor: u64,
    recorded: &dyn Fn(Uuid) -> Option<Recorded>,
) -> Judgement {
    let said = Head { at: at.to_owned(), ..op.said() };
    let resolves = op.resolves();
    let base = match resolve_base(op.op_id, op.base, recorded) {
        ResolvedBase::Unknown => return Judgement::Hold,
        ResolvedBase::Branch(id) if cell.branches.iter().any(|b| b.conflict_id == id) => {
            return Judgement::Contest(said.beside(id));
        }
        // Resolved meanwhile: what was in view is no longer there.
        ResolvedBase::Branch(_) | ResolvedBase::Cyclic => None,
        ResolvedBase::Rev(rev) => Some(rev),
    };
    // To clear what nobody answered changes nothing.
    let is_idle = said.cleared && cell.head.is_none() && resolves.is_empty();
    if base == Some(cell.rev()) && !is_idle {
        let open = |id: &&Uuid| cell.branches.iter().any(|b| b.conflict_id == **id);
        return Judgement::Apply {
            head: Head { rev: cell.rev().max(epoch_floor) + 1, ..said },
            closes: resolves.iter().filter(open).copied().collect(),
        };
    }
    // A cell that nobody answered is as one that was cleared.
    if cell.head.as_ref().map_or(said.cleared, |head| head.says_the_same(&said)) {
        return Judgement::Same { rev: cell.rev() };
    }
    // The op's own id names the conflict it opens.
    Judgement::Contest(said.beside(op.op_id))
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
            // A base that never existed on an empty cell: nothing stands against the value but its base.
            Self::Contest(branch) => Outcome::Conflict {
                conflict_id: branch.conflict_id,
                head: cell.head.clone().unwrap_or_default(),
            },
            Self::Hold => Outcome::Held,
        }
    }

    /// True where others can see a change.
    pub fn is_visible(&self) -> bool {
        matches!(self, Self::Apply { .. } | Self::Contest(_))
    }
}
