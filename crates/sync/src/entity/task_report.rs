//! What a reporter says of a turn of a task: how far it is, what came of it, by which document, and the one request for more
//! time. Of the reporter's stream, named by the task's id in the plan file and the turn: `I.2/2026-Q3`, `II.1.4/2026`,
//! `II.1.3/once`, `II.4.4b/2026-07-01` ([`chitieu_domain::task::Occurrence`]).

use super::field::Holds;
use super::{Asking, Entity, Field, Policy, turn};
use crate::Rejection;
use crate::raw::Raw;
use crate::rights::{Right, Thing};
use crate::stream::StreamId;
use chitieu_domain::ReporterId;
use chitieu_domain::task::Openness;

pub use super::turn::place;

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
/// The day of that document.
pub const DOCUMENT_DAY: &str = "document_day";
/// What stands in the way.
pub const DIFFICULTIES: &str = "difficulties";
/// What the unit proposes.
pub const PROPOSALS: &str = "proposals";
/// Until when the unit asks for more time.
pub const EXTEND_TO: &str = "extend_to";
/// What became of asking for more time: [`ASK`], with a reason, then [`GRANT`] or [`REFUSE`] by whoever assigns. There is one
/// such request a turn.
pub const EXTENSION: &str = "extension";
/// What was done to it last: [`SUBMIT`], [`RETURN`] or [`APPROVE`].
pub const STEP: &str = "step";
/// Set with [`SUBMIT`] and by nothing else: whoever approves takes the step's place, and the moment of sending stays here.
pub const SENT: &str = "sent";
/// What its officer and a reviewer say to one another.
pub const REMARKS: &str = "remarks";

/// By its officer.
pub const SUBMIT: &str = "submit";
/// By a reviewer, with a reason.
pub const RETURN: &str = "return";
/// By a reviewer.
pub const APPROVE: &str = "approve";

/// By its officer, with a reason.
pub const ASK: &str = "ask";
/// By whoever assigns.
pub const GRANT: &str = "grant";
/// By whoever assigns.
pub const REFUSE: &str = "refuse";

/// How far a task can be; the last: there is nothing to report in this turn.
pub const PROGRESSES: &[&str] = &[NOT_STARTED, DOING, DONE, NOTHING];
/// Not begun.
pub const NOT_STARTED: &str = "not_started";
/// Under way.
pub const DOING: &str = "doing";
/// There is nothing to report in this turn.
pub const NOTHING: &str = "nothing";

/// Its fields.
pub const FIELDS: &[Field] = &[
    Field::register(PROGRESS, Holds::Word(PROGRESSES)),
    Field::register(TEXT, Holds::Text(2_000)),
    Field::register(BEGAN, Holds::Day),
    Field::register(DONE, Holds::Day),
    Field::register(DOCUMENT, Holds::Text(200)),
    Field::register(DOCUMENT_DAY, Holds::Day),
    Field::register(DIFFICULTIES, Holds::Text(2_000)),
    Field::register(PROPOSALS, Holds::Text(2_000)),
    Field::register(EXTEND_TO, Holds::Day),
    Field { name: STEP, holds: Holds::Word(&[SUBMIT, RETURN, APPROVE]), policy: Policy::Step },
    Field { name: SENT, holds: Holds::Word(&[SENT]), policy: Policy::Step },
    Field { name: EXTENSION, holds: Holds::Word(&[ASK, GRANT, REFUSE]), policy: Policy::Step },
    Field { name: REMARKS, holds: Holds::Text(2_000), policy: Policy::Append },
];

/// What a body that cooperates in the task fills in too.
pub const TOGETHER: &[&str] = &[TEXT, BEGAN, DONE, DOCUMENT, DOCUMENT_DAY, DIFFICULTIES, PROPOSALS, REMARKS];

/// The texts of a report; a task that is spoken of in words only has none.
const TEXTS: &[&str] = &[TEXT, DOCUMENT, DIFFICULTIES, PROPOSALS, REMARKS];

