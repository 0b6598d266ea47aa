//! What can be pressed beside a field: to save or drop what is typed, or to answer what is asked.

use crate::reactive::context::locale;
use crate::reactive::field::{Fault, Field};
use crate::ui::changing::changing;
use crate::ui::personal::PersonalWarning;
use chitieu_domain::quantity::QuantityError;
use chitieu_widgets::{t, text};
use leptos::prelude::*;

/// All of it; nothing where there is nothing to press.
#[component]
pub fn FieldTools(
    /// State.
    field: Field,
) -> impl IntoView {
    view! {
        <TooLarge field=field />
        <DraftTools field=field />
        <NoData field=field />
    }
}

/// What the largest figure is, where what is typed is above it.
#[component]
fn TooLarge(
    /// State.
    field: Field,
) -> impl IntoView {
    let locale = locale();
    changing(move || {
        matches!(field.fault.get(), Some(Fault::Text(QuantityError::TooLarge))).then(|| {
            let (name, most) = field.limit(locale);
            let most = text::number(most.into(), locale);
            let typed = field.typed.get();
            let value = typed.trim().parse().map_or(typed, |value| text::number(value, locale));
            view! { <p class="warning" data-most="">{t::quantity::above_most(locale, name, most, value)}</p> }
        })
    })
}

/// What a finger can do where a keyboard has Enter and Escape: save what is typed and was left, or drop it.
#[component]
fn DraftTools(
    /// State.
    field: Field,
) -> impl IntoView {
    let locale = locale();
    let became = move || field.fault.with(|f| matches!(f, Some(Fault::Became(_))));
    let may_save = Memo::new(move |_| field.is_left.get() || became());
    let may_drop =
        Memo::new(move |_| may_save.get() || (field.is_typed.get() && field.fault.with(Option::is_some)));
    changing(move || {
        may_drop.get().then(|| {
            let save = may_save.get().then(|| {
                view! {
                    <button class="button quiet small" data-save="" on:click=move |_| field.commit()>
                        {t::cell::save_draft(locale)}
                    </button>
                }
            });
            view! {
                <span class="ask">
                    {save}
                    <button class="button quiet small" data-drop="" on:click=move |_| field.give_up()>
                        {t::cell::drop_draft(locale)}
                    </button>
                </span>
            }
        })
    })
}

/// "No data yet", with its reason: shown when a dash or an ellipsis was typed.
#[component]
fn NoData(
    /// State.
    field: Field,
) -> impl IntoView {
    let locale = locale();
    let reason = RwSignal::new(String::new());
    let asks = move || {
        matches!(field.fault.get(), Some(Fault::Text(QuantityError::AskDash | QuantityError::AskEllipsis)))
    };
    changing(move || {
        asks().then(|| {
            view! {
                <span class="ask">
                    <button class="button quiet small" on:click=move |_| field.answer(Some(0), None)>
                        {t::entry::zero(locale)}
                    </button>
                    <input
                        class="reason"
                        placeholder=t::entry::reason(locale)
                        aria-label=t::entry::reason(locale)
                        prop:value=move || reason.get()
                        on:input=move |e| reason.set(event_target_value(&e))
                    />
                    <button
                        class="button quiet small"
                        on:click=move |_| field.answer(None, Some(reason.get_untracked()))
                    >
                        {t::entry::no_data(locale)}
                    </button>
                    <PersonalWarning text=reason.into() locale=locale />
                </span>
            }
        })
    })
}
