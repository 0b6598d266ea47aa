//! What a unit's programme of a year contains (KH 188, I.8 and II.1.4): one thing that the unit has set itself, for a task of the
//! plan or beside it, with its own output and day. Of the reporter's stream, named by the year and a random id:
//! `2026/7f0c1f0a-5a0e-4c1f-9d55-0b3f6f6d2a11`.
//!
//! It goes from not started over doing to done, or is dropped on the way; one that is dropped stays, with its history. A device
//! sends what it has not sent yet as one change, so steps between may be missing. One that says nothing of how far it is has not
//! begun. That it is overdue, or was done late, follows from the days, so the day by which it is to be done stands once it is done
//! or dropped. Whoever drops one says why, also where that settles a contest.

use super::annual_plan_document::{admit_place, admit_required, is_choice, then, year};
use super::field::Holds;
use super::{Asking, Field};
use crate::Rejection;
use crate::rights::Right;
use crate::stream::StreamId;
use chitieu_domain::ReporterId;
use chitieu_domain::task::Openness;
use uuid::Uuid;

/// Its name on the wire.
pub const ID: &str = "annual_plan_item";
/// One of [`STATES`].
pub const STATE: &str = "state";
/// Its number in the programme, as the paper has it: `1`, `2a`, `III.4`.
pub const NUMBER: &str = "number";
/// What is to be done.
pub const TITLE: &str = "title";
/// The task of the plan that it is for, by its id.
pub const TASK: &str = "task";
/// What it is to bring forth.
pub const OUTPUT: &str = "output";
/// The reporter that leads.
pub const LEAD: &str = "lead";
/// The reporters that cooperate.
pub const COOPERATING: &str = "cooperating";
/// The elements by which it is followed.
pub const FIGURES: &str = "figures";
/// The day by which it is to be done.
pub const DUE_ON: &str = "due_on";
/// The day on which it was done.
pub const DONE_ON: &str = "done_on";
/// The document or product that came of it.
pub const DOCUMENT: &str = "document";

/// Not begun.
pub const NOT_STARTED: &str = "not_started";
/// Under way.
pub const DOING: &str = "doing";
/// Done, on [`DONE_ON`].
pub const DONE: &str = "done";
/// Given up. It stays where it is, with its history.
pub const DROPPED: &str = "dropped";
/// How far it can be, in order.
pub const STATES: &[&str] = &[NOT_STARTED, DOING, DONE, DROPPED];

/// Its fields.
pub const FIELDS: &[Field] = &[
    Field::register(STATE, Holds::Word(STATES)),
    Field::register(NUMBER, Holds::Text(20)),
    Field::register(TITLE, Holds::Text(1_000)),
    Field::register(TASK, Holds::Task),
    Field::register(OUTPUT, Holds::Text(500)),
    Field::register(LEAD, Holds::Reporter),
    Field::register(COOPERATING, Holds::Reporters),
    Field::register(FIGURES, Holds::Elements),
    Field::register(DUE_ON, Holds::Day),
    Field::register(DONE_ON, Holds::Day),
    Field::register(DOCUMENT, Holds::Text(200)),
];

/// What it has as long as it has a state; but for the state, also as long as it says who leads.
pub const REQUIRED: &[&str] = &[STATE, NUMBER, TITLE, OUTPUT, LEAD, DUE_ON];

/// The year and the id of an item.
pub fn place(id: &str) -> Option<(i16, Uuid)> {
    let (of, item) = id.split_once('/')?;
    let uuid: Uuid = item.parse().ok()?;
    // One thing has one name.
    (uuid.to_string() == item).then_some((year(of)?, uuid))
}

/// True where an item that is this far may be that far: the one order of states, for admission and for what a form offers.
pub fn may_become(from: Option<&str>, to: &str) -> bool {
    match from {
        None | Some(NOT_STARTED) => true,
        Some(DOING) => to == DONE || to == DROPPED,
        Some(_) => false,
    }
}

pub(super) fn admit(asking: &Asking<'_>) -> Result<(), Rejection> {
    let (year, _) = place(asking.id).ok_or(Rejection::Malformed)?;
    admit_place(asking, year)?;
    let stood: Option<String> = asking.now.value(STATE);
    let is_over = matches!(stood.as_deref(), Some(DONE | DROPPED));
    let is_new = |field: &str| asking.change.get(field).is_some_and(|value| !is_choice(asking, field, value));
    if is_over && is_new(DUE_ON) {
        return Err(Rejection::Locked);
    }
    let state = then(asking, STATE);
    // A copy says nothing of how far it is, and is whole nevertheless.
    let is_there = state.is_some() || then(asking, LEAD).is_some();
    let (own, rest) = REQUIRED.split_at(1);
    admit_required(asking, false, own)?;
    admit_required(asking, is_there, rest)?;
    if is_new(STATE) && state.as_deref().is_some_and(|to| !may_become(stood.as_deref(), to)) {
        return Err(Rejection::BadTransition);
    }
    let is_dropped_now = asking.change.contains_key(STATE) && state.as_deref() == Some(DROPPED);
    if is_dropped_now && stood.as_deref() != Some(DROPPED) && !asking.has_reason() {
        return Err(Rejection::ReasonMissing);
    }
    if state.as_deref() == Some(DONE) && then(asking, DONE_ON).is_none() {
        return Err(Rejection::Incomplete);
    }
    // Of a task that is spoken of in words only no text is taken, and an item is texts.
    let task = then(asking, TASK).and_then(|id| asking.model.task(&id));
    if task.is_some_and(|task| task.openness() == Openness::WordsOnly) {
        return Err(Rejection::NoRight);
    }
    Ok(())
}

/// Read by its officers and by whoever reads what is reported of tasks.
pub(super) const READ: Right = Right::ReadReports;

pub(super) fn sample(reporter: &ReporterId) -> (StreamId, &'static str) {
    (reporter.clone().into(), "2026/7f0c1f0a-5a0e-4c1f-9d55-0b3f6f6d2a11")
}
