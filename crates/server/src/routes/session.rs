//! `POST session` signs in, `DELETE session` signs out.

use super::Body;
use super::me::{Me, describe};
use crate::problem::Problem;
use crate::session::{SESSION_SECONDS, new_token, set_cookie, token_hash, token_of, verify_password};
use crate::state::{App, now};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse};

/// Name and password.
#[derive(serde::Deserialize)]
pub struct Credentials {
    username: String,
    password: String,
}

/// A hash that no password has, so that an unknown name takes as long as a wrong password.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

pub async fn sign_in(
    State(app): State<App>,
    Body(credentials): Body<Credentials>,
) -> Result<(AppendHeaders<[(header::HeaderName, String); 1]>, Json<Me>), Problem> {
    let Credentials { username, password } = credentials;
    let now = now().timestamp();
    if app.throttle.is_blocked(&username, now) {
        return Err(Problem::TooMany);
    }
    let hash = app.store.password_hash(&username).await?;
    let known = hash.is_some();
    if known {
        crate::log::names(&username);
    }
    let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
    let right = tokio::task::spawn_blocking(move || verify_password(&password, &hash)).await.unwrap_or(false);
    if !(known && right) {
        app.throttle.wrong(&username, now);
        return Err(Problem::WrongPassword);
    }
    let (token, hash) = new_token();
    app.store.begin_session(&hash, &username, now, now + SESSION_SECONDS).await?;
    let person = app.store.person_of(&hash, now).await?.ok_or(Problem::NotSignedIn)?;
    tracing::info!("signed in");
    let cookie = set_cookie(&token, app.settings.secure_cookies);
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Json(describe(&app, &person))))
}

pub async fn sign_out(State(app): State<App>, headers: HeaderMap) -> Result<impl IntoResponse, Problem> {
    let secure = app.settings.secure_cookies;
    if let Some(token) = token_of(&headers, secure) {
        app.store.end_session(&token_hash(token)).await?;
        tracing::info!("signed out");
    }
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(header::SET_COOKIE, set_cookie("", secure))])))
}
