//! What a reporter says of a task in a period: how far it is, what came of it, by which document. Of the reporter's stream,
//! named by the task's id in the plan file and the period: `I.2/2026-Q3`.

use super::field::Holds;
use super::{Asking, Field, Policy};
use crate::Rejection;
use crate::rights::{Right, Thing};
use crate::stream::StreamId;
use chitieu_domain::{PeriodId, ReporterId};

/// Its name on the wire.
pub const ID: &str = "task_report";
/// How far it is.
pub const PROGRESS: &str = "progress";
/// What came of it.
pub const TEXT: &str = "text";
/// The day it began.
pub const BEGAN: &str = "began";
/// The day it was done.
pub const DONE: &str = "done";
/// The number of the document that says so.
pub const DOCUMENT: &str = "document";
/// What was done to it last: [`SUBMIT`], [`RETURN`] or [`APPROVE`].
pub const STEP: &str = "step";
/// What its officer and a reviewer say to one another.
pub const REMARKS: &str = "remarks";

/// By its officer.
pub const SUBMIT: &str = "submit";
/// By a reviewer, with a reason.
pub const RETURN: &str = "return";
/// By a reviewer.
pub const APPROVE: &str = "approve";

/// How far a task can be.
pub const PROGRESSES: &[&str] = &["not_started", "doing", "done"];

/// Its fields.
pub const FIELDS: &[Field] = &[
    Field::register(PROGRESS, Holds::Word(PROGRESSES)),
    Field::register(TEXT, Holds::Text(2_000)),
    Field::register(BEGAN, Holds::Day),
    Field::register(DONE, Holds::Day),
    Field::register(DOCUMENT, Holds::Text(200)),
    Field { name: STEP, holds: Holds::Word(&[SUBMIT, RETURN, APPROVE]), policy: Policy::Step },
    Field { name: REMARKS, holds: Holds::Text(2_000), policy: Policy::Append },
];

/// The task and the period of a report.
pub fn place(id: &str) -> Option<(&str, PeriodId)> {
    let (task, period) = id.split_once('/')?;
    Some((task, period.parse().ok()?))
}

pub(super) fn admit(asking: &Asking<'_>) -> Result<(), Rejection> {
    let Asking { model, grants, now, .. } = asking;
    let reporter = asking.op.stream.reporter().and_then(|reporter| model.reporter_ix(reporter));
    let reporter = reporter.ok_or(Rejection::UnknownReporter)?;
    let (task, period) = place(asking.id).ok_or(Rejection::Malformed)?;
    if !model.plan().tasks.iter().any(|known| known.id == task) {
        return Err(Rejection::UnknownElement);
    }
    if asking.id != format!("{task}/{period}") {
        return Err(Rejection::Malformed);
    }
    if model.own_calendar().span(period).from > asking.today {
        return Err(Rejection::NotOpen);
    }
    let may = |right| grants.allows(right, Thing::Reporter(reporter), model, asking.today);
    let (writes, reviews) = (may(Right::ReportTask), may(Right::ReviewTask));
    let stands: Option<String> = now.value(STEP);
    let is_locked = matches!(stands.as_deref(), Some(SUBMIT | APPROVE));
    for (name, value) in asking.change {
        let step: Option<String> = if name == STEP { value.read() } else { None };
        let may = match (name.as_str(), step.as_deref()) {
            (STEP, Some(SUBMIT)) => writes,
            (STEP, _) => reviews,
            (REMARKS, _) => writes || reviews,
            _ => writes,
        };
        if !may {
            return Err(Rejection::NoRight);
        }
        if name == STEP {
            let is_next = match step.as_deref() {
                Some(SUBMIT) => !is_locked,
                Some(APPROVE) => stands.as_deref() == Some(SUBMIT),
                _ => is_locked,
            };
            if !is_next {
                return Err(Rejection::BadTransition);
            }
            if step.as_deref() == Some(RETURN) && !asking.has_reason() {
                return Err(Rejection::ReasonMissing);
            }
        } else if is_locked && name != REMARKS {
            return Err(Rejection::Locked);
        }
    }
    Ok(())
}

/// Read by its officers, by whoever reviews it, and by whoever assigns tasks.
pub(super) const READ: Right = Right::ReadReports;

pub(super) fn sample(reporter: &ReporterId) -> (StreamId, &'static str) {
    (reporter.clone().into(), "I.2/2026-Q3")
}
