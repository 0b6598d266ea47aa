//! `GET figures`: one form of one reporter in one period, for whoever reviews or publishes it.

use super::reads;
use crate::auth::session::Person;
use crate::http::extract::Asked;
use crate::http::problem::Problem;
use crate::http::state::App;
use crate::store::figures::NamedCell;
use axum::Json;
use axum::extract::State;
use chitieu_domain::{PeriodId, ReporterId};
use chitieu_sync::api::FormCell;
use serde::Deserialize;

/// Which form.
#[derive(Deserialize)]
pub struct Which {
    reporter: ReporterId,
    period: PeriodId,
    form: String,
}

pub async fn read(
    State(app): State<App>,
    person: Person,
    Asked(which): Asked<Which>,
) -> Result<Json<Vec<FormCell>>, Problem> {
    let model = &app.plan.model;
    let form = model.form_ix(&which.form).ok_or(Problem::NotFound)?;
    reads(&app, &person, &which.reporter, form)?;
    let elements: Vec<&str> = model.form(form).elements.iter().map(|e| e.id.as_str()).collect();
    let cells = app.store.form_cells(&which.reporter, &elements, which.period).await?;
    let cell = |(_, element, state): NamedCell| FormCell {
        element,
        head: state.head,
        branches: state.branches,
        more_branches: state.more,
    };
    Ok(Json(cells.into_iter().map(cell).collect()))
}
