//! Drives the replica against the server: push what waits, pull what is new, again and again. One tab does it
//! for all that are open, one run at a time; triggers are a start, a save, the return of the network or of the
//! person, the server's events, another tab's word, and a timer.

mod talk;

use super::indexed_db::{self, Lead};
use super::live::{Live, SyncState};
use super::profile;
use super::told::Others;
use crate::platform::net::{self, NetError};
use crate::platform::news::News;
use crate::platform::{clock, dom};
use chitieu_client::push_pull::Limits;
use chitieu_client::ripening::Ripening;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use talk::talk;

/// Milliseconds between two runs that nothing else triggered.
const EVERY: u32 = 15_000;
/// Most ticks that are left out, however often nobody answered: five minutes.
const MOST_SKIPS: u32 = 19;

/// One run at a time; what is asked for during a run comes right after it.
#[derive(Clone, Copy)]
pub struct Runs {
    running: StoredValue<bool>,
    again: StoredValue<bool>,
    closed: StoredValue<bool>,
    leads: StoredValue<bool>,
    pace: StoredValue<Pace>,
    news: StoredValue<News, LocalStorage>,
    leave: StoredValue<Option<Lead>, LocalStorage>,
}

/// How much is sent and how soon.
#[derive(Clone, Copy)]
struct Pace {
    /// Runs until now.
    count: u32,
    /// How often in a row the timer's run was not answered.
    failed: u32,
    /// Ticks of the timer that are left out: more each time that nobody answers, none once somebody did.
    skips: u32,
    /// What the server's program was found to take.
    limits: Limits,
    /// A run is due when the next op is ripe.
    is_waking: bool,
    /// Somebody asked for a run: it comes, however the present one ends.
    is_asked: bool,
    /// Person, plan and day are to be asked for in the next run.
    wants_profile: bool,
}

impl Runs {
    /// Nothing runs.
    pub fn new() -> Self {
        Self {
            running: StoredValue::new(false),
            again: StoredValue::new(false),
            closed: StoredValue::new(false),
            leads: StoredValue::new(false),
            pace: StoredValue::new(Pace {
                count: 0,
                failed: 0,
                skips: 0,
                limits: Limits::default(),
                is_waking: false,
                is_asked: false,
                wants_profile: true,
            }),
            news: StoredValue::new_local(News::default()),
            leave: StoredValue::new_local(None),
        }
    }

    /// No run begins any more: somebody else sits here now. Another tab may lead.
    pub fn close(self) {
        self.closed.set_value(true);
        if let Some(leave) = self.leave.try_update_value(Option::take).flatten() {
            leave.end();
        }
        self.news.with_value(News::close);
    }

    /// True once somebody else sits here.
    pub fn is_closed(self) -> bool {
        self.closed.get_value()
    }

    /// True in the tab that syncs for all.
    pub fn leads(self) -> bool {
        self.leads.get_value()
    }

    /// True at a start, at every return of the person or the network, with another day, and every minute.
    fn asks_for_profile(self) -> bool {
        self.pace.get_value().wants_profile || self.count().is_multiple_of(REFRESH)
    }

    fn want_profile(self, wants: bool) {
        self.pace.update_value(|pace| pace.wants_profile = wants);
    }

    fn count(self) -> u32 {
        self.pace.get_value().count
    }

    /// True where a run may begin; else another follows the present one.
    fn begin(self) -> bool {
        if self.closed.get_value() || !self.leads.get_value() {
            return false;
        }
        if self.running.get_value() {
            self.again.set_value(true);
            return false;
        }
        self.pace.update_value(|pace| {
            pace.count += 1;
            pace.is_asked = false;
        });
        self.running.set_value(true);
        self.again.set_value(false);
        true
    }

    /// Ends a run; true where another was asked for and may begin. After a failure the timer comes first.
    fn end(self, went_well: bool) -> bool {
        let again = self.pace.get_value().is_asked || went_well && self.again.get_value();
        self.again.set_value(false);
        self.pace.update_value(|pace| pace.is_asked = false);
        self.running.set_value(again);
        again
    }
}

