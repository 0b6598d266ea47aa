//! Gives events out: a snapshot of what stands, then the log from the point the snapshot was begun at.
//!
//! An event carries the whole present state of its cell, so whatever changes while a snapshot is being read
//! page by page comes again with the log and does no harm.

use super::cursor::{Cursor, epoch_and_key};
use super::database::{Purpose, Row, Tx};
use super::error::StoreError;
use super::figures::{cell_state, period_of, standing};
use super::followed::{Followed, Reader};
use super::page::{MOST_BYTES, ROW, entity_row, stream_of};
use super::{Store, json, review, unreadable};
use crate::clock::{now, timestamp};
use crate::values;
use chitieu_domain::Model;
use chitieu_sync::Outcome;
use chitieu_sync::entity::{EntityKey, Kind};
use chitieu_sync::judge::{CellState, MOST_BRANCHES};
use chitieu_sync::kinds::{self, FIGURE};
use chitieu_sync::message::{Event, EventBody, MOST_EVENTS, MOST_OPS, OpResult, PullRequest, PullResponse};
use chrono::NaiveDate;
use serde_json::{Value as Json, json as list};
use uuid::Uuid;

/// How many of the latest published submissions somebody who follows all is shown.
const LATEST_PUBLISHED: i64 = 2_000;

/// Why no page is given.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    /// The cursor is of another lifetime of the database or of other rights: the device starts over.
    #[error("the cursor is gone")]
    CursorGone,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// The next page for a person.
    pub async fn pull(
        &self,
        model: &Model,
        reader: Reader<'_>,
        today: NaiveDate,
        request: &PullRequest,
    ) -> Result<PullResponse, PullError> {
        if let Some(cursor) = &request.cursor {
            self.hold_to(cursor, now()).await?;
        }
        let limit = request.limit.unwrap_or(1_000).clamp(1, MOST_EVENTS) as i64;
        let mut tx = self.database.begin(Purpose::Read).await?;
        let (epoch, key) = epoch_and_key(&mut tx).await?;
        let kinds = request.kinds.clone().unwrap_or_default();
        let reads_entities = Kind::IDS.iter().any(|kind| kinds.has(kind));
        let followed = Followed::of(&mut tx, reader, model, today, reads_entities).await?;
        let mut cursor = match &request.cursor {
            None => Cursor {
                e: epoch,
                s: followed.ends.clone(),
                a: Some(0),
                k: kinds,
                g: followed.mark.clone(),
                ..Cursor::default()
            },
            Some(text) => {
                let mut cursor: Cursor = serde_json::from_str(text).map_err(|_| PullError::CursorGone)?;
                let is_marked = !cursor.g.is_empty() || !reader.grants.is_of_v0_1_0();
                if cursor.e != epoch || (is_marked && cursor.g != followed.mark) {
                    return Err(PullError::CursorGone);
                }
                let left = cursor.s.keys().any(|stream| !followed.ends.contains_key(stream));
                let mut joined = followed.ends.keys().filter(|stream| !cursor.s.contains_key(stream));
                // A stream that came since is read from its first event on, but for figures that were brought in without one.
                let is_new = |stream| !followed.goes_beyond_cells() || followed.cells.contains(stream);
                if left || joined.any(is_new) {
                    return Err(PullError::CursorGone);
                }
                cursor.g.clone_from(&followed.mark);
                // What was withheld until now is behind the cursor.
                if !cursor.k.cover(&kinds) {
                    return Err(PullError::CursorGone);
                }
                cursor.k = kinds;
                for stream in followed.ends.keys() {
                    cursor.s.entry(*stream).or_insert(0);
                }
                cursor
            }
        };
        let is_snapshot = cursor.a.is_some() || cursor.n.is_some();
        let (events, has_more) = match (cursor.n, cursor.a) {
            (Some(after), _) => entities(&mut tx, &followed, &mut cursor, after, limit).await?,
            (None, Some(after)) => snapshot(&mut tx, &followed, &mut cursor, after, limit).await?,
            (None, None) => log(&mut tx, &followed, &mut cursor, limit).await?,
        };
        cursor.name_events(&mut tx).await?;
        let ack_device_seq = match request.device_id {
            Some(device) => recorded_up_to(&mut tx, device).await?,
            None => 0,
        };
        let late = late(&mut tx, reader, &request.held).await?;
        tx.commit().await?;
        let next_cursor = cursor.signed(&key)?;
        Ok(PullResponse {
            epoch,
            events,
            is_snapshot,
            next_cursor,
            has_more,
            ack_device_seq,
            late,
            at: timestamp(),
        })
    }
}

