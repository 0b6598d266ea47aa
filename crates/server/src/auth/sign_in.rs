//! `POST session` signs in, `DELETE session` signs out; `GET sessions` lists those of a person, `DELETE sessions/{id}` ends
//! one.

use super::Brief;
use super::me::{Me, describe};
use crate::client_address::Peer;
use crate::clock::{now, told};
use crate::hashing::Turn;
use crate::passwords::verify_password_in;
use crate::problem::Problem;
use crate::session::{Cookie, Person, device_name, new_token, session_of, token_hash};
use crate::state::App;
use crate::store::sessions::{Entry, session_id};
use crate::store::users::Secret;
use crate::throttle::Lane;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse};
use serde::Serialize;

/// Most bytes of a sign-in.
pub const MOST_BYTES: usize = 8 * 1024;

/// Name and password.
#[derive(serde::Deserialize)]
pub struct Credentials {
    username: String,
    password: String,
}

/// A hash that no password has, so that an unknown name takes as long as a wrong password.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// An answer with the cookies of a new session.
pub(super) type SignedIn<T> = (AppendHeaders<[(header::HeaderName, String); 2]>, T);

/// A try whose password is right. Until a session begins it stays counted, and keeps its turn: of tries that are right no
/// more are counted at once than have a turn.
pub(super) struct Verified {
    pub secret: Secret,
    pub turn: Turn,
    lanes: Vec<Lane>,
    /// The token that the browser keeps, and its hash.
    device: Option<(String, String)>,
    now: i64,
}

/// Compares a password, where the account and whoever asks may try one and the account may sign in.
pub(super) async fn verified(
    app: &App,
    (peer, headers): (&Peer, &HeaderMap),
    username: &str,
    password: String,
) -> Result<Verified, Problem> {
    let store = &app.store;
    let device = Cookie::Device.of(headers, app.settings.secure_cookies);
    let device = device.map(|token| (token.to_owned(), token_hash(token)));
    let lanes = match &device {
        Some((_, hash)) if store.knows_device_of(hash, username).await? => {
            vec![Lane::Device(hash.clone(), username.to_owned())]
        }
        _ => {
            let address = peer.client(headers, app.settings.behind_proxy);
            vec![Lane::Account(username.to_owned()), Lane::Address(address)]
        }
    };
    let now = now().timestamp();
    if let Some(wait) = store.must_wait(&lanes, now).await? {
        return Err(Problem::TooManyTries(wait));
    }
    let turn = app.hashing.turn().await?;
    if let Some(wait) = store.count_try(&lanes, now).await? {
        return Err(Problem::TooManyTries(wait));
    }
    let secret = store.secret(username).await?;
    if secret.is_some() {
        crate::log::names(username);
    }
    let hash = secret.as_ref().map_or(NOBODY, |secret| &secret.hash).to_owned();
    let (right, turn) = turn.run(move |memory| verify_password_in(memory, &password, &hash)).await?;
    let secret = secret.filter(|_| right).ok_or(Problem::WrongPassword)?;
    if secret.is_disabled {
        return Err(Problem::Disabled);
    }
    Ok(Verified { secret, turn, lanes, device, now })
}

/// Begins a session.
pub(super) async fn begin(
    app: &App,
    headers: &HeaderMap,
    username: &str,
    verified: Verified,
) -> Result<SignedIn<Json<Me>>, Problem> {
    let Verified { turn, lanes, device, now, .. } = verified;
    let (store, secure) = (&app.store, app.settings.secure_cookies);
    let (token, hash) = new_token();
    let (device, device_hash) = match device {
        Some((token, hash)) if store.knows_device(&hash).await? => (token, hash),
        _ => new_token(),
    };
    let before = session_of(headers, app);
    let entry = Entry {
        username,
        token_hash: &hash,
        before: before.as_deref(),
        device_hash: &device_hash,
        device: &device_name(headers),
        lanes: &lanes,
        now,
    };
    store.begin_session(&entry).await?;
    drop(turn);
    let person = store.person_of(&hash, now).await?.ok_or(Problem::NotSignedIn)?;
    tracing::info!("signed in");
    let cookies = [Cookie::Session.set(&token, secure), Cookie::Device.set(&device, secure)];
    Ok((AppendHeaders(cookies.map(|cookie| (header::SET_COOKIE, cookie))), Json(describe(app, &person))))
}

pub async fn sign_in(
    State(app): State<App>,
    peer: Peer,
    headers: HeaderMap,
    Brief(credentials): Brief<Credentials>,
) -> Result<SignedIn<Json<Me>>, Problem> {
    let Credentials { username, password } = credentials;
    let verified = verified(&app, (&peer, &headers), &username, password).await?;
    if verified.secret.must_change {
        return Err(Problem::MustChange);
    }
    begin(&app, &headers, &username, verified).await
}

pub async fn sign_out(State(app): State<App>, headers: HeaderMap) -> Result<impl IntoResponse, Problem> {
    if let Some(session) = session_of(&headers, &app) {
        app.store.end_session(&session).await?;
        tracing::info!("signed out");
    }
    let cookie = Cookie::Session.set("", app.settings.secure_cookies);
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(header::SET_COOKIE, cookie)])))
}

/// A session as its person is told of it.
#[derive(Serialize)]
pub struct Listed {
    id: String,
    /// Browser and system, as far as they are known.
    device: String,
    began_at: String,
    /// To the hour.
    seen_at: String,
    /// The one that asks.
    is_this: bool,
}

pub async fn list(
    State(app): State<App>,
    person: Person,
    headers: HeaderMap,
) -> Result<Json<Vec<Listed>>, Problem> {
    let this = session_of(&headers, &app);
    let sessions = app.store.sessions(&person.username, now().timestamp()).await?;
    let listed = sessions.into_iter().map(|session| Listed {
        is_this: this.as_deref().is_some_and(|hash| session_id(hash) == session.id),
        id: session.id,
        device: session.device,
        began_at: told(session.began_at),
        seen_at: told(session.seen_at),
    });
    Ok(Json(listed.collect()))
}

pub async fn end(
    State(app): State<App>,
    person: Person,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let ended = app.store.end_session_of(&person.username, &id).await?;
    if ended { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::NotFound) }
}
