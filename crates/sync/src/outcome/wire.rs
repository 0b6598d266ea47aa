//! The flat shape that an outcome has on the wire: one plain struct with optional fields, checked when it is turned into the enum that the code works
//! with. Serde's own tagged and flattened enums do the same through a buffer that costs the browser some
//! tens of kilobytes to load.

use super::{Head, Outcome, Rejection};
use crate::from_fields;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Applied,
    SameValue,
    Conflict,
    Rejected,
    Held,
    Deferred,
    #[default]
    #[serde(other)]
    Unknown,
}

/// An outcome on the wire, alone or as the result of an op.
#[derive(Clone, Serialize)]
pub(crate) struct OutcomeWire {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) op_id: Option<Uuid>,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    rev: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    conflict_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<Head>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<Rejection>,
}

from_fields!(OutcomeWire {
    op_id: maybe,
    status: word,
    rev: maybe,
    seq: maybe,
    conflict_id: maybe,
    head: maybe,
    code: maybe_word,
});

impl From<OutcomeWire> for Outcome {
    fn from(wire: OutcomeWire) -> Self {
        let OutcomeWire { status, rev, seq, conflict_id, head, code, .. } = wire;
        match (status, rev, seq, conflict_id, head, code) {
            (Status::Applied, Some(rev), Some(seq), ..) => Self::Applied { rev, seq },
            (Status::SameValue, Some(rev), ..) => Self::SameValue { rev },
            (Status::Conflict, _, _, Some(conflict_id), Some(head), _) => {
                Self::Conflict { conflict_id, head }
            }
            (Status::Rejected, _, _, _, _, Some(code)) => Self::Rejected { code },
            (Status::Held, ..) => Self::Held,
            (Status::Deferred, ..) => Self::Deferred,
            _ => Self::Unknown,
        }
    }
}

impl From<Outcome> for OutcomeWire {
    fn from(outcome: Outcome) -> Self {
        let bare = |status| Self {
            op_id: None,
            status,
            rev: None,
            seq: None,
            conflict_id: None,
            head: None,
            code: None,
        };
        match outcome {
            Outcome::Applied { rev, seq } => Self { rev: Some(rev), seq: Some(seq), ..bare(Status::Applied) },
            Outcome::SameValue { rev } => Self { rev: Some(rev), ..bare(Status::SameValue) },
            Outcome::Conflict { conflict_id, head } => {
                Self { conflict_id: Some(conflict_id), head: Some(head), ..bare(Status::Conflict) }
            }
            Outcome::Rejected { code } => Self { code: Some(code), ..bare(Status::Rejected) },
            Outcome::Held => bare(Status::Held),
            Outcome::Deferred => bare(Status::Deferred),
            Outcome::Unknown => bare(Status::Unknown),
        }
    }
}
