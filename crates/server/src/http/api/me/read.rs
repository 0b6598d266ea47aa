//! `GET me`: who is signed in and what is open for them.

use crate::auth::session::Person;
use crate::http::state::App;
use crate::services::profile::describe;
use axum::Json;
use axum::extract::State;
use chitieu_sync::api::Me;

pub async fn read(State(app): State<App>, person: Person) -> Json<Me> {
    Json(describe(&app.context, &person))
}
