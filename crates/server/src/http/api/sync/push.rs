//! `POST sync/push`: ops of a device, judged and kept in one transaction.

use crate::auth::session::Person;
use crate::clock::{now, timestamp};
use crate::http::extract::Body;
use crate::http::problem::Problem;
use crate::http::state::App;
use crate::store::push::queue::Request;
use axum::Json;
use axum::extract::State;
use chitieu_sync::cooperation::Cooperation;
use chitieu_sync::entity::task_report;
use chitieu_sync::incoming::{Incoming, OtherAuthor};
use chitieu_sync::message::{MOST_OPS, OpResult, PushResponse};
use chitieu_sync::packed_push::{Packed, UnpackError};
use chitieu_sync::{Op, Outcome, Rejection};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::sync::Arc;

/// [`chitieu_sync::message::PushRequest`] or the packed form of it, whose ops are read one by one: one that does not read
/// stops none of the others.
#[derive(Deserialize)]
pub struct RawPush {
    /// In v0.1.0's form.
    #[serde(default)]
    ops: Option<Vec<Box<RawValue>>>,
    /// By columns.
    #[serde(default)]
    packed: Option<Packed>,
    /// Where the device stands: what it was told must be in the log that its ops are judged by.
    #[serde(default)]
    cursor: Option<String>,
}

pub async fn push(
    State(app): State<App>,
    person: Person,
    Body(request): Body<RawPush>,
) -> Result<Json<PushResponse>, Problem> {
    let unpacked = request.packed.as_ref().map(Packed::unpack).transpose().map_err(|why| match why {
        UnpackError::TooMuch => Problem::TooLarge,
        UnpackError::Ids | UnpackError::Column | UnpackError::Number => Problem::BadRequest(why.to_string()),
    })?;
    let ops: Vec<&str> = match (&unpacked, &request.ops) {
        (Some(texts), None) => texts.iter().map(String::as_str).collect(),
        (None, Some(ops)) => ops.iter().map(|raw| raw.get()).collect(),
        _ => return Err(Problem::BadRequest("a push has either `ops` or `packed`".to_owned())),
    };
    if ops.len() > MOST_OPS {
        return Err(Problem::TooLarge);
    }
    // Another tab may have changed the session: nothing of another person's is recorded under this name.
    let mut incoming = Incoming::read(&person.username, ops).map_err(|OtherAuthor| Problem::OtherAuthor)?;
    if let Some(cursor) = &request.cursor {
        app.store.hold_to(cursor, now()).await?;
    }
    // It is asked for where an op is about a report, or may let go of one that was held.
    let is_about = |op: &Op| op.entity().is_some_and(|key| key.kind == task_report::ID);
    let cooperation = if !incoming.malformed.is_empty() || incoming.ops.iter().any(is_about) {
        app.store.cooperation(&person.grants, &app.plan.model, app.today()).await?
    } else {
        Cooperation::default()
    };
    let request = Request {
        model: Arc::clone(&app.plan.model),
        plans: Arc::clone(&app.plans),
        author: person.username,
        grants: person.grants,
        cooperation,
        // v0.1.0 names no cursor, and does not know that an op may be deferred.
        defers: request.cursor.is_some(),
        today: app.today(),
        at: timestamp(),
        ops: std::mem::take(&mut incoming.ops),
        malformed: std::mem::take(&mut incoming.malformed),
    };
    let (mut answer, malformed) = app.pushes.push(&app.store, request).await?;
    answer.results = incoming.results(answer.results, malformed);
    log_rejections(&answer.results);
    Ok(Json(answer))
}

/// Of one push so many altered replays are named.
const NAMED: usize = 5;

/// How many ops were rejected and why, and as an alarm which came before with another content: a device whose store is
/// damaged, or somebody who tries to change what is recorded. No value is told.
fn log_rejections(results: &[OpResult]) {
    let mut counts: Vec<(Rejection, usize)> = Vec::new();
    for result in results {
        let Outcome::Rejected { code } = result.outcome else { continue };
        match counts.iter_mut().find(|(known, _)| *known == code) {
            Some((_, count)) => *count += 1,
            None => counts.push((code, 1)),
        }
    }
    for (code, count) in counts {
        tracing::warn!(?code, count, "ops rejected");
    }
    let is_altered =
        |result: &&OpResult| matches!(result.outcome, Outcome::Rejected { code: Rejection::PayloadDiffers });
    for result in results.iter().filter(is_altered).take(NAMED) {
        tracing::warn!(op = %result.op_id, "altered replay");
    }
}
