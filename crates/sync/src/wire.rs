//! The flat shapes that ops, outcomes and events have on the wire.
//!
//! Each is one plain struct with optional fields, checked when it is turned into the enum that the code works
//! with. Serde's own tagged and flattened enums do the same through a buffer that costs the browser some
//! tens of kilobytes to load.

use crate::entity::Told;
use crate::from_fields;
use crate::kinds;
use crate::message::{Event, EventBody, OpResult, SubmissionStanding};
use crate::op::{Act, Base, Cover, Op};
use crate::outcome::{Head, Outcome, Rejection};
use crate::raw::Raw;
use crate::stream::StreamId;
use crate::submission::Action;
use chitieu_domain::{PeriodId, ReporterId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A field that this kind of message must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the field `{0}` is missing")]
pub struct Missing(pub(crate) &'static str);

/// A figure's value where there is the field: `null` is "no data yet", an absent field is none at all.
type Present = Option<Option<i64>>;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

// The lint speaks up only where a reference is as large as the number.
#[cfg_attr(
    target_pointer_width = "64",
    expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")
)]
pub(crate) fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// An op on the wire.
#[derive(Clone, Serialize)]
pub(crate) struct OpWire {
    op_id: Uuid,
    device_id: Uuid,
    device_seq: u64,
    author: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reporter: Option<ReporterId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<PeriodId>,
    base: Base,
    plan: String,
    entered_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<StreamId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    element: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Present,
    #[serde(skip_serializing_if = "is_false")]
    estimated: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resolves: Vec<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<Action>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    covers: Vec<Cover>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<Raw>,
}

from_fields!(OpWire {
    op_id: need,
    device_id: need,
    device_seq: need,
    author: need,
    reporter: maybe,
    period: maybe,
    base: need,
    plan: need,
    entered_at: need,
    reason: maybe,
    note: maybe,
    kind: need,
    stream: maybe,
    element: maybe,
    value: present,
    estimated: or_default,
    resolves: or_default,
    form: maybe,
    action: maybe_word,
    covers: or_default,
    id: maybe,
    change: maybe,
});

impl TryFrom<OpWire> for Op {
    type Error = Missing;
    fn try_from(wire: OpWire) -> Result<Self, Missing> {
        let mut stream = wire.reporter.map(StreamId::Reporter).ok_or(Missing("reporter"));
        let period = wire.period.ok_or(Missing("period"));
        let act = match wire.kind.as_str() {
            kinds::FIGURE => Act::Figure {
                period: period?,
                element: wire.element.ok_or(Missing("element"))?,
                value: wire.value.ok_or(Missing("value"))?,
                estimated: wire.estimated,
                cleared: false,
                resolves: wire.resolves,
            },
            kinds::CLEAR => Act::Figure {
                period: period?,
                element: wire.element.ok_or(Missing("element"))?,
                value: None,
                estimated: false,
                cleared: true,
                resolves: wire.resolves,
            },
            kinds::SUBMISSION => Act::Submission {
                period: period?,
                form: wire.form.ok_or(Missing("form"))?,
                action: wire.action.ok_or(Missing("action"))?,
                covers: wire.covers,
            },
            _ => {
                stream = wire.stream.ok_or(Missing("stream"));
                Act::Entity {
                    kind: wire.kind,
                    id: wire.id.ok_or(Missing("id"))?,
                    change: wire.change.ok_or(Missing("change"))?,
                    resolves: wire.resolves,
                }
            }
        };
        Ok(Self {
            op_id: wire.op_id,
            device_id: wire.device_id,
            device_seq: wire.device_seq,
            author: wire.author,
            stream: stream?,
            base: wire.base,
            plan: wire.plan,
            entered_at: wire.entered_at,
            reason: wire.reason,
            note: wire.note,
            act,
        })
    }
}

impl From<Op> for OpWire {
    fn from(op: Op) -> Self {
        let period = op.period();
        let mut wire = Self {
            op_id: op.op_id,
            device_id: op.device_id,
            device_seq: op.device_seq,
            author: op.author,
            reporter: op.stream.reporter().cloned(),
            period,
            base: op.base,
            plan: op.plan,
            entered_at: op.entered_at,
            reason: op.reason,
            note: op.note,
            kind: String::new(),
            stream: None,
            element: None,
            value: None,
            estimated: false,
            resolves: Vec::new(),
            form: None,
            action: None,
            covers: Vec::new(),
            id: None,
            change: None,
        };
        match op.act {
            Act::Figure { element, value, estimated, cleared, resolves, .. } => {
                (wire.element, wire.resolves) = (Some(element), resolves);
                if cleared {
                    kinds::CLEAR.clone_into(&mut wire.kind);
                } else {
                    kinds::FIGURE.clone_into(&mut wire.kind);
                    (wire.value, wire.estimated) = (Some(value), estimated);
                }
            }
            Act::Submission { form, action, covers, .. } => {
                kinds::SUBMISSION.clone_into(&mut wire.kind);
                (wire.form, wire.action, wire.covers) = (Some(form), Some(action), covers);
            }
            Act::Entity { kind, id, change, resolves } => {
                (wire.kind, wire.stream, wire.reporter) = (kind, Some(op.stream), None);
                (wire.id, wire.change, wire.resolves) = (Some(id), Some(change), resolves);
            }
        }
        wire
    }
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Applied,
    SameValue,
    Conflict,
    Rejected,
    Held,
    Deferred,
    #[serde(other)]
    Unknown,
}

