//! `POST history/feed`: what happened to all that a person's device holds.

use crate::auth::session::Person;
use crate::http::extract::Body;
use crate::http::problem::Problem;
use crate::http::state::App;
use axum::Json;
use axum::extract::State;
use chitieu_sync::history::{Feed, FeedRequest};

pub async fn feed(
    State(app): State<App>,
    person: Person,
    Body(request): Body<FeedRequest>,
) -> Result<Json<Feed>, Problem> {
    Ok(Json(app.store.history_feed(&app.plan.model, person.reader(), app.today(), &request).await?))
}
