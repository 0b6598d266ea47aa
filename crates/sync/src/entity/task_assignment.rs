//! Who leads a task of the plan, and who cooperates: of the plan's own stream, named by the task's id in the plan file.

use super::field::Holds;
use super::{Asking, Field};
use crate::Rejection;
use crate::grants::{Grants, Role};
use crate::stream::StreamId;
use chitieu_domain::ReporterId;

/// Its name on the wire.
pub const ID: &str = "task_assignment";
/// The reporter that leads.
pub const LEAD: &str = "lead";
/// The reporters that cooperate.
pub const COOPERATING: &str = "cooperating";
/// From which day.
pub const FROM: &str = "from";
/// Until which day.
pub const UNTIL: &str = "until";

/// Its fields. Who set each, and when, is told with it.
pub const FIELDS: &[Field] = &[
    Field::register(LEAD, Holds::Reporter),
    Field::register(COOPERATING, Holds::Reporters),
    Field::register(FROM, Holds::Day),
    Field::register(UNTIL, Holds::Day),
];

/// Who may say who leads a task: a reviewer, as long as nobody sits in a steering office.
pub fn may_assign(grants: &Grants) -> bool {
    grants.role == Role::Reviewer
}

pub(super) fn admit(asking: &Asking<'_>) -> Result<(), Rejection> {
    if asking.op.stream != StreamId::Plan
        || !asking.model.plan().tasks.iter().any(|task| task.id == asking.id)
    {
        return Err(Rejection::UnknownElement);
    }
    if !may_assign(asking.grants) {
        return Err(Rejection::NoRight);
    }
    // Days as texts are in the order of time.
    let day = |field: &str| match asking.change.get(field) {
        Some(value) => value.read::<String>(),
        None => asking.now.value(field),
    };
    match (day(FROM), day(UNTIL)) {
        (Some(from), Some(until)) if from > until => Err(Rejection::OutOfRange),
        _ => Ok(()),
    }
}

/// Everybody who works with the plan.
pub(super) fn may_read(grants: &Grants, _: &StreamId) -> bool {
    grants.follows_plan()
}

pub(super) fn sample(_: &ReporterId) -> (StreamId, &'static str) {
    (StreamId::Plan, "I.1")
}
