//! "Nhiệm vụ": the plan's tasks without a number, section by section: who leads, and how one's own report stands.

use crate::reactive::context::{live, locale};
use crate::reactive::tasks::{Part, leads, part_of, report, reporters};
use crate::routes::Route;
use crate::routes::link::Link;
use crate::ui::changing::changing;
use crate::ui::state::StateChip;
use chitieu_client::review;
use chitieu_domain::plan::Task;
use chitieu_sync::rights::{Right, Thing};
use chitieu_sync::submission::State;
use chitieu_widgets::{t, text};
use leptos::prelude::*;

/// The screen.
#[component]
pub fn Tasks() -> impl IntoView {
    let (live, locale) = (live(), locale());
    let tasks = &live.model().plan().tasks;
    // In the plan's order; each section once.
    let mut sections: Vec<(&str, Vec<&Task>)> = Vec::new();
    for task in tasks {
        match sections.last_mut().filter(|(section, _)| *section == task.section) {
            Some((_, all)) => all.push(task),
            None => sections.push((&task.section, vec![task])),
        }
    }
    let sections = sections.into_iter().map(|(section, tasks)| {
        view! {
            <section class="section">
                <h2>{t::task::section(locale, section)}</h2>
                <ul class="tasks">{tasks.into_iter().map(|task| view! { <Row task=task /> }).collect_view()}</ul>
            </section>
        }
    });
    view! {
        <header class="page-head">
            <div>
                <h1>{t::task::title(locale)}</h1>
                <p class="muted">{t::task::count(locale, text::number(tasks.len() as i128, locale))}</p>
            </div>
        </header>
        <div class="page">
            {tasks.is_empty().then(|| view! { <p class="card empty">{t::task::none(locale)}</p> })}
            {sections.collect_view()}
        </div>
    }
    .into_any()
}

/// A task: who leads it, what one's own unit has to do with it, and how the report of the present period stands.
#[component]
pub fn Row(
    /// Which.
    task: &'static Task,
) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let period = live.task_period();
    let is_reviewer = live.may(Right::Oversee, Thing::Anything);
    let state = Memo::new(move |_| {
        let own = live.own();
        let mut involved = own.iter().filter(|own| part_of(&live, task, own).is_some());
        involved.next().map(|own| review::standing(&report(&live, task, own, period)))
    });
    let part = move || {
        let own = live.own();
        own.iter().find_map(|own| part_of(&live, task, own)).map(|part| match part {
            Part::Leads => t::task::you_lead(locale),
            Part::Cooperates => t::task::you_cooperate(locale),
        })
    };
    let waiting = move || {
        let all = reporters(&live, task, period);
        let waits = |who| review::standing(&report(&live, task, who, period)) == Some(State::Submitted);
        all.iter().filter(|who| waits(who)).count()
    };
    view! {
        <li class="card task" data-task=task.id.clone()>
            <div class="task-head">
                <h3>
                    <Link to=Route::Task(task.id.clone())>
                        {format!("{} · {}", task.id, locale.pick(&task.title_vi, &task.title_en))}
                    </Link>
                </h3>
                {changing(move || match state.get() {
                    Some(Some(state)) => view! { <StateChip state=state locale=locale /> }.into_any(),
                    Some(None) => view! { <span class="chip none">{t::task::no_report(locale)}</span> }.into_any(),
                    None => ().into_any(),
                })}
                {changing(move || {
                    let count = if is_reviewer { waiting() } else { 0 };
                    (count > 0).then(|| view! { <span class="chip prov">{t::task::waiting(locale, count)}</span> })
                })}
            </div>
            <p class="task-foot">
                <span>{changing(move || t::task::led_by(locale, leads(&live, task)))}</span>
                {changing(move || part().map(|part| view! { <b>{part}</b> }))}
            </p>
        </li>
    }
}
