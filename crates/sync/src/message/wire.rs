//! The flat shapes that results and events have on the wire: one plain struct with optional fields, checked when it is turned into the enum that the code works
//! with. Serde's own tagged and flattened enums do the same through a buffer that costs the browser some
//! tens of kilobytes to load.

use super::{Event, EventBody, OpResult, SubmissionStanding};
use crate::entity::Told;
use crate::fields::{Missing, is_zero};
use crate::from_fields;
use crate::outcome::Head;
use crate::outcome::wire::OutcomeWire;
use crate::raw::Raw;
use crate::stream::StreamId;
use chitieu_domain::{PeriodId, ReporterId};
use serde::{Deserialize, Serialize};

impl From<OutcomeWire> for OpResult {
    fn from(wire: OutcomeWire) -> Self {
        // The nil id is no op's.
        Self { op_id: wire.op_id.unwrap_or_default(), outcome: wire.into() }
    }
}

impl From<OpResult> for OutcomeWire {
    fn from(result: OpResult) -> Self {
        let mut wire = Self::from(result.outcome);
        wire.op_id = Some(result.op_id);
        wire
    }
}

#[derive(Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum EventKind {
    #[default]
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
