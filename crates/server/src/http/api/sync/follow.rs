//! `GET sync/events`: says when something changed that a person follows.

use crate::auth::session::{Person, person_of};
use crate::clock::now;
use crate::http::cookies::session_of;
use crate::http::state::App;
use crate::store::news::StreamNotification;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{self, KeepAlive, Sse};
use chitieu_sync::StreamId;
use chitieu_sync::api::CHANGED;
use chitieu_sync::cooperation;
use chitieu_sync::rights::{Reach, Right, Thing};
use futures_util::stream::{self, Stream};
use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::MissedTickBehavior;

/// How often an open stream asks whether its session still lasts, for what ends one without telling this server: time,
/// another server, the command line.
const LOOK: Duration = Duration::from_secs(10);

/// Says [`CHANGED`] whenever one of the streams that a person follows has something new; the device then pulls.
pub async fn follow(
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
    // Without a database nothing is heard of these; the device asks by itself in a while.
    let shared = app.store.cooperation(&person.grants, model, today).await.unwrap_or_default();
    names.extend(shared.reporters().into_iter().map(ToString::to_string));
    let may_cooperate = cooperation::may_cooperate(&person.grants, today);
    let names = Arc::new(names);
    // The one that the person was read from.
    let session = session_of(&headers, &app).unwrap_or_default();
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let listening = Some((app.store.news.listen(), look, app.store.clone()));
    let grants = Arc::new(person.grants);
    let events = stream::unfold(listening, move |listening| {
        let (names, session, grants) = (Arc::clone(&names), session.clone(), Arc::clone(&grants));
        async move {
            let (mut heard, mut look, store) = listening?;
            let mut is_last = false;
            loop {
                let news = tokio::select! {
                    news = heard.recv() => news,
                    _ = look.tick() => {
                        // A database that does not answer says nothing about the session.
                        match person_of(&store, &session, now().timestamp()).await {
                            Ok(None) => return None,
                            // The device asks again, and hears what it may hear by now.
                            Ok(Some(person)) if person.grants != *grants => return None,
                            _ => continue,
                        }
                    }
                };
                match news {
                    Ok(StreamNotification::Stream(stream)) if all || names.contains(&stream) => {
                        // Whose reports are filled in together may be others now: the device asks again, and hears of those.
                        is_last = may_cooperate && stream == StreamId::Plan.to_string();
                        break;
                    }
                    Ok(StreamNotification::Stream(_)) => {}
                    // Too much was missed to say what of it was followed.
                    Ok(StreamNotification::Missed) | Err(RecvError::Lagged(_)) => break,
                    Ok(StreamNotification::Ended(hash)) if hash != session => {}
                    Ok(StreamNotification::Ended(_) | StreamNotification::Stop) | Err(RecvError::Closed) => {
                        return None;
                    }
                }
            }
            let listening = (!is_last).then_some((heard, look, store));
            Some((Ok(sse::Event::default().data(CHANGED)), listening))
        }
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}
