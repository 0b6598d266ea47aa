//! The browser's small storage that is written in the moment of the call. A browser that remembers nothing still works.

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// A text by its key.
pub fn get(key: &str) -> Option<String> {
    storage()?.get_item(key).ok()?
}

/// Keeps a text; false where the storage is full or forbidden.
pub fn set(key: &str, text: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(key, text).is_ok())
}

/// Removes a text.
pub fn remove(key: &str) {
    // What cannot be removed could not be kept either.
    storage().and_then(|storage| storage.remove_item(key).ok());
}

/// Every key and its text.
pub fn all() -> Vec<(String, String)> {
    let Some(storage) = storage() else { return Vec::new() };
    let keys = (0..storage.length().unwrap_or(0)).filter_map(|nth| storage.key(nth).ok()?);
    keys.filter_map(|key| get(&key).map(|text| (key, text))).collect()
}