async fn snapshot(
    tx: &mut Tx,
    followed: &Followed<'_>,
    cursor: &mut Cursor,
    after: i64,
    limit: i64,
) -> Result<(Vec<Event>, bool), StoreError> {
    let (streams, own) = (json(&followed.submissions)?, json(&followed.cells)?);
    let mut events = Vec::new();
    // Below 0: the cells were told, and submissions up to that place.
    let seen = -1 - after.min(-1);
    if !followed.cells.is_empty() && after >= 0 && cursor.k.has(FIGURE) {
        let sql = "SELECT c.id, s.reporter, c.period, c.element, c.rev, c.value, c.op_id, c.author, \
             c.received_at, c.reason, c.note, c.estimated, c.cleared, c.branches, c.more \
             FROM cells c JOIN streams s ON s.id = c.stream \
             WHERE c.stream IN {ints $1} AND c.id > $2 AND (c.rev > 0 OR c.branches <> '[]') \
             ORDER BY c.id LIMIT $3";
        let weigh =
            |row: &Row| Ok(ROW + row.len_of("branches")? + row.len_of("reason")? + row.len_of("note")?);
        let values = values![&own, after, limit];
        let (rows, is_cut) = tx.fetch_page(sql, values, MOST_BYTES, weigh).await?;
        for row in &rows {
            let CellState { head, branches, more } = cell_state(row)?.told();
            let element = row.text("element")?;
            let Ok(period) = period_of(row) else {
                let said = list!({ "type": "cell", "element": element, "head": head, "branches": branches });
                events.push(of_later_period(row, said)?);
                continue;
            };
            let body = EventBody::Cell { period, element, head, branches, more };
            events.push(Event { stream: stream_of(row)?, body });
        }
        events.retain(|event| followed.tells(event));
        if let Some(last) = rows.last().filter(|_| is_cut || rows.len() as i64 == limit) {
            cursor.a = Some(last.int("id")?);
            return Ok((events, true));
        }
    }
    // What else stands comes on pages of its own.
    let more = Kind::IDS.iter().any(|kind| cursor.k.has(kind)).then_some(0);
    if !cursor.k.has(kinds::SUBMISSION) {
        (cursor.a, cursor.n) = (None, more);
        return Ok((events, more.is_some()));
    }
    let limit = limit - events.len() as i64;
    let floor = if followed.oversees { latest_published(tx, followed, &streams).await? } else { 0 };
    let sql = "SELECT u.id, s.reporter, u.period, u.form, u.state, u.rev, u.author, u.received_at, u.reason, u.asks \
         FROM submissions u JOIN streams s ON s.id = u.stream \
         WHERE u.rev > 0 AND u.stream IN {ints $1} AND u.id > $2 \
         AND (u.state <> 'published' OR u.id > $3 OR u.stream IN {ints $4}) \
         ORDER BY u.id LIMIT $5";
    let values = values![&streams, seen, floor, &own, limit];
    let weigh = |row: &Row| Ok(ROW + row.len_of("reason")? + row.len_of("asks")?);
    let (rows, is_cut) = tx.fetch_page(sql, values, MOST_BYTES, weigh).await?;
    let submission = |row: &Row| {
        let (standing, form) = (standing(row)?, row.text("form")?);
        let event = if let Ok(period) = period_of(row) {
            Event { stream: stream_of(row)?, body: EventBody::Submission { period, form, standing } }
        } else {
            let mut said = serde_json::to_value(&standing).map_err(unreadable)?;
            (said["type"], said["form"]) = (list!("submission"), list!(form));
            of_later_period(row, said)?
        };
        Ok(Some(event).filter(|event| followed.tells(event)))
    };
    let submissions = rows.iter().map(submission).collect::<Result<Vec<_>, StoreError>>()?;
    let (told, taken) = review::with_cells(tx, followed, &cursor.k, submissions, limit as usize).await?;
    events.extend(told);
    let has_more = is_cut || rows.len() as i64 == limit || taken < rows.len();
    let last = rows.get(..taken).and_then(<[Row]>::last).filter(|_| has_more);
    cursor.a = last.map(|last| Ok::<_, StoreError>(-1 - last.int("id")?)).transpose()?;
    if has_more {
        return Ok((events, true));
    }
    cursor.n = more;
    Ok((events, cursor.n.is_some()))
}

