//! `GET plan`, `GET plan/bundle`, `GET plan/packed`: plan and units as JSON, as devices read them, and as devices of v0.1.0
//! do.

use crate::auth::session::Person;
use crate::http::problem::Problem;
use crate::http::state::App;
use crate::services::plan_file::Bundle;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

pub async fn read(State(app): State<App>, _: Person, headers: HeaderMap) -> Result<Response, Problem> {
    answer(&app.plan.json, &headers)
}

pub async fn read_bundle(State(app): State<App>, _: Person, headers: HeaderMap) -> Result<Response, Problem> {
    answer(&app.plan.packed, &headers)
}

/// For devices of v0.1.0, which do not open where the plan has a calendar that they do not know: better than on wrong
/// days.
pub async fn read_packed(State(app): State<App>, _: Person, headers: HeaderMap) -> Result<Response, Problem> {
    answer(app.plan.packed_v0_1_0.as_ref().ok_or(Problem::NotFound)?, &headers)
}

fn answer(Bundle { text, key }: &Bundle, headers: &HeaderMap) -> Result<Response, Problem> {
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
