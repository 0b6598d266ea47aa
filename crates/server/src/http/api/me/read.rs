//! `GET me`: who is signed in and what is open for them.

use crate::auth::session::Person;
use crate::http::state::App;
use crate::services::profile::describe;
use axum::Json;
use axum::extract::State;
use chitieu_sync::api::Profile;

pub async fn read(State(app): State<App>, person: Person) -> Json<Profile> {
    Json(describe(&app.context, &person))
}
