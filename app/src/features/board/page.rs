//! "Bảng chỉ tiêu": every target with its verdict, for who is told of them; for officers it moves with what they type.

use crate::features::board::cards::{Cards, RestsOn, Summary};
use crate::features::entry::paper::PaperHead;
use crate::parts::{Part, draw};
use crate::platform::address::Address;
use crate::platform::{dom, net};
use crate::reactive::context::{live, locale};
use crate::routes::target_of;
use crate::ui::changing::changing;
use chitieu_domain::PeriodId;
use chitieu_domain::evaluate::Evaluation;
use chitieu_sync::sight::sight;
use chitieu_widgets::{t, text};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How long it waits for further changes, in milliseconds.
const PAUSE: u32 = 500;

/// The screen.
#[component]
pub fn Board() -> impl IntoView {
    let (live, locale) = (live(), locale());
    let address = use_context::<Address>().expect("the root provides it");
    let present = live.year();
    let year = RwSignal::new(present);
    let told = RwSignal::new(None::<Result<Vec<Evaluation>, String>>);
    let is_live = move || live.is_officer() && year.get() == present;
    let (of, is_told) = live.me.with_untracked(|me| {
        let (model, today) = (live.model(), live.day.get_untracked().date);
        let of = me.grants.board(model, today);
        (of, sight(&me.grants, model, of, today).is_some())
    });
    let own = live.model().unit(of);
    Effect::new(move |before: Option<i16>| {
        let asked = year.get();
        if is_live() || !is_told {
            return asked;
        }
        let nth = live.changes.get();
        let is_other_year = before != Some(asked);
        if is_other_year {
            told.set(None);
        }
        spawn_local(async move {
            if !is_other_year {
                // Many changes at once are worth one look.
                TimeoutFuture::new(PAUSE).await;
                if live.changes.get_untracked() != nth {
                    return;
                }
            }
            let answer = net::get(&format!("/api/v1/evaluation?period={asked}&scope={}", own.id)).await;
            // The person may have turned to another year meanwhile.
            if year.try_get_untracked() == Some(asked) {
                told.try_set(Some(answer.map_err(|_| t::board::online_only(locale).to_owned())));
            }
        });
        asked
    });
    // Once a change, however many cards and counts read it.
    let evaluations = Memo::new(move |_| {
        if is_live() {
            return live.evaluate(of, PeriodId::Year(year.get()));
        }
        told.get().and_then(Result::ok).unwrap_or_default()
    });
    // Once for each address, when its card is there.
    Effect::new(move |gone_to: Option<String>| {
        let query = address.query();
        if evaluations.with(Vec::is_empty) {
            return gone_to.unwrap_or_default();
        }
        if gone_to.as_ref() != Some(&query) {
            let query = query.clone();
            spawn_local(async move {
                TimeoutFuture::new(0).await;
                if let Some(id) = target_of(&query) {
                    dom::focus(&["target-", id].concat());
                }
            });
        }
        query
    });
    let fault = move || told.get().and_then(Result::err).filter(|_| !is_live());
    let is_waiting = move || is_told && !is_live() && told.get().is_none();
    // A territory that a reorganisation ended is still what the plan is judged on; say which boundaries.
    let scope = match own.valid_to.and_then(|to| to.succ_opt()) {
        Some(changed) => t::board::scope(locale, &own.name, text::day(changed, locale)),
        None => own.name.clone(),
    };
    let first = own.id.first_year();
    let is_draft = move || evaluations.with(|all| all.iter().any(|e| e.unapproved > 0 || e.contested > 0));
    let on_paper = Signal::derive(move || {
        if is_draft() { t::paper::board_draft(locale) } else { t::paper::board_approved(locale) }.to_owned()
    });
    let period = Signal::derive(move || text::period(PeriodId::Year(year.get()), locale));
    view! {
        <PaperHead who=scope.clone() title=t::board::title(locale).to_owned() period=period standing=on_paper />
        <header class="page-head">
            <div>
                <h1>{t::board::title(locale)}</h1>
                <p class="muted">{scope}</p>
                <RestsOn of=of />
            </div>
            <div class="page-tools">
                <label class="pill">
                    <span>{t::board::year(locale)}</span>
                    <select on:change=move |e| year.set(event_target_value(&e).parse().unwrap_or(present))>
                        {(first..=present)
                            .rev()
                            .map(|y| view! { <option value=y.to_string()>{y.to_string()}</option> })
                            .collect_view()}
                    </select>
                </label>
                <button class="button quiet" on:click=|_| dom::print()>{t::board::print(locale)}</button>
            </div>
        </header>
        <div class="page">
            {changing(move || fault().map(|why| view! { <p class="card fault" role="alert">{why}</p> }))}
            {changing(move || is_waiting().then(|| view! { <p class="card empty" role="status">{t::shell::starting(locale)}</p> }))}
            <Summary evaluations=evaluations />
            {draw(Part::TaskCounts)}
            <Cards evaluations=evaluations />
        </div>
    }
}
