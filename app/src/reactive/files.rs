//! Files that were attached and wait on this device ([`chitieu_client::uploads`]): in a database of their own, sent in parts by the
//! tab that leads, after each run that went well and whenever something is attached.

use crate::platform::uploads::Bytes;
use crate::platform::{net, uploads};
use crate::reactive::live::Live;
use crate::storage::indexed_db::{Store, StoreError};
use chitieu_client::uploads::{FILES, HeldUp, Next, PendingFile};
use chitieu_domain::ReporterId;
use chitieu_domain::attachment::CHUNK;
use chitieu_sync::api::attachments::AttachmentStatus;
use chitieu_sync::entity::task_evidence::{NAME, REMOVED, YES};
use chitieu_sync::message::Problem;
use chitieu_sync::replica::FieldStatus;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::Cell;

thread_local! {
    /// One loop a tab: whoever asks while it runs is served by it.
    static RUNS: Cell<bool> = const { Cell::new(false) };
}

/// The database of a person's files that wait, which holds nothing else. They stay when their person leaves, as all that is
/// unsent does.
fn files_of(live: Live) -> Store {
    Store::named(&format!("chitieu-files-{}", live.me.with_untracked(|me| me.username.clone())))
}

/// Where a content is, for a reporter.
pub fn path(reporter: &ReporterId, content: &str) -> String {
    format!("/api/v1/attachments/{reporter}/{content}")
}

/// Keeps a file on this device, to be sent.
pub async fn keep(live: Live, file: &PendingFile, content: &Bytes) -> Result<(), StoreError> {
    let store = files_of(live);
    let chunks = (0..file.chunks()).map(|nth| {
        let from = nth as u32 * CHUNK as u32;
        (file.chunk_row(nth), content.part(from, from.saturating_add(CHUNK as u32)))
    });
    let kept = store.put_with_bytes((file.row(), Some(row(file))), chunks.collect()).await;
    store.close();
    look(live);
    kept
}

fn row(file: &PendingFile) -> String {
    serde_json::to_string(file).expect("texts and numbers are JSON")
}

/// Deletes what [`keep`] stored.
pub async fn drop_kept(live: Live, file: &PendingFile) {
    let store = files_of(live);
    // What stays takes room, and is sent to nobody: nothing names it.
    forget(&store, file, None).await.ok();
    store.close();
    look(live);
}

/// Shows what waits, though nobody answers.
pub fn look(live: Live) {
    spawn_local(async move {
        let store = files_of(live);
        // What cannot be read now is shown by the next run.
        show(live, &store).await.ok();
        store.close();
    });
}

/// Sends what waits, in the tab that leads.
pub fn send(live: Live) {
    if RUNS.get() || live.runs.is_closed() {
        return;
    }
    RUNS.set(true);
    spawn_local(async move {
        let store = files_of(live);
        // What went wrong stays, and is tried again after the next run.
        run(live, &store).await.ok();
        store.close();
        RUNS.set(false);
    });
}

/// What waits, as it is stored.
async fn waiting(store: &Store) -> Result<Vec<PendingFile>, StoreError> {
    let (_, rows) = store.read(FILES).await?;
    // A row of a later release stays for it.
    Ok(rows.into_iter().filter_map(|(_, row)| serde_json::from_str(&row).ok()).collect())
}

/// Brings what the screens show up to what is stored.
async fn show(live: Live, store: &Store) -> Result<Vec<PendingFile>, StoreError> {
    let mut files = waiting(store).await?;
    // What nothing names yet is not told of: its entity comes in a moment, or from another tab. It stays in any case.
    files.retain(|file| {
        let named = live.replica.with_untracked(|replica| replica.entity(&file.key()));
        named.is_some_and(|view| {
            let is_out = view.value::<String>(REMOVED).as_deref() == Some(YES);
            let is_refused =
                view.fields.get(NAME).is_some_and(|f| matches!(f.status, FieldStatus::Rejected(_)));
            !view.fields.is_empty() && !is_out && !is_refused
        })
    });
    live.files.try_update(|all| {
        let known = std::mem::take(all);
        let status = |file: &PendingFile| {
            let known = known.iter().find(|(one, _)| one.row() == file.row());
            known.map_or(AttachmentStatus::Absent, |(_, status)| status.clone())
        };
        let held_up = |file: &PendingFile| {
            known.iter().find(|(one, _)| one.row() == file.row()).and_then(|(one, _)| one.held_up)
        };
        let shown = |file: &PendingFile| PendingFile { held_up: held_up(file), ..file.clone() };
        *all = files.iter().map(|file| (shown(file), status(file))).collect();
    });
    Ok(files)
}