/// What stands in a period that only a later release reads, as that release tells it: devices keep it for their own.
fn of_later_period(row: &Row, mut said: Json) -> Result<Event, StoreError> {
    (said["reporter"], said["period"]) = (list!(row.text("reporter")?), list!(row.text("period")?));
    Ok(Event::unknown(&said.to_string()))
}

/// Where the published submissions of others begin that are told.
async fn latest_published(tx: &mut Tx, followed: &Followed<'_>, streams: &str) -> Result<i64, StoreError> {
    let rows = if followed.is_all {
        tx.fetch("SELECT COALESCE(MAX(id), 0) - $1 AS floor FROM submissions", values![LATEST_PUBLISHED])
            .await?
    } else {
        let sql = "SELECT id AS floor FROM submissions WHERE stream IN {ints $1} ORDER BY id DESC LIMIT 1 OFFSET $2";
        tx.fetch(sql, values![streams, LATEST_PUBLISHED]).await?
    };
    rows.first().map_or(Ok(0), |row| row.int("floor"))
}

/// The entities that stand, of the kinds that the device reads and its person may.
async fn entities(
    tx: &mut Tx,
    followed: &Followed<'_>,
    cursor: &mut Cursor,
    after: i64,
    limit: i64,
) -> Result<(Vec<Event>, bool), StoreError> {
    let sql = "SELECT n.nth, s.reporter, n.kind, n.id, n.rev, n.state, n.branches, n.author, n.received_at \
         FROM entities n JOIN streams s ON s.id = n.stream \
         WHERE n.stream IN {ints $1} AND n.nth > $2 AND n.rev > 0 AND n.kind IN {list $3} ORDER BY n.nth LIMIT $4";
    let weigh = |row: &Row| Ok(ROW + row.len_of("state")? + row.len_of("branches")?);
    let streams = json(&followed.ends.keys().collect::<Vec<_>>())?;
    let values = values![streams, after, json(&cursor.k)?, limit];
    let (rows, is_cut) = tx.fetch_page(sql, values, MOST_BYTES, weigh).await?;
    let mut events = Vec::new();
    for row in &rows {
        let (EntityKey { stream, kind, id }, told) = entity_row(row)?;
        let event = Event { stream, body: EventBody::Entity { kind, id, told } };
        if followed.tells(&event) {
            events.push(event);
        }
    }
    let last = rows.last().filter(|_| is_cut || rows.len() as i64 == limit);
    cursor.n = last.map(|row| row.int("nth")).transpose()?;
    Ok((events, cursor.n.is_some()))
}

