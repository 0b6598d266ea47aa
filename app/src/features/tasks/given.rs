//! What a unit gives to its bodies of a task: to be said by whoever assigns in the unit, to be read by the body.

use crate::features::tasks::assignment::Facts;
use crate::features::tasks::fields::{Editing, EntityField, Kept};
use crate::reactive::context::{live, locale};
use crate::reactive::tasks::{bodies, name, seen};
use crate::ui::changing::changing;
use chitieu_client::tasks::{given_key, is_set};
use chitieu_domain::ReporterId;
use chitieu_domain::plan::Task;
use chitieu_sync::entity::task_assignment::{FROM, OFFICE, OUTPUT, UNTIL, WORK};
use chitieu_sync::entity::{Change, Kind};
use chitieu_sync::rights::{Right, Thing};
use chitieu_widgets::t;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// What is said of it, in the order of the form.
const FIELDS: [&str; 5] = [OFFICE, FROM, UNTIL, OUTPUT, WORK];

/// The section; nothing for whom it does not concern.
#[component]
pub fn WithinUnit(task: &'static Task) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let assigns = live.may(Right::AssignTask, Thing::Anything) && !live.may(Right::AssignTask, Thing::Plan);
    if assigns {
        return view! {
            <section class="card empty" data-within="">
                <h2>{t::task::given(locale)}</h2>
                <p class="muted">{t::task::given_about(locale)}</p>
                {bodies(&live).into_iter().map(|who| view! { <GivenTo task=task who=who /> }).collect_view()}
            </section>
        }
        .into_any();
    }
    let own = Memo::new(move |_| {
        live.own().into_iter().filter(|who| is_set(&seen(&live, &given_key(task, who)))).collect::<Vec<_>>()
    });
    let told = move |who: ReporterId| {
        let of = Editing::new(Kind::TaskAssignment, given_key(task, &who));
        view! {
            <section class="card empty" data-given="">
                <h2>{t::task::given(locale)}</h2>
                <p class="muted">{t::task::given_to_you(locale)} ": " {name(&live, &who)}</p>
                <Facts of=of />
            </section>
        }
    };
    changing(move || own.get().into_iter().map(told).collect_view()).into_any()
}

/// One of the bodies, what it is given behind its name.
#[component]
fn GivenTo(task: &'static Task, who: ReporterId) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let of = Editing::new(Kind::TaskAssignment, given_key(task, &who));
    let is_given = Memo::new(move |_| of.view.with(is_set));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        of.take_up_refused(&FIELDS);
        of.keep(Change::new(), None);
    };
    let class = move || if is_given.get() { "chip met" } else { "chip none" };
    let word = move || if is_given.get() { t::task::confirmed(locale) } else { t::task::given_none(locale) };
    view! {
        <details class="units" data-body=who.agency().to_owned() open=of.is_typed()>
            <summary>{name(&live, &who)} " " <span class=class>{changing(word)}</span></summary>
            <form class="entity" on:submit=submit>
                {FIELDS.map(|name| view! { <EntityField of=of name=name is_locked=false /> })}
                {changing(move || of.fault.get().map(|why| view! { <p class="fault wide" role="alert">{why}</p> }))}
                <div class="task-tools wide">
                    <button class="button" type="submit" disabled=move || !(of.is_typed() || of.is_refused())>{t::task::save(locale)}</button>
                    <Kept of=of />
                </div>
            </form>
        </details>
    }
}
