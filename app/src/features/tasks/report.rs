//! What a reporter says of a turn of a task: written and sent by its officer, returned or approved by a reviewer.

use crate::features::history::{About, History};
use crate::features::tasks::evidence::list::Evidence;
use crate::features::tasks::extension::{Extension, May};
use crate::features::tasks::fields::{Editing, EntityField, Kept};
use crate::features::tasks::standing::{StandingChip, turn};
use crate::features::tasks::values::{label, words};
use crate::reactive::context::{live, locale};
use crate::reactive::live::Live;
use crate::reactive::tasks::{duties, filled_in_by, name, reporters, seen, turns};
use crate::ui::changing::changing;
use crate::ui::reason::ReasonForm;
use crate::ui::state::StateChip;
use chitieu_client::review;
use chitieu_client::tasks::{Part, assigned, duty, report_key};
use chitieu_domain::calendar::Periodicity;
use chitieu_domain::plan::{Task, TaskKind};
use chitieu_domain::task::{Occurrence, Openness};
use chitieu_domain::{PeriodId, ReporterId};
use chitieu_sync::entity::task_report::{
    APPROVE, ASK, BEGAN, DIFFICULTIES, DOCUMENT, DOCUMENT_DAY, DONE, EXTENSION, NOTHING, PROGRESS, PROPOSALS,
    RETURN, SENT, STEP, SUBMIT, TEXT,
};
use chitieu_sync::entity::{Change, Kind};
use chitieu_sync::raw::Raw;
use chitieu_sync::rights::{Right, Thing};
use chitieu_sync::submission::State;
use chitieu_widgets::t;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// The quarters and the years that can be chosen: the present one and some before it.
const QUARTERS: usize = 4;
const YEARS: usize = 3;

fn step(word: &str) -> Change {
    Change::from([(STEP.to_owned(), Raw::of(&word))])
}

/// Sending it, with the moment beside.
fn sending() -> Change {
    let mut change = step(SUBMIT);
    change.insert(SENT.to_owned(), Raw::of(&SENT));
    change
}

/// The fields of a report, in order; of a task that is spoken of in words only those that hold no text.
pub fn fields(task: &Task) -> &'static [&'static str] {
    match task.openness() {
        Openness::WordsOnly => &[PROGRESS, BEGAN, DONE],
        _ => &[PROGRESS, BEGAN, DONE, DOCUMENT, DOCUMENT_DAY, TEXT, DIFFICULTIES, PROPOSALS],
    }
}

/// The turns of a task that can be looked at, the newest first.
pub fn choices(live: &Live, task: &Task) -> Vec<Occurrence> {
    let calendar = live.model().own_calendar();
    let (periodicity, most) = match task.kind {
        TaskKind::Annual => (Periodicity::Year, YEARS),
        _ => (Periodicity::Quarter, QUARTERS),
    };
    let mut all: Vec<Occurrence> = turns(live, task).into_iter().map(|(turn, _)| turn).rev().collect();
    if matches!(task.kind, TaskKind::Annual | TaskKind::Continuous) {
        let mut period: Option<PeriodId> = calendar.period_on(live.today(), periodicity);
        all.retain(|turn| !matches!(turn, Occurrence::Period(_)));
        while let Some(now) = period.filter(|_| all.len() < most) {
            all.push(Occurrence::Period(now));
            period = calendar.previous(now);
        }
    }
    all
}

/// Chooses among the turns of a task.
#[component]
pub fn Turns(task: &'static Task, chosen: RwSignal<Option<Occurrence>>) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let all = Memo::new(move |_| choices(&live, task));
    let choose = move |event| {
        let value = event_target_value(&event);
        chosen.set(all.get_untracked().into_iter().find(|turn| turn.to_string() == value));
    };
    let option = move |one: Occurrence| {
        view! { <option value=one.to_string() selected=move || chosen.get() == Some(one)>{turn(one, locale)}</option> }
    };
    let is_none = move || all.with(Vec::is_empty).then_some(true);
    view! {
        <label class="pill" hidden=is_none>
            <span>{t::task::period(locale)}</span>
            <select data-period="" on:change=choose>{changing(move || all.get().into_iter().map(option).collect_view())}</select>
        </label>
    }
}

