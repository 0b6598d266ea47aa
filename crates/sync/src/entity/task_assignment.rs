//! Who leads a task of the plan, and who cooperates: of the plan's own stream, named by the task's id in the plan file.

use super::field::Holds;
use super::{Asking, Field};
use crate::Rejection;
use crate::grants::Grants;
use crate::raw::Raw;
use crate::rights::{Right, Thing};
use crate::stream::StreamId;
use chitieu_domain::{Model, ReporterId};
use chrono::NaiveDate;

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

/// True for who may say of some task who leads it.
pub fn may_assign(grants: &Grants, model: &Model, today: NaiveDate) -> bool {
    grants.allows(Right::AssignTask, Thing::Anything, model, today)
}

/// True for who may say this: the steering office of the plan; that of a unit where all whom the assignment names, and all whom
/// it would name no more, are of the unit.
fn may_say(asking: &Asking<'_>) -> bool {
    let may = |about| asking.grants.allows(Right::AssignTask, about, asking.model, asking.today);
    let mut named: Vec<ReporterId> = Vec::new();
    named.extend(asking.now.value::<ReporterId>(LEAD));
    named.extend(asking.now.value::<Vec<ReporterId>>(COOPERATING).unwrap_or_default());
    named.extend(asking.change.get(LEAD).and_then(Raw::read::<ReporterId>));
    named.extend(asking.change.get(COOPERATING).and_then(Raw::read::<Vec<ReporterId>>).unwrap_or_default());
    let is_inside = |id| asking.model.reporter_ix(id).is_some_and(|reporter| may(Thing::Reporter(reporter)));
    may(Thing::Plan) || (!named.is_empty() && named.iter().all(is_inside))
}

pub(super) fn admit(asking: &Asking<'_>) -> Result<(), Rejection> {
    if asking.op.stream != StreamId::Plan
        || !asking.model.plan().tasks.iter().any(|task| task.id == asking.id)
    {
        return Err(Rejection::UnknownElement);
    }
    if !may_say(asking) {
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

/// Read by everybody who works with the plan.
pub(super) const READ: Right = Right::ReadPlan;

pub(super) fn sample(_: &ReporterId) -> (StreamId, &'static str) {
    (StreamId::Plan, "I.1")
}
