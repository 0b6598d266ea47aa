//! Where the browser does not open what is on the device.

use crate::platform::dom;
use crate::reactive::context::{Session, context, locale};
use crate::reactive::device;
use chitieu_widgets::t;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The screen: it says what is awaited and lets the person go on without a store.
#[component]
pub fn Opening(
    /// Why, in the browser's words; none where it is silent.
    why: Option<String>,
) -> impl IntoView {
    let locale = locale();
    let context = context();
    let go_on = move |_| {
        device::work_without_store();
        if matches!(context.session.get_untracked(), Session::NoStore(_)) {
            context.session.set(Session::Starting);
            spawn_local(context.begin());
        }
    };
    let text = match &why {
        Some(why) => t::store::refused(locale, why),
        None => t::store::silent(locale).to_owned(),
    };
    view! {
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
}
