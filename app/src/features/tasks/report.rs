//! What a reporter says of a task in a period: written and sent by its officer, returned or approved by a reviewer.

use crate::features::history::{About, History};
use crate::features::tasks::fields::{Editing, EntityField, Kept, label, words};
use crate::reactive::context::{live, locale};
use crate::reactive::tasks::{name, report_key, reporters};
use crate::ui::changing::changing;
use crate::ui::reason::ReasonForm;
use crate::ui::state::StateChip;
use chitieu_client::review;
use chitieu_domain::plan::Task;
use chitieu_domain::{PeriodId, ReporterId};
use chitieu_sync::entity::task_report::{
    APPROVE, BEGAN, DOCUMENT, DONE, PROGRESS, RETURN, STEP, SUBMIT, TEXT,
};
use chitieu_sync::entity::{Change, Kind};
use chitieu_sync::raw::Raw;
use chitieu_sync::rights::{Right, Thing};
use chitieu_sync::submission::State;
use chitieu_widgets::{t, text};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// The quarters that can be chosen: the present one and the three before it.
const QUARTERS: usize = 4;

fn step(word: &str) -> Change {
    Change::from([(STEP.to_owned(), Raw::of(&word))])
}

/// Chooses among the last quarters.
#[component]
fn Quarters(chosen: RwSignal<PeriodId>) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let mut all = vec![live.task_period()];
    while let Some(before) = all.last().and_then(|last| live.model().own_calendar().previous(*last))
        && all.len() < QUARTERS
    {
        all.push(before);
    }
    let options = all.clone();
    let choose = move |event| {
        let value = event_target_value(&event);
        chosen.set(all.iter().copied().find(|p| p.to_string() == value).unwrap_or(chosen.get_untracked()));
    };
    view! {
        <label class="pill">
            <span>{t::task::period(locale)}</span>
            <select data-period="" on:change=choose>
                {options
                    .into_iter()
                    .map(|p| view! { <option value=p.to_string() selected=move || chosen.get() == p>{text::period(p, locale)}</option> })
                    .collect_view()}
            </select>
        </label>
    }
}

/// An officer's own report.
#[component]
pub fn Report(task: &'static Task, who: ReporterId) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let chosen = RwSignal::new(live.task_period());
    let shown = name(&live, &who);
    let body = move || {
        let period = chosen.get();
        view! { <Written task=task who=who.clone() period=period /> }
    };
    view! {
        <section class="card empty" data-report="">
            <div class="task-head">
                <h2>{t::task::report_of(locale, shown)}</h2>
                <Quarters chosen=chosen />
            </div>
            {body}
        </section>
    }
}

#[component]
fn Written(task: &'static Task, who: ReporterId, period: PeriodId) -> impl IntoView {
    let locale = locale();
    let of = Editing::new(Kind::TaskReport, report_key(task, &who, period));
    let state = Memo::new(move |_| of.view.with(review::standing));
    let is_locked = Signal::derive(move || matches!(state.get(), Some(State::Submitted | State::Approved)));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        of.keep(step(SUBMIT), None);
    };
    let is_late = period_is_over(period);
    view! {
        <form class="entity" on:submit=submit>
            <p class="task-tools wide">
                {changing(move || state.get().map(|state| view! { <StateChip state=state locale=locale /> }))}
                {(!is_late).then(|| view! { <span class="muted">{t::work::running(locale)}</span> })}
                <Returned of=of />
                <History about=About::Entity(report_key(task, &who, period)) />
            </p>
            <EntityField of=of name=PROGRESS is_locked=is_locked keeps=true />
            <EntityField of=of name=BEGAN is_locked=is_locked keeps=true />
            <EntityField of=of name=DONE is_locked=is_locked keeps=true />
            <EntityField of=of name=DOCUMENT is_locked=is_locked keeps=true />
            <EntityField of=of name=TEXT is_locked=is_locked keeps=true />
            {changing(move || of.fault.get().map(|why| view! { <p class="fault wide" role="alert">{why}</p> }))}
            <div class="task-tools wide">
                {changing(move || (!is_locked.get()).then(|| view! {
                    <button class="button" type="submit" disabled=move || state.get().is_none() && !of.is_typed()>
                        {t::task::submit(locale)}
                    </button>
                }))}
                <Kept of=of />
            </div>
        </form>
    }
}

