//! Drives the replica against the server: push what waits, pull what is new, again and again. One tab does it
//! for all that are open; when is for [`Scheduler`] to say, which hears of a start, a save, the return of the network or of
//! the person, the server's events, another tab's message, and a timer.

use crate::platform::{clock, dom, net};
use crate::reactive::live::{Live, SyncState};
use crate::reactive::others::Others;
use crate::reactive::refresh;
use crate::reactive::runs::Stop;
use crate::reactive::talk::talk;
use crate::storage::device;
use chitieu_client::ripening::Ripening;
use chitieu_client::scheduler::{Ended, POLL_INTERVAL_MS, RunIn, Scheduler};
use chitieu_client::tabs::TabMessage;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Runs for as long as the app does.
pub fn start(live: Live) {
    dom::ask_before_leaving(move || {
        let is_half_typed = live.drafts.is_unsafe.get_untracked() && !live.drafts.is_empty();
        is_half_typed || live.is_memory && live.replica.with_untracked(|r| r.tally().waiting > 0)
    });
    dom::on_hide(move |how| {
        live.drafts.write_now();
        if how == dom::Hidden::Gone {
            send(live);
        }
    });
    live.subscribe_tabs(move |said| match said {
        TabMessage::Send => asked(live),
        // A tab that does not lead has nothing to say to this: the one that does has heard it too.
        TabMessage::Run if live.runs.leads() => spawn_local(run(live, false)),
        TabMessage::Run => {}
        TabMessage::Changed => live.changes.update(|n| *n += 1),
        TabMessage::Left => leave(live),
        TabMessage::Profile => spawn_local(refresh::take_kept(live)),
        TabMessage::Others => spawn_local(async move { live.take_kept_others().await }),
        TabMessage::Stands(state) => {
            if !live.runs.leads() {
                live.state.set(state);
            }
        }
    });
    dom::on_return(move || {
        if dom::is_visible() && !live.runs.is_closed() {
            spawn_local(async move {
                // Where tabs cannot speak to one another, this one looks.
                let username = live.me.with_untracked(|me| me.username.clone());
                if device::has_left(&username).await.is_ok_and(|has| has) {
                    return leave(live);
                }
                // What this tab did not hear of while it was frozen; a fault shows with the next write.
                live.catch_up().await.ok();
                live.reckon();
                live.runs.plan(|schedule| {
                    schedule.want_profile(true);
                    // Who comes back waits: a run that began before and fails is followed by another at once.
                    schedule.ask();
                });
                run(live, false).await;
            });
        }
    });
    // What is held here, by whatever tab it was saved, goes once it is ripe.
    Effect::new(move |_| {
        live.ripening.track();
        when_ripe(live);
    });
    now(live);
    spawn_local(lead(live));
    spawn_local(follow_the_day(live));
}

/// Leaves with the other tab in which this person has left the device.
fn leave(live: Live) {
    // This page's own word comes back to it, when it is gone already.
    if !live.runs.is_closed() {
        live.drafts.write_now();
        live.runs.close();
        dom::reload();
    }
}

/// Brings the day up to the device's clock for as long as the app is open.
async fn follow_the_day(live: Live) {
    while !live.runs.is_closed() {
        TimeoutFuture::new(POLL_INTERVAL_MS).await;
        let before = live.day.get_untracked();
        live.reckon();
        if live.day.get_untracked() != before {
            live.runs.plan(|schedule| schedule.want_profile(true));
            now(live);
        }
    }
}

/// Waits until no other tab syncs, then syncs until the person leaves.
async fn lead(live: Live) {
    live.runs.leave.set_value(Some(live.store().lead().await));
    if live.runs.is_closed() {
        return live.runs.close();
    }
    live.runs.plan(Scheduler::lead);
    // What is not done now is done at another start.
    live.change(&mut |replica| Some(replica.offer_passed_over())).await.ok();
    while !live.runs.is_closed() {
        if live.runs.plan(Scheduler::poll) {
            run(live, true).await;
        }
        TimeoutFuture::new(Scheduler::pause(clock::jitter())).await;
    }
}

