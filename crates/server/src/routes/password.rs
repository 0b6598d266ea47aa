//! `POST password`: a person chooses another password, signed in or at a first sign-in, and is signed in with it.

use super::Body;
use super::me::Me;
use super::session::{SignedIn, begin, verified};
use crate::accounts::check_password;
use crate::problem::Problem;
use crate::session::hash_password;
use crate::state::App;
use axum::Json;
use axum::extract::State;

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
    Body(change): Body<Change>,
) -> Result<SignedIn<Json<Me>>, Problem> {
    let Change { username, password, new_password } = change;
    let secret = verified(&app, &username, &password).await?;
    check_password(&username, Some(&password), &new_password).map_err(Problem::WeakPassword)?;
    let hash = tokio::task::spawn_blocking(move || hash_password(&new_password)).await;
    let hash = hash.map_err(|error| Problem::Panicked(error.to_string()))?;
    if !app.store.change_password(&username, &secret.hash, &hash).await? {
        return Err(Problem::WrongPassword);
    }
    begin(&app, &username).await
}
