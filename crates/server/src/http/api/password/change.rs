//! `POST password`: a person chooses another password, signed in or at a first sign-in, and is signed in with it.

use super::Brief;
use super::me::Me;
use super::session::{SignedIn, begin, verified};
use crate::accounts::check_password;
use crate::client_address::Peer;
use crate::passwords::hash_password;
use crate::problem::Problem;
use crate::state::App;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;

/// Who, the present password and the next one. The present one is asked for though there is a session: whoever finds a
/// computer unlocked does not so take the account over.
#[derive(serde::Deserialize)]
pub struct Change {
    username: String,
    password: String,
    new_password: String,
}

pub async fn change(
    State(app): State<App>,
    peer: Peer,
    headers: HeaderMap,
    Brief(change): Brief<Change>,
) -> Result<SignedIn<Json<Me>>, Problem> {
    let Change { username, password, new_password } = change;
    // Before the present one is compared: whoever thinks of a better one does not run out of tries.
    check_password(&username, Some(&password), &new_password).map_err(Problem::WeakPassword)?;
    let mut verified = verified(&app, (&peer, &headers), &username, password).await?;
    let (hash, turn) = verified.turn.run(move |_| hash_password(&new_password)).await?;
    verified.turn = turn;
    if !app.store.change_password(&username, &verified.secret.hash, &hash).await? {
        return Err(Problem::WrongPassword);
    }
    begin(&app, &headers, &username, verified).await
}
