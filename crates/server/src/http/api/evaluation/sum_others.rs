//! `GET evaluation/others`: the sums of everybody else's figures, so that a device can judge the territory while its own are
//! being typed.

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

pub async fn sum_others(
    State(app): State<App>,
    person: Person,
    Asked(which): Asked<Which>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let mine = person.grants.summed_here(&app.plan.model, app.today());
    let these = mine.clone();
    let tell = move |asking: &Asking, seen: &Seen| asking.others(seen, &these);
    Ok(told(&app, &which, &person, Some(mine), tell).await?.answer(&headers))
}
