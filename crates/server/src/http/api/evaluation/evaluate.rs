//! `GET evaluation`: every target of a scope and period.

use super::{Which, told};
use crate::auth::session::Person;
use crate::http::extract::Asked;
use crate::http::problem::Problem;
use crate::http::state::App;
use crate::services::evaluation::Asking;
use crate::store::figures::Seen;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

pub async fn evaluate(
    State(app): State<App>,
    person: Person,
    Asked(which): Asked<Which>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let tell = |asking: &Asking, seen: &Seen| asking.verdicts(seen);
    Ok(told(&app, &which, &person, None, tell).await?.answer(&headers))
}
