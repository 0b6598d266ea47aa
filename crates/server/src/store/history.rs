//! What happened to a thing, out of the log of its stream: each event with the op that made it, who that was by office and on
//! which machine. One thing's history newest first, or as a feed the histories of all that a person's device holds.

use super::database::{Purpose, Row, Tx};
use super::error::StoreError;
use super::followed::{Followed, Reader};
use super::{Store, json, unreadable};
use crate::clock::timestamp;
use crate::values;
use chitieu_domain::Model;
use chitieu_sync::grants::{Grant, Grants, Role};
use chitieu_sync::history::{
    By, FEW_KEPT, Feed, FeedRequest, MOST_FED, MOST_KEPT, MOST_RECORDS, Page, Record, Thing,
};
use chitieu_sync::judge::CellState;
use chitieu_sync::kinds::FIGURE;
use chitieu_sync::message::{Event, EventBody};
use chitieu_sync::replica::CellKey;
use chitieu_sync::{Base, StreamId};
use chrono::NaiveDate;
use serde_json::json as list;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Most bytes of a page, unpacked and counted roughly; one row more where a single one is longer.
const MOST_BYTES: usize = 1024 * 1024;
/// Most bytes of ops that are looked at for a page. A submit names all that it covers; beyond this no machine is told.
const MOST_OP_BYTES: usize = 8 * 1024 * 1024;
/// How many records a device that has none is told, of all streams together.
const KEPT: usize = 20_000;

/// An event of the log, and what is told about it.
struct Logged {
    stream: i64,
    seq: u64,
    event: Option<Event>,
    op_id: Option<Uuid>,
}

fn logged(row: &Row) -> Result<Logged, StoreError> {
    // One that does not read here was written by a later release.
    let event = serde_json::from_str::<Event>(&row.text("body")?).ok();
    let op_id = row.maybe_text("op_id")?.map(|id| id.parse()).transpose().map_err(unreadable)?;
    let op_id = op_id.or_else(|| event.as_ref().and_then(contested));
    Ok(Logged { stream: row.int("stream")?, seq: row.int("seq")? as u64, event, op_id })
}

/// The op behind an event for which the log does not name one: it is a value that was put beside the others.
fn contested(event: &Event) -> Option<Uuid> {
    match &event.body {
        EventBody::Cell { branches, .. } => branches.last().map(|branch| branch.op_id),
        EventBody::Entity { told, .. } => {
            let branches: Vec<chitieu_sync::entity::Contested> = told.branches.as_ref()?.read()?;
            branches.last().map(|branch| branch.op_id)
        }
        EventBody::Submission { .. } | EventBody::Unknown(_) => None,
    }
}

/// Texts that the events of a thing have in them, whatever else is in them.
fn marks(thing: &Thing) -> [String; 4] {
    let named = |name: &str, text: &str| format!("%\"{name}\":{}%", list!(text));
    let cell = |element: &str| format!("%\"type\":\"cell\"%\"element\":{}%", list!(element));
    let form = |form: &str| format!("%\"type\":\"submission\"%\"form\":{}%", list!(form));
    match thing {
        Thing::Cell(of, in_form) => {
            let period = named("period", &of.period.to_string());
            [period.clone(), cell(&of.element), period, form(in_form)]
        }
        Thing::Submission(of) => {
            let (period, form) = (named("period", &of.period.to_string()), form(&of.form));
            [period.clone(), form.clone(), period, form]
        }
        Thing::Entity(of) => {
            let (kind, id) = (named("kind", &of.kind), named("id", &of.id));
            [kind.clone(), id.clone(), kind, id]
        }
    }
}

impl Store {
    /// A page of a thing's history, newest first, of what is older than `before`.
    pub async fn history(&self, thing: &Thing, before: Option<u64>) -> Result<Page, StoreError> {
        let mut tx = self.database.begin(Purpose::Read).await?;
        let sql = "SELECT e.stream, e.seq, e.body, e.op_id FROM events e \
             WHERE e.stream = (SELECT id FROM streams WHERE reporter = $1) AND e.seq < $2 \
             AND (e.body LIKE $3 AND e.body LIKE $4 OR e.body LIKE $5 AND e.body LIKE $6) \
             ORDER BY e.seq DESC LIMIT $7";
        let [a, b, c, d] = marks(thing);
        let before = before.and_then(|seq| i64::try_from(seq).ok()).unwrap_or(i64::MAX);
        let values = values![thing.stream().to_string(), before, a, b, c, d, MOST_RECORDS as i64];
        let (rows, is_cut) = tx.fetch_page(sql, values, MOST_BYTES, |row| row.len_of("body")).await?;
        let is_more = is_cut || rows.len() == MOST_RECORDS;
        let mut log = rows.iter().map(logged).collect::<Result<Vec<_>, _>>()?;
        let next = log.last().filter(|_| is_more).map(|last| last.seq);
        log.retain(|logged| logged.event.as_ref().is_some_and(|event| thing.has(event)));
        let mut records = told(&mut tx, log).await?;
        tx.commit().await?;
        if let (Thing::Cell(of, _), None, i64::MAX) = (thing, next, before) {
            let is_logged = |record: &Record| matches!(record.event.body, EventBody::Cell { .. });
            if !records.iter().any(is_logged) {
                records.extend(self.unlogged(of).await?);
            }
        }
        Ok(Page { records, next, at: timestamp() })
    }

