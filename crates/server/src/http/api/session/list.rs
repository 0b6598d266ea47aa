//! `GET sessions`: where a person is signed in.

use crate::auth::session::{LASTS, Person};
use crate::clock::{now, told};
use crate::http::cookies::session_of;
use crate::http::problem::Problem;
use crate::http::state::App;
use crate::store::sessions::session_id;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use chitieu_sync::api::ListedSession;

pub async fn list(
    State(app): State<App>,
    person: Person,
    headers: HeaderMap,
) -> Result<Json<Vec<ListedSession>>, Problem> {
    let this = session_of(&headers, &app);
    let sessions = app.store.sessions(&person.username, now().timestamp(), LASTS).await?;
    let listed = sessions.into_iter().map(|session| ListedSession {
        is_this: this.as_deref().is_some_and(|hash| session_id(hash) == session.id),
        id: session.id,
        device: session.device,
        began_at: told(session.began_at),
        seen_at: told(session.seen_at),
    });
    Ok(Json(listed.collect()))
}
