//! The flat shape that an op has on the wire: one plain struct with optional fields, checked when it is turned into the enum that the code works
//! with. Serde's own tagged and flattened enums do the same through a buffer that costs the browser some
//! tens of kilobytes to load.

use super::{Base, Cover, Op, OpBody};
use crate::fields::Missing;
use crate::from_fields;
use crate::kinds;
use crate::raw::Raw;
use crate::stream::StreamId;
use crate::submission::Action;
use chitieu_domain::{PeriodId, ReporterId};
use serde::Serialize;
use uuid::Uuid;

/// A figure's value where there is the field: `null` is "no data yet", an absent field is none at all.
type Present = Option<Option<i64>>;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_false(flag: &bool) -> bool {
    !*flag
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
        let body = match wire.kind.as_str() {
            kinds::FIGURE => OpBody::Figure {
                period: period?,
                element: wire.element.ok_or(Missing("element"))?,
                value: wire.value.ok_or(Missing("value"))?,
                estimated: wire.estimated,
                cleared: false,
                resolves: wire.resolves,
            },
            kinds::CLEAR => OpBody::Figure {
                period: period?,
                element: wire.element.ok_or(Missing("element"))?,
                value: None,
                estimated: false,
                cleared: true,
                resolves: wire.resolves,
            },
            kinds::SUBMISSION => OpBody::Submission {
                period: period?,
                form: wire.form.ok_or(Missing("form"))?,
                action: wire.action.ok_or(Missing("action"))?,
                covers: wire.covers,
            },
            _ => {
                stream = wire.stream.ok_or(Missing("stream"));
                OpBody::Entity {
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
            body,
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
        match op.body {
            OpBody::Figure { element, value, estimated, cleared, resolves, .. } => {
                (wire.element, wire.resolves) = (Some(element), resolves);
                if cleared {
                    kinds::CLEAR.clone_into(&mut wire.kind);
                } else {
                    kinds::FIGURE.clone_into(&mut wire.kind);
                    (wire.value, wire.estimated) = (Some(value), estimated);
                }
            }
            OpBody::Submission { form, action, covers, .. } => {
                kinds::SUBMISSION.clone_into(&mut wire.kind);
                (wire.form, wire.action, wire.covers) = (Some(form), Some(action), covers);
            }
            OpBody::Entity { kind, id, change, resolves } => {
                (wire.kind, wire.stream, wire.reporter) = (kind, Some(op.stream), None);
                (wire.id, wire.change, wire.resolves) = (Some(id), Some(change), resolves);
            }
        }
        wire
    }
}