/// The turn that is shown first of one's own: the one that is due, else the newest.
fn first_own(live: &Live, task: &Task, who: &ReporterId) -> Option<Occurrence> {
    let model = live.model();
    let of = |id: &ReporterId| {
        let all = duties(live);
        let due = all
            .into_iter()
            .find(|d| model.plan().tasks[d.task].id == task.id && model.reporter(d.reporter).id == *id);
        due.map(|due| due.turn)
    };
    of(who).or_else(|| choices(live, task).first().copied())
}

/// The turn that is shown first of everybody's: the newest in which something waits for this person, an answer to who asks for
/// more time or a report to be reviewed; else the first that may be reported on now.
fn first_of_all(live: &Live, task: &Task) -> Option<Occurrence> {
    let all = choices(live, task);
    let (assigns, reviews) =
        (live.may(Right::AssignTask, Thing::Anything), live.may(Right::ReviewTask, Thing::Anything));
    let waits = |turn: &&Occurrence| {
        let is_open = |who: &ReporterId| {
            let report = seen(live, &report_key(task, who, **turn));
            let asks = report.value::<String>(EXTENSION).as_deref() == Some(ASK);
            (assigns && asks) || (reviews && review::standing(&report) == Some(State::Submitted))
        };
        reporters(live, task, **turn).iter().any(is_open)
    };
    let waiting = all.iter().find(waits).copied();
    waiting.or_else(|| turns(live, task).first().map(|(turn, _)| *turn)).or_else(|| all.first().copied())
}

/// An officer's own report.
#[component]
pub fn Report(task: &'static Task, who: ReporterId) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let chosen = RwSignal::new(untrack(|| first_own(&live, task, &who)));
    let shown = name(&live, &who);
    let body = changing(move || match chosen.get() {
        Some(turn) => view! { <Written task=task who=who.clone() turn=turn /> }.into_any(),
        None => view! { <p class="muted">{t::task::no_campaign(locale)}</p> }.into_any(),
    });
    view! {
        <section class="card empty" data-report="">
            <div class="task-head">
                <h2>{t::task::report_of(locale, shown)}</h2>
                <Turns task=task chosen=chosen />
            </div>
            {body}
        </section>
    }
}