fn period_is_over(period: PeriodId) -> bool {
    let live = live();
    live.model().own_calendar().span(period).to < live.day.get_untracked().date
}

/// Why a report was returned.
#[component]
fn Returned(of: Editing) -> impl IntoView {
    let locale = locale();
    move || {
        of.view.with(|view| {
            let field =
                view.fields.get(STEP).filter(|field| field.read::<String>().as_deref() == Some(RETURN))?;
            let reason = field.head.as_ref()?.reason.clone()?;
            Some(view! { <span class="warning">{t::task::returned_because(locale, reason)}</span> })
        })
    }
}

/// Everybody's reports, for who may see them; a reviewer returns or approves.
#[component]
pub fn Reports(task: &'static Task) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let chosen = RwSignal::new(live.task_period());
    let all = Memo::new(move |_| reporters(&live, task, chosen.get()));
    view! {
        <section class="card empty" data-reports="">
            <div class="task-head">
                <h2>{t::task::reports(locale)}</h2>
                <Quarters chosen=chosen />
            </div>
            {changing(move || all.with(Vec::is_empty).then(|| view! { <p class="muted">{t::task::no_reports(locale)}</p> }))}
            <ul class="reports">
                {changing(move || {
                    let period = chosen.get();
                    all.get().into_iter().map(|who| view! { <Read task=task who=who period=period /> }).collect_view()
                })}
            </ul>
        </section>
    }
}

#[component]
fn Read(task: &'static Task, who: ReporterId, period: PeriodId) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let of = Editing::new(Kind::TaskReport, report_key(task, &who, period));
    let state = Memo::new(move |_| of.view.with(review::standing));
    let reporter = live.model().reporter_ix(&who);
    let is_reviewer = reporter.is_some_and(|who| live.may(Right::ReviewTask, Thing::Reporter(who)));
    let (asking, reason) = (RwSignal::new(false), RwSignal::new(String::new()));
    let send_back = Callback::new(move |reason| {
        of.keep(step(RETURN), Some(reason));
        asking.set(false);
    });
    let rows = move || {
        of.view.with(|view| {
            let fields = [PROGRESS, BEGAN, DONE, DOCUMENT, TEXT].into_iter().filter_map(|name| {
                let value = view.fields.get(name).filter(|known| known.value.text() != "null")?;
                let said = words(Kind::TaskReport.field(name)?, &value.value, locale);
                Some(view! { <div><dt>{label(name, locale)}</dt><dd>{said}</dd></div> })
            });
            fields.collect_view()
        })
    };
    let shown = name(&live, &who);
    let may = move |from: &[State]| is_reviewer && state.get().is_some_and(|state| from.contains(&state));
    view! {
        <li data-report-of=who.to_string()>
            <div class="task-head">
                <h3>{shown}</h3>
                {changing(move || state.get().map(|state| view! { <StateChip state=state locale=locale /> }))}
            </div>
            <dl class="facts">{rows}</dl>
            <Returned of=of />
            <div class="task-tools">
                <History about=About::Entity(report_key(task, &who, period)) />
                {changing(move || may(&[State::Submitted]).then(|| view! {
                    <button class="button" data-action="Approve" on:click=move |_| of.keep(step(APPROVE), None)>
                        {t::review::approve(locale)}
                    </button>
                }))}
                {changing(move || (may(&[State::Submitted, State::Approved]) && !asking.get()).then(|| view! {
                    <button class="button quiet" data-action="Return" on:click=move |_| asking.set(true)>
                        {t::review::send_back(locale)}
                    </button>
                }))}
            </div>
            {changing(move || asking.get().then(|| view! {
                <ReasonForm
                    leave=t::review::cancel(locale)
                    reason=reason
                    label=t::review::reason(locale)
                    word=t::review::send_back(locale)
                    send=send_back
                    cancel=Callback::new(move |()| asking.set(false))
                />
            }))}
            {changing(move || of.fault.get().map(|why| view! { <p class="fault" role="alert">{why}</p> }))}
        </li>
    }
}
