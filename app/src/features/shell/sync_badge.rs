//! What is true of the figures on this device: saved here, sent, waiting, contested, rejected.

use crate::reactive::context::{context, live, locale};
use crate::reactive::live::SyncState;
use crate::reactive::sync;
use crate::ui::changing::changing;
use chitieu_widgets::t;
use leptos::prelude::*;

/// The badge; pressing it tries to send at once.
#[component]
pub fn SyncBadge() -> impl IntoView {
    let (live, locale) = (live(), locale());
    let context = context();
    let tally = Memo::new(move |_| {
        live.replica.with(|r| (r.tally().waiting, r.tally().contested, r.tally().rejected))
    });
    // A run every few seconds is not worth a flicker: "sending" is said only while something waits.
    let text = move || {
        let (waiting, ..) = tally.get();
        if context.owed.get().is_some() {
            return t::sync::owed(locale).to_owned();
        }
        match (live.state.get(), waiting) {
            (SyncState::SignIn, n) => t::sync::sign_in(locale, n),
            (SyncState::Fault(_), n) => t::sync::fault(locale, n),
            (SyncState::NotStored(why), _) => t::fault::storage(locale, why),
            (SyncState::Busy | SyncState::Idle, 0) if live.is_memory => t::sync::sent_only(locale).to_owned(),
            (_, n) if live.is_memory => t::sync::only_here(locale, n),
            (SyncState::Offline, 0) => t::sync::offline(locale).to_owned(),
            (SyncState::Offline, n) => t::sync::offline_waiting(locale, n),
            (SyncState::Busy | SyncState::Idle, 0) => t::sync::sent(locale).to_owned(),
            (_, n) => t::sync::waiting(locale, n),
        }
    };
    let class = move || {
        let (waiting, contested, rejected) = tally.get();
        match live.state.get() {
            _ if context.owed.get().is_some() => "badge not",
            SyncState::Fault(_) | SyncState::NotStored(_) | SyncState::SignIn => "badge not",
            _ if rejected > 0 => "badge not",
            _ if contested > 0 => "badge con",
            SyncState::Offline => "badge prov",
            _ if waiting > 0 => "badge prov",
            _ => "badge met",
        }
    };
    let extra = move || {
        let (_, contested, rejected) = tally.get();
        let mut said = Vec::new();
        if contested > 0 {
            said.push(t::sync::contested(locale, contested));
        }
        if rejected > 0 {
            said.push(t::sync::rejected(locale, rejected));
        }
        said.join(" · ")
    };
    view! {
        <button
            class=class
            id="sync"
            aria-live="polite"
            data-waiting=move || tally.get().0.to_string()
            title=t::sync::now(locale)
            on:click=move |_| sync::send(live)
        >
            <span class="dot" aria-hidden="true"></span>
            {text}
            {changing(move || Some(extra()).filter(|e| !e.is_empty()).map(|e| format!(" · {e}")))}
        </button>
    }
}
