//! What the device knows of its people, as screens ask for it and change it.

use crate::storage::device;
use crate::storage::indexed_db::{self, StoreError};

/// True where this person has left the device, or another has come.
pub fn has_left(username: &str) -> impl Future<Output = Result<bool, StoreError>> {
    device::has_left(username)
}

/// Remembers the frame of whoever is here.
pub fn remember_frame(record: String) -> impl Future<Output = Result<(), StoreError>> {
    device::remember_frame(record)
}

/// Remembers that nobody uses this device any more; the server is still to be told.
pub fn forget() -> impl Future<Output = Result<(), StoreError>> {
    device::forget(false)
}

/// How many changes of other people wait on this device, by user name.
pub fn waiting_of_others(
    but: Option<&str>,
) -> impl Future<Output = Result<Vec<(String, usize)>, StoreError>> {
    device::waiting_of_others(but)
}

/// Works without a store from now on.
pub fn work_without_store() {
    indexed_db::work_without();
}
