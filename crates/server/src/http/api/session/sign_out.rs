//! `DELETE session`: ends the session of whoever asks, if there is one.

use crate::http::cookies::{Cookie, session_of};
use crate::http::problem::Problem;
use crate::http::state::App;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse};

pub async fn sign_out(State(app): State<App>, headers: HeaderMap) -> Result<impl IntoResponse, Problem> {
    if let Some(session) = session_of(&headers, &app) {
        app.store.end_session(&session).await?;
        tracing::info!("signed out");
    }
    let cookie = Cookie::Session.set("", app.settings.secure_cookies);
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(header::SET_COOKIE, cookie)])))
}
