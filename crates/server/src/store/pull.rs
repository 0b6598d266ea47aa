//! Gives events out: a snapshot of what stands, then the log from the point the snapshot was begun at.
//!
//! An event carries the whole present state of its cell, so whatever changes while a snapshot is being read
//! page by page comes again with the log and does no harm.

use super::figures::{cell_state, parse_state, period_of};
use super::{Store, unreadable};
use crate::problem::Problem;
use crate::session::Person;
use chitieu_domain::{Model, ReporterId};
use chitieu_sync::message::{Event, EventBody, MOST_EVENTS, PullRequest, PullResponse, SubmissionStanding};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sqlx::{Row, SqliteConnection};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Where a device stands; opaque to it.
#[derive(Debug, Serialize, Deserialize)]
struct Cursor {
    /// Epoch.
    e: u64,
    /// Last event seen, by stream.
    s: BTreeMap<i64, i64>,
    /// While a snapshot is being read: the last cell seen.
    a: Option<i64>,
}

/// How many of the latest published submissions somebody who follows all is shown.
const LATEST_PUBLISHED: i64 = 2_000;

impl Store {
    /// The next page for a person.
    pub async fn pull(
        &self,
        model: &Model,
        person: &Person,
        today: NaiveDate,
        request: &PullRequest,
    ) -> Result<PullResponse, Problem> {
        let epoch = self.epoch().await?;
        let limit = request.limit.unwrap_or(1_000).clamp(1, MOST_EVENTS) as i64;
        let mut tx = self.pool.begin().await?;
        let names = person.grants.follows(model, today);
        let names = names.into_iter().map(|r| model.reporter(r).id.to_string()).collect();
        let followed = followed(&mut tx, person, names).await?;
        let mut cursor = match &request.cursor {
            None => Cursor { e: epoch, s: followed.clone(), a: Some(0) },
            Some(text) => {
                let mut cursor: Cursor = serde_json::from_str(text).map_err(|_| Problem::CursorGone)?;
                let left = cursor.s.keys().any(|stream| !followed.contains_key(stream));
                let joined = followed.keys().any(|stream| !cursor.s.contains_key(stream));
                // Somebody who follows all learns of a new stream from its first event on.
                if cursor.e != epoch || left || (joined && !person.grants.follows_all_submissions()) {
                    return Err(Problem::CursorGone);
                }
                for stream in followed.keys() {
                    cursor.s.entry(*stream).or_insert(0);
                }
                cursor
            }
        };
        let streams = serde_json::to_string(&followed.keys().collect::<Vec<_>>()).map_err(unreadable)?;
        let (events, has_more) = match cursor.a {
            Some(after) => snapshot(&mut tx, person, &streams, &mut cursor, after, limit).await?,
            None => log(&mut tx, person, &mut cursor, limit).await?,
        };
        let ack_device_seq = match request.device_id {
            Some(device) => recorded_up_to(&mut tx, device).await?,
            None => 0,
        };
        tx.commit().await?;
        let next_cursor = serde_json::to_string(&cursor).map_err(unreadable)?;
        Ok(PullResponse { epoch, events, next_cursor, has_more, ack_device_seq })
    }
}

/// The streams a person follows, with their present end.
async fn followed(
    connection: &mut SqliteConnection,
    person: &Person,
    names: Vec<String>,
) -> Result<BTreeMap<i64, i64>, sqlx::Error> {
    let all = person.grants.follows_all_submissions();
    let rows =
        sqlx::query("SELECT id, seq FROM streams WHERE ?1 OR reporter IN (SELECT value FROM json_each(?2))")
            .bind(all)
            .bind(serde_json::to_string(&names).map_err(unreadable)?)
            .fetch_all(connection)
            .await?;
    Ok(rows.iter().map(|row| (row.get("id"), row.get("seq"))).collect())
}