/// Every so many runs the sums of the others are asked for even when nothing of one's own changed.
const REFRESH: u32 = 4;

/// Why a run ended early.
pub enum Stop {
    Net(NetError),
    Store(String),
    /// The session is another person's by now.
    OtherPerson,
}

impl From<NetError> for Stop {
    fn from(error: NetError) -> Self {
        Self::Net(error)
    }
}

impl From<indexed_db::StoreError> for Stop {
    fn from(error: indexed_db::StoreError) -> Self {
        Self::Store(error.to_string())
    }
}

/// What tabs say to one another. The leader says how the sync stands, as [`SyncState::word`].
pub(super) mod word {
    /// Asks the leader for a run.
    pub const NOW: &str = "now";
    /// New ops need not stay any longer.
    pub const SEND: &str = "send";
    /// The server told of a change somewhere.
    pub const CHANGED: &str = "changed";
    /// The sums of the others were kept anew.
    pub const OTHERS: &str = "others";
    /// Person, plan or day were kept anew.
    pub const PROFILE: &str = "profile";
    /// Whoever this database belongs to has left the device.
    pub const LEFT: &str = "left";
}

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
    live.hear(move |said| match said {
        word::SEND => asked(live),
        // A tab that does not lead has nothing to say to this: the one that does has heard it too.
        word::NOW if live.runs.leads.get_value() => spawn_local(run(live)),
        word::NOW => {}
        word::CHANGED => live.changes.update(|n| *n += 1),
        word::LEFT => leave(live),
        word::PROFILE => spawn_local(profile::take_kept(live)),
        word::OTHERS => spawn_local(async move { live.take_kept_others().await }),
        state => {
            if let Some(state) = SyncState::of_word(state).filter(|_| !live.runs.leads.get_value()) {
                live.state.set(state);
            }
        }
    });
    dom::on_return(move || {
        if dom::is_visible() && !live.runs.closed.get_value() {
            spawn_local(async move {
                // Where tabs cannot speak to one another, this one looks.
                let username = live.me.with_untracked(|me| me.username.clone());
                if indexed_db::has_left(&username).await.is_ok_and(|has| has) {
                    return leave(live);
                }
                // What this tab did not hear of while it was frozen; a fault shows with the next write.
                live.catch_up().await.ok();
                live.reckon();
                live.runs.want_profile(true);
                run(live).await;
            });
        }
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
    while !live.runs.closed.get_value() {
        TimeoutFuture::new(EVERY).await;
        let before = live.day.get_untracked();
        live.reckon();
        if live.day.get_untracked() != before {
            live.runs.want_profile(true);
            now(live);
        }
    }
}

/// Waits until no other tab syncs, then syncs until the person leaves.
async fn lead(live: Live) {
    live.runs.leave.set_value(Some(live.store().lead().await));
    if live.runs.closed.get_value() {
        return live.runs.close();
    }
    live.runs.leads.set_value(true);
    // What is not done now is done at another start.
    live.change(&mut |replica| Some(replica.offer_passed_over())).await.ok();
    while !live.runs.closed.get_value() {
        let pace = live.runs.pace.get_value();
        if pace.skips > 0 {
            live.runs.pace.update_value(|pace| pace.skips -= 1);
        } else if !matches!(live.state.get_untracked(), SyncState::Fault(_)) {
            // What the server refuses for good is not sent again by itself; a person may try.
            run(live).await;
            if live.state.get_untracked() == SyncState::Offline {
                live.runs.pace.update_value(|pace| {
                    pace.failed += 1;
                    pace.skips = pace.skips.max((1 << pace.failed.min(5)) - 1).min(MOST_SKIPS);
                });
            }
        }
        // Never all devices at once.
        let spread = (f64::from(EVERY) * 0.3 * clock::jitter()) as u32;
        TimeoutFuture::new(EVERY + spread).await;
    }
}

/// Lets everything go that is held here, and triggers a run: a form was submitted or left, or a person asked for it.
pub fn send(live: Live) {
    if live.runs.closed.get_value() {
        return;
    }
    live.store().say(word::SEND);
    asked(live);
    now(live);
}

/// Somebody waits for a run: nothing young and no answer that is slow in coming holds it up.
fn asked(live: Live) {
    live.ripening.update_value(Ripening::release);
    live.runs.pace.update_value(|pace| pace.is_asked = live.runs.running.get_value());
    net::give_up_slow();
}

/// Triggers a run for when the next op that is held here is ripe.
pub fn when_ripe(live: Live) {
    if !live.runs.leads.get_value() || live.runs.pace.get_value().is_waking {
        return;
    }
    let next = live.ripening.try_update_value(|ripening| ripening.next(clock::monotonic())).flatten();
    let Some(pause) = next else { return };
    live.runs.pace.update_value(|pace| pace.is_waking = true);
    spawn_local(async move {
        TimeoutFuture::new(pause as u32 + 1).await;
        live.runs.pace.update_value(|pace| pace.is_waking = false);
        run(live).await;
        when_ripe(live);
    });
}

/// Triggers a run, in whatever tab leads.
pub fn now(live: Live) {
    if live.runs.closed.get_value() {
        return;
    }
    if live.runs.leads.get_value() {
        spawn_local(run(live));
    } else {
        live.store().say(word::NOW);
    }
}

async fn run(live: Live) {
    if !live.runs.begin() {
        return;
    }
    loop {
        // Whoever is asked for the password goes on being asked while this is tried.
        if live.state.get_untracked() != SyncState::SignIn {
            live.state.set(SyncState::Busy);
        }
        let outcome = once(live).await;
        let asked_to_wait = match &outcome {
            Err(Stop::Net(error)) => error.retry_after().saturating_mul(1_000).div_ceil(EVERY),
            _ => 0,
        };
        let state = match outcome {
            Ok(()) => SyncState::Idle,
            Err(Stop::Store(error)) => SyncState::NotStored(error),
            Err(Stop::OtherPerson) => SyncState::SignIn,
            Err(Stop::Net(error)) if error.is_passing() => SyncState::Offline,
            Err(Stop::Net(error)) if matches!(error.code(), "not_signed_in" | "other_author") => {
                SyncState::SignIn
            }
            Err(Stop::Net(error)) => SyncState::Fault(error.to_string()),
        };
        let done = state == SyncState::Idle;
        live.runs.pace.update_value(|pace| {
            if done {
                (pace.failed, pace.skips) = (0, 0);
            }
            pace.skips = pace.skips.max(asked_to_wait).min(MOST_SKIPS);
        });
        if live.runs.closed.get_value() {
            // Somebody else sits here by now.
            return;
        }
        if done {
            let heard = move || {
                live.changes.update(|n| *n += 1);
                live.store().say(word::CHANGED);
                now(live);
            };
            live.runs.news.with_value(|news| news.listen("/api/v1/sync/events", heard));
        }
        live.store().say(&state.word());
        live.state.set(state);
        if !live.runs.end(done) {
            break;
        }
    }
}

async fn once(live: Live) -> Result<(), Stop> {
    // What another tab wrote and could not tell.
    live.catch_up().await?;
    if live.runs.asks_for_profile() {
        profile::refresh(live).await?;
        live.runs.want_profile(false);
    }
    let Some(run) = talk(live).await? else { return Ok(()) };
    let has_none = live.others.with_untracked(Others::is_empty);
    let is_due = live.runs.count().is_multiple_of(REFRESH);
    if live.is_officer() && (run.answered() + run.heard() > 0 || has_none || is_due) {
        let year = live.year();
        let text = net::get_text(&format!("/api/v1/evaluation/others?period={year}")).await?;
        if live.runs.closed.get_value() {
            // It may be told to whoever sits here by now.
            return Ok(());
        }
        live.keep_others(text).await?;
        live.store().say(word::OTHERS);
    }
    Ok(())
}
