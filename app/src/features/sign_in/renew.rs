//! Around the shell's form for signing in: where a session has ended, and where nobody is here.

use crate::features::account::NewPassword;
use crate::features::outbox::OthersWaiting;
use crate::platform::sign_in;
use crate::reactive::context::{context, live, locale};
use crate::reactive::live::SyncState;
use crate::ui::changing::changing;
use chitieu_widgets::t;
use leptos::html::Div;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Asks for another password in place of one that was given, where somebody has to choose it.
#[component]
fn MustChange() -> impl IntoView {
    let context = context();
    let done = Callback::new(move |(name, answer)| spawn_local(context.signed_in(name, answer)));
    move || {
        let asked = context.must_change.get();
        asked.map(|(name, given)| view! { <NewPassword username=name given=Some(given) done=done /> })
    }
}

/// What stands beside the form while nobody is here, and in its place where the password has to be changed.
#[component]
pub fn Nobody() -> impl IntoView {
    let locale = locale();
    let context = context();
    let is_asked = Memo::new(move |_| context.must_change.get().is_some());
    view! {
        <div class="beside-sign-in">
            {changing(move || is_asked.get().then(|| view! {
                <main class="sign-in">
                    <section class="card">
                        <h1>{t::shell::title(locale)}</h1>
                        <MustChange />
                    </section>
                </main>
            }))}
            <OthersWaiting />
        </div>
    }
}

/// Asks for the password again when the session has ended; nothing typed is lost meanwhile.
#[component]
pub fn Renew() -> impl IntoView {
    let (live, locale) = (live(), locale());
    let ended = Memo::new(move |_| live.state.get() == SyncState::SignIn);
    move || {
        ended.get().then(|| {
            let place = NodeRef::<Div>::new();
            place.on_load(move |element| {
                sign_in::place(&element, &live.me.with_untracked(|me| me.username.clone()));
            });
            view! {
                <section class="card renew" aria-label=t::sign_in::enter(locale)>
                    <p>{t::sync::renew(locale)}</p>
                    <MustChange />
                    <div class="sign-in-place" node_ref=place></div>
                </section>
            }
        })
    }
}
