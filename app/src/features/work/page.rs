//! An officer's start: every form that waits for them, most urgent first.

use crate::features::start::desk::Nothing;
use crate::features::work::worklist;
use crate::reactive::context::{live, locale};
use crate::routes::Route;
use crate::routes::link::Link;
use crate::ui::changing::changing;
use crate::ui::list::List;
use crate::ui::state::StateChip;
use chitieu_client::worklist::{Stage, Task};
use chitieu_widgets::text::{day, period};
use chitieu_widgets::{Locale, t};
use leptos::prelude::*;

/// Days after which what is overdue is folded away.
const FOLDED: i64 = 366;

/// The screen.
#[component]
pub fn Work() -> impl IntoView {
    let locale = locale();
    let tasks = worklist::all();
    let part = move |which: Part| {
        Signal::derive(move || {
            tasks.with(|all| {
                all.iter().filter(|task| Part::of(&task.stage) == which).map(name).collect::<Vec<_>>()
            })
        })
    };
    let draw = Callback::new(move |wanted: String| {
        let found = tasks.with_untracked(|all| all.iter().find(|task| name(task) == wanted).cloned());
        found.map(|task| view! { <Entry task=task tasks=tasks /> }).into_any()
    });
    let (now, older, running) = (part(Part::Now), part(Part::Older), part(Part::Running));
    let older_count = Memo::new(move |_| older.with(Vec::len));
    let has_running = Memo::new(move |_| running.with(|all| !all.is_empty()));
    let is_empty = Memo::new(move |_| tasks.with(Vec::is_empty));
    view! {
        <div class="page">
            <ul class="tasks">
                <List keys=now draw=draw />
            </ul>
            {changing(move || is_empty.get().then(|| view! {
                <Nothing said=t::work::nothing(locale) next=t::work::nothing_next(locale) />
            }))}
            {changing(move || (older_count.get() > 0).then(|| view! {
                <details class="older">
                    <summary>{changing(move || t::work::older(locale, older_count.get()))}</summary>
                    <ul class="tasks"><List keys=older draw=draw /></ul>
                </details>
            }))}
            {changing(move || has_running.get().then(|| view! {
                <div class="section-head">
                    <h2>{t::work::running_title(locale)}</h2>
                    <p class="muted">{t::work::running_about(locale)}</p>
                </div>
                <ul class="tasks"><List keys=running draw=draw /></ul>
            }))}
        </div>
    }
}

/// The parts of the list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Now,
    Older,
    Running,
}

impl Part {
    fn of(stage: &Stage) -> Self {
        match stage {
            Stage::Late(days) if *days > FOLDED => Self::Older,
            Stage::Running => Self::Running,
            _ => Self::Now,
        }
    }
}

fn name(task: &Task) -> String {
    format!("{}/{}/{}", task.of.reporter, task.of.form, task.of.period)
}

/// Why a form is on the list, in words; true where it is late or wrong.
fn reason(stage: &Stage, deadline: &str, locale: Locale) -> Option<(String, bool)> {
    let due = |words: String| Some((format!("{} · {words}", t::work::deadline(locale, deadline)), false));
    match stage {
        Stage::Returned(why) => {
            Some((t::work::returned_because(locale, why.as_deref().unwrap_or("–")), true))
        }
        Stage::Disputed { contested, refused } => {
            let said = [
                (*contested > 0).then(|| t::work::contested(locale, contested)),
                (*refused > 0).then(|| t::work::refused(locale, refused)),
            ];
            Some((said.into_iter().flatten().collect::<Vec<_>>().join(" · "), true))
        }
        Stage::Late(days) => due(t::work::late(locale, days)).map(|(text, _)| (text, true)),
        Stage::Due(0) => due(t::work::due_today(locale).to_owned()),
        Stage::Due(days) => due(t::work::due_in(locale, days)),
        Stage::Running => due(t::work::running(locale).to_owned()),
        Stage::Done(_) => None,
    }
}

/// A form.
#[component]
fn Entry(task: Task, tasks: Memo<Vec<Task>>) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let Task { of, sheet, .. } = task.clone();
    let about = live.model().form(sheet.form);
    let rows = about.elements.len();
    let cells = live.cells(&of.reporter, sheet.form, of.period);
    let answered =
        move || live.replica.with(|r| cells.iter().filter(|(_, key)| r.cell(key).answered).count());
    let deadline = day(sheet.deadline, locale);
    let stage = Memo::new(move |_| {
        let now = tasks.with(|all| all.iter().find(|other| other.sheet == sheet).map(|t| t.stage.clone()));
        now.unwrap_or_else(|| task.stage.clone())
    });
    let why = Memo::new(move |_| stage.with(|stage| reason(stage, &deadline, locale)));
    let span = t::work::span(
        locale,
        period(of.period, locale),
        day(sheet.span.from, locale),
        day(sheet.span.to, locale),
    );
    // Most officers enter for one reporter.
    let is_one_of_many = live.own().len() > 1;
    let whose = is_one_of_many.then(|| format!("{} · ", live.model().reporter_name(sheet.reporter)));
    let to = Route::Entry { reporter: of.reporter.clone(), form: of.form.clone(), period: of.period };
    let state = {
        let of = of.clone();
        Signal::derive(move || live.replica.with(|r| r.submission(&of)).state)
    };
    view! {
        <li class="card task">
            <div class="task-head">
                <h2>
                    <Link to=to>{locale.pick(&about.title_vi, &about.title_en).to_owned()}</Link>
                </h2>
                <StateChip state=state locale=locale />
            </div>
            <p class="muted">{whose}{span}</p>
            <p class="task-foot">
                <span>{changing(move || t::work::answered(locale, answered(), rows))}</span>
                {changing(move || why.get().map(|(text, is_late)| view! { <span class:late=is_late>{text}</span> }))}
            </p>
        </li>
    }
}
