//! "Nhiệm vụ" behind its address: what the plan says of a task, who answers for it, and what is reported of it.

use crate::features::tasks::assignment::Assignment;
use crate::features::tasks::figures::Figures;
use crate::features::tasks::given::WithinUnit;
use crate::features::tasks::programme::way::ToProgrammes;
use crate::features::tasks::report::{Report, Reports};
use crate::features::tasks::together::Together;
use crate::reactive::context::{live, locale};
use crate::reactive::tasks::{agencies, part_of};
use crate::routes::Route;
use crate::routes::link::Link;
use chitieu_domain::plan::{Task, TaskKind};
use chitieu_domain::task::Openness;
use chitieu_sync::rights::{Right, Thing};
use chitieu_widgets::{Locale, t};
use leptos::prelude::*;

/// The element that counts the units' own programmes.
const COUNTED: &str = "annual_plans_issued";

fn recurs(kind: TaskKind, locale: Locale) -> &'static str {
    match kind {
        TaskKind::OneOff => t::task::one_off(locale),
        TaskKind::Annual => t::task::annual(locale),
        TaskKind::Campaign => t::task::campaign(locale),
        TaskKind::Continuous => t::task::continuous(locale),
        TaskKind::Unknown => t::state::unknown(locale),
    }
}

fn openness(task: &Task, locale: Locale) -> &'static str {
    match task.openness() {
        Openness::Public => t::task::public(locale),
        Openness::Internal => t::task::internal(locale),
        Openness::WordsOnly => t::task::words_only(locale),
    }
}

/// The screen.
#[component]
pub fn TaskPage(
    /// The task's id in the plan.
    id: String,
) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let Some(task) = live.model().plan().tasks.iter().find(|task| task.id == id) else {
        return view! {
            <header class="page-head"><h1>{t::task::title(locale)}</h1></header>
            <div class="page">
                <p class="card empty">
                    {t::task::unknown(locale, id)} " " <Link to=Route::Tasks>{t::task::all(locale)}</Link>
                </p>
            </div>
        }
        .into_any();
    };
    view! {
        <header class="page-head">
            <div>
                <p class="muted"><Link to=Route::Tasks>{t::task::title(locale)}</Link> " · " {task.id.clone()}</p>
                <h1>{locale.pick(&task.title_vi, &task.title_en).to_owned()}</h1>
            </div>
            {is_of_programmes(task).then(|| view! { <ToProgrammes /> })}
        </header>
        <div class="page">
            <Said task=task />
            <Assignment task=task />
            <WithinUnit task=task />
            <Figures task=task />
            <Reporting task=task />
        </div>
    }
    .into_any()
}

/// True for a task that a unit's own programme of the year is what is asked for: the one that counts those.
fn is_of_programmes(task: &Task) -> bool {
    task.figures.iter().any(|id| id == COUNTED)
}

/// What the plan says.
#[component]
fn Said(task: &'static Task) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let rows = [
        (t::task::lead_plan(locale), agencies(&live, &task.lead)),
        (t::task::cooperating_plan(locale), agencies(&live, &task.cooperating)),
        (t::task::output(locale), task.output_vi.clone()),
        (t::task::recurs(locale), recurs(task.kind, locale).to_owned()),
        (t::task::openness(locale), openness(task, locale).to_owned()),
    ];
    let row = |(name, value): (&'static str, String)| {
        (!value.is_empty()).then(|| view! { <div><dt>{name}</dt><dd lang="vi">{value}</dd></div> })
    };
    view! {
        <section class="card empty said">
            <h2>{t::task::wording(locale, task.section.clone())}</h2>
            <blockquote lang="vi">{task.wording_vi.clone()}</blockquote>
            <dl class="facts">{rows.into_iter().map(row).collect_view()}</dl>
        </section>
    }
}

/// An officer's own reports, or everybody's for who may see them.
#[component]
fn Reporting(task: &'static Task) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let oversees = live.may(Right::Oversee, Thing::Anything) || live.may(Right::ReadDrafts, Thing::Anything);
    let others = oversees.then(|| view! { <Reports task=task /> });
    if !live.is_officer() {
        return others.into_any();
    }
    // Drawn anew when others have part in it, and not for each change of an assignment.
    let own = Memo::new(move |_| {
        live.own().into_iter().filter(|who| part_of(&live, task, who).is_some()).collect::<Vec<_>>()
    });
    let own = move || {
        let own = own.get();
        if own.is_empty() {
            let words = (!oversees).then(|| t::task::not_involved(locale));
            return words.map(|words| view! { <p class="card empty muted">{words}</p> }).into_any();
        }
        own.into_iter().map(|who| view! { <Report task=task who=who /> }).collect_view().into_any()
    };
    view! { {own} <Together task=task /> {others} }.into_any()
}
