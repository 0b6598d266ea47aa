//! `DELETE sessions/{id}`: ends one of a person's sessions, on whichever device.

use crate::auth::session::Person;
use crate::http::problem::Problem;
use crate::http::state::App;
use axum::extract::{Path, State};
use axum::http::StatusCode;

pub async fn end(
    State(app): State<App>,
    person: Person,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let ended = app.store.end_session_of(&person.username, &id).await?;
    if ended { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::NotFound) }
}
