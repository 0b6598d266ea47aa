//! Ops: immutable changes to a cell or a submission. The wire shape is frozen; golden samples hold it.

use crate::entity::EntityKey;
use crate::raw::Raw;
use crate::replica::{CellKey, SubmissionKey};
use crate::stream::StreamId;
use crate::submission::Action;
use crate::wire::OpWire;
use chitieu_domain::PeriodId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What the author was looking at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// A revision made by the server; 0 is the empty cell.
    Rev(u64),
    /// A value made on this device, acknowledged or not.
    Op(Uuid),
}

/// A change, with its id, author and what it was based on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "OpWire", into = "OpWire")]
pub struct Op {
    /// The idempotency key.
    pub op_id: Uuid,
    /// The device's database.
    pub device_id: Uuid,
    /// 1, 2, 3 … without gaps on that device.
    pub device_seq: u64,
    /// User name of the person who entered it.
    pub author: String,
    /// Where it is numbered: whose figure or submission it is, or the plan's.
    pub stream: StreamId,
    /// What was in view.
    pub base: Base,
    /// Hash of the plan in force on the device.
    pub plan: String,
    /// The device's clock, for display alone.
    pub entered_at: String,
    /// Why: for `null`, a return, an adjustment, a resolution.
    pub reason: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// The change itself.
    pub act: Act,
}

/// What an op changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// A cell gets a value.
    Figure {
        /// Of which period.
        period: PeriodId,
        /// Which element.
        element: String,
        /// The value; none is "no data yet" and carries a reason.
        value: Option<i64>,
        /// Ước thực hiện.
        estimated: bool,
        /// Conflicts this value settles.
        resolves: Vec<Uuid>,
    },
    /// A form moves on its road.
    Submission {
        /// Of which period.
        period: PeriodId,
        /// Which form.
        form: String,
        /// What is done.
        action: Action,
        /// The figures a submit covers.
        covers: Vec<Cover>,
    },
    /// Fields of an entity change.
    Entity {
        /// Its kind, by its name on the wire. It may be one that this program does not know.
        kind: String,
        /// Its id.
        id: String,
        /// What changes: for the kinds that this program knows, a [`crate::entity::Change`].
        change: Raw,
        /// Conflicts that are settled.
        resolves: Vec<Uuid>,
    },
}

/// A figure that a submit covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cover {
    /// Element.
    pub element: String,
    /// The value in view.
    pub base: Base,
}

/// Longest reason or note, in characters.
pub const LONGEST_TEXT: usize = 2_000;

impl Op {
    /// What two sendings of one op must agree on. A cloned device renumbers, so its two fields are left out.
    pub fn fingerprint(&self) -> String {
        let bare = Op { device_id: Uuid::nil(), device_seq: 0, ..self.clone() };
        serde_json::to_string(&bare).expect("an op has only string keys")
    }

    /// The cell that it gives a figure.
    pub fn cell(&self) -> Option<CellKey> {
        let Act::Figure { period, element, .. } = &self.act else { return None };
        let reporter = self.stream.reporter()?.clone();
        Some(CellKey { reporter, period: *period, element: element.clone() })
    }

    /// The submission that it moves.
    pub fn submission(&self) -> Option<SubmissionKey> {
        let Act::Submission { period, form, .. } = &self.act else { return None };
        let reporter = self.stream.reporter()?.clone();
        Some(SubmissionKey { reporter, period: *period, form: form.clone() })
    }

    /// The entity that it changes.
    pub fn entity(&self) -> Option<EntityKey> {
        let Act::Entity { kind, id, .. } = &self.act else { return None };
        Some(EntityKey { stream: self.stream.clone(), kind: kind.clone(), id: id.clone() })
    }

    /// The period that a figure or submission is of.
    pub fn period(&self) -> Option<PeriodId> {
        match &self.act {
            Act::Figure { period, .. } | Act::Submission { period, .. } => Some(*period),
            Act::Entity { .. } => None,
        }
    }

    /// The ops this one builds on.
    pub fn based_on(&self) -> Option<Uuid> {
        match self.base {
            Base::Op(id) => Some(id),
            Base::Rev(_) => None,
        }
    }
}
