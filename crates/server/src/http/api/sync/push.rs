//! `POST sync/push` and `POST sync/pull`.

use super::Body;
use crate::clock::{now, timestamp};
use crate::problem::Problem;
use crate::session::{Person, session_of};
use crate::state::App;
use crate::store::news::StreamNotification;
use crate::store::push::queue::Request;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{self, KeepAlive, Sse};
use chitieu_sync::incoming::{Incoming, OtherAuthor};
use chitieu_sync::message::{MOST_OPS, OpResult, PullRequest, PullResponse, PushResponse};
use chitieu_sync::packed_push::{Packed, UnpackError};
use chitieu_sync::rights::{Reach, Right, Thing};
use chitieu_sync::{Outcome, Rejection, StreamId};
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::MissedTickBehavior;

/// A push whose ops are read one by one.
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
    let request = Request {
        model: Arc::clone(&app.plan.model),
        plans: Arc::clone(&app.plans),
        author: person.username,
        grants: person.grants,
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

/// How often an open stream asks whether its session still lasts, for what ends one without telling this server: time,
/// another server, the command line.
const LOOK: Duration = Duration::from_secs(10);

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

/// Says "changed" whenever one of the streams that a person follows has something new; the device then pulls.
pub async fn news(
    State(app): State<App>,
    person: Person,
    headers: HeaderMap,
) -> Sse<impl Stream<Item = Result<sse::Event, Infallible>>> {
    let model = &app.plan.model;
    let today = app.today();
    // Who is told of sums hears that something changed in them, though not what.
    let (all, theirs) = match person.grants.reach(Right::ReadSums, model, today) {
        Reach::All => (true, Vec::new()),
        Reach::Of(theirs) => (false, theirs),
    };
    let mut names = theirs.into_iter().map(|r| model.reporter(r).id.to_string()).collect::<HashSet<_>>();
    if person.grants.allows(Right::ReadPlan, Thing::Plan, model, today) {
        names.insert(StreamId::Plan.to_string());
    }
    let names = Arc::new(names);
    // The one that the person was read from.
    let session = session_of(&headers, &app).unwrap_or_default();
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let listening = (app.store.news.listen(), look, app.store.clone());
    let grants = Arc::new(person.grants);
    let events = stream::unfold(listening, move |(mut heard, mut look, store)| {
        let (names, session, grants) = (Arc::clone(&names), session.clone(), Arc::clone(&grants));
        async move {
            loop {
                let news = tokio::select! {
                    news = heard.recv() => news,
                    _ = look.tick() => {
                        // A database that does not answer says nothing about the session.
                        match store.person_of(&session, now().timestamp()).await {
                            Ok(None) => return None,
                            // The device asks again, and hears what it may hear by now.
                            Ok(Some(person)) if person.grants != *grants => return None,
                            _ => continue,
                        }
                    }
                };
                match news {
                    Ok(StreamNotification::Stream(stream)) if all || names.contains(&stream) => break,
                    Ok(StreamNotification::Stream(_)) => {}
                    // Too much was missed to say what of it was followed.
                    Ok(StreamNotification::Missed) | Err(RecvError::Lagged(_)) => break,
                    Ok(StreamNotification::Ended(hash)) if hash != session => {}
                    Ok(StreamNotification::Ended(_) | StreamNotification::Stop) | Err(RecvError::Closed) => {
                        return None;
                    }
                }
            }
            Some((Ok(sse::Event::default().data("changed")), (heard, look, store)))
        }
    });
    Sse::new(events).keep_alive(KeepAlive::default())
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
