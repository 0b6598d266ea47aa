//! Who leads a task and who cooperates, from when until when: to be said by whoever may, to be read by everybody.

use crate::features::history::{About, History};
use crate::features::tasks::fields::{Editing, EntityField, Kept, ReporterNames, label, words};
use crate::platform::clock;
use crate::reactive::context::{live, locale};
use crate::reactive::tasks::assignment_key;
use crate::ui::changing::changing;
use chitieu_domain::plan::Task;
use chitieu_sync::entity::task_assignment::{COOPERATING, FROM, LEAD, UNTIL, may_assign};
use chitieu_sync::entity::{Change, Kind};
use chitieu_widgets::t;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// The section.
#[component]
pub fn Assignment(task: &'static Task) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let of = Editing::new(Kind::TaskAssignment, assignment_key(task));
    let by = move || {
        of.view.with(|view| {
            (view.server.rev > 0).then(|| {
                let at = clock::shown(&view.server.at, locale);
                view! { <span class="muted small">{t::task::changed_by(locale, view.server.author.clone(), at)}</span> }
            })
        })
    };
    let today = live.day.get_untracked().date;
    let is_assigning = live.me.with_untracked(|me| may_assign(&me.grants, live.model(), today));
    let body = if is_assigning {
        let submit = move |event: SubmitEvent| {
            event.prevent_default();
            of.keep(Change::new(), None);
        };
        view! {
            <form id="assignment" class="entity" on:submit=submit>
                <ReporterNames />
                <EntityField of=of name=LEAD is_locked=false />
                <EntityField of=of name=FROM is_locked=false />
                <EntityField of=of name=UNTIL is_locked=false />
                <EntityField of=of name=COOPERATING is_locked=false />
                {changing(move || of.fault.get().map(|why| view! { <p class="fault wide" role="alert">{why}</p> }))}
                <div class="task-tools wide">
                    <button class="button" type="submit" disabled=move || !of.is_typed()>{t::task::save(locale)}</button>
                    <Kept of=of />
                </div>
            </form>
        }
        .into_any()
    } else {
        (move || {
            let rows = of.view.with(|view| {
                let given = Kind::TaskAssignment.fields().iter().filter_map(|field| {
                    let value = view.fields.get(field.name).filter(|known| known.value.text() != "null")?;
                    Some((label(field.name, locale), words(field, &value.value, locale)))
                });
                given.collect::<Vec<_>>()
            });
            if rows.is_empty() {
                return view! { <p class="muted">{t::task::not_assigned(locale)}</p> }.into_any();
            }
            let row = |(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> };
            view! { <dl class="facts">{rows.into_iter().map(row).collect_view()}</dl> }.into_any()
        })
        .into_any()
    };
    view! {
        <section class="card empty" data-assignment="">
            <div class="task-head"><h2>{t::task::assignment(locale)}</h2> {by} <History about=About::Entity(assignment_key(task)) /></div>
            {body}
        </section>
    }
}
