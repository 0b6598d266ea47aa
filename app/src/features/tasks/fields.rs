//! Fields of an entity as they are edited: what is typed stays until it is kept, what contests a field is shown below it, and
//! one of the values is chosen.

use crate::features::tasks::contest::Two;
pub use crate::features::tasks::editing::Editing;
use crate::features::tasks::programme::words::refusal;
use crate::features::tasks::several::Several;
use crate::features::tasks::values::{label_of, progress, task_name, words};
use crate::reactive::context::{live, locale};
use crate::reactive::tasks;
use crate::ui::changing::changing;
use crate::ui::personal::PersonalWarning;
use chitieu_client::tasks::form::LeftOut;
use chitieu_client::tasks::programme::{offered_states, value as stands};
use chitieu_domain::task::Openness;
use chitieu_sync::entity::field::Holds;
use chitieu_sync::entity::{Change, Kind, annual_plan_item as item};
use chitieu_sync::replica::FieldStatus;
use chitieu_widgets::t;
use leptos::prelude::*;

/// Why what is in a field is not kept: because it was left out just now, or because the server did not admit it.
fn why_not_kept(of: Editing, name: &'static str) -> Option<String> {
    let locale = locale();
    let field = of.field(name);
    let status = of.view.with(|view| view.fields.get(name).map(|field| field.status));
    let code = match (of.why_left_out(name), status) {
        (Some(LeftOut::Unknown), _) if field.holds == Holds::Elements => {
            return Some(t::programme::unknown_element(locale).to_owned());
        }
        (Some(LeftOut::Unknown), _) => return Some(t::task::unknown_reporter(locale).to_owned()),
        (Some(LeftOut::Became), _) => {
            let now = of.view.with(|view| {
                let head = view.fields.get(name)?.head.as_ref();
                head.map(|head| words(of.field(name), &head.value, locale))
            });
            return Some(t::task::became(locale, label_of(of.kind(), name, locale), now.unwrap_or_default()));
        }
        (Some(LeftOut::Refused(code)), _) | (None, Some(FieldStatus::Rejected(code))) => code,
        _ => return None,
    };
    Some(refusal(of.kind(), code, locale).to_owned())
}

/// How far an item of a programme is: what it may become from where it stands. What says nothing has not begun, and giving it up is
/// a step of its own, which asks why.
#[component]
fn ItemState(id: String, of: Editing) -> impl IntoView {
    let locale = locale();
    let now = move || {
        Some(of.text(item::STATE))
            .filter(|text| !text.is_empty())
            .unwrap_or_else(|| item::NOT_STARTED.to_owned())
    };
    let stood = Memo::new(move |_| of.view.with(|view| stands::<String>(view, item::STATE)));
    let options = changing(move || {
        let option = |word: &'static str| {
            view! { <option value=word selected=move || now() == word>{progress(word, locale)}</option> }
        };
        offered_states(stood.get().as_deref()).into_iter().map(option).collect_view()
    });
    view! {
        <select id=id prop:value=now on:change=move |e| of.set(item::STATE, event_target_value(&e))>{options}</select>
    }
}

