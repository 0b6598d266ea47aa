//! `GET me/key`: a person's key for their devices, told to the person's own session alone, and never kept by a browser in a
//! form that can be read.

use crate::auth::session::Person;
use crate::http::problem::Problem;
use crate::http::state::App;
use axum::Json;
use axum::extract::State;
use chitieu_sync::api::DeviceKey;

pub async fn read_key(State(app): State<App>, person: Person) -> Result<Json<DeviceKey>, Problem> {
    // Every account has one from its beginning.
    let key = app.store.device_key(&person.username).await?.ok_or(Problem::NotSignedIn)?;
    Ok(Json(DeviceKey { username: person.username, key }))
}
