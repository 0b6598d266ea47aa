//! What must be said on every screen, above it: a clock that is wrong, a store that is silent or missing, a
//! newer release elsewhere.

use crate::parts::{Part, draw};
use crate::platform::clock;
use crate::reactive::context::{context, live, locale};
use crate::reactive::history::Followed;
use crate::reactive::live::SyncState;
use crate::reactive::{history, leaving};
use crate::ui::changing::changing;
use chitieu_sync::replica::Replica;
use chitieu_widgets::t;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The sentences, one below the other; nothing where there is nothing to say.
#[component]
pub fn Notices() -> impl IntoView {
    let (live, locale) = (live(), locale());
    let context = context();
    let clock_is_off = move || {
        live.clock_is_off.get().map(|ahead| {
            let (device, server) = (clock::at(0.0, locale), clock::at(ahead, locale));
            t::notice::clock(locale, device, server)
        })
    };
    let owed = move || context.owed.get().map(|_| t::notice::owed(locale).to_owned());
    let newer = move || live.is_behind().then(|| t::notice::newer(locale).to_owned());
    let without = live.is_memory.then(|| t::notice::without_store(locale).to_owned());
    let is_settled = RwSignal::new(false);
    let followed = StoredValue::new(Followed::default());
    Effect::new(move |_| {
        if live.state.get() == SyncState::Idle {
            spawn_local(history::follow(live, followed));
        }
    });
    // Once nothing is being sent or told, so that it holds up neither.
    Effect::new(move |_| {
        if matches!(live.state.get(), SyncState::Idle | SyncState::Offline) && live.runs.leads() {
            let has_many = live.replica.with_untracked(Replica::has_many_entities);
            if has_many {
                spawn_local(async move { live.store().copy().await });
            }
        }
    });
    Effect::new(move |_| {
        // After a start, and after each run that went well until it is done.
        if live.state.get() == SyncState::Idle && !is_settled.get_untracked() {
            spawn_local(async move {
                if leaving::settle(live).await.unwrap_or(false) {
                    is_settled.try_set(true);
                }
            });
        }
    });
    let said = |text: String| view! { <p class="card find notice" role="alert">{text}</p> };
    view! {
        {changing(move || clock_is_off().map(said))}
        {changing(move || owed().map(said))}
        {changing(move || newer().map(said))}
        {without.map(said)}
        {draw(Part::Sending)}
    }
}