/// An outcome on the wire, alone or as the result of an op.
#[derive(Clone, Serialize)]
pub(crate) struct OutcomeWire {
    #[serde(skip_serializing_if = "Option::is_none")]
    op_id: Option<Uuid>,
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

impl From<OutcomeWire> for OpResult {
    fn from(wire: OutcomeWire) -> Self {
        // The nil id is no op's.
        Self { op_id: wire.op_id.unwrap_or_default(), outcome: wire.into() }
    }
}

impl From<OpResult> for OutcomeWire {
    fn from(result: OpResult) -> Self {
        Self { op_id: Some(result.op_id), ..result.outcome.into() }
    }
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum EventKind {
    Cell,
    Submission,
    Entity,
}

/// An event on the wire.
#[derive(Clone, Serialize)]
pub(crate) struct EventWire {
    #[serde(skip_serializing_if = "Option::is_none")]
    reporter: Option<ReporterId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<PeriodId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<StreamId>,
    #[serde(rename = "type")]
    event: EventKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    element: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<Head>,
    // Of a shape that the kind decides, as `state` is.
    #[serde(skip_serializing_if = "Option::is_none")]
    branches: Option<Raw>,
    #[serde(skip_serializing_if = "is_zero")]
    more_branches: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<Raw>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rev: Option<u64>,
    #[serde(skip_serializing_if = "String::is_empty")]
    author: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    asks: Option<String>,
}

from_fields!(EventWire {
    reporter: maybe,
    period: maybe,
    stream: maybe,
    event: word("type"),
    kind: maybe,
    id: maybe,
    element: maybe,
    head: maybe,
    branches: maybe,
    more_branches: or_default,
    form: maybe,
    state: maybe,
    rev: maybe,
    author: or_default,
    at: or_default,
    reason: maybe,
    asks: maybe,
});

impl TryFrom<EventWire> for Event {
    type Error = Missing;
    fn try_from(wire: EventWire) -> Result<Self, Missing> {
        let mut stream = wire.reporter.map(StreamId::Reporter).ok_or(Missing("reporter"));
        let period = wire.period.ok_or(Missing("period"));
        let body = match wire.event {
            EventKind::Cell => EventBody::Cell {
                period: period?,
                element: wire.element.ok_or(Missing("element"))?,
                head: wire.head,
                branches: wire
                    .branches
                    .map_or(Ok(Vec::new()), |all| all.read().ok_or(Missing("branches")))?,
                more: wire.more_branches,
            },
            EventKind::Submission => EventBody::Submission {
                period: period?,
                form: wire.form.ok_or(Missing("form"))?,
                standing: SubmissionStanding {
                    state: wire.state.and_then(|state| state.read()).ok_or(Missing("state"))?,
                    rev: wire.rev.ok_or(Missing("rev"))?,
                    author: wire.author,
                    at: wire.at,
                    reason: wire.reason,
                    asks: wire.asks,
                },
            },
            EventKind::Entity => {
                stream = wire.stream.ok_or(Missing("stream"));
                EventBody::Entity {
                    kind: wire.kind.ok_or(Missing("kind"))?,
                    id: wire.id.ok_or(Missing("id"))?,
                    told: Told {
                        rev: wire.rev.ok_or(Missing("rev"))?,
                        state: wire.state.ok_or(Missing("state"))?,
                        branches: wire.branches,
                        author: wire.author,
                        at: wire.at,
                    },
                }
            }
        };
        Ok(Self { stream: stream?, body })
    }
}

impl From<Event> for EventWire {
    fn from(event: Event) -> Self {
        let mut wire = Self {
            reporter: event.stream.reporter().cloned(),
            period: None,
            stream: None,
            event: EventKind::Cell,
            kind: None,
            id: None,
            element: None,
            head: None,
            branches: None,
            more_branches: 0,
            form: None,
            state: None,
            rev: None,
            author: String::new(),
            at: String::new(),
            reason: None,
            asks: None,
        };
        match event.body {
            EventBody::Cell { period, element, head, branches, more } => {
                wire.period = Some(period);
                (wire.element, wire.head) = (Some(element), head);
                wire.branches = (!branches.is_empty()).then(|| Raw::of(&branches));
                wire.more_branches = more;
            }
            EventBody::Submission { period, form, standing } => {
                wire.period = Some(period);
                wire.event = EventKind::Submission;
                (wire.form, wire.state, wire.rev) =
                    (Some(form), Some(Raw::of(&standing.state)), Some(standing.rev));
                (wire.author, wire.at) = (standing.author, standing.at);
                (wire.reason, wire.asks) = (standing.reason, standing.asks);
            }
            EventBody::Entity { kind, id, told } => {
                (wire.event, wire.stream, wire.reporter) = (EventKind::Entity, Some(event.stream), None);
                (wire.kind, wire.id, wire.rev) = (Some(kind), Some(id), Some(told.rev));
                (wire.state, wire.branches) = (Some(told.state), told.branches);
                (wire.author, wire.at) = (told.author, told.at);
            }
            // It is written as it came.
            EventBody::Unknown(_) => {}
        }
        wire
    }
}
