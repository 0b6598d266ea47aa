//! Leaving a device to others: what becomes of the rows of whoever is not here, and what is unsealed for whoever is. All of it
//! is in the later file.
//!
//! Sealed is at leaving, not before: until then a person works as ever, without waiting for a key. The sealed rows take the
//! place of the readable ones in one transaction, so that a crash leaves either; whoever starts next does it again.

use crate::platform::net;
use crate::reactive::live::Live;
use crate::reactive::{history, sync};
use crate::storage::device;
use crate::storage::indexed_db::{Store, StoreError};
use chitieu_client::tabs::TabMessage;
use chitieu_sync::api::DeviceKey;
use chitieu_sync::replica::Change;
use chitieu_sync::replica::leaving::{self, COPY, Leaving, SEALED};
use leptos::prelude::*;

/// The database of a person's key, which holds nothing else: rows of texts alone are read by every version.
fn keys_of(username: &str) -> Store {
    Store::named(&format!("chitieu-key-{username}"))
}

/// Leaves nothing readable of anybody but `here` save what is unsent, and makes their tabs go. Gives false where something
/// that was sent went for good, because this browser has no key to seal it under.
pub async fn clear(here: Option<&str>) -> Result<bool, StoreError> {
    let mut is_all_kept = true;
    for name in device::users().await? {
        if here != Some(name.as_str()) {
            is_all_kept &= clear_one(&name).await?;
        }
    }
    Ok(is_all_kept)
}

async fn clear_one(name: &str) -> Result<bool, StoreError> {
    let (store, keys) = (Store::of(name), keys_of(name));
    let mut is_all_kept = true;
    loop {
        let (store_version, rows) = store.read("").await?;
        let Leaving { gone, sealed } =
            leaving::leave(rows.iter().map(|(key, value)| (key.as_str(), value.as_str())));
        if gone.is_empty() {
            // An older version of the app may have left pages of the copy that it did not see.
            store.put(vec![(COPY.to_owned(), None)]).await?;
            break;
        }
        store.say(&TabMessage::Left);
        let mut written: Vec<_> = gone.into_iter().map(|key| (key, None)).collect();
        let (names, texts): (Vec<_>, Vec<_>) = sealed.into_iter().unzip();
        is_all_kept = true;
        if !texts.is_empty() {
            match keys.seal(texts, false).await {
                Ok(texts) => written.extend(names.into_iter().zip(texts)),
                Err(_) => is_all_kept = false,
            }
        }
        if store.write(store_version, written).await?.is_some() {
            break;
        }
    }
    keys.forget_key().await?;
    history::clear(name).await?;
    store.close();
    keys.close();
    Ok(is_all_kept)
}

/// Takes the key of whoever is here, for the day on which they leave, and puts back what was sealed when they left last. False
/// where it is to be tried again.
pub async fn settle(live: Live) -> Result<bool, StoreError> {
    let username = live.me.with_untracked(|me| me.username.clone());
    clear(Some(&username)).await?;
    let Ok(told) = net::get::<DeviceKey>("/api/v1/me/key").await else { return Ok(false) };
    if told.username != username || live.runs.is_closed() {
        return Ok(false);
    }
    let keys = keys_of(&username);
    // Where the browser has no cryptography there is nothing sealed either.
    if keys.keep_key(&told.key).await.is_err() {
        return Ok(true);
    }
    let store = live.store();
    let (_, rows) = store.read(SEALED).await?;
    let (names, texts): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    let texts = keys.seal(texts, true).await?;
    let opened =
        names.into_iter().zip(texts).filter_map(|(name, text)| Some((name, leaving::unsealed(&text?)?)));
    let (names, ops): (Vec<_>, Vec<_>) = opened.unzip();
    if ops.is_empty() {
        return Ok(true);
    }
    let kept: Vec<_> = ops.into_iter().map(|op| Change::Kept(Box::new(op))).collect();
    if !live.change(&mut |_| (!live.runs.is_closed()).then(|| kept.clone())).await? {
        return Ok(false);
    }
    // Only now: after a crash between the two they are put back once more.
    store.put(names.into_iter().map(|name| (name, None)).collect()).await?;
    sync::now(live);
    Ok(true)
}
