//! While what is on the device is being opened, and where the browser does not open it.

use crate::app::{Context, Session, locale};
use crate::platform::dom;
use crate::replica::indexed_db;
use chitieu_widgets::t;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The screen. Where the browser refuses or is silent, it says what is awaited and lets the person go on without a store.
#[component]
pub fn Opening(
    /// Why the store was not opened, in the browser's words.
    why: Option<String>,
) -> impl IntoView {
    let locale = locale();
    let context = use_context::<Context>().expect("the root provides it");
    let go_on = move |_| {
        indexed_db::work_without();
        if matches!(context.session.get_untracked(), Session::NoStore(_)) {
            context.session.set(Session::Starting);
            spawn_local(context.begin());
        }
    };
    let text = move || match &why {
        Some(why) => Some(t::store::refused(locale, why)),
        None => context.owed.get().map(|_| t::store::silent(locale).to_owned()),
    };
    move || {
        match text() {
        None => view! { <p class="starting" role="status">{t::shell::starting(locale)}</p> }.into_any(),
        Some(text) => view! {
            <main class="sign-in" data-no-store="">
                <section class="card" role="alert">
                    <h1>{t::shell::title(locale)}</h1>
                    <p>{text}</p>
                    <p>{t::store::remedy(locale)}</p>
                    <p class="choices">
                        <button class="button" on:click=|_| dom::reload()>{t::store::reload(locale)}</button>
                        <button class="button quiet" id="without-store" on:click=go_on>{t::store::without(locale)}</button>
                    </p>
                    <p class="muted small">{t::store::without_means(locale)}</p>
                </section>
            </main>
        }
        .into_any(),
    }
    }
}
