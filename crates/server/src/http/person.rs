//! The person whom a request comes from, by its session's cookie.

use super::cookies::session_of;
use super::problem::Problem;
use super::state::App;
use crate::auth::session::{Person, person_of};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chitieu_sync::rights::{Right, Thing};

impl FromRequestParts<App> for Person {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let session = session_of(&parts.headers, app).ok_or(Problem::NotSignedIn)?;
        let now = crate::clock::now().timestamp();
        let person = person_of(&app.store, &session, now).await?.ok_or(Problem::NotSignedIn)?;
        crate::log::names(&person.username);
        Ok(person)
    }
}

/// Refuses what a person may not do or read.
pub fn require(app: &App, person: &Person, right: Right, about: Thing) -> Result<(), Problem> {
    let may = person.grants.allows(right, about, &app.plan.model, app.today());
    if may { Ok(()) } else { Err(Problem::Forbidden) }
}