#[component]
fn Written(task: &'static Task, who: ReporterId, turn: Occurrence) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let of = Editing::new(Kind::TaskReport, report_key(task, &who, turn));
    let state = Memo::new(move |_| of.view.with(review::standing));
    let is_locked = Signal::derive(move || matches!(state.get(), Some(State::Submitted | State::Approved)));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        of.keep(sending(), None);
    };
    let nothing = move |_| {
        let mut change = sending();
        change.insert(PROGRESS.to_owned(), Raw::of(&NOTHING));
        of.keep(change, None);
    };
    let key = report_key(task, &who, turn);
    let reporter = live.model().reporter_ix(&who);
    let at = live.model().plan().tasks.iter().position(|known| known.id == task.id);
    let stands = Memo::new(move |_| {
        let (model, today) = (live.model(), live.today());
        let (at, reporter) = (at?, reporter?);
        Some(live.replica.with(|replica| {
            let assigned = assigned(model, replica, task, Some(turn), today);
            let with = filled_in_by(&live, &assigned, reporter);
            (duty(model, replica, (at, Part::Leads), reporter, (turn, &assigned), today), with)
        }))
    });
    let with = move || {
        let with = stands.get()?.1.into_iter().map(|one| live.model().reporter_name(one));
        let with = with.collect::<Vec<_>>().join("; ");
        (!with.is_empty()).then(|| view! { <p class="muted wide">{t::task::written_with(locale, with)}</p> })
    };
    view! {
        <form class="entity" on:submit=submit>
            <p class="task-tools wide">
                {changing(move || stands.get().map(|(duty, _)| view! { <StandingChip standing=duty.standing locale=locale /> }))}
                {changing(move || state.get().map(|state| view! { <StateChip state=state locale=locale /> }))}
                {changing(move || stands.get().and_then(|(duty, _)| duty.dates.due).map(|due| view! {
                    <span class="muted">{t::task::due_on(locale, chitieu_widgets::text::day(due, locale))}</span>
                }))}
                <Returned of=of />
                <History about=About::Entity(key) />
            </p>
            {changing(with)}
            {(task.openness() == Openness::WordsOnly).then(|| view! { <p class="warning wide">{t::task::words_only(locale)}</p> })}
            {fields(task).iter().map(|name| view! { <EntityField of=of name=*name is_locked=is_locked keeps=true /> }).collect_view()}
            {changing(move || of.fault.get().map(|why| view! { <p class="fault wide" role="alert">{why}</p> }))}
            <div class="task-tools wide">
                {changing(move || (!is_locked.get()).then(|| view! {
                    <button class="button" type="submit" disabled=move || state.get().is_none() && !of.is_typed()>
                        {t::task::submit(locale)}
                    </button>
                    <button class="button quiet" type="button" data-nothing="" disabled=move || of.is_typed() on:click=nothing>
                        {t::task::nothing_to_report(locale)}
                    </button>
                }))}
                <Kept of=of />
            </div>
        </form>
        // Not within the form above: asking and attaching are forms of their own.
        <Evidence task=task who=who turn=turn is_open=Signal::derive(move || !is_locked.get()) />
        <Extension of=of may=May::Ask />
    }
}

/// Why a report was returned.
#[component]
pub fn Returned(of: Editing) -> impl IntoView {
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
    let chosen = RwSignal::new(untrack(|| first_of_all(&live, task)));
    let all = Memo::new(move |_| chosen.get().map(|turn| reporters(&live, task, turn)).unwrap_or_default());
    view! {
        <section class="card empty" data-reports="">
            <div class="task-head">
                <h2>{t::task::reports(locale)}</h2>
                <Turns task=task chosen=chosen />
            </div>
            {changing(move || all.with(Vec::is_empty).then(|| {
                let said = if chosen.get().is_none() { t::task::no_campaign(locale) } else { t::task::no_reports(locale) };
                view! { <p class="muted">{said}</p> }
            }))}
            <ul class="reports">
                {changing(move || {
                    let turn = chosen.get();
                    turn.map(|turn| all.get().into_iter().map(|who| view! { <Read task=task who=who turn=turn /> }).collect_view())
                })}
            </ul>
        </section>
    }
}

#[component]
fn Read(task: &'static Task, who: ReporterId, turn: Occurrence) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let of = Editing::new(Kind::TaskReport, report_key(task, &who, turn));
    let state = Memo::new(move |_| of.view.with(review::standing));
    let reporter = live.model().reporter_ix(&who);
    let is_reviewer = reporter.is_some_and(|who| live.may(Right::ReviewTask, Thing::Reporter(who)));
    let assigns = reporter.is_some_and(|who| live.may(Right::AssignTask, Thing::Reporter(who)));
    let may_extend = if assigns { May::Answer } else { May::Read };
    let (asking, reason) = (RwSignal::new(false), RwSignal::new(String::new()));
    let send_back = Callback::new(move |reason| {
        of.keep(step(RETURN), Some(reason));
        asking.set(false);
    });
    let rows = move || {
        of.view.with(|view| {
            let fields = fields(task).iter().filter_map(|name| {
                let value = view.fields.get(*name).filter(|known| known.value.text() != "null")?;
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
            <Evidence task=task who=who.clone() turn=turn is_open=false />
            <Extension of=of may=may_extend />
            <div class="task-tools">
                <History about=About::Entity(report_key(task, &who, turn)) />
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
                <ReasonForm locale=locale
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
