//! What the browser remembers between starts besides figures: who was here last, and the language. A browser
//! that remembers nothing still works.

/// Things remembered.
#[derive(Debug, Clone, Copy)]
pub enum Setting {
    /// User name of whoever used this device last.
    LastUser,
    /// `vi` or `en`.
    Language,
}

impl Setting {
    const fn key(self) -> &'static str {
        match self {
            Self::LastUser => "chitieu.last_user",
            Self::Language => "chitieu.language",
        }
    }
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// What is remembered.
pub fn get(setting: Setting) -> Option<String> {
    storage()?.get_item(setting.key()).ok()?
}

/// Remembers, or forgets on none.
pub fn set(setting: Setting, value: Option<&str>) {
    let Some(storage) = storage() else { return };
    // A full or forbidden storage costs a convenience, no figure.
    match value {
        Some(value) => storage.set_item(setting.key(), value).ok(),
        None => storage.remove_item(setting.key()).ok(),
    };
}

/// Asks the browser not to clear this site's data when space runs short.
pub fn persist() {
    if let Some(window) = web_sys::window() {
        // The answer changes nothing the app does; the promise may be dropped.
        drop(window.navigator().storage().persist());
    }
}
