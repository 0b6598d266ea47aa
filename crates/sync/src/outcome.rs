//! What became of an op. All of these are final answers but `held` and `deferred`; none of them loses a value.

pub(crate) mod wire;

use crate::from_fields;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wire::OutcomeWire;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

/// A cell's value in force.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Head {
    /// The value; none is "no data yet", or nothing where the cell was cleared.
    pub value: Option<i64>,
    /// Its revision.
    pub rev: u64,
    /// The op that made it.
    pub op_id: Uuid,
    /// Who.
    pub author: String,
    /// When the server took it, by its clock (RFC 3339).
    pub at: String,
    /// Why there is no value, or other remarks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// A remark on the figure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Ước thực hiện.
    #[serde(skip_serializing_if = "is_false")]
    pub estimated: bool,
    /// The cell is answered no more. v0.1.0 reads it as "no data yet".
    #[serde(skip_serializing_if = "is_false")]
    pub cleared: bool,
}

/// A contested value beside the head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Branch {
    /// Names the conflict; resolving it names this.
    pub conflict_id: Uuid,
    /// The value.
    pub value: Option<i64>,
    /// The op that holds it.
    pub op_id: Uuid,
    /// Who.
    pub author: String,
    /// When the server took it, by its clock (RFC 3339).
    pub at: String,
    /// A remark on the figure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Ước thực hiện.
    #[serde(skip_serializing_if = "is_false")]
    pub estimated: bool,
    /// The cell is to be answered no more.
    #[serde(skip_serializing_if = "is_false")]
    pub cleared: bool,
}

from_fields!(Head {
    value: maybe,
    rev: need,
    op_id: need,
    author: need,
    at: need,
    reason: maybe,
    note: maybe,
    estimated: or_default,
    cleared: or_default,
});

from_fields!(Branch {
    conflict_id: need,
    value: maybe,
    op_id: need,
    author: need,
    at: need,
    note: maybe,
    estimated: or_default,
    cleared: or_default,
});

impl Head {
    /// True where the other one says the same of the cell, whoever said it when and why: the value, that it is
    /// estimated, that the cell is cleared, the note.
    pub fn says_the_same(&self, other: &Self) -> bool {
        (self.value, self.estimated, self.cleared) == (other.value, other.estimated, other.cleared)
            && self.note == other.note
    }

    /// What it says, as a branch beside the head.
    pub fn beside(self, conflict_id: Uuid) -> Branch {
        let Self { value, op_id, author, at, note, estimated, cleared, .. } = self;
        Branch { conflict_id, value, op_id, author, at, note, estimated, cleared }
    }
}

/// What became of an op.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "OutcomeWire", into = "OutcomeWire")]
pub enum Outcome {
    /// The base matched and the head was replaced.
    Applied {
        /// The new head's revision.
        rev: u64,
        /// Its event in the reporter's stream.
        seq: u64,
    },
    /// Another base, but the head says the same: nothing to replace.
    SameValue {
        /// The head's revision; 0 where an empty cell was cleared.
        rev: u64,
    },
    /// The head stays; the value is kept beside it.
    Conflict {
        /// Names the conflict.
        conflict_id: Uuid,
        /// What stands.
        head: Head,
    },
    /// Not allowed; the value is quarantined on the server.
    Rejected {
        /// Why.
        code: Rejection,
    },
    /// Its base is another op of this device that is not here yet.
    Held,
    /// Of a kind that this server does not know: not recorded, and to be offered again to a later program.
    Deferred,
    /// What a later release says, or what lacks what its word needs: not the last word, so the op stays and is asked
    /// about again.
    Unknown,
}

/// Why an op was not admitted. The codes are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rejection {
    /// The plan and units know no such reporter.
    UnknownReporter,
    /// The plan knows no such element.
    UnknownElement,
    /// The plan knows no such form.
    UnknownForm,
    /// This reporter does not fill in this form for this period.
    NotAssigned,
    /// The period has not begun.
    NotOpen,
    /// The person may not do this.
    NoRight,
    /// The form is submitted, approved or published.
    Locked,
    /// Below 0 or above the largest plausible figure of its element.
    OutOfRange,
    /// "No data yet", a return or an adjustment needs its reason.
    ReasonMissing,
    /// A reason or note is too long.
    TooLong,
    /// The plan is one this server does not accept.
    UnknownPlan,
    /// Not from this state.
    BadTransition,
    /// Somebody else moved the submission on meanwhile.
    MovedOn,
    /// A figure is missing; zero and "no data yet" are answers, nothing is not.
    Incomplete,
    /// A covered figure is not what the submit says it is.
    CoverMoved,
    /// A covered cell holds two values.
    Contested,
    /// A rule that blocks is broken.
    RuleBroken,
    /// The same op id came with another content.
    PayloadDiffers,
    /// It does not read; what came is kept as text.
    Malformed,
    /// There are as many as there may be.
    TooMany,
    /// A code of a newer server.
    #[serde(other)]
    Unknown,
}
