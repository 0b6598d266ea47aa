//! `GET history/cell`, `GET history/submission`, `GET history/entity`: what happened to a thing, for whoever may read the thing
//! itself. `POST history/feed`: the same of all that a person's device holds. `PUT devices/{id}`: what a device is called.

use super::{Asked, Body};
use crate::clock::now;
use crate::problem::Problem;
use crate::session::{Person, device_name, session_of};
use crate::state::App;
use crate::store::devices::Named;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use chitieu_domain::{Model, PeriodId, ReporterId};
use chitieu_sync::StreamId;
use chitieu_sync::entity::{EntityKey, Kind, LONGEST_ID};
use chitieu_sync::history::{Feed, FeedRequest, Page, Thing};
use chitieu_sync::replica::{CellKey, SubmissionKey};
use chitieu_sync::rights::{Right, Thing as About};
use serde::{Deserialize, Serialize};

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
fn refuse(app: &App, person: &Person, thing: &Thing) -> Result<(), Problem> {
    let model = &app.plan.model;
    let form = |reporter, form: &str| {
        let (reporter, form) = (model.reporter_ix(reporter), model.form_ix(form));
        reporter.zip(form).map(|(reporter, form)| About::Form(reporter, form)).ok_or(Problem::NotFound)
    };
    match thing {
        Thing::Cell(of, in_form) => person.must(app, Right::ReadCells, form(&of.reporter, in_form)?),
        Thing::Submission(of) => person.must(app, Right::ReadSubmissions, form(&of.reporter, &of.form)?),
        Thing::Entity(of) => {
            let kind = Kind::parse(&of.kind).ok_or(Problem::NotFound)?;
            let may = kind.may_read(&person.grants, &of.stream, model, app.today());
            if may { Ok(()) } else { Err(Problem::Forbidden) }
        }
    }
}

async fn page(app: &App, person: &Person, thing: Thing, before: Option<u64>) -> Result<Json<Page>, Problem> {
    refuse(app, person, &thing)?;
    Ok(Json(app.store.history(&thing, before).await?))
}

fn form_of(model: &Model, element: &str) -> Result<String, Problem> {
    let element = model.element_ix(element).ok_or(Problem::NotFound)?;
    Ok(model.form(model.form_of(element)).id.clone())
}

pub async fn cell(
    State(app): State<App>,
    person: Person,
    Asked(which): Asked<WhichCell>,
) -> Result<Json<Page>, Problem> {
    let WhichCell { reporter, period, element, before } = which;
    let form = form_of(&app.plan.model, &element)?;
    page(&app, &person, Thing::Cell(CellKey { reporter, period, element }, form), before).await
}

pub async fn submission(
    State(app): State<App>,
    person: Person,
    Asked(which): Asked<WhichSubmission>,
) -> Result<Json<Page>, Problem> {
    let WhichSubmission { reporter, period, form, before } = which;
    page(&app, &person, Thing::Submission(SubmissionKey { reporter, period, form }), before).await
}

pub async fn entity(
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

pub async fn feed(
    State(app): State<App>,
    person: Person,
    Body(request): Body<FeedRequest>,
) -> Result<Json<Feed>, Problem> {
    Ok(Json(app.store.history_feed(&app.plan.model, &person, app.today(), &request).await?))
}

/// What a device is to be called; none keeps the name that it has.
#[derive(Deserialize)]
pub struct Naming {
    #[serde(default)]
    name: Option<String>,
}

/// What a device is called.
#[derive(Serialize)]
pub struct Called {
    name: String,
}

pub async fn name_device(
    State(app): State<App>,
    person: Person,
    headers: HeaderMap,
    Path(device): Path<String>,
    Body(naming): Body<Naming>,
) -> Result<Json<Called>, Problem> {
    let named = Named {
        username: &person.username,
        device: device.parse().map_err(|_| Problem::NotFound)?,
        name: naming.name.as_deref(),
        usual: &device_name(&headers),
        session: &session_of(&headers, &app).unwrap_or_default(),
        now: now().timestamp(),
    };
    Ok(Json(Called { name: app.store.name_device(&named).await? }))
}
