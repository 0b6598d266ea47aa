//! Who is here, the plan and the day. All of it is kept on the device, so that a start waits for nobody; the server is
//! asked beside, at a start and for as long as the app stays open.

use crate::platform::net::Answer;
use crate::platform::{clock, dom, net};
use crate::reactive::context::locale;
use crate::reactive::live::Live;
use crate::reactive::profile::{InForce, Me, Profile, kept};
use crate::reactive::runs::Stop;
use crate::storage::indexed_db::{Kept, Store, StoreError};
use chitieu_client::day::{self, Told};
use chitieu_client::tabs::TabMessage;
use chitieu_sync::plan_bundle;
use chitieu_widgets::t;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

const ME: &str = "/api/v1/me";
/// Milliseconds after which the time that the server told is written down again though nothing else changed.
const WRITTEN: f64 = 3_600_000.0;
/// Milliseconds between two looks whether somebody still types.
const LOOK: u32 = 500;

/// Asks the server who is signed in.
pub async fn ask() -> Result<Answer, net::NetError> {
    net::get_answer(ME).await
}

/// The profile to begin with: by an answer to a sign-in or to [`ask`], else what is kept. Where a newer plan cannot be had,
/// the one that is kept goes on being used.
pub async fn begun(store: &Store, answer: Option<Answer>, kept: Option<Profile>) -> Result<Profile, String> {
    let first_online = || t::fault::first_online(locale()).to_owned();
    let Some(answer) = answer else { return kept.ok_or_else(first_online) };
    let mut me: Me = net::parse(&answer.text).map_err(|e| e.to_string())?;
    let is_known = me.keep_rights(kept.as_ref().map(|kept| &kept.me)) || kept.is_none();
    let (plan, text) = match plan(&mut me, kept.as_ref().map(|kept| &kept.plan)).await {
        Some((plan, text)) => (plan, Some(text)),
        None if kept.is_none() && (me.is_beyond || me.plan_format > plan_bundle::FORMAT) => {
            return Err(t::state::unknown(locale()).to_owned());
        }
        None => (kept.ok_or_else(first_online)?.plan, None),
    };
    let told = Told { day: me.today, clock: clock::milliseconds() };
    let kept = keep(
        store,
        is_known.then_some(answer.text.as_str()),
        &told,
        text.as_ref().map(|text| (text.as_str(), me.bundle())),
    );
    kept.await.map_err(|e| t::fault::storage(locale(), e))?;
    Ok(Profile { me, told, plan })
}

/// The plan of this bundle where it is not the one in use, and its text; none where it cannot be had or does not read.
async fn plan(me: &mut Me, in_use: Option<&InForce>) -> Option<(InForce, String)> {
    let is_in_use = in_use.is_some_and(|plan| plan.key == me.bundle());
    if me.plan_format > plan_bundle::FORMAT || is_in_use {
        return None;
    }
    let text = net::get_text(plan_bundle::PATH).await.ok()?;
    let plan = InForce::read(&text, me.bundle());
    me.is_beyond |= plan.is_none();
    Some((plan?, text))
}

async fn keep(
    store: &Store,
    me: Option<&str>,
    told: &Told,
    plan: Option<(&str, &str)>,
) -> Result<(), StoreError> {
    let told = serde_json::to_string(told).expect("a day and a number are JSON");
    let mut rows = vec![(Kept::Told, told.as_str())];
    // Rights that this program does not know do not take the place of those it does.
    rows.extend(me.map(|me| (Kept::Me, me)));
    if let Some((plan, key)) = plan {
        rows.extend([(Kept::Plan, plan), (Kept::PlanKey, key)]);
    }
    store.keep(&rows).await
}

/// Asks the server for the profile again, and puts to use and keeps what is new.
pub async fn refresh(live: Live) -> Result<(), Stop> {
    let answer = ask().await?;
    let mut me: Me = net::parse(&answer.text)?;
    let is_known = live.me.with_untracked(|old| me.keep_rights(Some(old)));
    if live.me.with_untracked(|old| old.username != me.username) {
        return Err(Stop::OtherPerson);
    }
    let now = clock::milliseconds();
    live.note_clock(answer.at.map(|server| server - now));
    let plan = plan(&mut me, Some(&live.plan())).await;
    let told = Told { day: me.today, clock: now };
    let before = live.told();
    let is_recent = before.day == told.day && (told.clock - before.clock).abs() < WRITTEN;
    if live.runs.is_closed() {
        return Ok(());
    }
    let is_new = plan.is_some() || !is_recent || live.me.with_untracked(|old| *old != me);
    live.set_day(told);
    if is_new {
        let written = plan.as_ref().map(|(_, text)| (text.as_str(), me.bundle()));
        keep(&live.store(), is_known.then_some(answer.text.as_str()), &told, written).await?;
        live.store().say(&TabMessage::Profile);
        put_to_use(live, me, plan.map(|(plan, _)| plan));
    }
    Ok(())
}

/// Puts to use what another tab kept.
pub async fn take_kept(live: Live) {
    // Where that fails, this tab goes on as it is, and asks the server itself once it leads.
    let Ok(mut answers) = live.store().answers().await else { return };
    let Some(profile) = kept(&mut answers) else { return };
    live.set_day(profile.told);
    let is_other = profile.plan.key != live.plan().key;
    put_to_use(live, profile.me, is_other.then_some(profile.plan));
}

/// Puts a newer profile to use. Where another plan or other rights change the screens they are drawn anew, once nobody is in
/// the middle of typing.
fn put_to_use(live: Live, me: Me, plan: Option<InForce>) {
    let is_same = |old: &Me| {
        let ended = |day| old.grants.in_force(day).count();
        old.grants == me.grants
            && ended(old.today) == ended(me.today)
            && old.display_name == me.display_name
            && old.illustrative == me.illustrative
    };
    if plan.is_none() && live.me.with_untracked(is_same) {
        return live.me.set(me);
    }
    spawn_local(async move {
        while dom::is_visible() && dom::is_in_text() && !live.drafts.is_empty() {
            TimeoutFuture::new(LOOK).await;
        }
        let focused = dom::focused();
        // The old screens are gone before what they are about is.
        live.is_drawn.set(false);
        TimeoutFuture::new(0).await;
        live.take_profile(me, plan);
        live.take_kept_others().await;
        live.is_drawn.set(true);
        TimeoutFuture::new(0).await;
        if let Some(id) = focused {
            dom::focus(&id);
        }
    });
}

impl Live {
    /// Notes by how many milliseconds the server's clock is ahead of the device's, where that is too much.
    pub fn note_clock(&self, ahead: Option<f64>) {
        let wrong = ahead.filter(|ahead| day::is_wrong(0.0, *ahead));
        if self.clock_is_off.get_untracked().is_some() != wrong.is_some() {
            self.clock_is_off.set(wrong);
        }
    }

    /// Brings the day up to the device's clock.
    pub fn reckon(&self) {
        let day = self.told().day_at(clock::milliseconds());
        if self.day.get_untracked() != day {
            self.day.set(day);
        }
    }
}
