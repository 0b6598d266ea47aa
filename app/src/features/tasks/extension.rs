//! Asking for more time, once a turn, with a reason; and the answer of whoever assigns.

use crate::features::tasks::fields::{Editing, EntityField};
use crate::reactive::context::locale;
use crate::ui::changing::changing;
use crate::ui::reason::ReasonForm;
use chitieu_domain::day;
use chitieu_sync::entity::Change;
use chitieu_sync::entity::task_report::{ASK, EXTEND_TO, EXTENSION, GRANT, REFUSE};
use chitieu_sync::raw::Raw;
use chitieu_widgets::{t, text};
use leptos::prelude::*;

/// What a person may do about it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum May {
    /// Ask.
    Ask,
    /// Answer.
    Answer,
    /// Read.
    Read,
}

fn set(word: &str) -> Change {
    Change::from([(EXTENSION.to_owned(), Raw::of(&word))])
}

/// The line of a report.
#[component]
pub fn Extension(
    /// The report.
    of: Editing,
    /// What the person may do.
    may: May,
) -> impl IntoView {
    let locale = locale();
    let (asking, reason) = (RwSignal::new(false), RwSignal::new(String::new()));
    let stands = Memo::new(move |_| {
        of.view.with(|view| {
            let until = view.value::<String>(EXTEND_TO).and_then(|text| day::parse(&text));
            let reason = view.fields.get(EXTENSION).and_then(|field| field.head.as_ref()?.reason.clone());
            (view.value::<String>(EXTENSION), until, reason)
        })
    });
    let said = move || {
        let (word, until, reason) = stands.get();
        let until = until.map(|day| text::day(day, locale)).unwrap_or_default();
        Some(match word?.as_str() {
            ASK => t::task::extension_asked(locale, until, reason.unwrap_or_default()),
            GRANT => t::task::extension_granted(locale, until),
            _ => t::task::extension_refused(locale, until),
        })
    };
    let ask = Callback::new(move |reason: String| {
        of.keep(set(ASK), Some(reason));
        asking.set(false);
    });
    let is_open = move || stands.with(|stands| stands.0.is_none());
    let waits = move || stands.with(|stands| stands.0.as_deref() == Some(ASK));
    view! {
        <div class="task-tools wide" data-extension="">
            {changing(move || said().map(|said| view! { <span class="warning">{said}</span> }))}
            {changing(move || (may == May::Ask && is_open() && !asking.get()).then(|| view! {
                <button class="link" type="button" data-ask="" on:click=move |_| asking.set(true)>{t::task::ask_time(locale)}</button>
            }))}
            {changing(move || (may == May::Answer && waits()).then(|| view! {
                <button class="button small" type="button" data-grant="" on:click=move |_| of.keep(set(GRANT), None)>
                    {t::task::grant_time(locale)}
                </button>
                <button class="button quiet small" type="button" data-refuse="" on:click=move |_| of.keep(set(REFUSE), None)>
                    {t::task::refuse_time(locale)}
                </button>
            }))}
        </div>
        {changing(move || (asking.get() && is_open()).then(|| view! {
            <div class="wide asking">
                <EntityField of=of name=EXTEND_TO is_locked=false />
                <ReasonForm locale=locale
                    leave=t::review::cancel(locale)
                    reason=reason
                    label=t::review::reason(locale)
                    word=t::task::ask_time(locale)
                    send=ask
                    cancel=Callback::new(move |()| asking.set(false))
                />
            </div>
        }))}
    }
}