    /// A figure that was there before anything was logged of its cell: brought in by an older program's import.
    async fn unlogged(&self, of: &CellKey) -> Result<Option<Record>, StoreError> {
        let cells = self.form_cells(&of.reporter, &[of.element.as_str()], of.period).await?;
        let record = |(period, element, cell): super::figures::NamedCell| {
            let CellState { head, branches, more } = cell.told();
            let body = EventBody::Cell { period, element, head, branches, more };
            let event = Event { stream: of.reporter.clone().into(), body };
            Record { seq: 0, event, op_id: None, base: None, reason: None, device: None, by: None }
        };
        let with_head = cells.into_iter().find(|(.., cell)| cell.head.is_some());
        Ok(with_head.map(record))
    }

    /// The next page of the histories of all that a person's device holds.
    pub async fn history_feed(
        &self,
        model: &Model,
        reader: Reader<'_>,
        today: NaiveDate,
        request: &FeedRequest,
    ) -> Result<Feed, StoreError> {
        let epoch = self.epoch().await?;
        let mut tx = self.database.begin(Purpose::Read).await?;
        let followed = Followed::of(&mut tx, reader, model, today, true).await?;
        let goes_on = request.epoch == epoch && request.mark == followed.mark;
        let streams = json(&followed.ends.keys().collect::<Vec<_>>())?;
        let sql = "SELECT id, reporter FROM streams WHERE id IN {ints $1}";
        let rows = tx.fetch(sql, values![streams]).await?;
        let (mut names, mut seen, mut cut) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        let kinds = format!("AND (e.kind IS NULL OR e.kind <> '{FIGURE}' OR e.stream IN {{ints $3}})");
        let cells = json(&followed.cells)?;
        for row in &rows {
            // One that does not read is of a later release.
            let (id, Ok(name)) = (row.int("id")?, row.text("reporter")?.parse::<StreamId>()) else {
                continue;
            };
            let place = request.places.get(&name).filter(|_| goes_on);
            let place = if let Some(place) = place {
                i64::try_from(*place).unwrap_or(i64::MAX)
            } else {
                let kept = (KEPT / rows.len()).clamp(FEW_KEPT, MOST_KEPT);
                let sql = format!(
                    "SELECT e.seq FROM events e WHERE e.stream = $1 {kinds} \
                         ORDER BY e.seq DESC LIMIT 1 OFFSET $2"
                );
                let first = tx.fetch(&sql, values![id, kept as i64, &cells]).await?;
                let first = first.first().map(|row| row.int("seq")).transpose()?;
                cut.extend(first.map(|_| name.clone()));
                first.unwrap_or(0)
            };
            seen.insert(id, place);
            names.insert(id, name);
        }
        let places: Vec<(i64, i64)> = seen.iter().map(|(stream, seq)| (*stream, *seq)).collect();
        let sql = format!(
            "SELECT e.stream, e.seq, e.body, e.op_id FROM {{rows $1}} AS k JOIN events e \
             ON e.stream = CAST(k.value ->> 0 AS BIGINT) AND e.seq > CAST(k.value ->> 1 AS BIGINT) {kinds} \
             ORDER BY e.stream, e.seq LIMIT $2"
        );
        let values = values![json(&places)?, MOST_FED as i64, &cells];
        let (rows, is_cut) = tx.fetch_page(&sql, values, MOST_BYTES, |row| row.len_of("body")).await?;
        let has_more = is_cut || rows.len() == MOST_FED;
        let mut log = rows.iter().map(logged).collect::<Result<Vec<_>, _>>()?;
        if has_more {
            seen.extend(log.iter().map(|logged| (logged.stream, logged.seq as i64)));
        } else {
            // The ends were read in this transaction, before the events.
            seen.extend(&followed.ends);
        }
        log.retain(|logged| logged.event.as_ref().is_some_and(|event| followed.tells(event)));
        let records = told(&mut tx, log).await?;
        let mark = followed.mark;
        tx.commit().await?;
        let place = |(stream, seq): (i64, i64)| Some((names.get(&stream)?.clone(), seq as u64));
        let places = seen.into_iter().filter_map(place).collect();
        Ok(Feed { epoch, mark, records, places, cut, has_more, at: timestamp() })
    }
}