async fn log(
    tx: &mut Tx,
    followed: &Followed<'_>,
    cursor: &mut Cursor,
    limit: i64,
) -> Result<(Vec<Event>, bool), StoreError> {
    let seen: Vec<(i64, i64)> = cursor.s.iter().map(|(stream, seq)| (*stream, *seq)).collect();
    let seen = json(&seen)?;
    // What an older program wrote does not say what it is about.
    let Followed { ends, cells, .. } = followed;
    let kinds = if cells.is_empty() {
        format!("AND (e.kind IS NULL OR e.kind <> '{FIGURE}')")
    } else if followed.goes_beyond_cells() {
        format!("AND (e.kind IS NULL OR e.kind <> '{FIGURE}' OR e.stream IN {{ints $4}})")
    } else {
        String::new()
    };
    let told = json(&cursor.k)?;
    let sql = format!(
        "SELECT e.stream, e.seq, e.body FROM {{rows $1}} AS k JOIN events e \
         ON e.stream = CAST(k.value ->> 0 AS BIGINT) AND e.seq > CAST(k.value ->> 1 AS BIGINT) {kinds} \
         AND (e.kind IS NULL OR e.kind IN {{list $3}}) \
         ORDER BY e.stream, e.seq LIMIT $2"
    );
    let mut values = values![&seen, limit, &told].to_vec();
    if followed.goes_beyond_cells() && !cells.is_empty() {
        values.push(json(cells)?.into());
    }
    let weigh = |row: &Row| row.len_of("body");
    let (rows, is_cut) = tx.fetch_page(&sql, &values, MOST_BYTES, weigh).await?;
    let told = |row: &Row| {
        let body = row.text("body")?;
        // What a later release wrote before this one was put back is passed on to who asks for its kind.
        let (mut event, kind) = match serde_json::from_str::<Event>(&body) {
            Ok(event) => (event, None),
            Err(_) => (Event::unknown(&body), Some(kind_of(&body))),
        };
        if !cursor.k.has(kind.as_deref().unwrap_or_else(|| event.kind())) || !followed.tells(&event) {
            return Ok(None);
        }
        // An older program told all contested values.
        if let EventBody::Cell { branches, more, .. } = &mut event.body {
            let beyond = branches.len().saturating_sub(MOST_BRANCHES);
            branches.drain(..beyond);
            *more += beyond as u64;
        }
        Ok(Some(event))
    };
    let events = rows.iter().map(told).collect::<Result<Vec<_>, StoreError>>()?;
    let (events, taken) = review::with_cells(tx, followed, &cursor.k, events, limit as usize).await?;
    let has_more = is_cut || rows.len() as i64 == limit || taken < rows.len();
    if has_more {
        for row in rows.iter().take(taken) {
            let stream = row.int("stream")?;
            cursor.s.insert(stream, row.int("seq")?);
            // It names another event from now on.
            cursor.h.remove(&stream);
        }
    } else {
        // Nothing is left up to there; the ends were read in this transaction, before the events.
        for (stream, end) in ends {
            if cursor.s.insert(*stream, *end) != Some(*end) {
                cursor.h.remove(stream);
            }
        }
    }
    Ok((events, has_more))
}

/// The kind of an event that does not read here, as its text names it.
fn kind_of(body: &str) -> String {
    #[derive(serde::Deserialize)]
    struct Named {
        #[serde(rename = "type")]
        of_type: String,
        kind: Option<String>,
    }
    let named = serde_json::from_str::<Named>(body).ok();
    match named.map(|named| named.kind.unwrap_or(named.of_type)) {
        Some(kind) if kind == "cell" => FIGURE.to_owned(),
        kind => kind.unwrap_or_default(),
    }
}

/// What became of these ops, of those that are held no longer.
async fn late(tx: &mut Tx, reader: Reader<'_>, held: &[Uuid]) -> Result<Vec<OpResult>, StoreError> {
    if held.is_empty() {
        return Ok(Vec::new());
    }
    // Those that are told leave the list of whoever asks; the others come with a later page.
    let sql = "SELECT op_id, outcome FROM ops WHERE op_id IN {list $1} AND author = $2 AND waits_for IS NULL LIMIT $3";
    let rows = tx.fetch(sql, values![json(&held)?, reader.username, MOST_OPS as i64]).await?;
    let result = |row: &Row| {
        let outcome = serde_json::from_str(&row.text("outcome")?).unwrap_or(Outcome::Unknown);
        Ok(OpResult { op_id: row.text("op_id")?.parse().map_err(unreadable)?, outcome })
    };
    let mut late = rows.iter().map(result).collect::<Result<Vec<_>, StoreError>>()?;
    // That is told by the release that knows the word.
    late.retain(|result| result.outcome != Outcome::Unknown);
    Ok(late)
}

/// The device's ops are recorded without a gap up to this one.
async fn recorded_up_to(tx: &mut Tx, device: Uuid) -> Result<u64, StoreError> {
    let sql = "SELECT MIN(o.device_seq) AS up_to FROM ops o WHERE o.device_id = $1 AND NOT EXISTS \
         (SELECT 1 FROM ops n WHERE n.device_id = $1 AND n.device_seq = o.device_seq + 1) AND \
         (SELECT MIN(device_seq) FROM ops WHERE device_id = $1) = 1";
    let rows = tx.fetch(sql, values![device.to_string()]).await?;
    rows.first().map_or(Ok(0), |row| Ok(row.int("up_to")? as u64))
}
