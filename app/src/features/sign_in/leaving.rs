//! The moment in which somebody leaves this device.

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
    view! { <p class="starting" role="status">{t::sign_in::leaving(locale)}</p> }
}
