//! What the device knows of its people: who is here, who was, and that somebody left whose session is still to be ended.

use super::indexed_db::{Store, StoreError};
use crate::platform::local_storage;
use chitieu_sync::replica::Waiting;

/// The database that is nobody's: it knows who used this device last, and who did before. The browser's own
/// small storage does not do for that, since it is written down late and a killed browser loses it.
fn common() -> Store {
    Store::named("chitieu")
}

const LAST_USER: &str = "k|last_user";
const LEAVING: &str = "k|leaving";
/// What the shell paints of a person's frame before the app runs (`app/public/boot.js`).
const FRAME: &str = "k|frame";
const USER: &str = "u|";

/// In the browser's small storage, which the shell reads before it draws: somebody is here, and somebody left whose session is
/// still to be ended. They say nothing of whom; where they are lost or wrong the app puts it right.
const HERE: &str = "chitieu.here";
const LEFT: &str = "chitieu.leaving";

/// Who used this device last, and did not sign out.
pub async fn last_user() -> Result<Option<String>, StoreError> {
    let (_, rows) = common().read(LAST_USER).await?;
    Ok(rows.into_iter().next().map(|(_, name)| name))
}

/// Remembers who uses this device.
pub async fn remember(username: &str) -> Result<(), StoreError> {
    let known = (format!("{USER}{username}"), Some(String::new()));
    // What was written of another goes; the frame writes its own.
    let gone = [LEAVING, FRAME].map(|key| (key.to_owned(), None));
    let rows = [(LAST_USER.into(), Some(username.into())), known].into_iter().chain(gone);
    common().put(rows.collect()).await?;
    local_storage::set(HERE, "");
    local_storage::remove(LEFT);
    Ok(())
}

/// Remembers the frame of whoever is here.
pub async fn remember_frame(record: String) -> Result<(), StoreError> {
    common().put(vec![(FRAME.into(), Some(record))]).await
}

/// Remembers that nobody uses this device, and whether the server is still to be told.
pub async fn forget(is_told: bool) -> Result<(), StoreError> {
    let leaving = (LEAVING.to_owned(), (!is_told).then(String::new));
    common().put(vec![(LAST_USER.into(), None), (FRAME.into(), None), leaving]).await?;
    local_storage::remove(HERE);
    if is_told {
        local_storage::remove(LEFT);
    } else {
        local_storage::set(LEFT, "");
    }
    Ok(())
}

/// True where somebody left while the server did not answer: their session is still to be ended.
pub async fn is_leaving() -> Result<bool, StoreError> {
    Ok(!common().read(LEAVING).await?.1.is_empty())
}

/// True where this person has left the device, or another has come. A device whose data were cleared tells nothing.
pub async fn has_left(username: &str) -> Result<bool, StoreError> {
    let (_, rows) = common().read("").await?;
    Ok(!rows.is_empty() && !rows.iter().any(|(key, name)| key == LAST_USER && name == username))
}

/// Everybody who ever used this device.
pub async fn users() -> Result<Vec<String>, StoreError> {
    let (_, users) = common().read(USER).await?;
    Ok(users.into_iter().map(|(key, _)| key[USER.len()..].to_owned()).collect())
}

/// How many changes of other people wait on this device, by user name. They are never sent but by their author.
pub async fn waiting_of_others(but: Option<&str>) -> Result<Vec<(String, usize)>, StoreError> {
    let mut waiting = Vec::new();
    let (_, users) = common().read(USER).await?;
    for (key, _) in users {
        let name = &key[USER.len()..];
        if Some(name) == but {
            continue;
        }
        let store = Store::of(name);
        let (_, rows) = store.read("o|").await?;
        store.close();
        let open = rows.iter().filter(|(_, value)| {
            // One that only a later release reads waits for it.
            serde_json::from_str::<Waiting>(value).map_or(true, |waiting| waiting.is_open())
        });
        let count = open.count();
        if count > 0 {
            waiting.push((name.to_owned(), count));
        }
    }
    Ok(waiting)
}
