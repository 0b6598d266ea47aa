//! The moment in which somebody leaves this device.

use crate::platform::dom;
use crate::reactive::context::{Session, context, locale};
use crate::reactive::leaving;
use chitieu_widgets::t;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Says what is going on until nothing is readable here any more, then lets the next person sign in.
#[component]
pub fn LeavingScreen() -> impl IntoView {
    let locale = locale();
    let context = context();
    spawn_local(async move {
        match leaving::clear(None).await {
            Ok(is_all_kept) => {
                let why = (!is_all_kept).then(|| t::sign_in::not_kept(locale).to_owned());
                context.greet(why).await;
            }
            // The device goes on knowing that somebody left: the next start tries again.
            Err(error) => context.session.set(Session::SignedOut(Some(t::fault::storage(locale, error)))),
        }
    });
    // It goes on by itself should the browser answer yet.
    let owed = move || {
        context.owed.get().map(|_| {
            view! {
                <section class="card" role="alert">
                    <p>{t::store::silent(locale)}</p>
                    <p>{t::store::remedy(locale)}</p>
                    <p class="choices">
                        <button class="button" on:click=|_| dom::reload()>{t::store::reload(locale)}</button>
                    </p>
                </section>
            }
        })
    };
    view! { <main class="sign-in"><p class="starting" role="status">{t::sign_in::leaving(locale)}</p>{owed}</main> }
}
