//! A field that two have written differently: its values, one of which is chosen.

use crate::features::tasks::editing::Editing;
use crate::features::tasks::values::words;
use crate::platform::clock;
use crate::reactive::context::locale;
use crate::ui::changing::changing;
use crate::ui::personal::PersonalWarning;
use crate::ui::reason::LONGEST;
use chitieu_sync::entity::{Kind, annual_plan_item as item};
use chitieu_sync::raw::Raw;
use chitieu_widgets::t;
use leptos::prelude::*;

/// The values of a contested field; nothing where it is not.
#[component]
pub fn Two(
    of: Editing,
    name: &'static str,
    /// Read alone: the values are shown, and none is chosen.
    is_locked: Signal<bool>,
) -> impl IntoView {
    let locale = locale();
    let field = of.field(name);
    let values = Memo::new(move |_| {
        of.view.with(|view| {
            let Some(field) = view.fields.get(name).filter(|field| !field.branches.is_empty()) else {
                return Vec::new();
            };
            let head = field.head.iter().map(|h| (h.value.clone(), h.author.clone(), h.at.clone()));
            let others = field.branches.iter().map(|b| (b.value.clone(), b.author.clone(), b.at.clone()));
            head.chain(others).collect()
        })
    });
    // What is given up says why, also where that settles a contest.
    let (asking, reason) = (RwSignal::new(None::<Raw>), RwSignal::new(String::new()));
    let choose = move |value: Raw| {
        let gives_up = of.kind() == Kind::AnnualPlanItem && name == item::STATE;
        let is_dropped = gives_up && value == Raw::of(&item::DROPPED);
        let stands = of.view.with_untracked(|view| view.fields.get(name).map(|field| field.value.clone()));
        if is_dropped && stands.as_ref() != Some(&value) {
            asking.set(Some(value));
        } else {
            of.choose(name, value, None);
        }
    };
    let give_up = move |_| {
        let said = reason.get_untracked().trim().to_owned();
        if let Some(value) = asking.get_untracked().filter(|_| !said.is_empty()) {
            of.choose(name, value, Some(said));
            asking.set(None);
        }
    };
    let why = changing(move || {
        asking.get().map(|_| view! {
        <div class="task-tools">
            <input
                class="reason"
                maxlength=LONGEST
                placeholder=t::programme::drop_why(locale)
                aria-label=t::programme::drop_why(locale)
                prop:value=move || reason.get()
                on:input=move |e| reason.set(event_target_value(&e))
                on:keydown=move |e| if e.key() == "Enter" { e.prevent_default(); }
            />
            <button type="button" class="button small" data-give-up="" disabled=move || reason.with(|said| said.trim().is_empty()) on:click=give_up>
                {t::programme::dropped(locale)}
            </button>
            <button type="button" class="button quiet small" on:click=move |_| asking.set(None)>{t::review::cancel(locale)}</button>
            <PersonalWarning text=reason.into() locale=locale />
        </div>
    })
    });
    let choice = move |(place, (value, author, at)): (usize, (Raw, String, String))| {
        let said = words(field, &value, locale);
        let stands = if place == 0 { t::cell::in_force(locale) } else { t::task::beside(locale) };
        view! {
            <li>
                <b>{said}</b>
                <span class="muted">{format!("{stands} · {author} · {}", clock::shown(&at, locale))}</span>
                <button type="button" class="button quiet small" data-choose=place hidden=move || is_locked.get() on:click=move |_| choose(value.clone())>
                    {t::task::choose(locale)}
                </button>
            </li>
        }
    };
    let list = changing(move || {
        let values = values.get();
        (!values.is_empty()).then(|| {
            view! {
                <div class="contest" role="group" aria-label=t::task::two(locale)>
                    <p>{t::task::two(locale)}</p>
                    <ul>{values.into_iter().enumerate().map(choice).collect_view()}</ul>
                </div>
            }
        })
    });
    view! { {list} {why} }
}