/// A field with its label, what contests it, and why it was refused.
#[component]
pub fn EntityField(
    /// The entity.
    of: Editing,
    /// The field.
    name: &'static str,
    /// Read alone.
    #[prop(into)]
    is_locked: Signal<bool>,
    /// Keeps it when the person leaves it.
    #[prop(optional)]
    keeps: bool,
) -> impl IntoView {
    let locale = locale();
    let field = of.field(name);
    let id = of.input_id(name);
    let set = move |text: String| of.set(name, text);
    let left = move |_| {
        if keeps {
            of.keep(Change::new(), None);
        }
    };
    let value = move || of.text(name);
    let is_item_state = of.kind() == Kind::AnnualPlanItem && name == item::STATE;
    let input = match field.holds {
        Holds::Text(most) if most > 500 => view! {
            <textarea
                id=id.clone()
                rows="5"
                maxlength=most.to_string()
                readonly=move || is_locked.get()
                prop:value=value
                on:input=move |e| set(event_target_value(&e))
                on:change=left
            ></textarea>
        }
        .into_any(),
        Holds::Word(_) if is_item_state => view! { <ItemState id=id.clone() of=of /> }.into_any(),
        Holds::Word(all) => view! {
            <select
                id=id.clone()
                disabled=move || is_locked.get()
                prop:value=value
                on:change=move |e| { set(event_target_value(&e)); left(e); }
            >
                <option value="">"–"</option>
                {all
                    .iter()
                    .map(|word| {
                        let is_it = move || value() == *word;
                        view! { <option value=*word selected=is_it>{progress(word, locale)}</option> }
                    })
                    .collect_view()}
            </select>
        }
        .into_any(),
        Holds::Reporters | Holds::Elements => {
            view! { <Several id=id.clone() of=of name=name is_locked=is_locked /> }.into_any()
        }
        // One that is spoken of in words only has no texts beside it.
        Holds::Task => view! {
            <select
                id=id.clone()
                disabled=move || is_locked.get()
                prop:value=value
                on:change=move |e| { set(event_target_value(&e)); left(e); }
            >
                <option value="">{t::programme::no_task(locale)}</option>
                {live()
                    .model()
                    .plan()
                    .tasks
                    .iter()
                    .filter(|task| task.openness() != Openness::WordsOnly)
                    .map(|task| {
                        let is_it = move || value() == task.id;
                        view! { <option value=task.id.clone() selected=is_it>{task_name(&task.id, locale)}</option> }
                    })
                    .collect_view()}
            </select>
        }
        .into_any(),
        holds => {
            let kind = if holds == Holds::Day { "date" } else { "text" };
            let list = (holds == Holds::Reporter).then_some("reporters");
            let most = if let Holds::Text(most) = holds { most } else { 200 };
            view! {
                <input
                    id=id.clone()
                    type=kind
                    list=list
                    autocomplete="off"
                    maxlength=most.to_string()
                    readonly=move || is_locked.get()
                    prop:value=value
                    on:input=move |e| set(event_target_value(&e))
                    on:change=left
                />
            }
            .into_any()
        }
    };
    let refused = changing(move || {
        why_not_kept(of, name).map(|why| view! { <p class="fault" data-not-kept=name>{why}</p> })
    });
    view! {
        <div class="entity-field" class:wide=matches!(field.holds, Holds::Text(500..) | Holds::Reporters | Holds::Elements | Holds::Task)>
            <label for=id>{label_of(of.kind(), name, locale)}</label>
            {input}
            {refused}
            {matches!(field.holds, Holds::Text(_)).then(|| view! { <PersonalWarning text=Signal::derive(move || of.typed_text(name)) locale=locale /> })}
            <Two of=of name=name is_locked=is_locked />
        </div>
    }
}

/// The names to choose from, once on a screen.
#[component]
pub fn ReporterNames() -> impl IntoView {
    let all = tasks::in_force(&live());
    let option = |(name, _)| view! { <option value=name></option> };
    view! { <datalist id="reporters">{all.into_iter().map(option).collect_view()}</datalist> }
}

/// Where what is edited is: typed, on this device, or with the server.
#[component]
pub fn Kept(of: Editing) -> impl IntoView {
    let locale = locale();
    let said = move || {
        if of.is_typed() {
            return Some(("warning", t::task::half(locale)));
        }
        of.view.with(|view| {
            let any = |wanted: FieldStatus| view.fields.values().any(|field| field.status == wanted);
            if any(FieldStatus::Saved) {
                Some(("warning", t::task::saved(locale)))
            } else if view.unsent || any(FieldStatus::Sending) {
                Some(("warning", t::task::sending(locale)))
            } else {
                (view.server.rev > 0).then(|| ("muted", t::task::sent(locale)))
            }
        })
    };
    view! {
        <p role="status" data-kept="" class=move || said().map_or("muted", |(class, _)| class)>
            {changing(move || said().map(|(_, text)| text))}
        </p>
        {changing(move || of.is_typed().then(|| view! {
            <button class="link" type="button" data-drop="" on:click=move |_| of.drop_typed()>{t::cell::drop_draft(locale)}</button>
        }))}
    }
}
