//! What must be said on every screen, above it: a clock that is wrong, a store that is silent or missing.

use crate::app::{Context, live, locale};
use crate::platform::clock;
use chitieu_widgets::t;
use leptos::prelude::*;

/// The sentences, one below the other; nothing where there is nothing to say.
#[component]
pub fn Notices() -> impl IntoView {
    let (live, locale) = (live(), locale());
    let context = use_context::<Context>().expect("the root provides it");
    let clock_is_off = move || {
        live.clock_is_off.get().map(|ahead| {
            let (device, server) = (clock::at(0.0, locale), clock::at(ahead, locale));
            t::notice::clock(locale, device, server)
        })
    };
    let owed = move || context.owed.get().map(|_| t::notice::owed(locale).to_owned());
    let without = live.is_memory.then(|| t::notice::without_store(locale).to_owned());
    let said = |text: String| view! { <p class="card find notice" role="alert">{text}</p> };
    view! {
        {move || clock_is_off().map(said)}
        {move || owed().map(said)}
        {without.map(said)}
    }
}
