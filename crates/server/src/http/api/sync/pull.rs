//! `POST sync/pull`: the next page of what a device follows.

use crate::auth::session::Person;
use crate::http::extract::Body;
use crate::http::problem::Problem;
use crate::http::state::App;
use axum::Json;
use axum::extract::State;
use chitieu_sync::message::{PullRequest, PullResponse};

pub async fn pull(
    State(app): State<App>,
    person: Person,
    Body(request): Body<PullRequest>,
) -> Result<Json<PullResponse>, Problem> {
    if request.author.as_ref().is_some_and(|author| *author != person.username) {
        return Err(Problem::OtherAuthor);
    }
    Ok(Json(app.store.pull(&app.plan.model, person.reader(), app.today(), &request).await?))
}
