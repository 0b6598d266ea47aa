//! What became of an op. All of these are final answers but `held` and `deferred`; none of them loses a value.

use crate::wire::OutcomeWire;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A cell's value in force.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The value; none is "no data yet".
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A contested value beside the head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
}

/// What became of an op.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "OutcomeWire", into = "OutcomeWire")]
pub enum Outcome {
    /// The base matched and the head was replaced.
    Applied {
        /// The new head's revision.
        rev: u64,
        /// Its event in the reporter's stream.
        seq: u64,
    },
    /// Another base, but the same value: nothing to replace.
    SameValue {
        /// The head's revision.
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
    /// Below 0.
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
    /// A code of a newer server.
    #[serde(other)]
    Unknown,
}
