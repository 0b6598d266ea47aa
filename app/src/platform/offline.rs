//! Whether this device would open without a network, and whether a new build is there: `app/public/offline.js` measures
//! both and writes them on the document.

use gloo_events::EventListener;

/// Whether this device would open without a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing was measured yet, or nothing is to be.
    Unknown,
    /// All files are here, and a worker that gives them.
    Ready,
    /// The files are on their way.
    Preparing,
    /// It would not.
    Not(Obstacle),
}

/// Why a device would not open without a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// The address is plain http: browsers keep no app from there.
    Http,
    /// The browser keeps no app: a private window, or forbidden by a setting.
    Private,
    /// The browser's storage of files fails.
    Storage,
    /// Files are missing, and could not be fetched.
    Files,
}

/// What there is of a new build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Build {
    /// Nothing new.
    Current,
    /// It waits, since somebody types, or it runs in other tabs.
    Offered,
    /// Somebody asked for it, and another tab has unsaved text.
    Refused,
}

/// What is measured now.
pub fn told() -> (Standing, Build) {
    let root = web_sys::window().and_then(|w| w.document()).and_then(|d| d.document_element());
    let word = |name: &str| root.as_ref().and_then(|r| r.get_attribute(name)).unwrap_or_default();
    let standing = match &*word("data-standing") {
        "" => Standing::Unknown,
        "ready" => Standing::Ready,
        "preparing" => Standing::Preparing,
        "not http" => Standing::Not(Obstacle::Http),
        "not private" => Standing::Not(Obstacle::Private),
        "not storage" => Standing::Not(Obstacle::Storage),
        _ => Standing::Not(Obstacle::Files),
    };
    let build = match &*word("data-build") {
        "offered" => Build::Offered,
        "refused" => Build::Refused,
        _ => Build::Current,
    };
    (standing, build)
}

/// Calls back when that changes, for as long as what is given lives.
pub fn on_change(call: impl Fn() + 'static) -> Option<EventListener> {
    Some(EventListener::new(&web_sys::window()?.into(), "chitieu:offline", move |_| call()))
}
