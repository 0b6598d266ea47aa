//! `GET branches`: the contested values of a cell that are not told with it.

use super::reads;
use crate::auth::session::Person;
use crate::http::extract::Asked;
use crate::http::problem::Problem;
use crate::http::state::App;
use axum::Json;
use axum::extract::State;
use chitieu_domain::{PeriodId, ReporterId};
use chitieu_sync::api::BranchesPage;
use serde::Deserialize;

/// Which cell, and where to go on.
#[derive(Deserialize)]
pub struct WhichBranches {
    reporter: ReporterId,
    period: PeriodId,
    element: String,
    #[serde(default)]
    before: Option<i64>,
}

pub async fn read_branches(
    State(app): State<App>,
    person: Person,
    Asked(which): Asked<WhichBranches>,
) -> Result<Json<BranchesPage>, Problem> {
    let model = &app.plan.model;
    let element = model.element_ix(&which.element).ok_or(Problem::NotFound)?;
    reads(&app, &person, &which.reporter, model.form_of(element))?;
    let element = &model.element(element).id;
    let page = app.store.older_branches(&which.reporter, which.period, element, which.before).await?;
    Ok(Json(BranchesPage { branches: page.branches, next: page.next }))
}
