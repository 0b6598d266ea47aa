//! `GET figures`: one form of one reporter in one period, for whoever reviews or publishes it. `GET branches`: the
//! contested values of a cell that are not told with it.

use super::Asked;
use crate::problem::Problem;
use crate::session::Person;
use crate::state::App;
use axum::Json;
use axum::extract::State;
use chitieu_domain::{FormIx, PeriodId, ReporterId};
use chitieu_sync::outcome::{Branch, Head};
use chitieu_sync::rights::{Right, Thing};
use serde::{Deserialize, Serialize};

/// Which form.
#[derive(Deserialize)]
pub struct Which {
    reporter: ReporterId,
    period: PeriodId,
    form: String,
}

/// A row's cell.
#[derive(Serialize)]
pub struct Cell {
    element: String,
    head: Option<Head>,
    branches: Vec<Branch>,
    #[serde(skip_serializing_if = "is_zero")]
    more_branches: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

pub async fn figures(
    State(app): State<App>,
    person: Person,
    Asked(which): Asked<Which>,
) -> Result<Json<Vec<Cell>>, Problem> {
    let model = &app.plan.model;
    let form = model.form_ix(&which.form).ok_or(Problem::NotFound)?;
    reads(&app, &person, &which.reporter, form)?;
    let elements: Vec<&str> = model.form(form).elements.iter().map(|e| e.id.as_str()).collect();
    let cells = app.store.form_cells(&which.reporter, &elements, which.period).await?;
    let cell = |(_, element, state): crate::store::figures::NamedCell| Cell {
        element,
        head: state.head,
        branches: state.branches,
        more_branches: state.more,
    };
    Ok(Json(cells.into_iter().map(cell).collect()))
}

/// Refuses who may not read the single figures of a form.
fn reads(app: &App, person: &Person, reporter: &ReporterId, form: FormIx) -> Result<(), Problem> {
    let reporter = app.plan.model.reporter_ix(reporter).ok_or(Problem::Forbidden)?;
    person.must(app, Right::ReadCells, Thing::Form(reporter, form))
}

/// Which cell, and where to go on.
#[derive(Deserialize)]
pub struct WhichBranches {
    reporter: ReporterId,
    period: PeriodId,
    element: String,
    #[serde(default)]
    before: Option<i64>,
}

/// Contested values, newest first.
#[derive(Serialize)]
pub struct Branches {
    branches: Vec<Branch>,
    /// `before` of the next request; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<i64>,
}

pub async fn branches(
    State(app): State<App>,
    person: Person,
    Asked(which): Asked<WhichBranches>,
) -> Result<Json<Branches>, Problem> {
    let model = &app.plan.model;
    let element = model.element_ix(&which.element).ok_or(Problem::NotFound)?;
    reads(&app, &person, &which.reporter, model.form_of(element))?;
    let element = &model.element(element).id;
    let page = app.store.older_branches(&which.reporter, which.period, element, which.before).await?;
    Ok(Json(Branches { branches: page.branches, next: page.next }))
}