fn note(live: Live, file: &PendingFile, status: &AttachmentStatus) {
    live.files.try_update(|all| {
        if let Some((one, known)) = all.iter_mut().find(|(one, _)| one.row() == file.row()) {
            *known = status.clone();
            one.held_up = None;
        }
    });
}

/// Says what keeps a file from being sent.
fn hold_up(live: Live, file: &PendingFile, why: Option<HeldUp>) {
    let Some(why) = why else { return };
    live.files.try_update(|all| {
        if let Some((one, _)) = all.iter_mut().find(|(one, _)| one.row() == file.row()) {
            one.held_up = Some(why);
        }
    });
}

async fn run(live: Live, store: &Store) -> Result<(), StoreError> {
    let mut failed: Vec<String> = Vec::new();
    // A file that is attached meanwhile is found at the next look.
    loop {
        let files = show(live, store).await?;
        if !live.runs.leads() || live.runs.is_closed() {
            return Ok(());
        }
        let open = |file: &&PendingFile| file.ended.is_none() && !failed.contains(&file.row());
        let Some(file) = files.iter().find(open) else { return Ok(()) };
        if one(live, store, file).await?.is_none() {
            failed.push(file.row());
        }
    }
}

/// Sends one file to its end; none where it is to be tried again later.
async fn one(live: Live, store: &Store, file: &PendingFile) -> Result<Option<()>, StoreError> {
    let Some(content) = file.content() else { return Ok(None) };
    let path = path(&file.reporter, &content.to_string());
    let mut file = file.clone();
    let mut status = match net::get::<AttachmentStatus>(&format!("{path}/status")).await {
        Ok(status) => status,
        Err(why) => {
            hold_up(live, &file, why.status().and_then(|status| HeldUp::of(status, why.code())));
            return Ok(None);
        }
    };
    loop {
        let file = &mut file;
        note(live, file, &status);
        match file.next(&status) {
            Next::Done => {
                forget(store, file, None).await?;
                return Ok(Some(()));
            }
            Next::Ended(why) => {
                let ended = PendingFile { ended: Some(why), ..file.clone() };
                forget(store, file, Some(row(&ended))).await?;
                return Ok(Some(()));
            }
            Next::Anew => {
                file.mismatches += 1;
                store.put(vec![(file.row(), Some(row(file)))]).await?;
                status = AttachmentStatus::Absent;
            }
            Next::Wait(why) => {
                hold_up(live, file, Some(why));
                return Ok(None);
            }
            Next::Leave => return Ok(None),
            Next::Send { chunk, skip, offset } => {
                let Some(bytes) = store.bytes(&file.chunk_row(chunk)).await? else { return Ok(None) };
                let bytes = bytes.from(skip as u32);
                let to = format!("{path}?offset={offset}&total={}", file.bytes);
                if live.runs.is_closed() {
                    return Ok(None);
                }
                let Ok((code, answer)) = uploads::put(&to, &bytes).await else { return Ok(None) };
                // With 409 the server says from where it goes on.
                let next = match code {
                    200..=299 | 409 => serde_json::from_str::<AttachmentStatus>(&answer).ok(),
                    _ => {
                        // What stands between may answer in words of its own.
                        let said = serde_json::from_str::<Problem>(&answer).map(|problem| problem.code);
                        hold_up(live, file, HeldUp::of(code, &said.unwrap_or_default()));
                        None
                    }
                };
                let Some(next) = next.filter(|next| *next != status) else { return Ok(None) };
                status = next;
            }
        }
    }
}

/// Deletes what is stored of a file, but for what its row is to say from now on.
async fn forget(store: &Store, file: &PendingFile, left: Option<String>) -> Result<(), StoreError> {
    let chunks = (0..file.chunks()).map(|nth| (file.chunk_row(nth), None));
    store.put(std::iter::once((file.row(), left)).chain(chunks).collect()).await
}
