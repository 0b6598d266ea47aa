//! A unit's own programme of a year (KH 188, I.8 and II.1.4): its title, what it is integrated with, and by which document it
//! was issued. Of the reporter's stream, named by the year: `2026`. What it contains are entities beside it
//! ([`annual_plan_item`](super::annual_plan_item)).
//!
//! It goes from being drafted to being issued, and not back. What an issued one must have can be corrected, with the history
//! of each field, and never emptied; the day by which it was to be issued stands from then on, since whether it came in time
//! is judged by it.

use super::field::Holds;
use super::{Asking, Field};
use crate::Rejection;
use crate::raw::Raw;
use crate::rights::{Right, Thing};
use crate::stream::StreamId;
use chitieu_domain::calendar::Span;
use chitieu_domain::{Model, PeriodId, ReporterId, ReporterIx};
use chrono::{Datelike, NaiveDate};
use std::ops::RangeInclusive;

/// Its name on the wire.
pub const ID: &str = "annual_plan_document";
/// [`DRAFTING`] or [`ISSUED`].
pub const STATE: &str = "state";
/// Its title.
pub const TITLE: &str = "title";
/// Resolutions, programmes and plans that it is integrated with, a line each.
pub const INTEGRATED_WITH: &str = "integrated_with";
/// The day by which it is to be issued.
pub const DUE_ON: &str = "due_on";
/// Its number, once it is issued.
pub const DOCUMENT: &str = "document";
/// The day on which it was issued.
pub const ISSUED_ON: &str = "issued_on";

/// It is being written.
pub const DRAFTING: &str = "drafting";
/// It has a number and a day.
pub const ISSUED: &str = "issued";

/// Its fields.
pub const FIELDS: &[Field] = &[
    Field::register(STATE, Holds::Word(&[DRAFTING, ISSUED])),
    Field::register(TITLE, Holds::Text(500)),
    Field::register(INTEGRATED_WITH, Holds::Text(2_000)),
    Field::register(DUE_ON, Holds::Day),
    Field::register(DOCUMENT, Holds::Text(200)),
    Field::register(ISSUED_ON, Holds::Day),
];

/// What it has as long as it has a state.
pub const REQUIRED: &[&str] = &[STATE, TITLE];
/// What it has besides once it is issued.
pub const WHEN_ISSUED: &[&str] = &[DOCUMENT, ISSUED_ON];

/// The agencies that have a programme of their own; [`NOT_COUNTED`] is among them.
pub const AGENCIES: &[&str] = &[
    "police_province",
    "procuracy_province",
    "court_province",
    "inspectorate_province",
    "department_home_affairs",
    "department_labour",
    "department_information",
    "department_justice",
    "department_finance",
    "department_education",
    "department_health",
    "department_culture",
    "department_science_technology",
    "department_industry_trade",
    "department_agriculture",
    "department_agriculture_environment",
    "people_committee_district",
    "people_committee_commune",
    "people_committee_province",
];

/// The agency whose programme is kept and not counted. I.8 and II.1.4 ask each unit for a programme of its own; the province's
/// people's committee issued the plan that asks, and fills in no form that counts programmes.
pub const NOT_COUNTED: &str = "people_committee_province";

/// The least days of a year on which a unit is there that owes a programme of it: whoever begins just before its end, or ends
/// just after its beginning, has no time to write one. Whoever writes one nevertheless may.
pub const LEAST_DAYS: i64 = 30;

/// The year that an id names.
pub fn year(id: &str) -> Option<i16> {
    match id.parse().ok()? {
        PeriodId::Year(year) if id == year.to_string() => Some(year),
        _ => None,
    }
}

/// The days of a programme's year: the plan's own business year.
pub fn span(model: &Model, year: i16) -> Span {
    model.own_calendar().span(PeriodId::Year(year))
}

/// The years of which programmes can be written on a day: from the plan's first on, up to the next calendar year, whose
/// programme is made in this one. What a screen offers and what is admitted are both these.
pub fn years(model: &Model, today: NaiveDate) -> RangeInclusive<i16> {
    let first = model.unit(model.own_territory()).id.first_year();
    // A day of a year that no id can name opens nothing.
    let last = i16::try_from(today.year()).ok().and_then(|year| year.checked_add(1));
    first..=last.unwrap_or(first - 1)
}

/// True for an agency that has a programme of its own.
pub fn has_programme(agency: &str) -> bool {
    AGENCIES.contains(&agency)
}

