//! `POST session` signs in, `DELETE session` signs out.

use super::Body;
use super::me::{Me, describe};
use crate::problem::Problem;
use crate::session::{SESSION_SECONDS, new_token, set_cookie, token_hash, token_of, verify_password};
use crate::state::{App, now};
use crate::store::users::Secret;
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

/// An answer with the cookie of a new session.
pub type SignedIn<T> = (AppendHeaders<[(header::HeaderName, String); 1]>, T);

/// The account's secret, where the password is right and the account may sign in.
pub(super) async fn verified(app: &App, username: &str, password: &str) -> Result<Secret, Problem> {
    let now = now().timestamp();
    if app.throttle.is_blocked(username, now) {
        return Err(Problem::TooMany);
    }
    let secret = app.store.secret(username).await?;
    if secret.is_some() {
        crate::log::names(username);
    }
    let hash = secret.as_ref().map_or(NOBODY, |secret| &secret.hash).to_owned();
    let password = password.to_owned();
    let right = tokio::task::spawn_blocking(move || verify_password(&password, &hash)).await.unwrap_or(false);
    let Some(secret) = secret.filter(|_| right) else {
        app.throttle.wrong(username, now);
        return Err(Problem::WrongPassword);
    };
    if secret.is_disabled { Err(Problem::Disabled) } else { Ok(secret) }
}

/// Begins a session.
pub(super) async fn begin(app: &App, username: &str) -> Result<SignedIn<Json<Me>>, Problem> {
    let now = now().timestamp();
    let (token, hash) = new_token();
    app.store.begin_session(&hash, username, now, now + SESSION_SECONDS).await?;
    let person = app.store.person_of(&hash, now).await?.ok_or(Problem::NotSignedIn)?;
    tracing::info!("signed in");
    let cookie = set_cookie(&token, app.settings.secure_cookies);
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Json(describe(app, &person))))
}

pub async fn sign_in(
    State(app): State<App>,
    Body(credentials): Body<Credentials>,
) -> Result<SignedIn<Json<Me>>, Problem> {
    let Credentials { username, password } = credentials;
    if verified(&app, &username, &password).await?.must_change {
        return Err(Problem::MustChange);
    }
    begin(&app, &username).await
}

pub async fn sign_out(State(app): State<App>, headers: HeaderMap) -> Result<impl IntoResponse, Problem> {
    let secure = app.settings.secure_cookies;
    if let Some(token) = token_of(&headers, secure) {
        app.store.end_session(&token_hash(token)).await?;
        tracing::info!("signed out");
    }
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(header::SET_COOKIE, set_cookie("", secure))])))
}
