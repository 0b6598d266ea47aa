//! `POST password`: a person chooses another password, signed in or at a first sign-in, and is signed in with it.

use crate::auth::accounts::check_password;
use crate::http::api::session::sign_in::{SignedIn, begin, verified};
use crate::http::client_address::Peer;
use crate::http::extract::Brief;
use crate::http::problem::Problem;
use crate::http::state::App;
use axum::extract::State;
use axum::http::HeaderMap;
use chitieu_sync::api::PasswordChange;

pub async fn change(
    State(app): State<App>,
    peer: Peer,
    headers: HeaderMap,
    Brief(change): Brief<PasswordChange>,
) -> Result<SignedIn, Problem> {
    let PasswordChange { username, password, new_password } = change;
    // Before the present one is compared: whoever thinks of a better one does not run out of tries.
    check_password(&username, Some(&password), &new_password).map_err(Problem::WeakPassword)?;
    let verified = verified(&app, (&peer, &headers), &username, password).await?;
    let verified = verified.change_password(&app.store, &username, new_password).await?;
    begin(&app, &headers, &username, verified).await
}