/// As much of an op as its history tells.
#[derive(serde::Deserialize)]
struct Said {
    base: Base,
    #[serde(default)]
    reason: Option<String>,
}

/// What is told of these events: the ops behind them, who made those, and where.
async fn told(tx: &mut Tx, log: Vec<Logged>) -> Result<Vec<Record>, StoreError> {
    let ids: Vec<Uuid> = log.iter().filter_map(|logged| logged.op_id).collect();
    let sql = "SELECT op_id, author, device_id, body FROM ops WHERE op_id IN {list $1}";
    let (rows, _) = tx.fetch_page(sql, values![json(&ids)?], MOST_OP_BYTES, |row| row.len_of("body")).await?;
    let mut ops: HashMap<Uuid, (String, String, Option<Said>)> = HashMap::new();
    for row in &rows {
        let said = serde_json::from_str(&row.text("body")?).ok();
        let id = row.text("op_id")?.parse().map_err(unreadable)?;
        ops.insert(id, (row.text("author")?, row.text("device_id")?, said));
    }
    let author = |logged: &Logged| {
        let by_op = logged.op_id.and_then(|id| ops.get(&id)).map(|(author, ..)| author.clone());
        by_op.or_else(|| logged.event.as_ref().and_then(author_of))
    };
    let mut authors: Vec<String> = log.iter().filter_map(author).collect();
    authors.sort_unstable();
    authors.dedup();
    let people = people(tx, &authors).await?;
    let devices = devices(tx, &authors).await?;
    let record = |logged: Logged| {
        let author = author(&logged);
        let Logged { seq, event, op_id, .. } = logged;
        let event = event?;
        let person = author.as_ref().and_then(|author| people.get(author));
        let by = person.map(|(name, grants)| by(name, grants.as_ref(), &event.stream));
        let op = op_id.and_then(|id| ops.get(&id));
        let device = op.and_then(|(author, device, _)| devices.get(&(author.clone(), device.clone())));
        let said = op.and_then(|(.., said)| said.as_ref());
        let (base, reason) = (said.map(|said| said.base), said.and_then(|said| said.reason.clone()));
        Some(Record { seq, event, op_id, base, reason, device: device.cloned(), by })
    };
    Ok(log.into_iter().filter_map(record).collect())
}

/// Who an event names, where the log does not name its op.
fn author_of(event: &Event) -> Option<String> {
    match &event.body {
        EventBody::Cell { head, .. } => head.as_ref().map(|head| head.author.clone()),
        EventBody::Submission { standing, .. } => Some(standing.author.clone()),
        EventBody::Entity { told, .. } => Some(told.author.clone()),
        EventBody::Unknown(_) => None,
    }
}

/// Who somebody is to whoever reads of a stream: the officer of its reporter where they are, else what they are besides.
fn by(name: &str, grants: Option<&Grants>, stream: &StreamId) -> By {
    let mut by = By { name: name.to_owned(), role: None, office: None };
    let sound = || grants.into_iter().flat_map(Grants::list).filter(|grant| grant.is_sound());
    let is_own = |grant: &&Grant| grant.reporter().is_some_and(|reporter| stream.is(reporter));
    let is_office = |grant: &&Grant| grant.role != Role::Officer;
    if let Some(grant) = sound().find(is_own).or_else(|| sound().find(is_office)).or_else(|| sound().next()) {
        (by.role, by.office) = (Some(grant.role), grant.reporter().cloned());
    }
    by
}

async fn people(
    tx: &mut Tx,
    authors: &[String],
) -> Result<HashMap<String, (String, Option<Grants>)>, StoreError> {
    let sql = "SELECT username, display_name, grants FROM users WHERE username IN {list $1}";
    let rows = tx.fetch(sql, values![json(&authors)?]).await?;
    // Rights that do not read here are a later release's.
    let person = |row: &Row| {
        let grants = serde_json::from_str(&row.text("grants")?).ok();
        Ok((row.text("username")?, (row.text("display_name")?, grants)))
    };
    rows.iter().map(person).collect()
}

async fn devices(tx: &mut Tx, authors: &[String]) -> Result<HashMap<(String, String), String>, StoreError> {
    let sql = "SELECT username, device_id, name FROM devices WHERE username IN {list $1}";
    let rows = tx.fetch(sql, values![json(&authors)?]).await?;
    rows.iter().map(|row| Ok(((row.text("username")?, row.text("device_id")?), row.text("name")?))).collect()
}
