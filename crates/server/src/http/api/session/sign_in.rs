//! `POST session`: name and password for a session.

use crate::auth::sign_in::{self, Asking, Verified};
use crate::clock::now;
use crate::http::client_address::Peer;
use crate::http::cookies::{Cookie, device_name, session_of};
use crate::http::extract::Brief;
use crate::http::problem::Problem;
use crate::http::state::App;
use crate::services::profile::describe;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::AppendHeaders;
use chitieu_sync::api::{Credentials, Profile};

/// An answer with the cookies of a new session.
pub type SignedIn = (AppendHeaders<[(header::HeaderName, String); 2]>, Json<Profile>);

/// Compares a password, where the account and whoever asks may try one and the account may sign in.
pub async fn verified(
    app: &App,
    (peer, headers): (&Peer, &HeaderMap),
    username: &str,
    password: String,
) -> Result<Verified, Problem> {
    let asking = Asking {
        username,
        password,
        device: Cookie::Device.of(headers, app.settings.secure_cookies),
        address: peer.client(headers, app.settings.behind_proxy),
        now: now().timestamp(),
    };
    Ok(sign_in::verify(&app.store, &app.hashing, asking).await?)
}

/// Begins a session.
pub async fn begin(
    app: &App,
    headers: &HeaderMap,
    username: &str,
    verified: Verified,
) -> Result<SignedIn, Problem> {
    let (before, secure) = (session_of(headers, app), app.settings.secure_cookies);
    let device = device_name(headers);
    let signed_in = sign_in::begin(&app.store, verified, username, before.as_deref(), &device).await?;
    let sign_in::SignedIn { person, session, device } = signed_in;
    let cookies = [Cookie::Session.set(&session, secure), Cookie::Device.set(&device, secure)];
    let me = describe(&app.context, &person);
    Ok((AppendHeaders(cookies.map(|cookie| (header::SET_COOKIE, cookie))), Json(me)))
}

pub async fn sign_in(
    State(app): State<App>,
    peer: Peer,
    headers: HeaderMap,
    Brief(credentials): Brief<Credentials>,
) -> Result<SignedIn, Problem> {
    let Credentials { username, password } = credentials;
    let verified = verified(&app, (&peer, &headers), &username, password).await?;
    if verified.must_change() {
        return Err(Problem::MustChange);
    }
    begin(&app, &headers, &username, verified).await
}
