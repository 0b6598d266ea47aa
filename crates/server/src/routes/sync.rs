//! `POST sync/push` and `POST sync/pull`.

use super::Body;
use crate::problem::Problem;
use crate::session::Person;
use crate::state::{App, now};
use axum::Json;
use axum::extract::State;
use chitieu_sync::ledger::Push;
use chitieu_sync::message::{MOST_OPS, PullRequest, PullResponse, PushRequest, PushResponse};

pub async fn push(
    State(app): State<App>,
    person: Person,
    Body(request): Body<PushRequest>,
) -> Result<Json<PushResponse>, Problem> {
    if request.ops.len() > MOST_OPS {
        return Err(Problem::TooLarge);
    }
    // Another tab may have changed the session: nothing of another person's is recorded under this name.
    if request.ops.iter().any(|op| op.author != person.username) {
        return Err(Problem::OtherAuthor);
    }
    let push = Push {
        model: &app.plan.model,
        plans: std::slice::from_ref(&app.plan.version),
        grants: &person.grants,
        today: app.today(),
        epoch: app.store.epoch().await?,
    };
    Ok(Json(app.store.push(&push, &now().to_rfc3339(), &request.ops).await?))
}

pub async fn pull(
    State(app): State<App>,
    person: Person,
    Body(request): Body<PullRequest>,
) -> Result<Json<PullResponse>, Problem> {
    if request.author.as_ref().is_some_and(|author| *author != person.username) {
        return Err(Problem::OtherAuthor);
    }
    Ok(Json(app.store.pull(&app.plan.model, &person, app.today(), &request).await?))
}
