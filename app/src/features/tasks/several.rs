//! A field that holds several: reporters, or elements of the plan.

use crate::features::tasks::editing::Editing;
use crate::features::tasks::values::{element_name, id_named};
use crate::reactive::context::{live, locale};
use crate::reactive::tasks;
use crate::ui::changing::changing;
use chitieu_client::tasks::form::listed;
use chitieu_sync::entity::field::Holds;
use chitieu_widgets::t;
use leptos::prelude::*;

/// A list of reporters or elements: each can be taken out, another put in. What is written and not put in counts as put in when the
/// form is saved, and is asked for where nothing has that name.
#[component]
pub fn Several(id: String, of: Editing, name: &'static str, is_locked: Signal<bool>) -> impl IntoView {
    let locale = locale();
    let holds = of.field(name).holds;
    let is_of_elements = holds == Holds::Elements;
    let (list, hint, strange) = if is_of_elements {
        ("elements", t::programme::find_element(locale), t::programme::unknown_element(locale))
    } else {
        ("reporters", t::task::find_reporter(locale), t::task::unknown_reporter(locale))
    };
    let ids = move || of.text(name).lines().map(str::to_owned).collect::<Vec<_>>();
    let unknown = RwSignal::new(false);
    let add = move || {
        let (list, adding) = untrack(|| (of.text(name), of.adding(name)));
        let named = |name: &str| id_named(holds, name, locale);
        let added = listed(&list, &adding, &named);
        unknown.set(added.is_none());
        if let Some(list) = added.filter(|_| !adding.trim().is_empty()) {
            of.set(name, list);
            of.set_adding(name, String::new());
        }
    };
    let take = move |gone: &str| {
        of.set(name, ids().into_iter().filter(|id| id != gone).collect::<Vec<_>>().join("\n"));
    };
    let chip = move |id: String| {
        let shown = match id.parse() {
            Ok(who) if !is_of_elements => tasks::name(&live(), &who),
            _ => element_name(&id, locale),
        };
        view! {
            <li class="chip none">
                {shown.clone()}
                {changing(move || {
                    let (id, shown) = (id.clone(), shown.clone());
                    (!is_locked.get()).then(|| view! {
                        <button type="button" class="drop" aria-label=t::task::take_out(locale, shown) on:click=move |_| take(&id)>
                            "×"
                        </button>
                    })
                })}
            </li>
        }
    };
    view! {
        <ul class="picked">{changing(move || ids().into_iter().map(chip).collect_view())}</ul>
        {changing(move || (!is_locked.get()).then(|| view! {
            <div class="task-tools">
                <input
                    id=id.clone()
                    class="reason"
                    list=list
                    autocomplete="off"
                    placeholder=hint
                    prop:value=move || of.adding(name)
                    on:input=move |e| of.set_adding(name, event_target_value(&e))
                    on:keydown=move |e| if e.key() == "Enter" { e.prevent_default(); add(); }
                />
                <button type="button" class="button quiet" on:click=move |_| add()>{t::task::add(locale)}</button>
            </div>
        }))}
        {changing(move || unknown.get().then(|| view! { <p class="fault" role="alert">{strange}</p> }))}
    }
}
