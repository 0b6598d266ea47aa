//! An address that the app does not know, though the server may; and one that its person has no right to.

use crate::platform::address::Address;
use crate::reactive::context::locale;
use chitieu_widgets::t;
use leptos::prelude::*;

/// The screen.
#[component]
pub fn NoPage() -> impl IntoView {
    let locale = locale();
    let address = use_context::<Address>().expect("the root provides it");
    // A plain link leaves the app; the worker lets this query through to the server.
    let there = format!("{}?may-chu", address.get());
    view! {
        <header class="page-head">
            <h1>{t::shell::nowhere(locale)}</h1>
        </header>
        <div class="page">
            <p class="card empty">
                {t::shell::choose(locale)} " " <a href=there data-from-server="">{t::shell::from_server(locale)}</a>
            </p>
        </div>
    }
}

/// The screen of who has no right to what the address names.
#[component]
pub fn NoRight() -> impl IntoView {
    let locale = locale();
    view! {
        <header class="page-head">
            <h1>{t::shell::no_right(locale)}</h1>
        </header>
        <div class="page">
            <p class="card empty" data-no-right="">{t::shell::ask_for_right(locale)}</p>
        </div>
    }
}
