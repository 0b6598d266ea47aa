//! Histories: of whatever this device holds they are kept on it, in a database of their own, so that a start does not read them
//! and a pull costs what it did. They are fetched beside, once a run has brought something and nothing waits, by the tab that
//! leads. What is not kept here is asked of the server. All of it is in the later file.

use crate::platform::net;
use crate::platform::net::NetError;
use crate::reactive::live::{Live, SyncState};
use crate::storage::indexed_db::{Store, StoreError};
use chitieu_sync::api::{DeviceName, DeviceNaming};
use chitieu_sync::history::told::{self, Entry, entries};
use chitieu_sync::history::{Feed, FeedRequest, MOST_HERE, Page, Record, Thing, what};
use chitieu_sync::message::{Event, EventBody};
use chitieu_sync::outcome::Outcome;
use chitieu_sync::replica::rows::Row;
use chitieu_sync::replica::{Replica, Waiting};
use chitieu_sync::{Op, StreamId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What the keys of records begin with; stream, thing and number follow.
const RECORD: &str = "h|";
/// How far the device has read.
const PLACE: &str = "p";
/// What this device is called.
const NAME: &str = "n";
/// Most pages of one fetch; the next run goes on.
const MOST_PAGES: usize = 40;

/// How far a device has read.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Place {
    epoch: u64,
    mark: String,
    places: BTreeMap<StreamId, u64>,
    /// Streams of which what is older is not here.
    cut: Vec<StreamId>,
    /// When the server said so (RFC 3339).
    at: String,
    /// How many records came since the beginning.
    count: usize,
}

/// What this tab has done.
#[derive(Debug, Clone, Default)]
pub struct Followed {
    is_running: bool,
    is_named: bool,
    cursor: Option<String>,
}

/// The database of a person's histories.
pub fn store_of(username: &str) -> Store {
    Store::named(&format!("chitieu-history-{username}"))
}

fn own(live: Live) -> Store {
    store_of(&live.me.with_untracked(|me| me.username.clone()))
}

/// Forgets all of it: somebody has left the device.
pub async fn clear(username: &str) -> Result<(), StoreError> {
    let store = store_of(username);
    let (_, rows) = store.read("").await?;
    if !rows.is_empty() {
        store.put(gone(rows)).await?;
    }
    store.close();
    Ok(())
}

fn gone(rows: Vec<(String, String)>) -> Vec<Row> {
    rows.into_iter().map(|(key, _)| (key, None)).collect()
}

