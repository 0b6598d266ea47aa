//! The little that the browser remembers between starts: the language.

use super::local_storage;

const LANGUAGE: &str = "chitieu.language";

/// The language's tag, where one was chosen.
pub fn language() -> Option<String> {
    local_storage::get(LANGUAGE)
}

/// Remembers a language by its tag.
pub fn set_language(tag: &str) {
    // A full or forbidden storage costs a convenience here, no figure.
    local_storage::set(LANGUAGE, tag);
}

/// Asks the browser not to clear this site's data when space runs short. Over plain http there is nobody to ask.
pub fn persist() {
    if let Some(window) = web_sys::window().filter(web_sys::Window::is_secure_context) {
        // The answer changes nothing the app does; the promise may be dropped.
        drop(window.navigator().storage().persist());
    }
}