/// Lets everything go that is held here, and triggers a run: a form was submitted or left, or a person asked for it.
pub fn send(live: Live) {
    if live.runs.is_closed() {
        return;
    }
    live.store().say(&TabMessage::Send);
    asked(live);
    now(live);
}

/// Somebody waits for a run: nothing young and no answer that is slow in coming holds it up.
fn asked(live: Live) {
    live.ripening.update(Ripening::release);
    live.runs.plan(Scheduler::ask);
    net::give_up_slow();
}

/// Triggers a run for when the next op that is held here is ripe.
fn when_ripe(live: Live) {
    let next = live.ripening.try_update_untracked(|ripening| ripening.next(clock::monotonic())).flatten();
    let Some(pause) = live.runs.plan(|schedule| schedule.wake(next)) else { return };
    spawn_local(async move {
        TimeoutFuture::new(pause).await;
        live.runs.plan(Scheduler::woke);
        run(live, false).await;
        when_ripe(live);
    });
}

/// Triggers a run, in whatever tab leads.
pub fn now(live: Live) {
    match live.runs.schedule.get_value().due() {
        RunIn::ThisTab => spawn_local(run(live, false)),
        RunIn::LeadingTab => live.store().say(&TabMessage::Run),
        RunIn::NoTab => {}
    }
}

async fn run(live: Live, is_poll: bool) {
    if !live.runs.plan(|schedule| schedule.begin(is_poll)) {
        return;
    }
    loop {
        // Whoever is asked for the password goes on being asked while this is tried.
        if live.state.get_untracked() != SyncState::SignIn {
            live.state.set(SyncState::Busy);
        }
        let outcome = once(live).await;
        let retry_after = match &outcome {
            Err(Stop::Net(error)) => error.retry_after(),
            _ => 0,
        };
        let (ended, state) = match outcome {
            Ok(()) => (Ended::Done, SyncState::Idle),
            Err(Stop::Store(error)) => (Ended::Waits, SyncState::NotStored(error)),
            Err(Stop::OtherPerson) => (Ended::Waits, SyncState::SignIn),
            Err(Stop::Net(error)) if error.is_passing() => (Ended::NoAnswer, SyncState::Offline),
            Err(Stop::Net(error)) if matches!(error.code(), "not_signed_in" | "other_author") => {
                (Ended::Waits, SyncState::SignIn)
            }
            Err(Stop::Net(error)) => (Ended::Refused, SyncState::Fault(error.to_string())),
        };
        if live.runs.is_closed() {
            // Somebody else sits here by now.
            return;
        }
        if ended == Ended::Done {
            let heard = move || {
                live.changes.update(|n| *n += 1);
                live.store().say(&TabMessage::Changed);
                now(live);
            };
            live.runs.events.with_value(|events| events.listen("/api/v1/sync/events", heard));
        }
        live.store().say(&TabMessage::Stands(state.clone()));
        live.state.set(state);
        if !live.runs.plan(|schedule| schedule.end(ended, retry_after)) {
            break;
        }
    }
}

async fn once(live: Live) -> Result<(), Stop> {
    // What another tab wrote and could not tell.
    live.catch_up().await?;
    if live.runs.schedule.get_value().asks_for_profile() {
        refresh::refresh(live).await?;
        live.runs.plan(|schedule| schedule.want_profile(false));
    }
    let Some(run) = talk(live).await? else { return Ok(()) };
    let has_none = live.others.with_untracked(Others::is_empty);
    let is_due = live.runs.schedule.get_value().is_refresh();
    if live.is_officer() && (run.answered() + run.heard() > 0 || has_none || is_due) {
        let year = live.year();
        let text = net::get_text(&format!("/api/v1/evaluation/others?period={year}")).await?;
        if live.runs.is_closed() {
            // It may be told to whoever sits here by now.
            return Ok(());
        }
        if live.keep_others(text).await? {
            live.store().say(&TabMessage::Others);
        }
    }
    Ok(())
}
