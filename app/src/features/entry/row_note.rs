//! Below a row: what is wrong with what is typed, what came meanwhile, where the figure stands, and what can be done.

use super::field_tools::FieldTools;
use super::row::under_way;
use crate::features::conflicts::contest::Contest;
use crate::features::fault::{self, rejection};
use crate::reactive::context::locale;
use crate::reactive::field::Field;
use crate::ui::changing::changing;
use chitieu_sync::replica::{CellStatus, CellView};
use chitieu_widgets::{Locale, t};
use leptos::prelude::*;

/// Where a figure stands, in words; none where there is nothing to say.
fn word(view: &CellView, locale: Locale) -> &'static str {
    match view.status {
        CellStatus::Saved | CellStatus::Sending => {
            under_way(view, locale).unwrap_or(t::cell::cleared(locale))
        }
        CellStatus::PassedOver => t::cell::passed_over(locale),
        CellStatus::Rejected(code) => rejection(code, locale),
        // Contested: the comparing below says it.
        CellStatus::Empty | CellStatus::Sent | CellStatus::Contested => "",
    }
}

/// All of it.
#[component]
pub fn RowNote(
    /// The row's field.
    field: Field,
    /// Its cell.
    view: Memo<CellView>,
) -> impl IntoView {
    let locale = locale();
    let is_contested = Memo::new(move |_| view.with(|view| !view.branches.is_empty()));
    let has_tools = Memo::new(move |_| field.has_tools());
    let warnings = move || {
        let came = field.came.get().map(|value| t::cell::came(locale, fault::shown(value.0, locale)));
        let left = field.is_left.get().then(|| t::cell::draft(locale));
        view! {
            {came.map(|word| view! { <p class="warning">{word}</p> })}
            {left.map(|word| view! { <p class="warning" data-draft="">{word}</p> })}
        }
    };
    let standing = move || {
        let view = view.get();
        let word = word(&view, locale);
        let kept_reason = view.reason.clone().filter(|_| view.answered && view.value.is_none());
        view! {
            {kept_reason.map(|r| view! { <p class="muted">{t::entry::no_data_because(locale, r)}</p> })}
            {view.note.map(|n| view! { <p class="muted" data-note="">{t::cell::noted(locale, n)}</p> })}
            {view.changed_since.then(|| view! { <p class="warning">{t::cell::changed(locale)}</p> })}
            {(!word.is_empty()).then(|| view! { <p class="cell-word">{word}</p> })}
        }
    };
    view! {
        {changing(move || field.fault.get().map(|f| view! { <p class="fault" role="alert">{fault::field(&f, locale)}</p> }))}
        {changing(warnings)}
        {changing(move || has_tools.get().then(|| view! { <FieldTools field=field /> }))}
        {changing(standing)}
        {changing(move || is_contested.get().then(|| view! { <Contest of=field.cell().0 /> }))}
    }
}