async fn place(store: &Store) -> Place {
    let rows = store.read(PLACE).await.map(|(_, rows)| rows).unwrap_or_default();
    rows.first().and_then(|(_, text)| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// Fetches what is new, where there may be something: called whenever the sync stands still.
pub async fn follow(live: Live, followed: StoredValue<Followed>) {
    let cursor = live.replica.with_untracked(|r| r.cursor().map(str::to_owned));
    let is_due = followed.try_with_value(|f| !f.is_running && (!f.is_named || f.cursor != cursor));
    let waits = live.replica.with_untracked(|r| r.tally().waiting > 0);
    if is_due != Some(true) || waits || !live.runs.leads() || live.state.get_untracked() != SyncState::Idle {
        return;
    }
    followed.update_value(|f| f.is_running = true);
    let is_named = followed.with_value(|f| f.is_named) || name(live, None).await.is_ok();
    let is_read = fetch(live).await.unwrap_or(false);
    followed.try_update_value(|f| {
        (f.is_running, f.is_named) = (false, is_named);
        if is_read {
            f.cursor = cursor;
        }
    });
}

/// True once all is here.
async fn fetch(live: Live) -> Result<bool, Stop> {
    let store = own(live);
    let mut place = place(&store).await;
    if place.count > MOST_HERE {
        store.put(gone(store.read(RECORD).await?.1)).await?;
        place = Place::default();
    }
    for _ in 0..MOST_PAGES {
        let request =
            FeedRequest { epoch: place.epoch, mark: place.mark.clone(), places: place.places.clone() };
        let feed: Feed = net::post("/api/v1/history/feed", &request).await?;
        let mut rows = Vec::new();
        let is_anew = (feed.epoch, &feed.mark) != (place.epoch, &place.mark);
        let is_gone = |stream: &&StreamId| is_anew || !feed.places.contains_key(stream);
        for stream in place.places.keys().filter(is_gone) {
            rows.extend(gone(store.read(&format!("{RECORD}{stream}|")).await?.1));
            place.cut.retain(|cut| cut != stream);
        }
        for record in &feed.records {
            let Some(what) = what(&record.event.body) else { continue };
            let key = format!("{RECORD}{}|{what}|{:020}", record.event.stream, record.seq);
            rows.push((key, serde_json::to_string(record).ok()));
        }
        place.cut.extend(feed.cut);
        place.count += feed.records.len();
        (place.epoch, place.mark) = (feed.epoch, feed.mark);
        (place.places, place.at) = (feed.places, feed.at);
        rows.push((PLACE.to_owned(), serde_json::to_string(&place).ok()));
        // Nothing is written any more of somebody who has left.
        if live.runs.is_closed() {
            return Ok(false);
        }
        store.put(rows).await?;
        if !feed.has_more {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Why a fetch ended early; the next run tries again.
struct Stop;

impl From<NetError> for Stop {
    fn from(_: NetError) -> Self {
        Self
    }
}

impl From<StoreError> for Stop {
    fn from(_: StoreError) -> Self {
        Self
    }
}

/// Tells the server what this device is called, or asks what it is.
pub async fn name(live: Live, chosen: Option<&str>) -> Result<String, NetError> {
    let device = live.replica.with_untracked(Replica::device_id);
    let naming = DeviceNaming { name: chosen.map(str::to_owned) };
    let DeviceName { name } = net::put(&format!("/api/v1/devices/{device}"), &naming).await?;
    if !live.runs.is_closed() {
        // Where it is not kept, the next start asks again.
        own(live).put(vec![(NAME.to_owned(), Some(name.clone()))]).await.ok();
    }
    Ok(name)
}

/// What this device is called, as far as it was told.
pub async fn kept_name(live: Live) -> Option<String> {
    let (_, rows) = own(live).read(NAME).await.ok()?;
    rows.into_iter().next().map(|(_, name)| name)
}

/// Where a history was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// From the server, at a time.
    Server(String),
    /// From this device, where it was brought up to date at a time (empty: it keeps no records of it yet); and true where
    /// what is older is not here.
    Device(String, bool),
}

/// What is shown of a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Newest first.
    pub entries: Vec<Entry>,
    /// What has not reached the server, and why where it was refused; newest first.
    pub unsent: Vec<(Entry, Option<Outcome>)>,
    /// Where the records come from.
    pub from: Source,
    /// Where to go on, for what is older.
    pub next: Option<u64>,
    /// The records, oldest first.
    records: Vec<Record>,
    /// What this device is called.
    pub device: Option<String>,
}

/// What this device has of a thing; none where it keeps no history of it.
pub async fn kept(live: Live, of: &Thing) -> Option<Shown> {
    let store = own(live);
    let place = place(&store).await;
    let stream = of.stream();
    let is_kept = place.places.contains_key(&stream);
    let mut records: Vec<Record> = Vec::new();
    for what in of.whats() {
        let (_, rows) = store.read(&format!("{RECORD}{stream}|{what}|")).await.ok()?;
        records.extend(rows.iter().filter_map(|(_, text)| serde_json::from_str(text).ok()));
    }
    records.sort_by_key(|record| record.seq);
    let is_cut = !is_kept || place.cut.contains(&stream);
    let at = if is_kept { place.at } else { String::new() };
    let from = Source::Device(at, is_cut);
    let shown = shown(live, of, records, from, None, kept_name(live).await);
    // Where the records have not come yet, the thing as it stands is here all the same.
    (is_kept || !shown.unsent.is_empty() || !shown.entries.is_empty()).then_some(shown)
}

/// What the server has of a thing, with what was read before where it goes on from there.
pub async fn asked(live: Live, of: &Thing, before: Option<Shown>) -> Result<Shown, NetError> {
    let mut path = match of {
        Thing::Cell(cell, _) => format!(
            "/api/v1/history/cell?reporter={}&period={}&element={}",
            cell.reporter, cell.period, cell.element
        ),
        Thing::Submission(form) => format!(
            "/api/v1/history/submission?reporter={}&period={}&form={}",
            form.reporter, form.period, form.form
        ),
        Thing::Entity(one) => {
            format!("/api/v1/history/entity?stream={}&kind={}&id={}", one.stream, one.kind, one.id)
        }
    };
    if let Some(next) = before.as_ref().and_then(|shown| shown.next) {
        path = format!("{path}&before={next}");
    }
    let Page { mut records, next, at } = net::get(&path).await?;
    records.reverse();
    records.extend(before.into_iter().flat_map(|shown| shown.records));
    Ok(shown(live, of, records, Source::Server(at), next, kept_name(live).await))
}

/// The thing as the sync last told, where that is newer than the records: it stands for what they lack.
fn standing(live: Live, of: &Thing, records: &[Record]) -> Vec<Record> {
    let rev = |body: &EventBody| match body {
        EventBody::Cell { head, .. } => head.as_ref().map_or(0, |head| head.rev),
        EventBody::Submission { standing, .. } => standing.rev,
        EventBody::Entity { told, .. } => told.rev,
        EventBody::Unknown(_) => 0,
    };
    let stream = of.stream();
    let told = live.replica.with_untracked(|r| {
        let mut told = Vec::new();
        match of {
            Thing::Cell(key, form) => {
                told.extend(r.server_cell(key).map(|cell| EventBody::Cell {
                    period: key.period,
                    element: key.element.clone(),
                    head: cell.head.clone(),
                    branches: cell.branches.clone(),
                    more: cell.more,
                }));
                let same = r.submissions().find(|(of, _)| {
                    of.reporter == key.reporter && of.period == key.period && of.form == *form
                });
                told.extend(same.map(|(of, standing)| EventBody::Submission {
                    period: of.period,
                    form: of.form.clone(),
                    standing: standing.clone(),
                }));
            }
            Thing::Submission(key) => {
                let same = r.submissions().find(|(of, _)| *of == key);
                told.extend(same.map(|(of, standing)| EventBody::Submission {
                    period: of.period,
                    form: of.form.clone(),
                    standing: standing.clone(),
                }));
            }
            Thing::Entity(key) => {
                told.extend(r.entity(key).map(|view| EventBody::Entity {
                    kind: key.kind.clone(),
                    id: key.id.clone(),
                    told: view.server.told(),
                }));
            }
        }
        told
    });
    let is_newer = |body: &EventBody| {
        let known = records.iter().rev().find(|record| what(&record.event.body) == what(body));
        known.is_none_or(|known| {
            let is_lacking = |body: &EventBody| match body {
                EventBody::Cell { branches, .. } => {
                    branches.iter().any(|branch| !told::has(records, branch.op_id))
                }
                _ => false,
            };
            rev(&known.event.body) < rev(body) || rev(&known.event.body) == rev(body) && is_lacking(body)
        })
    };
    let newer = told.into_iter().filter(|body| rev(body) > 0).filter(is_newer);
    let record = |body| Record {
        seq: u64::MAX,
        event: Event { stream: stream.clone(), body },
        op_id: None,
        base: None,
        reason: None,
        device: None,
        by: None,
    };
    newer.map(record).collect()
}

fn shown(
    live: Live,
    of: &Thing,
    records: Vec<Record>,
    from: Source,
    next: Option<u64>,
    device: Option<String>,
) -> Shown {
    let is_whole = next.is_none() && !matches!(from, Source::Device(_, true));
    let mut all = records.clone();
    all.extend(standing(live, of, &records));
    let mut entries = entries(&all, is_whole);
    entries.reverse();
    let is_about = |op: &Op| match of {
        Thing::Cell(cell, form) => {
            let is_step = |of: chitieu_sync::replica::SubmissionKey| {
                of.reporter == cell.reporter && of.period == cell.period && of.form == *form
            };
            op.cell().as_ref() == Some(cell) || op.submission().is_some_and(is_step)
        }
        Thing::Submission(key) => op.submission().as_ref() == Some(key),
        Thing::Entity(key) => op.entity().as_ref() == Some(key),
    };
    let has = |id: Uuid| told::has(&all, id) || entries.iter().any(|entry| entry.op_id == Some(id));
    let unsent = live.replica.with_untracked(|r| {
        let waits = |waiting: &&Waiting| {
            let changed_nothing = matches!(waiting.outcome, Some(Outcome::SameValue { .. }));
            is_about(&waiting.op) && !changed_nothing && !has(waiting.op.op_id)
        };
        let mut before = None;
        let mut unsent = Vec::new();
        for waiting in r.outbox().filter(waits) {
            let old = before
                .take()
                .or_else(|| waiting.op.cell().and_then(|cell| r.server_cell(&cell)?.head.clone()));
            before = waiting.op.cell().map(|_| waiting.op.said());
            let refused = waiting.outcome.clone().filter(|_| !waiting.is_open());
            unsent.push((told::of_op(&waiting.op, old, None), refused));
        }
        unsent.reverse();
        unsent
    });
    Shown { entries, unsent, from, next, records, device }
}
