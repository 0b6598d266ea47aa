//! The little that the browser remembers between starts: the language. A browser that remembers nothing still
//! works.

const LANGUAGE: &str = "chitieu.language";

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// The language's tag, where one was chosen.
pub fn language() -> Option<String> {
    storage()?.get_item(LANGUAGE).ok()?
}

/// Remembers a language by its tag.
pub fn set_language(tag: &str) {
    // A full or forbidden storage costs a convenience, no figure.
    storage().and_then(|storage| storage.set_item(LANGUAGE, tag).ok());
}

/// Asks the browser not to clear this site's data when space runs short.
pub fn persist() {
    if let Some(window) = web_sys::window() {
        // The answer changes nothing the app does; the promise may be dropped.
        drop(window.navigator().storage().persist());
    }
}