async fn snapshot(
    connection: &mut SqliteConnection,
    person: &Person,
    streams: &str,
    cursor: &mut Cursor,
    after: i64,
    limit: i64,
) -> Result<(Vec<Event>, bool), sqlx::Error> {
    let all = person.grants.follows_all_submissions();
    let mut events = Vec::new();
    if !all {
        let rows = sqlx::query(
            "SELECT c.id, s.reporter, c.period, c.element, c.rev, c.value, c.op_id, c.author, c.entered_at, \
             c.reason, c.branches FROM cells c JOIN streams s ON s.id = c.stream \
             WHERE c.stream IN (SELECT value FROM json_each(?)) AND c.id > ? ORDER BY c.id LIMIT ?",
        )
        .bind(streams)
        .bind(after)
        .bind(limit)
        .fetch_all(&mut *connection)
        .await?;
        for row in &rows {
            let cell = cell_state(row)?;
            let body =
                EventBody::Cell { element: row.get("element"), head: cell.head, branches: cell.branches };
            events.push(Event { reporter: reporter_of(row.get("reporter"))?, period: period_of(row)?, body });
        }
        if let Some(last) = rows.last().filter(|_| rows.len() as i64 == limit) {
            cursor.a = Some(last.get("id"));
            return Ok((events, true));
        }
    }
    cursor.a = None;
    let rows = sqlx::query(
        "SELECT s.reporter, u.period, u.form, u.state, u.rev, u.author, u.entered_at, u.reason \
         FROM submissions u JOIN streams s ON s.id = u.stream WHERE u.stream IN (SELECT value FROM json_each(?1)) \
         AND (NOT ?2 OR u.state <> 'published' OR u.id > (SELECT MAX(id) FROM submissions) - ?3)",
    )
    .bind(streams)
    .bind(all)
    .bind(LATEST_PUBLISHED)
    .fetch_all(connection)
    .await?;
    for row in &rows {
        let standing = SubmissionStanding {
            state: parse_state(row.get("state"))?,
            rev: row.get::<i64, _>("rev") as u64,
            author: row.get("author"),
            at: row.get("entered_at"),
            reason: row.get("reason"),
        };
        let body = EventBody::Submission { form: row.get("form"), standing };
        events.push(Event { reporter: reporter_of(row.get("reporter"))?, period: period_of(row)?, body });
    }
    Ok((events, false))
}

async fn log(
    connection: &mut SqliteConnection,
    person: &Person,
    cursor: &mut Cursor,
    limit: i64,
) -> Result<(Vec<Event>, bool), sqlx::Error> {
    let rows = sqlx::query(
        "SELECT e.stream, e.seq, e.body FROM json_each(?) j \
         JOIN events e ON e.stream = CAST(j.key AS INTEGER) AND e.seq > j.value \
         ORDER BY e.stream, e.seq LIMIT ?",
    )
    .bind(serde_json::to_string(&cursor.s).map_err(unreadable)?)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    let mut events = Vec::with_capacity(rows.len());
    for row in &rows {
        let event: Event = serde_json::from_str(row.get("body")).map_err(unreadable)?;
        cursor.s.insert(row.get("stream"), row.get("seq"));
        let is_cell = matches!(event.body, EventBody::Cell { .. });
        if !(is_cell && person.grants.follows_all_submissions()) {
            events.push(event);
        }
    }
    Ok((events, rows.len() as i64 == limit))
}

/// The device's ops are recorded without a gap up to this one.
async fn recorded_up_to(connection: &mut SqliteConnection, device: Uuid) -> Result<u64, sqlx::Error> {
    let first_gap: Option<i64> = sqlx::query_scalar(
        "SELECT MIN(o.device_seq) FROM ops o WHERE o.device_id = ?1 AND NOT EXISTS \
         (SELECT 1 FROM ops n WHERE n.device_id = ?1 AND n.device_seq = o.device_seq + 1) AND \
         (SELECT MIN(device_seq) FROM ops WHERE device_id = ?1) = 1",
    )
    .bind(device.as_bytes().as_slice())
    .fetch_one(connection)
    .await?;
    Ok(first_gap.unwrap_or(0) as u64)
}

fn reporter_of(text: &str) -> Result<ReporterId, sqlx::Error> {
    text.parse().map_err(unreadable)
}
