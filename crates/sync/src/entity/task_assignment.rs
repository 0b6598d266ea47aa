//! Who answers for a task of the plan, for what and until when ("5 rõ"). Of the plan's own stream, named by the task's id in the
//! plan file, a campaign or another turn with its day beside: `I.1`, `II.4.4b/2026-07-01`. What a unit gives to one of its
//! bodies is of that body's stream, under the task's id. Until there is one, the plan's own leads are proposals.

use super::field::Holds;
use super::{Asking, Field};
use crate::Rejection;
use crate::raw::Raw;
use crate::rights::{Right, Thing};
use crate::stream::StreamId;
use chitieu_domain::ReporterId;
use chitieu_domain::task::Occurrence;

/// Its name on the wire.
pub const ID: &str = "task_assignment";
/// The reporter that leads.
pub const LEAD: &str = "lead";
/// The reporters that cooperate.
pub const COOPERATING: &str = "cooperating";
/// Which office of the lead is responsible.
pub const OFFICE: &str = "office";
/// What it is to do.
pub const WORK: &str = "work";
/// What it is to bring forth.
pub const OUTPUT: &str = "output";
/// From which day.
pub const FROM: &str = "from";
/// Until which day.
pub const UNTIL: &str = "until";

/// Its fields. Who set each, and when, is told with it.
pub const FIELDS: &[Field] = &[
    Field::register(LEAD, Holds::Reporter),
    Field::register(COOPERATING, Holds::Reporters),
    Field::register(OFFICE, Holds::Text(200)),
    Field::register(WORK, Holds::Text(1_000)),
    Field::register(OUTPUT, Holds::Text(500)),
    Field::register(FROM, Holds::Day),
    Field::register(UNTIL, Holds::Day),
];

/// The task and, where there is one, the turn of an assignment.
pub fn place(id: &str) -> Option<(&str, Option<Occurrence>)> {
    match id.split_once('/') {
        Some((task, turn)) => Some((task, Some(turn.parse().ok()?))),
        None => Some((id, None)),
    }
}

/// True for who may say this. Of the plan's own assignments its steering office; of what a unit gives to one of its bodies, in
/// that one's stream, the unit's, where all whom it names, and all whom it would name no more, are of the unit.
fn may_say(asking: &Asking<'_>) -> bool {
    let may = |about| asking.grants.allows(Right::AssignTask, about, asking.model, asking.today);
    let Some(body) = asking.op.stream.reporter() else { return may(Thing::Plan) };
    let mut named = vec![body.clone()];
    named.extend(asking.now.value::<ReporterId>(LEAD));
    named.extend(asking.now.value::<Vec<ReporterId>>(COOPERATING).unwrap_or_default());
    named.extend(asking.change.get(LEAD).and_then(Raw::read::<ReporterId>));
    named.extend(asking.change.get(COOPERATING).and_then(Raw::read::<Vec<ReporterId>>).unwrap_or_default());
    let is_inside = |id| asking.model.reporter_ix(id).is_some_and(|reporter| may(Thing::Reporter(reporter)));
    named.iter().all(is_inside)
}

pub(super) fn admit(asking: &Asking<'_>) -> Result<(), Rejection> {
    let (task, turn) = place(asking.id).ok_or(Rejection::Malformed)?;
    let task = asking.model.task(task).ok_or(Rejection::UnknownElement)?;
    if let Some(turn) = turn {
        let is_named_so = asking.id == format!("{}/{turn}", task.id);
        // A unit opens no campaign: that is everybody's.
        let is_the_plans = asking.op.stream.reporter().is_none();
        if !is_named_so || !is_the_plans || !matches!(turn, Occurrence::On(_)) || !turn.fits(task.kind) {
            return Err(Rejection::Malformed);
        }
    }
    if asking.op.stream.reporter().is_some_and(|reporter| asking.model.reporter_ix(reporter).is_none()) {
        return Err(Rejection::UnknownReporter);
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
