//! What all screens share: who is here, and in which language.

use crate::reactive::live::Live;
use crate::storage::indexed_db::Owed;
use chitieu_widgets::Locale;
use leptos::prelude::*;

/// Who is here.
#[derive(Clone)]
#[expect(clippy::large_enum_variant, reason = "there is one of it, and what is large are handles")]
pub enum Session {
    /// Looking for what is stored.
    Starting,
    /// The browser does not open its store, and why.
    NoStore(String),
    /// Somebody is leaving: what must not be read here by others is being removed.
    Leaving,
    /// Nobody yet; the text says why, where there is a reason.
    SignedOut(Option<String>),
    /// Somebody, with their replica.
    Ready(Live),
}

/// Shared by all screens.
#[derive(Clone, Copy)]
pub struct Context {
    /// Who is here.
    pub session: RwSignal<Session>,
    /// The language.
    pub locale: RwSignal<Locale>,
    /// Whose password was given by an administrator, and that password: another one has to be chosen first.
    pub must_change: RwSignal<Option<(String, String)>>,
    /// What the browser has owed an answer for some seconds.
    pub owed: RwSignal<Option<Owed>>,
}

/// The language of the screen being drawn; a change draws everything anew.
pub fn locale() -> Locale {
    use_context::<Context>().map_or(Locale::Vi, |c| c.locale.get_untracked())
}

/// The person's replica, for every screen below the root.
pub fn live() -> Live {
    use_context().expect("screens are drawn only when somebody is signed in")
}

/// What all screens share.
pub fn context() -> Context {
    use_context().expect("the root provides it")
}