pub(super) fn admit(asking: &Asking<'_>) -> Result<(), Rejection> {
    let Asking { model, grants, now, .. } = asking;
    let turn::Open { reporter, task } = turn::open(asking, asking.id)?;
    let may = |right| grants.allows(right, Thing::Reporter(reporter), model, asking.today);
    let can = Can {
        writes: may(Right::ReportTask),
        reviews: may(Right::ReviewTask),
        assigns: may(Right::AssignTask),
        cooperates: asking.cooperates,
    };
    let stands: Option<String> = now.value(STEP);
    let is_locked = is_locked(now);
    for (name, value) in asking.change {
        let is_refused = task.openness() == Openness::WordsOnly && TEXTS.contains(&name.as_str());
        if is_refused && value.text() != "null" {
            return Err(Rejection::NoRight);
        }
        match name.as_str() {
            STEP => step(asking, can, stands.as_deref(), value.read::<String>().as_deref())?,
            SENT => {
                let step = asking.change.get(STEP).and_then(Raw::read::<String>);
                if step.as_deref() != Some(SUBMIT) {
                    return Err(Rejection::BadTransition);
                }
            }
            EXTENSION => extend(asking, can, value)?,
            REMARKS if can.reviews => {}
            name if !(can.writes || can.cooperates && TOGETHER.contains(&name)) => {
                return Err(Rejection::NoRight);
            }
            // What was asked for stays as it was asked.
            EXTEND_TO if now.value::<String>(EXTENSION).is_some() => return Err(Rejection::Locked),
            REMARKS | EXTEND_TO => {}
            _ if is_locked => return Err(Rejection::Locked),
            _ => {}
        }
    }
    Ok(())
}

/// True while its officer changes nothing of a report nor of what stands behind it: it is submitted or approved.
pub(super) fn is_locked(report: &Entity) -> bool {
    matches!(report.value::<String>(STEP).as_deref(), Some(SUBMIT | APPROVE))
}

/// What an author may do to a report.
#[derive(Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is true or false whatever the others are")]
struct Can {
    writes: bool,
    reviews: bool,
    assigns: bool,
    /// Fills in what is [`TOGETHER`].
    cooperates: bool,
}

/// Submitting, returning, approving.
fn step(asking: &Asking<'_>, can: Can, stands: Option<&str>, step: Option<&str>) -> Result<(), Rejection> {
    let is_locked = matches!(stands, Some(SUBMIT | APPROVE));
    let (may, is_next) = match step {
        Some(SUBMIT) => (can.writes, !is_locked),
        Some(APPROVE) => (can.reviews, stands == Some(SUBMIT)),
        _ => (can.reviews, is_locked),
    };
    if !may {
        return Err(Rejection::NoRight);
    }
    if !is_next {
        return Err(Rejection::BadTransition);
    }
    if step == Some(RETURN) && !asking.has_reason() {
        return Err(Rejection::ReasonMissing);
    }
    Ok(())
}

/// Asking for more time, once, and the answer. It goes on while the report is locked: what is asked is not what is reported.
fn extend(asking: &Asking<'_>, can: Can, value: &Raw) -> Result<(), Rejection> {
    let stands: Option<String> = asking.now.value(EXTENSION);
    let asks = value.read::<String>().as_deref() == Some(ASK);
    if !(if asks { can.writes } else { can.assigns }) {
        return Err(Rejection::NoRight);
    }
    let is_next = if asks { stands.is_none() } else { stands.as_deref() == Some(ASK) };
    if !is_next {
        return Err(Rejection::BadTransition);
    }
    if !asks {
        return Ok(());
    }
    if !asking.has_reason() {
        return Err(Rejection::ReasonMissing);
    }
    let until = asking.change.get(EXTEND_TO).and_then(Raw::read::<String>);
    let until = until.or_else(|| asking.now.value(EXTEND_TO)).ok_or(Rejection::Incomplete)?;
    // Days as texts are in the order of time.
    if until <= asking.today.to_string() { Err(Rejection::OutOfRange) } else { Ok(()) }
}

/// Read by its officers, by whoever reviews it, and by whoever assigns tasks.
pub(super) const READ: Right = Right::ReadReports;

pub(super) fn sample(reporter: &ReporterId) -> (StreamId, &'static str) {
    (reporter.clone().into(), "I.2/2026-Q3")
}
