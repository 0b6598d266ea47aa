//! The frame of every screen: menu, who is here, the sync badge, and what must be said to all.

use crate::features::roles::roles;
use crate::features::shell::menu::menu;
use crate::features::shell::sync_badge::SyncBadge;
use crate::parts;
use crate::parts::Part;
use crate::platform::net;
use crate::reactive::context::{Session, context, live, locale};
use crate::reactive::device;
use crate::reactive::live::SyncState;
use crate::routes::Route;
use crate::routes::link::Link;
use crate::ui::changing::changing;
use chitieu_widgets::{Locale, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The frame.
#[component]
pub fn Shell(
    /// The screen.
    children: Children,
) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let context = context();
    let me = live.me.get_untracked();
    let officer = live.is_officer();
    let (roles, links) = (roles(live, locale), menu(live, locale));
    let other = match locale {
        Locale::Vi => Locale::En,
        Locale::En => Locale::Vi,
    };
    let sign_out = move |_| {
        live.drafts.write_now();
        live.runs.close();
        spawn_local(async move {
            // Noted before the server is asked: where it does not answer, it is told at the next start.
            if let Err(error) = device::forget().await {
                context.session.set(Session::SignedOut(Some(t::fault::storage(locale, error))));
                // The device goes on knowing who was here; the server need not.
                net::delete("/api/v1/session").await.ok();
                return;
            }
            context.session.set(Session::Leaving);
        });
    };
    let ended = Memo::new(move |_| live.state.get() == SyncState::SignIn);
    let waiting = move || live.replica.with(|r| r.tally().waiting);
    view! {
        <div class="app">
            <nav class="menu" aria-label=t::shell::menu(locale)>
                <a class="skip" href="#main">{t::shell::skip(locale)}</a>
                <div class="brand">
                    <svg viewBox="0 0 26 26" aria-hidden="true">
                        <rect width="26" height="26" rx="6"></rect>
                        <path d="M6 18V12M11 18V8M16 18v-7M21 18V9"></path>
                    </svg>
                    {t::shell::title(locale)}
                </div>
                <div class="menu-links" hidden=move || ended.get()>
                    {links.into_iter().map(|(to, icon, title)| view! {
                        {(officer && to == Route::Outbox).then(|| parts::draw(Part::ContestedLink))}
                        <Link to=to.clone()>
                            {icon.view()} {title} {(officer && to == Route::Start(None)).then(|| parts::draw(Part::Waits))}
                        </Link>
                    }).collect_view()}
                </div>
                <div class="who">
                    <b>{me.display_name.clone()}</b>
                    <span>
                        {roles}
                        {changing(move || match waiting() { 0 => String::new(), n => format!(" · {}", t::sync::unsent(locale, n)) })}
                    </span>
                    <span class="who-tools">
                        {parts::draw(Part::AccountLink)}
                        <button class="link" lang=other.tag() on:click=move |_| context.locale.set(other)>
                            {t::shell::language(other)}
                        </button>
                        <button class="link" id="sign-out" on:click=sign_out>
                            {t::shell::sign_out(locale)}
                        </button>
                    </span>
                </div>
            </nav>
            <div class="body">
                <header class="top">
                    {me.illustrative.then(|| view! { <strong class="sample">{t::embed::sample(locale)}</strong> })}
                    {parts::draw(Part::OfflineBadge)}
                    <SyncBadge />
                </header>
                {parts::draw(Part::NewBuild)}
                {parts::draw(Part::Renew)}
                {parts::draw(Part::Notices)}
                <main id="main" tabindex="-1" hidden=move || ended.get()>
                    {children()}
                </main>
            </div>
        </div>
    }
}
