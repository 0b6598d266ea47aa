//! Sending what waits: in the tab that leads, after each run that went well and whenever something is attached. What it says
//! stands on every screen as long as there is something to send.

use super::{files_of, path};
use crate::platform::{net, uploads};
use crate::reactive::context::{live, locale};
use crate::reactive::live::{Live, SyncState};
use crate::storage::indexed_db::{Store, StoreError};
use crate::ui::changing::changing;
use chitieu_client::uploads::{FILES, Next, PendingFile};
use chitieu_domain::attachment::CHUNK;
use chitieu_sync::api::attachments::AttachmentStatus;
use chitieu_widgets::{t, text};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::Cell;

thread_local! {
    /// One loop a tab: whoever asks while it runs is served by it.
    static RUNS: Cell<bool> = const { Cell::new(false) };
}

/// The line on every screen; it also keeps the sending going.
#[component]
pub fn Sending() -> impl IntoView {
    let (live, locale) = (live(), locale());
    Effect::new(move |_| {
        if live.state.get() == SyncState::Idle {
            send(live);
        }
    });
    // What waited when the app was opened is told of though nobody answers.
    spawn_local(async move {
        show(live, &files_of(&live)).await.ok();
    });
    let waits = move || live.files.with(|all| all.iter().filter(|(file, _)| file.ended.is_none()).count());
    let percent = move || {
        live.files.with(|all| {
            let open = || all.iter().filter(|(file, _)| file.ended.is_none());
            let whole: u64 = open().map(|(file, _)| file.bytes).sum();
            let done: u64 = open().map(|(file, status)| file.bytes / 100 * file.percent(status)).sum();
            done.saturating_mul(100).checked_div(whole).unwrap_or(0)
        })
    };
    changing(move || {
        (waits() > 0).then(|| {
            view! {
                <p class="card find notice" role="status" data-sending="">
                    {changing(move || t::evidence::sending(
                        locale,
                        text::number(waits() as i128, locale),
                        text::number(i128::from(percent()), locale),
                    ))}
                    " "
                    <progress max="100" value=move || percent().to_string() aria-label=t::evidence::progress(locale)></progress>
                </p>
            }
        })
    })
}

/// Sends what waits, in the tab that leads.
pub fn send(live: Live) {
    if RUNS.get() || live.runs.is_closed() {
        return;
    }
    RUNS.set(true);
    spawn_local(async move {
        let store = files_of(&live);
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
    let files = waiting(store).await?;
    live.files.try_update(|all| {
        let known = std::mem::take(all);
        let status = |file: &PendingFile| {
            let known = known.iter().find(|(one, _)| one.row() == file.row());
            known.map_or(AttachmentStatus::Absent, |(_, status)| status.clone())
        };
        *all = files.iter().map(|file| (file.clone(), status(file))).collect();
    });
    Ok(files)
}

fn note(live: Live, file: &PendingFile, status: &AttachmentStatus) {
    live.files.try_update(|all| {
        if let Some((_, known)) = all.iter_mut().find(|(one, _)| one.row() == file.row()) {
            *known = status.clone();
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
        if live
            .replica
            .with_untracked(|replica| replica.entity(&file.key()))
            .is_none_or(|view| view.fields.is_empty())
        {
            // Nobody said that it belongs to a report: the page was closed before.
            forget(store, file).await?;
            continue;
        }
        if one(live, store, file).await?.is_none() {
            failed.push(file.row());
        }
    }
}

/// Sends one file to its end; none where it is to be tried again later.
async fn one(live: Live, store: &Store, file: &PendingFile) -> Result<Option<()>, StoreError> {
    let Some(content) = file.content() else { return Ok(None) };
    let path = path(&file.reporter, &content.to_string());
    let Ok(mut status) = net::get::<AttachmentStatus>(&format!("{path}/status")).await else {
        return Ok(None);
    };
    loop {
        note(live, file, &status);
        match file.next(&status) {
            Next::Done => {
                forget(store, file).await?;
                return Ok(Some(()));
            }
            Next::Ended(why) => {
                forget(store, file).await?;
                let file = PendingFile { ended: Some(why), ..file.clone() };
                let row = serde_json::to_string(&file).expect("texts and numbers are JSON");
                store.put(vec![(file.row(), Some(row))]).await?;
                return Ok(Some(()));
            }
            Next::Leave => return Ok(None),
            Next::Send { chunk, skip, offset } => {
                let Some(bytes) = store.bytes(&file.chunk_row(chunk)).await? else { return Ok(None) };
                let bytes = bytes.subarray(skip as u32, CHUNK as u32);
                let to = format!("{path}?offset={offset}&total={}", file.bytes);
                if live.runs.is_closed() {
                    return Ok(None);
                }
                let Ok((code, answer)) = uploads::put(&to, &bytes).await else { return Ok(None) };
                // With 409 the server says from where it goes on.
                let next = match code {
                    200..=299 | 409 => serde_json::from_str::<AttachmentStatus>(&answer).ok(),
                    _ => None,
                };
                let Some(next) = next.filter(|next| *next != status) else { return Ok(None) };
                status = next;
            }
        }
    }
}

/// Deletes what is stored of a file.
pub(super) async fn forget(store: &Store, file: &PendingFile) -> Result<(), StoreError> {
    let chunks = (0..file.chunks()).map(|nth| (file.chunk_row(nth), None));
    store.put(std::iter::once((file.row(), None)).chain(chunks).collect()).await
}
