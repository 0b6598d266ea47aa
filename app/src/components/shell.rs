//! The frame of every screen: menu, who is here, the sync badge, and what must be said to all.

use super::icon::Icon;
use super::link::Link;
use super::sync_badge::SyncBadge;
use crate::app::{Context, Session, live, locale};
use crate::components::changing::changing;
use crate::late::{self, Part};
use crate::platform::net;
use crate::replica::Live;
use crate::replica::indexed_db;
use crate::replica::live::SyncState;
use chitieu_sync::grants::Role;
use chitieu_sync::rights::{Right, Thing};
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
    let context = use_context::<Context>().expect("the root provides it");
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
            if let Err(error) = indexed_db::forget(false).await {
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
        <a class="skip" href="#main">{t::shell::skip(locale)}</a>
        <div class="app">
            <nav class="menu" aria-label=t::shell::menu(locale)>
                <div class="brand">
                    <svg viewBox="0 0 26 26" aria-hidden="true">
                        <rect width="26" height="26" rx="6"></rect>
                        <path d="M6 18V12M11 18V8M16 18v-7M21 18V9"></path>
                    </svg>
                    {t::shell::title(locale)}
                </div>
                <div class="menu-links" hidden=move || ended.get()>
                    {links.into_iter().map(|(href, icon, title)| view! {
                        {(officer && href == "/cho-gui").then(|| late::draw(Part::ContestedLink))}
                        <Link href=href>
                            {icon.view()} {title} {(officer && href == "/").then(|| late::draw(Part::Waits))}
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
                        {late::draw(Part::AccountLink)}
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
                <div class="top">
                    {me.illustrative.then(|| view! { <strong class="sample">{t::embed::sample(locale)}</strong> })}
                    {late::draw(Part::OfflineBadge)}
                    <SyncBadge />
                </div>
                {late::draw(Part::NewBuild)}
                {late::draw(Part::Renew)}
                {late::draw(Part::Notices)}
                <main id="main" tabindex="-1" hidden=move || ended.get()>
                    {children()}
                </main>
            </div>
        </div>
    }
}

/// A person's roles in words.
pub fn roles(live: Live, locale: Locale) -> String {
    let mut roles: Vec<&str> = Vec::new();
    live.me.with_untracked(|me| {
        for grant in me.grants.in_force(live.day.get_untracked().date) {
            let word = role(grant.role, locale);
            if !roles.contains(&word) {
                roles.push(word);
            }
        }
        if roles.is_empty() {
            roles.push(if me.is_beyond { t::role::unknown(locale) } else { t::role::none(locale) });
        }
    });
    roles.join(", ")
}

/// The screens that a person's menu names: address, icon and title.
pub fn menu(live: Live, locale: Locale) -> Vec<(&'static str, Icon, &'static str)> {
    let (officer, reviews) = (live.is_officer(), live.may(Right::Oversee, Thing::Anything));
    // The board is all that others have.
    let starts = officer || reviews || live.may(Right::KeepAccounts, Thing::Anything);
    let mut all = vec![
        ("/", Icon::Work, t::work::title(locale)),
        ("/duyet", Icon::Review, t::review::title(locale)),
        ("/cho-gui", Icon::Waiting, t::waiting::title(locale)),
        ("/nhiem-vu", Icon::Tasks, t::task::title(locale)),
        ("/chi-tieu", Icon::Board, t::board::title(locale)),
    ];
    let has = [starts, reviews, officer, live.may(Right::ReadPlan, Thing::Plan), true];
    let mut has = has.into_iter();
    all.retain(|_| has.next() == Some(true));
    all
}

/// A role's name.
pub fn role(role: Role, locale: Locale) -> &'static str {
    match role {
        Role::Officer => t::role::officer(locale),
        Role::Reviewer => t::role::reviewer(locale),
        Role::Steering => t::role::steering(locale),
        Role::Publisher => t::role::publisher(locale),
        Role::Leader => t::role::leader(locale),
        Role::Auditor => t::role::auditor(locale),
        Role::Admin => t::role::admin(locale),
        Role::Unknown => t::role::unknown(locale),
    }
}
