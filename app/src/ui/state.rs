//! Where a form stands, as a chip.

use chitieu_sync::submission::State;
use chitieu_widgets::{Locale, t};
use leptos::prelude::*;

/// The state's word.
pub fn word(state: State, locale: Locale) -> &'static str {
    match state {
        State::Draft => t::state::draft(locale),
        State::Submitted => t::state::submitted(locale),
        State::Returned => t::state::returned(locale),
        State::Approved => t::state::approved(locale),
        State::Published => t::state::published(locale),
        State::Unknown(_) => t::state::unknown(locale),
    }
}

const fn class(state: State) -> &'static str {
    match state {
        State::Draft | State::Unknown(_) => "chip none",
        State::Submitted => "chip prov",
        State::Returned => "chip not",
        State::Approved | State::Published => "chip met",
    }
}

/// The chip.
#[component]
pub fn StateChip(
    /// The state.
    #[prop(into)]
    state: Signal<State>,
    /// The language of the screen.
    locale: Locale,
) -> impl IntoView {
    view! { <span class=move || class(state.get()) data-state=move || format!("{:?}", state.get())>{move || word(state.get(), locale)}</span> }
}