/// The days of a year on which a reporter is there.
fn days_there(model: &Model, reporter: ReporterIx, year: i16) -> i64 {
    let (about, span) = (model.reporter(reporter), span(model, year));
    let from = about.from.map_or(span.from, |from| from.max(span.from));
    let to = about.to.map_or(span.to, |to| to.min(span.to));
    (to - from).num_days() + 1
}

/// True for a reporter that has a programme of its own for a year: one of [`AGENCIES`] that is there on a day of it.
pub fn is_kept_by(model: &Model, reporter: ReporterIx, year: i16) -> bool {
    has_programme(model.reporter(reporter).id.agency()) && days_there(model, reporter, year) > 0
}

/// True for a reporter that is asked for a programme of a year (I.8, II.1.4): one that [keeps](is_kept_by) one, but for
/// [`NOT_COUNTED`], and is there for [`LEAST_DAYS`] of it.
pub fn is_owed_by(model: &Model, reporter: ReporterIx, year: i16) -> bool {
    is_kept_by(model, reporter, year)
        && model.reporter(reporter).id.agency() != NOT_COUNTED
        && days_there(model, reporter, year) >= LEAST_DAYS
}

/// What every change of a programme keeps to, of the document and of what it contains: whose it is, of which year, and who may.
pub(super) fn admit_place(asking: &Asking<'_>, year: i16) -> Result<(), Rejection> {
    let Asking { model, grants, today, .. } = asking;
    let reporter = asking.op.stream.reporter().and_then(|reporter| model.reporter_ix(reporter));
    let reporter = reporter.ok_or(Rejection::UnknownReporter)?;
    let open = years(model, *today);
    if year > *open.end() {
        return Err(Rejection::NotOpen);
    }
    if year < *open.start() || !is_kept_by(model, reporter, year) {
        return Err(Rejection::NotAssigned);
    }
    if grants.allows(Right::ReportTask, Thing::Reporter(reporter), model, *today) {
        Ok(())
    } else {
        Err(Rejection::NoRight)
    }
}

/// A text that says something.
fn text(value: &Raw) -> Option<String> {
    value.read::<String>().filter(|text| !text.trim().is_empty())
}

/// What a field of one text, word, day or name has once the change is made.
pub(super) fn then(asking: &Asking<'_>, field: &str) -> Option<String> {
    match asking.change.get(field) {
        Some(value) => text(value),
        None => asking.now.fields.get(field).and_then(|register| text(&register.value)),
    }
}

/// Nothing that is required is emptied, and what is there as a whole has all of it.
pub(super) fn admit_required(
    asking: &Asking<'_>,
    is_there: bool,
    required: &[&str],
) -> Result<(), Rejection> {
    let lacks = |field: &&str| {
        then(asking, field).is_none() && (is_there || asking.change.contains_key::<str>(field))
    };
    if required.iter().any(lacks) { Err(Rejection::Incomplete) } else { Ok(()) }
}

/// True where a change says of a field what stands, or chooses among what contests it.
pub(super) fn is_choice(asking: &Asking<'_>, field: &str, value: &Raw) -> bool {
    let stands = asking.now.fields.get(field).map(|register| &register.value);
    let beside = asking.now.branches.iter().filter(|b| b.field == field).map(|b| &b.value);
    stands.into_iter().chain(beside).any(|known| known == value)
}

pub(super) fn admit(asking: &Asking<'_>) -> Result<(), Rejection> {
    let year = year(asking.id).ok_or(Rejection::Malformed)?;
    admit_place(asking, year)?;
    let stood: Option<String> = asking.now.value(STATE);
    let is_issued = stood.as_deref() == Some(ISSUED);
    let is_new = |field: &str| asking.change.get(field).is_some_and(|value| !is_choice(asking, field, value));
    if is_issued && is_new(DUE_ON) {
        return Err(Rejection::Locked);
    }
    let state = then(asking, STATE);
    admit_required(asking, state.is_some(), REQUIRED)?;
    if is_issued && is_new(STATE) {
        return Err(Rejection::BadTransition);
    }
    if state.as_deref() == Some(ISSUED) && WHEN_ISSUED.iter().any(|field| then(asking, field).is_none()) {
        return Err(Rejection::Incomplete);
    }
    // Days as texts are in the order of time.
    let last = span(asking.model, year).to.to_string();
    if then(asking, ISSUED_ON).is_some_and(|day| day > last) { Err(Rejection::OutOfRange) } else { Ok(()) }
}

/// Read by its officers and by whoever reads what is reported of tasks.
pub(super) const READ: Right = Right::ReadReports;

pub(super) fn sample(reporter: &ReporterId) -> (StreamId, &'static str) {
    (reporter.clone().into(), "2026")
}
