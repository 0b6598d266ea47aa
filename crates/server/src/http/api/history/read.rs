//! `GET history/cell`, `GET history/submission`, `GET history/entity`: what happened to a thing, for whoever may read the thing
//! itself.

use crate::auth::session::Person;
use crate::http::extract::Asked;
use crate::http::person::require;
use crate::http::problem::Problem;
use crate::http::state::App;
use axum::Json;
use axum::extract::State;
use chitieu_domain::{Model, PeriodId, ReporterId};
use chitieu_sync::StreamId;
use chitieu_sync::entity::{EntityKey, Kind, LONGEST_ID};
use chitieu_sync::history::{Page, Thing};
use chitieu_sync::replica::{CellKey, SubmissionKey};
use chitieu_sync::rights::{Right, Thing as About};
use serde::Deserialize;

/// Which cell, and where to go on.
#[derive(Deserialize)]
pub struct WhichCell {
    reporter: ReporterId,
    period: PeriodId,
    element: String,
    #[serde(default)]
    before: Option<u64>,
}

/// Which submission, and where to go on.
#[derive(Deserialize)]
pub struct WhichSubmission {
    reporter: ReporterId,
    period: PeriodId,
    form: String,
    #[serde(default)]
    before: Option<u64>,
}

/// Which entity, and where to go on.
#[derive(Deserialize)]
pub struct WhichEntity {
    stream: StreamId,
    kind: String,
    id: String,
    #[serde(default)]
    before: Option<u64>,
}

/// Refuses who may not read the thing, and so what happened to it.
async fn refuse(app: &App, person: &Person, thing: &Thing) -> Result<(), Problem> {
    let model = &app.plan.model;
    let form = |reporter, form: &str| {
        let (reporter, form) = (model.reporter_ix(reporter), model.form_ix(form));
        reporter.zip(form).map(|(reporter, form)| About::Form(reporter, form)).ok_or(Problem::NotFound)
    };
    match thing {
        Thing::Cell(of, in_form) => require(app, person, Right::ReadCells, form(&of.reporter, in_form)?),
        Thing::Submission(of) => require(app, person, Right::ReadSubmissions, form(&of.reporter, &of.form)?),
        Thing::Entity(of) => {
            let kind = Kind::parse(&of.kind).ok_or(Problem::NotFound)?;
            let may = kind.may_read(&person.grants, &of.stream, model, app.today());
            let shared = app.store.cooperation(&person.grants, model, app.today());
            if may || shared.await?.covers_entity(of) { Ok(()) } else { Err(Problem::Forbidden) }
        }
    }
}

async fn page(app: &App, person: &Person, thing: Thing, before: Option<u64>) -> Result<Json<Page>, Problem> {
    refuse(app, person, &thing).await?;
    Ok(Json(app.store.history(&thing, before).await?))
}

fn form_of(model: &Model, element: &str) -> Result<String, Problem> {
    let element = model.element_ix(element).ok_or(Problem::NotFound)?;
    Ok(model.form(model.form_of(element)).id.clone())
}

pub async fn read_cell(
    State(app): State<App>,
    person: Person,
    Asked(which): Asked<WhichCell>,
) -> Result<Json<Page>, Problem> {
    let WhichCell { reporter, period, element, before } = which;
    let form = form_of(&app.plan.model, &element)?;
    page(&app, &person, Thing::Cell(CellKey { reporter, period, element }, form), before).await
}

pub async fn read_submission(
    State(app): State<App>,
    person: Person,
    Asked(which): Asked<WhichSubmission>,
) -> Result<Json<Page>, Problem> {
    let WhichSubmission { reporter, period, form, before } = which;
    page(&app, &person, Thing::Submission(SubmissionKey { reporter, period, form }), before).await
}

pub async fn read_entity(
    State(app): State<App>,
    person: Person,
    Asked(which): Asked<WhichEntity>,
) -> Result<Json<Page>, Problem> {
    let WhichEntity { stream, kind, id, before } = which;
    if id.len() > LONGEST_ID {
        return Err(Problem::NotFound);
    }
    page(&app, &person, Thing::Entity(EntityKey { stream, kind, id }), before).await
}
