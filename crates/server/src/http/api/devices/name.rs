//! `PUT devices/{id}`: what a device is called.

use crate::auth::session::Person;
use crate::clock::now;
use crate::http::cookies::{device_name, session_of};
use crate::http::extract::Body;
use crate::http::problem::Problem;
use crate::http::state::App;
use crate::store::devices::Named;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use chitieu_sync::api::{DeviceName, DeviceNaming};

pub async fn name(
    State(app): State<App>,
    person: Person,
    headers: HeaderMap,
    Path(device): Path<String>,
    Body(naming): Body<DeviceNaming>,
) -> Result<Json<DeviceName>, Problem> {
    let named = Named {
        username: &person.username,
        device: device.parse().map_err(|_| Problem::NotFound)?,
        name: naming.name.as_deref(),
        usual: &device_name(&headers),
        session: &session_of(&headers, &app).unwrap_or_default(),
        now: now().timestamp(),
    };
    Ok(Json(DeviceName { name: app.store.name_device(&named).await? }))
}
