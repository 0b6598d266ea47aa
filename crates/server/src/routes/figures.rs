//! `GET figures`: one form of one reporter in one period, for whoever reviews or publishes it.

use super::Asked;
use crate::problem::Problem;
use crate::session::Person;
use crate::state::App;
use axum::Json;
use axum::extract::State;
use chitieu_domain::{PeriodId, ReporterId};
use chitieu_sync::outcome::{Branch, Head};
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
}

pub async fn figures(
    State(app): State<App>,
    person: Person,
    Asked(which): Asked<Which>,
) -> Result<Json<Vec<Cell>>, Problem> {
    if !person.grants.may_read(&which.reporter) {
        return Err(Problem::Forbidden);
    }
    let model = &app.plan.model;
    let form = model.form_ix(&which.form).ok_or(Problem::NotFound)?;
    let elements: Vec<&str> = model.form(form).elements.iter().map(|e| e.id.as_str()).collect();
    let cells = app.store.form_cells(&which.reporter, &elements, which.period).await?;
    let cell = |(_, element, state): crate::store::figures::NamedCell| Cell {
        element,
        head: state.head,
        branches: state.branches,
    };
    Ok(Json(cells.into_iter().map(cell).collect()))
}
