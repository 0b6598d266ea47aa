//! `GET me`: who is signed in and what is open for them. `GET plan`: plan and units, by version.

use crate::plan_file::Bundle;
use crate::problem::Problem;
use crate::session::Person;
use crate::state::App;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chitieu_domain::model::Sheet;
use chitieu_domain::{PeriodId, ReporterId};
use chitieu_sync::grants::Grants;
use chitieu_sync::rights::{Right, Thing};
use chitieu_sync::{packed_push, plan_bundle};
use chrono::NaiveDate;
use serde::Serialize;

/// The person signed in.
#[derive(Serialize)]
pub struct Me {
    username: String,
    display_name: String,
    grants: Grants,
    reporters: Vec<ReporterId>,
    open_periods: Vec<OpenPeriod>,
    today: NaiveDate,
    plan_version: String,
    /// Names the text at `plan/bundle`, which another program may write in another way for the same version.
    plan_bundle: String,
    /// How that text is to be read ([`chitieu_sync::plan_bundle::FORMAT`]): who does not know it keeps the plan it has.
    plan_format: u32,
    /// Up to which form a push may be packed ([`chitieu_sync::packed_push::FORMAT`]).
    push_format: u32,
    /// The oldest program that may still edit.
    min_client: u32,
    illustrative: bool,
}

/// A form that is being filled in now.
#[derive(Serialize)]
struct OpenPeriod {
    reporter: ReporterId,
    form: String,
    period: PeriodId,
    from: NaiveDate,
    to: NaiveDate,
    deadline: NaiveDate,
}

/// The oldest program that may still edit ([`chitieu_sync::message::CLIENT`]).
const MIN_CLIENT: u32 = 1;

pub fn describe(app: &App, person: &Person) -> Me {
    let model = &app.plan.model;
    let today = app.today();
    let own = person.grants.own(today);
    let reporters = own.iter().filter_map(|r| model.reporter_ix(r));
    let open = reporters.flat_map(|reporter| model.open_sheets(reporter, today));
    let enters = |sheet: &Sheet| {
        person.grants.allows(Right::Enter, Thing::Form(sheet.reporter, sheet.form), model, today)
    };
    let open_periods = open.filter(enters).map(|sheet| OpenPeriod {
        reporter: model.reporter(sheet.reporter).id.clone(),
        form: model.form(sheet.form).id.clone(),
        period: sheet.period,
        from: sheet.span.from,
        to: sheet.span.to,
        deadline: sheet.deadline,
    });
    let open_periods = open_periods.collect();
    Me {
        username: person.username.clone(),
        display_name: person.display_name.clone(),
        reporters: own,
        grants: person.grants.clone(),
        open_periods,
        today,
        plan_version: app.plan.version.clone(),
        plan_bundle: app.plan.packed.key.clone(),
        plan_format: plan_bundle::FORMAT,
        push_format: packed_push::FORMAT,
        min_client: MIN_CLIENT,
        illustrative: app.illustrative,
    }
}

pub async fn me(State(app): State<App>, person: Person) -> Json<Me> {
    Json(describe(&app, &person))
}

/// A person's key for their devices, and whose it is: a device that holds another person's data takes none.
#[derive(Serialize)]
pub struct DeviceKey {
    username: String,
    key: String,
}

/// `GET me/key`: told to the person's own session alone, and never kept by a browser in a form that can be read.
pub async fn key(State(app): State<App>, person: Person) -> Result<Json<DeviceKey>, Problem> {
    let key = app.store.device_key(&person.username).await?;
    Ok(Json(DeviceKey { username: person.username, key }))
}

pub async fn plan(State(app): State<App>, _: Person, headers: HeaderMap) -> Result<Response, Problem> {
    travel(&app.plan.json, &headers)
}

pub async fn plan_bundle(State(app): State<App>, _: Person, headers: HeaderMap) -> Result<Response, Problem> {
    travel(&app.plan.packed, &headers)
}

/// For devices of v0.1.0, which do not open where the plan has a calendar that they do not know: better than on wrong
/// days.
pub async fn packed_plan(State(app): State<App>, _: Person, headers: HeaderMap) -> Result<Response, Problem> {
    travel(app.plan.packed_v0_1_0.as_ref().ok_or(Problem::NotFound)?, &headers)
}

fn travel(Bundle { text, key }: &Bundle, headers: &HeaderMap) -> Result<Response, Problem> {
    let tag = format!("\"{key}\"");
    let tag_value = HeaderValue::from_str(&tag).map_err(|e| Problem::BadRequest(e.to_string()))?;
    let cache = HeaderValue::from_static("private, no-cache");
    if headers.get(header::IF_NONE_MATCH).is_some_and(|v| v.as_bytes() == tag.as_bytes()) {
        let headers = [(header::ETAG, tag_value), (header::CACHE_CONTROL, cache)];
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let kind = HeaderValue::from_static("application/json");
    let headers = [(header::CONTENT_TYPE, kind), (header::ETAG, tag_value), (header::CACHE_CONTROL, cache)];
    Ok((headers, text.to_owned()).into_response())
}
