//! Around the shell's form for signing in: where a session has ended, and where nobody is here.

use super::icon::Icon;
use super::link::Link;
use super::shell;
use crate::app::{Context, live, locale};
use crate::pages::account::NewPassword;
use crate::pages::waiting::OthersWaiting;
use crate::platform::sign_in;
use crate::replica::indexed_db;
use crate::replica::live::SyncState;
use chitieu_widgets::t;
use leptos::html::Div;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Asks for another password in place of one that was given, where somebody has to choose it.
#[component]
fn MustChange() -> impl IntoView {
    let context = use_context::<Context>().expect("the root provides it");
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
    let context = use_context::<Context>().expect("the root provides it");
    let is_asked = Memo::new(move |_| context.must_change.get().is_some());
    view! {
        <div class="beside-sign-in">
            {move || is_asked.get().then(|| view! {
                <main class="sign-in">
                    <section class="card">
                        <h1>{t::shell::title(locale)}</h1>
                        <MustChange />
                    </section>
                </main>
            })}
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

/// The way to one's account. With it goes what the shell paints of this frame at the next start.
#[component]
pub fn AccountLink() -> impl IntoView {
    remember_frame();
    view! { <Link href="/tai-khoan">{t::account::title(locale())}</Link> }
}

/// Writes down who is here, in which roles, and the screens that the menu names, a line each.
fn remember_frame() {
    if !sign_in::paints_frame() {
        return;
    }
    let (live, locale) = (live(), locale());
    let (username, name) = live.me.with_untracked(|me| (me.username.clone(), me.display_name.clone()));
    let mut lines = vec![username.clone(), name.replace('\n', " "), shell::roles(live, locale)];
    lines.extend(
        shell::menu(live, locale)
            .into_iter()
            .map(|(href, icon, title): (_, Icon, _)| [href, title, icon.path()].join("\t")),
    );
    spawn_local(async move {
        // Where it is not kept the next start is without a frame for a moment.
        if !live.runs.is_closed() && !indexed_db::has_left(&username).await.unwrap_or(true) {
            indexed_db::remember_frame(lines.join("\n")).await.ok();
        }
    });
}
